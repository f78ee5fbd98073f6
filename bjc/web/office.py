"""The programme office moves a case, each time on a page of its own and in its own words: one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bjc.actions import cases
from bjc.actions.actor import Actor
from bjc.actions.facts import read_facts
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions.cases import case_by_ref, latest_version, questions_asked
from bjc.errors import BjcError, Conflict, Invalid
from bjc.rules import lifecycle
from bjc.rules.access import Act
from bjc.rules.stages import Event, Role, Stage
from bjc.rules.working_days import spoken_date, spoken_deadline
from bjc.web import desk, forms, paper
from bjc.web.deps import Db, Me, Now, as_office, require, see, standing
from bjc.web.posted import Posted

router = APIRouter(include_in_schema=False)
TEMPLATE = "office_move.html"


class Questions(BaseModel):
    """What sends a case back."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(
        title="What should the lead answer?",
        description="Number several questions. The lead reads exactly these words.",
        min_length=3, max_length=5_000, json_schema_extra={"widget": "textarea", "rows": 8},
    )  # fmt: skip


class Reason(BaseModel):
    """Why the office moves a case."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(
        title="Your reason", description="Everybody who can see the case can read it.",
        min_length=3, max_length=2_000, json_schema_extra={"widget": "textarea", "rows": 4},
    )  # fmt: skip


Words = Callable[[Session, str, str, Actor, datetime], Any]
Background = Callable[[Session, Case], desk.Shown]


@dataclass(frozen=True)
class Move:
    """One page: its address under the case, who may, what it brings about, what it asks, and what it does."""

    path: str
    event: Event
    act: Act
    title: str
    effects: tuple[str, ...]
    form: type[BaseModel]
    button: str
    do: Words
    background: Background
    done: str

    def text(self, given: BaseModel) -> str:
        """The one text that the page asks for."""
        return str(next(iter(given.model_dump().values())))


def _by_event(event: Event) -> Words:
    def do(db: Session, ref: str, reason: str, actor: Actor, now: datetime) -> Case:
        return cases.office_moves(db, ref, event, reason, actor, now)

    return do


def _asked_before(db: Session, case: Case) -> desk.Shown:
    rows = [(f"Question {q.number}, {spoken_date(q.asked_at)}", q.text) for q in questions_asked(db, case.id)]
    return {"rows_title": "Asked before", "rows": rows}


def _missing(db: Session, case: Case) -> desk.Shown:
    version = latest_version(db, case.id, "case")
    asked = paper.opinions(db, version.id) if version else []
    missing = [one for one in asked if one.said == "Missing"]
    return {
        "rows_title": "Advice that is missing",
        "rows": [(one.about, f"{one.by}\n{one.text}") for one in missing],
    }


def _deferral(db: Session, case: Case) -> desk.Shown:
    rows = [("Deferred since", spoken_date(case.stage_since))]
    if case.review_at is not None:
        rows.append(("Next review", spoken_deadline(case.review_at)))
    return {"rows_title": "", "rows": rows}


MOVES = (
    Move(
        "questions", Event.QUESTIONS_ASKED, Act.ASK_QUESTIONS, "Send the case back with questions",
        ("The case becomes a draft again. Its lead answers by changing it, and submits a new version.",
         "Advice already given stays on record; advice is asked for again on the new version."),
        Questions, "Send the questions", cases.ask_questions, _asked_before, "asked",
    ),
    Move(
        "open-without-advice", Event.OPENED_WITHOUT_ADVICE, Act.OPEN_WITHOUT_ADVICE,
        "Open the decision without the missing advice",
        ("The board is asked to decide at once, on the version as it stands.",
         "Members see which advice is missing. It is still taken while they decide."),
        Reason, "Open the decision", _by_event(Event.OPENED_WITHOUT_ADVICE), _missing, "opened",
    ),
    Move(
        "resume", Event.RESUMED, Act.RESUME, "Resume the case",
        ("It goes back to analysis. Where its advice and its draft delegation are there, the board is asked at once.",),
        Reason, "Resume the case", _by_event(Event.RESUMED), _deferral, "resumed",
    ),
    Move(
        "end", Event.ENDED, Act.RESUME, "End the deferred case",
        ("The case ends here. It stays on record and cannot be opened again.",),
        Reason, "End the case", _by_event(Event.ENDED), _deferral, "ended",
    ),
)  # fmt: skip


def _offer(move: Move) -> None:
    """Put the two halves of a page under its address: GET asks, POST does."""

    def ask(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
        with database.reading() as db:
            case, shown = _shown(db, request, ref, me, now, move)
            rows = lifecycle.choices(Stage(case.stage), Role.OFFICE, read_facts(db, case, now))
            desk.refuse_unless(any(row.event is move.event for row in rows), case)
        return desk.form_page(request, TEMPLATE, shown, move.form)

    def do(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
        reading = forms.read(move.form, form)
        try:
            return _take(database, ref, me, now, move, reading)
        except (Invalid, Conflict) as problem:
            if isinstance(problem, Conflict) and _is_done(database, ref, move, reading):
                return see(f"/cases/{ref}?done={move.done}")
            return _again(request, ref, me, database, now, move, reading, problem)

    router.add_api_route(f"/cases/{{ref}}/{move.path}", ask, methods=["GET"])
    router.add_api_route(f"/cases/{{ref}}/{move.path}", do, methods=["POST"])


def _take(
    database: Db, ref: str, me: Person, now: datetime, move: Move, reading: forms.Reading[Any]
) -> Response:
    with database.writing() as db:
        case = case_by_ref(db, ref)
        require(move.act, standing(db, me, now, case))
        if reading.value is None:
            raise desk.incomplete(reading)
        move.do(db, case.ref, move.text(reading.value), as_office(me), now)
    return see(f"/cases/{case.ref}?done={move.done}")


def _again(
    request: Request, ref: str, me: Person, database: Db, now: datetime, move: Move,
    reading: forms.Reading[Any], problem: BjcError,
) -> Response:  # fmt: skip
    """The same page with what was typed: nothing of it is lost."""
    with database.reading() as db:
        _, shown = _shown(db, request, ref, me, now, move)
    return desk.form_page(request, TEMPLATE, shown, move.form, reading.values, problem)


def _shown(
    db: Session, request: Request, ref: str, me: Person, now: datetime, move: Move
) -> tuple[Case, desk.Shown]:
    case, shown = desk.open_case(db, request, ref, me, now, move.act)
    more = {
        "title": move.title,
        "effects": move.effects,
        "button_text": move.button,
        **move.background(db, case),
    }
    return case, {**shown, **more}


def _is_done(database: Db, ref: str, move: Move, reading: forms.Reading[Any]) -> bool:
    """A second click: the case is where the first one took it, with the same words."""
    if reading.value is None:
        return False
    ends = {row.end for row in lifecycle.LIFECYCLE if row.event is move.event}
    with database.reading() as db:
        case = case_by_ref(db, ref)
        asked = [question.text for question in questions_asked(db, case.id)][-1:]
        said = asked if move.event is Event.QUESTIONS_ASKED else [case.stage_reason]
        return Stage(case.stage) in ends and said == [move.text(reading.value)]


for _move in MOVES:
    _offer(_move)
