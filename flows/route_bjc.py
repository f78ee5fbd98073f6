"""One run a case: settle whatever is due, show what is waited for, suspend.

The run remembers nothing, so it may be resumed, retried, cancelled or deleted at any time: a woken run starts
here again, from the top (design.md D2).
"""

from typing import Any
from uuid import uuid4

from prefect import asuspend_flow_run, flow, get_run_logger
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed

from bjc.errors import Unavailable
from flows.leg import let_go, settle_case
from flows.monitor import hush_suspensions, sentence, show

SECONDS = 60  # under two leases: a living leg is never taken for dead

hush_suspensions()


@flow(name="route-bjc", flow_run_name="{case_ref}", timeout_seconds=SECONDS)
async def route_bjc(case_ref: str) -> State[Any] | None:
    """See a case through its route. Suspended: people must act. Completed: it is at its end."""
    run = _this_run()
    try:
        leg = settle_case(case_ref, str(run.id), run.idempotency_key or "")
    except Exception:
        let_go(case_ref, str(run.id))
        raise
    if not leg.ours:
        return Completed(message="Another run settles this case.")
    if leg.case:
        await show(leg.case)
        get_run_logger().info(sentence(leg.case))
    if leg.case and leg.case.awaited:
        await asuspend_flow_run(key=uuid4().hex)  # a fresh key each time, or the woken run spins
    return None


def _this_run() -> FlowRun:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise Unavailable("A case is settled by its run in Prefect.", "Start the engine: bjc up")
    return context.flow_run
