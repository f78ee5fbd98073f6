"""The pages of a case as a browser sees them: on a small phone and a desk, without scripts, and by keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bjc.db.session import Database
from bjc.web.app import make_app
from scripts.screenshots import chromium, find_chromium
from tests.builders import (
    NOW,
    TEXT,
    sections,
)
from tests.web.conftest import serving
from tests.web.screens import Site, check, enter, fits, furnish_cases, press, reach

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with a case at every stage, and more cases than one page of the list holds."""
    home = tmp_path_factory.mktemp("pages")
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, home / 'bjc.sqlite3')}")
    refs, visits = furnish_cases(database)
    with serving(lambda settings: make_app(settings, database, lambda: NOW), home) as client:
        yield Site(str(client.base_url), refs, visits)
    database.close()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("no Chromium is installed: the pages of a case were not looked at by a browser")
    with chromium() as browser:
        yield browser


def addresses(refs: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The pages to look at, by who looks."""
    own = [f"/cases/{ref}" for ref in refs.values()]
    draft, sent = f"/cases/{refs['DRAFTING']}", f"/cases/{refs['ANALYSIS']}"
    lead = (
        "/", "/cases", "/cases?stage=scoping&page=2", "/cases/new", f"{sent}/triage", f"{sent}/versions/2",
        f"/cases/{refs['SCOPING']}/scope", f"/cases/{refs['SCOPING']}/scope/check",
        f"/cases/{refs['SCOPE_DECISION']}/scope/sent", f"{draft}/sections", f"{draft}/sections/about",
        f"{draft}/sections/screening", f"{draft}/check", f"/cases/{refs['asked']}/check",
        f"/cases/{refs['asked']}/sections", f"{sent}/submitted", f"{draft}/withdraw", *own,
    )  # fmt: skip
    decided = f"/cases/{refs['conditions']}"
    office = ("/", draft, sent, decided, f"/cases/{refs['DECISION']}", f"{draft}/check")
    return {"lead": lead, "office": office, "member": ("/", decided)}


@pytest.mark.parametrize("who", ["lead", "office", "member"])
def test_every_page_of_a_case_is_accessible_and_fits_a_small_phone(
    chrome: Browser, site: Site, who: str
) -> None:
    context = enter(chrome, site, who)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    for address in addresses(site.refs)[who]:
        assert (answer := page.goto(address)) is not None
        assert answer.status == 200, address
        check(page, address)
    assert said == []
    context.close()


@pytest.mark.parametrize("width", [375, 640, 1280])
def test_every_page_of_a_case_fits_every_other_width(chrome: Browser, site: Site, width: int) -> None:
    context = enter(chrome, site, "lead", width)
    page = context.new_page()
    for address in addresses(site.refs)["lead"]:
        page.goto(address)
        fits(page, f"{address} at {width}")
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_with_errors_lead_to_what_is_wrong(chrome: Browser, site: Site, width: int) -> None:
    context = enter(chrome, site, "lead", width)
    page = context.new_page()
    page.goto("/cases/new")
    page.get_by_role("button", name="Start now").click()
    for address, button, first in (
        ("", "Continue", "title"),
        (f"/cases/{site.refs['SCOPING']}/scope", "Save and continue", "purpose"),
        (f"/cases/{site.refs['DRAFTING']}/sections/options", "Save and continue", "options"),
        (f"/cases/{site.refs['asked']}/check", "Submit the case", "declared"),
        (f"/cases/{site.refs['DRAFTING']}/withdraw", "Withdraw the case", "reason"),
    ):
        if address:
            page.goto(address)
        press(page, button)
        assert page.title().startswith("Error: "), address
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary", address
        check(page, f"{address} with errors at {width}")
        page.locator(".govuk-error-summary a").first.click()
        assert page.evaluate("document.activeElement.id") == first, address
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_two_windows_stand_side_by_side_where_there_is_room(chrome: Browser, site: Site, width: int) -> None:
    context = enter(chrome, site, "lead", width)
    address = f"/cases/{site.refs['DRAFTING']}/sections/purpose"
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(address)
    one.fill("#purpose", f"{TEXT} The first window. {width}")
    press(one, "Save and continue")
    other.fill("#purpose", f"{TEXT} The second window. {width}")
    press(other, "Save and continue")
    assert "Not saved yet" in other.inner_text("main")
    check(other, f"the comparison at {width}")
    typed, saved = other.locator("#purpose").bounding_box(), other.locator(".bjc-beside").bounding_box()
    assert typed is not None
    assert saved is not None
    assert (saved["x"] > typed["x"]) == (width > 640)
    context.close()


def test_a_case_is_started_written_and_submitted_without_scripts(chrome: Browser, site: Site) -> None:
    context = enter(chrome, site, "lead", scripts=False)
    page = context.new_page()
    page.goto("/cases/new")
    page.get_by_role("button", name="Start now").click()
    page.fill("[name=title]", "A case without scripts")
    press(page, "Continue")
    page.fill("[name=amount]", "£90,000")
    press(page, "Continue")
    for choice in ("no", "no", "no", "yes"):
        page.check(f"[value={choice}]")
        press(page, "Continue")
    page.wait_for_load_state("load")
    page.wait_for_timeout(200)  # Chromium refuses to go back while a page is still being put in place
    page.go_back()
    assert page.is_checked("[value=yes]"), "the Back button finds the answer"
    press(page, "Continue")
    press(page, "Confirm and see the result")
    page.get_by_role("button", name="Write the scope proposal").click()
    page.fill("[name=purpose]", TEXT)
    press(page, "Save and come back later")
    assert "Your draft is saved" in page.inner_text("main")
    page.goto(f"/cases/{site.refs['asked']}/sections")
    page.get_by_role("link", name="Check your answers and submit").click()
    page.check("[name=declared]")
    press(page, "Submit the case")
    assert page.inner_text("h1") == "Case submitted"
    page.get_by_role("link", name=f"Open {site.refs['asked']}").click()
    assert "Waiting for 4 advisers" in page.inner_text("main")
    context.close()


def test_a_question_and_a_section_are_answered_by_keyboard_alone(chrome: Browser, site: Site) -> None:
    context = enter(chrome, site, "lead", 1280)
    page = context.new_page()
    page.goto("/cases/new")
    reach(page, "a.govuk-button--start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/title")
    reach(page, "#title")
    page.keyboard.type("Typed by keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/amount")
    page.goto(f"/cases/{site.refs['DRAFTING']}/sections/management")
    reach(page, "#management")
    page.keyboard.type(sections()["management"])
    reach(page, "button:has-text('Save and continue')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections")
    context.close()
