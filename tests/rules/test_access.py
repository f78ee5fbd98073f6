"""Who may do or see what: the one table, and what makes somebody what they are."""

import pytest

from bjc.rules.access import ACCESS, Act, Person, may, standing

LEAD, OFFICE, MEMBER, CLERK, ANYONE = Person.LEAD, Person.OFFICE, Person.MEMBER, Person.CLERK, Person.ANYONE


def test_every_act_has_its_row() -> None:
    assert set(ACCESS) == set(Act)
    assert all(ACCESS.values())


@pytest.mark.parametrize(
    ("person", "acts"),
    [
        (ANYONE, {Act.OPEN_CASE, Act.SEE_CASES}),
        (LEAD, {Act.SEE_DRAFT, Act.EDIT_DRAFT, Act.WITHDRAW, Act.RECALL}),
        (MEMBER, {Act.SEE_VOTES}),
        (CLERK, {Act.RECORD_RESOLUTION}),
        (
            OFFICE,
            {
                Act.SEE_DRAFT, Act.ASK_QUESTIONS, Act.DRAFT_DELEGATION, Act.OPEN_WITHOUT_ADVICE,
                Act.RECORD_MEETING, Act.RECORD_RESOLUTION, Act.MEET_CONDITION, Act.REPLACE_APPOINTMENT,
                Act.RESUME, Act.SEE_VOTES, Act.SEE_MAIL,
            },
        ),
    ],
)  # fmt: skip
def test_each_role_may_do_this_and_nothing_else(person: Person, acts: set[Act]) -> None:
    assert {act for act in Act if may(act, [person])} == acts


def test_the_office_may_not_write_a_leads_case_nor_take_it_back() -> None:
    assert not any(may(act, [OFFICE]) for act in (Act.EDIT_DRAFT, Act.WITHDRAW, Act.RECALL))


def test_somebody_who_is_several_things_may_do_what_any_of_them_may() -> None:
    assert may(Act.EDIT_DRAFT, [MEMBER, LEAD])
    assert not may(Act.EDIT_DRAFT, [])


@pytest.mark.parametrize(
    ("person_id", "lead_id", "kinds", "on_board", "found"),
    [
        (None, None, ["office"], True, set()),
        (1, 2, [], False, {ANYONE}),
        (1, 1, [], False, {ANYONE, LEAD}),
        (1, None, ["office"], False, {ANYONE, OFFICE}),
        (1, 2, ["clerk"], False, {ANYONE, CLERK}),
        (1, 2, ["chief", "finance"], True, {ANYONE, MEMBER}),
        (1, 1, ["office", "clerk"], True, {ANYONE, LEAD, OFFICE, MEMBER, CLERK}),
    ],
)
def test_what_somebody_is_follows_from_the_case_and_their_posts(
    person_id: int | None, lead_id: int | None, kinds: list[str], on_board: bool, found: set[Person]
) -> None:
    assert standing(person_id, lead_id, kinds, on_board) == found
