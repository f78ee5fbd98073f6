"""What the flow tests see and do: cases, their runs in Prefect, a dispatcher and workers."""

import asyncio
import queue
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import PrefectHTTPStatusError
from sqlalchemy import text
from sqlalchemy.orm import Session

from bjc.actions import appointments, routes
from bjc.actions.actor import Actor
from bjc.clock import utcnow
from bjc.db.cases import Case
from bjc.db.questions import delivery
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.db.tables import metadata
from bjc.errors import Unavailable
from bjc.rules.stages import Stage
from flows import deploy, worker
from flows.dispatcher import Dispatcher
from flows.runs import Run, Runs, open_runs
from flows.store import database
from tests.builders import a_case

LEASE = timedelta(seconds=2)
PATIENCE = 60.0


@dataclass
class World:
    """One installation. Time is real here, so cases are made at the present moment."""

    database: Database
    runs: Runs
    client: SyncPrefectClient
    dispatcher: Dispatcher

    @classmethod
    @contextmanager
    def open(cls) -> "Iterator[World]":
        """Over the settings of the moment; a name of its own keeps it apart from other tests' cases."""
        base = database()
        with base.writing() as db:
            db.execute(text("UPDATE alliance SET instance = :name"), {"name": uuid4().hex})
        with open_runs() as runs, get_client(sync_client=True) as client:
            yield cls(base, runs, client, Dispatcher(base, runs, deploy=deploy.deploy, lease=LEASE))
        base.close()

    def case_waits(self, stage: Stage = Stage.APPROVED, count: int = 1) -> list[str]:
        """Cases that wait for people, each with a suspended run. Needs a worker."""
        with self.database.writing() as db:
            cases = [self._case(db, stage) for _ in range(count)]
            for case in cases:
                routes.want(db, case.id)
            refs = [case.ref for case in cases]
        self.until(lambda: all(self.waits(ref) for ref in refs))
        return refs

    def case_is_parked(self) -> str:
        """A case at rest whose run was never taken by a worker."""
        with self.database.writing() as db:
            ref = self._case(db, Stage.APPROVED).ref
            db.execute(text("UPDATE route SET run_id = :id WHERE run_id IS NULL"), {"id": str(uuid4())})
        self.reconcile()
        assert self.waits(ref)
        return ref

    def _case(self, db: Session, stage: Stage) -> Case:
        """One of several that go to the same group: their titles differ."""
        case = a_case(db, stage, utcnow())
        case.title = f"{case.title} {case.ref}"
        db.flush()
        return case

    def everybody_accepts(self, ref: str) -> None:
        """The last acts of a case's route; its run then has one leg to go."""
        with self.database.writing() as db:
            for row, person in delivery.appointments_of(db, case_by_ref(db, ref).id):
                appointments.answer(db, row.id, True, "", Actor("member", person.id, "link"), utcnow())

    def act(self, ref: str) -> None:
        """Something happened that could change what settling would do."""
        with self.database.writing() as db:
            routes.want(db, case_by_ref(db, ref).id)

    def until(self, what: Callable[[], bool], dispatching: bool = True, patience: float = PATIENCE) -> None:
        """Let the dispatcher look, again and again, until it is so."""
        end = time.monotonic() + patience
        while not self._is_so(what):
            assert time.monotonic() < end, f"it did not come about: {self.routes()}"
            if dispatching:
                self.look()
            time.sleep(0.1)

    @staticmethod
    def _is_so(what: Callable[[], bool]) -> bool:
        """A crowded server's 503 is no answer."""
        with suppress(Unavailable, PrefectHTTPStatusError):
            return what()
        return False

    def look(self) -> None:
        """As the dispatcher does it: a busy server means later."""
        with suppress(Unavailable):
            self.dispatcher.tick()

    def reconcile(self) -> None:
        """Everything that is to be compared, to the end."""
        more = True
        while more:
            with suppress(Unavailable):
                more = self.dispatcher.reconcile()

    def until_reconciled(self, ref: str) -> None:
        """Until the case is at rest again with a waiting run."""

        def looked() -> bool:
            self.reconcile()
            return self.waits(ref)

        self.until(looked)

    def finishes(self, ref: str) -> None:
        """From here the case comes to the end of its route."""
        self.everybody_accepts(ref)
        self.until(lambda: self.stage(ref) == Stage.DELEGATED and self.state(ref) == "Completed")

    def waits(self, ref: str) -> bool:
        """At rest: settled, with a suspended run."""
        row = self.route(ref)
        return (
            row["wanted"] == row["settled"] and row["lease_until"] is None and self.state(ref) == "Suspended"
        )

    def route(self, ref: str) -> dict[str, Any]:
        with self.database.reading() as db:
            query = "SELECT route.* FROM route JOIN bjc_case ON bjc_case.id = case_id WHERE ref = :ref"
            return dict(db.execute(text(query), {"ref": ref}).mappings().one())

    def routes(self) -> list[dict[str, Any]]:
        with self.database.reading() as db:
            return [dict(row) for row in db.execute(text("SELECT * FROM route")).mappings()]

    def stage(self, ref: str) -> str:
        with self.database.reading() as db:
            return case_by_ref(db, ref).stage

    def state(self, ref: str) -> str:
        """The state of the case's own run, by name; empty when it has none."""
        run_id = self.route(ref)["run_id"]
        found = [run for run in self.all_runs(ref) if str(run.id) == run_id]
        return found[0].state.name or "" if found and found[0].state else ""

    def run(self, ref: str) -> Run:
        """The case's own run."""
        run_id = self.route(ref)["run_id"]
        return self.runs.read([run_id])[run_id]

    def all_runs(self, ref: str) -> list[FlowRun]:
        """Every run of this case and this database that Prefect knows."""
        tags = FlowRunFilterTags(all_=[f"case:{ref}"])
        with self.database.reading() as db:
            name = db.execute(text("SELECT instance FROM alliance")).scalar_one()
        found = self.client.read_flow_runs(flow_run_filter=FlowRunFilter(tags=tags), limit=200)
        return [run for run in found if (run.idempotency_key or "").startswith(name)]

    def press(self, ref: str, state: State[Any]) -> None:
        """What a button in Prefect's pages does to the case's run."""
        self.client.set_flow_run_state(UUID(self.route(ref)["run_id"]), state, force=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write meanwhile (SQLite)."""
        other = sqlite3.connect(self.database.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.database.reading() as db:
            return {
                table.name: sorted(map(repr, db.execute(table.select()))) for table in metadata.sorted_tables
            }


@contextmanager
def working(limit: int = 2) -> Iterator[None]:
    """The in-process worker, in a thread."""
    known: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = queue.SimpleQueue()

    async def work() -> None:
        task = asyncio.ensure_future(worker.serve(limit))
        known.put((asyncio.get_running_loop(), task))
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    loop, task = known.get()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(30)


@contextmanager
def worker_process(*options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as a process of its own, which can be killed; the same one, unless `options` say otherwise."""
    process = subprocess.Popen([sys.executable, "-m", "bjc.cli", "worker", *options])
    try:
        yield process
    finally:
        process.kill()
        process.wait()
