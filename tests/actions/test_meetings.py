"""A decision taken at a meeting: the same rules, one record, and nothing written when it cannot decide."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bjc.actions.meetings import MeetingRecord, record_meeting, would_come_to
from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.questions import decisions
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.errors import Conflict, Invalid
from bjc.rules.decision import Choice, OutcomeKind
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, assignments, fresh, office, open_decision, vote

TODAY = date(2026, 7, 1)


def minutes(db: Session, case: Case, choice: Choice = Choice.APPROVE, absent: int = 0) -> MeetingRecord:
    """Everybody but the last `absent` said the same."""
    posts = [row.post for row, _ in assignments(db, case)]
    said = dict.fromkeys(posts[: len(posts) - absent], choice)
    return MeetingRecord(TODAY, "PDB 1 Jul 2026, item 5", said, reason="As minuted.")


def record(db: Session, case: Case, said: MeetingRecord) -> str:
    return record_meeting(db, case.ref, open_decision(db, case).id, said, office(db), NOW)


def test_a_meeting_decides_and_the_clock_moves_the_case(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        assert record(db, case, minutes(db, case)) == "approved"
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "approved"


def test_the_record_keeps_the_day_the_minute_the_votes_and_who_recorded_it(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        record(db, case, minutes(db, case, absent=2))
        decision = open_decision(db, case)
        assert decision.meeting == {
            "held_on": "2026-07-01", "minute": "PDB 1 Jul 2026, item 5", "recorded_by": office(db).person_id,
        }  # fmt: skip
        rows = [row for row, _ in assignments(db, case)]
        assert [(row.choice, row.via) for row in rows] == [("approve", "meeting")] * 6 + [
            (None, "meeting")
        ] * 2
        closed = timeline(db, case.ref)[-1]
        assert (closed.event, closed.detail["outcome"], closed.detail["minute"]) == (
            "decision closed", "approved", "PDB 1 Jul 2026, item 5",
        )  # fmt: skip


def test_the_meetings_votes_take_the_place_of_written_ones(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        first = assignments(db, case)[0][0]
        vote(db, case, first, Choice.REJECT, reason="Too dear.")
        said = minutes(db, case)
        absent = MeetingRecord(TODAY, said.minute, {p: c for p, c in said.said.items() if p != first.post})
        record(db, case, absent)
        kept = assignments(db, case)[0][0]
        assert (kept.choice, kept.reason, kept.via) == (None, "", "meeting")
        assert [e.detail["choice"] for e in timeline(db, case.ref) if e.event == "vote"][-1] == "reject"


def test_what_it_would_come_to_is_shown_without_writing_anything(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        before = len(timeline(db, case.ref))
        said = minutes(db, case, Choice.REJECT)
        assert would_come_to(db, open_decision(db, case), said, NOW).kind is OutcomeKind.REJECTED
        assert not db.dirty
        assert open_decision(db, case).closed_at is None
        assert len(timeline(db, case.ref)) == before


def test_an_inquorate_meeting_is_refused_with_its_working_and_nothing_is_written(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
    with (
        pytest.raises(Invalid, match=r"not quorate.*SFRS: 1 present \(at least 2 needed\)"),
        database.writing() as db,
    ):
        record(db, case, minutes(db, case, absent=3))
    with database.reading() as db:
        assert open_decision(db, case).closed_at is None
        assert {row.via for row, _ in assignments(db, case)} == {""}


def test_who_declares_an_interest_has_no_vote_and_does_not_count_as_present(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        said = minutes(db, case)
        hwfrs = [post for post in said.said if "hwfrs" in post]
        declared = replace(said, interests=dict.fromkeys(hwfrs[:2], "A supplier in the family."))
        assert record(db, case, declared) == "approved"
        rows = {row.post: row for row, _ in assignments(db, case)}
        assert rows[hwfrs[0]].choice is None
        assert rows[hwfrs[0]].interest == "A supplier in the family."
        result = open_decision(db, case).working["services"]
        assert {one["service"]: one["present"] for one in result} == {"sfrs": 4, "hwfrs": 2}


def test_a_meeting_may_approve_with_conditions_which_become_work_to_be_done(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        said = replace(minutes(db, case, Choice.APPROVE_WITH_CONDITIONS), conditions="The DPIA is signed.")
        assert record(db, case, said) == "approved with conditions"
        settle(db, case.ref, NOW)
        assert [row.text for row in decisions.conditions_of(db, case.id)] == ["The DPIA is signed."]


@pytest.mark.parametrize(
    ("choice", "changes", "field"),
    [
        (Choice.APPROVE, {"minute": " "}, "minute"),
        (Choice.APPROVE, {"held_on": date(2026, 7, 2)}, "held_on"),
        (Choice.APPROVE, {"held_on": date(2026, 6, 30)}, "held_on"),
        (Choice.APPROVE_WITH_CONDITIONS, {}, "conditions"),
        (Choice.DEFER, {"reason": ""}, "reason"),
        (Choice.REJECT, {"reason": ""}, "reason"),
        (Choice.APPROVE, {"said": {"sab-sfrs-chair": Choice.APPROVE}}, ""),
    ],
)
def test_an_incomplete_record_names_the_field_and_writes_nothing(
    database: Database, choice: Choice, changes: dict[str, object], field: str
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        with pytest.raises(Invalid) as refused:
            record(db, case, replace(minutes(db, case, choice), **changes))
        assert list(refused.value.fields) == [field]
        assert open_decision(db, case).closed_at is None


def test_a_decision_that_has_ended_is_not_decided_a_second_time(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        number, said = open_decision(db, case).id, minutes(db, case)
        record(db, case, said)
        with pytest.raises(Conflict, match="already ended"):
            record_meeting(db, case.ref, number, said, office(db), NOW)


def test_a_record_made_for_an_earlier_decision_is_refused(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        scope_decision = decisions.decisions_of(db, case.id)[0]
        with pytest.raises(Conflict):
            record_meeting(db, case.ref, scope_decision.id, minutes(db, case), office(db), NOW)


def test_a_meeting_after_the_decision_stood_over_decides_it(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        later = NOW
        for _ in range(2):
            later = open_decision(db, case).closes_at or later
            settle(db, case.ref, later)
        assert open_decision(db, case).closes_at is None
        later += timedelta(days=7)
        held = replace(minutes(db, case), held_on=later.date())
        assert record_meeting(db, case.ref, open_decision(db, case).id, held, office(db), later) == "approved"
        settle(db, case.ref, later)
        assert fresh(db, case).stage == "approved"
