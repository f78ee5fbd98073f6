"""What the dispatcher asks of Prefect: read runs, resume one, make one, end one.

A server that is down, slow or busy for long raises `Unavailable`, which means "later".
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Cancelled, Pending, Scheduled, Suspended

from bjc.errors import Unavailable

NAME = "route-bjc/route-bjc"
PAGE = 200  # the server's limit for one answer
SECONDS = 10.0
PAUSES = (0.05, 0.1, 0.2, 0.4)
ENDS = (StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)


class Patient(httpx.HTTPTransport):
    """Asks again at once where the server's SQLite was busy (503); Prefect's client would sleep for seconds."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, of a few tries at most."""
        for pause in PAUSES:
            response = super().handle_request(request)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return response
            response.close()
            time.sleep(pause)
        return super().handle_request(request)


class NotDeployed(Unavailable):
    """Prefect answers but does not know our deployment: a new or wiped server."""


@dataclass(frozen=True)
class Run:
    """A flow run as Prefect has it. `since` is when it entered its state, by Prefect's clock (UTC)."""

    id: str
    state: StateType
    since: datetime
    deployment_id: UUID | None

    @property
    def waits(self) -> bool:
        """Suspended, without a process: it can be resumed, unless its deployment was deleted."""
        return self.state == StateType.PAUSED

    @property
    def queued(self) -> bool:
        """A worker is to take it; how long that takes says nothing about the run."""
        return self.state == StateType.SCHEDULED

    @property
    def over(self) -> bool:
        """It will do nothing more."""
        return self.state in ENDS

    @property
    def failed(self) -> bool:
        """It broke, of itself or with its process."""
        return self.state in (StateType.FAILED, StateType.CRASHED)

    def is_stuck(self, now: datetime, lease: timedelta) -> bool:
        """Begun long ago and never ended: its worker died. A run still queued only waits for a worker."""
        return not (self.over or self.waits or self.queued) and now - self.since > 2 * lease


class Runs:
    """The case runs of one Prefect server, over one kept connection."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self._client = client
        self._deployment_id: UUID | None = None

    def deployment_id(self, refresh: bool = False) -> UUID:
        """The deployment that case runs belong to; raises NotDeployed."""
        if refresh or self._deployment_id is None:
            self._deployment_id = None
            with _answers():
                self._deployment_id = self._client.read_deployment_by_name(NAME).id
        return self._deployment_id

    def read(self, ids: Iterable[str | None]) -> dict[str, Run]:
        """The runs of these ids that still exist, by id."""
        wanted = [UUID(one) for one in ids if one]
        found: list[FlowRun] = []
        for start in range(0, len(wanted), PAGE):
            page = FlowRunFilter(id=FlowRunFilterId(any_=wanted[start : start + PAGE]))
            with _answers():
                found += self._client.read_flow_runs(flow_run_filter=page, limit=PAGE)
        return {str(run.id): _seen(run) for run in found}

    def resume(self, run: Run) -> bool:
        """Wake a suspended run; False when the server refuses, as for a run of a deleted deployment."""
        with _answers():
            answer = self._client.resume_flow_run(UUID(run.id))
        return answer.status == SetStateStatus.ACCEPT

    def make(self, ref: str, key: str, state: State[Any]) -> Run:
        """A run for this case, in the state that `start` or `parked` gives.

        A key already used gives the run that has it, whatever became of that run.
        """
        deployment = self.deployment_id()
        try:
            with _answers():
                run = self._client.create_flow_run_from_deployment(
                    deployment,
                    parameters={"case_ref": ref},
                    state=state,
                    name=ref,
                    tags=["bjc", f"case:{ref}"],
                    idempotency_key=key,
                )
        except NotDeployed:
            self._deployment_id = None
            raise
        return _seen(run)

    def show(self, run: Run, key: str, text: str, description: str) -> None:
        """Put an artifact on a run that no leg has put one on."""
        shown = ArtifactCreate(
            key=key, type="markdown", data=text, description=description, flow_run_id=UUID(run.id)
        )
        with _answers():
            self._client.create_artifact(shown)

    def end(self, run: Run, why: str) -> None:
        """Close a run that another one has replaced, so that nobody takes it for alive."""
        with _answers(missing_is_fine=True):
            self._client.set_flow_run_state(UUID(run.id), Cancelled(message=why), force=True)


def start(at: datetime) -> State[Any]:
    """A run that a worker takes from then on."""
    return Scheduled(scheduled_time=at)


def parked() -> State[Any]:
    """A run that only waits: no leg is spent on it."""
    return Suspended(pause_key=uuid4().hex, message="Waiting again.")


@contextmanager
def open_runs() -> Iterator[Runs]:
    """Case runs over a client of this thread that gives up soon: the dispatcher itself comes back later."""
    quick = {"timeout": httpx.Timeout(SECONDS), "transport": Patient()}
    with (
        temporary_settings(updates={PREFECT_CLIENT_MAX_RETRIES: 0}),
        get_client(httpx_settings=quick, sync_client=True) as client,
    ):
        yield Runs(client)


def _seen(run: FlowRun) -> Run:
    state: State[Any] = run.state or Pending()
    return Run(str(run.id), state.type, state.timestamp, run.deployment_id)


@contextmanager
def _answers(missing_is_fine: bool = False) -> Iterator[None]:
    try:
        yield
    except ObjectNotFound as error:
        if not missing_is_fine:
            raise NotDeployed(f"Prefect does not know {NAME}.", "Run: bjc deploy") from error
    except httpx.HTTPStatusError as error:
        if error.response.status_code == 404:
            raise NotDeployed(f"Prefect does not know {NAME}.", "Run: bjc deploy") from error
        raise Unavailable(f"Prefect answered {error.response.status_code}.") from error
    except httpx.HTTPError as error:
        raise Unavailable(f"Prefect does not answer ({type(error).__name__}).") from error
