"""A lead takes a case back, or out: each on a page of its own, with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bjc.actions import cases
from bjc.actions.facts import read_facts
from bjc.db.people import Person
from bjc.db.questions.cases import case_by_ref
from bjc.errors import Conflict
from bjc.rules import lifecycle
from bjc.rules.access import Act
from bjc.rules.stages import Event, Role, Stage
from bjc.web import forms
from bjc.web.deps import Db, Me, Now, as_lead, require, see, standing
from bjc.web.nav import nav
from bjc.web.posted import Posted
from bjc.web.render import page
from bjc.web.words import stage_tag

router = APIRouter(include_in_schema=False)


class Reason(BaseModel):
    """Why a case is moved."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(
        title="Your reason", description="Everybody who can see the case can read it.", min_length=3,
        max_length=2_000, json_schema_extra={"widget": "textarea", "rows": 4},
    )  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One of the lead's moves as a page: what it is called, what it brings about, what is said when it is done."""

    event: Event
    act: Act
    title: str
    effects: tuple[str, ...]
    button: str
    done: str


WITHDRAW = Move(
    Event.WITHDRAWN, Act.WITHDRAW, "Withdraw the case",
    ("The case ends here. It stays on record and cannot be opened again.",
     "If it is before the board, votes given so far are void, and everybody who was asked is told."),
    "Withdraw the case", "withdrawn",
)  # fmt: skip
RECALL = Move(
    Event.RECALLED, Act.RECALL, "Take the case back from the board",
    ("It comes back to you as a draft, and you can submit it again as a new version.",
     "Votes given so far are void, and the members are told. Advice is asked for again on the new version."),
    "Take the case back", "recalled",
)  # fmt: skip


@router.get("/cases/{ref}/withdraw")
def withdraw_form(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """Are you sure, and why?"""
    return _ask(request, ref, me, database, now, WITHDRAW)


@router.post("/cases/{ref}/withdraw")
def withdraw(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """End the case."""
    return _do(request, ref, me, form, database, now, WITHDRAW)


@router.get("/cases/{ref}/recall")
def recall_form(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """Are you sure, and why?"""
    return _ask(request, ref, me, database, now, RECALL)


@router.post("/cases/{ref}/recall")
def recall(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Take the case back to drafting."""
    return _do(request, ref, me, form, database, now, RECALL)


def _ask(request: Request, ref: str, me: Person, database: Db, now: datetime, move: Move) -> Response:
    with database.reading() as db:
        shown = _context(db, request, ref, me, now, move)
    return page(request, "case_move.html", fields=forms.fields(Reason), **shown)


def _do(
    request: Request, ref: str, me: Person, form: Any, database: Db, now: datetime, move: Move
) -> Response:
    reading = forms.read(Reason, form)
    if reading.value is None:
        with database.reading() as db:
            shown = _context(db, request, ref, me, now, move)
        fields = forms.fields(Reason, reading.values, reading.errors)
        errors = forms.error_summary(reading.errors)
        return page(request, "case_move.html", 422, fields=fields, errors=errors, **shown)
    try:
        with database.writing() as db:
            ref = case_by_ref(db, ref).ref
            cases.lead_moves(db, ref, move.event, reading.value.reason, as_lead(me), now)
    except Conflict:
        if not _is_done(database, ref, me, move, reading.value.reason):
            raise
    return see(f"/cases/{ref}?done={move.done}")


def _context(
    db: Session, request: Request, ref: str, me: Person, now: datetime, move: Move
) -> dict[str, Any]:
    case = case_by_ref(db, ref)
    roles = standing(db, me, now, case)
    require(move.act, roles)
    stage = Stage(case.stage)
    if all(
        row.event is not move.event for row in lifecycle.choices(stage, Role.LEAD, read_facts(db, case, now))
    ):
        raise Conflict(
            f"{case.ref} is in the stage “{stage_tag(stage)[0]}”, where this cannot be done.",
            "Open the case to see where it stands.",
        )
    return {
        "title": move.title, "caption": f"{case.ref} {case.title}", "effects": move.effects, "button_text": move.button,
        "action": request.url.path, "back": f"/cases/{case.ref}", "nav": nav(roles, request.url.path),
    }  # fmt: skip


def _is_done(database: Db, ref: str, me: Person, move: Move, reason: str) -> bool:
    """A second click: the case is where the first one took it, for the same reason."""
    ends = {row.end for row in lifecycle.LIFECYCLE if row.event is move.event}
    with database.reading() as db:
        case = case_by_ref(db, ref)
        return case.lead_id == me.id and Stage(case.stage) in ends and case.stage_reason == reason
