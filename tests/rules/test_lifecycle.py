"""The lifecycle table: sound in itself, readable, and obeyed on every way through it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bjc.rules import conditions
from bjc.rules.conditions import Facts
from bjc.rules.decision import OutcomeKind
from bjc.rules.lifecycle import (
    FINAL,
    LIFECYCLE,
    ROUTED,
    WAITS_FOR,
    WAKES,
    Transition,
    TransitionRefused,
    automatic,
    choices,
    fire,
    markdown,
    next_wake,
)
from bjc.rules.stages import Event, Role, Stage

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BEFORE_APPROVAL = {Stage.SCOPING, Stage.SCOPE_DECISION, Stage.DRAFTING, Stage.ANALYSIS, Stage.DECISION,
                   Stage.AUTHORITIES, Stage.DEFERRED}  # fmt: skip


def test_no_two_rows_share_from_on_and_by() -> None:
    keys = [(row.start, row.event, row.by) for row in LIFECYCLE]
    assert len(keys) == len(set(keys))


def test_every_stage_can_be_reached_from_the_triage() -> None:
    reached = {Stage.NEW}
    for _ in Stage:
        reached |= {row.end for row in LIFECYCLE if row.start in reached}
    assert reached == set(Stage)


def test_final_stages_have_no_way_out_and_are_the_ones_that_governance_names() -> None:
    assert {row.start for row in LIFECYCLE}.isdisjoint(FINAL)
    assert {stage.value for stage in FINAL} == {
        "ended: addendum", "ended: three-stage case", "ended: no case needed", "delegated", "rejected",
        "withdrawn",
    }  # fmt: skip


def test_every_event_has_a_row_and_every_live_stage_says_what_it_waits_for() -> None:
    assert {row.event for row in LIFECYCLE} == set(Event)
    assert set(WAITS_FOR) == set(Stage) - FINAL


def test_from_every_live_stage_a_final_one_can_be_reached() -> None:
    ending = set(FINAL)
    for _ in Stage:
        ending |= {row.start for row in LIFECYCLE if row.end in ending}
    assert ending == set(Stage)


@pytest.mark.parametrize("row", LIFECYCLE, ids=lambda row: f"{row.start}: {row.event}")
def test_a_conditions_name_reads_as_prose_and_is_a_condition(row: Transition) -> None:
    assert re.fullmatch(r"[a-z]+( [a-z]+)*", row.condition)
    assert row.provided is getattr(conditions, row.provided.__name__)


def test_the_lead_may_withdraw_before_the_approval_and_never_after_it() -> None:
    assert {row.start for row in LIFECYCLE if row.event is Event.WITHDRAWN} == BEFORE_APPROVAL


def test_nobody_but_the_clock_moves_a_case_on_the_boards_or_the_authorities_word() -> None:
    by_people = {row.event for row in LIFECYCLE if row.by is not Role.CLOCK}
    assert by_people == {
        Event.TRIAGED, Event.FOUND_ADDENDUM, Event.FOUND_THREE_STAGE, Event.FOUND_UNNEEDED,
        Event.SCOPE_PROPOSED, Event.SUBMITTED, Event.QUESTIONS_ASKED, Event.OPENED_WITHOUT_ADVICE,
        Event.RECALLED, Event.RESUMED, Event.ENDED, Event.WITHDRAWN,
    }  # fmt: skip


def test_a_move_that_the_table_does_not_have_is_refused_in_words() -> None:
    with pytest.raises(
        TransitionRefused, match=r"A case in drafting cannot be recalled by the project lead\."
    ):
        fire(Stage.DRAFTING, Event.RECALLED, Role.LEAD, Facts(NOW))


def test_a_move_whose_condition_does_not_hold_says_what_it_needs() -> None:
    with pytest.raises(TransitionRefused, match=r"Not yet: this needs all sections complete\."):
        fire(Stage.DRAFTING, Event.SUBMITTED, Role.LEAD, Facts(NOW, sections_missing=("options",)))


def test_the_wrong_role_cannot_take_another_roles_row() -> None:
    with pytest.raises(TransitionRefused):
        fire(Stage.ANALYSIS, Event.QUESTIONS_ASKED, Role.LEAD, Facts(NOW))


OUTCOMES = [
    (OutcomeKind.APPROVED, False, Stage.APPROVED),
    (OutcomeKind.APPROVED_WITH_CONDITIONS, False, Stage.APPROVED),
    (OutcomeKind.APPROVED, True, Stage.AUTHORITIES),
    (OutcomeKind.REFERRED_BACK, True, Stage.DRAFTING),
    (OutcomeKind.DEFERRED, False, Stage.DEFERRED),
    (OutcomeKind.NO_JOINT_AGREEMENT, False, Stage.DEFERRED),
    (OutcomeKind.REJECTED, True, Stage.REJECTED),
]


@pytest.mark.parametrize(("outcome", "above", "end"), OUTCOMES)
def test_an_outcome_of_the_approval_decision_leads_to_its_stage(
    outcome: OutcomeKind, above: bool, end: Stage
) -> None:
    row = automatic(Stage.DECISION, Facts(NOW, outcome=outcome, above_limit=above))
    assert row is not None
    assert row.end is end


SCOPE_OUTCOMES = [
    (OutcomeKind.APPROVED, Stage.DRAFTING),
    (OutcomeKind.APPROVED_WITH_CONDITIONS, Stage.DRAFTING),
    (OutcomeKind.DEFERRED, Stage.SCOPING),
    (OutcomeKind.REFERRED_BACK, Stage.SCOPING),
    (OutcomeKind.NO_JOINT_AGREEMENT, Stage.SCOPING),
    (OutcomeKind.REJECTED, Stage.REJECTED),
]


@pytest.mark.parametrize(("outcome", "end"), SCOPE_OUTCOMES)
def test_an_outcome_of_the_scope_decision_leads_to_its_stage(outcome: OutcomeKind, end: Stage) -> None:
    row = automatic(Stage.SCOPE_DECISION, Facts(NOW, outcome=outcome))
    assert row is not None
    assert row.end is end


@pytest.mark.parametrize("stage", [Stage.SCOPE_DECISION, Stage.DECISION])
def test_an_inquorate_decision_is_extended_once_and_then_stands_over(stage: Stage) -> None:
    late = Facts(NOW, inquorate=True, may_extend=True)
    assert [automatic(stage, late).event, automatic(stage, late).end] == [Event.EXTENDED, stage]  # type: ignore[union-attr]
    again = Facts(NOW, inquorate=True, may_extend=False)
    assert automatic(stage, again).event is Event.STOOD_OVER  # type: ignore[union-attr]
    assert automatic(stage, Facts(NOW, standing_over=True)) is None


@pytest.mark.parametrize(
    ("resolutions", "end"),
    [
        ((), None),
        (("agreed",), None),
        (("agreed", "agreed"), Stage.APPROVED),
        (("amended",), Stage.DRAFTING),
        (("amended", "agreed"), Stage.DRAFTING),
        (("refused",), Stage.REJECTED),
        (("amended", "refused"), Stage.REJECTED),
    ],
)
def test_the_authorities_decide_together(resolutions: tuple[str, ...], end: Stage | None) -> None:
    row = automatic(Stage.AUTHORITIES, Facts(NOW, resolutions=resolutions))
    assert (row.end if row else None) is end


def test_the_markdown_has_one_line_a_row_under_its_head() -> None:
    lines = markdown().splitlines()
    assert len(lines) == len(LIFECYCLE) + 2
    assert lines[0] == "| from | on | to | by | provided | then tell |"
    assert all(line.count("|") == 7 for line in lines[2:])


# Laws on every way through the table.

instants = st.one_of(st.none(), st.integers(-72, 72).map(lambda hours: NOW + hours * HOUR))
posts = st.sampled_from([(), ("pdb-sfrs-chief",), ("pdb-sfrs-chief", "pdb-hwfrs-chief")])
decided = st.builds(dict, outcome=st.sampled_from([*OutcomeKind]), above_limit=st.booleans())
undecided = st.builds(
    dict, inquorate=st.booleans(), may_extend=st.booleans(), decision_wakes_at=instants
) | st.just({"standing_over": True})


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Facts as the store may give them: a decision is open or closed, never both."""
    return Facts(
        now=NOW,
        triage_outcome=draw(st.sampled_from(["bjc", "addendum", "three_stage", "no_case"])),
        scope_missing=draw(posts),
        sections_missing=draw(posts),
        advice_missing=draw(posts),
        delegation_drafted=draw(st.booleans()),
        resolutions=draw(st.lists(st.sampled_from(["agreed", "amended", "refused"]), max_size=2).map(tuple)),
        appointments_open=draw(posts),
        conditions_open=draw(st.integers(0, 2)),
        review_at=draw(instants),
        **draw(decided | undecided),
    )


LAWS = settings(max_examples=400, deadline=None)


@LAWS
@given(st.sampled_from([*Stage]), facts())
def test_at_most_one_row_of_the_clock_holds_at_a_time(stage: Stage, found: Facts) -> None:
    holding = [
        row for row in LIFECYCLE if row.start is stage and row.by is Role.CLOCK and row.provided(found)
    ]
    assert len(holding) <= 1
    assert automatic(stage, found) is (holding[0] if holding else None)


@LAWS
@given(st.sampled_from([*Stage]), facts())
def test_the_next_look_is_later_than_now_or_never(stage: Stage, found: Facts) -> None:
    at = next_wake(stage, found)
    assert at is None or at > found.now
    if at is not None:
        assert stage in WAKES


@LAWS
@given(st.data())
def test_every_way_through_the_table_keeps_to_it_and_ends_only_in_a_final_stage(data: st.DataObject) -> None:
    stage = Stage.NEW
    for _ in range(40):
        found = data.draw(facts())
        ways = [row for role in Role for row in choices(stage, role, found)]
        assert all(row.start is stage and row.provided(found) for row in ways)
        if not ways:
            assert stage in WAITS_FOR or stage in FINAL
            continue
        taken = data.draw(st.sampled_from(ways))
        assert fire(stage, taken.event, taken.by, found) is taken
        stage = taken.end
        if stage in FINAL:
            assert [row for role in Role for row in choices(stage, role, found)] == []
            assert automatic(stage, found) is None
            return


@LAWS
@given(st.sampled_from([*Stage]), st.sampled_from([*Event]), st.sampled_from([*Role]), facts())
def test_what_is_not_among_the_choices_is_refused(
    stage: Stage, event: Event, role: Role, found: Facts
) -> None:
    open_ways = {row.event for row in choices(stage, role, found)}
    if event in open_ways:
        assert fire(stage, event, role, found).event is event
    else:
        with pytest.raises(TransitionRefused):
            fire(stage, event, role, found)


def test_every_stage_that_moves_by_itself_is_routed() -> None:
    assert {row.start for row in LIFECYCLE if row.by is Role.CLOCK} <= ROUTED
    assert set(WAKES) <= ROUTED
    assert ROUTED.isdisjoint(FINAL)
