"""Above an officer limit: the office, or the Authority's own clerk, records what an Authority resolved."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bjc.actions import resolutions
from bjc.actions.actor import Actor
from bjc.actions.resolutions import Resolved
from bjc.db.cases import Case
from bjc.db.people import Person, Service
from bjc.db.questions import decisions, people
from bjc.db.questions.cases import case_by_ref
from bjc.errors import BjcError, Conflict, Invalid, Refused
from bjc.rules import access
from bjc.rules.access import Act
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day, spoken_date
from bjc.web import desk, forms
from bjc.web.deps import Db, Me, Now, as_office, see, standing
from bjc.web.posted import Posted
from bjc.web.words import pounds

router = APIRouter(include_in_schema=False)
TEMPLATE = "resolution.html"
OPTIONS: dict[str, Any] = {
    "agreed": ("It agreed", "The case is approved once both Authorities have agreed."),
    "amended": ("It agreed with changes", "The case goes back to its lead as a draft, at once."),
    "refused": ("It refused", "The case is rejected, at once."),
}


class ResolutionForm(BaseModel):
    """What an Authority's minutes say."""

    model_config = ConfigDict(extra="forbid")
    service: str = Field(
        title="Which Authority?", json_schema_extra={"widget": "radios", "error": "Select which Authority"}
    )
    resolution: str = Field(
        title="What did it resolve?",
        json_schema_extra={
            "widget": "radios",
            "options": OPTIONS,
            "error": "Select what the Authority resolved",
        },
    )
    met_on: date = Field(title="When did it meet?", json_schema_extra={"widget": "date"})
    minute: str = Field(
        title="Minute number", description="Such as 47/2026.", max_length=100,
        json_schema_extra={"widget": "input", "width": 20},
    )  # fmt: skip
    text: str = Field(
        title="The words of the resolution", description="As minuted. An amendment says here what is to change.",
        max_length=5_000, json_schema_extra={"widget": "textarea", "rows": 6},
    )  # fmt: skip


@router.get("/cases/{ref}/resolution")
def ask(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The form, for the Authorities whose resolution this person may record and that have not resolved yet."""
    with database.reading() as db:
        case, shown, options = _shown(db, request, ref, me, now)
        desk.refuse_unless(Stage(case.stage) is Stage.AUTHORITIES, case)
    if not options:
        raise Conflict("What you may record here is recorded already.", "Open the case to see it.")
    only = {"service": next(iter(options))} if len(options) == 1 else {}
    return desk.form_page(request, TEMPLATE, shown, ResolutionForm, only, options={"service": options})


@router.post("/cases/{ref}/resolution")
def record(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Record it. Sent twice, it is there once."""
    with database.reading() as db:
        _, shown, _ = _shown(db, request, ref, me, now)
        every = {service.key: service.authority for service in people.services(db)}
    reading = forms.read(ResolutionForm, form, options={"service": every})
    try:
        with database.writing() as db:
            case = case_by_ref(db, ref)
            if reading.value is None:
                raise desk.incomplete(reading)
            said = Resolved(**reading.value.model_dump())
            resolutions.record_resolution(db, case.ref, said, _actor(db, me, case, said.service, now), now)
    except (Invalid, Conflict) as problem:
        if isinstance(problem, Invalid) or not _is_recorded(database, ref, reading.value):
            return _again(request, shown, reading, every, problem)
    return see(f"{shown['back']}?done=resolved")


def _again(
    request: Request, shown: desk.Shown, reading: forms.Reading[ResolutionForm], options: dict[str, str],
    problem: BjcError,
) -> Response:  # fmt: skip
    return desk.form_page(
        request, TEMPLATE, shown, ResolutionForm, reading.values, problem, options={"service": options}
    )


def _shown(
    db: Session, request: Request, ref: str, me: Person, now: datetime
) -> tuple[Case, desk.Shown, dict[str, str]]:
    case, shown = desk.open_case(db, request, ref, me, now, Act.RECORD_RESOLUTION)
    decision = decisions.latest_decision(db, case.id, "approval")
    found = decisions.resolutions_of(db, decision.id) if decision else []
    done = {row.service for row in found}
    mine = _services(db, me, case, now)
    options = {service.key: service.authority for service in mine if service.key not in done}
    authorities = {service.key: service.authority for service in people.services(db)}
    rows = [
        (
            authorities[row.service],
            f"{row.resolution.capitalize()} on {spoken_date(row.met_on)}, minute {row.minute}",
        )
        for row in found
    ]
    more = {"title": "Record an Authority's resolution", "rows": rows, "amount": pounds(case.amount)}
    return case, {**shown, **more}, options


def _services(db: Session, me: Person, case: Case, now: datetime) -> list[Service]:
    """The office may record for both Authorities, a clerk for their own."""
    if access.Person.OFFICE in standing(db, me, now, case):
        return people.services(db)
    own = {post.service for post in people.posts_of(db, me.id, local_day(now)) if post.kind == "clerk"}
    return [service for service in people.services(db) if service.key in own]


def _actor(db: Session, me: Person, case: Case, service: str, now: datetime) -> Actor:
    if service not in {one.key for one in _services(db, me, case, now)}:
        raise Refused(
            "You may not record another Authority's resolution.",
            "Its own clerk does, or the programme office.",
        )
    posts = {
        post.service: post.key for post in people.posts_of(db, me.id, local_day(now)) if post.kind == "clerk"
    }
    return Actor("clerk", me.id, post=posts[service]) if service in posts else as_office(me)


def _is_recorded(database: Db, ref: str, given: ResolutionForm | None) -> bool:
    """A second click: this very resolution is there."""
    with database.reading() as db:
        decision = decisions.latest_decision(db, case_by_ref(db, ref).id, "approval")
        found = decisions.resolutions_of(db, decision.id) if decision else []
        said = {(row.service, row.resolution, row.minute, row.met_on, row.text) for row in found}
        return given is not None and (
            (given.service, given.resolution, given.minute, given.met_on, given.text) in said
        )
