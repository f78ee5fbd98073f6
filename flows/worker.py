"""The in-process worker: Prefect's extension point for workers of one's own, without a subprocess a leg.

A leg has its own thread and its own event loop, so that a busy database never holds up the looking for work.
The same deployments also run on a stock process pool (`bjc worker --stock`).
"""

import asyncio
import os
import socket
from functools import lru_cache
from typing import Any
from uuid import UUID

import anyio.abc
import anyio.to_thread
from prefect import Flow
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import run_flow_async, run_flow_sync
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult
from pydantic import PrivateAttr

POOL = "bjc"
TYPE = "bjc"


class LegConfiguration(BaseJobConfiguration):
    """What a leg needs to know: the entry point of its deployment."""

    _entrypoint: str = PrivateAttr(default="")

    def prepare_for_flow_run(
        self, flow_run: FlowRun, deployment: Any = None, *rest: Any, **more: Any
    ) -> None:
        """Called by Prefect before each leg."""
        super().prepare_for_flow_run(flow_run, deployment, *rest, **more)
        self._entrypoint = deployment.entrypoint if deployment else ""

    @property
    def entrypoint(self) -> str:
        """Such as `flows.route_bjc.route_bjc`."""
        return self._entrypoint


class LegResult(BaseWorkerResult):
    """A leg is over; how it ended is in its state."""


class InProcessWorker(BaseWorker[LegConfiguration, BaseVariables, LegResult]):
    """Runs legs in threads of this process, at most `limit` at once."""

    type = TYPE
    job_configuration = LegConfiguration
    _description = "Runs bjc's flows inside the bjc engine, without a process for each."
    _display_name = "bjc engine"

    async def run(
        self,
        flow_run: FlowRun,
        configuration: LegConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> LegResult:
        """One leg, to its end or its suspension."""
        place = f"{socket.gethostname()}:{os.getpid()}"
        if task_status is not None:
            task_status.started(place)
        await anyio.to_thread.run_sync(_leg, _flow(configuration.entrypoint), flow_run)
        return LegResult(identifier=place, status_code=0)

    async def _get_scheduled_flow_runs(self) -> list[WorkerFlowRunResponse]:
        """Leave a run whose last leg is still closing: Prefect's limiter would take it for a fault."""
        found = await super()._get_scheduled_flow_runs()
        busy = self._limiter.statistics().borrowers if self._limiter else ()
        return [one for one in found if one.flow_run.id not in busy]

    async def _give_worker_labels_to_flow_run(self, flow_run_id: UUID) -> None:
        """Left out: nobody reads them, and on a busy SQLite this is the call that fails and costs a leg."""


async def serve(limit: int) -> None:
    """Work until cancelled; legs under way are finished first. Makes the pool if there is none."""
    # Heartbeats are for finding dead legs; the dispatcher does that, and they cost a thread each.
    with temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        await InProcessWorker(POOL, name=socket.gethostname(), limit=limit, prefetch_seconds=0).start(
            printer=lambda *_: None
        )


@lru_cache
def _flow(entrypoint: str) -> Flow[..., Any]:
    return load_flow_from_entrypoint(entrypoint)


def _leg(flow: Flow[..., Any], flow_run: FlowRun) -> None:
    try:
        if flow.isasync:
            asyncio.run(run_flow_async(flow, flow_run, flow_run.parameters, return_type="state"))
        else:
            run_flow_sync(flow, flow_run, flow_run.parameters, return_type="state")
    except (Abort, Pause):
        return  # suspended, or the server had a reason not to let it run: its state says which
