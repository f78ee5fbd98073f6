"""The outbox page: for the office alone, by status and page, each mail's words, and sending a parked one again."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from bjc.actions import audit, outbox
from bjc.db.mail import Outbox
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.rules.notices import Notice
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, holder
from tests.web.conftest import look, sign_in, submit

LETTER = "Dear Officer A1,\n\nYou are asked to decide.\n<script>alert(1)</script>\n"


def furnish(client: TestClient, database: Database) -> dict[str, int]:
    """One mail sent and one parked among many queued; the office signed in. Ids by status."""
    with database.writing() as db:
        a_case(db, Stage.DECISION)
        rows = outbox.claim(db, NOW, 2)
        outbox.sent(db, rows[0], NOW, "<1@alliance.example>", "a@sfrs.example", "Decision needed", LETTER)
        outbox.park(db, rows[1], "550 no such mailbox <here>")
        person = holder(db, "office-sfrs").id
        queued = db.scalars(select(Outbox.id).where(Outbox.status == "queued")).first()
    sign_in(client, person)
    return {"sent": rows[0].id, "parked": rows[1].id, "queued": queued or 0}


def test_the_outbox_is_for_the_office_alone(lite: TestClient, sqlite: Database) -> None:
    ids = furnish(lite, sqlite)
    with sqlite.reading() as db:
        chief = holder(db, "pdb-sfrs-chief").id
    sign_in(lite, chief)
    for address in ("/outbox", f"/outbox/{ids['sent']}"):
        assert "You may not see the outbox" in look(lite, address, 403).text
    lite.cookies.clear()
    assert lite.get("/outbox").headers["location"] == "/sign-in?next=/outbox"


def test_mails_are_listed_newest_first_and_filtered_by_the_address(
    client: TestClient, database: Database
) -> None:
    furnish(client, database)
    everything = look(client, "/outbox")
    assert "1 mail could not be delivered" in everything.text
    assert "550 no such mailbox <here>" in look(client, "/outbox?status=parked").text
    sent = look(client, "/outbox?status=sent")
    assert "1 mail sent" in sent.text
    assert "Decision needed" in sent.links
    assert "Decision needed" not in look(client, "/outbox?status=queued").links


def test_a_status_that_does_not_exist_shows_all_and_says_so(lite: TestClient, sqlite: Database) -> None:
    furnish(lite, sqlite)
    page = look(lite, "/outbox?status=<b>lost</b>&page=-7")
    assert "There is no status “<b>lost</b>”" in page.text
    assert "<b>lost</b>" not in page.html


@pytest.mark.parametrize(
    ("number", "shown"), [("1", 25), ("2", 25), ("3", 10), ("99", 10), ("0", 25), ("x", 25)]
)
def test_a_long_list_has_pages_of_25(lite: TestClient, sqlite: Database, number: str, shown: int) -> None:
    with sqlite.writing() as db:
        person = holder(db, "office-sfrs").id
        for one in range(60):
            outbox.queue(db, Notice.SIGN_IN, ("sign_in", one), (person,), "asked", NOW)
    sign_in(lite, person)
    page = look(lite, f"/outbox?status=queued&page={number}")
    assert page.html.count('class="bjc-list__one"') == shown
    assert "60 mails queued" in page.text
    assert any("status=queued&page=" in href for href in page.links.values())


def test_a_mails_words_are_shown_as_words(client: TestClient, database: Database) -> None:
    ids = furnish(client, database)
    page = look(client, f"/outbox/{ids['sent']}")
    assert "You are asked to decide." in page.text
    assert "<script>alert" not in page.html
    assert "a@sfrs.example" in page.text
    assert "/release" not in page.html


def test_a_mail_not_sent_yet_has_no_words_yet(lite: TestClient, sqlite: Database) -> None:
    ids = furnish(lite, sqlite)
    assert "It is written when it is sent" in look(lite, f"/outbox/{ids['queued']}").text
    assert "There is no such mail" in look(lite, "/outbox/99999", 404).text


def test_a_parked_mail_is_sent_again_once_and_the_audit_says_who_did_it(
    client: TestClient, database: Database
) -> None:
    ids = furnish(client, database)
    address = f"/outbox/{ids['parked']}"
    page = look(client, address)
    assert "It could not be delivered" in page.text
    answer = submit(client, address, {}, "/release")
    assert answer.headers["location"] == f"{address}?done=released"
    assert "queued again" in look(client, answer.headers["location"]).text
    again = client.post(f"{address}/release", data=page.form("/release").values)
    assert "was not sent again" in look(client, again.headers["location"]).text
    with database.reading() as db:
        entry = timeline(db, audit.ALLIANCE)[-1]
        assert (entry.event, entry.detail["mail"]) == ("mail released", ids["parked"])
        assert entry.actor["person"] == holder(db, "office-sfrs").id
