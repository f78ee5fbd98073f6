"""Sees, about once a second, that every due case has a run (design.md D3). Waking is by level: a lost call, a
killed process or a wiped Prefect only delays a case, because it is still due at the next look.

Claim (commit), call Prefect, record with the fencing number: no transaction is open during a call.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from bjc.actions import routes
from bjc.actions.routes import LEASE, Due
from bjc.clock import utcnow
from bjc.db.questions.routes import MOST_FAILURES, anything_due, instance
from bjc.db.session import Database
from bjc.errors import Unavailable
from flows.reconcile import reconcile
from flows.runs import NotDeployed, Run, Runs, start

log = logging.getLogger(__name__)

EVERY = 0.5
COMPARE_EVERY = 60.0
LONGEST_REST = 15.0
QUIET = 60.0
SOON, SELDOM = timedelta(seconds=1), timedelta(seconds=30)


class Dispatcher:
    """One dispatcher of perhaps several.

    `clock` tells when cases are due; `deploy` repairs a missing deployment; `lease` is how long a claimed case
    is left to its leg.
    """

    def __init__(
        self,
        database: Database,
        runs: Runs,
        clock: Callable[[], datetime] = utcnow,
        deploy: Callable[[], None] = lambda: None,
        lease: timedelta = LEASE,
    ) -> None:
        self._database = database
        self._runs = runs
        self._clock = clock
        self._deploy = deploy
        self._lease = lease
        self._rest = 0.0
        self._said_at = -QUIET

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop. While Prefect or the database is away, rest, longer each time."""
        compare_at = 0.0
        while not stop.is_set():
            try:
                self.tick()
                if time.monotonic() >= compare_at:
                    compare_at = time.monotonic() + (1.0 if self.reconcile() else COMPARE_EVERY)
                self._rest = 0.0
            except (Unavailable, OperationalError) as error:
                self._back_off(error)
            stop.wait(self._rest or EVERY)

    def tick(self) -> int:
        """Give each due case its run; returns how many were claimed. With nothing due it is one SELECT."""
        with self._database.reading() as db:
            if not anything_due(db, self._clock()):
                return 0
            name = instance(db)
        with self._database.writing() as db:
            claimed = routes.claim_due(db, self._clock(), lease=self._lease)
        self._attend(name, claimed)
        return len(claimed)

    def reconcile(self) -> bool:
        """Compare every case at rest with Prefect, park what is missing; True while more is to be done."""
        try:
            self._runs.deployment_id(refresh=True)
        except NotDeployed:
            self._deploy()
        return reconcile(self._database, self._runs, self._clock(), self._lease)

    def _attend(self, name: str, claimed: list[Due]) -> None:
        waiting = list(claimed)
        try:
            found = self._runs.read(due.run_id for due in claimed)
            while waiting:
                self._see_to(name, waiting[0], found.get(waiting[0].run_id or ""))
                waiting.pop(0)
        except Unavailable as error:
            self._later(waiting, SOON)
            if isinstance(error, NotDeployed):
                self._deploy()
            raise

    def _see_to(self, name: str, due: Due, run: Run | None) -> None:
        if run is None or (run.over and not run.failed):
            self._next_run(name, due, run)
        elif run.failed or run.is_stuck(utcnow(), self._lease):
            self._after_a_failure(name, due, run)
        elif run.waits:
            if not self._runs.resume(run):  # its deployment was deleted
                self._next_run(name, due, run)
        else:
            age = utcnow() - run.since
            self._later([due], min(max(age / 4, SOON), SELDOM))

    def _after_a_failure(self, name: str, due: Due, run: Run) -> None:
        with self._database.writing() as db:
            count = routes.failed(db, due.case_id, self._clock())
        if count < MOST_FAILURES:
            self._next_run(name, due, run, routes.pause_after(count))
        else:
            log.error("%s failed %s times; it needs an operator. Its last run: %s", due.ref, count, run.id)

    def _next_run(self, name: str, due: Due, old: Run | None, pause: timedelta = timedelta(0)) -> None:
        number = due.run_no + 1
        run = self._runs.make(due.ref, f"{name}:{due.ref}:{number}", start(utcnow() + pause))
        with self._database.writing() as db:
            ours = routes.note_run(db, due, run.id, number)
        if old is not None and not old.over:
            self._runs.end(old, f"Replaced by run {run.id}.")
        if ours and not run.queued:  # the number was used before: look at what it names
            self._later([due], SOON)

    def _later(self, dues: list[Due], pause: timedelta) -> None:
        with self._database.writing() as db:
            for due in dues:
                routes.give_back(db, due, self._clock() + pause)

    def _back_off(self, error: Exception) -> None:
        self._rest = min(max(self._rest * 2, 1.0), LONGEST_REST)
        if time.monotonic() - self._said_at >= QUIET:
            self._said_at = time.monotonic()
            log.warning("The dispatcher will try again: %s", error)
