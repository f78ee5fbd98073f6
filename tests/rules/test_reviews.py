"""When a case that stands still is next asked about."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bjc.rules.policy import Policy
from bjc.rules.reviews import next_review, review_was_due
from bjc.rules.stages import Event, Stage
from bjc.rules.working_days import LONDON, is_working_day, local_day

POLICY = Policy(version="1", effective_from=date(2026, 1, 1))
STANDS_STILL = (Stage.SCOPING, Stage.DRAFTING, Stage.DEFERRED)


def at(*parts: int) -> datetime:
    """A time on London's clocks."""
    return datetime(*parts, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("event", "stage", "now", "expected", "because"),
    [
        (Event.DEFERRED, Stage.DEFERRED, at(2026, 7, 1, 10), at(2026, 10, 1, 9), "a quarter later at nine"),
        (Event.DEFERRED, Stage.DEFERRED, at(2026, 11, 27, 10), at(2027, 3, 1, 9), "Sat 27 Feb: the Monday"),
        (Event.DEFERRED, Stage.DEFERRED, at(2026, 11, 30, 10), at(2027, 3, 1, 9), "no 30 Feb: the 28th, a Sunday"),
        (Event.TRIAGED, Stage.SCOPING, at(2026, 9, 28, 10), at(2026, 12, 29, 9), "28 Dec is a bank holiday"),
        (Event.SCOPE_RECOMMENDED, Stage.DRAFTING, at(2026, 7, 29, 10), at(2026, 10, 28, 9), "winter time by then"),
        (Event.NOT_AGREED, Stage.DEFERRED, at(2026, 7, 1, 10), at(2026, 7, 29, 17), "twenty working days"),
    ],
)  # fmt: skip
def test_the_next_review_is_due(
    event: Event, stage: Stage, now: datetime, expected: datetime, because: str
) -> None:
    assert next_review(event, stage, now.astimezone(UTC), POLICY) == expected


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in STANDS_STILL])
def test_a_stage_in_which_somebody_owes_an_answer_has_no_review(stage: Stage) -> None:
    assert next_review(Event.SUBMITTED, stage, at(2026, 7, 1, 10), POLICY) is None


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(STANDS_STILL),
    st.sampled_from([Event.DEFERRED, Event.REVIEW_DUE, Event.ASKED_IF_WANTED, Event.NOT_AGREED]),
    st.datetimes(datetime(2026, 1, 1), datetime(2038, 1, 1)),
)
def test_a_review_is_later_than_now_and_on_a_working_day(stage: Stage, event: Event, now: datetime) -> None:
    found = next_review(event, stage, now.replace(tzinfo=UTC), POLICY)
    assert found is not None
    assert found > now.replace(tzinfo=UTC)
    assert is_working_day(local_day(found))
    assert (found.astimezone(LONDON).hour, found.astimezone(LONDON).minute) in ((9, 0), (17, 0))


@pytest.mark.parametrize("event", [Event.DEFERRED, Event.NOT_AGREED])
def test_a_deferral_s_review_was_due_once_its_date_has_moved_on(event: Event) -> None:
    since = at(2026, 7, 1, 10)
    first = next_review(event, Stage.DEFERRED, since, POLICY)
    assert first is not None
    assert not review_was_due(first, since, POLICY)
    assert review_was_due(next_review(Event.REVIEW_DUE, Stage.DEFERRED, first, POLICY), since, POLICY)
