"""Time and settling: clocks that differ, deadlines over a clock change, and the moment a decision closes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions import routes
from bjc.actions.settle import settle
from bjc.db.cases import Case, Route
from bjc.db.questions.routes import anything_due
from bjc.db.session import Database
from bjc.errors import Conflict
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from bjc.rules.working_days import LONDON, spoken_deadline
from tests.builders import NOW, a_case, assignments, everyone_votes, fresh, open_decision, vote

SECOND = timedelta(seconds=1)


def london(*parts: int) -> datetime:
    """A time on London's clocks, in UTC."""
    return datetime(*parts, tzinfo=LONDON).astimezone(UTC)


def due_at(db: Session, case: Case) -> datetime:
    """When the clock looks at the case next."""
    settle(db, case.ref, NOW)
    at = db.scalar(select(Route.wake_at).where(Route.case_id == case.id))
    assert at is not None
    return at


def test_a_worker_whose_clock_is_behind_settles_what_the_dispatcher_saw_due(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        due = due_at(db, case)
    with database.writing() as db:
        assert [one.ref for one in routes.claim_due(db, due)] == [case.ref]
    with database.writing() as db:
        settle(db, case.ref, due - 30 * SECOND)
        decision = open_decision(db, case)
        assert decision.extended
        assert not anything_due(db, due + SECOND)


def test_a_worker_behind_closes_a_quorate_decision_too(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        everyone_votes(db, case, Choice.APPROVE)
        due = due_at(db, case)
    with database.writing() as db:
        routes.claim_due(db, due)
    with database.writing() as db:
        settle(db, case.ref, due - 30 * SECOND)
        assert fresh(db, case).stage == "approved"
        assert open_decision(db, case).closed_at == due


def test_without_a_claim_nothing_closes_early(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        due = due_at(db, case)
        settle(db, case.ref, due - SECOND)
        assert not open_decision(db, case).extended


def test_an_act_just_before_the_deadline_does_not_pull_it_forward(database: Database) -> None:
    """Claimed because somebody acted, not because the wake time came: the worker's own clock counts."""
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        due = due_at(db, case)
        routes.want(db, case.id)
        routes.claim_due(db, due - 60 * SECOND)
        settle(db, case.ref, due - 60 * SECOND)
        assert not open_decision(db, case).extended


@pytest.mark.parametrize(
    ("opened", "closes", "utc_hour"),
    [
        (london(2026, 10, 20, 10), london(2026, 11, 3, 17), 17),  # over the night to winter time
        (london(2027, 3, 18, 10), london(2027, 4, 5, 17), 16),  # over Easter and the night to summer time
    ],
)
def test_a_decision_open_over_a_clock_change_closes_at_five_on_londons_clocks(
    database: Database, opened: datetime, closes: datetime, utc_hour: int
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION, now=opened)
        decision = open_decision(db, case)
        assert decision.closes_at == closes
        assert decision.closes_at.hour == utc_hour
        assert spoken_deadline(decision.closes_at).startswith("5pm on ")


@pytest.mark.parametrize("day", [(2026, 10, 25), (2027, 3, 28)])
def test_on_the_evening_of_a_clock_change_the_last_second_counts_and_the_next_does_not(
    database: Database, day: tuple[int, int, int]
) -> None:
    closes = london(*day, 17)
    with database.writing() as db:
        case = a_case(db, Stage.DECISION, now=london(*day, 9) - timedelta(days=5))
        open_decision(db, case).closes_at = closes
        db.flush()
        first, second = (row for row, _ in assignments(db, case)[:2])
        vote(db, case, first, Choice.APPROVE, now=closes - SECOND)
        with pytest.raises(Conflict, match="has closed"):
            vote(db, case, second, Choice.APPROVE, now=closes)
        settle(db, case.ref, closes - SECOND)
        assert not open_decision(db, case).extended
        settle(db, case.ref, closes)
        assert open_decision(db, case).extended
        assert [row.choice for row, _ in assignments(db, case)].count("approve") == 1


def test_the_hour_that_london_lives_twice_is_two_hours_to_the_route(database: Database) -> None:
    """01:30 before and after the clocks go back are an hour apart, and settling keeps them so."""
    once = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = once + timedelta(hours=1)
    assert once.astimezone(LONDON).time() == again.astimezone(LONDON).time()
    with database.writing() as db:
        case = a_case(db, Stage.DECISION, now=once - timedelta(days=3))
        open_decision(db, case).closes_at = again
        db.flush()
        settle(db, case.ref, once)
        assert not open_decision(db, case).extended
        assert db.scalar(select(Route.wake_at).where(Route.case_id == case.id)) == again
        settle(db, case.ref, again)
        assert open_decision(db, case).extended


def test_times_come_back_from_the_store_as_the_instants_that_went_in(database: Database) -> None:
    summer, winter = london(2026, 7, 1, 9), london(2026, 12, 1, 9)
    with database.writing() as db:
        case = a_case(db)
        for moment in (summer, winter, summer.astimezone(LONDON)):
            case.review_at = moment
            db.flush()
            db.expire(case)
            assert case.review_at == moment
            assert case.review_at.tzinfo is UTC
