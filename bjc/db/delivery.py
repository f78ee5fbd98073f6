"""What an approval brings about: the working group, the delegation to it, and the appointments in it."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bjc.db.columns import Instant, Table, document, instant, key, long, pounds, refers, short


class Group(Table):
    """A project working group. Groups exist before cases and own several."""

    __tablename__ = "working_group"
    id: Mapped[key]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    formed_on: Mapped[date] = mapped_column(Date)


class Project(Table):
    """A project of a group: agreed before this system (with its minute reference), or from a case."""

    __tablename__ = "project"
    id: Mapped[key]
    group_id: Mapped[int] = refers("working_group.id")
    case_id: Mapped[int | None] = refers("bjc_case.id", unique=True)
    title: Mapped[short]
    origin: Mapped[short]
    minute: Mapped[short]
    status: Mapped[short]
    detail: Mapped[document]


class Delegation(Table):
    """Authority given to a group for one case. Drafted before the vote (it is part of what is voted on);
    in force from `in_force_at`, under the policy version that the decision was taken under."""

    __tablename__ = "delegation"
    id: Mapped[key]
    case_id: Mapped[int] = refers("bjc_case.id", unique=True)
    group_id: Mapped[int] = refers("working_group.id")
    limit: Mapped[pounds]
    cost_tolerance_percent: Mapped[int]
    time_tolerance_weeks: Mapped[int]
    period_months: Mapped[int]
    reserved: Mapped[long]
    chair_post: Mapped[str] = mapped_column(ForeignKey("post.key"))
    chair_id: Mapped[int] = refers("person.id")
    sponsor_id: Mapped[int] = refers("person.id")
    lead_id: Mapped[int] = refers("person.id")
    drafted_at: Mapped[instant]
    drafted_by: Mapped[int] = refers("person.id")
    decision_id: Mapped[int | None] = refers("decision.id")
    policy: Mapped[str | None] = mapped_column(ForeignKey("policy_version.version"))
    in_force_at: Mapped[datetime | None] = mapped_column(Instant)


class Appointment(Table):
    """A person is asked to take a seat in a group for a case: chair, sponsor or lead."""

    __tablename__ = "appointment"
    id: Mapped[key]
    delegation_id: Mapped[int] = refers("delegation.id")
    case_id: Mapped[int] = refers("bjc_case.id")
    seat: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int] = refers("person.id")
    asked_at: Mapped[instant]
    due_at: Mapped[instant]
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    replaced_at: Mapped[datetime | None] = mapped_column(Instant)
