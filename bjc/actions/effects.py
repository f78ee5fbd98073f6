"""What an event brings about besides the new stage: one table, event -> effect.

An effect runs before the move's audit entry and returns what that entry should say of it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import advice, appointments, decisions, delegations
from bjc.actions.actor import Actor
from bjc.db.cases import Case
from bjc.rules.decision import DecisionKind
from bjc.rules.stages import Event

Effect = Callable[[Session, Case, Actor, datetime], dict[str, Any]]


def apply(db: Session, case: Case, event: Event, actor: Actor, now: datetime) -> dict[str, Any]:
    """Run the event's effect, if it has one; returns ids and figures for the audit entry."""
    effect = EFFECTS.get(event)
    return effect(db, case, actor, now) if effect else {}


def _open_scope_decision(db: Session, case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    return decisions.open_decision(db, case, DecisionKind.SCOPE, now)


def _open_approval_decision(db: Session, case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    return decisions.open_decision(db, case, DecisionKind.APPROVAL, now, delegations.snapshot(db, case))


def _withdraw_what_was_asked(db: Session, case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    advice.stop_asking(db, case, now)
    return decisions.void_open(db, case, "the case was taken back by its lead", now)


def _stop_asking_advice(db: Session, case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    advice.stop_asking(db, case, now)
    return {}


# fmt: off
EFFECTS: dict[Event, Effect] = {
    Event.SCOPE_PROPOSED:        _open_scope_decision,
    Event.SUBMITTED:             lambda db, case, actor, now: advice.ask(db, case, now),
    Event.QUESTIONS_ASKED:       _stop_asking_advice,
    Event.READY:                 _open_approval_decision,
    Event.OPENED_WITHOUT_ADVICE: _open_approval_decision,
    Event.EXTENDED:              lambda db, case, actor, now: decisions.extend(db, case, now),
    Event.STOOD_OVER:            lambda db, case, actor, now: decisions.stand_over(db, case, now),
    Event.RECALLED:              _withdraw_what_was_asked,
    Event.WITHDRAWN:             _withdraw_what_was_asked,
    Event.APPROVED:              lambda db, case, actor, now: appointments.appoint(db, case, now),
    Event.RESOLVED:              lambda db, case, actor, now: appointments.appoint(db, case, now),
    Event.MOBILISED:             lambda db, case, actor, now: appointments.bring_into_force(db, case, now),
}
# fmt: on
