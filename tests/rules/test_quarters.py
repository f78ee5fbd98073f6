from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bjc.rules.quarters import Quarter, quarter_end, quarter_of


@pytest.mark.parametrize(
    ("day", "label", "ends"),
    [
        ("2026-04-01", "2026/27 Q1", "2026-06-30"),
        ("2026-06-30", "2026/27 Q1", "2026-06-30"),
        ("2026-07-01", "2026/27 Q2", "2026-09-30"),
        ("2026-12-31", "2026/27 Q3", "2026-12-31"),
        ("2027-01-01", "2026/27 Q4", "2027-03-31"),
        ("2027-03-31", "2026/27 Q4", "2027-03-31"),
        ("2028-02-29", "2027/28 Q4", "2028-03-31"),
        ("2099-05-01", "2099/00 Q1", "2099-06-30"),
    ],
)
def test_a_day_falls_in_this_quarter_of_the_financial_year(day: str, label: str, ends: str) -> None:
    quarter = quarter_of(date.fromisoformat(day))
    assert quarter.label == label
    assert quarter.ends == quarter_end(date.fromisoformat(day)) == date.fromisoformat(ends)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_every_day_lies_in_exactly_its_quarter(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.begins <= day <= quarter.ends
    assert quarter_of(quarter.begins) == quarter_of(quarter.ends) == quarter
    assert quarter_of(quarter.ends + timedelta(days=1)) == quarter.following


def test_quarters_sort_by_time() -> None:
    assert sorted([Quarter(2027, 1), Quarter(2026, 4), Quarter(2026, 2)]) == [
        Quarter(2026, 2),
        Quarter(2026, 4),
        Quarter(2027, 1),
    ]
