"""A case: where it stands, what was typed so far, and what was frozen for people to decide on."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc.db.columns import Instant, Pounds, Table, document, instant, key, long, refers, short


class Case(Table):
    """One business justification case. `stage` is assigned by `actions.cases.move` and nowhere else.

    `stage_reason` is what was given for the last move, if it asked for a reason; the audit keeps its hash only.
    `review_at` is when the lead or the office is next asked about a case that stands still.
    `lock_version` is the ORM's optimistic lock: two people saving one draft cannot overwrite each other.
    """

    __tablename__ = "bjc_case"
    id: Mapped[key]
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[short]
    stage: Mapped[str] = mapped_column(String(40), index=True)
    stage_since: Mapped[instant]
    stage_reason: Mapped[str] = mapped_column(Text, default="")
    review_at: Mapped[datetime | None] = mapped_column(Instant)
    lead_id: Mapped[int] = refers("person.id")
    service: Mapped[str] = mapped_column(ForeignKey("service.key"))
    amount: Mapped[Decimal | None] = mapped_column(Pounds)
    triage: Mapped[document]
    scope: Mapped[document]
    sections: Mapped[document]
    opened_at: Mapped[instant]
    lock_version: Mapped[int] = mapped_column(Integer)
    __mapper_args__ = {"version_id_col": lock_version}


class CaseVersion(Table):
    """What people decide on: the scope proposal or the case as it was sent, with its SHA-256."""

    __tablename__ = "case_version"
    __table_args__ = (UniqueConstraint("case_id", "number"),)
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id")
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[document]
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[instant]
    frozen_by: Mapped[int] = refers("person.id")


class Question(Table):
    """A numbered, dated question that sent a case back to its lead."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("case_id", "number"),)
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id")
    number: Mapped[int]
    asked_by: Mapped[int] = refers("person.id")
    asked_at: Mapped[instant]
    text: Mapped[long]


class Counter(Table):
    """The last number given out under a name, such as the cases of one year."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


class Route(Table):
    """D3: whether a case is due to be settled, and the Prefect run that settles it. No optimistic lock."""

    __tablename__ = "route"
    case_id: Mapped[int] = mapped_column(ForeignKey("bjc_case.id"), primary_key=True, autoincrement=False)
    wanted: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    wake_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    live: Mapped[bool] = mapped_column(default=True)
    run_id: Mapped[str | None] = mapped_column(String(40))
    run_no: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_no: Mapped[int] = mapped_column(default=0)


# Small for ever: only the cases somebody's act has made due.
Index(
    "ix_route_due",
    Route.case_id,
    sqlite_where=Route.wanted > Route.settled,
    postgresql_where=Route.wanted > Route.settled,
)
