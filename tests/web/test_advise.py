"""An adviser reads the frozen version and gives advice, until the decision opens."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.actions.settle import settle
from bjc.db.decisions import Advice
from bjc.db.session import Database
from bjc.rules.stages import Event, Stage
from tests.builders import draft_delegation, office
from tests.web.asked import Asked, advisers, case_of, dump, enter, mails, read_it
from tests.web.conftest import look, send
from tests.web.page_reader import read

GIVEN = {"recommendation": "support", "text": "The money is there & sound."}


def advice(database: Database, asked: Asked) -> Advice:
    """What the database has of this adviser."""
    with database.reading() as db:
        row = db.get_one(Advice, asked.subject_id)
        db.expunge(row)
        return row


def test_the_page_shows_what_is_asked_of_this_post_and_preselects_nothing(
    client: TestClient, database: Database
) -> None:
    for adviser in advisers(database):
        page = enter(client, adviser)
        assert adviser.name in page.text
        asks = "affordable" if "Finance advice" in page.text else "own priorities"
        assert asks in page.text
        assert "Version 2" in page.text
        assert "recommendation" not in page.form().values


def test_advice_is_recorded_with_a_receipt_and_may_be_changed(client: TestClient, database: Database) -> None:
    adviser = advisers(database)[0]
    page = enter(client, adviser)
    assert send(client, page, GIVEN).status_code == 303
    once = dump(database)
    assert send(client, page, GIVEN).status_code == 303
    assert dump(database) == once
    assert look(client, adviser.address).h1 == ["Your advice is recorded"]
    page = look(client, f"{adviser.address}?change")
    read_it(client)
    assert (
        send(client, page, {"recommendation": "do not support", "text": "It is not affordable."}).status_code
        == 303
    )
    assert (advice(database, adviser).recommendation, advice(database, adviser).text) == (
        "do not support", "It is not affordable.",
    )  # fmt: skip
    assert len(mails(database, "advice_receipt", adviser.subject_id)) == 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose what you recommend"),
        ({"recommendation": "support"}, "Write your advice in a sentence or more"),
        ({"recommendation": "support", "text": "Short"}, "Write your advice in a sentence or more"),
        ({"recommendation": "maybe", "text": "Long enough to be taken."}, "Choose what you recommend"),
        ({"recommendation": "support", "text": "x" * 10_001}, "10,000 characters or fewer"),
    ],
)
def test_what_is_missing_is_asked_for(
    lite: TestClient, sqlite: Database, typed: dict[str, str], says: str
) -> None:
    adviser = advisers(sqlite)[0]
    page = enter(lite, adviser)
    before = dump(sqlite)
    answer = send(lite, page, typed)
    assert answer.status_code == 422
    assert says in read(answer).text
    assert read(answer).form().values["text"] == typed.get("text", "")
    assert dump(sqlite) == before


def test_advice_sent_faster_than_anybody_reads_is_asked_for_again(lite: TestClient, sqlite: Database) -> None:
    adviser = advisers(sqlite)[0]
    lite.get(adviser.link)
    answer = send(lite, look(lite, adviser.address), GIVEN)
    assert answer.status_code == 422
    assert "faster than a page can be read" in answer.text
    assert advice(sqlite, adviser).given_at is None


def test_once_the_decision_is_open_advice_stands_and_only_what_is_missing_is_taken(
    client: TestClient, database: Database
) -> None:
    early, late, *others = advisers(database)
    app: Any = client.app
    send(client, enter(client, early), GIVEN)
    page = look(client, f"{early.address}?change")
    with database.writing() as db:
        case = case_of(db, early.ref)
        draft_delegation(db, case)
        from bjc.actions import cases

        cases.office_moves(
            db, early.ref, Event.OPENED_WITHOUT_ADVICE, "No time.", office(db), app.state.moment
        )
        settle(db, early.ref, app.state.moment)
        assert Stage(case_of(db, early.ref).stage) is Stage.DECISION
    read_it(client)
    answer = send(client, page, {"recommendation": "do not support", "text": "I changed my mind."})
    assert answer.status_code == 409
    assert "can no longer be changed" in answer.text
    assert "I changed my mind." in answer.text
    assert "Change my advice" not in look(client, early.address).text
    page = enter(client, late)
    assert "The decision is open already" in page.text
    assert send(client, page, GIVEN).status_code == 303
    assert len(others) == 2


def test_a_version_that_went_back_takes_no_advice(client: TestClient, database: Database) -> None:
    adviser = advisers(database)[0]
    page = enter(client, adviser)
    app: Any = client.app
    with database.writing() as db:
        from bjc.actions import cases

        cases.ask_questions(db, adviser.ref, "Which budget?", office(db), app.state.moment)
    answer = send(client, page, GIVEN)
    assert answer.status_code == 409
    assert "the case went back to its lead" in answer.text
    assert "Advice is no longer taken" in look(client, adviser.address).text
    assert advice(database, adviser).given_at is None


def test_a_form_of_another_request_is_refused(lite: TestClient, sqlite: Database) -> None:
    mine, other = advisers(sqlite)[:2]
    theirs = enter(lite, other).form().values
    page = enter(lite, mine)
    answer = send(lite, page, {**GIVEN, "subject": theirs["subject"]})
    assert answer.status_code == 409
    assert f"this page is about {mine.ref}, version 2" in answer.text
    assert advice(sqlite, mine).given_at is None
