"""A long list, page by page: which page was asked for, and the links to the others."""

from math import ceil
from typing import Any
from urllib.parse import urlencode

SIZE = 25


def page_number(text: str, total: int) -> int:
    """The page asked for (from 1), within what there is."""
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(asked, 1), pages_of(total))


def pages_of(total: int) -> int:
    """How many pages `total` entries take."""
    return max(1, ceil(total / SIZE))


def pagination(path: str, filters: dict[str, str], number: int, total: int) -> dict[str, Any] | None:
    """What GOV.UK's pagination takes; None where one page holds all. The address carries the filters."""
    pages = pages_of(total)
    if pages == 1:
        return None

    def address(page: int) -> str:
        return f"{path}?" + urlencode({**{k: v for k, v in filters.items() if v}, "page": page})

    items: list[dict[str, Any]] = []
    for one in sorted({1, number - 1, number, number + 1, pages} & set(range(1, pages + 1))):
        if items and one - int(items[-1]["number"]) > 1:
            items.append({"ellipsis": True, "number": one})
        items.append({"number": one, "href": address(one), "current": one == number})
    ends = {"previous": number - 1, "next": number + 1}
    return {"items": items} | {end: {"href": address(n)} for end, n in ends.items() if 1 <= n <= pages}
