"""Between approval and delegation: the office records a condition as met, or names somebody else for a seat."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bjc.actions import appointments, delegations
from bjc.db.cases import Case
from bjc.db.delivery import Appointment
from bjc.db.people import Person
from bjc.db.questions import decisions, delivery, people
from bjc.db.questions.cases import case_by_ref
from bjc.errors import BjcError, Conflict, Invalid, NotFound
from bjc.rules.access import Act
from bjc.rules.working_days import local_day, spoken_date, spoken_deadline
from bjc.web import desk, forms
from bjc.web.deps import Db, Me, Now, as_office, require, see, standing
from bjc.web.doors import RowId
from bjc.web.posted import Posted
from bjc.web.words import SEATS

router = APIRouter(include_in_schema=False)


class Evidence(BaseModel):
    """How it is known that a condition is met."""

    model_config = ConfigDict(extra="forbid")
    evidence: str = Field(
        title="How was it met?", description="What was done, when, and where the proof is kept.",
        min_length=3, max_length=5_000, json_schema_extra={"widget": "textarea", "rows": 5},
    )  # fmt: skip


class Replacement(BaseModel):
    """Who is appointed instead."""

    model_config = ConfigDict(extra="forbid")
    person: int = Field(
        title="Who is to be appointed?",
        json_schema_extra={"widget": "select", "error": "Select who is to be appointed"},
    )


@router.get("/cases/{ref}/conditions/{condition}")
def ask_for_evidence(
    request: Request, ref: str, condition: RowId, me: Me, database: Db, now: Now
) -> Response:
    """The condition, and how it was met."""
    with database.reading() as db:
        shown = _condition(db, request, ref, condition, me, now)
    if shown["met"]:
        raise Conflict("This condition is recorded as met already.", "The case page shows the evidence.")
    return desk.form_page(request, "office_condition.html", shown, Evidence)


@router.post("/cases/{ref}/conditions/{condition}")
def meet(
    request: Request, ref: str, condition: RowId, me: Me, form: Posted, database: Db, now: Now
) -> Response:
    """Record it as met. Sent twice, the first stands."""
    reading = forms.read(Evidence, form)
    try:
        with database.writing() as db:
            case = case_by_ref(db, ref)
            require(Act.MEET_CONDITION, standing(db, me, now, case))
            if reading.value is None:
                raise desk.incomplete(reading)
            appointments.meet_condition(db, case.ref, condition, reading.value.evidence, as_office(me), now)
    except Invalid as problem:
        with database.reading() as db:
            shown = _condition(db, request, ref, condition, me, now)
        return desk.form_page(request, "office_condition.html", shown, Evidence, reading.values, problem)
    return see(f"/cases/{case.ref}?done=met")


def _condition(db: Session, request: Request, ref: str, number: int, me: Person, now: datetime) -> desk.Shown:
    case, shown = desk.open_case(db, request, ref, me, now, Act.MEET_CONDITION)
    row = next((one for one in decisions.conditions_of(db, case.id) if one.id == number), None)
    if row is None:
        raise NotFound("There is no such condition.", "Open the case to see its conditions.")
    by = people.post_titles(db, [row.post]).get(row.post, "")
    more = {
        "title": "Record a condition as met",
        "condition": row.text,
        "by": by,
        "met": row.met_at is not None,
    }
    return {**shown, **more}


@router.get("/cases/{ref}/appointments/{appointment}/replace")
def ask_for_person(
    request: Request, ref: str, appointment: RowId, me: Me, database: Db, now: Now
) -> Response:
    """Who was asked and what they said; and who else."""
    with database.reading() as db:
        shown, options = _seat(db, request, ref, appointment, me, now)
    if shown["filled"]:
        raise Conflict("This seat has been filled.", "Open the case to see by whom.")
    return desk.form_page(request, "office_replace.html", shown, Replacement, options={"person": options})


@router.post("/cases/{ref}/appointments/{appointment}/replace")
def replace(
    request: Request, ref: str, appointment: RowId, me: Me, form: Posted, database: Db, now: Now
) -> Response:
    """Appoint somebody else; the first one's link dies."""
    with database.reading() as db:
        shown, options = _seat(db, request, ref, appointment, me, now)
    reading = forms.read(Replacement, form, options={"person": options})
    try:
        with database.writing() as db:
            if reading.value is None:
                raise desk.incomplete(reading)
            appointments.replace(db, appointment, reading.value.person, as_office(me), now)
    except (Invalid, Conflict) as problem:
        if not _was_named(database, appointment, reading.value):
            return _again(request, shown, reading, options, problem)
    return see(f"{shown['back']}?done=replaced")


def _again(
    request: Request, shown: desk.Shown, reading: forms.Reading[Replacement], options: dict[str, str],
    problem: BjcError,
) -> Response:  # fmt: skip
    chosen = {"person": options}
    return desk.form_page(
        request, "office_replace.html", shown, Replacement, reading.values, problem, options=chosen
    )


def _seat(
    db: Session, request: Request, ref: str, number: int, me: Person, now: datetime
) -> tuple[desk.Shown, dict[str, str]]:
    case, shown = desk.open_case(db, request, ref, me, now, Act.REPLACE_APPOINTMENT)
    row = db.get(Appointment, number)
    if row is None or row.case_id != case.id:
        raise NotFound("There is no such appointment.", "Open the case to see who was asked.")
    seat = SEATS.get(row.seat, row.seat)
    said = f"Declined on {spoken_date(row.answered_at)}" if row.answered_at else "Has not answered yet"
    rows = [
        ("Seat", seat), ("Asked", db.get_one(Person, row.person_id).name),
        ("Answer", said if row.answered_at else f"{said}; asked to by {spoken_deadline(row.due_at)}"),
    ]  # fmt: skip
    rows += [("Their reason", row.reason)] if row.reason else []
    filled = row.replaced_at is not None or row.answer == "accepted"
    title = f"Name somebody else as {seat[:1].lower()}{seat[1:]}"
    return {**shown, "title": title, "rows": rows, "filled": filled}, _candidates(db, case, row, now)


def _candidates(db: Session, case: Case, row: Appointment, now: datetime) -> dict[str, str]:
    """Who may take the seat: a chair must hold a post of the board."""
    if row.seat == "chair":
        board = delegations.chairs(db, local_day(now))
        return {str(person.id): f"{person.name}, {post.title}" for post, person in board}
    found = delegations.candidates(db, case, row.seat, local_day(now))
    return {str(number): said for number, said in found.items()}


def _was_named(database: Db, number: int, given: Replacement | None) -> bool:
    """A second click: the seat is this person's already."""
    with database.reading() as db:
        old = db.get_one(Appointment, number)
        held = [row.person_id for row, _ in delivery.appointments_of(db, old.case_id) if row.seat == old.seat]
        return given is not None and old.replaced_at is not None and held == [given.person]
