"""Writing a case: the task list with its statuses, a page a section, and nothing typed is ever lost."""

import pytest
from fastapi.testclient import TestClient

from bjc.actions import cases as actions
from bjc.actions.settle import settle
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, TEXT, a_case, assignments, end_grace, everyone_votes, office, vote
from tests.web.case_steps import decided, seen_by
from tests.web.conftest import look, send, sign_in, submit
from tests.web.draft_steps import a_lead, kept, status
from tests.web.naughty import NAUGHTY, as_kept
from tests.web.page_reader import read

WORDS = ("options", "preferred_option", "purpose", "strategic_context")


def test_the_task_list_says_completed_incomplete_and_problem_in_words(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    submit(lite, f"/cases/{ref}/sections/purpose", {"purpose": TEXT})
    submit(lite, f"/cases/{ref}/sections/options", {"options": "Too short"})
    page = look(lite, f"/cases/{ref}/sections")
    assert status(page, "Purpose") == "Completed"
    assert status(page, "Strategic context") == "Incomplete"
    assert status(page, "Available options") == "There is a problem"
    assert "15 words" in page.text
    assert "govuk-tag--red" in page.html
    assert "1 of 10 sections are completed" in page.text


def test_a_section_has_guidance_and_says_how_many_words_it_may_have(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    page = look(lite, f"/cases/{ref}/sections/case-for-change")
    assert page.h1 == ["Case for change"]
    assert "What a good section covers" in page.text
    assert "You can enter up to 1500 words" in page.text
    assert "Today's problem, with figures" in page.text


def test_too_many_words_are_kept_and_stand_as_a_problem_that_stops_the_submission(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite, full=True)
    long = "word " * 1_501
    response = submit(lite, f"/cases/{ref}/sections/purpose", {"purpose": long})
    assert response.status_code == 422
    assert "take out 1" in read(response).text
    assert kept(sqlite, ref)["purpose"] == long.strip()
    assert status(look(lite, f"/cases/{ref}/sections"), "Purpose") == "There is a problem"
    check = look(lite, f"/cases/{ref}/check")
    assert "1 section is not complete yet" in check.text
    assert "Submit the case" not in check.text


def test_not_yet_is_an_honest_answer_that_is_kept_but_not_enough(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite, full=True)
    answers = {"equality_screened": "no", "data_protection_screened": "yes"}
    response = submit(lite, f"/cases/{ref}/sections/screening", answers)
    assert response.status_code == 303
    assert (
        status(look(lite, f"/cases/{ref}/sections"), "Equality and data protection screening") == "Incomplete"
    )
    assert "It is needed before you submit" in look(lite, f"/cases/{ref}/check").text


def test_two_windows_on_a_section_lose_nothing(client: TestClient, database: Database) -> None:
    ref = a_lead(client, database)
    one = look(client, f"/cases/{ref}/sections/about")
    other = look(client, f"/cases/{ref}/sections/about")
    send(client, one, {"ask": "Approve one shared desk for both services.", "later": "yes"})
    response = send(client, other, {"ask": "Approve two desks, one for each service.", "amount": "lots"})
    page = read(response)
    assert response.status_code == 409
    assert page.form().values["ask"] == "Approve two desks, one for each service."
    assert page.form().values["amount"] == "lots"
    assert "Saved now Approve one shared desk for both services." in page.text
    assert kept(database, ref)["ask"] == "Approve one shared desk for both services."
    assert send(client, page, {"amount": "90000", "later": "yes"}).status_code == 303
    assert kept(database, ref)["ask"] == "Approve two desks, one for each service."


def test_a_section_saved_after_the_case_moved_on_is_shown_to_be_copied(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite, full=True)
    page = look(lite, f"/cases/{ref}/sections/purpose")
    submit(lite, f"/cases/{ref}/check", {"declared": "yes"})
    response = send(lite, page, {"purpose": "One more thought, typed too late."})
    assert response.status_code == 409
    assert "One more thought, typed too late." in read(response).text
    assert kept(sqlite, ref)["purpose"] == TEXT


def test_what_the_office_asked_stands_at_the_top_until_it_is_submitted_again(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite, Stage.ANALYSIS)
    with sqlite.writing() as db:
        actions.ask_questions(db, ref, "Who owns the tool?\n<b>And</b> the data?", office(db), NOW)
    page = look(lite, f"/cases/{ref}/sections")
    assert (
        "Question 1 from the programme office Wed 1 Jul 2026 Who owns the tool? <b>And</b> the data?"
        in page.text
    )
    assert "<b>And</b>" not in page.html
    submit(lite, f"/cases/{ref}/check", {"declared": "yes"})
    with sqlite.writing() as db:
        actions.ask_questions(db, ref, "A second question.", office(db), NOW)
    text = look(lite, f"/cases/{ref}/sections").text
    assert "Question 2" in text
    assert "A second question." in text


def test_a_case_that_was_referred_back_shows_the_outcome_and_the_reasons(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite, Stage.DECISION)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        everyone_votes(db, case, Choice.ABSTAIN)
        end_grace(db, case)
        settle(db, ref, NOW)
        assert Stage(case.stage) is Stage.DRAFTING
    page = look(lite, f"/cases/{ref}/sections")
    assert "The board's outcome: referred back" in page.text
    assert "Because." in page.text


def test_the_conditions_of_a_recommended_scope_stand_where_the_lead_writes_without_whose_they_are(
    lite: TestClient, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        for row, _ in assignments(db, case):
            vote(db, case, row, Choice.APPROVE_WITH_CONDITIONS, conditions="Mind the exit.")
        end_grace(db, case)
        settle(db, case.ref, NOW)
        ref, lead = case.ref, case.lead_id
    sign_in(lite, lead)
    for address in (f"/cases/{ref}", f"/cases/{ref}/sections"):
        text = look(lite, address).text
        assert "The board's outcome: recommended with conditions" in text
        assert "Conditions that members set: Mind the exit." in text
        assert "Officer A1" not in text


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.DEFER])
def test_the_reasons_of_a_rejection_and_a_deferral_stand_on_the_leads_page(
    lite: TestClient, sqlite: Database, choice: Choice
) -> None:
    ref = decided(sqlite, choice)
    assert "Reasons that members gave: Because." in seen_by(lite, sqlite, "lead", ref).text
    assert "Reasons that members gave" not in seen_by(lite, sqlite, "other", ref).text


@pytest.mark.parametrize("text", NAUGHTY)
def test_hostile_text_in_every_field_is_kept_shown_and_never_run(
    lite: TestClient, sqlite: Database, text: str
) -> None:
    ref = a_lead(lite, sqlite)
    for key in ("about", *WORDS):
        path = f"/cases/{ref}/sections/{key.replace('_', '-')}"
        form = look(lite, path).form()
        typed = {name: text for name in form.values if not name.startswith(("_csrf", "lock", "from"))}
        submit(lite, path, typed)
        page = look(lite, path)
        assert "<img src=x" not in page.html
        assert "<script>alert" not in page.html
        assert "<svg/onload" not in page.html
        for name in typed:
            assert page.form().values[name] == as_kept(text, lines=name in ("ask", *WORDS))
    for path in ("sections", "check", ""):
        page = look(lite, f"/cases/{ref}/{path}".rstrip("/"))
        assert "<img src=x" not in page.html
        assert "<script>alert" not in page.html
        assert "7777777" not in page.text


def test_an_unknown_section_is_not_found_and_the_submit_address_leads_to_the_check(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    assert lite.get(f"/cases/{ref}/sections/salary").status_code == 404
    assert lite.get(f"/cases/{ref}/submit").headers["location"] == f"/cases/{ref}/check"


def test_who_was_signed_out_while_writing_gets_back_what_they_typed(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    page = look(lite, f"/cases/{ref}/sections/purpose")
    lite.cookies.clear()
    response = send(lite, page, {"purpose": "Two hours of work.\n<b>Second</b> line."})
    shown = read(response)
    assert response.status_code == 409
    assert "You were signed out before this was saved." in shown.text
    assert "Two hours of work.\n&lt;b&gt;Second&lt;/b&gt; line." in shown.html
    assert "lock" not in shown.text
    assert "purpose" not in kept(sqlite, ref)
