"""The link of one mail: which kind it carries, how long it lives, and when none is worth minting.

The secret is made here, in the transaction that stores its hash, and goes nowhere but into the mail.
"""

from datetime import datetime, timedelta

from sqlalchemy import update

from bjc import tokens
from bjc.actions import links
from bjc.actions.sign_in import VALID
from bjc.db.mail import Outbox
from bjc.db.people import SignIn
from bjc.db.questions.links import wants_an_answer
from bjc.db.session import Database
from bjc.rules.notices import SENDINGS, Notice, Purpose
from bjc.settings import Settings
from notifications.letters import Address, Letter
from notifications.words import ends_at

RECEIPT_LASTS = timedelta(days=14)
REQUEST_LASTS = timedelta(days=90)
RECEIPTS = frozenset({Notice.DECISION_RECEIPT})


def address_of(database: Database, row: Outbox, letter: Letter, settings: Settings, now: datetime) -> Address:
    """Where this mail's link leads: a form of its addressee's own, or a page that asks for a sign-in."""
    purpose = SENDINGS[letter.notice].link
    fresh = _minted(database, row, letter, purpose, settings, now) if purpose else None
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
    database: Database, row: Outbox, letter: Letter, purpose: Purpose, settings: Settings, now: datetime
) -> Address | None:
    """A fresh link, committed; None where nothing is left for it to open."""
    code = tokens.new_code() if purpose is Purpose.SIGN_IN else ""
    code_hash = tokens.hash_code(code, salt=str(row.subject_id)) if code else ""
    until = expiry(letter, purpose, now)
    version = letter.version.id if letter.version else None
    with database.writing() as db:
        if letter.notice not in RECEIPTS and not wants_an_answer(db, purpose, row.subject_id, now):
            return None
        secret = links.mint(db, purpose, row.subject_id, row.person_id, now, until, version, row.id).secret
        if code:
            db.execute(
                update(SignIn)
                .where(SignIn.id == row.subject_id)
                .values(code_hash=code_hash, valid_until=until)
            )
    return Address(f"{settings.site}/d/{secret}", True, until, code)
