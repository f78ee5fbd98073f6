"""Scenes for the mail tests: a mail of every kind in a real outbox, and a clock that a test moves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bjc.actions import outbox
from bjc.db.cases import Case, Question
from bjc.db.decisions import Advice, Assignment, Condition, Decision, Resolution
from bjc.db.delivery import Appointment
from bjc.db.mail import Outbox
from bjc.db.people import Person, SignIn
from bjc.rules.notices import SENDINGS, Notice, Recipient
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day
from tests.builders import NOW, a_case, holder, lead_of


@dataclass
class Clock:
    """Calling it gives the time; adding to it moves the time."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **much: float) -> datetime:
        """Let time go by: `pass_by(minutes=3)`."""
        self.now += timedelta(**much)
        return self.now


def clear(db: Session) -> None:
    """What the builders' own actions have queued counts as sent."""
    db.execute(update(Outbox).values(status="sent"))


def queue_sign_in(db: Session, person: Person, now: datetime = NOW) -> SignIn:
    """Somebody asks to sign in."""
    row = SignIn(person_id=person.id, browser_hash="b" * 64, requested_at=now)
    db.add(row)
    db.flush()
    outbox.queue(db, Notice.SIGN_IN, ("sign_in", row.id), (person.id,), "asked", now)
    return row


def queue_to(db: Session, case: Case, notice: Notice, person: Person, now: datetime = NOW) -> None:
    """One mail about a case to one person."""
    outbox.queue(db, notice, ("case", case.id), (person.id,), "a test", now, case.id)


def queue_every_kind(db: Session, case: Case, now: datetime = NOW) -> None:
    """One mail of each kind about a delegated case, each to somebody it may go to."""
    _furnish(db, case, now)
    subjects = {
        "decision": ("assignment", _newest(db, Assignment)),
        "advice": ("advice", _newest(db, Advice)),
        "appointment": ("appointment", _newest(db, Appointment)),
    }
    for notice in Notice:
        if notice is Notice.SIGN_IN:
            queue_sign_in(db, holder(db, "pdb-sfrs-chief"), now)
            continue
        is_personal = SENDINGS[notice].to == (Recipient.SUBJECT,)
        kind, row = subjects[notice.value.split("_")[0]] if is_personal else ("case", case)
        person = row.person_id if is_personal else _PEOPLE[SENDINGS[notice].to[-1]](db).id
        outbox.queue(db, notice, (kind, row.id), (person,), "a test", now, case.id)


_PEOPLE = {
    Recipient.LEAD: lead_of,
    Recipient.OFFICE: lambda db: holder(db, "office-sfrs"),
    Recipient.CLERKS: lambda db: holder(db, "clerk-sfrs"),
    Recipient.CHIEFS: lambda db: holder(db, "pdb-sfrs-chief"),
    Recipient.VOTERS: lambda db: holder(db, "pdb-sfrs-deputy"),
}


def _furnish(db: Session, case: Case, now: datetime) -> None:
    """What a smooth case lacks: questions, a condition, a resolution, a seat declined."""
    decision = _newest(db, Decision)
    decision.void_reason = "the case was taken back by its lead"
    office = holder(db, "office-sfrs")
    db.add_all(
        [
            Question(case_id=case.id, number=1, asked_by=office.id, asked_at=now, text="What after year five?"),
            Question(case_id=case.id, number=2, asked_by=office.id, asked_at=now, text="Who owns the data?"),
            Condition(case_id=case.id, decision_id=decision.id, post="pdb-sfrs-chief", text="Ask the union first."),
            Resolution(
                case_id=case.id, decision_id=decision.id, service="sfrs", resolution="amended", minute="FA 12/26",
                met_on=local_day(now), text="Not before April.", recorded_by=office.id, recorded_at=now,
            ),
        ]
    )  # fmt: skip
    declined = _newest(db, Appointment)
    declined.answer, declined.reason = "declined", "I retire in March."
    db.flush()


def _newest(db: Session, table: type) -> object:
    return db.scalars(select(table).order_by(table.id.desc()).limit(1)).one()


def delegated_case(db: Session) -> Case:
    """A case that has been all the way, with its own mails out of the way."""
    case = a_case(db, Stage.DELEGATED)
    clear(db)
    return case


def mail_rows(db: Session, **wanted: str) -> list[Outbox]:
    """The outbox in order, to be read after the session too: `mail_rows(db, kind="sign_in")`."""
    rows = list(db.scalars(select(Outbox).filter_by(**wanted).order_by(Outbox.id)))
    for row in rows:
        db.expunge(row)
    return rows
