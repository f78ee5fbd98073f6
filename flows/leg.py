"""The one task of a case's run: settle, in one transaction, if this run is the one to do it."""

import logging
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.tasks import exponential_backoff
from sqlalchemy.exc import OperationalError

from bjc.actions import routes
from bjc.actions.monitor import Standing, standing
from bjc.actions.settle import settle
from bjc.clock import utcnow
from bjc.db.questions.routes import Routed, instance, routed
from bjc.errors import Unavailable
from flows.store import database

PASSING = (OperationalError, Unavailable)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Leg:
    """What one leg found. Not ours: another run settles the case. Nobody awaited: the route is at its end."""

    ours: bool
    case: Standing | None = None


class LegFailed(Exception):
    """Says that settling failed, and nothing of the case: Prefect shows and keeps the words of an error."""


def _is_passing(_task: object, _run: object, state: State[Any]) -> bool:
    try:
        state.result()
    except (*PASSING, LegFailed) as error:
        return isinstance(error, PASSING)
    return False


@task(
    name="settle",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=exponential_backoff(1),
    retry_jitter_factor=1,
    retry_condition_fn=_is_passing,
)
def settle_case(case_ref: str, run_id: str, key: str) -> Leg:
    """Fire every transition that is due. `key` is the run's idempotency key, which carries its number."""
    try:
        with database().writing() as db:
            known = routed(db, case_ref)
            if known is not None and not _is_ours(known, instance(db), run_id, key):
                return Leg(ours=False)
            now = utcnow()
            settle(db, case_ref, now)
            return Leg(ours=True, case=standing(db, case_ref, now))
    except PASSING:
        raise
    except Exception as error:
        log.exception("%s could not be settled", case_ref)
        raise LegFailed(f"{case_ref}: {type(error).__name__}. The engine's own log has the trace.") from None


def let_go(case_ref: str, run_id: str) -> None:
    """A leg failed: end its lease, so that the dispatcher sees it now and counts the failure."""
    with database().writing() as db:
        known = routed(db, case_ref)
        if known is not None and known.run_id == run_id:
            routes.let_go(db, known.case_id)


def _is_ours(known: Routed, name: str, run_id: str, key: str) -> bool:
    """The run on record, or a newer one whose number the dispatcher is about to record."""
    owner, _, number = key.rpartition(":")
    newer = owner == f"{name}:{known.ref}" and number.isdecimal() and int(number) > known.run_no
    return run_id == known.run_id or newer
