"""When a body meets next, from the dates its alliance has set."""

from collections.abc import Iterable
from datetime import date


def next_meeting(meetings: Iterable[date], after: date) -> date | None:
    """The first meeting later than the day `after`; None when no later date has been set yet."""
    return min((day for day in meetings if day > after), default=None)
