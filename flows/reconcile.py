"""Once a minute: every case at rest should have a waiting run, whatever was pressed or wiped in Prefect.

A run that is missing, ended or stuck is replaced by one that is only parked: no leg is spent on a case that
has nothing to do.
"""

from datetime import datetime, timedelta

from bjc.actions import routes
from bjc.actions.monitor import standing
from bjc.clock import utcnow
from bjc.db.questions.routes import Routed, at_rest, instance
from bjc.db.session import Database
from flows import monitor
from flows.runs import Run, Runs, parked

AT_ONCE = 20  # the dispatcher looks for due cases in between


def reconcile(database: Database, runs: Runs, now: datetime, lease: timedelta) -> bool:
    """Park anew what is not waiting; True when more than one helping remains. Raises Unavailable."""
    with database.reading() as db:
        name, cases = instance(db), at_rest(db, now)
    found = runs.read(case.run_id for case in cases)
    lost = [case for case in cases if _is_lost(found.get(case.run_id or ""), lease)]
    for case in lost[:AT_ONCE]:
        _park(database, runs, name, case, found.get(case.run_id or ""))
    return len(lost) > AT_ONCE


def _is_lost(run: Run | None, lease: timedelta) -> bool:
    if run is None or run.over or run.deployment_id is None:
        return True
    return run.is_stuck(utcnow(), lease)


def _park(database: Database, runs: Runs, name: str, case: Routed, old: Run | None) -> None:
    run = runs.make(case.ref, f"{name}:{case.ref}:{case.run_no + 1}", parked())
    with database.writing() as db:
        routes.note_parked(db, case, run.id)
    with database.reading() as db:
        stands = standing(db, case.ref, utcnow())
    runs.show(run, monitor.key(case.ref), monitor.page(stands), monitor.sentence(stands))
    if old is not None and not old.over:
        runs.end(old, f"Replaced by run {run.id}.")
