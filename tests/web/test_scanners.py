"""Mail scanners open every link, run its scripts, press its buttons, send its forms: nothing changes."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from bjc.actions import sign_in
from bjc.db.decisions import Assignment
from bjc.db.people import SignIn
from bjc.db.session import Database
from bjc.rules.notices import Purpose
from bjc.web.app import make_app
from scripts.screenshots import chromium, find_chromium
from tests.builders import NOW
from tests.web.asked import advisers, appointed, board, dump, mint, vote
from tests.web.conftest import serving
from tests.web.page_reader import read

ADDRESS = "officer.a1@sfrs.example"
METHODS = ("GET", "HEAD", "OPTIONS", "PROPFIND")
AGENTS = (
    "", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (compatible; SafeLinksScanner/1.0)", "python-requests/2.32", "BarracudaCentral",
    "Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1", "curl/8.5.0",
)  # fmt: skip
PREFETCH = ({}, {"sec-purpose": "prefetch"})


def every_live_link(database: Database) -> list[str]:
    """The address in each mail that is under way: to decide, advise, take a seat, sign in."""
    asked = [*board(database), *advisers(database), *appointed(database)]
    with database.writing() as db:
        row_id = sign_in.request(db, ADDRESS, "the browser that asked", NOW)
        assert row_id is not None
        row = db.get_one(SignIn, row_id)
        row.valid_until = NOW + timedelta(minutes=10)
        secret = mint(db, Purpose.SIGN_IN, row_id, row.person_id)
    return [*(one.link for one in asked), f"/d/{secret}"]


def test_a_thousand_requests_of_scanners_change_no_row(client: TestClient, database: Database) -> None:
    links = every_live_link(database)
    before = dump(database)
    jobs = list(product(links, METHODS, AGENTS, PREFETCH))
    assert len(jobs) > 1_000
    for link, method, agent, prefetch in jobs:
        answer = client.request(method, link, headers={"user-agent": agent, **prefetch})
        assert answer.status_code == {"GET": 303, "HEAD": 303}.get(method, answer.status_code)
        assert answer.status_code in (303, 405, 415)
        if method == "GET" and not prefetch:
            client.request(method, answer.headers["location"], headers={"user-agent": agent})
    assert dump(database) == before


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("no Chromium is installed: no browser played the scanner")
    with chromium() as browser:
        yield browser


LEADS_ON, OPENS = "main button, main a.govuk-button", "summary"


def press_everything(context: BrowserContext, address: str) -> int:
    """Open the link anew for each thing on its page: press every button, send every form, open every detail."""
    page = context.new_page()
    page.goto(address)
    buttons, forms = page.locator(LEADS_ON).count(), page.locator("form").count()
    for detail in page.locator(OPENS).all():
        detail.click()
    for number in range(buttons):
        page.goto(address)
        with page.expect_navigation():
            page.locator(LEADS_ON).nth(number).click()
        send_first_form(page)
    for number in range(forms):
        page.goto(address)
        with page.expect_navigation():
            page.evaluate("number => document.forms[number].requestSubmit()", number)
        send_first_form(page)
    page.close()
    return buttons + forms


def send_first_form(page: Page) -> None:
    """Whatever page that led to: its form goes back as it stands, too."""
    if page.locator("form").count():
        with page.expect_navigation():
            page.evaluate("document.forms[0].submit()")


@pytest.mark.browser
def test_a_browser_that_runs_scripts_and_presses_everything_changes_no_row(
    chrome: Browser, sqlite: Database, tmp_path: Path
) -> None:
    links = every_live_link(sqlite)
    links = [*links[:-1:2], links[-1]]  # several of each kind
    before = dump(sqlite)
    app: Any = None

    def make(settings: Any) -> Any:
        nonlocal app
        app = make_app(settings, sqlite, lambda: app.state.moment)
        app.state.moment = NOW
        return app

    with serving(make, tmp_path, links_per_minute=10_000) as client:
        pressed = 0
        for link in links:
            app.state.moment += timedelta(seconds=5)  # slower than the fastest reader
            context = chrome.new_context()
            pressed += press_everything(context, f"{client.base_url}{link}".replace("//d", "/d"))
            context.close()
    assert pressed >= 2 * len(links) - 1  # the page to sign in elsewhere has only a button
    assert dump(sqlite) == before


def test_after_the_scanners_the_person_still_decides_and_signs_in(
    client: TestClient, database: Database
) -> None:
    members = board(database)
    for _ in range(4):
        for member in members:
            client.get(member.link)
            client.post(member.address, data=read(client.get(member.address)).form().values)
    client.cookies.clear()
    for member in members:
        assert vote(client, member).status_code == 303
        client.cookies.clear()
    with database.reading() as db:
        rows = db.scalars(
            select(Assignment).where(Assignment.id.in_([one.subject_id for one in members]))
        ).all()
        assert {(row.choice, row.changes) for row in rows} == {("approve", 1)}
