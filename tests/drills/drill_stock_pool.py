"""The same flow runs on Prefect's stock process pool: nothing depends on our own worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.conftest import Server, server, world  # sets Prefect's environment, so it comes first

# isort: split
from bjc.resources import prefect_yaml
from bjc.rules.stages import Stage
from flows import deploy
from flows.dispatcher import Dispatcher
from tests.flows.world import World, worker_process

__all__ = ["server", "world"]  # the fixtures of the flow tests


@pytest.fixture
def stock_pool(
    server: Server,
    tmp_path: Path,
) -> Iterator[None]:
    """prefect.yaml with the one word changed."""
    changed = tmp_path / "prefect.yaml"
    changed.write_text(prefect_yaml().read_text().replace("name: bjc  #", "name: bjc-process  #"))
    deploy.deploy(changed)
    yield
    deploy.deploy()


def test_a_case_goes_its_way_on_the_stock_process_pool(stock_pool: None, world: World) -> None:
    ref = world.case_is_parked()
    world.everybody_accepts(ref)
    world.dispatcher = Dispatcher(world.database, world.runs)  # a process takes longer than the short lease
    with worker_process("--stock"):
        world.until(lambda: world.state(ref) == "Completed", patience=180)
    assert world.stage(ref) == Stage.DELEGATED
