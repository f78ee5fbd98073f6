"""Starting a case: the questions, the answers carried between them, and the case that is opened once."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import people
from bjc.db.session import Database
from bjc.rules.stages import Stage
from bjc.rules.triage import TriageAnswers
from tests.builders import lead_of
from tests.web.conftest import look, send, sign_in, submit
from tests.web.page_reader import read

ANSWERS = {
    "title": "Joint ICT Service Desk", "amount": "£182,000.50", "changes_approved_case": "no", "unusual": "no",
    "pilot": "no", "route_to_buy": "yes",
}  # fmt: skip


def begin(client: TestClient, database: Database) -> str:
    """A lead at the first question; returns its address."""
    with database.reading() as db:
        sign_in(client, lead_of(db))
    return look(client, "/cases/new").links["Start now"]


def answer(client: TestClient, url: str, **changed: str) -> str:
    """Answer every question from `url` on; returns the address of the check."""
    given = {**ANSWERS, **changed}
    while not url.endswith("/check"):
        step = url.rsplit("/", 1)[1].replace("-", "_")
        response = submit(client, url, {step: given[step]})
        assert response.status_code == 303, read(response).text
        url = response.headers["location"]
    return url


def cases(database: Database) -> list[Case]:
    with database.reading() as db:
        found = list(db.scalars(select(Case).order_by(Case.id)))
        for case in found:
            db.expunge(case)
        return found


def test_the_answers_lead_through_the_check_to_a_case_with_its_reasons(
    client: TestClient, database: Database
) -> None:
    url = answer(client, begin(client, database))
    page = look(client, url)
    assert "£182,000.50" in page.text
    response = submit(client, url, {})
    shown = look(client, response.headers["location"])
    (case,) = cases(database)
    assert shown.path == f"/cases/{case.ref}/triage"
    assert shown.h1 == ["You need a business justification case"]
    assert case.ref in shown.text
    assert "There is a competed way to buy it." in shown.text
    assert shown.links["Write the scope proposal"] == f"/cases/{case.ref}/scope"
    assert (case.title, case.stage, str(case.amount)) == (ANSWERS["title"], Stage.SCOPING, "182000.50")


@pytest.mark.parametrize(
    ("changed", "heading", "stage"),
    [
        ({"changes_approved_case": "yes"}, "You need an addendum to the approved case", Stage.ADDENDUM),
        ({"amount": "2500000"}, "You need a three-stage business case", Stage.THREE_STAGE),
        ({"amount": "0"}, "You do not need a business case", Stage.NO_CASE),
    ],
)
def test_another_outcome_is_kept_with_its_reasons_too(
    lite: TestClient, sqlite: Database, changed: dict[str, str], heading: str, stage: Stage
) -> None:
    url = answer(lite, begin(lite, sqlite), **changed)
    page = look(lite, submit(lite, url, {}).headers["location"])
    (case,) = cases(sqlite)
    assert page.h1 == [heading]
    assert f"kept as {case.ref}" in page.text
    assert Stage(case.stage) is stage
    assert case.triage["reasons"]
    assert "Write the scope proposal" not in page.links


def test_one_question_stands_on_a_page_and_says_which_it_is(lite: TestClient, sqlite: Database) -> None:
    page = look(lite, begin(lite, sqlite))
    assert page.h1 == ["What do you want to do?"]
    assert "Question 1 of 6" in page.text
    assert page.form().names == {"_csrf", "title"}


@pytest.mark.parametrize("typed", ["", "x", "x" * 121])
def test_an_answer_that_cannot_be_taken_is_shown_again_with_what_to_do(
    lite: TestClient, sqlite: Database, typed: str
) -> None:
    url = begin(lite, sqlite)
    response = submit(lite, url, {"title": typed})
    page = read(response)
    assert response.status_code == 422
    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.text
    assert page.form().values["title"] == typed


@pytest.mark.parametrize("step", list(TriageAnswers.model_fields))
def test_an_empty_answer_to_any_question_is_shown_again(
    lite: TestClient, sqlite: Database, step: str
) -> None:
    url = f"{begin(lite, sqlite).rsplit('/', 1)[0]}/{step.replace('_', '-')}"
    response = submit(lite, url, {})
    assert response.status_code == 422
    assert "There is a problem" in read(response).text


def test_going_back_finds_every_answer_and_loses_none(lite: TestClient, sqlite: Database) -> None:
    url = begin(lite, sqlite)
    check = answer(lite, url)
    assert look(lite, url).form().values["title"] == ANSWERS["title"]
    back_to = look(lite, check).links
    assert back_to["Change"].startswith(url.rsplit("/", 1)[0])
    response = submit(lite, url, {"title": "Another title"})
    assert response.headers["location"] == check
    text = look(lite, check).text
    assert "Another title" in text
    assert "£182,000.50" in text


def test_a_question_left_out_is_asked_before_the_check(lite: TestClient, sqlite: Database) -> None:
    url = begin(lite, sqlite)
    submit(lite, url, {"title": "A title"})
    base = url.rsplit("/", 1)[0]
    assert lite.get(f"{base}/check").headers["location"] == f"{base}/amount"


def test_two_triages_in_two_tabs_do_not_mix(lite: TestClient, sqlite: Database) -> None:
    one = begin(lite, sqlite)
    other = look(lite, "/cases/new").links["Start now"]
    submit(lite, one, {"title": "The first"})
    submit(lite, other, {"title": "The second"})
    assert look(lite, one).form().values["title"] == "The first"
    assert look(lite, other).form().values["title"] == "The second"


def test_sending_the_check_twice_opens_one_case(client: TestClient, database: Database) -> None:
    url = answer(client, begin(client, database))
    page = look(client, url)
    first = send(client, page, {})
    second = send(client, page, {})
    assert first.headers["location"] == second.headers["location"]
    assert len(cases(database)) == 1


def test_after_it_is_opened_the_back_button_leads_to_the_case(lite: TestClient, sqlite: Database) -> None:
    url = begin(lite, sqlite)
    check = answer(lite, url)
    outcome = submit(lite, check, {}).headers["location"]
    assert lite.get(check).headers["location"] == outcome
    assert lite.get(url).headers["location"] == outcome


@pytest.mark.parametrize(
    "edit", [lambda kept: kept[:-4] + "AAAA", lambda kept: "e30.x", lambda kept: "rubbish"]
)
def test_answers_edited_by_hand_are_refused_and_open_nothing(
    lite: TestClient, sqlite: Database, edit: object
) -> None:
    url = begin(lite, sqlite)
    check = answer(lite, url)
    page = look(lite, check)
    cookie = next(one for one in lite.cookies.jar if one.name == "bjc-triage")
    cookie.value = edit(cookie.value)  # type: ignore[operator]
    response = send(lite, page, {})
    assert response.status_code == 422
    assert "Start a new case" in read(response).text
    assert lite.get(url).status_code == 422
    assert cases(sqlite) == []


def test_one_persons_answers_are_not_anothers(lite: TestClient, sqlite: Database) -> None:
    url = answer(lite, begin(lite, sqlite))
    kept = next(one for one in lite.cookies.jar if one.name == "bjc-triage")
    with sqlite.reading() as db:
        other = people.holders_of_kind(db, ("officer",), lite.app.state.moment.date())[1][1].id  # type: ignore[attr-defined]
    sign_in(lite, other)
    lite.cookies.set("bjc-triage", str(kept.value), path=kept.path)
    assert lite.get(url).status_code == 422


@pytest.mark.parametrize("extra", [{"stage": "approved"}, {"lead_id": "1"}])
def test_a_field_that_was_not_asked_for_is_refused(
    lite: TestClient, sqlite: Database, extra: dict[str, str]
) -> None:
    url = begin(lite, sqlite)
    assert submit(lite, url, {"title": "A title", **extra}).status_code == 422
    check = answer(lite, url)
    assert submit(lite, check, extra).status_code == 422
    assert cases(sqlite) == []


def test_an_unknown_question_or_triage_is_not_found(lite: TestClient, sqlite: Database) -> None:
    url = begin(lite, sqlite)
    assert lite.get(url.replace("/title", "/salary")).status_code == 404
    assert lite.get("/cases/new/short/title").status_code == 404


def test_somebody_without_a_service_is_asked_which_leads(lite: TestClient, sqlite: Database) -> None:
    with sqlite.reading() as db:
        person = db.scalar(select(Person).where(Person.service.is_(None)))
        assert person is not None
        sign_in(lite, person)
    url = look(lite, "/cases/new").links["Start now"]
    assert "Question 1 of 7" in look(lite, url).text
    refused = submit(lite, url.replace("/title", "/service"), {"service": "nowhere"})
    assert refused.status_code == 422
    check = answer(lite, url, service="sfrs")
    assert "Shropshire Fire and Rescue Service" in look(lite, check).text
    submit(lite, check, {})
    with sqlite.reading() as db:
        assert db.scalar(select(func.count()).select_from(Case).where(Case.service == "sfrs")) == 1


def test_nobody_signed_in_is_sent_to_sign_in(lite: TestClient) -> None:
    response = lite.get("/cases/new")
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/cases/new"
