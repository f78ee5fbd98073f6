"""When a case that stands still is next asked about: "still wanted?", "still deferred?"."""

from datetime import datetime

from bjc.rules.policy import Policy
from bjc.rules.stages import Event, Stage
from bjc.rules.working_days import add_working_days, deadline, local_day, local_instant

MORNING = "09:00"


def next_review(event: Event, stage: Stage, now: datetime, policy: Policy) -> datetime | None:
    """The instant of the next review after `event` led to `stage`; None where nothing stands still.

    A case deferred for want of joint agreement gives both chief officers their working days
    (domain.md section 11); everything else is asked after whole months, at nine in the morning.
    """
    if event is Event.NOT_AGREED:
        return deadline(
            now, policy.deadlines.joint_agreement_days, policy.decision.closes_at, policy.closure_days
        )
    months = {
        Stage.SCOPING: policy.deadlines.still_wanted_months,
        Stage.DRAFTING: policy.deadlines.still_wanted_months,
        Stage.DEFERRED: policy.deadlines.deferral_review_months,
    }.get(stage)
    return None if months is None else _morning_after(now, months, policy)


def review_was_due(review_at: datetime | None, since: datetime, policy: Policy) -> bool:
    """True once a case deferred at `since` has been asked about: its date is no longer the first one.

    `policy` is the one in force at `since`.
    """
    ways = (Event.DEFERRED, Event.NOT_AGREED)
    return review_at not in {next_review(event, Stage.DEFERRED, since, policy) for event in ways}


def _morning_after(now: datetime, months: int, policy: Policy) -> datetime:
    """Nine o'clock on the first working day on or after the same day, some months later."""
    day = local_day(now)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = day.replace(year=year, month=month + 1, day=min(day.day, 28))
    return local_instant(add_working_days(first, 0, policy.closure_days), MORNING)
