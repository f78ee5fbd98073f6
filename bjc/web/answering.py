"""The one way an answer is taken at a door: for the person asked, on the page and version they saw, by hand.

Whatever is refused or missing comes back with what was typed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bjc.db.session import Database
from bjc.errors import BjcError, Conflict, Invalid, Refused
from bjc.web import doors, links
from bjc.web.deps import see
from bjc.web.render import page

HIDDEN = frozenset({"subject", "version", "shown"})
TOO_FAST = (
    "This came back faster than a page can be read, so it was not recorded. Check it, then send it again."
)


@dataclass(frozen=True)
class Sent:
    """A form as it came back.

    `about` names the question of this page, `other` the one that the form was filled in on where it is not
    the same. `typed` is by label. `fastest` in seconds. `stands`: exactly this is recorded already.
    """

    values: dict[str, Any]
    errors: dict[str, str]
    typed: dict[str, str]
    shown: str
    about: str
    other: str
    fastest: float
    record: Callable[[Session], object]
    stands: Callable[[Session], bool]
    again: Callable[[dict[str, Any], dict[str, str]], Response]


def take(request: Request, entry: doors.Entry, sent: Sent, database: Database, now: datetime) -> Response:
    """Record what was sent and show the receipt; or the page again, saying what is wrong."""
    if not entry.via:
        return links.shut(request, entry, sent.typed)
    try:
        wrong = _record(request, entry, sent, database, now)
    except Invalid as invalid:
        wrong = invalid.fields
    except (Conflict, Refused) as refusal:
        return _not_recorded(request, entry, sent, refusal, database)
    return sent.again(sent.values, wrong) if wrong else see(entry.address)


def _record(
    request: Request, entry: doors.Entry, sent: Sent, database: Database, now: datetime
) -> dict[str, str]:
    """Write it, or say what is wrong by field. A dead link is told so before anything else."""
    if sent.other:
        raise Conflict(
            f"This form is about {sent.other}, but this page is about {sent.about}. Nothing was recorded.",
            "Open each question from its own email, and send each form from its own page.",
        )
    if not entry.ended:
        if sent.errors:
            return sent.errors
        if doors.too_fast(request, entry, sent.shown, now, sent.fastest):
            return {"": TOO_FAST}
    with database.writing() as db:
        doors.check_open(db, entry, now)
        sent.record(db)
    return {}


def _not_recorded(
    request: Request, entry: doors.Entry, sent: Sent, refusal: BjcError, database: Database
) -> Response:
    """Why, with what was typed; but what stands already, such as a second click, gets its receipt."""
    with database.reading() as db:
        if not sent.other and sent.stands(db):
            return see(entry.address)
    return page(
        request, "not_recorded.html", refusal.status, title="Your answer was not recorded", error=refusal,
        entry=entry, typed=sent.typed, token=doors.form_token(request, entry),
    )  # fmt: skip


def is_from(form: FormData, subject_id: int, version_id: int) -> bool:
    """True when the form was filled in on the page of this subject and version."""
    return (form.get("subject"), form.get("version")) == (str(subject_id), str(version_id))


def frame(request: Request, entry: doors.Entry, now: datetime, version_id: int) -> dict[str, Any]:
    """What every form at a door needs: its address, its hidden fields, and a way back for the signed in."""
    return {
        "entry": entry,
        "token": doors.form_token(request, entry),
        "hidden": {
            "subject": entry.subject_id,
            "version": version_id,
            "shown": doors.shown_at(request, entry, now),
        },
        "back": back(entry),
    }


def back(entry: doors.Entry) -> str:
    """Home, for whoever is signed in; an emailed link leads nowhere else."""
    return "/" if entry.via == "session" else ""
