"""Signing in by an emailed link, or by the code in the same mail. No password is ever kept.

The link works only in the browser that asked (ASVS 6.6.2); the code is for a mail read on another device.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bjc import tokens
from bjc.actions import links, outbox
from bjc.db.decisions import Link
from bjc.db.people import Person, SignIn, Visit
from bjc.db.questions import people
from bjc.errors import Refused
from bjc.rules.notices import Notice, Purpose

VALID = timedelta(minutes=10)
MOST_TRIES = 5


def request(db: Session, email: str, browser: str, now: datetime) -> int | None:
    """Ask to sign in; queues the mail when the address is known. The page says the same either way."""
    person = people.person_by_email(db, email)
    if person is None or person.left_on is not None:
        return None
    row = SignIn(person_id=person.id, browser_hash=tokens.hash_secret(browser), requested_at=now)
    db.add(row)
    db.flush()
    outbox.queue(db, Notice.SIGN_IN, ("sign_in", row.id), (person.id,), "asked", now)
    return row.id


def may_enter(db: Session, link: Link, browser: str, now: datetime) -> bool:
    """True where this link would let this browser in: the page then shows its one button."""
    row = db.get(SignIn, link.subject_id)
    return row is not None and links.is_live(link, now) and _same(row.browser_hash, browser)


def by_link(db: Session, link: Link, browser: str, now: datetime, hours: int = 12) -> tuple[Person, str]:
    """Enter with the emailed link; returns the person and the visit's secret for the cookie."""
    row = db.get(SignIn, link.subject_id)
    if row is None or not may_enter(db, link, browser, now):
        raise Refused(
            "This link works only in the browser that asked for it, for ten minutes.",
            "Type the code from the same mail instead, or ask for a new link.",
        )
    return _enter(db, row, now, hours)


def by_code(
    db: Session, sign_in_id: int, browser: str, code: str, now: datetime, hours: int = 12
) -> tuple[Person, str]:
    """Enter with the typed code: in the browser that asked, within ten minutes, five tries."""
    row = db.get(SignIn, sign_in_id, with_for_update=True)  # tries sent together are counted one by one
    if row is None or not _same(row.browser_hash, browser) or row.used_at is not None:
        raise _stale()
    if (
        row.code_hash is None
        or row.valid_until is None
        or now >= row.valid_until
        or row.code_tries >= MOST_TRIES
    ):
        raise _stale()
    row.code_tries += 1
    digits = "".join(c for c in code if c.isdigit())
    if not hmac.compare_digest(tokens.hash_code(digits, str(row.id)), row.code_hash):
        raise WrongCode("That code is not right.", "Type the eight digits from the newest mail.")
    return _enter(db, row, now, hours)


class WrongCode(Refused):
    """The caller commits the try that was used up before it shows this."""

    status = 422


def by_console(db: Session, person_id: int, browser: str, now: datetime, valid: timedelta) -> str:
    """A sign-in link printed on the operator's own console at start; returns its secret."""
    row = SignIn(person_id=person_id, browser_hash=browser, requested_at=now)
    db.add(row)
    db.flush()
    return links.mint(db, Purpose.SIGN_IN, row.id, person_id, now, now + valid).secret


def _stale() -> Refused:
    return Refused("This sign-in is no longer valid.", "Ask for a new link on the sign-in page.")


def _same(kept: str, browser: str) -> bool:
    """A console link is tied to no browser (empty hash); every other to the one that asked."""
    return kept == "" or hmac.compare_digest(kept, tokens.hash_secret(browser))


def _enter(db: Session, row: SignIn, now: datetime, hours: int) -> tuple[Person, str]:
    """Spend the request and begin a visit. Both ways in die with the first."""
    spent = (
        update(SignIn)
        .where(SignIn.id == row.id, SignIn.used_at.is_(None))
        .values(used_at=now)
        .returning(SignIn.id)
    )
    person = db.get_one(Person, row.person_id)
    if db.scalar(spent) is None or person.left_on is not None:
        raise _stale()
    links.revoke(db, Purpose.SIGN_IN, [row.id], now, "used")
    return person, begin_visit(db, person.id, now, hours)


def begin_visit(db: Session, person_id: int, now: datetime, hours: int = 12) -> str:
    """A new visit; returns the secret that the cookie carries."""
    secret = tokens.new_secret()
    db.add(
        Visit(person_id=person_id, secret_hash=tokens.hash_secret(secret), began_at=now,
              ends_at=now + timedelta(hours=hours))
    )  # fmt: skip
    return secret


def visitor(db: Session, secret: str, now: datetime) -> Person | None:
    """Who the cookie's secret belongs to, while the visit lasts and the person is still here."""
    return db.scalar(
        select(Person)
        .join(Visit, Visit.person_id == Person.id)
        .where(
            Visit.secret_hash == tokens.hash_secret(secret),
            Visit.ended_at.is_(None),
            Visit.ends_at > now,
            Person.left_on.is_(None),
        )
    )


def sign_out(db: Session, secret: str, now: datetime) -> None:
    """End the visit at once, wherever its cookie still is."""
    ended = update(Visit).where(Visit.secret_hash == tokens.hash_secret(secret), Visit.ended_at.is_(None))
    db.execute(ended.values(ended_at=now))
