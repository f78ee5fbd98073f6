"""A person accepts or declines a seat in a working group: what it means, with what authority, for how long."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from bjc.actions import appointments
from bjc.actions.facts import policy_now
from bjc.db.questions import papers
from bjc.errors import BjcError, Conflict, Invalid, Refused
from bjc.rules.notices import Purpose
from bjc.rules.working_days import spoken_deadline
from bjc.web import doors, forms, links, paper
from bjc.web.deps import Db, Now, see
from bjc.web.posted import Posted
from bjc.web.render import page
from bjc.web.words import SEATS, pounds

router = APIRouter(include_in_schema=False)

MEANS = {
    "chair": "You lead the working group and answer to the board for it: it acts within this authority, reports every "
    "quarter, and comes back to the board before it goes beyond it.",
    "sponsor": "You speak for the work at executive level, clear what stands in its way, and own its benefits.",
    "lead": "You run the work day by day, keep its risks and benefits current, and draft the group's reports.",
}
OPTIONS = {"accept": "I accept", "decline": ("I decline", "Say why, so that somebody else can be asked.")}
ANSWERS = {"accept": True, "decline": False}


class AppointmentForm(BaseModel):
    """What somebody answers."""

    accepts: str = Field(
        "", title="Do you accept?", json_schema_extra={"widget": "radios", "options": OPTIONS}
    )
    reason: str = Field(
        "", title="Your reason, if you decline", max_length=2_000, json_schema_extra={"widget": "textarea", "rows": 4}
    )


def at_the_door(request: Request, appointment: doors.RowId, database: Db, now: Now) -> doors.Entry:
    """Who asks to take the seat."""
    return doors.enter(request, database, Purpose.APPOINTMENT, appointment, now)


Entry = Annotated[doors.Entry, Depends(at_the_door)]


@router.get("/appointment/{appointment}")
def show(request: Request, entry: Entry, database: Db, now: Now) -> Response:
    """The seat with the form; the receipt once answered."""
    if not entry.via:
        return links.shut(request, entry)
    with database.reading() as db:
        shown = _shown(db, entry)
    if shown["answer"] or shown["replaced"]:
        return page(request, "appointment_receipt.html", entry=entry, back=_back(entry), **shown)
    return links.ended(request, entry) if entry.ended else _form(request, entry, shown, now)


def _shown(db: Session, entry: doors.Entry) -> dict[str, Any]:
    """The seat, the authority that goes with it, and what was answered."""
    row = papers.appointment_paper(db, entry.subject_id)
    if row is None:
        raise LookupError("an appointment without its delegation")
    seat, delegation = row.appointment, row.delegation
    kept = {
        "group": delegation.group_id, "limit": delegation.limit, "reserved": delegation.reserved,
        "cost_tolerance_percent": delegation.cost_tolerance_percent,
        "time_tolerance_weeks": delegation.time_tolerance_weeks, "period_months": delegation.period_months,
        "chair": delegation.chair_id, "sponsor": delegation.sponsor_id, "lead": delegation.lead_id,
    }  # fmt: skip
    return {
        "ref": row.case.ref, "case_title": row.case.title, "amount": pounds(row.case.amount),
        "caption": f"{row.case.ref} · Appointment", "name": row.person.name,
        "seat": SEATS.get(seat.seat, seat.seat).lower(), "means": MEANS.get(seat.seat, ""),
        "group": row.group.name, "limit": pounds(delegation.limit), "authority": paper.authority(db, kept),
        "until": spoken_deadline(seat.due_at), "answer": seat.answer or "", "reason": seat.reason,
        "answered": paper.moment(seat.answered_at), "replaced": seat.replaced_at is not None,
    }  # fmt: skip


def _back(entry: doors.Entry) -> str:
    return "/" if entry.via == "session" else ""


def _form(
    request: Request, entry: doors.Entry, shown: dict[str, Any], now: datetime,
    values: dict[str, Any] | None = None, wrong: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    return page(
        request, "appointment.html", 422 if wrong else 200, entry=entry, back=_back(entry),
        token=doors.form_token(request, entry), shown=doors.shown_at(request, entry, now),
        fields=forms.fields(AppointmentForm, values, wrong), errors=forms.error_summary(wrong or {}), **shown,
    )  # fmt: skip


@router.post("/appointment/{appointment}")
def answer(request: Request, entry: Entry, form: Posted, database: Db, now: Now) -> Response:
    """Record the answer; whatever is missing is asked for, and nothing typed is lost."""
    reading = forms.read(AppointmentForm, form, also=doors.NOTES)
    if not entry.via:
        return links.shut(request, entry, _typed(reading.values))
    wrong = reading.errors
    try:
        doors.check_same_page(entry, form)
        if not entry.ended and not wrong:
            wrong = _too_fast(request, entry, str(form.get("shown", "")), database, now)
        if not wrong:
            _record(database, entry, reading.values, now)
            return see(entry.address)
    except Invalid as invalid:
        wrong = invalid.fields
    except (Conflict, Refused) as refusal:
        return _not_recorded(request, entry, reading.values, refusal)
    with database.reading() as db:
        shown = _shown(db, entry)
    return _form(request, entry, shown, now, reading.values, wrong)
