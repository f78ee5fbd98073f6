"""Makes the pictures in docs/screenshots from a real case on the whole stack, so that they never lie.

python -m scripts.gallery [FOLDER]
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page

from bjc.cli.browsing import Browser
from bjc.cli.play import Play
from bjc.rules.notices import Notice
from bjc.settings import Settings
from scripts.screenshots import chromium
from tests.play_the_stack import running

PHONE, DESK = (390, 844), (1280, 900)


def main(folder: Path) -> None:
    """Play a case as far as its approval decision, and take pictures of what each person then sees."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="bjc-gallery-") as home,
        running(Path(home)) as env,
        chromium() as browser,
    ):
        settings = Settings(
            **{name.removeprefix("BJC_").lower(): env[name] for name in env if name.startswith("BJC_")}
        )
        play = Play(settings, patience=60, say=print)
        lead = play.sign_in(play.case.lead)
        _shoot(_signed_in(browser, lead, PHONE), f"{settings.site}/cases/new", folder / "triage-phone.png")
        play.triage(lead)
        play.propose_scope(lead)
        play.decide("scope decision")
        play.expect(Notice.SCOPE_RECOMMENDED, play.case.lead, "the scope is recommended")
        _shoot(
            _signed_in(browser, lead, DESK),
            f"{settings.site}/cases/{play.ref}/sections",
            folder / "task-list.png",
        )
        play.write_case(lead)
        play.draft_delegation()
        play.advise()
        _of_the_decision(browser, play, lead, folder)


def _of_the_decision(browser: Chromium, play: Play, lead: Browser, folder: Path) -> None:
    post = play.board()[0]
    mail = play.mails.wait(play.address_of(post), Notice.DECISION_REQUEST, ref=play.ref)
    catcher = f"http://127.0.0.1:{play.settings.catcher_pages_port}"
    _shoot(_window(browser, PHONE), f"{catcher}/messages/{mail.id}", folder / "mail.png")
    _shoot(_window(browser, PHONE), mail.link, folder / "decide-phone.png")
    page = _signed_in(browser, lead, DESK)
    _shoot(page, f"{play.settings.site}/", folder / "home.png")
    _shoot(page, f"{play.settings.site}/cases/{play.ref}", folder / "case.png")
    _shoot(_window(browser, DESK), f"{play.settings.prefect_ui}/runs", folder / "prefect-runs.png", pause=4)


def _window(browser: Chromium, size: tuple[int, int]) -> Page:
    return _context(browser, size).new_page()


def _context(browser: Chromium, size: tuple[int, int]) -> BrowserContext:
    sharpness = 2 if size == PHONE else 1
    return browser.new_context(viewport={"width": size[0], "height": size[1]}, device_scale_factor=sharpness)


def _signed_in(browser: Chromium, person: Browser, size: tuple[int, int]) -> Page:
    """A window that shares a person's session."""
    context = _context(browser, size)
    for name, value in person.cookies().items():
        context.add_cookies([{"name": name, "value": value, "url": person.site}])
    return context.new_page()


def _shoot(page: Page, address: str, path: Path, pause: float = 0) -> None:
    page.goto(address, wait_until="load")
    page.wait_for_timeout(pause * 1000)
    page.screenshot(path=path)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
