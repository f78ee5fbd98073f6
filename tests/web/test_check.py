"""Checking and submitting a case: what is missing, the declaration, the frozen version and its confirmation."""

from fastapi.testclient import TestClient

from bjc.db.questions.cases import case_by_ref, latest_version, versions
from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import TEXT, holder, office
from tests.web.conftest import csrf_of, look, send, sign_in, submit
from tests.web.draft_steps import a_lead, status, write_all
from tests.web.page_reader import read


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
