"""Decisions, the members asked, their votes, the advice taken first, and the links that reach them."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc.db.columns import Id, Instant, Table, document, instant, key, long, refers, short


class Decision(Table):
    """A question put to a body on one frozen version. `closes_at` is empty once it stands over to a meeting.

    At most one decision of a case is open. `outcome` and `working` are fixed when it closes.
    `delegation` is the draft that was voted on with the version, as it stood when the decision opened.
    `void_reason` is set where it ended without one (recalled, withdrawn).
    """

    __tablename__ = "decision"
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id")
    version_id: Mapped[int] = refers("case_version.id")
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(ForeignKey("body.key"))
    policy: Mapped[str] = mapped_column(ForeignKey("policy_version.version"))
    opened_at: Mapped[instant]
    due_at: Mapped[instant]
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    extended: Mapped[bool] = mapped_column(Boolean, default=False)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(40))
    working: Mapped[document]
    meeting: Mapped[document]
    delegation: Mapped[document]
    void_reason: Mapped[str | None] = mapped_column(String(200))


Index(
    "uq_decision_open",
    Decision.case_id,
    unique=True,
    sqlite_where=Decision.closed_at.is_(None),
    postgresql_where=Decision.closed_at.is_(None),
)


class Assignment(Table):
    """One member is asked to decide, for one post. The vote beside it is the current one; the audit keeps all.

    One row a post and one a person: a person who holds two seats of a body votes once.
    """

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("decision_id", "post"), UniqueConstraint("decision_id", "person_id"))
    id: Mapped[key]
    decision_id: Mapped[int] = refers("decision.id")
    post: Mapped[str] = mapped_column(ForeignKey("post.key"))
    person_id: Mapped[int] = refers("person.id")
    choice: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")
    interest: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    via: Mapped[str] = mapped_column(String(20), default="")
    changes: Mapped[int] = mapped_column(Integer, default=0)


class Advice(Table):
    """Advice asked of one post on one frozen version: finance advice, or a service's impact statement."""

    __tablename__ = "advice"
    __table_args__ = (UniqueConstraint("version_id", "kind", "service"),)
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id")
    version_id: Mapped[int] = refers("case_version.id")
    kind: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(ForeignKey("service.key"))
    post: Mapped[str] = mapped_column(ForeignKey("post.key"))
    person_id: Mapped[int] = refers("person.id")
    asked_at: Mapped[instant]
    due_at: Mapped[instant]
    given_at: Mapped[datetime | None] = mapped_column(Instant)
    recommendation: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")


class Condition(Table):
    """A condition that came with an approval; every one is met before authority is delegated."""

    __tablename__ = "condition"
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id")
    decision_id: Mapped[int] = refers("decision.id")
    post: Mapped[str] = mapped_column(ForeignKey("post.key"))
    text: Mapped[long]
    met_at: Mapped[datetime | None] = mapped_column(Instant)
    evidence: Mapped[str] = mapped_column(Text, default="")


class Resolution(Table):
    """What one Authority resolved, as its clerk recorded it. Authorities never decide by emailed link."""

    __tablename__ = "resolution"
    __table_args__ = (UniqueConstraint("decision_id", "service"),)
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id")
    decision_id: Mapped[int] = refers("decision.id")
    service: Mapped[str] = mapped_column(ForeignKey("service.key"))
    resolution: Mapped[str] = mapped_column(String(20))
    minute: Mapped[short]
    met_on: Mapped[date] = mapped_column(Date)
    text: Mapped[long]
    recorded_by: Mapped[int] = refers("person.id")
    recorded_at: Mapped[instant]


class Link(Table):
    """One emailed link: a single-purpose capability. Only the hash of its secret is kept (trust.md 1.2)."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_purpose_subject", "purpose", "subject_id"),)
    id: Mapped[key]
    purpose: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = refers("person.id")
    version_id: Mapped[int | None] = refers("case_version.id")
    outbox_id: Mapped[int | None] = mapped_column(Id, index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    minted_at: Mapped[instant]
    expires_at: Mapped[instant]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_because: Mapped[str | None] = mapped_column(String(80))
