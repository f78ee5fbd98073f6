"""The whole engine: one action that moves a case by the lifecycle table. Nothing else assigns `case.stage`."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import audit, effects, notify, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import policy_now, read_facts
from bjc.db.cases import Case
from bjc.rules import lifecycle
from bjc.rules.conditions import Facts
from bjc.rules.lifecycle import Transition
from bjc.rules.reviews import next_review
from bjc.rules.stages import Event, Role, Stage


def move(
    db: Session,
    case: Case,
    event: Event,
    actor: Actor,
    now: datetime,
    facts: Facts | None = None,
    detail: dict[str, Any] | None = None,
    reason: str = "",
) -> Transition:
    """Move a locked case: stage, effect, one audit entry, the mails of the row. Raises TransitionRefused.

    A person's move makes the case due to be settled; the clock's own moves never do.
    `reason` stays with the case until the next move; one without a reason clears it.
    """
    row = lifecycle.fire(Stage(case.stage), event, Role(actor.role), facts or read_facts(db, case, now))
    more = effects.apply(db, case, event, actor, now)
    review_at = next_review(event, row.end, now, policy_now(db, now))
    case.stage = row.end.value
    case.stage_reason = reason
    case.review_at = review_at
    if row.end is not row.start:
        case.stage_since = now
    entry = {"from": row.start.value, "to": row.end.value, **(detail or {}), **more}
    seq = audit.record(db, case.ref, event.value, actor, now, entry)
    db.flush()
    for notice in row.tell:
        notify.tell(db, notice, case, f"audit-{seq}", now)
    if row.by is not Role.CLOCK and {row.start, row.end} & lifecycle.ROUTED:
        routes.want(db, case.id)  # also on the way out: its run must end
    return row
