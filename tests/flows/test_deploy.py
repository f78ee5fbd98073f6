"""prefect.yaml says what is deployed, and the server has it."""

from importlib import import_module
from pathlib import Path

import yaml
from prefect import Flow
from prefect.client.orchestration import get_client

from bjc.resources import prefect_yaml
from flows import deploy
from flows.runs import NAME
from flows.worker import POOL, InProcessWorker
from tests.flows.conftest import Server

KNOWN = {
    "name", "version", "tags", "description", "schedules", "concurrency_limit", "entrypoint", "parameters",
    "enforce_parameter_schema", "pull", "work_pool", "triggers",
}  # fmt: skip


def test_every_deployment_names_a_flow_that_imports() -> None:
    flows = {}
    for one in deploy.deployments():
        module, _, name = one["entrypoint"].rpartition(".")
        flow = getattr(import_module(module), name)
        assert isinstance(flow, Flow)
        flows[f"{flow.name}/{one['name']}"] = flow
    assert NAME in flows


def test_every_flow_has_a_time_limit_and_no_retries() -> None:
    for one in deploy.deployments():
        module, _, name = one["entrypoint"].rpartition(".")
        flow = getattr(import_module(module), name)
        assert flow.timeout_seconds
        assert not flow.retries


def test_nothing_is_pulled_and_no_key_is_misspelt() -> None:
    written = yaml.safe_load(prefect_yaml().read_text())
    assert written["pull"] == []
    for one in written["deployments"]:
        assert set(one) <= KNOWN
        assert one["description"]
        assert "bjc" in one["tags"]
        assert one["work_pool"]["name"] == POOL


def test_every_schedule_has_a_slug_and_londons_time() -> None:
    schedules = [schedule for one in deploy.deployments() for schedule in one.get("schedules", [])]
    assert [s for s in schedules if not s.get("slug") or s.get("timezone") != "Europe/London"] == []


def test_after_deploying_the_server_is_in_step(server: Server) -> None:
    assert deploy.check() == []
    with get_client(sync_client=True) as client:
        assert client.read_work_pool(POOL).type == InProcessWorker.type


def test_what_differs_is_named_and_put_right(server: Server, tmp_path: Path) -> None:
    with get_client(sync_client=True) as client:
        client.delete_deployment(client.read_deployment_by_name(NAME).id)
        assert deploy.check() == [f"{NAME} is not deployed."]
        deploy.ensure()
        assert deploy.check() == []
        there = client.read_deployment_by_name(NAME)
        assert there.pull_steps in (None, [])
        assert str(tmp_path.anchor) not in (there.entrypoint or "")
