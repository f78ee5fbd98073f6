"""Writing and submitting a case: the task list, a page a section, the check, the declaration, the confirmation."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.actions import cases as actions
from bjc.actions.settle import settle
from bjc.db.questions.cases import case_by_ref, latest_version, versions
from bjc.db.session import Database
from bjc.rules.case import SECTIONS
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, TEXT, a_case, end_grace, everyone_votes, holder, office, sections
from tests.web.conftest import csrf_of, look, send, sign_in, submit
from tests.web.naughty import NAUGHTY, as_kept
from tests.web.page_reader import Read, read

WORDS = ("options", "preferred_option", "purpose", "strategic_context")


def a_lead(client: TestClient, database: Database, stage: Stage = Stage.DRAFTING, full: bool = False) -> str:
    """The lead of a case at this stage, signed in; `full` makes its draft complete. Returns the reference."""
    with database.writing() as db:
        case = a_case(db, stage)
        if full:
            case.sections = sections()
        ref, lead = case.ref, case.lead_id
    sign_in(client, lead)
    return ref


def kept(database: Database, ref: str) -> dict[str, Any]:
    with database.reading() as db:
        return dict(case_by_ref(db, ref).sections)


def status(page: Read, title: str) -> str:
    """The status that stands behind a section's title on the task list."""
    rest = page.text.rpartition(title)[2]
    found = {
        word: rest.find(word) for word in ("Completed", "Incomplete", "There is a problem", "Ready to submit")
    }
    return min((word for word, at in found.items() if at >= 0), key=lambda word: found[word])


def write_all(client: TestClient, ref: str) -> None:
    given = sections()
    for key in SECTIONS:
        page = look(client, f"/cases/{ref}/sections/{key.replace('_', '-')}")
        data = {name: str(given[name]) for name in page.form().names if name in given}
        assert send(client, page, data).status_code == 303


def test_a_case_is_written_section_by_section_checked_and_submitted(
    client: TestClient, database: Database
) -> None:
    ref = a_lead(client, database)
    write_all(client, ref)
    page = look(client, f"/cases/{ref}/sections")
    assert "10 of 10 sections are completed" in page.text
    assert status(page, "Check your answers and submit") == "Ready to submit"
    response = submit(client, f"/cases/{ref}/check", {"declared": "yes"})
    assert response.headers["location"] == f"/cases/{ref}/submitted"
    shown = look(client, f"/cases/{ref}/submitted")
    with database.reading() as db:
        case = case_by_ref(db, ref)
        version = latest_version(db, case.id, "case")
        assert version is not None
        assert Stage(case.stage) is Stage.ANALYSIS
        digest = version.sha256
    assert shown.h1 == ["Case submitted"]
    assert ref in shown.text
    assert "Version 2" in shown.text
    assert digest in shown.text
    assert f"{digest[:8]}…" in shown.text
    assert "give their advice on it by 5pm on Wed 8 Jul 2026" in shown.text
    assert "within 10 working days" in shown.text


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


def test_a_change_link_on_the_check_leads_back_to_the_check(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite, full=True)
    page = look(lite, f"/cases/{ref}/check")
    change = f"/cases/{ref}/sections/purpose?from=check"
    assert f"{change}#purpose" in page.html
    response = submit(lite, change, {"purpose": TEXT + " And more."})
    assert response.headers["location"] == f"/cases/{ref}/check"
    short = submit(lite, change, {"purpose": "short"})
    assert send(lite, read(short), {"purpose": TEXT}).headers["location"] == f"/cases/{ref}/check"


def test_what_is_missing_is_listed_with_its_place_and_there_is_no_button(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    page = look(lite, f"/cases/{ref}/check")
    assert "10 sections are not complete yet" in page.text
    assert "Purpose : not written yet" in page.text
    assert page.links["Purpose"] == f"/cases/{ref}/sections/purpose?from=check"
    assert "Submit the case" not in page.text


def test_without_the_declaration_nothing_is_submitted(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite, full=True)
    page = look(lite, f"/cases/{ref}/check")
    assert "declared" not in page.form().values, "nothing is ticked beforehand"
    response = send(lite, page, {})
    shown = read(response)
    assert response.status_code == 422
    assert shown.title.startswith("Error: ")
    assert shown.links["Confirm that the case is complete and true"] == "#declared"
    assert 'id="declared"' in shown.html
    with sqlite.reading() as db:
        assert Stage(case_by_ref(db, ref).stage) is Stage.DRAFTING


def test_a_second_click_on_submit_shows_the_confirmation_of_the_first(
    client: TestClient, database: Database
) -> None:
    ref = a_lead(client, database, full=True)
    page = look(client, f"/cases/{ref}/check")
    for _ in range(2):
        assert send(client, page, {"declared": "yes"}).headers["location"] == f"/cases/{ref}/submitted"
    with database.reading() as db:
        assert len(versions(db, case_by_ref(db, ref).id)) == 2


def test_what_was_changed_after_the_check_is_not_submitted_unseen(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite, full=True)
    page = look(lite, f"/cases/{ref}/check")
    submit(lite, f"/cases/{ref}/sections/purpose", {"purpose": TEXT + " Changed."})
    response = send(lite, page, {"declared": "yes"})
    assert response.status_code == 409
    assert "changed after you checked it" in read(response).text
    assert send(lite, read(response), {"declared": "yes"}).status_code == 303


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


def test_only_the_lead_may_write_and_submit(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite, full=True)
    page = look(lite, f"/cases/{ref}/check")
    with sqlite.reading() as db:
        member, officer = holder(db, "pdb-sfrs-chief").id, office(db).person_id
    assert officer is not None
    for person in (member, officer):
        sign_in(lite, person)
        for path in ("sections", "sections/purpose"):
            assert look(lite, f"/cases/{ref}/{path}", 403).h1 == ["You cannot do this"]
    sign_in(lite, officer)
    draft = look(lite, f"/cases/{ref}/check")
    assert draft.h1 == ["The draft as it stands"]
    assert "Change" not in draft.links
    data = {
        "lock_version": page.form().values["lock_version"],
        "declared": "yes",
        "_csrf": csrf_of(draft.html),
    }
    response = lite.post(f"/cases/{ref}/submit", data=data)
    assert response.status_code == 403
    assert "Only the case's lead may do this" in read(response).text
    with sqlite.reading() as db:
        assert Stage(case_by_ref(db, ref).stage) is Stage.DRAFTING


def test_an_unknown_section_is_not_found_and_the_submit_address_leads_to_the_check(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    assert lite.get(f"/cases/{ref}/sections/salary").status_code == 404
    assert lite.get(f"/cases/{ref}/submit").headers["location"] == f"/cases/{ref}/check"
