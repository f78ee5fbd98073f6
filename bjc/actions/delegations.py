"""The draft delegation: part of what the board votes on, written by the programme office during analysis."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions import audit, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.delivery import Delegation, Group
from bjc.db.people import Person, Post
from bjc.db.questions import delivery, people
from bjc.db.questions.cases import lock_case
from bjc.errors import Conflict, Invalid
from bjc.rules.policy import Policy
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day

PENCE = Decimal("0.01")


@dataclass(frozen=True)
class DelegationDraft:
    """What the office proposes. `limit` in pounds; `chair_post` must be a post of the deciding body."""

    group: str
    limit: Decimal
    chair_post: str
    sponsor_id: int
    lead_id: int
    reserved: str = ""


def draft(db: Session, ref: str, proposed: DelegationDraft, actor: Actor, now: datetime) -> Delegation:
    """Write or rewrite the draft, until the decision opens. Tolerances and period come from the policy."""
    case = lock_case(db, ref)
    if Stage(case.stage) not in (Stage.DRAFTING, Stage.ANALYSIS):
        raise Conflict(
            "The delegation can be drafted until the decision opens.", "Open the case to see its stage."
        )
    policy = policy_now(db, now)
    seated = {post.key: who.id for post, who in chairs(db, local_day(now))}
    _check(db, case, proposed, set(seated), policy, now)
    values = {
        "group_id": group_named(db, proposed.group, now).id, "limit": proposed.limit.quantize(PENCE),
        "cost_tolerance_percent": int(policy.delegation.cost_tolerance_percent),
        "time_tolerance_weeks": policy.delegation.time_tolerance_weeks,
        "period_months": policy.delegation.period_months, "reserved": proposed.reserved,
        "chair_post": proposed.chair_post, "chair_id": seated[proposed.chair_post], "sponsor_id": proposed.sponsor_id,
        "lead_id": proposed.lead_id,
    }  # fmt: skip
    row = delivery.delegation_of(db, case.id) or Delegation(case_id=case.id)
    if all(getattr(row, name) == value for name, value in values.items()):
        return row  # sent twice
    for name, value in {**values, "drafted_at": now, "drafted_by": actor.person_id}.items():
        setattr(row, name, value)
    db.add(row)
    db.flush()
    detail = {"delegation": row.id, "limit": str(row.limit), "chair": row.chair_post, "group": row.group_id}
    audit.record(db, case.ref, "delegation drafted", actor, now, detail)
    if Stage(case.stage) is Stage.ANALYSIS:
        routes.want(db, case.id)
    return row


def snapshot(db: Session, case: Case) -> dict[str, Any]:
    """The draft as plain JSON values, to be kept with the decision on it. Posts and persons by key and id."""
    row = delivery.delegation_of(db, case.id)
    if row is None:
        raise Invalid(f"{case.ref} has no draft delegation.", "The programme office drafts it.")
    return {
        "group": row.group_id, "limit": str(row.limit), "cost_tolerance_percent": row.cost_tolerance_percent,
        "time_tolerance_weeks": row.time_tolerance_weeks, "period_months": row.period_months,
        "reserved": row.reserved, "chair_post": row.chair_post, "chair": row.chair_id,
        "sponsor": row.sponsor_id, "lead": row.lead_id,
    }  # fmt: skip


def chairs(db: Session, day: date) -> list[tuple[Post, Person]]:
    """Who may chair a group: they hold a post of the deciding body (Strategic Plan, section 8)."""
    kinds = people.seat_kinds(db).get("chair", ())
    board = people.members(db, people.deciding_body(db).key, day)
    return [(post, person) for post, person in board if post.kind in kinds]


def candidates(db: Session, case: Case, seat: str, day: date) -> dict[int, str]:
    """Who may be appointed `sponsor` or `lead` on this day: id of the person -> name and post.

    They hold a post that the alliance gives to the seat; a case's own lead may go on to lead the work.
    """
    held = people.people_of_kinds(db, people.seat_kinds(db).get(seat, ()), day)
    found = {person.id: f"{person.name}, {post.title}" for post, person in held}
    own = db.get_one(Person, case.lead_id)
    if seat == "lead" and (own.left_on is None or own.left_on > day):
        found.setdefault(own.id, f"{own.name}, lead of this case")
    return found


def _check(
    db: Session, case: Case, proposed: DelegationDraft, seated: set[str], policy: Policy, now: datetime
) -> None:
    """Each field by itself, so that one wrong field is named alone."""
    day, most = local_day(now), most_for(case, policy)
    tests = {
        "group": (bool(proposed.group.strip()), "Name the working group"),
        "limit": (proposed.limit > 0, "Enter the limit in pounds, like 85000"),
        "chair_post": (
            proposed.chair_post in seated,
            "Choose a member of the board to chair the working group",
        ),
        "sponsor_id": (
            proposed.sponsor_id in candidates(db, case, "sponsor", day),
            "Choose the executive sponsor: somebody who holds such a post today",
        ),
        "lead_id": (
            proposed.lead_id in candidates(db, case, "lead", day),
            "Choose the project lead: an officer who holds a post today, or the case's own lead",
        ),
    }
    fields = {name: message for name, (good, message) in tests.items() if not good}
    if most is not None and proposed.limit > most:
        fields["limit"] = _too_much(case, policy, most)
    if fields:
        raise Invalid("The draft delegation is not complete yet.", "", fields)


def most_for(case: Case, policy: Policy) -> Decimal | None:
    """The highest limit in pounds: what the case costs and its tolerance; None while the cost is not known."""
    if case.amount is None:
        return None
    return (case.amount * (100 + policy.delegation.cost_tolerance_percent) / 100).quantize(PENCE)


def _too_much(case: Case, policy: Policy, most: Decimal) -> str:
    limit, cost = (f"£{amount:,.2f}".removesuffix(".00") for amount in (most, case.amount))
    percent = int(policy.delegation.cost_tolerance_percent)
    return f"The limit can be {limit} at most: the whole-life cost of {cost} and the tolerance of {percent}%"


def group_named(db: Session, name: str, now: datetime) -> Group:
    """The working group of this name, formed today if there is none."""
    found = db.scalar(select(Group).where(Group.name == name.strip()))
    if found is None:
        found = Group(name=name.strip(), formed_on=local_day(now))
        db.add(found)
        db.flush()
    return found
