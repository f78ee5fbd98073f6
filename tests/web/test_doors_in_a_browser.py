"""The pages behind a link as a browser shows them: on a small phone, by keyboard alone, and without scripts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bjc.actions import links
from bjc.actions.actor import Actor
from bjc.db.decisions import Assignment
from bjc.db.session import Database
from bjc.rules.stages import Stage
from bjc.web.app import make_app
from scripts.screenshots import chromium, find_chromium
from tests.builders import NOW
from tests.web.asked import Asked, advisers, appointed, board
from tests.web.conftest import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("no Chromium is installed: the pages were not looked at by a browser")
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(sqlite: Database, tmp_path: Path) -> Iterator[Any]:
    """The whole application, served; its clock runs a minute at each look."""
    moment = [NOW]

    def tick() -> Any:
        moment[0] += timedelta(minutes=1)
        return moment[0]

    with serving(
        lambda settings: make_app(settings, sqlite, tick), tmp_path, links_per_minute=10_000
    ) as client:
        yield str(client.base_url).rstrip("/")


def faults(page: Page) -> list[str]:
    """What is wrong with a page on a small phone: barriers, sideways scrolling, targets too small for a thumb."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 320, "height": 640})
    report = Axe().run(page)
    found = [] if report.violations_count == 0 else [report.generate_report()]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("it scrolls sideways")
    low = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
            .filter(e => e.offsetParent && !e.closest('p') && !e.matches('[type=hidden], .govuk-skip-link'))
            .filter(e => Math.round(e.getBoundingClientRect().height) < 44).map(e => e.outerHTML)"""
    )
    return found + low


def the_scope(database: Database) -> Asked:
    return board(database, Stage.SCOPE_DECISION)[0]


@pytest.mark.parametrize(
    "asked",
    [the_scope, lambda db: board(db)[0], lambda db: advisers(db)[0], lambda db: appointed(db)[0]],
    ids=["scope", "approval", "advice", "appointment"],
)
def test_form_errors_and_receipt_have_no_barrier(
    chrome: Browser, site: str, sqlite: Database, asked: Callable[[Database], Asked]
) -> None:
    page = chrome.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site + asked(sqlite).link)
    for detail in page.locator("summary").all():
        detail.click()
    assert faults(page) == []
    page.locator("main form button").click()
    page.locator(".govuk-error-summary").wait_for()
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert faults(page) == []
    page.locator("input[type=radio]").first.check()
    for box in page.locator("#sure, #text").all():
        box.check() if box.get_attribute("type") == "checkbox" else box.fill("A sentence of advice.")
    page.locator("main form button").click()
    page.locator(".govuk-panel").wait_for()
    assert faults(page) == []
    assert [line for line in said if "Content Security Policy" in line] == []
    page.close()


def test_pages_that_stay_shut_have_no_barrier(chrome: Browser, site: str, sqlite: Database) -> None:
    member = board(sqlite)[0]
    with sqlite.writing() as db:
        links.revoke_all(db, "every link was withdrawn", Actor("operator", via="command"), NOW)
    page = chrome.new_page()
    for address in ("/sign-in", "/sign-in/sent", "/sign-in/link", "/d/nonsense", member.address, member.link):
        page.goto(site + address)
        assert faults(page) == [], address
    page.get_by_role("button", name="Send me a new link").click()
    page.get_by_role("heading", name="Check your email").wait_for()
    assert faults(page) == []
    page.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_vote_can_be_given_by_keyboard_alone(chrome: Browser, site: str, sqlite: Database) -> None:
    member = board(sqlite)[0]
    page = chrome.new_page()
    page.goto(site + member.link)
    for _ in range(40):
        press(page, "Tab")
        if page.evaluate("document.activeElement.name") == "choice":
            break
    press(page, "Space", "ArrowDown", "Tab")
    assert page.evaluate("document.activeElement.id") == "conditions"  # it came with its choice
    page.keyboard.type("A rota.")
    press(page, "Tab", "Tab", "Space", "Tab", "Enter")
    page.get_by_role("heading", name="Your decision is recorded").wait_for()
    with sqlite.reading() as db:
        row = db.get_one(Assignment, member.subject_id)
        assert (row.choice, row.conditions) == ("approve with conditions", "A rota.")
    page.close()


def test_a_vote_can_be_given_without_scripts(chrome: Browser, site: str, sqlite: Database) -> None:
    member = board(sqlite)[0]
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + member.link)
    assert not page.locator("#interest").is_visible()
    page.get_by_label("I have an interest and withdraw").check()
    page.get_by_label("What is your interest?").fill("My sister bids.")
    page.get_by_label(f"I am {member.name}, deciding on version 2").check()
    page.get_by_role("button", name="Send my decision").click()
    page.get_by_text("you no longer see the paper").wait_for()
    with sqlite.reading() as db:
        assert db.get_one(Assignment, member.subject_id).interest == "My sister bids."
    context.close()
