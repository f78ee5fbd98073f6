"""Named days, clock-change nights, and what must hold for any day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bjc.errors import Invalid
from bjc.rules.working_days import (
    LONDON,
    add_working_days,
    bank_holidays,
    clear_days_before,
    deadline,
    is_working_day,
    local_day,
    local_instant,
    spoken_date,
    spoken_deadline,
    spoken_time,
)

DAYS = st.dates(date(2011, 1, 1), date(2039, 6, 30))
CLOSED = (date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31))

# fmt: off
BANK_HOLIDAYS = {
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",  # Easter Day is 28 March: some lists have April
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",  # New Year's Day is a Saturday
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",  # a jubilee and a state funeral
}
NTH = [
    # from            days  is           why
    ("2026-12-23",    3,    "2026-12-30", "Christmas Day, and Boxing Day's substitute"),
    ("2026-04-02",    1,    "2026-04-07", "Good Friday, the weekend and Easter Monday"),
    ("2027-03-25",    1,    "2027-03-30", "Easter 2027 is in March"),
    ("2027-04-01",    1,    "2027-04-02", "a Friday in April 2027 that a wrong list calls Good Friday"),
    ("2026-06-12",    1,    "2026-06-15", "a holiday in Scotland only"),
    ("2026-06-30",    10,   "2026-07-14", "report for Q1"),
    ("2026-09-30",    10,   "2026-10-14", "report for Q2"),
    ("2026-12-31",    10,   "2027-01-15", "report for Q3, over New Year"),
    ("2026-03-31",    10,   "2026-04-16", "report for Q4, over Easter"),
    ("2027-12-24",    1,    "2027-12-29", "both substitutes"),
    ("2027-12-31",    1,    "2028-01-04", "New Year's substitute in 2028"),
    ("2028-04-13",    1,    "2028-04-18", "Easter 2028"),
    ("2026-08-29",    1,    "2026-09-01", "from a Saturday over a bank holiday Monday"),
    ("2026-10-14",    0,    "2026-10-14", "no day later than a working day"),
    ("2026-10-17",    0,    "2026-10-19", "no day later than a Saturday"),
    ("2026-10-19",   -1,    "2026-10-16", "backwards over a weekend"),
    ("2026-10-18",   -1,    "2026-10-16", "backwards from a Sunday"),
]
# fmt: on


@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_england_has_these_bank_holidays(year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in BANK_HOLIDAYS[year].split()}
    assert bank_holidays(year) == expected


@pytest.mark.parametrize("year", [1, 2009, 2041, 9999])
def test_a_year_whose_bank_holidays_are_not_known_is_refused_by_name(year: int) -> None:
    with pytest.raises(Invalid, match=rf"bank holidays of {year} are not known.*2010 to 2040"):
        bank_holidays(year)


@pytest.mark.parametrize(("start", "n", "expected", "why"), NTH)
def test_the_nth_working_day(start: str, n: int, expected: str, why: str) -> None:
    assert add_working_days(date.fromisoformat(start), n) == date.fromisoformat(expected), why


def test_closure_days_of_the_policy_do_not_count() -> None:
    assert add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 24), 1, CLOSED) == date(2027, 1, 4)
    assert not is_working_day(CLOSED[0], CLOSED)


@pytest.mark.parametrize("far", [date(2040, 12, 31), date.max, date.min])
def test_counting_past_the_known_years_is_refused(far: date) -> None:
    with pytest.raises(Invalid, match="not known"):
        add_working_days(far, 1)
    with pytest.raises(Invalid, match="not known"):
        add_working_days(date(2026, 1, 1), 10**9)


def test_papers_for_the_october_meeting_are_out_by_the_sixth() -> None:
    assert clear_days_before(date(2026, 10, 14)) == date(2026, 10, 6)
    assert clear_days_before(date(2026, 4, 8)) == date(2026, 3, 27)
    assert clear_days_before(date(2026, 10, 14), n=0) == date(2026, 10, 13)


# fmt: off
WALLS = [
    # day           wall     UTC                  why
    ("2026-01-15", "17:00", "2026-01-15T17:00", "winter: GMT is UTC"),
    ("2026-07-15", "17:00", "2026-07-15T16:00", "summer time"),
    ("2026-03-29", "00:59", "2026-03-29T00:59", "the minute before the gap"),
    ("2026-03-29", "01:00", "2026-03-29T01:00", "skipped: the first instant after the gap"),
    ("2026-03-29", "01:30", "2026-03-29T01:00", "skipped: the first instant after the gap"),
    ("2026-03-29", "01:59", "2026-03-29T01:00", "skipped: the first instant after the gap"),
    ("2026-03-29", "02:00", "2026-03-29T01:00", "the gap's end itself"),
    ("2026-03-29", "17:00", "2026-03-29T16:00", "the evening after"),
    ("2026-10-25", "00:59", "2026-10-24T23:59", "still summer time"),
    ("2026-10-25", "01:00", "2026-10-25T00:00", "shown twice: the first time"),
    ("2026-10-25", "01:30", "2026-10-25T00:30", "shown twice: the first time"),
    ("2026-10-25", "02:00", "2026-10-25T02:00", "shown once, in winter"),
    ("2026-10-25", "17:00", "2026-10-25T17:00", "the evening after"),
]
DEADLINES = [
    # start (UTC)          days  closes    UTC                  why
    ("2026-03-27T12:00",   1,    "17:00",  "2026-03-30T16:00", "over the night the clocks go forward"),
    ("2026-10-23T12:00",   1,    "17:00",  "2026-10-26T17:00", "over the night the clocks go back"),
    ("2026-10-23T12:00",   10,   "17:00",  "2026-11-06T17:00", "two weeks over the same night"),
    ("2026-12-01T18:30",   10,   "17:00",  "2026-12-15T17:00", "asked after five: today never counts"),
    ("2026-07-14T23:30",   1,    "17:00",  "2026-07-16T16:00", "past midnight in London, so one day later"),
    ("2026-01-14T23:30",   1,    "17:00",  "2026-01-15T17:00", "before midnight in London"),
    ("2026-12-23T09:00",   3,    "12:30",  "2026-12-30T12:30", "over Christmas, at another hour"),
]
# fmt: on


@pytest.mark.parametrize(("day", "wall", "expected", "why"), WALLS)
def test_a_wall_time_means_this_instant(day: str, wall: str, expected: str, why: str) -> None:
    instant = local_instant(date.fromisoformat(day), wall)
    assert instant == datetime.fromisoformat(expected).replace(tzinfo=UTC), why
    assert instant.tzinfo is UTC


@pytest.mark.parametrize(("start", "days", "closes", "expected", "why"), DEADLINES)
def test_a_deadline_falls_at_closing_time_on_londons_clocks(
    start: str, days: int, closes: str, expected: str, why: str
) -> None:
    due = deadline(datetime.fromisoformat(start).replace(tzinfo=UTC), days, closes)
    assert due == datetime.fromisoformat(expected).replace(tzinfo=UTC), why
    assert f"{due.astimezone(LONDON):%H:%M}" == closes


def test_a_deadline_is_the_same_wherever_the_start_was_written_down() -> None:
    start = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    elsewhere = start.astimezone(timezone(timedelta(hours=-8)))
    assert deadline(start, 5) == deadline(elsewhere, 5)
    assert local_day(elsewhere) == date(2026, 7, 15)


def test_a_deadline_steps_over_closure_days() -> None:
    start = datetime(2026, 12, 24, 9, tzinfo=UTC)
    assert deadline(start, 1, closure_days=CLOSED) == datetime(2027, 1, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, -1])
def test_a_deadline_without_a_working_day_is_a_mistake(days: int) -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        deadline(datetime(2026, 10, 1, tzinfo=UTC), days)


def test_an_instant_without_a_time_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline(datetime(2026, 10, 1), 5)
    with pytest.raises(ValueError, match="time zone"):
        spoken_date(datetime(2026, 10, 1))


def test_dates_are_spoken_as_people_in_london_say_them() -> None:
    assert spoken_date(date(2026, 12, 11)) == "Fri 11 Dec 2026"
    assert spoken_date(datetime(2026, 7, 14, 23, 30, tzinfo=UTC)) == "Wed 15 Jul 2026"
    assert spoken_deadline(datetime(2026, 12, 11, 17, tzinfo=UTC)) == "5pm on Fri 11 Dec 2026"
    assert spoken_deadline(datetime(2026, 7, 17, 16, tzinfo=UTC)) == "5pm on Fri 17 Jul 2026"


@pytest.mark.parametrize(
    ("hour", "minute", "spoken"),
    [
        (0, 0, "midnight"),
        (0, 5, "12:05am"),
        (9, 30, "9:30am"),
        (12, 0, "midday"),
        (12, 1, "12:01pm"),
        (23, 59, "11:59pm"),
    ],
)
def test_the_clock_is_spoken_in_twelve_hours(hour: int, minute: int, spoken: str) -> None:
    assert spoken_time(datetime(2026, 1, 15, hour, minute, tzinfo=UTC)) == spoken


@given(DAYS, st.integers(-60, 60))
def test_the_nth_working_day_is_always_one(day: date, n: int) -> None:
    found = add_working_days(day, n)
    assert is_working_day(found)
    assert found.weekday() < 5
    assert found not in bank_holidays(found.year)


@given(DAYS, st.integers(1, 60))
def test_there_are_exactly_n_working_days_up_to_the_nth(day: date, n: int) -> None:
    found = add_working_days(day, n)
    between = [day + timedelta(days=i) for i in range(1, (found - day).days + 1)]
    assert sum(is_working_day(one) for one in between) == n


@given(DAYS, DAYS, st.integers(-30, 30))
def test_an_earlier_day_never_leads_to_a_later_one(one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    assert add_working_days(first, n) <= add_working_days(second, n)


@given(DAYS, st.integers(0, 30))
def test_one_more_day_is_always_later(day: date, n: int) -> None:
    assert add_working_days(day, n) <= add_working_days(day, n + 1)
    if n:
        assert add_working_days(day, n) < add_working_days(day, n + 1)


@given(DAYS)
def test_no_days_leave_a_working_day_as_it_is(day: date) -> None:
    found = add_working_days(day, 0)
    assert found == day if is_working_day(day) else found == add_working_days(day, 1)


@given(DAYS, st.integers(1, 30))
def test_going_forward_and_back_returns_to_a_working_day(day: date, n: int) -> None:
    start = add_working_days(day, 0)
    assert add_working_days(add_working_days(start, n), -n) == start


@given(st.datetimes(datetime(2011, 1, 1), datetime(2039, 6, 1), timezones=st.just(UTC)), st.integers(1, 30))
def test_a_deadline_is_later_than_its_start_and_at_five(start: datetime, days: int) -> None:
    due = deadline(start, days)
    assert due > start
    assert (due.astimezone(LONDON).hour, due.astimezone(LONDON).minute) == (17, 0)
    assert is_working_day(local_day(due))


@given(DAYS, st.integers(0, 1439), st.integers(0, 1439))
def test_a_later_wall_time_is_never_an_earlier_instant(day: date, one: int, other: int) -> None:
    first, second = sorted((one, other))
    walls = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (first, second)]
    assert local_instant(day, walls[0]) <= local_instant(day, walls[1])
