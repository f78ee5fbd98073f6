"""The office's pages about a case: who may open them, what they show, what they do; nothing typed is lost."""

import pytest
from fastapi.testclient import TestClient

from bjc.actions import cases
from bjc.actions.actor import Actor
from bjc.db.questions.cases import case_by_ref, questions_asked, timeline
from bjc.db.session import Database
from bjc.rules.stages import Event, Stage
from tests.builders import NOW, a_case
from tests.web.conftest import look, submit
from tests.web.desk_steps import as_post, at_the_office, case_of, make

PAGES = {
    "questions": Stage.ANALYSIS,
    "open-without-advice": Stage.ANALYSIS,
    "delegation": Stage.ANALYSIS,
    "meeting": Stage.DECISION,
    "resolution": Stage.AUTHORITIES,
    "resume": Stage.DEFERRED,
    "end": Stage.DEFERRED,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_office_is_for_the_office_alone(lite: TestClient, sqlite: Database, page: str) -> None:
    ref = make(sqlite, PAGES[page])
    address = f"/cases/{ref}/{page}"
    assert lite.get(address).status_code == 303  # to sign in
    for post in ("pdb-sfrs-chief", "officer-sfrs-ict", "pdb-hwfrs-finance"):
        as_post(lite, sqlite, post)
        assert "You may not" in look(lite, address, 403).text
    at_the_office(lite, sqlite)
    assert ref in look(lite, address).text


@pytest.mark.parametrize("page", PAGES)
def test_what_a_stranger_sends_is_refused_and_changes_nothing(
    lite: TestClient, sqlite: Database, page: str
) -> None:
    ref = make(sqlite, PAGES[page])
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/{page}").form()
    with sqlite.reading() as db:
        before = len(timeline(db, ref))
    as_post(lite, sqlite, "pdb-sfrs-chief")
    values = {**form.values, "_csrf": look(lite, "/").forms[0].values["_csrf"]}
    assert lite.post(form.action, data=values).status_code == 403
    with sqlite.reading() as db:
        assert len(timeline(db, ref)) == before


@pytest.mark.parametrize("page", PAGES)
def test_in_another_stage_the_page_says_where_the_case_stands(
    lite: TestClient, sqlite: Database, page: str
) -> None:
    ref = make(sqlite, Stage.DELEGATED)
    at_the_office(lite, sqlite)
    assert ref in look(lite, f"/cases/{ref}/{page}", 409).text


@pytest.mark.parametrize("page", PAGES)
def test_a_case_that_does_not_exist_is_not_found(lite: TestClient, sqlite: Database, page: str) -> None:
    at_the_office(lite, sqlite)
    assert "There is no case" in look(lite, f"/cases/BJC-2026-999/{page}", 404).text


def test_questions_send_the_case_back_in_exactly_those_words(client: TestClient, database: Database) -> None:
    ref = make(database, Stage.ANALYSIS)
    at_the_office(client, database)
    answer = submit(client, f"/cases/{ref}/questions", {"text": "1. Why twelve months?\n2. <b>Who</b> pays?"})
    assert answer.headers["location"] == f"/cases/{ref}?done=asked"
    with database.reading() as db:
        (question,) = questions_asked(db, case_by_ref(db, ref).id)
        assert question.text == "1. Why twelve months?\n2. <b>Who</b> pays?"
    assert "The questions are sent" in look(client, answer.headers["location"]).text


def test_an_empty_question_is_asked_for_and_sends_nothing(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    at_the_office(lite, sqlite)
    answer = submit(lite, f"/cases/{ref}/questions", {"text": " "})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert case_of(sqlite, ref).stage == "analysis"


@pytest.mark.parametrize(
    ("page", "words"),
    [("questions", {"text": "Why now?"}), ("open-without-advice", {"reason": "It is urgent."})],
)
def test_a_second_click_leads_to_where_the_first_one_did(
    lite: TestClient, sqlite: Database, page: str, words: dict[str, str]
) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/{page}").form()
    answers = [lite.post(form.action, data={**form.values, **words}) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]
    with sqlite.reading() as db:
        assert [e.event for e in timeline(db, ref)].count(
            Event.QUESTIONS_ASKED if page == "questions" else Event.OPENED_WITHOUT_ADVICE
        ) == 1


def test_what_was_typed_is_kept_when_the_case_has_moved_on(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/questions").form()
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        cases.lead_moves(
            db, ref, Event.WITHDRAWN, "No longer wanted.", Actor("project lead", case.lead_id), NOW
        )
    answer = lite.post(form.action, data={**form.values, "text": "A long and careful question."})
    assert answer.status_code == 409
    assert "A long and careful question." in answer.text
    assert "withdrawn" in answer.text


def test_opening_without_advice_lists_what_is_missing_and_asks_the_board(
    client: TestClient, database: Database
) -> None:
    ref = make(database, Stage.ANALYSIS)
    at_the_office(client, database)
    page = look(client, f"/cases/{ref}/open-without-advice")
    assert page.text.count("Finance advice") == 2
    assert page.text.count("Impact statement") == 2
    assert "Treasurer, HWFRS" in page.text
    submit(client, f"/cases/{ref}/open-without-advice", {"reason": "The board meets tomorrow."})
    case = case_of(database, ref)
    assert (case.stage, case.stage_reason) == ("decision", "The board meets tomorrow.")


def test_without_a_draft_delegation_the_decision_cannot_be_opened(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        ref = a_case(db, Stage.ANALYSIS).ref
    at_the_office(lite, sqlite)
    look(lite, f"/cases/{ref}/open-without-advice", 409)


@pytest.mark.parametrize(("page", "stage"), [("resume", "analysis"), ("end", "withdrawn")])
def test_a_deferred_case_is_resumed_or_ended_with_a_reason(
    client: TestClient, database: Database, page: str, stage: str
) -> None:
    ref = make(database, Stage.DEFERRED)
    at_the_office(client, database)
    assert "Next review" in look(client, f"/cases/{ref}/{page}").text
    assert submit(client, f"/cases/{ref}/{page}", {"reason": ""}).status_code == 422
    submit(client, f"/cases/{ref}/{page}", {"reason": "The grant came through."})
    assert case_of(database, ref).stage == stage
