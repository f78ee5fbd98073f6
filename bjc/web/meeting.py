"""The office records a decision taken at a meeting: the form, a check with the outcome's working, the record.

Nothing is kept between the steps but what the form carries; nothing is written before the last.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.actions import meetings
from bjc.db.cases import Case
from bjc.db.decisions import Decision
from bjc.db.people import Person
from bjc.db.questions import decisions
from bjc.db.questions.cases import case_by_ref
from bjc.errors import BjcError, Conflict, Invalid
from bjc.rules.access import Act
from bjc.rules.decision import OutcomeKind
from bjc.web import desk, forms
from bjc.web.deps import Db, Me, Now, as_office, require, see, standing
from bjc.web.minutes import Minutes, Seat, minutes_model, record_of, said_rows, seats_of
from bjc.web.posted import Posted
from bjc.web.render import page
from bjc.web.words import DECISIONS, outcome_tag

router = APIRouter(include_in_schema=False)
STEP, DECISION = "step", "decision"


@router.get("/cases/{ref}/meeting")
def ask(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The empty form, with nothing chosen for anybody."""
    with database.reading() as db:
        shown, seats, decision = _shown(db, request, ref, me, now)
        if decision is None:
            raise Conflict(f"{shown['ref']} has no open decision.", "Open the case to see where it stands.")
    return _form(request, shown, seats, {})


@router.post("/cases/{ref}/meeting")
def take(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """One of three steps: check what was typed, go back to change it, or record it."""
    with database.reading() as db:
        shown, seats, decision = _shown(db, request, ref, me, now, str(form.get(DECISION, "")))
        reading = forms.read(minutes_model(seats), form, also={STEP, DECISION})
        step = str(form.get(STEP, ""))
        try:
            if step == "change":
                return _form(request, shown, seats, reading.values)
            if reading.value is None:
                raise desk.incomplete(reading)
            if step != "record":
                return _check(request, db, shown, seats, decision, reading, now)
        except BjcError as problem:
            return _form(request, shown, seats, reading.values, problem)
    return _record(request, database, ref, me, now, shown, seats, reading)


def _check(
    request: Request, db: Session, shown: desk.Shown, seats: list[Seat], decision: Decision | None,
    reading: forms.Reading[Minutes], now: datetime,
) -> Response:  # fmt: skip
    """What was typed and what it comes to. A meeting that was not quorate goes back to the form, with its working."""
    if decision is None or reading.value is None:
        raise Conflict("This decision has already ended.", "Open the case to see where it stands.")
    outcome = meetings.would_come_to(db, decision, record_of(reading.value, seats), now)
    more: desk.Shown = {"outcome": outcome_tag(outcome.kind.value), "working": outcome.working}
    if outcome.kind is OutcomeKind.INQUORATE:
        inquorate = Invalid(
            "", "", {"": "The meeting was not quorate, so it could not decide. Check who was present"}
        )
        return _form(request, {**shown, **more}, seats, reading.values, inquorate)
    more |= {**said_rows(reading.value, seats), "title": "Check the record"}
    hidden = {**reading.values, DECISION: shown[DECISION]}
    return page(request, "meeting_check.html", hidden=hidden, **{**shown, **more})


def _record(
    request: Request, database: Db, ref: str, me: Person, now: datetime, shown: desk.Shown, seats: list[Seat],
    reading: forms.Reading[Minutes],
) -> Response:  # fmt: skip
    try:
        with database.writing() as db:
            case = case_by_ref(db, ref)
            require(Act.RECORD_MEETING, standing(db, me, now, case))
            if reading.value is None:
                raise desk.incomplete(reading)
            record = record_of(reading.value, seats)
            meetings.record_meeting(db, case.ref, int(shown[DECISION] or 0), record, as_office(me), now)
    except (Invalid, Conflict) as problem:
        if isinstance(problem, Invalid) or not _is_recorded(database, shown, me, reading.value):
            return _form(request, shown, seats, reading.values, problem)
    return see(f"{shown['back']}?done=minuted")


def _form(
    request: Request,
    shown: desk.Shown,
    seats: list[Seat],
    values: dict[str, Any],
    problem: BjcError | None = None,
) -> Response:
    return desk.form_page(request, "meeting.html", shown, minutes_model(seats), values, problem)


def _shown(
    db: Session, request: Request, ref: str, me: Person, now: datetime, number: str | None = None
) -> tuple[desk.Shown, list[Seat], Decision | None]:
    """The page's frame, who was asked, and the decision while it is open.

    `number` is the decision that the form was made for: its members stay on the form whatever has happened since.
    """
    case, shown = desk.open_case(db, request, ref, me, now, Act.RECORD_MEETING)
    wanted = _decision(db, case, number)
    if wanted is None:
        return {**shown, "title": "Record a meeting's decision", DECISION: "", "seats": []}, [], None
    seats = seats_of(db, wanted)
    more = {
        "title": "Record a meeting's decision", "kind": DECISIONS.get(wanted.kind, wanted.kind),
        DECISION: str(wanted.id), "seats": seats,
    }  # fmt: skip
    return {**shown, **more}, seats, wanted if wanted.closed_at is None else None


def _decision(db: Session, case: Case, number: str | None) -> Decision | None:
    """The one that a form names, or without a form the one that is open."""
    if number is not None:
        return next((row for row in decisions.decisions_of(db, case.id) if str(row.id) == number), None)
    latest = decisions.latest_decision(db, case.id)
    return latest if latest is not None and latest.closed_at is None else None


def _is_recorded(database: Db, shown: desk.Shown, me: Person, given: Minutes | None) -> bool:
    """A second click: this person recorded this very minute already."""
    with database.reading() as db:
        decision = db.get(Decision, int(shown[DECISION] or 0))
        kept = decision.meeting if decision else {}
        return given is not None and (kept.get("minute"), kept.get("recorded_by")) == (given.minute, me.id)
