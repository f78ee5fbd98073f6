"""A person accepts or declines a seat in a working group: what it means, with what authority, for how long."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bjc.actions import appointments
from bjc.actions.facts import policy_now
from bjc.db.delivery import Appointment
from bjc.db.questions import papers
from bjc.rules.notices import Purpose
from bjc.rules.working_days import spoken_deadline
from bjc.web import answering, doors, forms, links, paper
from bjc.web.answering import Sent
from bjc.web.deps import Db, Now
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
OPTIONS: dict[str, Any] = {
    "accept": "I accept",
    "decline": "I decline",
}
ANSWERS = {"accept": True, "decline": False}
WORDS = {"accept": "accepted", "decline": "declined"}


class AppointmentForm(BaseModel):
    """What somebody answers."""

    accepts: str = Field(
        title="Do you accept?",
        json_schema_extra={"widget": "radios", "options": OPTIONS, "error": "Choose whether you accept"},
    )
    reason: str = Field(
        "", title="Your reason", description="Needed only if you decline.", max_length=2_000,
        json_schema_extra={"widget": "textarea", "rows": 4},
    )  # fmt: skip


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
        return page(request, "appointment_receipt.html", entry=entry, back=answering.back(entry), **shown)
    return links.ended(request, entry) if entry.ended else _form(request, entry, shown, now, {}, {})


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
        "delegation": delegation.id, "ref": row.case.ref, "case_title": row.case.title,
        "amount": pounds(row.case.amount),
        "caption": f"{row.case.ref} · Appointment", "who": row.person.name,
        "seat": SEATS.get(seat.seat, seat.seat).lower(), "means": MEANS.get(seat.seat, ""),
        "group": row.group.name, "limit": pounds(delegation.limit), "authority": paper.authority(db, kept),
        "until": spoken_deadline(seat.due_at), "answer": seat.answer or "", "reason": seat.reason,
        "answered": paper.moment(seat.answered_at), "replaced": seat.replaced_at is not None,
    }  # fmt: skip


def _form(
    request: Request, entry: doors.Entry, shown: dict[str, Any], now: datetime,
    values: dict[str, Any], wrong: dict[str, str],
) -> Response:  # fmt: skip
    """The page with its form; with what was typed and what is wrong, where it comes back."""
    frame = answering.frame(request, entry, now, shown["delegation"])
    return page(
        request, "appointment.html", 422 if wrong else 200, fields=forms.fields(AppointmentForm, values, wrong),
        errors=forms.error_summary(wrong), **frame, **shown,
    )  # fmt: skip


@router.post("/appointment/{appointment}")
def answer(request: Request, entry: Entry, form: Posted, database: Db, now: Now) -> Response:
    """Record the answer; whatever is missing is asked for, and nothing typed is lost."""
    if entry.person_id is None:
        return links.shut(request, entry)
    with database.reading() as db:
        shown = _shown(db, entry)
        fastest = policy_now(db, now).decision.fastest_answer_seconds
    sent = _sent(request, entry, form, shown, fastest, now)
    return answering.take(request, entry, sent, database, now)


def _sent(
    request: Request, entry: doors.Entry, form: FormData, shown: dict[str, Any], fastest: float, now: datetime
) -> Sent:
    reading = forms.read(AppointmentForm, form, also=answering.HIDDEN)
    said, reason = reading.values["accepts"], reading.values["reason"]
    typed = {"Your answer": WORDS.get(said, ""), "Your reason": reason}
    return Sent(
        reading.values, reading.errors, {label: text for label, text in typed.items() if text},
        str(form.get("shown", "")), f"{shown['ref']}, the seat of {shown['seat']}",
        "" if answering.is_from(form, entry.subject_id, shown["delegation"]) else "another question", fastest,
        record=lambda db: appointments.answer(
            db, entry.subject_id, ANSWERS.get(said), reason, entry.actor("member"), now
        ),
        stands=lambda db: WORDS.get(said) == db.get_one(Appointment, entry.subject_id).answer,
        again=lambda values, wrong: _form(request, entry, shown, now, values, wrong),
    )  # fmt: skip
