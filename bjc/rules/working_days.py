"""England's working days, and local deadlines over them (design.md D9).

Deadlines are civil times in Europe/London; instants are stored and passed in UTC. Bank holidays come
from the `holidays` package, which needs no network; a year outside the range below is refused, because
a calendar that quietly knows no holidays makes every deadline wrong.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bjc.errors import Invalid

LONDON = ZoneInfo("Europe/London")
FIRST_YEAR, LAST_YEAR = 2010, 2040
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@lru_cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year, as gov.uk lists them: a substitute stands for one on a weekend.

    Raises `Invalid` for a year outside FIRST_YEAR to LAST_YEAR.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = (
            f"England's bank holidays of {year} are not known; the calendar runs {FIRST_YEAR} to {LAST_YEAR}."
        )
        raise Invalid(message, "Choose a date within these years.")
    found = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return frozenset(day for day in found if day.weekday() < 5)


def is_working_day(day: date, closure_days: Collection[date] = ()) -> bool:
    """True from Monday to Friday, except on bank holidays and the policy's closure days."""
    return day not in bank_holidays(day.year) and day.weekday() < 5 and day not in closure_days


def add_working_days(day: date, n: int, closure_days: Collection[date] = ()) -> date:
    """The n-th working day after `day` (before it, for a negative n), which may itself be any day.

    With n = 0: `day` itself, or the next working day where it is none.
    """
    bank_holidays(day.year)  # refuses a year we do not know before counting from it
    step = -_DAY if n < 0 else _DAY
    if n == 0:
        day, n = day - _DAY, 1
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day, closure_days):
            day += step
    return day


def deadline(
    start: datetime, days: int, closes_at: str = "17:00", closure_days: Collection[date] = ()
) -> datetime:
    """The UTC instant of `closes_at`, local time, on the `days`-th working day after `start`'s local day."""
    if days < 1:
        raise ValueError(f"a deadline needs at least one working day, not {days}")
    return local_instant(add_working_days(local_day(start), days, closure_days), closes_at)


def local_day(at: datetime) -> date:
    """The calendar day in Europe/London at an aware instant."""
    return _local(at).date()


def local_instant(day: date, wall: str) -> datetime:
    """The UTC instant at which London's clocks show `wall` ("17:00") on `day`.

    Skipped by a clock change: the first instant after the gap. Shown twice: the first time.
    """
    local = datetime.combine(day, time.fromisoformat(wall))
    while _shown(local) != local:
        local += _MINUTE
    return local.replace(tzinfo=LONDON).astimezone(UTC)


def _shown(local: datetime) -> datetime:
    """What clocks show at the instant that a wall time means; another time when they skip it."""
    return local.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None)


def clear_days_before(meeting: date, n: int = 5, closure_days: Collection[date] = ()) -> date:
    """The last day to publish: `n` whole working days lie between it and the meeting, neither counted."""
    return add_working_days(meeting, -(n + 1), closure_days)


def spoken_date(at: datetime | date) -> str:
    """`Fri 11 Dec 2026`: the day in Europe/London, in English whatever the machine's locale."""
    day = local_day(at) if isinstance(at, datetime) else at
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def spoken_time(at: datetime) -> str:
    """`5pm`, `5:30pm`, `midday`, `midnight`: the clock in Europe/London."""
    local = _local(at)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def spoken_deadline(at: datetime) -> str:
    """`5pm on Fri 11 Dec 2026`."""
    return f"{spoken_time(at)} on {spoken_date(at)}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone; pass an aware datetime")
    return at.astimezone(LONDON)
