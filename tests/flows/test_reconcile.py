"""What is pressed, deleted or wiped in Prefect harms no case."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Cancelled, Cancelling

from bjc.errors import Unavailable
from bjc.rules.stages import Stage
from flows.runs import NAME
from tests.flows.conftest import Server
from tests.flows.world import World, working

Button = Callable[[World, str], None]


def resume(world: World, ref: str) -> None:
    assert world.runs.resume(world.run(ref))


def cancel(world: World, ref: str) -> None:
    answer = world.client.set_flow_run_state(UUID(world.run(ref).id), Cancelling())
    assert answer.state is not None


def cancel_at_once(world: World, ref: str) -> None:
    world.press(ref, Cancelled())


def retry(world: World, ref: str) -> None:
    world.press(ref, State(type=StateType.SCHEDULED, name="AwaitingRetry"))


def delete(world: World, ref: str) -> None:
    world.client.delete_flow_run(UUID(world.run(ref).id))


def delete_the_deployment(world: World, ref: str) -> None:
    world.client.delete_deployment(world.client.read_deployment_by_name(NAME).id)


def patiently(button: Button, world: World, ref: str) -> None:
    """Press it as a person would: a crowded server answers 503, and is asked again."""
    for _ in range(20):
        try:
            return button(world, ref)
        except (PrefectHTTPStatusError, Unavailable):
            time.sleep(0.5)
    return button(world, ref)


BUTTONS = [resume, cancel, cancel_at_once, retry, delete, delete_the_deployment]


@pytest.mark.parametrize("press", BUTTONS, ids=lambda button: button.__name__)
def test_a_button_pressed_on_a_waiting_run_harms_no_case(
    world: World, press: Callable[[World, str], None]
) -> None:
    with working():
        (ref,) = world.case_waits()
        before = {name: rows for name, rows in world.dump().items() if name != "route"}
        patiently(press, world, ref)
        world.until_reconciled(ref)
        assert {name: rows for name, rows in world.dump().items() if name != "route"} == before
        world.finishes(ref)


@pytest.mark.parametrize("press", [cancel, delete], ids=lambda button: button.__name__)
def test_a_button_pressed_on_a_case_that_is_due_only_delays_it(
    world: World, press: Callable[[World, str], None]
) -> None:
    with working():
        (ref,) = world.case_waits()
        world.everybody_accepts(ref)
        patiently(press, world, ref)
        world.until(lambda: world.state(ref) == "Completed")
    assert world.stage(ref) == Stage.DELEGATED


def test_retry_of_a_finished_run_changes_nothing(world: World) -> None:
    with working():
        (ref,) = world.case_waits()
        world.finishes(ref)
        before = {name: rows for name, rows in world.dump().items() if name != "route"}
        retry(world, ref)
        world.until(lambda: world.state(ref) == "Completed")
    assert {name: rows for name, rows in world.dump().items() if name != "route"} == before
    assert world.dispatcher.reconcile() is False
    assert len(world.all_runs(ref)) == 1


@pytest.mark.timeout(240)
def test_twenty_waiting_cases_are_parked_again_and_finish_when_prefect_is_wiped(
    world: World, server: Server
) -> None:
    refs = [world.case_is_parked() for _ in range(20)]
    server.stop()
    server.wipe()
    server.start()
    world.reconcile()
    assert [world.state(ref) for ref in refs] == ["Suspended"] * 20
    parked = {str(run.flow_run_id) for run in world.client.read_artifacts(limit=100)}
    assert {str(world.run(ref).id) for ref in refs} <= parked, "a parked run shows what its case waits for"
    assert [len(world.all_runs(ref)) for ref in refs] == [1] * 20
    with working():
        for ref in refs:
            world.everybody_accepts(ref)
        world.until(lambda: all(world.stage(ref) == Stage.DELEGATED for ref in refs))
        world.until(lambda: all(world.state(ref) == "Completed" for ref in refs))
