"""Routes: wanted and settled, claims under a lease with a fencing number, rests after failures."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions import routes
from bjc.actions.settle import settle
from bjc.db.cases import Case, Route
from bjc.db.questions.routes import MOST_FAILURES, anything_due, at_rest, need_an_operator
from bjc.db.session import Database
from tests.builders import NOW, a_case

SECOND = timedelta(seconds=1)


def route(db: Session, case: Case) -> Route:
    query = select(Route).where(Route.case_id == case.id).execution_options(populate_existing=True)
    return db.scalars(query).one()


def at_rest_case(db: Session) -> Case:
    """A case that was settled and waits for its lead."""
    case = a_case(db)
    settle(db, case.ref, NOW)
    return case


def due_case(db: Session) -> Case:
    case = at_rest_case(db)
    routes.want(db, case.id)
    return case


def claim(db: Session, now: datetime = NOW) -> list[routes.Due]:
    return routes.claim_due(db, now)


def test_an_act_makes_a_case_due_and_settling_it_ends_that(database: Database) -> None:
    with database.writing() as db:
        case = at_rest_case(db)
        assert not anything_due(db, NOW)
        routes.want(db, case.id)
        assert anything_due(db, NOW)
        assert [due.ref for due in claim(db)] == [case.ref]
        settle(db, case.ref, NOW)
        assert not anything_due(db, NOW + 60 * SECOND)
        assert (route(db, case).wanted, route(db, case).lease_until) == (route(db, case).settled, None)


def test_a_wake_time_that_has_come_makes_a_case_due(database: Database) -> None:
    with database.writing() as db:
        case = at_rest_case(db)
        at = route(db, case).wake_at
        assert at is not None
        assert claim(db, at - SECOND) == []
        assert [due.ref for due in claim(db, at)] == [case.ref]


def test_a_claimed_case_is_nobody_elses_until_its_lease_ends(database: Database) -> None:
    with database.writing() as db:
        due_case(db)
    with database.writing() as db:
        (first,) = claim(db)
    with database.writing() as db:
        assert claim(db, NOW + routes.LEASE - SECOND) == []
        (second,) = claim(db, NOW + routes.LEASE)
        assert second.lease_no == first.lease_no + 1


def test_an_act_during_a_claim_is_not_lost_when_the_claim_settles(database: Database) -> None:
    with database.writing() as db:
        case = due_case(db)
        wanted = route(db, case).wanted
        claim(db)
        routes.want(db, case.id)
        routes.settled(db, case.id, wanted, None, live=True)
        assert [due.ref for due in claim(db)] == [case.ref]


def test_a_dispatcher_that_lost_its_claim_can_note_no_run(database: Database) -> None:
    with database.writing() as db:
        case = due_case(db)
        (slow,) = claim(db)
        (quick,) = claim(db, NOW + routes.LEASE)
        assert not routes.note_run(db, slow, "run-of-the-slow", 1)
        assert routes.note_run(db, quick, "run-of-the-quick", 1)
        routes.give_back(db, slow)
        assert (route(db, case).run_id, route(db, case).run_no) == ("run-of-the-quick", 1)
        assert route(db, case).lease_until == NOW + 2 * routes.LEASE


def test_a_run_that_only_waits_is_noted_unless_somebody_was_quicker(database: Database) -> None:
    with database.writing() as db:
        case = due_case(db)
        (due,) = claim(db)
        routes.note_run(db, due, "first", 1)
        settle(db, case.ref, NOW)
        (known,) = at_rest(db, NOW)
        assert routes.note_parked(db, known, "second")
        assert not routes.note_parked(db, known, "third")
        assert (route(db, case).run_id, route(db, case).run_no) == ("second", 2)


def test_later_is_not_a_failure(database: Database) -> None:
    with database.writing() as db:
        case = due_case(db)
        (due,) = claim(db)
        routes.give_back(db, due, NOW + 5 * SECOND)
        assert claim(db, NOW + 4 * SECOND) == []
        assert route(db, case).failures == 0
        assert len(claim(db, NOW + 5 * SECOND)) == 1


def test_failures_rest_a_case_longer_each_time_until_a_good_settle(database: Database) -> None:
    with database.writing() as db:
        case = due_case(db)
        for failures in (1, 2, 3):
            claim(db)
            assert routes.failed(db, case.id, NOW) == failures
            assert route(db, case).not_before == NOW + timedelta(seconds=2**failures)
            assert claim(db) == []
        settle(db, case.ref, NOW)
        assert (route(db, case).failures, route(db, case).not_before) == (0, None)


def test_a_case_that_failed_too_often_waits_for_an_operator_and_may_be_tried_again(
    database: Database,
) -> None:
    with database.writing() as db:
        case = due_case(db)
        for _ in range(MOST_FAILURES):
            routes.failed(db, case.id, NOW)
        assert claim(db, NOW + timedelta(days=1)) == []
        assert [one.ref for one in need_an_operator(db)] == [case.ref]
        routes.try_again(db, [case.id])
        assert [due.ref for due in claim(db)] == [case.ref]
        assert need_an_operator(db) == []


def test_two_dispatchers_at_a_barrier_never_take_the_same_case(postgresql: Database) -> None:
    with postgresql.writing() as db:
        for _ in range(12):
            due_case(db)
    barrier, taken = threading.Barrier(4), []

    def dispatch() -> None:
        barrier.wait()
        for _ in range(6):
            with postgresql.writing() as db:
                taken.extend(due.case_id for due in routes.claim_due(db, NOW, limit=2))

    threads = [threading.Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 12
    assert len(set(taken)) == 12
