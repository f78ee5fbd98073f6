"""Takes pictures of pages with an installed Chromium, for the README and for looking at what was built.

python scripts/screenshots.py http://127.0.0.1:8000/help help.png 375
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing but the page itself is fetched: no updates, no synchronising, no first-run pages.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The installed browser: `BJC_CHROMIUM`, or the first of the usual names on the path."""
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("BJC_CHROMIUM") or next((path for path in found if path), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser, ended afterwards. Raises FileNotFoundError where none is installed."""
    path = find_chromium()
    if path is None:
        raise FileNotFoundError("No Chromium was found. Install it, or set BJC_CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def shoot(browser: Browser, url: str, path: Path, width: int, height: int = 800) -> None:
    """Writes the whole page at `url` to `path` (PNG) as a window `width` pixels wide shows it."""
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=2)
    try:
        page.goto(url, wait_until="load")
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)
    finally:
        page.close()


def main(arguments: list[str]) -> int:
    """One picture from the command line: address, file, width."""
    if len(arguments) != 3:
        sys.stderr.write("Usage: python scripts/screenshots.py ADDRESS FILE.png WIDTH\n")
        return 2
    url, path, width = arguments
    with chromium() as browser:
        shoot(browser, url, Path(path), int(width))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
