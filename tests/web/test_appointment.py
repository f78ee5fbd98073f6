"""Somebody is offered a seat in a working group, and accepts or declines."""

import pytest
from fastapi.testclient import TestClient

from bjc.actions import appointments
from bjc.db.delivery import Appointment
from bjc.db.session import Database
from tests.builders import NOW, lead_of, office
from tests.web.asked import Asked, appointed, dump, enter, mails
from tests.web.conftest import look, send
from tests.web.page_reader import read


def seat(database: Database, asked: Asked) -> Appointment:
    """What the database has of this appointment."""
    with database.reading() as db:
        row = db.get_one(Appointment, asked.subject_id)
        db.expunge(row)
        return row


def test_the_page_says_what_the_seat_means_and_with_what_authority(
    client: TestClient, database: Database
) -> None:
    seats = ("chair", "executive sponsor", "project lead")
    for asked, title in zip(appointed(database), seats, strict=True):
        page = enter(client, asked)
        assert page.h1 == [f"BJC-2026-001 · Appointment Will you be {title} of ICT working group?"] or (
            f"Will you be {title} of ICT working group?" in page.h1
        )
        for told in (
            asked.name,
            "£85,000",
            "5% over in cost, 6 weeks late",
            "24 months",
            "What the seat means",
        ):
            assert told in page.text
        assert "accepts" not in page.form().values


@pytest.mark.parametrize(
    ("typed", "answer", "title"),
    [
        ({"accepts": "accept"}, "accepted", "You accepted"),
        ({"accepts": "decline", "reason": "I leave in May."}, "declined", "You declined"),
    ],
)
def test_an_answer_is_recorded_once_and_stands(
    client: TestClient, database: Database, typed: dict[str, str], answer: str, title: str
) -> None:
    asked = appointed(database)[0]
    page = enter(client, asked)
    assert send(client, page, typed).status_code == 303
    once = dump(database)
    assert send(client, page, typed).status_code == 303
    assert dump(database) == once
    assert seat(database, asked).answer == answer
    assert look(client, asked.address).h1 == [title]
    assert len(mails(database, "appointment_receipt", asked.subject_id)) == 1
    other = {"accepts": "decline", "reason": "After all."} if answer == "accepted" else {"accepts": "accept"}
    again = send(client, page, other)
    assert again.status_code == 409
    assert "already been answered" in again.text
    assert dump(database) == once


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose whether you accept"),
        ({"accepts": "perhaps"}, "Choose whether you accept"),
        ({"accepts": "decline"}, "Say why, so that somebody else can be asked"),
        ({"accepts": "decline", "reason": "x" * 2_001}, "2,000 characters or fewer"),
    ],
)
def test_what_is_missing_is_asked_for(
    lite: TestClient, sqlite: Database, typed: dict[str, str], says: str
) -> None:
    asked = appointed(sqlite)[0]
    page = enter(lite, asked)
    before = dump(sqlite)
    answer = send(lite, page, typed)
    assert answer.status_code == 422
    assert says in read(answer).text
    assert dump(sqlite) == before


def test_a_seat_given_to_somebody_else_can_no_longer_be_taken(client: TestClient, database: Database) -> None:
    asked = appointed(database)[2]
    page = enter(client, asked)
    with database.writing() as db:
        appointments.replace(db, asked.subject_id, lead_of(db).id, office(db), NOW)
    answer = send(client, page, {"accepts": "accept"})
    assert answer.status_code == 409
    assert "somebody else was appointed" in answer.text
    assert look(client, asked.address).h1 == ["Somebody else was appointed"]
    assert seat(database, asked).answer is None


def test_an_answer_faster_than_anybody_reads_is_asked_for_again(lite: TestClient, sqlite: Database) -> None:
    asked = appointed(sqlite)[0]
    lite.get(asked.link)
    answer = send(lite, look(lite, asked.address), {"accepts": "accept"})
    assert answer.status_code == 422
    assert seat(sqlite, asked).answer is None


def test_a_form_of_another_seat_is_refused(lite: TestClient, sqlite: Database) -> None:
    mine, other = appointed(sqlite)[:2]
    theirs = enter(lite, other).form().values
    answer = send(lite, enter(lite, mine), {"accepts": "accept", "subject": theirs["subject"]})
    assert answer.status_code == 409
    assert seat(sqlite, mine).answer is None
