"""One sign-in link for each kind of person, for the operator's own console on a trial installation."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bjc.actions import sign_in
from bjc.clock import utcnow
from bjc.db.people import Person, Post
from bjc.db.questions import people
from bjc.db.questions.cases import all_cases
from bjc.db.session import Database
from bjc.rules.working_days import local_day
from bjc.settings import Settings

VALID = timedelta(hours=12)
KINDS = {
    "project lead": "officer",
    "board member": "chief",
    "finance adviser": "finance",
    "programme office": "office",
    "clerk of an Authority": "clerk",
}


def sign_in_links(database: Database, settings: Settings) -> list[tuple[str, str, str]]:
    """(kind, name, address) for one person of each kind; empty once mail is live or the site is on https.

    A link works once, in any browser, for twelve hours.
    """
    if settings.mail_live or settings.secure:
        return []
    now = utcnow()
    with database.writing() as db:
        found = [(kind, _first(db, post_kind, now)) for kind, post_kind in KINDS.items()]
        return [
            (kind, person.name, f"{settings.site}/d/{sign_in.by_console(db, person.id, '', now, VALID)}")
            for kind, person in found
            if person is not None
        ]


def _first(db: Session, kind: str, now: datetime) -> Person | None:
    """Somebody who holds a post of this kind: a lead of a live case before others."""
    held: list[tuple[Post, Person]] = people.holders_of_kind(db, (kind,), local_day(now))
    leads = {case.lead_id for case, _ in all_cases(db)}
    return next((who for _, who in held if who.id in leads), held[0][1] if held else None)
