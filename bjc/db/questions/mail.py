"""What the postman asks: whether a mail is due, and all that one mail may speak of, as it stood when queued.

A mail may leave late. Whatever else has happened to the case by then, it speaks of the decision that
caused it: hence `at`, the moment it was queued.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, literal_column, or_, select
from sqlalchemy.orm import Session, defer

from bjc.db.cases import Case, CaseVersion, Question
from bjc.db.columns import Id, Instant
from bjc.db.delivery import Appointment, Delegation, Group
from bjc.db.mail import Outbox
from bjc.db.people import Alliance, Holding, Person, Post, Service, SignIn
from bjc.db.questions.people import DAY, holds_on

# The queries are made once, at import: every mail asks about a dozen, and making them would cost as much again.
_AT = bindparam("at", type_=Instant)
_CASE_ID = bindparam("case", type_=Id)


def due_mail(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Rows to send now: queued, or claimed by a postman that never came back. A claimed row was due before.

    The states stand in the text of the query, not in its parameters: only so can the partial index serve it.
    """
    queued, claimed = literal_column("'queued'", String), literal_column("'claimed'", String)
    return and_(
        Outbox.status.in_((queued, claimed)),
        Outbox.not_before <= now,
        or_(Outbox.status == queued, Outbox.lease_until <= now),
    )


_DUE = select(exists(select(Outbox.id).where(due_mail(_AT))))


def is_mail_due(db: Session, now: datetime) -> bool:
    """True when a postman would find something. Asked twice a second: one look into the index of what waits."""
    return bool(db.scalar(_DUE, {"at": now}))


def sender(db: Session) -> tuple[str, str]:
    """The alliance's name and this installation's, without the long document beside them."""
    name, instance = db.execute(select(Alliance.name, Alliance.instance)).one()
    return name, instance


class CaseRow(NamedTuple):
    """A case with its lead and its service."""

    case: Case
    lead: Person
    service: Service


_CASE = (
    select(Case, Person, Service)
    .join(Person, Person.id == Case.lead_id)
    .join(Service, Service.key == Case.service)
    .where(Case.id == _CASE_ID)
    .options(defer(Case.triage), defer(Case.scope), defer(Case.sections))  # a mail shows none of the drafts
)


def case_of_mail(db: Session, case_id: int) -> CaseRow | None:
    """The case that a mail is about."""
    row = db.execute(_CASE, {"case": case_id}).one_or_none()
    return CaseRow._make(row) if row else None


_FROZEN = select(CaseVersion).where(CaseVersion.case_id == _CASE_ID, CaseVersion.frozen_at <= _AT)
_VERSION_AT = _FROZEN.order_by(CaseVersion.number.desc()).limit(1)


def version_at(db: Session, case_id: int, at: datetime) -> CaseVersion | None:
    """The newest version frozen by then."""
    return db.scalar(_VERSION_AT, {"case": case_id, "at": at})


_ASKED = select(Question).where(Question.case_id == _CASE_ID, Question.asked_at <= _AT)
_QUESTIONS_AT = _ASKED.order_by(Question.number)


def questions_at(db: Session, case_id: int, at: datetime) -> list[Question]:
    """The questions that were asked together, last before then."""
    asked = list(db.scalars(_QUESTIONS_AT, {"case": case_id, "at": at}))
    return [question for question in asked if question.asked_at == asked[-1].asked_at]


_DELEGATION = (
    select(Delegation, Group)
    .join(Group, Group.id == Delegation.group_id)
    .where(Delegation.case_id == _CASE_ID)
)
_PERSONS = select(Person).where(Person.id.in_(bindparam("persons", expanding=True)))
_APPOINTMENTS = select(Appointment, Person).join(Person, Person.id == Appointment.person_id)
_APPOINTMENT = _APPOINTMENTS.where(Appointment.id == bindparam("appointment"))
_DECLINED_AT = (
    _APPOINTMENTS.where(Appointment.case_id == _CASE_ID, Appointment.answered_at <= _AT)
    .where(Appointment.answer == "declined")
    .order_by(Appointment.answered_at.desc())
    .limit(1)
)
_ADDRESSEES = (
    select(Person, Post.kind, Post.title)
    .outerjoin(Holding, (Holding.person_id == Person.id) & holds_on(DAY))
    .outerjoin(Post, Post.key == Holding.post)
    .where(Person.id.in_(bindparam("persons", expanding=True)))
    .order_by(Post.key.desc())
)


def delegation_with_group(db: Session, case_id: int) -> tuple[Delegation, Group] | None:
    """The delegation of a case, drafted or in force."""
    row = db.execute(_DELEGATION, {"case": case_id}).one_or_none()
    return (row[0], row[1]) if row else None


def seated_in(db: Session, delegation: Delegation) -> dict[str, Person]:
    """Chair, sponsor and lead of a delegation, by seat."""
    seats = {"chair": delegation.chair_id, "sponsor": delegation.sponsor_id, "lead": delegation.lead_id}
    persons = {p.id: p for p in db.scalars(_PERSONS, {"persons": list(seats.values())})}
    return {seat: persons[person_id] for seat, person_id in seats.items()}


def appointment_of_mail(db: Session, appointment_id: int) -> tuple[Appointment, Person] | None:
    """This appointment with the person asked."""
    row = db.execute(_APPOINTMENT, {"appointment": appointment_id}).one_or_none()
    return (row[0], row[1]) if row else None


def declined_at(db: Session, case_id: int, at: datetime) -> tuple[Appointment, Person] | None:
    """The appointment of a case that was declined last before then."""
    row = db.execute(_DECLINED_AT, {"case": case_id, "at": at}).one_or_none()
    return (row[0], row[1]) if row else None


def addressees(db: Session, persons: Iterable[int], day: date) -> list[tuple[Person, dict[str, str]]]:
    """Persons, each with the kinds of post held on a day and one post's title: why a mail comes to them."""
    found: dict[Person, dict[str, str]] = {}
    for person, kind, title in db.execute(_ADDRESSEES, {"persons": sorted(set(persons)), "day": day}):
        held = found.setdefault(person, {})
        if kind is not None:
            held[kind] = title
    return list(found.items())


def sign_in_of_mail(db: Session, sign_in_id: int) -> SignIn | None:
    """This request to sign in."""
    return db.get(SignIn, sign_in_id)
