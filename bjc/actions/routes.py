"""D3's table: which cases are due to be settled, and which Prefect run does it. Waking is by level."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from bjc.db.cases import Case, Route
from bjc.db.columns import rows_of
from bjc.db.questions.routes import Routed, due, free

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = 300.0

_ROUTES = rows_of(Route)
_BEGIN = insert(_ROUTES)
_OF_CASE = update(_ROUTES).where(_ROUTES.c.case_id == bindparam("of"))
_WANT = _OF_CASE.values(wanted=_ROUTES.c.wanted + 1, live=True)
_SETTLED = _OF_CASE.values(failures=0, not_before=None, lease_until=None)
_LOCK = select(_ROUTES).where(_ROUTES.c.case_id == bindparam("of")).with_for_update()


@dataclass(frozen=True)
class Due:
    """A claimed case, for which the dispatcher sees that it has a run. `lease_no` is the fencing number."""

    case_id: int
    ref: str
    run_id: str | None
    run_no: int
    lease_no: int


def begin(db: Session, case_id: int) -> None:
    """A new case gets its route, at rest."""
    db.execute(_BEGIN, {"case_id": case_id})


def want(db: Session, case_id: int) -> None:
    """An act that could change what `settle` would do adds one."""
    db.execute(_WANT, {"of": case_id})


def lock(db: Session, case_id: int) -> Row[Any]:
    """The route of a locked case, as it is now: every column of `Route`."""
    return db.execute(_LOCK, {"of": case_id}).one()


def settled(db: Session, case_id: int, wanted: int, wake_at: datetime | None, live: bool) -> None:
    """What `settle` read and found: `settled` becomes the `wanted` it read, and the slate is clean."""
    db.execute(_SETTLED, {"of": case_id, "settled": wanted, "wake_at": wake_at, "live": live})


def claim_due(db: Session, now: datetime, limit: int = 10, lease: timedelta = LEASE) -> list[Due]:
    """Due cases under a lease: two dispatchers never start two runs. Commit before calling Prefect."""
    rows = db.execute(
        select(Route.case_id, Case.ref, Route.run_id, Route.run_no, Route.lease_no)
        .join(Case, Case.id == Route.case_id)
        .where(
            Route.case_id.in_(due(now)), *free(now)
        )  # again, for a row that another dispatcher just claimed
        .order_by(Route.case_id)
        .limit(limit)
        .with_for_update(of=Route, skip_locked=True)
    ).all()
    for row in rows:
        _lease(db, row.case_id, now + lease, row.lease_no + 1)
    return [Due(row.case_id, row.ref, row.run_id, row.run_no, row.lease_no + 1) for row in rows]


def _lease(db: Session, case_id: int, until: datetime, lease_no: int) -> None:
    db.execute(update(Route).where(Route.case_id == case_id).values(lease_until=until, lease_no=lease_no))


def note_run(db: Session, due: Due, run_id: str, run_no: int) -> bool:
    """Remember the run that this claim created; False when the claim was lost meanwhile."""
    done = db.execute(
        update(Route)
        .where(Route.case_id == due.case_id, Route.lease_no == due.lease_no)
        .values(run_id=run_id, run_no=run_no)
        .returning(Route.case_id)
    )
    return done.first() is not None


def note_parked(db: Session, case: Routed, run_id: str) -> bool:
    """Remember the next run, which only waits; False when somebody else gave the case a run meanwhile."""
    done = db.execute(
        update(Route)
        .where(Route.case_id == case.case_id, Route.run_no == case.run_no)
        .values(run_id=run_id, run_no=case.run_no + 1)
        .returning(Route.case_id)
    )
    return done.first() is not None


def give_back(db: Session, due: Due, until: datetime | None = None) -> None:
    """End the claim early; with `until`, leave the case alone until then ("later" is not a failure)."""
    db.execute(
        update(Route)
        .where(Route.case_id == due.case_id, Route.lease_no == due.lease_no)
        .values(lease_until=None, not_before=until)
    )


def let_go(db: Session, case_id: int) -> None:
    """A leg ended without settling: the case need not wait for its lease to lapse."""
    db.execute(update(Route).where(Route.case_id == case_id).values(lease_until=None))


def failed(db: Session, case_id: int, now: datetime) -> int:
    """A leg failed: back off, doubling; returns the count. At MOST_FAILURES a person must look."""
    count = db.execute(
        update(Route)
        .where(Route.case_id == case_id)
        .values(failures=Route.failures + 1, lease_until=None)
        .returning(Route.failures)
    ).scalar_one()
    db.execute(update(Route).where(Route.case_id == case_id).values(not_before=now + pause_after(count)))
    return count


def pause_after(failures: int) -> timedelta:
    """How long a case rests after so many failures in a row."""
    return timedelta(seconds=min(2.0**failures, LONGEST_PAUSE))


def try_again(db: Session, case_ids: Iterable[int]) -> None:
    """An operator has looked: the failures are forgotten and the cases are due again."""
    db.execute(update(Route).where(Route.case_id.in_(list(case_ids))).values(failures=0, not_before=None))
