"""Turns a notice of the lifecycle into outbox rows: each role of its recipients becomes the persons who hold it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bjc.actions import outbox
from bjc.db.cases import Case
from bjc.db.decisions import Advice, Assignment
from bjc.db.delivery import Appointment
from bjc.db.questions import decisions, delivery, people
from bjc.rules.notices import SENDINGS, Notice, Recipient
from bjc.rules.working_days import local_day


def tell(db: Session, notice: Notice, case: Case, occasion: str, now: datetime) -> None:
    """Queue a notice about a case to everybody whom the notice table names, each once."""
    who: list[int] = []
    for role in SENDINGS[notice].to:
        who += _FIND[role](db, case, now)
    outbox.queue(db, notice, ("case", case.id), who, occasion, now, case.id)


def tell_person(
    db: Session,
    notice: Notice,
    subject: tuple[str, int],
    person: int,
    occasion: str,
    now: datetime,
    case_id: int,
) -> None:
    """Queue a notice to the one person whom its subject (an assignment, an appointment ...) names."""
    outbox.queue(db, notice, subject, (person,), occasion, now, case_id)


def tell_each(
    db: Session,
    notice: Notice,
    subjects: Iterable[Assignment | Advice | Appointment],
    occasion: str,
    now: datetime,
    case_id: int,
) -> None:
    """Queue a notice to the person whom each of these rows names."""
    mails = [((subject.__tablename__, subject.id), subject.person_id) for subject in subjects]
    outbox.queue_each(db, notice, mails, occasion, now, case_id)


def _lead(db: Session, case: Case, now: datetime) -> Iterable[int]:
    return (case.lead_id,)


def _of_kind(kind: str) -> Callable[[Session, Case, datetime], Iterable[int]]:
    def find(db: Session, case: Case, now: datetime) -> Iterable[int]:
        return [person.id for _, person in people.holders_of_kind(db, (kind,), local_day(now))]

    return find


def _voters(db: Session, case: Case, now: datetime) -> Iterable[int]:
    decision = decisions.latest_decision(db, case.id)
    return [person.id for _, _, person in decisions.asked(db, decision.id)] if decision else []


def _group(db: Session, case: Case, now: datetime) -> Iterable[int]:
    return [person.id for _, person in delivery.appointments_of(db, case.id)]


_FIND: dict[Recipient, Callable[[Session, Case, datetime], Iterable[int]]] = {
    Recipient.LEAD: _lead,
    Recipient.OFFICE: _of_kind("office"),
    Recipient.CLERKS: _of_kind("clerk"),
    Recipient.CHIEFS: _of_kind("chief"),
    Recipient.VOTERS: _voters,
    Recipient.GROUP: _group,
}
