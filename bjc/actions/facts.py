"""Reads, for one case, what the lifecycle's conditions may know. Each stage loads only what it needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.decisions import Decision
from bjc.db.questions import cases as case_questions
from bjc.db.questions import decisions, delivery, people
from bjc.rules import decision as rule
from bjc.rules.case import is_complete, missing_sections, scope_model
from bjc.rules.conditions import Facts, review_date_reached
from bjc.rules.decision import DecisionKind
from bjc.rules.lifecycle import WAITS_FOR, automatic
from bjc.rules.policy import Policy
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day


def read_facts(db: Session, case: Case, now: datetime) -> Facts:
    """The facts of a case at this moment; the caller holds the case's lock where it will act on them."""
    load = _LOADERS.get(Stage(case.stage))
    return Facts(now=now, review_at=case.review_at, **(load(db, case, now) if load else {}))


def _triage(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    return {"triage_outcome": case.triage.get("outcome", "")}


def _scoping(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    model = scope_model([(s.key, s.name) for s in people.services(db)])
    return {"scope_missing": () if is_complete(model, case.scope) else ("scope proposal",)}


def _drafting(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    return {"sections_missing": missing_sections(case.sections)}


def _analysis(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    version = case_questions.latest_version(db, case.id, "case")
    missing = tuple(decisions.advice_missing(db, version.id)) if version else ()
    due = max((a.due_at for a, _ in decisions.advice_on(db, version.id)), default=None) if version else None
    return {
        "advice_missing": missing,
        "delegation_drafted": delivery.delegation_of(db, case.id) is not None,
        "owed_by": missing,
        "owed_until": due if missing else None,
    }


def _scope_decision(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    return _decision_facts(db, decisions.latest_decision(db, case.id, DecisionKind.SCOPE), now)


def _approval_decision(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    decision = decisions.latest_decision(db, case.id, DecisionKind.APPROVAL)
    found = _decision_facts(db, decision, now)
    if decision is not None and decision.outcome is not None:
        found["above_limit"] = above_limit(db, case, people.policy_version(db, decision.policy))
    return found


def _decision_facts(db: Session, decision: Decision | None, now: datetime) -> dict[str, Any]:
    if decision is None:
        return {}
    if decision.closed_at is not None:
        return {"outcome": decision.outcome}
    waiting = decisions.unanswered(db, decision.id)
    late = decision.closes_at is not None and now >= decision.closes_at
    return {
        "inquorate": late,  # a quorate decision was closed before these facts were read
        "may_extend": not decision.extended and bool(waiting),
        "standing_over": decision.closes_at is None,
        "decision_wakes_at": decision.closes_at,
        "owed_by": tuple(waiting) if decision.closes_at else (),
        "owed_until": decision.closes_at,
        "before": decision.body,
    }


def _authorities(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    decision = decisions.latest_decision(db, case.id, DecisionKind.APPROVAL)
    found = decisions.resolutions_of(db, decision.id) if decision else []
    done = {row.service for row in found}
    return {
        "owed_by": tuple(p.key for p in people.posts_of_kind(db, "clerk") if p.service not in done),
        "resolutions": tuple(row.resolution for row in found),
        "authorities": len(people.services(db)),
    }


def _approved(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    seats = tuple(delivery.seats_not_accepted(db, case.id))
    due = max((a.due_at for a, _ in delivery.appointments_of(db, case.id)), default=None)
    return {
        "appointments_open": seats,
        "conditions_open": sum(c.met_at is None for c in decisions.conditions_of(db, case.id)),
        "owed_by": seats,
        "owed_until": due if seats else None,
    }


_LOADERS: dict[Stage, Callable[[Session, Case, datetime], dict[str, Any]]] = {
    Stage.NEW: _triage,
    Stage.SCOPING: _scoping,
    Stage.SCOPE_DECISION: _scope_decision,
    Stage.DRAFTING: _drafting,
    Stage.ANALYSIS: _analysis,
    Stage.DECISION: _approval_decision,
    Stage.AUTHORITIES: _authorities,
    Stage.APPROVED: _approved,
}


def above_limit(db: Session, case: Case, policy: Policy) -> bool:
    """True when the case costs, or the group may spend, more than either service's officers may approve."""
    delegation = delivery.delegation_of(db, case.id)
    most = max(case.amount or Decimal(0), delegation.limit if delegation else Decimal(0))
    return any(most > limit for limit in policy.delegation.officer_limit.values())


def tally(db: Session, decision: Decision, votes: Sequence[rule.Vote] | None = None) -> rule.Outcome:
    """The outcome of a decision as its votes stand now (or of `votes`), under the policy it was opened with."""
    policy = people.policy_version(db, decision.policy)
    names = {service.key: service.short_name for service in people.services(db)}
    heard = decisions.votes(db, decision.id) if votes is None else votes
    return rule.tally(heard, names, policy.decision)


@dataclass(frozen=True)
class Wait:
    """What a case waits for: `posts` are keys of posts (or a role's name), `until` an instant in UTC.

    `body` is set while a body decides: who of it has answered is nobody's business but the office's.
    """

    ref: str
    stage: str
    waits_for: str
    posts: tuple[str, ...]
    until: datetime | None
    body: str = ""


OWED: dict[Stage, str] = {
    Stage.SCOPE_DECISION: "the scope decision",
    Stage.ANALYSIS: "advice on the submitted case",
    Stage.DECISION: "the approval decision",
    Stage.AUTHORITIES: "each Authority's resolution",
    Stage.APPROVED: "appointments to be accepted",
}

GRACE = "the time for changing an answer to end; everybody has answered"


NOBODY, BY_ITSELF = ("nobody",), "the next step, which follows by itself within seconds"


def follows_by_itself(stage: Stage, facts: Facts) -> bool:
    """True between what a person did, or a deadline, and the move of the clock that follows from it.

    A review of what stands still is no such move: the same people are waited for after it.
    """
    row = automatic(stage, facts)
    return row is not None and row.provided is not review_date_reached


def wait_of(case: Case, facts: Facts) -> Wait | None:
    """Who is waited for, for what and until when; None once the case is final or delegated."""
    stage = Stage(case.stage)
    if stage not in WAITS_FOR:
        return None
    if follows_by_itself(stage, facts):
        return Wait(case.ref, stage.value, BY_ITSELF, NOBODY, None)
    if facts.owed_by:
        return Wait(case.ref, stage.value, OWED[stage], facts.owed_by, facts.owed_until, facts.before)
    if facts.before and facts.owed_until:
        return Wait(case.ref, stage.value, GRACE, (facts.before,), facts.owed_until, facts.before)
    who, what = WAITS_FOR[stage]
    return Wait(case.ref, stage.value, what, (who,), facts.review_at or facts.owed_until)


def policy_now(db: Session, now: datetime) -> Policy:
    """The policy in force at this moment, by the local day."""
    return people.policy_on(db, local_day(now))
