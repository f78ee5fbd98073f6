"""The link of one mail: which kind it carries, how long it lives, and when none is worth minting.

The secret is made here, in the transaction that stores its hash, and goes nowhere but into the mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bjc import tokens
from bjc.actions import links
from bjc.actions.sign_in import VALID
from bjc.db.mail import Outbox
from bjc.db.people import SignIn
from bjc.db.questions.links import wants_an_answer
from bjc.rules.notices import SENDINGS, Notice, Purpose
from bjc.settings import Settings
from notifications.letters import Address, Letter
from notifications.words import ends_at

RECEIPT_LASTS = timedelta(days=14)
REQUEST_LASTS = timedelta(days=90)
RECEIPTS = frozenset({Notice.DECISION_RECEIPT})


@dataclass(frozen=True)
class Wish:
    """The link that a mail is to carry, made ready before the transaction: to hash a code takes long."""

    purpose: Purpose
    until: datetime
    code: str = ""
    code_hash: str = ""


def wish(row: Outbox, letter: Letter, now: datetime) -> Wish | None:
    """What to mint for this mail; None where it leads to a page that asks for a sign-in."""
    purpose = SENDINGS[letter.notice].link
    if purpose is None:
        return None
    code = tokens.new_code() if purpose is Purpose.SIGN_IN else ""
    code_hash = tokens.hash_code(code, salt=str(row.subject_id)) if code else ""
    return Wish(purpose, expiry(letter, purpose, now), code, code_hash)


def address_of(
    db: Session, row: Outbox, letter: Letter, wish: Wish | None, settings: Settings, now: datetime
) -> Address:
    """Where this mail's link leads: a form of its addressee's own, or a page that asks for a sign-in."""
    fresh = _minted(db, row, letter, wish, settings, now) if wish else None
    return fresh or page(letter, settings)


def page(letter: Letter, settings: Settings) -> Address:
    """The page that anybody may open who can sign in."""
    return Address(f"{settings.site}/cases/{letter.case.ref}" if letter.case else f"{settings.site}/sign-in")


def expiry(letter: Letter, purpose: Purpose, now: datetime) -> datetime:
    """Until when a link opens anything. A decision's outlives it, so that the receipt can still be read."""
    if purpose is Purpose.SIGN_IN:
        return now + VALID
    if purpose is Purpose.DECIDE and letter.decision:
        return max(ends_at(letter.decision), now) + RECEIPT_LASTS
    return now + REQUEST_LASTS


def _minted(
    db: Session, row: Outbox, letter: Letter, wish: Wish, settings: Settings, now: datetime
) -> Address | None:
    """A fresh link; None where nothing is left for it to open."""
    if letter.notice not in RECEIPTS and not wants_an_answer(db, wish.purpose, row.subject_id, now):
        return None
    version = letter.version.id if letter.version else None
    made = links.mint(db, wish.purpose, row.subject_id, row.person_id, now, wish.until, version, row.id)
    if wish.code:
        values = {"code_hash": wish.code_hash, "valid_until": wish.until}
        db.execute(update(SignIn).where(SignIn.id == row.subject_id).values(**values))
    return Address(f"{settings.site}/d/{made.secret}", True, wish.until, wish.code)
