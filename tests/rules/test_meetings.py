from datetime import date

from bjc.rules.meetings import next_meeting

MEETINGS = (date(2026, 5, 6), date(2026, 8, 5), date(2026, 10, 14))


def test_the_next_meeting_is_the_first_later_date() -> None:
    assert next_meeting(MEETINGS, date(2026, 8, 6)) == date(2026, 10, 14)
    assert next_meeting(reversed(MEETINGS), date(2026, 1, 1)) == date(2026, 5, 6)


def test_what_stands_over_on_the_day_of_a_meeting_waits_for_the_one_after() -> None:
    assert next_meeting(MEETINGS, date(2026, 8, 5)) == date(2026, 10, 14)


def test_without_a_later_date_there_is_no_next_meeting() -> None:
    assert next_meeting(MEETINGS, date(2026, 10, 14)) is None
    assert next_meeting((), date(2026, 1, 1)) is None
