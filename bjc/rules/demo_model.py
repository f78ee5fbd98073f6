"""What the demo brings along: persons and the posts they hold, earlier projects, and cases to be scoped.

It is kept apart from the alliance, because posts stay and persons change. No vote is ever invented: a
project older than the system says where its agreement is minuted.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, EmailStr, Field, StringConstraints, model_validator

from bjc.rules.alliance_model import Entry, Key, Line, Prose
from bjc.rules.case import CaseDocument, ScopeProposal
from bjc.rules.triage import TriageAnswers

Pounds = Annotated[Decimal, Field(ge=0, le=Decimal("1e10"), decimal_places=2)]
ByService = dict[str, Prose]


class Person(Entry):
    """A human being with one address, kept in small letters so that nobody is two people."""

    key: Key
    name: Line
    email: Annotated[EmailStr, AfterValidator(str.lower)]
    service: str | None = None


class Holding(Entry):
    """A person holds a post from a day to a day, both included; open when `until` is empty."""

    person: str
    post: str
    since: date = Field(alias="from")
    until: date | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError(f"{self.person} holds {self.post} from {self.since}, but only to {self.until}.")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the post is held on `day` (a local date)."""
        return self.since <= day and (self.until is None or day <= self.until)


class WorkingGroup(Entry):
    """A project working group; `chair`, `sponsor` and `lead` are posts."""

    key: Key
    name: Line
    strand: str
    formed_on: date
    chair: str
    sponsor: str
    lead: str


class Event(Entry):
    """Something that happened, dated as closely as the source dates it ("May 2020")."""

    when: Line
    what: Prose


class SubProject(Entry):
    """A part of a project."""

    title: Line
    status: Line
    summary: Prose


class Project(Entry):
    """A project agreed before this system, with the text that says where that is minuted."""

    key: Key
    title: Line
    group: str
    strand: str
    deliverables: tuple[str, ...] = Field(min_length=1)
    status: Line
    origin: Line
    minute: Line
    summary: Prose
    events: tuple[Event, ...] = ()
    viable_options: tuple[Prose, ...] = ()
    sub_projects: tuple[SubProject, ...] = ()


class ScopeNote(ScopeProposal):
    """The scope proposal, with its effect on each service by the service's key."""

    effect: ByService

    def answers(self) -> dict[str, Any]:
        """As the form's model takes them, with `effect_<service>` for each service."""
        plain = self.model_dump(exclude={"effect"})
        return plain | {f"effect_{key}": text for key, text in self.effect.items()}


class DraftDelegation(Entry):
    """What the group would be given: part of what is voted on."""

    limit: Pounds
    cost_tolerance_percent: Annotated[Decimal, Field(ge=0, le=100)]
    time_tolerance_weeks: Annotated[int, Field(strict=True, ge=0, le=104)]
    period_months: Annotated[int, Field(strict=True, ge=1, le=120)]
    reserved: Prose
    people_and_pounds: ByService


class DemoCase(Entry):
    """A case to be scoped, with the answers that its lead will give in every form.

    `lead` is a post; `group` would deliver it. `days_to_prepare` are the working days from the scope
    decision to `scope.submit_by`, for a demo that is played at another time.
    """

    key: Key
    former_reference: Line
    service: str
    lead: str
    group: str
    strand: str
    deliverables: tuple[str, ...] = Field(min_length=1)
    principles: tuple[str, ...] = Field(min_length=1)
    triage: TriageAnswers
    scope: ScopeNote
    days_to_prepare: Annotated[int, Field(strict=True, ge=1, le=260)]
    document: CaseDocument
    recommendation: Prose
    delegation: DraftDelegation


class Demo(Entry):
    """The whole demo file; `alliance` is the file beside it that it belongs to."""

    alliance: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+\.ya?ml$")]
    persons: tuple[Person, ...] = Field(min_length=1)
    holdings: tuple[Holding, ...] = Field(min_length=1)
    groups: tuple[WorkingGroup, ...] = ()
    projects: tuple[Project, ...] = ()
    cases: tuple[DemoCase, ...] = ()

    def holder_on(self, post: str, day: date) -> Person | None:
        """Who holds a post on `day` (a local date); None while it is vacant."""
        held = (h.person for h in self.holdings if h.post == post and h.holds_on(day))
        return next((p for key in held for p in self.persons if p.key == key), None)
