"""A board member decides: GET shows the paper, POST records the answer, and the same address is its receipt.

Nothing is preselected, and a form that comes back blank changes nothing: mail scanners press every button.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from bjc.actions import votes
from bjc.db.questions import decisions, papers
from bjc.db.questions.papers import DecisionPaper
from bjc.errors import BjcError, Conflict, Refused
from bjc.rules.notices import Purpose
from bjc.rules.working_days import local_day
from bjc.web import doors, forms, links
from bjc.web.decide_page import Head, Sent, head, phase, receipt, take, typed, whole
from bjc.web.deps import Db, Now, see
from bjc.web.posted import Posted
from bjc.web.render import page

router = APIRouter(include_in_schema=False)

TOO_FAST = "This came back faster than a page can be read, so it was not recorded. Check it, then send it again."


def at_the_door(request: Request, assignment: doors.RowId, database: Db, now: Now) -> doors.Entry:
    """Who asks to decide."""
    return doors.enter(request, database, Purpose.DECIDE, assignment, now)


Entry = Annotated[doors.Entry, Depends(at_the_door)]


@router.get("/decide/{assignment}")
def show(request: Request, entry: Entry, database: Db, now: Now) -> Response:
    """The paper with its form; the receipt once answered; what became of it once closed."""
    if not entry.via:
        return links.shut(request, entry)
    with database.reading() as db:
        row = _paper(db, entry)
        stands = phase(row.decision, now)
        answered = row.assignment.answered_at and (entry.ended or "change" not in request.query_params)
        stood = receipt(row) if answered or row.assignment.interest or stands != "open" else None
        shown = _readable(db, row, now) if not stood and not entry.ended else None
    if stood:
        return _receipt(request, entry, stands, stood)
    return _form(request, entry, shown, now) if shown else links.ended(request, entry)


def _readable(db: Session, row: DecisionPaper, now: datetime) -> dict[str, Any]:
    """The paper, for a member who may decide on it. Raises Refused for one who may not."""
    seat = decisions.seat(db, row.assignment.id, local_day(now))
    if seat and (refusal := votes.barred(seat, row.case)):
        raise refusal
    return whole(db, row)


def _paper(db: Session, entry: doors.Entry) -> DecisionPaper:
    row = papers.decision_paper(db, entry.subject_id)
    if row is None:
        raise LookupError("an assignment without its decision")
    return row


def _receipt(request: Request, entry: doors.Entry, stands: str, stood: dict[str, Any]) -> Response:
    return page(
        request, "decide_receipt.html", entry=entry, phase=stands, token=doors.form_token(request, entry),
        back="/" if entry.via == "session" else "", **stood,
    )  # fmt: skip


def _form(
    request: Request, entry: doors.Entry, shown: dict[str, Any], now: datetime, sent: Sent | None = None
) -> Response:
    """The page with its form; with what was typed and what is wrong, where it comes back."""
    errors = sent.errors if sent else {}
    return page(
        request, "decide.html", 422 if sent else 200, entry=entry, token=doors.form_token(request, entry),
        shown=doors.shown_at(request, entry, now), values=sent.values if sent else {}, field_errors=errors,
        errors=forms.error_summary(errors), back="/" if entry.via == "session" else "", **shown,
    )  # fmt: skip


@router.post("/decide/{assignment}")
def decide(request: Request, entry: Entry, form: Posted, database: Db, now: Now) -> Response:
    """Record the answer; whatever is missing is asked for, and nothing typed is lost."""
    if entry.person_id is None:
        return links.shut(request, entry)
    with database.reading() as db:
        about = head(_paper(db, entry))
    sent = take(form, about)
    if not entry.via:
        return links.shut(request, entry, typed(sent, about))
    try:
        _check_same_page(database, entry, about, sent)
        if not entry.ended:
            if doors.too_fast(request, entry, sent.shown, now, about.fastest):
                sent.errors.setdefault("", TOO_FAST)
            if sent.errors:
                return _again(request, entry, sent, database, now)
        _record(database, entry, about, sent, now)
    except (Conflict, Refused) as refusal:
        return _not_recorded(request, entry, about, sent, refusal, database)
    return see(entry.address)


def _record(database: Db, entry: doors.Entry, about: Head, sent: Sent, now: datetime) -> None:
    with database.writing() as db:
        doors.check_open(db, entry, now)
        votes.answer(db, entry.subject_id, sent.answer, entry.actor("member", about.seat), now)


def _check_same_page(database: Db, entry: doors.Entry, about: Head, sent: Sent) -> None:
    """Two tabs never cross: a form counts only on the page, and for the version, that it was filled in on."""
    if (sent.assignment, sent.version) == (str(about.assignment_id), str(about.version_id)):
        return
    with database.reading() as db:
        other = papers.asked_about(db, entry.person_id, sent.assignment, sent.version)
    raise Conflict(
        f"This form is about {other or 'another question'}, but this page is about {about.ref}, "
        f"version {about.number}. Nothing was recorded.",
        "Open each decision from its own email, and send each form from its own page.",
    )


def _again(request: Request, entry: doors.Entry, sent: Sent, database: Db, now: datetime) -> Response:
    with database.reading() as db:
        shown = _readable(db, _paper(db, entry), now)
    return _form(request, entry, shown, now, sent)


def _not_recorded(
    request: Request, entry: doors.Entry, about: Head, sent: Sent, refusal: BjcError, database: Db
) -> Response:
    """Why, with what was typed; but an answer that stands already, such as a second click, gets its receipt."""
    with database.reading() as db:
        if votes.is_recorded(_paper(db, entry).assignment, sent.answer):
            return see(entry.address)
    return page(
        request, "not_recorded.html", refusal.status, title="Your answer was not recorded", error=refusal,
        entry=entry, typed=typed(sent, about), token=doors.form_token(request, entry),
    )  # fmt: skip
