"""A board member decides: GET shows the paper, POST records the answer, and the same address is its receipt.

Nothing is preselected, and a form that comes back blank changes nothing: mail scanners press every button.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bjc.actions import votes
from bjc.db.decisions import Assignment
from bjc.db.questions import decisions, papers
from bjc.db.questions.papers import DecisionPaper
from bjc.rules.notices import Purpose
from bjc.rules.working_days import local_day
from bjc.web import answering, doors, forms, links
from bjc.web.answering import Sent
from bjc.web.decide_page import Head, head, phase, read, receipt, typed, whole
from bjc.web.deps import Db, Now
from bjc.web.posted import Posted
from bjc.web.render import page

router = APIRouter(include_in_schema=False)


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
    return _form(request, entry, shown, now, {}, {}) if shown else links.ended(request, entry)


def _paper(db: Session, entry: doors.Entry) -> DecisionPaper:
    row = papers.decision_paper(db, entry.subject_id)
    if row is None:
        raise LookupError("an assignment without its decision")
    return row


def _readable(db: Session, row: DecisionPaper, now: datetime) -> dict[str, Any]:
    """The paper, for a member who may decide on it. Raises Refused for one who may not."""
    seat = decisions.seat(db, row.assignment.id, local_day(now))
    if seat and (refusal := votes.barred(seat, row.case)):
        raise refusal
    return whole(db, row)


def _receipt(request: Request, entry: doors.Entry, stands: str, stood: dict[str, Any]) -> Response:
    token, back = doors.form_token(request, entry), answering.back(entry)
    return page(request, "decide_receipt.html", entry=entry, phase=stands, token=token, back=back, **stood)


def _form(
    request: Request, entry: doors.Entry, shown: dict[str, Any], now: datetime,
    values: dict[str, Any], wrong: dict[str, str],
) -> Response:  # fmt: skip
    """The page with its form; with what was typed and what is wrong, where it comes back."""
    frame = answering.frame(request, entry, now, shown["head"].version_id)
    return page(
        request, "decide.html", 422 if wrong else 200, values=values, wrong=wrong,
        errors=forms.error_summary(wrong), **frame, **shown,
    )  # fmt: skip


@router.post("/decide/{assignment}")
def decide(request: Request, entry: Entry, form: Posted, database: Db, now: Now) -> Response:
    """Record the answer; whatever is missing is asked for, and nothing typed is lost."""
    if entry.person_id is None:
        return links.shut(request, entry)
    with database.reading() as db:
        about = head(_paper(db, entry))
        other = _other(db, entry, about, form)
    sent = _sent(request, entry, form, about, other, database, now)
    return answering.take(request, entry, sent, database, now)


def _other(db: Session, entry: doors.Entry, about: Head, form: FormData) -> str:
    """The question that the form was filled in on, where it is not this page's."""
    if answering.is_from(form, about.assignment_id, about.version_id):
        return ""
    said = papers.asked_about(db, entry.person_id, str(form.get("subject")), str(form.get("version")))
    return said or "another question"


def _sent(
    request: Request, entry: doors.Entry, form: FormData, about: Head, other: str, database: Db, now: datetime
) -> Sent:
    values, errors, answer = read(form, about)

    def again(values: dict[str, Any], wrong: dict[str, str]) -> Response:
        with database.reading() as db:
            shown = _readable(db, _paper(db, entry), now)
        return _form(request, entry, shown, now, values, wrong)

    return Sent(
        values, errors, typed(values, about), str(form.get("shown", "")), about.version, other, about.fastest,
        record=lambda db: votes.answer(db, entry.subject_id, answer, entry.actor("member", about.seat), now),
        stands=lambda db: votes.is_recorded(db.get_one(Assignment, entry.subject_id), answer),
        again=again,
    )  # fmt: skip
