"""Settling a case: everything that is due fires, to a fixpoint; then it is known what the case waits for.

Called by the case's flow run, as often as anybody likes: with nothing due it changes nothing but the
route's own bookkeeping (design.md D3).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from bjc.actions import decisions, routes
from bjc.actions.actor import CLOCK
from bjc.actions.facts import Wait, read_facts, wait_of
from bjc.actions.moves import move
from bjc.db.cases import Case
from bjc.db.questions.cases import lock_case
from bjc.errors import BjcError
from bjc.rules import lifecycle
from bjc.rules.conditions import Facts
from bjc.rules.stages import Stage

MOST_MOVES = 10


def settle(db: Session, ref: str, now: datetime) -> Wait | None:
    """Fire every transition that is due and note what was settled; None once the route is at its end."""
    case = lock_case(db, ref)
    route = routes.lock(db, case.id)
    now = _not_before_the_wake(route, now)
    facts = _to_fixpoint(db, case, now)
    wait = wait_of(case, facts)
    routes.settled(
        db, case.id, route.wanted, lifecycle.next_wake(Stage(case.stage), facts), live=wait is not None
    )
    return wait


def _not_before_the_wake(route: Row[Any], now: datetime) -> datetime:
    """The dispatcher may have seen the wake time by a faster clock; settling must not see an earlier one.

    A leased route that nobody's act made due can only have been claimed because its wake time had come.
    """
    woken = route.lease_until is not None and route.wanted == route.settled
    return max(now, route.wake_at) if woken and route.wake_at is not None else now


def _to_fixpoint(db: Session, case: Case, now: datetime) -> Facts:
    for _ in range(MOST_MOVES):
        decisions.close_if_due(db, case, now)
        facts = read_facts(db, case, now)
        row = lifecycle.automatic(Stage(case.stage), facts)
        if row is None:
            return facts
        move(db, case, row.event, CLOCK, now, facts)
    raise BjcError(
        f"{case.ref} moved {MOST_MOVES} times at once and was stopped.", "This is a fault: report it."
    )
