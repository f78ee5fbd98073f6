"""The default alliance says what the Strategic Plan says; what is no alliance file at all is told so."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bjc import alliance as door
from bjc.errors import Invalid, NotFound
from bjc.rules.alliance_model import Alliance

ALLIANCE = door.default_alliance_path()
DEMO = door.default_demo_path()


@pytest.fixture(scope="module")
def fire() -> Alliance:
    return door.load_alliance(ALLIANCE)


# --- what the default alliance holds -----------------------------------------------------------------


def test_the_default_files_have_no_mistakes() -> None:
    assert door.check(ALLIANCE) == []
    assert door.check(DEMO) == []


def test_the_delivery_board_has_eight_posts_four_a_service(fire: Alliance) -> None:
    assert fire.deciding_body.key == "pdb"
    assert [p.key for p in fire.posts_of("pdb", "sfrs")] == [
        "pdb-sfrs-chief",
        "pdb-sfrs-deputy",
        "pdb-sfrs-assistant",
        "pdb-sfrs-finance",
    ]
    assert [p.title for p in fire.posts_of("pdb", "hwfrs")] == [
        "Chief Fire Officer, HWFRS",
        "Deputy Chief Fire Officer, HWFRS",
        "Assistant Chief Fire Officer, HWFRS",
        "Treasurer, HWFRS",
    ]
    assert len(fire.posts_of("pdb")) == 8


def test_the_alliance_board_has_both_authorities_and_both_chiefs(fire: Alliance) -> None:
    kinds = [p.kind for p in fire.posts_of("sab")]
    assert kinds == ["authority-representative", "authority-representative", "chief"] * 2


def test_a_working_group_has_the_seats_of_the_plan(fire: Alliance) -> None:
    seats = {s.key: s for s in fire.body("pwg").seats}
    assert list(seats) == ["chair", "sponsor", "lead", "expert-sfrs", "expert-hwfrs", "adviser"]
    assert seats["chair"].body == "pdb"
    assert [key for key, seat in seats.items() if not seat.votes] == ["adviser"]


def test_chief_fire_officers_chair_by_turns_with_the_other_as_vice_chair(fire: Alliance) -> None:
    chair = fire.body("pdb").chair
    new_year = date(2026, 12, 31), date(2027, 1, 1)
    assert [chair.post_on(day) for day in new_year] == ["pdb-sfrs-chief", "pdb-hwfrs-chief"]
    assert [chair.vice_post_on(day) for day in new_year] == ["pdb-hwfrs-chief", "pdb-sfrs-chief"]
    assert chair.post_on(date(2025, 6, 1)) == "pdb-hwfrs-chief"
    group = fire.body("pwg").chair
    assert (group.seat, group.vice_seat, group.post_on(new_year[0])) == ("chair", "lead", None)


def test_bodies_meet_as_often_as_the_plan_says(fire: Alliance) -> None:
    assert [str(b.cadence) for b in fire.bodies] == [
        "four times a year",
        "four times a year",
        "monthly or as required",
    ]
    assert date(2026, 10, 14) in fire.body("pdb").meetings
    assert [b.key for b in fire.bodies if b.decides_in_writing] == ["pdb"]


def test_the_plan_has_its_principles_strands_priorities_and_deliverables(fire: Alliance) -> None:
    assert [p.number for p in fire.principles] == list(range(1, 11))
    assert [p.name for p in fire.principles][:4] == [
        "Public Outcomes",
        "Culture and Leadership",
        "Capacity",
        "Resilience",
    ]
    assert [len(s.priorities) for s in fire.strands] == [3, 3, 3, 2, 3]
    assert [len(s.deliverables) for s in fire.strands] == [3, 3, 3, 2, 3]
    assert [len(d.measures) for d in fire.strands[3].deliverables] == [7, 3]
    assert len(fire.strands[2].priorities[1].work_streams) == 5
    assert {"s1-d2", "s4-d1-a", "s4-d2-c"} < fire.plan_keys()


def test_both_wordings_of_the_on_call_deliverable_are_kept(fire: Alliance) -> None:
    on_call = fire.strands[1].deliverables[1]
    assert on_call.text == "Review and scope future requirements of the On-Call Duty Systems."
    assert on_call.also_worded == "On-Call Duty Systems project review with position statement."


def test_finance_and_deputies_of_both_services_owe_advice(fire: Alliance) -> None:
    assert [(a.kind, a.service, a.post) for a in fire.advice] == [
        ("finance", "sfrs", "pdb-sfrs-finance"),
        ("finance", "hwfrs", "pdb-hwfrs-finance"),
        ("impact", "sfrs", "pdb-sfrs-deputy"),
        ("impact", "hwfrs", "pdb-hwfrs-deputy"),
    ]


def test_each_service_has_its_own_word_for_its_risk_plan(fire: Alliance) -> None:
    assert [(s.short_name, s.risk_plan) for s in fire.services] == [("SFRS", "IRMP"), ("HWFRS", "CRMP")]
    assert fire.service("sfrs").name == "Shropshire Fire and Rescue Service"


def test_an_unknown_key_is_answered_with_the_nearest_one(fire: Alliance) -> None:
    with pytest.raises(NotFound, match=r"no post 'pdb-sfrs-cheif'\. Did you mean 'pdb-sfrs-chief'\?"):
        fire.post("pdb-sfrs-cheif")


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2018-07-01", "2018.1"),
        ("2026-03-31", "2018.1"),
        ("2026-04-01", "2026.1"),
        ("2039-01-01", "2026.1"),
    ],
)
def test_the_policy_of_a_day_is_the_newest_begun_by_then(fire: Alliance, day: str, version: str) -> None:
    assert door.policy_on(fire, date.fromisoformat(day)).version == version


def test_policy_versions_differ_in_their_figures(fire: Alliance) -> None:
    old, new = fire.policy
    assert (old.decision.scope_days, new.decision.scope_days) == (15, 10)
    assert new.delegation.officer_limit == {"sfrs": Decimal(350_000), "hwfrs": Decimal(350_000)}


def test_before_the_first_policy_there_is_none_and_it_says_so(fire: Alliance) -> None:
    with pytest.raises(Invalid, match=r"No policy was in force on 2018-06-30.*begins on 2018-07-01"):
        door.policy_on(fire, date(2018, 6, 30))


def test_an_alliance_survives_being_stored_as_json(fire: Alliance) -> None:
    assert Alliance.model_validate(fire.model_dump(mode="json")) == fire


# --- files that are no alliance at all ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1: the file is empty."),
        (b"# nothing but a comment\n", "line 1: the file is empty."),
        (b"- a\n- b\n", "line 1: the file should begin with 'name: value' lines"),
        (b"just words", "line 1: the file should begin with 'name: value' lines"),
        (b"name: x\n\x00", "line 2: a character that no text file holds (code 0)"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "line 1: this is not text in UTF-8"),
        (b"name: x\naim: \xe9", "line 2: this is not text in UTF-8"),
    ],
)
def test_what_is_no_alliance_is_told_so(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(content)
    (problem,) = door.check(path)
    assert str(problem).startswith(told)
    with pytest.raises(Invalid, match=r"some\.yaml has one mistake"):
        door.load_alliance(path)


def test_no_file_a_folder_and_a_huge_file_each_have_their_own_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"absent\.yaml does not exist"):
        door.check(tmp_path / "absent.yaml")
    with pytest.raises(NotFound, match="is a folder or a device, not a file"):
        door.check(tmp_path)
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"# " + b"x" * door.LARGEST)
    with pytest.raises(Invalid, match=r"huge\.yaml is larger than 1 MB"):
        door.check(huge)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / ALLIANCE.name
    path.write_bytes(b"\xef\xbb\xbf" + ALLIANCE.read_bytes().replace(b"\n", b"\r\n"))
    assert door.load_alliance(path) == door.load_alliance(ALLIANCE)


TEXT = ALLIANCE.read_text("utf-8")[:6_000]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(TEXT)), st.integers(0, 12), st.text(max_size=8))
def test_a_file_spoilt_anywhere_is_a_list_of_lines_and_never_a_traceback(
    tmp_path: Path, at: int, cut: int, typed: str
) -> None:
    path = tmp_path / "spoilt.yaml"
    path.write_text(TEXT[:at] + typed + TEXT[at + cut :], "utf-8", errors="surrogatepass")
    problems = door.check(path)
    assert problems
    assert all(p.line >= 1 and p.message for p in problems)
