"""The programme office records a decision taken at a meeting: attendance and votes, by the same rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bjc.actions import decisions, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import tally
from bjc.db.decisions import Assignment, Decision
from bjc.db.questions import decisions as questions
from bjc.db.questions.cases import lock_case
from bjc.errors import Conflict, Invalid
from bjc.rules.decision import NEEDS_REASON, Choice, Outcome, OutcomeKind
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

    def choice_of(self, post: str) -> Choice | None:
        """What the post counts for; who declared an interest has no vote."""
        return None if self.interests.get(post) else self.said.get(post)


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
    outcome = would_come_to(db, decision, record, now)
    if outcome.kind is OutcomeKind.INQUORATE:
        raise Invalid(
            "The meeting was not quorate, so it could not decide: " + " ".join(outcome.working),
            "Nothing was recorded. Check the attendance.",
        )
    for row, post, _ in questions.asked(db, decision.id):
        _take(row, post.key, record, now)
    decision.meeting = {
        "held_on": record.held_on.isoformat(), "minute": record.minute, "recorded_by": actor.person_id,
    }  # fmt: skip
    db.flush()
    decisions.close(db, case, decision, outcome, actor, now)
    routes.want(db, case.id)
    return outcome.kind.value


def would_come_to(db: Session, decision: Decision, record: MeetingRecord, now: datetime) -> Outcome:
    """The outcome that this record leads to, with its working. Writes nothing; raises Invalid with fields."""
    votes = questions.votes(db, decision.id)
    _check(record, decision, {vote.post for vote in votes}, now)
    heard = [
        replace(vote, choice=record.choice_of(vote.post), withdrew=bool(record.interests.get(vote.post)))
        for vote in votes
    ]
    return tally(db, decision, heard)


def _check(record: MeetingRecord, decision: Decision, asked: set[str], now: datetime) -> None:
    said = set(record.said.values())
    first = local_day(decision.opened_at)
    tests = {
        "minute": (bool(record.minute.strip()), "Enter the minute reference, like PDB 14 Oct 2026, item 5"),
        "held_on": (
            first <= record.held_on <= local_day(now),
            "The meeting must be today or earlier, but not before the question was put to the board",
        ),
        "conditions": (
            Choice.APPROVE_WITH_CONDITIONS not in said or bool(record.conditions.strip()),
            "Write the conditions that the meeting set",
        ),
        "reason": (
            not said & NEEDS_REASON or bool(record.reason.strip()),
            "Give the reasons that the minutes give for deferring or rejecting",
        ),
        "": (
            not (set(record.said) | set(record.interests)) - asked,
            "Only posts that were asked may be heard",
        ),
    }
    fields = {name: message for name, (good, message) in tests.items() if not good}
    if fields:
        raise Invalid("The record is not complete yet.", "", fields)


def _take(row: Assignment, post: str, record: MeetingRecord, now: datetime) -> None:
    choice = record.choice_of(post)
    row.interest = record.interests.get(post, "")
    row.choice = None if choice is None else choice.value
    row.conditions = record.conditions if choice is Choice.APPROVE_WITH_CONDITIONS else ""
    row.reason, row.via = record.reason if choice is not None else "", "meeting"
    row.answered_at = now if row.choice or row.interest else None
    row.changes += 1
