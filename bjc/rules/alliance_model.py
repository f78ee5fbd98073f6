"""What an alliance is: services, bodies, posts, principles, strands and policy, as one frozen value.

Everything here comes from an alliance's data file; nothing in the product is written for two services.
Keys never change once used: votes, delegations and the audit chain point at them.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bjc.errors import NotFound
from bjc.rules.faults import did_you_mean
from bjc.rules.policy import Policy

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
Year = Annotated[int, Field(strict=True, ge=2000, le=2100)]
Number = Annotated[int, Field(strict=True, ge=1, le=99)]
Kind = Literal[
    "chief",
    "deputy",
    "assistant",
    "finance",
    "authority-representative",
    "office",
    "clerk",
    "officer",
    "adviser",
]


class Entry(BaseModel):
    """Any entry of a data file: frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Service(Entry):
    """A partner organisation. `risk_plan` is its own word for its risk management plan."""

    key: Key
    name: Line
    short_name: Line
    authority: Line
    risk_plan: Line
    risk_plan_name: Line


class Cadence(Entry):
    """How often a body meets."""

    meetings_a_year: Annotated[int, Field(strict=True, ge=1, le=52)]
    or_as_required: bool = False

    def __str__(self) -> str:
        often = {1: "once a year", 2: "twice a year", 4: "four times a year", 12: "monthly"}
        words = often.get(self.meetings_a_year, f"{self.meetings_a_year} times a year")
        return f"{words} or as required" if self.or_as_required else words


class Chair(Entry):
    """Who chairs: posts that take turns by calendar year, or a seat of the group."""

    posts: tuple[Key, ...] = ()
    first_year: Year | None = None
    seat: str = ""
    vice_seat: str = ""

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if bool(self.posts) == bool(self.seat):
            raise ValueError("say who chairs: either 'posts' that take turns by year, or one 'seat'.")
        if len(self.posts) > 1 and self.first_year is None:
            raise ValueError("posts that take turns need 'first_year', the year of the first one named.")
        return self

    def post_on(self, day: date) -> str | None:
        """The key of the post that chairs on `day` (a local date); None where a seat chairs."""
        return self._turn(day.year) if self.posts else None

    def vice_post_on(self, day: date) -> str | None:
        """The post next in turn; None where only one post, or a seat, chairs."""
        return self._turn(day.year + 1) if len(self.posts) > 1 else None

    def _turn(self, year: int) -> str:
        return self.posts[(year - (self.first_year or year)) % len(self.posts)]


class Seat(Entry):
    """A seat of a working group. `kinds` of post may fill it; `body`: the holder must have a post there."""

    key: Key
    name: Line
    appointed_by: Literal["board", "chair"]
    kinds: tuple[Kind, ...] = Field(min_length=1)
    body: str | None = None
    service: str | None = None
    several: bool = False
    votes: bool = True


class Body(Entry):
    """A body of the alliance, or (role `delivers`) the kind of body that a working group is."""

    key: Key
    name: Line
    short_name: Line
    also_called: tuple[Line, ...] = ()
    role: Literal["oversees", "decides", "delivers"]
    purpose: Prose
    responsibilities: tuple[Prose, ...] = Field(min_length=1)
    cadence: Cadence
    meetings: tuple[date, ...] = ()
    chair: Chair
    decides_in_writing: bool
    seats: tuple[Seat, ...] = ()


class Post(Entry):
    """A seat that outlives its holder. Only an adviser belongs to no service."""

    key: Annotated[Key, StringConstraints(max_length=60)]
    title: Line
    kind: Kind
    body: str | None = None
    service: str | None = None


class AdviceOwed(Entry):
    """Which post owes which advice for its service before a decision opens."""

    kind: Literal["finance", "impact"]
    service: str
    post: str
    asks: Prose


class Principle(Entry):
    """One of the guiding principles that every case answers to."""

    key: Key
    number: Number
    name: Line
    text: Prose


class Priority(Entry):
    """What a strand wants to see."""

    key: Key
    text: Prose
    work_streams: tuple[Line, ...] = ()


class Measure(Entry):
    """A part of a deliverable."""

    key: Key
    text: Prose


class Deliverable(Entry):
    """What a strand promises. `also_worded` keeps a second wording that the plan gives elsewhere."""

    key: Key
    text: Prose
    also_worded: str = ""
    measures: tuple[Measure, ...] = ()


class Strand(Entry):
    """A development strand with its priorities and deliverables."""

    key: Key
    number: Number
    name: Line
    priorities: tuple[Priority, ...] = Field(min_length=1)
    deliverables: tuple[Deliverable, ...] = Field(min_length=1)


class Alliance(Entry):
    """The whole data file. Policy versions run oldest first."""

    key: Key
    name: Line
    plan: Line
    aim: Prose
    purposes: tuple[Prose, ...] = ()
    services: tuple[Service, ...] = Field(min_length=2)
    bodies: tuple[Body, ...] = Field(min_length=1)
    posts: tuple[Post, ...] = Field(min_length=1)
    advice: tuple[AdviceOwed, ...] = Field(min_length=1)
    principles: tuple[Principle, ...] = Field(min_length=1)
    strands: tuple[Strand, ...] = Field(min_length=1)
    policy: tuple[Policy, ...] = Field(min_length=1)

    @property
    def deciding_body(self) -> Body:
        """The body that recommends scopes and approves cases."""
        return next(body for body in self.bodies if body.role == "decides")

    def service(self, key: str) -> Service:
        """Raises `NotFound`, as do `body` and `post`."""
        return _one("service", self.services, key)

    def body(self, key: str) -> Body:
        return _one("body", self.bodies, key)

    def post(self, key: str) -> Post:
        return _one("post", self.posts, key)

    def posts_of(self, body: str, service: str | None = None) -> tuple[Post, ...]:
        """The posts of a body, or of one service on it, in the file's order."""
        return tuple(p for p in self.posts if p.body == body and service in (None, p.service))

    def plan_keys(self) -> frozenset[str]:
        """The keys of every deliverable and measure that a case may say it serves."""
        promised = [d for strand in self.strands for d in strand.deliverables]
        return frozenset([d.key for d in promised] + [m.key for d in promised for m in d.measures])


_Keyed = TypeVar("_Keyed", Service, Body, Post)


def _one(kind: str, entries: Iterable[_Keyed], key: str) -> _Keyed:
    found = {entry.key: entry for entry in entries}
    if key not in found:
        raise NotFound(f"The alliance has no {kind} '{key}'.{did_you_mean(key, found)}")
    return found[key]
