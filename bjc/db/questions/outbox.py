"""The outbox as people look at it: mails by status and page, one mail, and since when anything is overdue."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bjc.db.audit import AuditEntry, AuditHead
from bjc.db.cases import Case, Route
from bjc.db.mail import Outbox
from bjc.db.people import Person
from bjc.db.questions.mail import due_mail
from bjc.db.questions.routes import free


class Posted(NamedTuple):
    """A mail, the person it goes to, and the case it is about (none for a sign-in)."""

    mail: Outbox
    person: Person
    case: Case | None


def _mails() -> Select[Outbox, Person, Case | None]:
    return (
        select(Outbox, Person, Case)
        .join(Person, Person.id == Outbox.person_id)
        .outerjoin(Case, Case.id == Outbox.case_id)
        .order_by(Outbox.id.desc())
    )


def mails_on_page(db: Session, status: str, page: int, size: int) -> list[Posted]:
    """One page (from 1) of the mails of a status (of all, when it is empty), newest first."""
    query = _mails().limit(size).offset((page - 1) * size)
    found = db.execute(query.where(Outbox.status == status) if status else query)
    return [Posted(mail, person, case) for mail, person, case in found]


def mails_by_status(db: Session) -> dict[str, int]:
    """How many mails there are of each status that has any."""
    rows = db.execute(select(Outbox.status, func.count()).group_by(Outbox.status))
    return {row[0]: row[1] for row in rows}


def mail_by_id(db: Session, outbox_id: int) -> Posted | None:
    """This mail."""
    row = db.execute(_mails().where(Outbox.id == outbox_id)).one_or_none()
    return Posted(*row) if row else None


def mail_waits_since(db: Session, now: datetime) -> datetime | None:
    """Since when the oldest mail is due that no postman has taken; None when nothing is overdue."""
    return db.scalar(select(func.min(Outbox.not_before)).where(due_mail(now)))


def cases_wait_since(db: Session, now: datetime) -> datetime | None:
    """Since when the case that is due for longest has not been settled; None when none is due.

    An act leaves an entry as it makes its case due, so the newest entry of a case is no older than that.
    """
    query = (
        select(func.min(AuditEntry.at))
        .join(AuditHead, (AuditHead.stream == AuditEntry.stream) & (AuditHead.seq == AuditEntry.seq))
        .join(Case, Case.ref == AuditEntry.stream)
        .join(Route, Route.case_id == Case.id)
    )
    acted = db.scalar(query.where(Route.wanted > Route.settled, *free(now)))
    woken = db.scalar(select(func.min(Route.wake_at)).where(Route.wake_at <= now, *free(now)))
    return min((at for at in (acted, woken) if at is not None), default=None)


def mails_not_sent(db: Session) -> list[Posted]:
    """What is still queued or was parked, oldest first."""
    query = _mails().where(
        or_(Outbox.status == "parked", Outbox.status == "queued", Outbox.status == "claimed")
    )
    return [Posted(*row) for row in db.execute(query.order_by(None).order_by(Outbox.id))]
