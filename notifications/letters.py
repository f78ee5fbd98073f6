"""What a mail may speak of: everything loaded for one outbox row, already safe to print.

Texts that people typed have been through `notifications.plain`; amounts are pounds; instants are aware, in UTC.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bjc.rules.notices import Notice


@dataclass(frozen=True)
class Addressee:
    """Who the mail goes to. `address` is as stored; `posts` maps kinds of post held on the day to their titles."""

    id: int
    name: str
    address: str
    left_on: date | None = None
    posts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseFacts:
    """The case as it stands."""

    ref: str
    title: str
    amount: Decimal | None
    stage: str
    since: datetime
    review_at: datetime | None
    service: str
    lead_id: int
    lead: str


@dataclass(frozen=True)
class VersionFacts:
    """The frozen version that a decision or advice is about."""

    id: int
    number: int
    sha256: str
    ask: str = ""
    funding: str = ""


@dataclass(frozen=True)
class AdviceFacts:
    """Advice asked of a post, given or not. `short` is the service's short name."""

    kind: str
    service: str
    short: str
    post: str
    adviser: str
    due_at: datetime
    given_at: datetime | None = None
    recommendation: str = ""
    text: str = ""


@dataclass(frozen=True)
class ConditionFacts:
    """A condition of an approval, and the post that must meet it."""

    text: str
    post: str
    met_at: datetime | None = None


@dataclass(frozen=True)
class ResolutionFacts:
    """What one Authority resolved."""

    authority: str
    resolution: str
    minute: str
    met_on: date
    text: str = ""


@dataclass(frozen=True)
class DecisionFacts:
    """A decision with its version. `working` are the sentences that show why the outcome is what it is.

    `terms` and `reasons` are what members wrote, conditions and grounds, without whose; only of a closed one.
    """

    id: int
    kind: str
    body: str
    version: VersionFacts
    opened_at: datetime
    due_at: datetime
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    working: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    void_reason: str = ""
    advice: tuple[AdviceFacts, ...] = ()
    conditions: tuple[ConditionFacts, ...] = ()
    resolutions: tuple[ResolutionFacts, ...] = ()


@dataclass(frozen=True)
class SeatFacts:
    """The addressee's seat in the decision, and what it said so far."""

    id: int
    post: str
    choice: str = ""
    reason: str = ""
    conditions: str = ""
    interest: str = ""
    answered_at: datetime | None = None
    changes: int = 0


@dataclass(frozen=True)
class DelegationFacts:
    """Authority drafted or in force for a group. `holders` maps each seat to a person's id and name."""

    group: str
    limit: Decimal
    cost_tolerance_percent: int
    time_tolerance_weeks: int
    period_months: int
    reserved: str
    holders: dict[str, tuple[int, str]] = field(default_factory=dict)
    in_force_at: datetime | None = None


@dataclass(frozen=True)
class AppointmentFacts:
    """A seat of a group that a person was asked to take."""

    seat: str
    person: str
    due_at: datetime
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Letter:
    """One mail to write. Which parts are there follows from the notice; `need` asks for one that must be."""

    id: int
    notice: Notice
    queued_at: datetime
    alliance: str
    instance: str
    to: Addressee
    case: CaseFacts | None = None
    version: VersionFacts | None = None
    decision: DecisionFacts | None = None
    seat: SeatFacts | None = None
    advice: AdviceFacts | None = None
    delegation: DelegationFacts | None = None
    appointment: AppointmentFacts | None = None
    questions: tuple[str, ...] = ()
    requested_at: datetime | None = None


@dataclass(frozen=True)
class Address:
    """Where the mail's one link leads. `personal`: it opens a form for its addressee alone, until `until`."""

    url: str
    personal: bool = False
    until: datetime | None = None
    code: str = ""
