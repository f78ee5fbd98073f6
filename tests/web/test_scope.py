"""The scope proposal: kept as it was typed, never lost, sent once, and received."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.questions.cases import case_by_ref, versions
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, TEXT, a_case, end_grace, everyone_votes, holder, office
from tests.web.conftest import look, send, sign_in, submit
from tests.web.naughty import NAUGHTY, as_kept
from tests.web.page_reader import read

DATE = {"submit_by-day": "30", "submit_by-month": "9", "submit_by-year": "2026"}
SCOPE = {
    "purpose": TEXT, "in_scope": TEXT, "out_of_scope": "Telephony.", "sponsor": "Assistant Chief Fire Officer",
    "owner": "Head of ICT", "budget_to_prepare": "£1,500", "effect_sfrs": "Two officers for a quarter.",
    "effect_hwfrs": "Two officers for a quarter.", **DATE,
}  # fmt: skip


def a_lead(client: TestClient, database: Database, stage: Stage = Stage.SCOPING) -> str:
    """The lead of a case at this stage, signed in; returns the reference."""
    with database.writing() as db:
        case = a_case(db, stage)
        ref, lead = case.ref, case.lead_id
    sign_in(client, lead)
    return ref


def kept(database: Database, ref: str) -> dict[str, Any]:
    with database.reading() as db:
        return dict(case_by_ref(db, ref).scope)


def test_a_complete_proposal_is_checked_sent_and_received(client: TestClient, database: Database) -> None:
    ref = a_lead(client, database)
    response = submit(client, f"/cases/{ref}/scope", SCOPE)
    assert response.headers["location"] == f"/cases/{ref}/scope/check"
    check = look(client, f"/cases/{ref}/scope/check")
    assert "Wed 30 Sep 2026" in check.text
    assert "£1,500" in check.text
    assert "within 10 working days" in check.text
    response = send(client, check, {})
    assert response.headers["location"] == f"/cases/{ref}/scope/sent"
    receipt = look(client, f"/cases/{ref}/scope/sent")
    assert receipt.h1 == ["Scope proposal sent"]
    assert "by 5pm on Wed 15 Jul 2026" in receipt.text
    with database.reading() as db:
        case = case_by_ref(db, ref)
        assert Stage(case.stage) is Stage.SCOPE_DECISION
        (version,) = versions(db, case.id)
        assert version.body["budget_to_prepare"] == "1500"
        assert version.sha256 in receipt.text


def test_what_is_not_complete_is_saved_as_it_was_typed_and_the_errors_say_what_to_do(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    typed = {
        **SCOPE,
        "purpose": "short",
        "budget_to_prepare": "a lot",
        "submit_by-day": "31",
        "submit_by-month": "2",
    }
    response = submit(lite, f"/cases/{ref}/scope", typed)
    page = read(response)
    assert response.status_code == 422
    assert page.title.startswith("Error: ")
    assert "Your text is saved." in page.text
    assert "Purpose must be 20 characters or more" in page.text
    assert "must be a real date, like 27 3 2027" in page.text
    for again in (page, look(lite, f"/cases/{ref}/scope")):
        assert {name: again.form().values[name] for name in typed} == typed | {"budget_to_prepare": "a lot"}
    assert kept(sqlite, ref)["owner"] == "Head of ICT"


def test_a_blank_answer_replaces_the_one_before(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite)
    submit(lite, f"/cases/{ref}/scope", SCOPE)
    submit(lite, f"/cases/{ref}/scope", {**SCOPE, "owner": "", "submit_by-day": ""})
    values = look(lite, f"/cases/{ref}/scope").form().values
    assert (values["owner"], values["submit_by-day"], values["submit_by-month"]) == ("", "", "9")
    assert "Enter the owner" in look(lite, f"/cases/{ref}/scope/check").text


def test_saving_for_later_asks_no_questions(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite)
    response = submit(lite, f"/cases/{ref}/scope", {"purpose": "A beginning", "later": "yes"})
    assert response.headers["location"] == f"/cases/{ref}?done=saved"
    assert "Your draft is saved." in look(lite, response.headers["location"]).text
    assert kept(sqlite, ref)["purpose"] == "A beginning"


def test_an_incomplete_proposal_shows_what_is_missing_and_has_no_button_to_send(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    page = look(lite, f"/cases/{ref}/scope/check")
    assert "Not ready to send yet" in page.text
    assert page.links["Write what is in scope"] == f"/cases/{ref}/scope#in_scope"
    assert "Send the scope proposal" not in page.text


def test_two_windows_nothing_typed_is_lost_and_what_is_saved_stands_beside_it(
    client: TestClient, database: Database
) -> None:
    ref = a_lead(client, database)
    one = look(client, f"/cases/{ref}/scope")
    other = look(client, f"/cases/{ref}/scope")
    send(client, one, {**SCOPE, "owner": "Head of ICT"})
    response = send(client, other, {**SCOPE, "owner": "Head of Digital"})
    page = read(response)
    assert response.status_code == 409
    assert "Not saved yet" in page.text
    assert page.form().values["owner"] == "Head of Digital"
    assert "Saved now Head of ICT" in page.text
    assert "Saved now Telephony." not in page.text, "what is the same need not be compared"
    assert kept(database, ref)["owner"] == "Head of ICT"
    assert send(client, page, {}).status_code == 303
    assert kept(database, ref)["owner"] == "Head of Digital"


def test_text_typed_after_the_proposal_was_sent_is_shown_to_be_copied(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite)
    submit(lite, f"/cases/{ref}/scope", SCOPE)
    page = look(lite, f"/cases/{ref}/scope")
    submit(lite, f"/cases/{ref}/scope/check", {})
    response = send(lite, page, {"purpose": "A new purpose that came to me in the night."})
    shown = read(response)
    assert response.status_code == 409
    assert "A new purpose that came to me in the night." in shown.text
    assert "was not saved" in shown.text
    assert kept(sqlite, ref)["purpose"] == TEXT


def test_a_second_click_on_send_shows_the_receipt_of_the_first(
    client: TestClient, database: Database
) -> None:
    ref = a_lead(client, database)
    submit(client, f"/cases/{ref}/scope", SCOPE)
    page = look(client, f"/cases/{ref}/scope/check")
    assert send(client, page, {}).headers["location"] == send(client, page, {}).headers["location"]
    with database.reading() as db:
        assert len(versions(db, case_by_ref(db, ref).id)) == 1


def test_what_was_changed_after_the_check_is_not_sent_unseen(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite)
    submit(lite, f"/cases/{ref}/scope", SCOPE)
    page = look(lite, f"/cases/{ref}/scope/check")
    submit(lite, f"/cases/{ref}/scope", {**SCOPE, "owner": "Head of Digital"})
    response = send(lite, page, {})
    assert response.status_code == 409
    assert "changed after you checked it" in read(response).text
    assert "Head of Digital" in read(response).text
    assert send(lite, read(response), {}).status_code == 303


def test_a_proposal_that_was_not_recommended_comes_back_with_the_reasons_and_no_names(
    lite: TestClient, sqlite: Database
) -> None:
    ref = a_lead(lite, sqlite, Stage.SCOPE_DECISION)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        everyone_votes(db, case, Choice.DEFER)
        end_grace(db, case)
        settle(db, ref, NOW)
    page = look(lite, f"/cases/{ref}/scope")
    assert "The board's outcome: sent back" in page.text
    assert "Reasons that members gave: Because." in page.text
    assert "How it was decided" in page.text
    assert "Officer A1" not in page.text
    assert page.form().values["owner"] == "Head of ICT"


@pytest.mark.parametrize("path", ["scope", "scope/check"])
def test_after_it_is_sent_the_page_leads_to_the_case(lite: TestClient, sqlite: Database, path: str) -> None:
    ref = a_lead(lite, sqlite, Stage.DRAFTING)
    assert lite.get(f"/cases/{ref}/{path}").headers["location"] == f"/cases/{ref}"


def test_only_the_lead_may_write_it_and_only_the_office_may_look(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite)
    submit(lite, f"/cases/{ref}/scope", {**SCOPE, "purpose": "A purpose nobody else should read yet."})
    with sqlite.reading() as db:
        member, clerk = holder(db, "pdb-sfrs-chief").id, holder(db, "clerk-sfrs").id
        officer = office(db).person_id
    for stranger in (member, clerk):
        sign_in(lite, stranger)
        for path in ("scope", "scope/check", "scope/sent"):
            page = look(lite, f"/cases/{ref}/{path}", 403)
            assert "A purpose nobody else" not in page.text
    assert officer is not None
    sign_in(lite, officer)
    page = look(lite, f"/cases/{ref}/scope/check")
    assert "A purpose nobody else" in page.text
    assert "Send the scope proposal" not in page.text
    assert lite.get(f"/cases/{ref}/scope").status_code == 403


@pytest.mark.parametrize("lock", ["", "x", "-1", "٣", "9" * 12])
def test_a_form_whose_version_was_tampered_with_is_refused(
    lite: TestClient, sqlite: Database, lock: str
) -> None:
    ref = a_lead(lite, sqlite)
    assert submit(lite, f"/cases/{ref}/scope", {**SCOPE, "lock_version": lock}).status_code == 422
    assert kept(sqlite, ref) == {}


@pytest.mark.parametrize("text", NAUGHTY)
def test_hostile_text_is_kept_shown_and_never_run(lite: TestClient, sqlite: Database, text: str) -> None:
    ref = a_lead(lite, sqlite)
    typed = dict.fromkeys(SCOPE, text)
    pages = [read(submit(lite, f"/cases/{ref}/scope", typed))]
    pages += [look(lite, f"/cases/{ref}/{path}") for path in ("scope", "scope/check")]
    for page in pages:
        assert "<img src=x" not in page.html
        assert "<script>alert" not in page.html
        assert "7777777" not in page.text
    values = pages[1].form().values
    assert values["purpose"] == as_kept(text, lines=True)
    assert values["sponsor"] == as_kept(text)
    assert values["submit_by-day"] == as_kept(text)


def test_a_case_may_be_named_in_small_letters(lite: TestClient, sqlite: Database) -> None:
    ref = a_lead(lite, sqlite).lower()
    assert submit(lite, f"/cases/{ref}/scope", SCOPE).status_code == 303
    assert submit(lite, f"/cases/{ref}/scope/check", {}).status_code == 303
    with sqlite.reading() as db:
        assert isinstance(case_by_ref(db, ref), Case)


@pytest.mark.parametrize(
    ("year", "words"), [("2020", "today or later"), ("2099", "within 5 years from today")]
)
def test_a_day_of_submission_far_away_or_gone_is_named_at_the_check(
    lite: TestClient, sqlite: Database, year: str, words: str
) -> None:
    ref = a_lead(lite, sqlite)
    submit(lite, f"/cases/{ref}/scope", {**SCOPE, "submit_by-year": year})
    page = look(lite, f"/cases/{ref}/scope/check")
    assert words in page.text
    assert "Not ready to send yet" in page.text
