"""A case's run, from its first leg to its last."""

import logging
import time

import pytest
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import StateType
from sqlalchemy import text

from bjc.db import session
from bjc.db.questions.people import persons
from bjc.db.questions.routes import need_an_operator
from bjc.rules.stages import Stage
from tests.flows.world import World, working


def test_a_run_suspends_while_people_must_act_and_goes_on_when_they_have(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        first = world.run(ref)
        world.finishes(ref)
    assert [str(run.id) for run in world.all_runs(ref)] == [first.id]
    assert world.route(ref)["live"] == 0


def test_an_act_that_changes_nothing_leaves_the_same_run_waiting_again(world: World) -> None:
    with working():
        (ref,) = world.case_waits(Stage.SCOPE_DECISION)
        before = world.run(ref)
        world.act(ref)
        world.until(lambda: world.waits(ref))
    after = world.run(ref)
    assert after.id == before.id
    assert after.since > before.since


def test_the_run_bears_the_reference_and_shows_what_it_waits_for_without_any_name(world: World) -> None:
    with working():
        (ref,) = world.case_waits(Stage.SCOPE_DECISION)
    (run,) = world.all_runs(ref)
    assert run.name == ref
    assert set(run.tags) >= {"bjc", f"case:{ref}"}
    key = ArtifactFilterKey(any_=[f"case-{ref.lower()}"])
    shown = world.client.read_artifacts(artifact_filter=ArtifactFilter(key=key))
    page = next(one for one in shown if one.flow_run_id == run.id)
    assert f"/cases/{ref}" in str(page.data)
    assert "scope decision" in str(page.data)
    with world.database.reading() as db:
        names = [person.name for person in persons(db)]
    assert [name for name in names if name in str(page.data) + str(page.description)] == []


def test_a_run_that_has_ended_says_that_nothing_is_waited_for(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        world.finishes(ref)
    key = ArtifactFilterKey(any_=[f"case-{ref.lower()}"])
    shown = world.client.read_artifacts(artifact_filter=ArtifactFilter(key=key))
    newest = max(shown, key=lambda one: str(one.created))
    assert "Nothing is waited for" in str(newest.data)


def test_a_run_of_another_database_ends_without_touching_the_case(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        stranger = world.run(ref)
        with world.database.writing() as db:
            db.execute(text("UPDATE alliance SET instance = 'another'"))
            db.execute(text("UPDATE route SET run_id = NULL, run_no = 0"))
        world.everybody_accepts(ref)
        before = world.route(ref)
        world.runs.resume(stranger)
        world.until(lambda: world.runs.read([stranger.id])[stranger.id].over, dispatching=False)
    assert world.runs.read([stranger.id])[stranger.id].state == StateType.COMPLETED
    assert world.route(ref) == before
    assert world.stage(ref) == Stage.APPROVED


def test_a_leg_that_fails_is_seen_tried_again_and_recovers_when_the_fault_is_gone(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        broken(world, ref)
        world.act(ref)
        world.until(lambda: world.route(ref)["failures"] == 1)
        mended(world, ref)
        world.until(lambda: world.waits(ref))
    assert world.route(ref)["failures"] == 0
    assert {run.state.name for run in world.all_runs(ref) if run.state} == {"Failed", "Suspended"}
    (failed,) = [run.state for run in world.all_runs(ref) if run.state and run.state.name == "Failed"]
    assert "ValueError" in str(failed.message)
    assert "nonsense" not in str(failed.message)


def test_a_busy_database_is_tried_again_within_the_leg(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = world.case_is_parked()
    world.everybody_accepts(ref)
    world.until(lambda: world.state(ref) == "Resuming")
    monkeypatch.setattr(session, "PRAGMAS", (*session.PRAGMAS, "PRAGMA busy_timeout=100"))
    world.database.close()
    with working():
        with world.locked():
            world.until(lambda: world.state(ref) == "Running", dispatching=False)
            time.sleep(1)
        world.until(lambda: world.state(ref) == "Completed", dispatching=False)
    assert world.stage(ref) == Stage.DELEGATED
    assert world.route(ref)["failures"] == 0


def test_a_case_that_fails_again_and_again_is_left_to_an_operator(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        broken(world, ref)
        with world.database.writing() as db:
            db.execute(text("UPDATE route SET failures = 7"))
        world.act(ref)
        world.until(lambda: world.route(ref)["failures"] == 8)
        runs = len(world.all_runs(ref))
        assert [world.dispatcher.tick() for _ in range(5)] == [0] * 5
        world.dispatcher.reconcile()
    assert len(world.all_runs(ref)) == runs
    with world.database.reading() as db:
        assert [case.ref for case in need_an_operator(db)] == [ref]


def test_a_suspended_leg_writes_no_error_into_its_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("prefect.flow_runs")
    logger.addHandler(caplog.handler)
    try:
        with working():
            (ref,) = world.case_waits()
    finally:
        logger.removeHandler(caplog.handler)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [line for level, line in lines if level == "ERROR"] == []
    assert [
        line for level, line in lines if level == "INFO" and line.startswith(f"{ref} (approved) waits for")
    ]


def broken(world: World, ref: str) -> None:
    """Put the case where no settling can make sense of it."""
    with world.database.writing() as db:
        db.execute(text("UPDATE bjc_case SET stage = 'nonsense' WHERE ref = :ref"), {"ref": ref})


def mended(world: World, ref: str) -> None:
    with world.database.writing() as db:
        db.execute(text("UPDATE bjc_case SET stage = 'approved' WHERE ref = :ref"), {"ref": ref})
