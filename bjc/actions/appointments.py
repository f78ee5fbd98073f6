"""After an approval: chair, sponsor and lead are appointed by mail, and the delegation comes into force."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import audit, delegations, links, notify, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.decisions import Condition
from bjc.db.delivery import Appointment, Delegation, Project
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import lock_case
from bjc.errors import Conflict, Invalid, NotFound, Refused
from bjc.rules.decision import Choice, conditions_in
from bjc.rules.notices import Notice, Purpose
from bjc.rules.working_days import deadline, local_day

SEATS = ("chair", "sponsor", "lead")


def appoint(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    """Ask the three to take their seats; conditions of the approval become work to be done."""
    delegation, decision = _delegation(db, case), decisions.latest_decision(db, case.id, "approval")
    if decision is None:
        raise Invalid(f"{case.ref} has no decision to act on.")
    delegation.decision_id, delegation.policy = decision.id, decision.policy
    rows = [r for r, _, _ in decisions.asked(db, decision.id) if r.choice == Choice.APPROVE_WITH_CONDITIONS]
    texts: dict[str, str] = {}
    for row in rows:
        for text in conditions_in(row.conditions):
            texts.setdefault(text, row.post)  # the same words are one condition
    db.add_all(Condition(case_id=case.id, decision_id=decision.id, post=p, text=t) for t, p in texts.items())
    named = (delegation.chair_id, delegation.sponsor_id, delegation.lead_id)
    for seat, person in zip(SEATS, named, strict=True):
        _ask(db, case, delegation, seat, person, now)
    return {"delegation": delegation.id, "decision": decision.id, "conditions": len(texts)}


def _ask(
    db: Session, case: Case, delegation: Delegation, seat: str, person: int, now: datetime
) -> Appointment:
    policy = policy_now(db, now)
    due = deadline(now, policy.deadlines.appointment_days, policy.decision.closes_at, policy.closure_days)
    row = Appointment(delegation_id=delegation.id, case_id=case.id, seat=seat, person_id=person,
                      asked_at=now, due_at=due)  # fmt: skip
    db.add(row)
    db.flush()
    notify.tell_person(db, Notice.APPOINTMENT_REQUEST, ("appointment", row.id), person, "asked", now, case.id)
    return row


def answer(
    db: Session, appointment_id: int, accepts: bool | None, reason: str, actor: Actor, now: datetime
) -> Appointment:
    """Accept or decline a seat. An answer stands; a person who declined can be appointed anew."""
    case, row = _locked(db, appointment_id)
    if actor.person_id != row.person_id:
        raise Refused("This appointment was offered to somebody else.", "Use the link in your own mail.")
    word = None if accepts is None else "accepted" if accepts else "declined"
    if row.answer is not None and row.answer == word:
        return row
    if row.answer is not None or row.replaced_at is not None:
        raise Conflict(
            "This appointment has already been answered.", "Ask the programme office to change it."
        )
    _check(word, reason)
    row.answer, row.answered_at, row.reason = word, now, reason
    detail = {"appointment": row.id, "seat": row.seat, "answer": word}
    seq = audit.record(db, case.ref, "appointment answered", actor, now, detail)
    db.flush()
    _tell(db, case, row, word == "accepted", seq, now)
    return row


def _check(word: str | None, reason: str) -> None:
    fields = {"accepts": "Choose whether you accept"} if word is None else {}
    if word == "declined" and not reason.strip():
        fields["reason"] = "Say why, so that somebody else can be asked"
    if fields:
        raise Invalid("Your answer is not complete yet.", "", fields)


def _tell(db: Session, case: Case, row: Appointment, accepted: bool, seq: int, now: datetime) -> None:
    subject, occasion = ("appointment", row.id), f"audit-{seq}"
    notify.tell_person(db, Notice.APPOINTMENT_RECEIPT, subject, row.person_id, occasion, now, case.id)
    if accepted:
        routes.want(db, case.id)
    else:
        notify.tell(db, Notice.APPOINTMENT_DECLINED, case, occasion, now)


def replace(db: Session, appointment_id: int, person_id: int, actor: Actor, now: datetime) -> Appointment:
    """The office names somebody else for a seat; the earlier link dies."""
    case, row = _locked(db, appointment_id)
    if row.replaced_at is not None or row.answer == "accepted":
        raise Conflict("This seat has been filled.", "Open the case to see by whom.")
    delegation = _delegation(db, case)
    if row.seat == "chair":
        delegation.chair_post = _board_post(db, person_id, now)
    elif person_id not in delegations.candidates(db, case, row.seat, local_day(now)):
        raise Invalid(
            "Choose who is to be appointed.", "", {"person": "Choose somebody who holds a post for this seat"}
        )
    row.replaced_at = now
    links.revoke(db, Purpose.APPOINTMENT, [row.id], now, "somebody else was appointed")
    setattr(delegation, f"{row.seat}_id", person_id)
    fresh = _ask(db, case, delegation, row.seat, person_id, now)
    audit.record(db, case.ref, "appointment replaced", actor, now,
                 {"old": row.id, "new": fresh.id, "seat": row.seat, "person": person_id})  # fmt: skip
    return fresh


def _board_post(db: Session, person_id: int, now: datetime) -> str:
    """The post of the deciding body by which this person may chair a group."""
    board = delegations.chairs(db, local_day(now))
    held = [post.key for post, person in board if person.id == person_id]
    if not held:
        raise Invalid(
            "The chair must hold a post of the board.", "", {"person": "Choose a member of the board"}
        )
    return held[0]


def meet_condition(
    db: Session, ref: str, condition_id: int, evidence: str, actor: Actor, now: datetime
) -> None:
    """The office records that a condition is met, and how it knows."""
    case = lock_case(db, ref)
    row = db.get(Condition, condition_id)
    if row is None or row.case_id != case.id:
        raise NotFound("There is no such condition.")
    if not evidence.strip():
        raise Invalid("Say how it was met.", "", {"evidence": "Say how the condition was met"})
    if row.met_at is None:
        row.met_at, row.evidence = now, evidence
        audit.record(db, case.ref, "condition met", actor, now, {"condition": row.id})
        routes.want(db, case.id)


def bring_into_force(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    """All have accepted and every condition is met: the group may act, within its limit."""
    delegation = _delegation(db, case)
    delegation.in_force_at = now
    db.add(Project(group_id=delegation.group_id, case_id=case.id, title=case.title, origin=case.ref,
                   minute="", status="delegated", detail={}))  # fmt: skip
    return {
        "delegation": delegation.id, "group": delegation.group_id, "limit": str(delegation.limit),
        "policy": delegation.policy, "decision": delegation.decision_id,
    }  # fmt: skip


def _delegation(db: Session, case: Case) -> Delegation:
    found = delivery.delegation_of(db, case.id)
    if found is None:
        raise Invalid(f"{case.ref} has no draft delegation.", "The programme office drafts it.")
    return found


def _locked(db: Session, appointment_id: int) -> tuple[Case, Appointment]:
    """The appointment, read afresh under its case's lock."""
    case = delivery.lock_case_of_appointment(db, appointment_id)
    if case is None:
        raise NotFound("There is no such appointment.")
    return case, db.get_one(Appointment, appointment_id, populate_existing=True)
