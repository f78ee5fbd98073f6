"""Signing in by link or by code, and out again; and everybody who must not get in."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bjc.actions import alliance, links, sign_in
from bjc.db.decisions import Link
from bjc.db.mail import Outbox
from bjc.db.people import Person, SignIn, Visit
from bjc.db.questions import people
from bjc.db.session import Database
from bjc.rules.notices import Purpose
from bjc.rules.working_days import local_day
from bjc.settings import Settings
from bjc.tokens import hash_code
from bjc.web.app import make_app
from bjc.web.sign_in import EVEN, FOR_ONE
from tests.builders import NOW
from tests.web.asked import dump, read_it
from tests.web.conftest import look, send, submit
from tests.web.page_reader import read

ADDRESS = "officer.a1@sfrs.example"
CODE = "12345678"
TEN_MINUTES = timedelta(minutes=10)


def ask(client: TestClient, email: str = ADDRESS, following: str = "") -> None:
    """Ask for the mail, as somebody does who was sent here from another page."""
    answer = submit(client, f"/sign-in?next={following}" if following else "/sign-in", {"email": email})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/sent")


def deliver(client: TestClient) -> str:
    """The postman has been: the newest request has its code, and this is the secret of its link."""
    app: Any = client.app
    until = app.state.moment + TEN_MINUTES
    with app.state.database.writing() as db:
        row = db.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
        row.code_hash, row.valid_until = hash_code(CODE, str(row.id)), until
        return links.mint(db, Purpose.SIGN_IN, row.id, row.person_id, app.state.moment, until).secret


def follow(client: TestClient, secret: str) -> Any:
    """Open the link and press its one button, if it has one."""
    opened = client.get(f"/d/{secret}")
    assert opened.headers["location"] == "/sign-in/link"
    page = read(client.get("/sign-in/link"))
    return send(client, page, {}) if page.forms else page


def visits(database: Database) -> int:
    """How many visits go on."""
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Visit).where(Visit.ended_at.is_(None))) or 0


def test_a_link_signs_in_by_its_button_in_the_browser_that_asked(
    client: TestClient, database: Database
) -> None:
    ask(client, following="/cases")
    secret = deliver(client)
    assert client.get(f"/d/{secret}").status_code == 303
    assert "Officer A1" in look(client, "/sign-in/link").text
    assert visits(database) == 0  # looking is not signing in
    answer = follow(client, secret)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("bjc-visit="))
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Officer A1" in look(client, "/cases").text
    assert visits(database) == 1


def test_the_code_is_the_other_way_in(client: TestClient, database: Database) -> None:
    ask(client, ADDRESS.upper())
    deliver(client)
    answer = submit(client, "/sign-in/sent", {"code": "1234 5678"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Officer A1" in look(client, "/").text


def test_a_known_and_an_unknown_address_look_alike_to_the_end(client: TestClient, database: Database) -> None:
    seen = []
    for email in (ADDRESS, "nobody@sfrs.example"):
        client.cookies.clear()
        asked = submit(client, "/sign-in", {"email": email})
        sent = look(client, "/sign-in/sent")
        tries = [submit(client, "/sign-in/sent", {"code": "00000000"}) for _ in range(7)]
        seen.append(
            (asked.status_code, asked.headers["location"], len(asked.headers["set-cookie"]), sent.text)
        )
        seen[-1] += tuple((one.status_code, read(one).text) for one in tries)
    assert seen[0] == seen[1]
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Outbox)) == 1


def test_no_answer_comes_sooner_than_the_even_time(lite: TestClient, sqlite: Database) -> None:
    for email in (ADDRESS, "nobody@sfrs.example"):
        form = look(lite, "/sign-in").form()
        began = time.monotonic()
        lite.post("/sign-in", data={**form.values, "email": email})
        assert time.monotonic() - began >= EVEN
        began = time.monotonic()
        submit(lite, "/sign-in/sent", {"code": "00000000"})
        assert time.monotonic() - began >= EVEN


def test_a_wrong_code_counts_and_five_are_the_end(client: TestClient, database: Database) -> None:
    ask(client)
    deliver(client)
    for _ in range(sign_in.MOST_TRIES):
        assert submit(client, "/sign-in/sent", {"code": "00000000"}).status_code == 422
    with database.reading() as db:
        assert db.scalars(select(SignIn.code_tries)).one() == sign_in.MOST_TRIES
    assert submit(client, "/sign-in/sent", {"code": CODE}).status_code == 422
    assert visits(database) == 0


def test_a_code_works_only_in_the_browser_that_asked_and_for_ten_minutes(
    lite: TestClient, sqlite: Database
) -> None:
    ask(lite)
    deliver(lite)
    cookies = dict(lite.cookies)
    lite.cookies.clear()
    assert submit(lite, "/sign-in/sent", {"code": CODE}).status_code == 422
    lite.cookies.update(cookies)
    read_it(lite, 600)
    assert submit(lite, "/sign-in/sent", {"code": CODE}).status_code == 422
    assert visits(sqlite) == 0


@pytest.mark.parametrize("how", ["another browser", "too late", "used", "left"])
def test_a_link_that_may_not_sign_in_says_what_to_do_instead(
    client: TestClient, database: Database, how: str
) -> None:
    ask(client)
    secret = deliver(client)
    if how == "another browser":
        client.cookies.clear()
    elif how == "too late":
        read_it(client, 600)
    elif how == "used":
        assert follow(client, secret).status_code == 303
        client.cookies.delete("bjc-visit")
    else:
        with database.writing() as db:
            person = people.person_by_email(db, ADDRESS)
            assert person is not None
            alliance.leave(db, person.id, local_day(NOW), NOW)
    before = dump(database)
    page = follow(client, secret)
    assert page.status == 403
    assert "only in the browser that asked for it" in page.text
    assert "Ask for a new link" in page.text
    assert "Officer A1" not in page.text
    forged = client.post("/sign-in/link", data=look(client, "/sign-in").form().values)
    assert forged.status_code == 422 or forged.status_code == 403
    assert dump(database) == before


def test_a_link_that_dies_between_page_and_button_signs_nobody_in(
    client: TestClient, database: Database
) -> None:
    ask(client)
    client.get(f"/d/{deliver(client)}")
    page = look(client, "/sign-in/link")
    read_it(client, 600)
    assert send(client, page, {}).status_code == 403
    assert visits(database) == 0


def test_a_link_and_its_code_are_spent_together(client: TestClient, database: Database) -> None:
    ask(client)
    secret = deliver(client)
    code_page = look(client, "/sign-in/sent")
    cookies = dict(client.cookies)
    assert follow(client, secret).status_code == 303
    client.cookies.clear()
    client.cookies.update(cookies)
    assert send(client, code_page, {"code": CODE}).status_code == 422
    assert visits(database) == 1


def test_a_console_link_works_in_any_browser_once(client: TestClient, database: Database) -> None:
    with database.writing() as db:
        person = people.person_by_email(db, ADDRESS)
        assert person is not None
        secret = sign_in.by_console(db, person.id, "", NOW, timedelta(days=1))
    assert follow(client, secret).headers["location"] == "/"
    client.cookies.clear()
    assert follow(client, secret).status == 403


def test_signing_in_begins_a_new_visit_and_ends_the_one_before(
    client: TestClient, database: Database
) -> None:
    secrets = []
    for _ in range(2):  # whoever is in already is not shown the form, but may still have it open in a tab
        token = look(client, "/sign-in/sent").form().values["_csrf"]
        assert client.post("/sign-in", data={"_csrf": token, "email": ADDRESS}).status_code == 303
        assert follow(client, deliver(client)).status_code == 303
        secrets.append(client.cookies["bjc-visit"])
    assert secrets[0] != secrets[1]
    assert visits(database) == 1
    client.cookies.set("bjc-visit", secrets[0])
    assert client.get("/cases").headers["location"] == "/sign-in?next=/cases"


def test_signing_out_ends_the_visit_wherever_its_cookie_is(client: TestClient, database: Database) -> None:
    ask(client)
    follow(client, deliver(client))
    kept = client.cookies["bjc-visit"]
    out = next(form for form in look(client, "/").forms if form.action == "/sign-out")
    assert client.post("/sign-out", data={**out.values, "_csrf": "x"}).status_code == 403
    answer = client.post("/sign-out", data=out.values)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?out")
    assert client.post("/sign-out", data=out.values).headers["location"] == "/sign-in?out"
    client.cookies.set("bjc-visit", kept)
    assert client.get("/cases").status_code == 303
    assert "You have signed out." in look(client, "/sign-in?out").text
    assert visits(database) == 0


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "/cases/../../x", "javascript:alert(1)", "/d/abc",
        "/sign-out", "/cases//evil", "/decide/1?x=https://evil.example", "/%2f/evil.example", "/cases/BJC-2026-001\n",
        "/decide/٣", " /cases", "", "cases",
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_astray(lite: TestClient, sqlite: Database, wanted: str) -> None:
    form = look(lite, "/sign-in").form()
    lite.post("/sign-in", data={**form.values, "email": ADDRESS, "next": wanted})
    assert follow(lite, deliver(lite)).headers["location"] == "/"
    assert lite.get("/sign-in", params={"next": wanted}).headers["location"] == "/"


@pytest.mark.parametrize(
    "wanted",
    ["/cases", "/cases/new", "/cases/BJC-2026-001/sections/case_for_change", "/decide/31", "/outbox/7"],
)
def test_after_signing_in_one_is_back_on_the_page_one_wanted(
    lite: TestClient, sqlite: Database, wanted: str
) -> None:
    ask(lite, following=wanted)
    assert follow(lite, deliver(lite)).headers["location"] == wanted
    assert lite.get("/sign-in", params={"next": wanted}).headers["location"] == wanted


@pytest.mark.parametrize(
    "email", ["", "nonsense", "a@b@c", "x" * 300 + "@sfrs.example", "two words@sfrs.example"]
)
def test_what_is_no_address_is_asked_for_again(lite: TestClient, sqlite: Database, email: str) -> None:
    answer = submit(lite, "/sign-in", {"email": email})
    assert answer.status_code == 422
    assert read(answer).form().values["email"] == email
    assert "bjc-browser" not in lite.cookies


def test_asking_is_limited_for_one_address_and_nobody_else_is_shut_out(
    lite: TestClient, sqlite: Database
) -> None:
    for _ in range(FOR_ONE):
        ask(lite)
    form = look(lite, "/sign-in").form()
    assert lite.post("/sign-in", data={**form.values, "email": ADDRESS}).status_code == 429
    ask(lite, "officer.b1@hwfrs.example")
    with sqlite.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignIn)) == FOR_ONE + 1


def test_somebody_who_left_gets_no_mail(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        person = db.scalars(select(Person).where(Person.email == ADDRESS)).one()
        alliance.leave(db, person.id, local_day(NOW), NOW)
    ask(lite)
    with sqlite.reading() as db:
        assert db.scalar(select(func.count()).select_from(SignIn)) == 0
        assert db.scalar(select(func.count()).select_from(Link)) == 0


def test_over_https_every_cookie_is_bound_to_the_host(tmp_path: Path, sqlite: Database) -> None:
    settings = Settings(_env_file=None, home=tmp_path, base_url="https://cases.alliance.example")
    app = make_app(settings, sqlite, lambda: NOW)
    app.state.moment = NOW
    with TestClient(app, base_url=settings.site, follow_redirects=False) as client:
        ask(client)
        answer = follow(client, deliver(client))
        cookies = answer.headers.get_list("set-cookie")
    assert any(cookie.startswith("__Host-bjc-visit=") for cookie in cookies)
    assert all("Secure" in cookie and cookie.startswith("__Host-") for cookie in cookies)
