"""Members answer: a vote, a change of it, an interest declared. Recorded in one short transaction (D4).

A completing answer closes the decision at once where the policy sets no grace; `settle` moves the case.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from bjc.actions import audit, decisions, notify, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import tally
from bjc.db.cases import Case
from bjc.db.columns import rows_of
from bjc.db.decisions import Assignment, Decision
from bjc.db.questions import decisions as questions
from bjc.db.questions import people
from bjc.db.questions.decisions import Seat
from bjc.errors import Conflict, Invalid, NotFound, Refused
from bjc.rules import decision as rule
from bjc.rules.decision import NEEDS_REASON, Choice, OutcomeKind
from bjc.rules.notices import Notice
from bjc.rules.working_days import deadline, local_day

INTEREST = "interest"

_ASSIGNMENTS = rows_of(Assignment)
_ANSWER = update(_ASSIGNMENTS).where(_ASSIGNMENTS.c.id == bindparam("of"))


@dataclass(frozen=True)
class Answer:
    """What a member sends: a choice, or an interest. `version_id` is the version that they saw."""

    version_id: int
    choice: Choice | None
    reason: str = ""
    conditions: str = ""
    interest: str = ""


@dataclass(frozen=True)
class Receipt:
    """What was recorded. `closed` is true when this answer ended the decision."""

    assignment_id: int
    again: bool
    closed: bool


def answer(db: Session, assignment_id: int, given: Answer, actor: Actor, now: datetime) -> Receipt:
    """Record one member's answer. The same answer twice leaves one record and gives the receipt again.

    Raises Conflict when the decision has closed or is about another version, Refused when the person may
    not decide, Invalid (with fields) when something is missing. Nothing is written then.
    """
    case = questions.lock_case_of_assignment(db, assignment_id)
    seat = questions.seat(db, assignment_id, local_day(now)) if case else None
    if case is None or seat is None:
        raise NotFound("There is no such decision.")
    row, decision = seat.assignment, seat.decision
    if actor.person_id != row.person_id:
        raise Refused("This decision was asked of somebody else.", "Use the link in your own mail.")
    if is_recorded(row, given):
        return Receipt(row.id, again=True, closed=decision.closed_at is not None)
    _check_open(decision, case, given, now)
    if refusal := barred(seat, case):
        raise refusal
    if fields := faults(given):
        raise Invalid("Your answer is not complete yet.", "", fields)
    _record(db, case, row, decision, given, actor, now)
    return Receipt(row.id, again=False, closed=_close_when_complete(db, case, decision, actor, now))


def _check_open(decision: Decision, case: Case, given: Answer, now: datetime) -> None:
    if decision.void_reason:
        raise Conflict(f"This decision ended: {decision.void_reason}.", "Nothing more is asked of you.")
    if decision.closed_at is not None or (decision.closes_at is not None and now >= decision.closes_at):
        raise Conflict(
            "This decision has closed; your answer was not recorded.", "The receipt shows what stands."
        )
    if decision.closes_at is None:
        raise Conflict("This decision stands over to a meeting.", "Give your view at the meeting.")
    if decision.version_id != given.version_id:
        raise Conflict(
            f"{case.ref} has changed since you opened this page; your answer was not recorded.",
            "Read the version that is now before the board, then decide.",
        )


def barred(seat: Seat, case: Case) -> Refused | None:
    """Why the member asked may not decide; None when they may. Also who may not see the paper."""
    row = seat.assignment
    if row.person_id in (case.lead_id, seat.author_id):
        return Refused("You lead this case, so you may not decide on it.")
    if not seat.held:
        return Refused("You no longer hold the post that was asked.", "The programme office knows who does.")
    if row.interest:
        return Refused(
            "You declared an interest and withdrew, so you take no part in this decision.",
            "If that was a mistake, tell the programme office: the board can hear you at a meeting.",
        )
    return None


def faults(given: Answer) -> dict[str, str]:
    """What is missing from an answer, or at odds within it, by field; empty when it can be recorded."""
    limited = given.choice is Choice.APPROVE_WITH_CONDITIONS
    if given.choice is None and not given.interest:
        return {"choice": "Choose what you decide"}
    if given.choice is not None and given.interest:
        return {"choice": "You described an interest: choose to withdraw, or take that text out"}
    if given.conditions and not limited:
        return {"choice": "You wrote conditions: choose the answer “with conditions”, or take that text out"}
    fields: dict[str, str] = {}
    if given.choice in NEEDS_REASON and not given.reason:
        fields["reason"] = "Give your reason"
    if limited and not given.conditions:
        fields["conditions"] = "Write the conditions that must be met"
    return fields


def is_recorded(row: Assignment, given: Answer) -> bool:
    """True for a double click or a re-sent form: exactly this answer stands already."""
    said = (row.choice, row.reason, row.conditions, row.interest)
    return row.answered_at is not None and said == (
        given.choice.value if given.choice else None, given.reason, given.conditions, given.interest
    )  # fmt: skip


def _record(
    db: Session, case: Case, row: Assignment, decision: Decision, given: Answer, actor: Actor, now: datetime
) -> None:
    choice = given.choice.value if given.choice else None
    before = row.choice or (INTEREST if row.interest else None)
    said = {
        "choice": choice, "reason": given.reason, "conditions": given.conditions, "interest": given.interest,
        "answered_at": now, "via": actor.via, "changes": row.changes + 1,
    }  # fmt: skip
    db.execute(_ANSWER, {"of": row.id, **said})
    detail = {
        "decision": decision.id, "assignment": row.id, "post": row.post, "version": decision.version_id,
        "choice": choice or INTEREST, "before": before,
    }  # fmt: skip
    audit.record(db, case.ref, "vote" if choice else "interest declared", actor, now, detail)
    occasion = f"answer-{row.changes + 1}"
    notify.tell_person(
        db, Notice.DECISION_RECEIPT, ("assignment", row.id), row.person_id, occasion, now, case.id
    )


def _close_when_complete(db: Session, case: Case, decision: Decision, actor: Actor, now: datetime) -> bool:
    """The last answer starts the grace, or closes at once where there is none. Only this wakes the route."""
    if not rule.complete(questions.votes(db, decision.id)):
        return False
    policy = people.policy_version(db, decision.policy)
    grace = policy.decision.grace_days
    if grace:
        ends = deadline(now, grace, policy.decision.closes_at, policy.closure_days)
        if decision.closes_at is None or ends < decision.closes_at:
            decision.closes_at = ends
            routes.want(db, case.id)
        return False
    outcome = tally(db, decision)
    if outcome.kind is OutcomeKind.INQUORATE:
        decision.closes_at = now
    else:
        decisions.close(db, case, decision, outcome, actor, now)
    routes.want(db, case.id)
    return outcome.kind is not OutcomeKind.INQUORATE
