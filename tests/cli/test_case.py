"""`bjc case`: the list, one case with who is waited for, and its history."""

from bjc.actions import cases
from bjc.actions.settle import settle
from bjc.clock import utcnow
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Event, Stage
from tests.builders import NOW, a_case, as_lead, assignments, vote
from tests.cli.conftest import Bjc


def test_no_case_yet_is_said_so(bjc_lite: Bjc) -> None:
    assert bjc_lite("case", "list").out == "There is no case yet.\n"
    assert bjc_lite("case", "list", "--json").document == []


def test_the_list_says_who_each_case_waits_for(bjc: Bjc, database: Database) -> None:
    with database.writing() as db:
        a_case(db)
        a_case(db, Stage.DECISION, utcnow())  # the command reads the clock: the members have still time
    ran = bjc("case", "list")
    assert ran.code == 0
    assert "Programme Delivery Board" in ran.out
    assert "£182,000" in ran.out
    found = bjc("case", "list", "--json").document
    assert [(one["ref"], one["stage"]) for one in found] == [
        ("BJC-2026-002", "decision"), ("BJC-2026-001", "scoping"),
    ]  # fmt: skip
    assert found[0]["waits_for"].endswith("Programme Delivery Board")
    assert found[0]["amount"] == "182000.00"


def test_the_list_can_be_of_one_stage_however_it_is_typed(bjc_lite: Bjc, sqlite: Database) -> None:
    with sqlite.writing() as db:
        a_case(db)
        a_case(db, Stage.SCOPE_DECISION)
    for words in ("scope decision", "scope-decision", "Scope Decision"):
        assert [one["ref"] for one in bjc_lite("case", "list", "--stage", words, "--json").document] == [
            "BJC-2026-002"
        ]
    assert bjc_lite("case", "list", "--stage", "rejected").out == "There is no case in this stage.\n"


def test_a_stage_that_does_not_exist_is_a_usage_error_that_names_those_that_do(bjc_lite: Bjc) -> None:
    ran = bjc_lite("case", "list", "--stage", "lost")
    assert ran.code == 2
    assert "scope-decision" in ran.err
    assert ran.out == ""


def test_show_says_where_a_case_stands_and_what_was_decided(bjc: Bjc, database: Database) -> None:
    with database.writing() as db:
        a_case(db, Stage.APPROVED)
    ran = bjc("case", "show", "bjc-2026-001")
    assert ran.code == 0
    for words in ("Joint ICT Service Desk", "approved, since", "Officer B2 (chair)", "decision   approval: approved",
                  "SFRS agrees.", "£85,000", "/cases/BJC-2026-001"):  # fmt: skip
        assert words in ran.out
    found = bjc("case", "show", "BJC-2026-001", "--json").document
    assert [one["outcome"] for one in found["decisions"]] == ["approved", "approved"]
    assert found["waits"]["posts"] == ["chair", "sponsor", "lead"]


def test_show_says_when_nobody_is_waited_for(bjc_lite: Bjc, sqlite: Database) -> None:
    with sqlite.writing() as db:
        case = a_case(db)
        cases.lead_moves(db, case.ref, Event.WITHDRAWN, "No longer wanted.", as_lead(case), NOW)
        settle(db, case.ref, NOW)
    assert "nobody: it is at its end" in bjc_lite("case", "show", "BJC-2026-001").out
    assert bjc_lite("case", "show", "BJC-2026-001", "--json").document["waits"] is None


def test_an_open_decision_tells_how_many_have_answered_and_not_who_or_what(
    bjc_lite: Bjc, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.DECISION)
        row, person = assignments(db, case)[0]
        vote(db, case, row, Choice.REJECT, reason="Too dear.")
        name = person.name
    shown = bjc_lite("case", "show", "BJC-2026-001").out
    assert "open, 1 of 8 answered" in shown
    told = bjc_lite("case", "timeline", "BJC-2026-001").out.splitlines()
    after = "\n".join(line for line in told if "board was asked" in line or "nswered" in line)
    assert "reject" not in shown + after
    assert f"{name} (" not in after.rpartition("board was asked")[2]


def test_the_timeline_is_plain_english_oldest_first(bjc: Bjc, database: Database) -> None:
    with database.writing() as db:
        a_case(db, Stage.DELEGATED)
    lines = bjc("case", "timeline", "BJC-2026-001").out.splitlines()
    assert "answered the triage" in lines[0]
    assert "came into force" in lines[-1]
    entries = bjc("case", "timeline", "BJC-2026-001", "--json").document
    assert len(entries) == len(lines)
    assert entries[0]["at"] == NOW.isoformat(timespec="seconds")


def test_a_case_that_does_not_exist_ends_with_3_and_one_line(bjc_lite: Bjc) -> None:
    for command in ("show", "timeline"):
        ran = bjc_lite("case", command, "BJC-2026-999", "--json")
        assert ran.code == 3
        assert ran.out == ""
        assert ran.err.startswith("There is no case")
        assert "Traceback" not in ran.err
