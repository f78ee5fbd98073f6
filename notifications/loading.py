"""Loads the letter of one outbox row: what its subject names, as it stood when the mail was queued."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from bjc.db.mail import Outbox
from bjc.db.people import Person
from bjc.db.questions import mail, mail_decisions
from bjc.rules.notices import Notice
from bjc.rules.working_days import local_day
from notifications import facts
from notifications.letters import Addressee, Letter
from notifications.plain import name, prose

Row = TypeVar("Row")


def load(db: Session, row: Outbox) -> Letter:
    """Everything that the mail of this row may speak of. Raises LookupError when its subject is gone."""
    alliance, instance = mail.sender(db)
    return Letter(
        id=row.id,
        notice=Notice(row.kind),
        queued_at=row.queued_at,
        alliance=name(alliance),
        instance=instance,
        to=_addressee(db, row),
        case=facts.case_facts(_there(mail.case_of_mail(db, row.case_id))) if row.case_id else None,
        **_SUBJECTS[row.subject_kind](db, row),
    )


def _addressee(db: Session, row: Outbox) -> Addressee:
    person = db.get_one(Person, row.person_id)
    held = mail.posts_by_kind(db, person.id, local_day(row.queued_at))
    posts = {kind: name(title) for kind, title in held.items()}
    return Addressee(person.id, name(person.name), person.email, person.left_on, posts)


def _about_case(db: Session, row: Outbox) -> dict[str, Any]:
    case_id, at = row.subject_id, row.queued_at
    decision = mail_decisions.decision_at(db, case_id, at)
    seat = mail_decisions.seat_in(db, decision.decision.id, row.person_id) if decision else None
    version = mail.version_at(db, case_id, at)
    declined = mail.declined_at(db, case_id, at)
    return {
        "decision": facts.decision_facts(db, decision) if decision else None,
        "seat": facts.seat_facts(*seat) if seat else None,
        "version": facts.version_facts(version) if version else None,
        "appointment": facts.appointment_facts(*declined) if declined else None,
        "delegation": facts.delegation_facts(db, case_id),
        "questions": tuple(prose(question.text) for question in mail.questions_at(db, case_id, at)),
    }


def _about_assignment(db: Session, row: Outbox) -> dict[str, Any]:
    seat = _there(mail_decisions.seat_of(db, row.subject_id))
    about = _there(mail_decisions.decision_of_mail(db, seat[0].decision_id))
    decision = facts.decision_facts(db, about)
    delegation = facts.delegation_facts(db, about.decision.case_id)
    return {
        "seat": facts.seat_facts(*seat), "decision": decision, "version": decision.version,
        "delegation": delegation,
    }  # fmt: skip


def _about_advice(db: Session, row: Outbox) -> dict[str, Any]:
    asked = _there(mail_decisions.advice_of_mail(db, row.subject_id))
    return {"advice": facts.advice_facts(asked), "version": facts.version_facts(asked.version)}


def _about_appointment(db: Session, row: Outbox) -> dict[str, Any]:
    asked = _there(mail.appointment_of_mail(db, row.subject_id))
    delegation = facts.delegation_facts(db, asked[0].case_id)
    return {"appointment": facts.appointment_facts(*asked), "delegation": delegation}


def _about_sign_in(db: Session, row: Outbox) -> dict[str, Any]:
    return {"requested_at": _there(mail.sign_in_of_mail(db, row.subject_id)).requested_at}


_SUBJECTS: dict[str, Callable[[Session, Outbox], dict[str, Any]]] = {
    "case": _about_case,
    "assignment": _about_assignment,
    "advice": _about_advice,
    "appointment": _about_appointment,
    "sign_in": _about_sign_in,
}


def _there(row: Row | None) -> Row:
    if row is None:
        raise LookupError("what this mail is about is no longer there")
    return row
