"""Routes: which cases are due, which run settles a case, which only wait, and which need a person to look."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select, union_all
from sqlalchemy.orm import Session

from bjc.db.cases import Case, Route
from bjc.db.people import Alliance

MOST_FAILURES = 8


@dataclass(frozen=True)
class Routed:
    """A case and the Prefect run it is known by (`run_no` counts them)."""

    case_id: int
    ref: str
    run_id: str | None
    run_no: int


def due(now: datetime) -> Select[int]:
    """Ids of cases that an act or a passed deadline has made due: two indexed halves, never one OR."""
    halves = (Route.wanted > Route.settled, Route.wake_at <= now)
    union = union_all(*(select(Route.case_id).where(half, *free(now)) for half in halves)).subquery()
    return select(union.c.case_id)


def free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Nobody holds the case, it is not resting after a failure, and it has not failed too often."""
    return (
        or_(Route.lease_until.is_(None), Route.lease_until <= now),
        or_(Route.not_before.is_(None), Route.not_before <= now),
        Route.failures < MOST_FAILURES,
    )


def anything_due(db: Session, now: datetime) -> bool:
    """Whether a dispatcher has anything to claim. Asked every second, so it reads two indexes and no more."""
    return bool(db.scalar(select(exists(due(now)))))


def routed(db: Session, ref: str) -> Routed | None:
    """The run that a case is known by."""
    return next(_routed(db, Case.ref == ref), None)


def at_rest(db: Session, now: datetime) -> list[Routed]:
    """Live cases that have a run and are not due: each should have a waiting run in Prefect."""
    not_due = (Route.wanted == Route.settled, or_(Route.wake_at.is_(None), Route.wake_at > now))
    return list(_routed(db, Route.live.is_(True), Route.run_id.is_not(None), *not_due, *free(now)))


def need_an_operator(db: Session) -> list[Routed]:
    """Cases whose legs failed so often that only a person's look can help (`routes.try_again`)."""
    return list(_routed(db, Route.failures >= MOST_FAILURES))


def instance(db: Session) -> str:
    """The name of this database to Prefect; empty before an alliance is loaded."""
    return db.scalar(select(Alliance.instance)) or ""


def _routed(db: Session, *conditions: ColumnElement[bool]) -> Iterator[Routed]:
    query = select(Route.case_id, Case.ref, Route.run_id, Route.run_no).join(Case, Case.id == Route.case_id)
    for case_id, ref, run_id, run_no in db.execute(query.where(*conditions).order_by(Route.case_id)):
        yield Routed(case_id, ref, run_id, run_no)
