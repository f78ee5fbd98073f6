"""The only place that reads a clock (design.md D9). Everything else takes `now` as an argument."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)
