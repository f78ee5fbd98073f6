"""Reads a page as a test needs it: its headings, its text, its links, and its forms with what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

UNSEEN = ("script", "style", "head")
VOID = ("input", "meta", "link", "br", "hr", "img", "path", "circle")


@dataclass
class Form:
    """A form: where it goes, and what a browser would send untouched (no buttons)."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass
class Read:
    """A page as it was answered."""

    path: str
    status: int
    html: str
    text: str = ""
    title: str = ""
    h1: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    hrefs: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def form(self, action: str = "") -> Form:
        """The form whose address ends so; without one, the first that is sent and does not sign out."""
        found = [one for one in self.forms if one.method == "post" and one.action != "/sign-out"]
        wanted = [one for one in found if one.action.endswith(action)]
        assert wanted, f"{self.path} has no form {action!r}: {[one.action for one in self.forms]}"
        return wanted[0]


class _Reader(HTMLParser):
    def __init__(self, page: Read) -> None:
        super().__init__()
        self.page, self.open, self.said = page, [], []  # type: ignore[var-annotated]
        self.area = self.chosen = self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag == "form":
            self.page.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "a":
            self.href = given.get("href", "")
            self.page.hrefs.append(self.href)
        elif tag == "h1":
            self.page.h1.append("")
        elif (self.page.forms and given.get("name")) or tag == "option":
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.page.forms[-1], given.get("name", "")
        kind = given.get("type", "text")
        if name:
            form.names.add(name)
        if tag == "select":
            self.chosen = name
        elif tag == "option" and ("selected" in given or self.chosen not in form.values):
            form.values[self.chosen] = given.get("value", "")
        elif tag == "textarea":
            self.area = name
            form.values[name] = ""
        elif tag == "input" and (kind not in ("radio", "checkbox", "submit") or "checked" in given):
            form.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        if tag == "textarea":
            self.page.forms[-1].values[self.area] = self.page.forms[-1].values[self.area].removeprefix("\n")
            self.area = ""
        elif tag == "a":
            self.href = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.page.forms[-1].values[self.area] += data
        if "title" in self.open and "svg" not in self.open:
            self.page.title += data
        if not any(tag in UNSEEN for tag in self.open) and data.strip():
            self.said.append(data.strip())
            if "h1" in self.open:
                self.page.h1[-1] = f"{self.page.h1[-1]} {data.strip()}".strip()
            if self.href:
                self.page.links[" ".join(data.split())] = self.href


def read(response: httpx.Response) -> Read:
    """The page of an answer."""
    page = Read(response.request.url.path, response.status_code, response.text)
    reader = _Reader(page)
    reader.feed(response.text)
    page.text = " ".join(" ".join(reader.said).split())
    page.title = page.title.strip()
    return page
