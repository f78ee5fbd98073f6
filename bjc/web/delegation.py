"""The office drafts the delegation: part of what the board votes on, rewritten until the decision opens."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bjc.actions import delegations
from bjc.actions.delegations import DelegationDraft
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import delivery
from bjc.db.questions.cases import case_by_ref
from bjc.db.questions.papers import group_name
from bjc.errors import BjcError, Conflict, Invalid
from bjc.rules.access import Act
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day
from bjc.web import desk, forms, paper
from bjc.web.deps import Db, Me, Now, as_office, require, see, standing
from bjc.web.posted import Posted
from bjc.web.questions import Options
from bjc.web.words import pounds

router = APIRouter(include_in_schema=False)
TEMPLATE = "delegation.html"
NEW = "new-group"


def _choice(title: str, hint: str, error: str, widget: str = "select") -> Any:
    return Field(title=title, description=hint, json_schema_extra={"widget": widget, "error": error})


class DelegationForm(BaseModel):
    """What the office proposes. Tolerances and period come from the policy."""

    model_config = ConfigDict(extra="forbid")
    group: str = _choice(
        "Which working group?", "A group may look after several cases.", "Select the working group", "radios"
    )
    new_group: str = Field(
        "", title="Name of the new working group", max_length=200, json_schema_extra={"widget": "input"}
    )
    limit: Decimal = Field(
        title="The group may spend up to", description="In pounds, like 85000.", gt=0, le=Decimal("999999999"),
        decimal_places=2, json_schema_extra={"widget": "money"},
    )  # fmt: skip
    chair_post: str = _choice(
        "Who chairs the group?", "A member of the board, who answers to it.", "Select who chairs the group"
    )
    sponsor_id: int = _choice(
        "Executive sponsor", "Speaks for the work at executive level.", "Select the executive sponsor"
    )
    lead_id: int = _choice("Project lead", "Runs the work day by day.", "Select the project lead")
    reserved: str = Field(
        "", title="What the board keeps for itself",
        description="Such as staff numbers, or a change of supplier. Beyond limit, tolerances and period the group "
        "must come back in any case.",
        max_length=2_000, json_schema_extra={"widget": "textarea", "rows": 4},
    )  # fmt: skip

    def draft(self) -> DelegationDraft:
        """As the action takes it."""
        group = self.new_group if self.group == NEW else self.group
        return DelegationDraft(
            group, self.limit, self.chair_post, self.sponsor_id, self.lead_id, self.reserved
        )


@router.get("/cases/{ref}/delegation")
def ask(request: Request, ref: str, me: Me, database: Db, now: Now) -> Response:
    """The draft as it stands, or an empty one with the case's lead in it."""
    with database.reading() as db:
        case, shown = _shown(db, request, ref, me, now)
        desk.refuse_unless(Stage(case.stage) in (Stage.DRAFTING, Stage.ANALYSIS), case)
        options, values = _options(db, case, now), _values(db, case)
    return desk.form_page(request, TEMPLATE, shown, DelegationForm, values, options=options)


@router.post("/cases/{ref}/delegation")
def save(request: Request, ref: str, me: Me, form: Posted, database: Db, now: Now) -> Response:
    """Keep the draft; the route looks whether the decision can open."""
    with database.reading() as db:
        case, shown = _shown(db, request, ref, me, now)
        options = _options(db, case, now)
    reading = _read(form, options)
    try:
        with database.writing() as db:
            case = case_by_ref(db, ref)
            require(Act.DRAFT_DELEGATION, standing(db, me, now, case))
            if reading.value is None:
                raise desk.incomplete(reading)
            delegations.draft(db, case.ref, reading.value.draft(), as_office(me), now)
    except (Invalid, Conflict) as problem:
        return _again(request, shown, reading, options, problem)
    return see(f"{shown['back']}?done=drafted")


def _read(form: Any, options: dict[str, Options]) -> forms.Reading[DelegationForm]:
    reading = forms.read(DelegationForm, form, options=options)
    if reading.values["group"] == NEW and not reading.values["new_group"]:
        errors = {**reading.errors, "new_group": "Enter the name of the new working group"}
        return forms.Reading(None, reading.values, errors)
    return reading


def _again(
    request: Request, shown: desk.Shown, reading: forms.Reading[DelegationForm], options: dict[str, Options],
    problem: BjcError,
) -> Response:  # fmt: skip
    return desk.form_page(request, TEMPLATE, shown, DelegationForm, reading.values, problem, options=options)


def _shown(db: Session, request: Request, ref: str, me: Person, now: datetime) -> tuple[Case, desk.Shown]:
    case, shown = desk.open_case(db, request, ref, me, now, Act.DRAFT_DELEGATION)
    terms = policy_now(db, now).delegation
    rows = [
        ("Whole-life cost", pounds(case.amount) or "Not known yet"),
        ("Tolerance", paper.tolerance(int(terms.cost_tolerance_percent), terms.time_tolerance_weeks)),
        ("Period", f"{terms.period_months} months"),
    ]
    return case, {**shown, "title": "Draft the delegation", "rows": rows}


def _options(db: Session, case: Case, now: datetime) -> dict[str, Options]:
    groups, day = {group.name: group.name for group in delivery.groups(db)}, local_day(now)
    return {
        "group": {**groups, NEW: "A new working group"},
        "chair_post": {post.key: f"{person.name}, {post.title}" for post, person in delegations.chairs(db, day)},
        "sponsor_id": _seatable(db, case, "sponsor", day),
        "lead_id": _seatable(db, case, "lead", day),
    }  # fmt: skip


def _seatable(db: Session, case: Case, seat: str, day: date) -> dict[str, str]:
    return {str(number): said for number, said in delegations.candidates(db, case, seat, day).items()}


def _values(db: Session, case: Case) -> dict[str, str]:
    """What the form starts with."""
    row = delivery.delegation_of(db, case.id)
    if row is None:
        return {"lead_id": str(case.lead_id)}
    return {
        "group": group_name(db, row.group_id), "limit": f"{row.limit:f}".removesuffix(".00"),
        "chair_post": row.chair_post, "sponsor_id": str(row.sponsor_id), "lead_id": str(row.lead_id),
        "reserved": row.reserved,
    }  # fmt: skip
