"""What tests of settling do first: a case decided in some way, and what was mailed about it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.mail import Outbox
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import (
    NOW,
    a_case,
    assignments,
    end_grace,
    everyone_votes,
    open_decision,
    vote,
)

SECOND = timedelta(seconds=1)
ABOVE = "1500000.00"


def decided(db: Session, choice: Choice, stage: Stage = Stage.DECISION, **more: Any) -> Case:
    """Everybody voted so, and the clock has moved the case."""
    case = a_case(db, stage, **more)
    everyone_votes(db, case, choice)
    end_grace(db, case)
    settle(db, case.ref, NOW)
    return case


def split(db: Session) -> Case:
    """One service approves, the other rejects."""
    case = a_case(db, Stage.DECISION)
    for row, _ in assignments(db, case):
        no = "hwfrs" in row.post
        vote(db, case, row, Choice.REJECT if no else Choice.APPROVE, reason="Too dear." if no else "")
    end_grace(db, case)
    settle(db, case.ref, NOW)
    return case


def mails(db: Session, case: Case, kind: str) -> int:
    return db.query(Outbox).filter_by(case_id=case.id, kind=kind).count()


def stands_over(db: Session) -> tuple[Case, datetime]:
    """Nobody answers, twice."""
    case, now = a_case(db, Stage.DECISION), NOW
    for _ in range(2):
        now = open_decision(db, case).closes_at or now
        settle(db, case.ref, now)
    return case, now
