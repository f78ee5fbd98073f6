"""The frame around the pages: what it shows, its error pages, its files, and how a browser sees it."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from bjc import resources
from bjc.web import assets
from scripts.screenshots import chromium, find_chromium
from tests.web.sample_site import ANSWERS

ABOUT = ["/help", "/accessibility", "/privacy", "/cookies"]
TEMPLATES = sorted((resources.templates() / "pages").rglob("*.html"))
WIDTHS = (320, 375, 1280)


@pytest.mark.parametrize("path", ABOUT)
def test_the_pages_about_the_service_are_there_and_every_foot_leads_to_them(
    site: httpx.Client, path: str
) -> None:
    page = site.get(path)
    assert page.status_code == 200
    assert len(re.findall("<h1", page.text)) == 1
    assert all(f'href="{address}"' in page.text for address in ABOUT)
    assert f'href="{path}" aria-current="page"' in page.text


def test_the_page_names_the_service_and_the_alliance(site: httpx.Client) -> None:
    text = site.get("/help").text
    assert "<title>Help – Business justification cases</title>" in text
    assert "Fire Alliance" in text
    assert '<html lang="en"' in text
    assert 'href="#main-content" class="govuk-skip-link"' in text


def test_nobody_signed_in_sees_no_navigation_and_no_sign_out(site: httpx.Client) -> None:
    text = site.get("/help").text
    assert "<nav" not in text
    assert "Sign out" not in text


def test_a_person_signed_in_sees_their_name_the_given_navigation_and_a_way_out(site: httpx.Client) -> None:
    text = site.get("/signed-in").text
    assert "Officer &lt;A1&gt;" in text
    assert 'href="/cases"' in text
    assert 'action="/sign-out"' in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, "There is nothing at this address"),
        ("/conflict", 409, "The case has moved on"),
        ("/invalid", 422, "<strong>total cost</strong>: Enter a number"),
        ("/down", 503, "Try again in a minute"),
        ("/broken", 500, "Reference number"),
        ("/numbered/one", 404, "There is nothing at this address"),
        ("/numbered/1?size=big", 422, "Correct it and try again"),
    ],
)
def test_a_failure_is_a_page_that_says_what_happened_and_what_to_do(
    site: httpx.Client, path: str, status: int, words: str
) -> None:
    answer = site.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert len(re.findall("<h1", answer.text)) == 1
    assert "<b>now</b>" not in answer.text


def test_a_wrong_method_says_so_and_names_the_right_ones(site: httpx.Client) -> None:
    answer = site.options("/form")
    assert answer.status_code == 405
    assert "cannot be used that way" in answer.text
    assert answer.headers["allow"]


def test_machines_get_a_problem_document(site: httpx.Client) -> None:
    answer = site.get("/api/invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "There is a problem with what was sent",
        "status": 422,
        "detail": "Two things are wrong.",
        "remedy": "Correct them.",
        "fields": {"total_cost": "Enter a number"},
    }
    broken = site.get("/api/broken").json()
    assert broken["status"] == 500
    assert broken["reference"].startswith("E-")
    assert site.get("/health/nothing").json()["status"] == 404


def test_head_answers_like_get_without_a_body(site: httpx.Client) -> None:
    head, get = site.head("/help"), site.get("/help")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_files_are_kept_for_a_year_under_an_address_that_changes_with_them(site: httpx.Client) -> None:
    address = re.search(r"/static/[0-9a-f]{12}/bjc\.css", site.get("/help").text)
    assert address
    answer = site.get(address[0])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    plain = site.get(address[0], headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text
    again = site.get(address[0], headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["nothing.css", "../render.py", "..%2frender.py", "%2e%2e/shell.py", "bjc.css%00"]
)
def test_nothing_else_can_be_fetched_as_a_file(site: httpx.Client, name: str) -> None:
    assert site.get(f"/static/x/{name}").status_code == 404


def test_the_files_have_another_address_when_one_of_them_changes(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("one")
    before = assets.load(tmp_path)
    (tmp_path / "a.css").write_text("two")
    assert assets.load(tmp_path).url("a.css") != before.url("a.css")
    with pytest.raises(KeyError):
        before.url("b.css")


def test_the_vendored_style_sheet_fetches_nothing_and_its_licence_is_with_it() -> None:
    files = assets.load().files
    css = files["govuk-frontend.min.css"].body.decode()
    assert "url(" not in css
    assert "GDS Transport" not in css
    assert len(files["govuk-frontend.min.css"].packed) < 16_000
    assert "Crown Copyright" in files["govuk-frontend.LICENCE.txt"].body.decode()
    assert len(files["bjc.css"].body.decode().splitlines()) <= 200


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_style_or_script_and_turns_no_escaping_off(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|\|\s*safe\b|autoescape", text)
    assert all("nonce" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"https?://", text), "pages that hold a secret must lead nowhere else"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("no Chromium is installed: the pages were not looked at by a browser")
    with chromium() as browser:
        yield browser


def fill(page: Page, **chosen: str) -> None:
    for name, value in {**ANSWERS, **chosen}.items():
        field = page.locator(f"[name={name}]")
        if name in ("service", "strands"):
            page.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    page.get_by_role("button", name="Save and continue").click()


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_browser_sees_a_form_with_errors_as_it_should(
    chrome: Browser, site: httpx.Client, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = chrome.new_page(base_url=str(site.base_url), viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/form")
    assert sideways(page) == 0
    fill(page, total="a lot", why="w" * 400)
    assert page.title() == "Error: Scope proposal – Business justification cases"
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert page.locator("#total").input_value() == "a lot"
    assert sideways(page) == 0
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.get_by_role("link", name="Enter the total cost").click()
    assert page.evaluate("document.activeElement.id") == "total"
    assert [line for line in said if "Content Security Policy" in line] == []
    page.close()


@pytest.mark.browser
def test_a_form_can_be_sent_without_scripts_and_by_a_browser_that_hides_its_referrer(
    chrome: Browser, site: httpx.Client
) -> None:
    context = chrome.new_context(base_url=str(site.base_url), java_script_enabled=False)
    page = context.new_page()
    page.goto("/form")
    fill(page)
    assert page.url.endswith("/recorded")
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", [*ABOUT, "/nothing", "/signed-in", "/form"])
def test_a_page_is_accessible_on_a_small_phone(chrome: Browser, site: httpx.Client, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = chrome.new_page(base_url=str(site.base_url), viewport={"width": 320, "height": 640})
    page.goto(path)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert sideways(page) == 0
    heights = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
            .filter(e => e.offsetParent && !e.closest('p') && !e.matches('[type=hidden], .govuk-skip-link'))
            .map(e => [e.innerText || e.name, Math.round(e.getBoundingClientRect().height)])"""
    )
    assert heights
    assert [found for found in heights if found[1] < 44] == []
    page.close()
