"""Where one can go from every page: the line under the head."""

from collections.abc import Iterable
from typing import Any

from bjc.rules.access import Act, Person, may

# fmt: off
PLACES = (
    # text                href          who may go there
    ("Home",              "/",          Act.SEE_CASES),
    ("Cases",             "/cases",     Act.SEE_CASES),
    ("Start a new case",  "/cases/new", Act.OPEN_CASE),
    ("Outbox",            "/outbox",    Act.SEE_MAIL),
)
# fmt: on


def nav(roles: Iterable[Person], path: str) -> list[dict[str, Any]]:
    """The links for somebody in these roles; the place that `path` belongs to is marked."""
    held = frozenset(roles)
    here = _place(path)
    return [
        {"text": text, "href": href, "current": href == path, "active": href == here}
        for text, href, act in PLACES
        if may(act, held)
    ]


def _place(path: str) -> str:
    """The longest address among the places that the path lies under; Home only for itself."""
    under = [href for _, href, _ in PLACES if href != "/" and f"{path}/".startswith(f"{href}/")]
    return max(under, key=len, default="/" if path == "/" else "")
