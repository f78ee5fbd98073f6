"""The programme office records a decision taken at a meeting: attendance and votes, by the same rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from bjc.actions import decisions, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import tally
from bjc.db.decisions import Assignment
from bjc.db.questions import decisions as questions
from bjc.db.questions.cases import lock_case
from bjc.errors import Conflict, Invalid
from bjc.rules.decision import Choice, OutcomeKind
from bjc.rules.working_days import local_day


@dataclass(frozen=True)
class MeetingRecord:
    """What the minutes say. `said` maps a post to its choice; `interests` to what was declared; others were absent."""

    held_on: date
    minute: str
    said: Mapping[str, Choice]
    interests: Mapping[str, str] = field(default_factory=dict)
    conditions: str = ""
    reason: str = ""


def record_meeting(
    db: Session, ref: str, decision_id: int, record: MeetingRecord, actor: Actor, now: datetime
) -> str:
    """Take the minutes as the votes and close the decision; returns the outcome.

    Earlier written votes give way to the meeting's (the audit keeps them). Refused, with nothing written,
    when the decision has closed, a field is missing, or too few were present to decide.
    """
    case = lock_case(db, ref)
    decision = questions.latest_decision(db, case.id)
    if decision is None or decision.id != decision_id or decision.closed_at is not None:
        raise Conflict("This decision has already ended.", "Open the case to see where it stands.")
    _check(record, now)
    for row, post, _ in questions.asked(db, decision.id):
        _take(row, post.key, record, now)
    db.flush()
    outcome = tally(db, decision)
    if outcome.kind is OutcomeKind.INQUORATE:
        raise Invalid(
            "The meeting was not quorate, so it could not decide: " + " ".join(outcome.working),
            "Nothing was recorded. Check the attendance.",
        )
    decision.meeting = {
        "held_on": record.held_on.isoformat(), "minute": record.minute, "recorded_by": actor.person_id,
    }  # fmt: skip
    decisions.close(db, case, decision, outcome, actor, now)
    routes.want(db, case.id)
    return outcome.kind.value


def _check(record: MeetingRecord, now: datetime) -> None:
    fields: dict[str, str] = {}
    if not record.minute.strip():
        fields["minute"] = "Enter the minute reference, like PDB 14 Oct 2026, item 5"
    if record.held_on > local_day(now):
        fields["held_on"] = "The meeting must be today or in the past"
    if Choice.APPROVE_WITH_CONDITIONS in record.said.values() and not record.conditions.strip():
        fields["conditions"] = "Write the conditions that the meeting set"
    if fields:
        raise Invalid("The record is not complete yet.", "", fields)


def _take(row: Assignment, post: str, record: MeetingRecord, now: datetime) -> None:
    choice = record.said.get(post)
    row.interest = record.interests.get(post, "")
    row.choice = None if choice is None or row.interest else choice.value
    row.conditions = record.conditions if choice is Choice.APPROVE_WITH_CONDITIONS else ""
    row.reason, row.via = record.reason, "meeting"
    row.answered_at = now if row.choice or row.interest else None
    row.changes += 1
