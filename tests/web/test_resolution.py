"""Recording what an Authority resolved: by the office for both, by a clerk for their own."""

from fastapi.testclient import TestClient

from bjc.actions.settle import settle
from bjc.db.questions.cases import case_by_ref, timeline
from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import NOW
from tests.web.conftest import look, submit
from tests.web.desk_steps import as_post, at_the_office, make

RESOLVED = {"service": "sfrs", "resolution": "agreed", "met_on-day": "1", "met_on-month": "7", "met_on-year": "2026",
            "minute": "47/2026", "text": "The Authority approved the case."}  # fmt: skip


def test_the_office_records_both_resolutions_and_the_case_is_approved(
    client: TestClient, database: Database
) -> None:
    ref = make(database, Stage.AUTHORITIES)
    at_the_office(client, database)
    assert "£1,500,000" in look(client, f"/cases/{ref}/resolution").text
    submit(client, f"/cases/{ref}/resolution", RESOLVED)
    page = look(client, f"/cases/{ref}/resolution")
    assert "Agreed on Wed 1 Jul 2026, minute 47/2026" in page.text
    submit(client, f"/cases/{ref}/resolution", {**RESOLVED, "service": "hwfrs"})
    with database.writing() as db:
        settle(db, ref, NOW)
        assert case_by_ref(db, ref).stage == "approved"
    assert "cannot be done" in look(client, f"/cases/{ref}/resolution", 409).text


def test_a_clerk_records_the_own_authoritys_resolution_and_no_other(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.AUTHORITIES)
    as_post(lite, sqlite, "clerk-hwfrs")
    page = look(lite, f"/cases/{ref}/resolution")
    assert "Hereford & Worcester" in page.text
    assert "Shropshire and Wrekin" not in page.text
    assert submit(lite, f"/cases/{ref}/resolution", {**RESOLVED, "service": "sfrs"}).status_code == 403
    assert submit(lite, f"/cases/{ref}/resolution", {**RESOLVED, "service": "hwfrs"}).status_code == 303
    with sqlite.reading() as db:
        assert timeline(db, ref)[-1].actor["post"] == "clerk-hwfrs"
    look(lite, f"/cases/{ref}/resolution", 409)


def test_the_same_resolution_sent_twice_is_there_once_another_one_is_refused(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.AUTHORITIES)
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/resolution").form()
    sent = {**form.values, **RESOLVED}
    assert [lite.post(form.action, data=sent).status_code for _ in range(2)] == [303, 303]
    other = lite.post(form.action, data={**sent, "resolution": "refused"})
    assert other.status_code == 409
    assert "already recorded" in other.text
    assert "The Authority approved the case." in other.text


def test_an_incomplete_resolution_names_its_fields_and_keeps_the_rest(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.AUTHORITIES)
    at_the_office(lite, sqlite)
    wrong = {**RESOLVED, "met_on-year": "2027", "minute": ""}
    answer = submit(lite, f"/cases/{ref}/resolution", wrong)
    assert answer.status_code == 422
    assert "Enter the minute number" in answer.text
    answer = submit(lite, f"/cases/{ref}/resolution", {**wrong, "minute": "47/2026"})
    assert "must be today or earlier" in answer.text
    assert "The Authority approved the case." in answer.text
