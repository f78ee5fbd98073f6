"""Recording a meeting's decision: a form, a check that shows the outcome, and only then a record."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.actions.settle import settle
from bjc.db.questions.cases import case_by_ref, timeline
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, assignments, everyone_votes, holder, open_decision, vote
from tests.web.conftest import look, send, sign_in
from tests.web.page_reader import Read, read

HELD = {"held_on-day": "1", "held_on-month": "7", "held_on-year": "2026", "minute": "PDB 1 Jul 2026, item 5"}


def ready(client: TestClient, database: Database, stage: Stage = Stage.DECISION) -> str:
    """The address of the page, with the office signed in."""
    with database.writing() as db:
        ref = a_case(db, stage).ref
        person = holder(db, "office-hwfrs").id
    sign_in(client, person)
    return f"/cases/{ref}/meeting"


def ref_of(address: str) -> str:
    return address.split("/")[2]


def everybody(page: Read, word: str = "approve") -> dict[str, str]:
    """All members said the same."""
    return {name: word for name in page.form().names if name.startswith("said_")}


def check(client: TestClient, address: str, **changes: str) -> Any:
    page = look(client, address)
    said = everybody(page, changes.pop("all", "approve"))
    return send(client, page, {**HELD, **said, **changes})


def entries(database: Database, address: str) -> int:
    with database.reading() as db:
        return len(timeline(db, ref_of(address)))


def test_nothing_is_chosen_for_anybody(lite: TestClient, sqlite: Database) -> None:
    form = look(lite, ready(lite, sqlite)).form()
    said = {name: value for name, value in form.values.items() if name.startswith("said_")}
    assert len(said) == 8
    assert set(said.values()) == {""}


def test_the_check_shows_the_outcome_with_its_working_and_writes_nothing(
    client: TestClient, database: Database
) -> None:
    address = ready(client, database)
    before = entries(database, address)
    page = read(check(client, address))
    assert page.status == 200
    assert page.h1 == ["Check the record"]
    assert "Approved" in page.text
    assert "HWFRS: 4 present (at least 2 needed), 4 of 4 votes cast in favour" in page.text
    assert "Wed 1 Jul 2026" in page.text
    assert entries(database, address) == before


def test_what_was_checked_is_recorded_and_the_case_moves(client: TestClient, database: Database) -> None:
    address = ready(client, database)
    page = read(check(client, address))
    answer = send(client, page, {"step": "record"})
    assert answer.headers["location"] == f"/cases/{ref_of(address)}?done=minuted"
    with database.writing() as db:
        settle(db, ref_of(address), NOW)
        case = case_by_ref(db, ref_of(address))
        assert case.stage == "approved"
        assert open_decision(db, case).meeting["minute"] == "PDB 1 Jul 2026, item 5"
    assert "no open decision" in look(client, address, 409).text


def test_one_may_go_back_from_the_check_and_find_everything_as_it_was_typed(
    lite: TestClient, sqlite: Database
) -> None:
    address = ready(lite, sqlite)
    checked = read(check(lite, address, reason="As minuted, with <care>."))
    back = read(send(lite, checked, {"step": "change"}))
    values = back.form().values
    assert values["minute"] == HELD["minute"]
    assert values["reason"] == "As minuted, with <care>."
    assert {value for name, value in values.items() if name.startswith("said_")} == {"approve"}
    assert "There is a problem" not in back.text


def test_a_second_click_records_once(lite: TestClient, sqlite: Database) -> None:
    address = ready(lite, sqlite)
    page = read(check(lite, address))
    answers = [send(lite, page, {"step": "record"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with sqlite.reading() as db:
        assert [e.event for e in timeline(db, ref_of(address))].count(
            "decision closed"
        ) == 2  # the scope's, and this


def test_a_meeting_that_was_not_quorate_is_refused_with_its_working_at_both_steps(
    client: TestClient, database: Database
) -> None:
    address = ready(client, database)
    before = entries(database, address)
    for step in ("check", "record"):
        answer = check(client, address, all="absent", step=step)
        assert answer.status_code == 422
        page = read(answer)
        assert "not quorate" in page.text
        assert "SFRS: 0 present (at least 2 needed)" in page.text
        assert set(everybody(page, "absent").items()) <= set(page.form().values.items())
    assert entries(database, address) == before


def test_declared_interests_absences_and_conditions_are_read_back_before_they_are_recorded(
    lite: TestClient, sqlite: Database
) -> None:
    address = ready(lite, sqlite)
    page = look(lite, address)
    said = everybody(page, "approve with conditions")
    first, second = sorted(said)[:2]
    said |= {first: "interest", second: "absent"}
    more = {
        first.replace("said", "interest"): "A supplier in the family.",
        "conditions": "The exit annex is priced.",
    }
    checked = read(send(lite, page, {**HELD, **said, **more}))
    for words in ("declared an interest and withdrew", "A supplier in the family.", "was absent",
                  "The exit annex is priced.", "Approved with conditions"):  # fmt: skip
        assert words in checked.text
    send(lite, checked, {"step": "record"})
    with sqlite.reading() as db:
        rows = {row.id: row for row, _ in assignments(db, case_by_ref(db, ref_of(address)))}
        kept = rows[int(first.removeprefix("said_"))]
        assert (kept.choice, kept.interest) == (None, "A supplier in the family.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"held_on-year": "2027"}, "must be today or earlier"),
        ({"held_on-month": "6"}, "not before the question was put"),
        ({"held_on-day": ""}, "must include a day"),
        ({"minute": ""}, "Enter the minute reference"),
        ({"all": ""}, "or that they were absent"),
        ({"all": "approve with conditions"}, "Write the conditions that the meeting set"),
        ({"all": "defer"}, "Give the reasons that the minutes give"),
    ],
)
def test_an_incomplete_record_names_the_field_and_keeps_the_rest(
    lite: TestClient, sqlite: Database, changes: dict[str, str], words: str
) -> None:
    address = ready(lite, sqlite)
    more = {"minute": "PDB 1 Jul, item 5", **changes}
    answer = check(lite, address, **more)
    assert answer.status_code == 422
    assert words in read(answer).text
    kept = read(answer).form().values
    assert all(kept[name] == value for name, value in more.items() if name != "all")


def test_what_members_wrote_is_shown_to_the_office_beside_their_name(
    lite: TestClient, sqlite: Database
) -> None:
    address = ready(lite, sqlite)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref_of(address))
        vote(db, case, assignments(db, case)[0][0], Choice.REJECT, reason="Too dear.")
    assert look(lite, address).text.count("In writing: reject.") == 1


def test_a_decision_that_closed_meanwhile_is_not_recorded_over_and_nothing_typed_is_lost(
    lite: TestClient, sqlite: Database
) -> None:
    address = ready(lite, sqlite)
    page = read(check(lite, address, reason="A long account of the meeting."))
    with sqlite.writing() as db:
        case = case_by_ref(db, ref_of(address))
        everyone_votes(db, case, Choice.REJECT)
        open_decision(db, case).closes_at = NOW
        db.flush()
        settle(db, case.ref, NOW)
    answer = send(lite, page, {"step": "record"})
    assert answer.status_code == 409
    assert "already ended" in answer.text
    assert "A long account of the meeting." in answer.text
    with sqlite.reading() as db:
        assert case_by_ref(db, ref_of(address)).stage == "rejected"


def test_a_scope_decision_is_recorded_in_the_same_way(lite: TestClient, sqlite: Database) -> None:
    address = ready(lite, sqlite, Stage.SCOPE_DECISION)
    checked = read(check(lite, address, all="reject", reason="Out of step with the plan."))
    assert "Rejected" in checked.text
    assert "Scope decision" in checked.text
    send(lite, checked, {"step": "record"})
    with sqlite.writing() as db:
        settle(db, ref_of(address), NOW)
        assert case_by_ref(db, ref_of(address)).stage == "rejected"


def test_a_form_made_for_another_decision_is_refused(lite: TestClient, sqlite: Database) -> None:
    address = ready(lite, sqlite)
    page = look(lite, address)
    for number in ("999", "x", ""):
        answer = send(lite, page, {**HELD, **everybody(page), "decision": number, "step": "record"})
        assert answer.status_code == 422
        assert "could not be taken" in answer.text
