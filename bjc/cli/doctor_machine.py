"""What `bjc doctor` sees of this machine: Python, the data folder, the signing key, the templates, time zones."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bjc.cli.finding import Finding, judged
from bjc.settings import Settings

MEGABYTE = 1_048_576
LITTLE, TOO_LITTLE = 1_024 * MEGABYTE, 100 * MEGABYTE


def findings(settings: Settings) -> Iterator[Finding]:
    """Each look in turn; nothing is changed, except that a missing data folder is said."""
    yield python()
    yield folder(settings.home)
    yield disk(settings.home)
    yield key(settings.home / "secret.key")
    yield templates()
    yield time_zone()


def python() -> Finding:
    """3.11 or newer."""
    found = platform.python_version()
    fault = f"this is Python {found}" if sys.version_info < (3, 11) else ""
    return judged("Python", found, fault, "Install Python 3.11 or newer, and run: make clean run")


def folder(home: Path) -> Finding:
    """It exists and can be written."""
    place = home.resolve()
    fix = "Run `bjc up`, or set BJC_HOME to a folder that can be written."
    if not place.is_dir():
        return judged("Data folder", "", f"{place} does not exist yet", fix, grave=False)
    fault = "" if os.access(place, os.W_OK | os.X_OK) else f"{place} cannot be written"
    return judged("Data folder", str(place), fault, fix)


def disk(home: Path) -> Finding:
    """Room to go on for a while."""
    place = home.resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    said = f"{free // MEGABYTE:,} MB free"
    fault = said if free < LITTLE else ""
    return judged("Disk", said, fault, "Make room: a full disk stops votes.", grave=free < TOO_LITTLE)


def key(path: Path) -> Finding:
    """Nobody but its owner may read the key that forms and cookies are signed with."""
    if not path.exists():
        return judged("Signing key", "made at the first start")
    loose = path.stat().st_mode & 0o077
    fault = f"others may read {path}" if loose and os.name == "posix" else ""
    return judged("Signing key", "readable by its owner only", fault, f"Run: chmod 600 {path}")


def templates() -> Finding:
    """Every page and every mail compiles."""
    from jinja2 import TemplateError

    from bjc import resources
    from bjc.web.render import environment as pages
    from notifications.render import environment as mails

    count = 0
    try:
        for folder_name, made in (("pages", pages()), ("emails", mails())):
            root = resources.templates() / folder_name
            for file in sorted(path for path in root.rglob("*") if path.suffix in (".html", ".txt")):
                made.get_template(str(file.relative_to(root).as_posix()))
                count += 1
    except TemplateError as error:
        return judged("Templates", "", f"{error.__class__.__name__}: {error}", "Install bjc again.")
    return judged("Templates", f"{count} compile")


def time_zone() -> Finding:
    """Deadlines are London's; without its clock changes they are wrong for half the year."""
    try:
        ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return judged("Time zone", "", "Europe/London is not known here", "Install the package tzdata.")
    return judged("Time zone", "Europe/London is known")
