"""Brings the server in step with prefect.yaml, by Prefect's own `prefect --no-prompt deploy --all`.

That takes some seconds, so we look first and deploy only what differs.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from prefect.workers.base import BaseWorker
from prefect.workers.process import ProcessWorker

from bjc.errors import Unavailable
from bjc.resources import prefect_yaml
from flows.worker import POOL, InProcessWorker

SECONDS = 120


def deployments(path: Path | None = None) -> list[dict[str, Any]]:
    """The deployments of prefect.yaml, as written there."""
    text = (path or prefect_yaml()).read_text(encoding="utf-8")
    return list(yaml.safe_load(text)["deployments"])


def deploy(path: Path | None = None) -> None:
    """Make the pools and deploy everything; repeating it changes nothing. Raises Unavailable."""
    path = path or prefect_yaml()
    with _answers(), get_client(sync_client=True) as client:
        for name in {one["work_pool"]["name"] for one in deployments(path)}:
            _ensure_pool(client, name)
    command = ["-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(path)]
    try:
        subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except subprocess.CalledProcessError as error:
        said = (error.stdout + error.stderr).strip()[-500:]
        raise Unavailable(f"Prefect did not take prefect.yaml: {said}") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"Prefect did not take prefect.yaml within {SECONDS} seconds.") from error


def check() -> list[str]:
    """How the server differs from prefect.yaml, one sentence each; empty when it is in step."""
    with _answers(), get_client(sync_client=True) as client:
        return [line for wanted in deployments() for line in _differences(client, wanted)]


def ensure() -> None:
    """Deploy if anything differs."""
    if check():
        deploy()


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise Unavailable(f"Prefect does not answer ({type(error).__name__}).", "Run: bjc up") from error


def _ensure_pool(client: SyncPrefectClient, name: str) -> None:
    """The engine's own pool has the type of its worker; any other is Prefect's stock kind."""
    kind: type[BaseWorker[Any, Any, Any]] = InProcessWorker if name == POOL else ProcessWorker
    try:
        client.read_work_pool(name)
    except ObjectNotFound:
        template = kind.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=name, type=kind.type, base_job_template=template))


def _differences(client: SyncPrefectClient, wanted: dict[str, Any]) -> list[str]:
    flow: Flow[..., Any] = load_flow_from_entrypoint(wanted["entrypoint"])
    name = f"{flow.name}/{wanted['name']}"
    try:
        there = client.read_deployment_by_name(name)
    except ObjectNotFound:
        return [f"{name} is not deployed."]
    ours = {**_as_written(wanted), "what it takes": _takes(parameter_schema(flow).model_dump())}
    theirs = _as_deployed(there)
    return [f"{name}: {what} differs from prefect.yaml." for what in ours if ours[what] != theirs[what]]


def _as_written(wanted: dict[str, Any]) -> dict[str, Any]:
    schedules = [
        (one["slug"], one["cron"], one.get("timezone", "UTC"), one.get("active", True))
        for one in wanted.get("schedules") or []
    ]
    return {
        "entrypoint": wanted["entrypoint"],
        "pool": wanted["work_pool"]["name"],
        "description": wanted["description"].strip(),
        "tags": sorted(wanted["tags"]),
        "parameters": wanted.get("parameters") or {},
        "schedules": sorted(schedules),
    }


def _as_deployed(there: DeploymentResponse) -> dict[str, Any]:
    schedules = [
        (
            one.slug or "",
            getattr(one.schedule, "cron", ""),
            getattr(one.schedule, "timezone", None) or "UTC",
            one.active,
        )
        for one in there.schedules
    ]
    return {
        "entrypoint": there.entrypoint,
        "pool": there.work_pool_name,
        "description": (there.description or "").strip(),
        "tags": sorted(there.tags),
        "parameters": there.parameters,
        "schedules": sorted(schedules),
        "what it takes": _takes(there.parameter_openapi_schema or {}),
    }


def _takes(schema: dict[str, Any]) -> tuple[Any, Any]:
    return schema.get("properties", {}), schema.get("required", [])
