"""Cases at rest stay at rest: settling them again and again changes no row of the database."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions.settle import settle
from bjc.db.columns import Table
from bjc.db.questions.routes import anything_due
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.actions.settle_steps import ABOVE, SECOND, decided, split, stands_over
from tests.builders import (
    NOW,
    a_case,
)


def everything(db: Session) -> dict[str, list[Any]]:
    """Every row of every table."""
    db.flush()
    return {t.name: sorted(map(str, db.execute(select(t)))) for t in Table.metadata.sorted_tables}


def test_quiescence_sixty_settles_of_cases_at_rest_change_no_row(database: Database) -> None:
    with database.writing() as db:
        refs = [a_case(db, stage).ref for stage in (Stage.SCOPING, Stage.SCOPE_DECISION, Stage.DRAFTING, Stage.ANALYSIS,
                                                    Stage.DECISION, Stage.APPROVED, Stage.DELEGATED)]  # fmt: skip
        refs += [decided(db, Choice.APPROVE, amount=ABOVE).ref, decided(db, Choice.DEFER).ref, split(db).ref]
        refs += [decided(db, Choice.REJECT).ref]
        for ref in refs:
            settle(db, ref, NOW)
        before = everything(db)
        assert not anything_due(db, NOW + 60 * SECOND)
        for second in range(60):
            for ref in refs:
                settle(db, ref, NOW + second * SECOND)
        assert everything(db) == before


def test_quiescence_holds_for_a_case_that_stands_over_to_a_meeting(database: Database) -> None:
    with database.writing() as db:
        case, now = stands_over(db)
        before = everything(db)
        for second in range(60):
            settle(db, case.ref, now + second * SECOND)
        assert everything(db) == before
