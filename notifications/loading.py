"""Loads the letter of one outbox row: what its subject names, as it stood when the mail was queued."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from bjc.db.decisions import Assignment
from bjc.db.mail import Outbox
from bjc.db.people import Post
from bjc.db.questions import mail, mail_decisions
from bjc.db.questions.mail_decisions import DecisionRow
from bjc.rules.notices import Notice
from bjc.rules.working_days import local_day
from notifications import facts
from notifications.letters import Addressee, CaseFacts, DecisionFacts, DelegationFacts, Letter
from notifications.plain import name, prose

Row = TypeVar("Row")
Part = TypeVar("Part")
Seat = tuple[Assignment, Post]


def prepare(db: Session, rows: Sequence[Outbox]) -> None:
    """Find all addressees of a batch at once, before its letters are loaded in the same session."""
    for day in {local_day(row.queued_at) for row in rows}:
        _find_addressees(db, [row.person_id for row in rows], day)


def load(db: Session, row: Outbox) -> Letter:
    """Everything that the mail of this row may speak of. Raises LookupError when its subject is gone.

    What several mails share is loaded once a session: load a batch in one, and close it.
    """
    alliance, instance = _once(db, ("sender",), lambda: mail.sender(db))
    return Letter(
        id=row.id,
        notice=Notice(row.kind),
        queued_at=row.queued_at,
        alliance=name(alliance),
        instance=instance,
        to=_addressee(db, row.person_id, local_day(row.queued_at)),
        case=_case(db, row.case_id) if row.case_id else None,
        **_SUBJECTS[row.subject_kind](db, row),
    )


def _once(db: Session, name: tuple[object, ...], find: Callable[[], Part]) -> Part:
    if name not in db.info:
        db.info[name] = find()
    found: Part = db.info[name]
    return found


def _case(db: Session, case_id: int) -> CaseFacts:
    return _once(db, ("case", case_id), lambda: facts.case_facts(_there(mail.case_of_mail(db, case_id))))


def _decision(db: Session, row: DecisionRow) -> DecisionFacts:
    return _once(db, ("decision", row.decision.id), lambda: facts.decision_facts(db, row))


def _delegation(db: Session, case_id: int) -> DelegationFacts | None:
    return _once(db, ("delegation", case_id), lambda: facts.delegation_facts(db, case_id))


def _addressee(db: Session, person_id: int, day: date) -> Addressee:
    if ("to", person_id, day) not in db.info:
        _find_addressees(db, [person_id], day)
    found: Addressee = db.info["to", person_id, day]
    return found


def _find_addressees(db: Session, persons: Iterable[int], day: date) -> None:
    for person, held in mail.addressees(db, persons, day):
        posts = {kind: name(title) for kind, title in held.items()}
        to = Addressee(person.id, name(person.name), person.email, person.left_on, posts)
        db.info["to", person.id, day] = to


def _seat(db: Session, assignment_id: int) -> Seat:
    if ("seat", assignment_id) not in db.info:
        for seat in mail_decisions.seats_beside(db, assignment_id):
            db.info["seat", seat[0].id] = seat
    found: Seat | None = db.info.get(("seat", assignment_id))
    return _there(found)


def _seats(db: Session, decision_id: int) -> dict[int, Seat]:
    """By the person asked."""
    found = _once(db, ("seats", decision_id), lambda: mail_decisions.seats_in(db, decision_id))
    return {seat[0].person_id: seat for seat in found}


def _about_case(db: Session, row: Outbox) -> dict[str, Any]:
    case_id, at = row.subject_id, row.queued_at
    decision = _once(db, ("decision at", case_id, at), lambda: mail_decisions.decision_at(db, case_id, at))
    seat = _seats(db, decision.decision.id).get(row.person_id) if decision else None
    version = _once(db, ("version", case_id, at), lambda: mail.version_at(db, case_id, at))
    declined = _once(db, ("declined", case_id, at), lambda: mail.declined_at(db, case_id, at))
    asked = _once(db, ("questions", case_id, at), lambda: mail.questions_at(db, case_id, at))
    return {
        "decision": _decision(db, decision) if decision else None,
        "seat": facts.seat_facts(*seat) if seat else None,
        "version": facts.version_facts(version) if version else None,
        "appointment": facts.appointment_facts(*declined) if declined else None,
        "delegation": _delegation(db, case_id),
        "questions": tuple(prose(question.text) for question in asked),
    }


def _about_assignment(db: Session, row: Outbox) -> dict[str, Any]:
    seat = _seat(db, row.subject_id)
    asked = seat[0].decision_id
    about = _there(_once(db, ("asked", asked), lambda: mail_decisions.decision_of_mail(db, asked)))
    decision = _decision(db, about)
    delegation = _delegation(db, about.decision.case_id)
    return {
        "seat": facts.seat_facts(*seat), "decision": decision, "version": decision.version,
        "delegation": delegation,
    }  # fmt: skip


def _about_advice(db: Session, row: Outbox) -> dict[str, Any]:
    asked = _there(mail_decisions.advice_of_mail(db, row.subject_id))
    return {"advice": facts.advice_facts(asked), "version": facts.version_facts(asked.version)}


def _about_appointment(db: Session, row: Outbox) -> dict[str, Any]:
    asked = _there(mail.appointment_of_mail(db, row.subject_id))
    delegation = _delegation(db, asked[0].case_id)
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
