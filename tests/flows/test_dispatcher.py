"""Every due case has a run, whatever is lost, killed or stuck on the way."""

import logging
import signal
import threading
from datetime import timedelta

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Running, Suspended
from sqlalchemy import text

from bjc.actions import routes
from bjc.clock import utcnow
from bjc.db.session import Database
from bjc.errors import Unavailable
from bjc.rules.stages import Stage
from flows.dispatcher import Dispatcher
from flows.runs import open_runs
from tests.flows.world import LEASE, World, worker_process, working


def test_with_nothing_due_sixty_looks_change_no_row_and_start_no_run(world: World) -> None:
    with working():
        refs = world.case_waits(Stage.SCOPE_DECISION, count=3)
        rows, runs = world.dump(), [world.run(ref) for ref in refs]
        assert [world.dispatcher.tick() for _ in range(60)] == [0] * 60
        assert world.dispatcher.reconcile() is False
    assert world.dump() == rows
    assert [world.run(ref) for ref in refs] == runs
    assert [len(world.all_runs(ref)) for ref in refs] == [1, 1, 1]


def test_a_deadline_that_has_passed_wakes_the_case(world: World) -> None:
    with working():
        (ref,) = world.case_waits(Stage.SCOPE_DECISION)
        with world.database.writing() as db:
            passed = {"at": (utcnow() - timedelta(seconds=1)).replace(tzinfo=None)}
            db.execute(text("UPDATE route SET wake_at = :at"), passed)
            db.execute(text("UPDATE decision SET closes_at = :at"), passed)
        before = world.dump()["decision"]
        world.until(lambda: world.waits(ref) and str(world.route(ref)["wake_at"]) > str(utcnow()))
    assert world.dump()["decision"] != before


def test_a_dispatcher_killed_between_claim_and_call_costs_a_lease_and_no_more(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        world.everybody_accepts(ref)
        with world.database.writing() as db:
            assert routes.claim_due(db, utcnow(), lease=LEASE)
        assert world.dispatcher.tick() == 0
        world.until(lambda: world.state(ref) == "Completed")
    assert world.stage(ref) == Stage.DELEGATED


def test_a_wake_that_prefect_lost_is_given_again_after_the_lease(world: World) -> None:
    ref = world.case_is_parked()
    world.everybody_accepts(ref)
    world.until(lambda: world.state(ref) == "Resuming")
    world.press(ref, Suspended(pause_key="lost"))
    with working():
        world.until(lambda: world.state(ref) == "Completed")
    assert world.stage(ref) == Stage.DELEGATED


def test_a_dispatcher_killed_between_call_and_record_finds_the_run_it_made(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        with world.database.writing() as db:
            db.execute(text("UPDATE route SET run_id = NULL, run_no = 0"))
        world.finishes(ref)
    assert len(world.all_runs(ref)) == 1


def test_a_run_that_never_ends_is_replaced_and_closed(world: World) -> None:
    ref = world.case_is_parked()
    stuck = world.run(ref)
    world.press(ref, Running())
    world.everybody_accepts(ref)
    with working():
        world.until(lambda: world.state(ref) == "Completed")
    assert world.stage(ref) == Stage.DELEGATED
    assert world.run(ref).id != stuck.id
    assert world.runs.read([stuck.id])[stuck.id].over


def test_a_run_that_waits_long_for_a_worker_is_left_alone(world: World) -> None:
    ref = world.case_is_parked()
    world.everybody_accepts(ref)
    world.dispatcher.tick()
    run = world.run(ref)
    late = Dispatcher(world.database, world.runs, lambda: utcnow() + timedelta(hours=1), lease=timedelta(0))
    late.tick()
    assert world.run(ref).id == run.id
    assert len(world.all_runs(ref)) == 1


def test_a_worker_killed_in_a_leg_leaves_nothing_half_done_and_the_case_goes_on(world: World) -> None:
    with worker_process() as process:
        (ref,) = world.case_waits()
        world.everybody_accepts(ref)
        process.send_signal(signal.SIGSTOP)
        world.until(lambda: world.state(ref) == "Resuming")
        with world.locked():  # the leg comes as far as its transaction
            process.send_signal(signal.SIGCONT)
            world.until(lambda: world.state(ref) == "Running", dispatching=False)
            process.kill()
            process.wait()
    assert world.stage(ref) == Stage.APPROVED
    with working():
        world.until(lambda: world.state(ref) == "Completed")
    assert world.stage(ref) == Stage.DELEGATED


def test_two_dispatchers_never_start_two_runs(world: World) -> None:
    ref = world.case_is_parked()
    world.everybody_accepts(ref)
    claims = []

    def claim() -> None:
        other = Database(world.database.url)
        with other.writing() as db:
            claims.append(routes.claim_due(db, utcnow()))
        other.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, claims)) == [0, 0, 0, 1]


def test_while_prefect_is_away_the_dispatcher_rests_and_says_so_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ref = world.case_is_parked()
    world.act(ref)
    nothing_there = {PREFECT_API_URL: "http://127.0.0.1:1/api"}
    with temporary_settings(updates=nothing_there), open_runs() as runs:
        away = Dispatcher(world.database, runs)
        with pytest.raises(Unavailable):
            away.tick()
        assert world.route(ref)["lease_until"] is None
        stop = threading.Event()
        threading.Timer(3, stop.set).start()
        with caplog.at_level(logging.WARNING, "flows.dispatcher"):
            away.run(stop)
    assert [record.name for record in caplog.records].count("flows.dispatcher") == 1
    with working():
        world.until(lambda: world.waits(ref))
