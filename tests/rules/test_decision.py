"""How a body decides: the rule of domain.md section 11 as a table, and the laws that hold for all votes.

One letter a seat, the chief fire officer first: A approve, C approve with conditions, D defer, R reject,
- abstain, W withdrew for an interest, and a full stop for a seat that said nothing.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bjc.rules.decision import Choice, OutcomeKind, Vote, complete, conditions_in, tally
from bjc.rules.policy import DecisionPolicy

POLICY = DecisionPolicy()
SERVICES = {"sfrs": "SFRS", "hwfrs": "HWFRS"}
LETTERS = {
    "A": Choice.APPROVE,
    "C": Choice.APPROVE_WITH_CONDITIONS,
    "D": Choice.DEFER,
    "R": Choice.REJECT,
    "-": Choice.ABSTAIN,
}


def seats(service: str, letters: str) -> list[Vote]:
    """Four seats of a service and what each said."""
    return [
        Vote(f"{service}-{place}", service, place == 0, LETTERS.get(letter), letter == "W")
        for place, letter in enumerate(letters)
    ]


def board(sfrs: str, hwfrs: str) -> list[Vote]:
    return seats("sfrs", sfrs) + seats("hwfrs", hwfrs)


TABLE = [
    # SFRS     HWFRS   outcome                               because
    ("AAAA", "AAAA", OutcomeKind.APPROVED, "all agree"),
    ("AAAR", "AAR.", OutcomeKind.APPROVED, "more than half of each service's votes cast"),
    ("AA..", ".AA.", OutcomeKind.APPROVED, "two of each service are enough"),
    ("-A..", "AA..", OutcomeKind.APPROVED, "an abstention counts for presence"),
    ("A---", "AAAA", OutcomeKind.APPROVED, "abstentions are not votes cast: one of one agrees"),
    (".AAA", "WAAA", OutcomeKind.APPROVED, "a chief who is silent or withdrew has not voted against"),
    ("DAAA", "AAAA", OutcomeKind.APPROVED, "a chief who would wait has not voted against"),
    ("AAAA", "AACA", OutcomeKind.APPROVED_WITH_CONDITIONS, "one carried vote has a condition"),
    ("CCCC", "CCCC", OutcomeKind.APPROVED_WITH_CONDITIONS, "all have conditions"),
    ("A...", "AAAA", OutcomeKind.INQUORATE, "one of SFRS is not enough"),
    ("AWWW", "AAAA", OutcomeKind.INQUORATE, "withdrawing for an interest never lowers the floor"),
    ("R...", "RRRR", OutcomeKind.INQUORATE, "an inquorate board cannot reject either"),
    ("....", "....", OutcomeKind.INQUORATE, "nobody answered"),
    ("WWWW", "AAAA", OutcomeKind.INQUORATE, "a whole service withdrew"),
    ("RAAA", "AAAA", OutcomeKind.NO_JOINT_AGREEMENT, "the chief of SFRS voted against"),
    ("AARR", "AAAA", OutcomeKind.NO_JOINT_AGREEMENT, "half is not more than half"),
    ("--..", "AAAA", OutcomeKind.NO_JOINT_AGREEMENT, "SFRS cast no vote at all"),
    ("RRRR", "AAAA", OutcomeKind.NO_JOINT_AGREEMENT, "exactly one agrees, whatever the overall figure"),
    ("DDDD", "AAAA", OutcomeKind.NO_JOINT_AGREEMENT, "exactly one agrees, the other would wait"),
    ("RRRR", "RRRA", OutcomeKind.REJECTED, "seven of eight reject"),
    ("RR..", "RA--", OutcomeKind.REJECTED, "three of four votes cast reject"),
    ("RRDD", "RRRA", OutcomeKind.REJECTED, "five of eight reject"),
    ("DDDD", "DDAA", OutcomeKind.DEFERRED, "more would wait than reject"),
    ("RRDD", "RDDD", OutcomeKind.DEFERRED, "five defer, three reject"),
    ("RRDD", "RRDD", OutcomeKind.REFERRED_BACK, "half is not a majority to reject; as many defer"),
    ("AARR", "AARR", OutcomeKind.REFERRED_BACK, "neither agrees, half rejects, nobody defers"),
    ("RAAA", "RAAA", OutcomeKind.REFERRED_BACK, "both chiefs are against, but few reject"),
    ("----", "----", OutcomeKind.REFERRED_BACK, "present, but nobody votes"),
]


@pytest.mark.parametrize(("sfrs", "hwfrs", "outcome", "because"), TABLE, ids=[row[3] for row in TABLE])
def test_the_outcome_follows_the_rule(sfrs: str, hwfrs: str, outcome: OutcomeKind, because: str) -> None:
    assert tally(board(sfrs, hwfrs), SERVICES, POLICY).kind is outcome


def test_the_working_shows_each_services_figures_and_the_ground_in_plain_words() -> None:
    found = tally(board("AACR", "RA-W"), SERVICES, POLICY)
    assert found.working == (
        "SFRS: 4 present (at least 2 needed), 3 of 4 votes cast in favour (more than half needed).",
        "SFRS agrees.",
        "HWFRS: 3 present (at least 2 needed), 1 of 2 votes cast in favour (more than half needed).",
        "HWFRS: its chief fire officer voted against, so HWFRS does not agree.",
        "Only one service agrees: there is no joint agreement.",
        "Overall: 3 approve, 1 approve with conditions, 2 reject, 1 abstain, 1 withdrew. "
        "The overall figure decides nothing.",
    )


def test_a_higher_floor_in_the_policy_is_obeyed() -> None:
    three = DecisionPolicy(present_per_service=3)
    assert tally(board("AA..", "AAAA"), SERVICES, three).kind is OutcomeKind.INQUORATE
    assert tally(board("AA-.", "AAAA"), SERVICES, three).kind is OutcomeKind.APPROVED


def test_a_decision_is_complete_when_every_seat_has_voted_or_withdrawn() -> None:
    assert complete(board("ACDR", "-WAA"))
    assert not complete(board("ACD.", "-WAA"))
    assert not complete([])


# Laws for all votes.

LAWS = settings(max_examples=300, deadline=None)
letters = st.text("ACDR-W.", min_size=4, max_size=4)
boards = st.builds(board, letters, letters)
seat_numbers = st.integers(0, 7)


@LAWS
@given(boards, st.randoms(use_true_random=False))
def test_the_order_of_the_votes_changes_nothing(votes: list[Vote], chance) -> None:
    mixed = list(votes)
    chance.shuffle(mixed)
    assert tally(mixed, SERVICES, POLICY) == tally(votes, SERVICES, POLICY)


@LAWS
@given(boards)
def test_the_order_of_the_services_changes_no_outcome(votes: list[Vote]) -> None:
    assert tally(votes, SERVICES, POLICY).kind is tally(votes, dict(reversed(SERVICES.items())), POLICY).kind


@LAWS
@given(boards, seat_numbers)
def test_an_abstention_counts_for_presence_and_nothing_else(votes: list[Vote], seat: int) -> None:
    silent = [*votes[:seat], replace(votes[seat], choice=None, withdrew=False), *votes[seat + 1 :]]
    abstained = [*votes[:seat], replace(silent[seat], choice=Choice.ABSTAIN), *votes[seat + 1 :]]
    before, after = tally(silent, SERVICES, POLICY), tally(abstained, SERVICES, POLICY)
    for old, new in zip(before.services, after.services, strict=True):
        assert (new.in_favour, new.cast) == (old.in_favour, old.cast)
        assert new.agrees == old.agrees or (new.agrees and not old.quorate)
    if before.kind is not OutcomeKind.INQUORATE:
        assert after.kind is before.kind


@LAWS
@given(boards, seat_numbers)
def test_withdrawing_for_an_interest_never_makes_an_inquorate_board_quorate(
    votes: list[Vote], seat: int
) -> None:
    withdrawn = [*votes[:seat], replace(votes[seat], choice=None, withdrew=True), *votes[seat + 1 :]]
    for old, new in zip(
        tally(votes, SERVICES, POLICY).services, tally(withdrawn, SERVICES, POLICY).services, strict=True
    ):
        assert new.present <= old.present
        assert old.quorate or not new.quorate


@LAWS
@given(boards, seat_numbers)
def test_to_withdraw_counts_exactly_like_an_empty_seat(votes: list[Vote], seat: int) -> None:
    empty = [*votes[:seat], replace(votes[seat], choice=None, withdrew=False), *votes[seat + 1 :]]
    withdrawn = [*votes[:seat], replace(empty[seat], withdrew=True), *votes[seat + 1 :]]
    assert tally(withdrawn, SERVICES, POLICY).services == tally(empty, SERVICES, POLICY).services
    assert tally(withdrawn, SERVICES, POLICY).kind is tally(empty, SERVICES, POLICY).kind


@LAWS
@given(boards, seat_numbers)
def test_a_vote_turned_to_reject_never_brings_a_service_to_agree(votes: list[Vote], seat: int) -> None:
    against = [*votes[:seat], replace(votes[seat], choice=Choice.REJECT, withdrew=False), *votes[seat + 1 :]]
    before, after = tally(votes, SERVICES, POLICY), tally(against, SERVICES, POLICY)
    for old, new in zip(before.services, after.services, strict=True):
        assert not new.agrees or old.agrees or not old.quorate


@LAWS
@given(boards, seat_numbers)
def test_one_more_vote_in_favour_never_undoes_an_approval(votes: list[Vote], seat: int) -> None:
    more = [*votes[:seat], replace(votes[seat], choice=Choice.APPROVE, withdrew=False), *votes[seat + 1 :]]
    agreed = (OutcomeKind.APPROVED, OutcomeKind.APPROVED_WITH_CONDITIONS)
    if tally(votes, SERVICES, POLICY).kind in agreed:
        assert tally(more, SERVICES, POLICY).kind in agreed


@LAWS
@given(boards)
def test_nothing_is_approved_unless_both_services_agree_and_nothing_decided_without_presence(
    votes: list[Vote],
) -> None:
    found = tally(votes, SERVICES, POLICY)
    agreed = (OutcomeKind.APPROVED, OutcomeKind.APPROVED_WITH_CONDITIONS)
    assert (found.kind in agreed) == all(service.agrees for service in found.services)
    assert (found.kind is OutcomeKind.INQUORATE) == (not all(service.quorate for service in found.services))
    conditional = any(vote.choice is Choice.APPROVE_WITH_CONDITIONS for vote in votes)
    if found.kind in agreed:
        assert (found.kind is OutcomeKind.APPROVED_WITH_CONDITIONS) == conditional


@LAWS
@given(boards)
def test_the_working_is_always_whole_sentences(votes: list[Vote]) -> None:
    for line in tally(votes, SERVICES, POLICY).working:
        assert line.endswith(".")
        assert "None" not in line


def test_conditions_are_paragraphs_each_wording_once() -> None:
    assert conditions_in("One.\n \n\nTwo,\nstill two.\r\n\r\nOne.\n") == ("One.", "Two,\nstill two.")
    assert conditions_in(" \n ") == ()
