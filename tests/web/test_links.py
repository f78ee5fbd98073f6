"""What an emailed link opens, for whom, until when; and what everybody else sees."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.actions import alliance, links
from bjc.actions.actor import Actor
from bjc.db.people import Person
from bjc.db.session import Database
from bjc.rules.working_days import local_day
from bjc.settings import Settings
from bjc.web.app import make_app
from tests.builders import NOW
from tests.web.asked import advisers, appointed, board, close_by_deadline, dump, enter, mails, read_it, vote
from tests.web.conftest import look, send, sign_in
from tests.web.page_reader import read

OPERATOR = Actor("operator", via="command")


def test_a_link_is_exchanged_for_a_cookie_and_its_secret_left_behind(
    lite: TestClient, sqlite: Database
) -> None:
    member = board(sqlite)[0]
    opened = lite.get(member.link)
    assert (opened.status_code, opened.headers["location"]) == (303, member.address)
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith(f"bjc-decide-{member.subject_id}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=7200"} <= set(cookie.split("; "))
    assert member.secret not in cookie + opened.headers["location"] + lite.get(member.address).text


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path, sqlite: Database) -> None:
    member = board(sqlite)[0]
    settings = Settings(_env_file=None, home=tmp_path, base_url="https://cases.alliance.example")
    with TestClient(
        make_app(settings, sqlite, lambda: NOW), base_url=settings.site, follow_redirects=False
    ) as client:
        cookie = client.get(member.link).headers["set-cookie"]
        assert cookie.startswith(f"__Host-bjc-decide-{member.subject_id}=")
        assert "Secure" in cookie
        assert client.get(member.address).status_code == 200


def test_every_kind_of_link_leads_to_its_own_page(client: TestClient, database: Database) -> None:
    for asked in (board(database)[0], advisers(database)[0], appointed(database)[0]):
        assert asked.name in enter(client, asked).text


def test_what_is_no_link_gets_one_same_page(lite: TestClient, sqlite: Database) -> None:
    secret = board(sqlite)[0].secret
    guesses = [
        "x", "A" * 43, "B" * 43, secret[:-1], secret + "A", secret.swapcase(), "é" * 43, "%2e%2e", "a/b", secret + "/",
        "0" * 1500, "-" * 43,
    ]  # fmt: skip
    answers = [lite.get(f"/d/{guess}") for guess in guesses]
    assert {answer.status_code for answer in answers} == {404}
    assert {re.sub(r'nonce="[^"]+"', "", answer.text) for answer in answers} == {
        re.sub(r'nonce="[^"]+"', "", answers[0].text)
    }
    assert {len(answer.content) for answer in answers} == {len(answers[0].content)}
    assert "Ask for a new link" in answers[0].text
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_a_link_can_be_opened_again_and_again(lite: TestClient, sqlite: Database) -> None:
    member = board(sqlite)[0]
    for _ in range(3):
        assert "Your decision" in enter(lite, member).text
    assert vote(lite, member).status_code == 303
    assert "Your decision is recorded" in enter(lite, member).text


def test_a_link_opens_nobody_elses_page(client: TestClient, database: Database) -> None:
    mine, other = board(database)[:2]
    enter(client, mine)
    answer = client.get(other.address)
    assert answer.status_code == 403
    assert other.name not in answer.text
    cookie = f"bjc-decide-{mine.subject_id}"
    client.cookies.set(f"bjc-decide-{other.subject_id}", client.cookies[cookie])
    assert client.get(other.address).status_code == 403


def test_a_page_that_nobody_was_asked_for_looks_like_one_of_others(
    lite: TestClient, sqlite: Database
) -> None:
    member = board(sqlite)[0]
    real, invented = lite.get(member.address), lite.get("/decide/987654")
    assert (real.status_code, invented.status_code) == (403, 403)
    assert read(real).text == read(invented).text
    assert lite.get("/decide/99999999999999999999999").status_code == 404


def test_the_person_asked_may_sign_in_instead(client: TestClient, database: Database) -> None:
    mine, other = board(database)[:2]
    sign_in(client, mine.person_id)
    page = look(client, mine.address)
    assert f"I am {mine.name}" in page.text
    read_it(client)
    assert send(client, page, {"choice": "approve", "sure": "yes"}).status_code == 303
    assert "who was not asked" in look(client, other.address, 403).text
    page = look(client, mine.address)
    assert page.h1 == ["Your decision is recorded"]
    signs_out = next(form for form in page.forms if form.action == "/sign-out")
    assert client.post("/sign-out", data=signs_out.values).status_code == 303


def test_an_expired_link_says_so_and_offers_a_new_one_to_the_person_asked_only(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    with database.writing() as db:
        found = links.find(db, member.secret)
        assert found is not None
        found.expires_at = NOW + timedelta(hours=1)
    read_it(client, 3600)
    client.get(member.link)
    page = look(client, member.address, 410)
    assert "it was valid until 11am on Wed 1 Jul 2026" in page.text
    assert member.name not in page.text
    assert "is on its way to the address" in read(send(client, page, {}, "new-link")).text
    assert [(m.occasion, m.person_id) for m in mails(database, "decision_request", member.subject_id)] == [
        ("opened", member.person_id)
    ]  # the first one has not even left: it will bring a fresh link


def test_a_new_link_is_queued_once_for_each_mail_that_has_left(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    with database.writing() as db:
        links.revoke_all(db, "every link was withdrawn", OPERATOR, NOW)
    client.get(member.link)
    page = look(client, member.address, 410)
    assert "every link was withdrawn" in page.text
    deliver(database, member.subject_id)
    assert send(client, page, {}, "new-link").status_code == 200
    assert send(client, page, {}, "new-link").status_code == 200  # one is on its way already
    deliver(database, member.subject_id)
    assert send(client, page, {}, "new-link").status_code == 200
    found = mails(database, "decision_request", member.subject_id)
    assert [mail.occasion for mail in found] == ["opened", "again-1", "again-2"]
    assert {mail.person_id for mail in found} == {member.person_id}
    assert {mail.case_id for mail in found} != {None}


def deliver(database: Database, subject_id: int) -> None:
    """The postman has been."""
    from sqlalchemy import update

    from bjc.db.mail import Outbox

    with database.writing() as db:
        db.execute(update(Outbox).where(Outbox.subject_id == subject_id).values(status="sent"))


def test_nobody_else_can_have_a_new_link_sent(lite: TestClient, sqlite: Database) -> None:
    mine, other = board(sqlite)[:2]
    with sqlite.writing() as db:
        links.revoke_all(db, "every link was withdrawn", OPERATOR, NOW)
    lite.get(mine.link)
    form = look(lite, mine.address, 410).form("new-link")
    before = dump(sqlite)
    assert lite.post(f"{other.address}/new-link", data=form.values).status_code == 403
    assert lite.post("/decide/987654/new-link", data=form.values).status_code == 403
    lite.cookies.clear()
    assert lite.post(f"{mine.address}/new-link", data=form.values).status_code == 403
    assert dump(sqlite) == before


@pytest.mark.parametrize("how", ["revoked", "expired", "left"])
def test_a_link_that_dies_while_its_page_is_open_records_nothing_and_loses_nothing(
    client: TestClient, database: Database, how: str
) -> None:
    member = board(database)[0]
    page = enter(client, member)
    moment = client.app.state.moment  # type: ignore[attr-defined]
    with database.writing() as db:
        link = links.find(db, member.secret)
        assert link is not None
        if how == "revoked":
            links.revoke_all(db, "every link was withdrawn", OPERATOR, moment)
        elif how == "left":
            alliance.leave(db, member.person_id, local_day(moment), moment)
        else:
            link.expires_at = moment
    before = dump(database)
    answer = send(client, page, {"choice": "reject", "reason": "It is too dear.", "sure": "yes"})
    assert answer.status_code == 409
    assert "This link has ended" in answer.text
    assert "It is too dear." in answer.text
    assert dump(database) == before
    assert client.get(member.address).status_code == 410


def test_there_is_no_new_link_for_somebody_who_left_or_when_nothing_is_asked(
    client: TestClient, database: Database
) -> None:
    members = board(database)
    with database.writing() as db:
        links.revoke_all(db, "every link was withdrawn", OPERATOR, NOW)
        alliance.leave(db, members[0].person_id, local_day(NOW), NOW)
    pages = []
    for member in members[:2]:
        client.get(member.link)
        pages.append(look(client, member.address, 410))
    before = dump(database)
    assert send(client, pages[0], {}, "new-link").status_code == 409
    close_by_deadline(client, database, members[1].ref)
    assert send(client, pages[1], {}, "new-link").status_code == 409
    assert dump(database) == before


def test_a_dead_link_still_shows_its_receipt_and_offers_a_new_one_to_change_it(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    vote(client, member, "reject", reason="Too dear.")
    with database.writing() as db:
        links.revoke_all(db, "every link was withdrawn", OPERATOR, NOW)
    for address in (member.address, f"{member.address}?change"):
        page = look(client, address)
        assert page.h1 == ["Your decision is recorded"]
        assert "Change my decision" not in page.text
    assert send(client, page, {}, "new-link").status_code == 200


def test_new_links_are_limited(lite: TestClient, sqlite: Database) -> None:
    member = board(sqlite)[0]
    with sqlite.writing() as db:
        links.revoke_all(db, "every link was withdrawn", OPERATOR, NOW)
    lite.get(member.link)
    page = look(lite, member.address, 410)
    assert [send(lite, page, {}, "new-link").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_typed_text_survives_a_way_in_that_expired(lite: TestClient, sqlite: Database) -> None:
    member = board(sqlite)[0]
    page = enter(lite, member)
    lite.cookies.clear()
    before = dump(sqlite)
    answer = send(lite, page, {"choice": "reject", "reason": "Too <dear>.", "sure": "yes"})
    assert answer.status_code == 403
    assert "Too &lt;dear&gt;." in answer.text
    assert "Nothing was recorded" in answer.text
    assert dump(sqlite) == before


def test_somebody_who_is_signed_in_and_holds_anothers_link_acts_for_the_link_only(
    lite: TestClient, sqlite: Database
) -> None:
    mine, other = board(sqlite)[:2]
    sign_in(lite, other.person_id)
    page = enter(lite, mine)
    assert f"I am {mine.name}" in page.text
    assert send(lite, page, {"choice": "abstain", "sure": "yes"}).status_code == 303
    with sqlite.reading() as db:
        assert db.get_one(Person, mine.person_id).name in look(lite, mine.address).text
    assert vote(lite, other).status_code == 303


def test_no_raw_secret_lies_in_the_database_or_in_the_log(
    lite: TestClient, sqlite: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    asked = [*board(sqlite), *advisers(sqlite), *appointed(sqlite)]
    for one in asked:
        enter(lite, one)
    for one in asked[:4]:
        vote(lite, one)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    ours = [
        record.getMessage() for record in caplog.records if record.name != "httpx"
    ]  # that is the test's own
    printed = [line for text in capfd.readouterr() for line in text.splitlines() if "httpx" not in line]
    said = "\n".join([*ours, *printed])
    assert len(asked) == 15
    for one in asked:
        assert one.secret.encode() not in kept
        assert one.secret not in said
