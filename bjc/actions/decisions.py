"""A decision's life: opened on a frozen version, extended, stood over, closed with its working, or void.

These assign only the decision; the case is moved by `settle`, which reads the outcome.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import audit, links, notify, outbox
from bjc.actions.actor import CLOCK, Actor
from bjc.actions.facts import policy_now, tally
from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Assignment, Decision
from bjc.db.people import Person, Post
from bjc.db.questions import decisions as questions
from bjc.db.questions import people
from bjc.db.questions.cases import latest_version
from bjc.errors import Invalid
from bjc.rules.decision import DecisionKind, Outcome, OutcomeKind
from bjc.rules.notices import Notice, Purpose
from bjc.rules.policy import Policy
from bjc.rules.working_days import deadline, local_day

ASKING = (Notice.DECISION_REQUEST, Notice.DECISION_EXTENDED)
VERSION_OF = {DecisionKind.SCOPE: "scope", DecisionKind.APPROVAL: "case"}


def open_decision(
    db: Session, case: Case, kind: DecisionKind, now: datetime, delegation: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Put the newest frozen version to the deciding body: one assignment and one mail a member.

    Lead and author are not asked; a person who holds two seats is asked once.
    `delegation` is the draft voted on with it. Returns audit detail.
    """
    version = latest_version(db, case.id, VERSION_OF[kind])
    if version is None:
        raise Invalid("Nothing has been submitted to decide on.")
    policy, body = policy_now(db, now), people.deciding_body(db)
    due = _due(now, _days(kind, policy), policy)
    in_writing = body.decides_in_writing and policy.decision.in_writing
    decision = Decision(
        case_id=case.id, version_id=version.id, kind=kind.value, body=body.key, policy=policy.version,
        opened_at=now, due_at=due, closes_at=due if in_writing else None, working={}, meeting={},
        delegation=delegation or {},
    )  # fmt: skip
    db.add(decision)
    db.flush()
    seats = _seats(people.members(db, body.key, local_day(now)), case, version)
    assignments = [Assignment(decision_id=decision.id, post=p.key, person_id=who.id) for p, who in seats]
    db.add_all(assignments)
    db.flush()
    if in_writing:
        _ask(db, case, assignments, Notice.DECISION_REQUEST, "opened", now)
    return {
        "decision": decision.id, "version": version.number, "sha256": version.sha256,
        "policy": policy.version, "due": due.isoformat(), "asked": [a.post for a in assignments],
    }  # fmt: skip


def _days(kind: DecisionKind, policy: Policy) -> int:
    days = {
        DecisionKind.SCOPE: policy.decision.scope_days,
        DecisionKind.APPROVAL: policy.decision.approval_days,
    }
    return days[kind]


def _due(now: datetime, days: int, policy: Policy) -> datetime:
    return deadline(now, days, policy.decision.closes_at, policy.closure_days)


def _seats(members: list[tuple[Post, Person]], case: Case, version: CaseVersion) -> list[tuple[Post, Person]]:
    """Who is asked: one seat a person, without those whose own case it is."""
    own = {case.lead_id, version.frozen_by}
    seats: dict[int, tuple[Post, Person]] = {}
    for post, person in members:
        if person.id not in own:
            seats.setdefault(person.id, (post, person))
    return list(seats.values())


def _ask(
    db: Session, case: Case, assignments: list[Assignment], notice: Notice, occasion: str, now: datetime
) -> None:
    notify.tell_each(db, notice, assignments, occasion, now, case.id)


def close_if_due(db: Session, case: Case, now: datetime) -> None:
    """Close the open decision of a locked case once its time has come, where enough took part.

    An inquorate one stays open: the lifecycle extends it, or lets it stand over to a meeting.
    """
    decision = questions.latest_decision(db, case.id)
    if decision is None or decision.closed_at is not None or decision.closes_at is None:
        return
    if now >= decision.closes_at:
        outcome = tally(db, decision)
        if outcome.kind is not OutcomeKind.INQUORATE:
            close(db, case, decision, outcome, CLOCK, now)


def close(db: Session, case: Case, decision: Decision, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """Fix the outcome with its working; every link to it dies. One audit entry."""
    decision.outcome, decision.closed_at = outcome.kind.value, now
    decision.working = {"lines": list(outcome.working), "services": [asdict(s) for s in outcome.services]}
    rows = questions.asked(db, decision.id)
    _stop_asking(db, [row for row, _, _ in rows], now, "the decision has closed")
    detail = {
        "decision": decision.id, "outcome": decision.outcome, "policy": decision.policy,
        "votes": {row.post: row.choice or ("withdrew" if row.interest else None) for row, _, _ in rows},
        "minute": decision.meeting.get("minute"),
    }  # fmt: skip
    audit.record(db, case.ref, "decision closed", actor, now, detail)
    db.flush()


def extend(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    """Too few took part: once, more time. Those who have not answered get a fresh link."""
    decision, policy = _open(db, case), policy_now(db, now)
    decision.closes_at = decision.due_at = _due(now, policy.decision.extension_days, policy)
    decision.extended = True
    waiting = [row for row, _, _ in questions.asked(db, decision.id) if not (row.choice or row.interest)]
    _ask(db, case, waiting, Notice.DECISION_EXTENDED, "extended", now)
    return {"decision": decision.id, "due": decision.due_at.isoformat(), "waiting": [r.post for r in waiting]}


def stand_over(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    """Too few again: the decision waits for the body's next meeting, and the links die."""
    decision = _open(db, case)
    decision.closes_at = None
    rows = [row for row, _, _ in questions.asked(db, decision.id)]
    _stop_asking(db, rows, now, "the decision stands over to a meeting")
    return {"decision": decision.id}


def void_open(db: Session, case: Case, reason: str, now: datetime) -> dict[str, Any]:
    """End the open decision, if there is one, without an outcome: votes are void and the voters are told."""
    decision = questions.latest_decision(db, case.id)
    if decision is None or decision.closed_at is not None:
        return {}
    decision.closed_at, decision.void_reason = now, reason
    rows = [row for row, _, _ in questions.asked(db, decision.id)]
    _stop_asking(db, rows, now, reason)
    _ask(db, case, rows, Notice.DECISION_VOID, "void", now)
    return {"decision": decision.id, "void": reason}


def _stop_asking(db: Session, rows: list[Assignment], now: datetime, because: str) -> None:
    """The links die, and a request that no postman has taken up yet is not sent."""
    ids = [row.id for row in rows]
    links.revoke(db, Purpose.DECIDE, ids, now, because)
    outbox.drop(db, ASKING, Assignment.__tablename__, ids, because)


def _open(db: Session, case: Case) -> Decision:
    decision = questions.latest_decision(db, case.id)
    if decision is None or decision.closed_at is not None:
        raise Invalid(f"{case.ref} has no open decision.")
    return decision
