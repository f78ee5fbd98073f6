"""What the postman asks: whether a mail is due, and all that one mail may speak of, as it stood when queued.

A mail may leave late. Whatever else has happened to the case by then, it speaks of the decision that
caused it: hence `at`, the moment it was queued.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, exists, literal_column, or_, select
from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion, Question
from bjc.db.decisions import Advice, Assignment, Condition, Decision, Resolution
from bjc.db.delivery import Appointment, Delegation, Group
from bjc.db.mail import Outbox
from bjc.db.people import Body, Holding, Person, Post, Service, SignIn
from bjc.db.questions.people import holds_on


def is_mail_due(db: Session, now: datetime) -> bool:
    """True when a postman would find something. Asked twice a second: one look into the index of what waits."""
    return bool(db.scalar(select(exists(select(Outbox.id).where(due_mail(now))))))


def due_mail(now: datetime) -> ColumnElement[bool]:
    """Rows to send now: queued, or claimed by a postman that never came back. A claimed row was due before.

    The states stand in the text of the query, not in its parameters: only so can the partial index serve it.
    """
    queued, claimed = literal_column("'queued'", String), literal_column("'claimed'", String)
    return and_(
        Outbox.status.in_((queued, claimed)),
        Outbox.not_before <= now,
        or_(Outbox.status == queued, Outbox.lease_until <= now),
    )


class CaseRow(NamedTuple):
    """A case with its lead and its service."""

    case: Case
    lead: Person
    service: Service


def case_of_mail(db: Session, case_id: int) -> CaseRow | None:
    """The case that a mail is about."""
    query = (
        select(Case, Person, Service)
        .join(Person, Person.id == Case.lead_id)
        .join(Service, Service.key == Case.service)
        .where(Case.id == case_id)
    )
    return CaseRow._make(row) if (row := db.execute(query).one_or_none()) else None


class DecisionRow(NamedTuple):
    """A decision with the body asked and the version it is about."""

    decision: Decision
    body: Body
    version: CaseVersion


def decision_of_mail(db: Session, decision_id: int) -> DecisionRow | None:
    """This decision."""
    row = db.execute(_decisions().where(Decision.id == decision_id)).one_or_none()
    return DecisionRow._make(row) if row else None


def decision_at(db: Session, case_id: int, at: datetime) -> DecisionRow | None:
    """The newest decision of a case that had been opened by then."""
    query = _decisions().where(Decision.case_id == case_id, Decision.opened_at <= at)
    row = db.execute(query.order_by(Decision.id.desc()).limit(1)).one_or_none()
    return DecisionRow._make(row) if row else None


def _decisions() -> Select[Decision, Body, CaseVersion]:
    return (
        select(Decision, Body, CaseVersion)
        .join(Body, Body.key == Decision.body)
        .join(CaseVersion, CaseVersion.id == Decision.version_id)
    )


def version_at(db: Session, case_id: int, at: datetime) -> CaseVersion | None:
    """The newest version frozen by then."""
    return db.scalar(
        select(CaseVersion)
        .where(CaseVersion.case_id == case_id, CaseVersion.frozen_at <= at)
        .order_by(CaseVersion.number.desc())
        .limit(1)
    )


def seat_of(db: Session, assignment_id: int) -> tuple[Assignment, Post] | None:
    """An assignment with the post it is for."""
    query = select(Assignment, Post).join(Post, Post.key == Assignment.post)
    row = db.execute(query.where(Assignment.id == assignment_id)).one_or_none()
    return (row[0], row[1]) if row else None


def seat_in(db: Session, decision_id: int, person_id: int) -> tuple[Assignment, Post] | None:
    """The seat that a person was asked for in a decision."""
    query = select(Assignment, Post).join(Post, Post.key == Assignment.post)
    row = db.execute(
        query.where(Assignment.decision_id == decision_id, Assignment.person_id == person_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


class AdviceRow(NamedTuple):
    """Advice with who gives it, for which post and service, on which version."""

    advice: Advice
    person: Person
    post: Post
    service: Service
    version: CaseVersion


def advice_of_mail(db: Session, advice_id: int) -> AdviceRow | None:
    """This advice."""
    row = db.execute(_advice().where(Advice.id == advice_id)).one_or_none()
    return AdviceRow._make(row) if row else None


def advice_on_version(db: Session, version_id: int) -> list[AdviceRow]:
    """All advice asked on a version, given or not."""
    query = _advice().where(Advice.version_id == version_id).order_by(Advice.kind, Advice.service)
    return [AdviceRow._make(row) for row in db.execute(query)]


def _advice() -> Select[Advice, Person, Post, Service, CaseVersion]:
    return (
        select(Advice, Person, Post, Service, CaseVersion)
        .join(Person, Person.id == Advice.person_id)
        .join(Post, Post.key == Advice.post)
        .join(Service, Service.key == Advice.service)
        .join(CaseVersion, CaseVersion.id == Advice.version_id)
    )


def conditions_with_posts(db: Session, decision_id: int) -> list[tuple[Condition, Post]]:
    """The conditions that came with a decision, each with the post that set it."""
    rows = db.execute(
        select(Condition, Post)
        .join(Post, Post.key == Condition.post)
        .where(Condition.decision_id == decision_id)
        .order_by(Condition.id)
    )
    return [(condition, post) for condition, post in rows]


def resolutions_with_services(db: Session, decision_id: int) -> list[tuple[Resolution, Service]]:
    """What each Authority resolved on a decision."""
    rows = db.execute(
        select(Resolution, Service)
        .join(Service, Service.key == Resolution.service)
        .where(Resolution.decision_id == decision_id)
        .order_by(Service.key)
    )
    return [(resolution, service) for resolution, service in rows]


def questions_at(db: Session, case_id: int, at: datetime) -> list[Question]:
    """The questions that were asked together, last before then."""
    query = select(Question).where(Question.case_id == case_id, Question.asked_at <= at)
    asked = list(db.scalars(query.order_by(Question.number)))
    return [question for question in asked if question.asked_at == asked[-1].asked_at]


def delegation_with_group(db: Session, case_id: int) -> tuple[Delegation, Group] | None:
    """The delegation of a case, drafted or in force."""
    query = select(Delegation, Group).join(Group, Group.id == Delegation.group_id)
    row = db.execute(query.where(Delegation.case_id == case_id)).one_or_none()
    return (row[0], row[1]) if row else None


def seated_in(db: Session, delegation: Delegation) -> dict[str, Person]:
    """Chair, sponsor and lead of a delegation, by seat."""
    seats = {"chair": delegation.chair_id, "sponsor": delegation.sponsor_id, "lead": delegation.lead_id}
    persons = {p.id: p for p in db.scalars(select(Person).where(Person.id.in_(seats.values())))}
    return {seat: persons[person_id] for seat, person_id in seats.items()}


def appointment_of_mail(db: Session, appointment_id: int) -> tuple[Appointment, Person] | None:
    """This appointment with the person asked."""
    query = select(Appointment, Person).join(Person, Person.id == Appointment.person_id)
    row = db.execute(query.where(Appointment.id == appointment_id)).one_or_none()
    return (row[0], row[1]) if row else None


def declined_at(db: Session, case_id: int, at: datetime) -> tuple[Appointment, Person] | None:
    """The appointment of a case that was declined last before then."""
    query = select(Appointment, Person).join(Person, Person.id == Appointment.person_id)
    query = query.where(Appointment.case_id == case_id, Appointment.answered_at <= at)
    row = db.execute(
        query.where(Appointment.answer == "declined").order_by(Appointment.answered_at.desc()).limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def posts_by_kind(db: Session, person_id: int, day: date) -> dict[str, str]:
    """Kinds of post that a person holds on a day, each with one post's title: why a mail comes to them."""
    rows = db.execute(
        select(Post.kind, Post.title)
        .join(Holding, Holding.post == Post.key)
        .where(Holding.person_id == person_id, holds_on(day))
        .order_by(Post.key.desc())
    )
    return {row.kind: row.title for row in rows}


def sign_in_of_mail(db: Session, sign_in_id: int) -> SignIn | None:
    """This request to sign in."""
    return db.get(SignIn, sign_in_id)
