"""A person at a browser without scripts: opens a page, fills in the form that is there, sends it.

The demo and its end-to-end test use the system through this, so that they see only what people see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from bjc.errors import BjcError


@dataclass
class Form:
    """One form of a page: where it goes, and the values that a browser would send untouched."""

    action: str
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Page(HTMLParser):
    """The forms, links and choices of a page. Radios and boxes count only when preselected."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.options: list[tuple[str, str, str]] = []
        self.faults: list[str] = []
        self._area = ""
        self._fault = False
        self._select = ""
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "a":
            self.links.append(given.get("href", ""))
            self._fault = given.get("href", "").startswith("#") and "skip" not in given.get("class", "")
        elif tag == "option":
            self._option = given.get("value", "")
        elif self.forms and given.get("name"):
            self._field(tag, given, "checked" in given)

    def _field(self, tag: str, given: dict[str, str], checked: bool) -> None:
        form, name = self.forms[-1], given["name"]
        form.names.add(name)
        self._select = name if tag == "select" else self._select
        if tag == "textarea":
            self._area = name
            form.values[name] = ""
        elif tag == "select" or (tag == "input" and given.get("type") not in ("radio", "checkbox", "submit")):
            form.values[name] = given.get("value", "")
        elif tag == "input" and checked:
            form.values[name] = given.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values[self._area] += data
        if self._fault:
            self.faults.append(data.strip())
            self._fault = False
        if self._option is not None:
            self.options.append((self._select, self._option, data))
            self._option = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


class Browser:
    """One person's browser: its own cookies, the page it is on. Raises BjcError where a page refuses."""

    def __init__(self, site: str) -> None:
        self._client = httpx.Client(base_url=site, follow_redirects=True, timeout=30)
        self.site = self.address = site
        self.text = ""

    def open(self, address: str) -> str:
        """Follow a link; returns the page's text."""
        return self._take(self._client.get(urljoin(self.address, address)))

    def send(self, values: Mapping[str, str]) -> str:
        """Fill in the page's form and send it. With several forms, the first that has all the fields named."""
        form = self._form(values)
        data = {**form.values, **values}
        target = urljoin(self.address, form.action)
        return self._take(self._client.post(target, data=data, headers={"Origin": self._origin()}))

    def link_to(self, beginning: str) -> str:
        """The first link on the page whose address begins like this and goes further."""
        found = [href for href in self._page().links if href.startswith(beginning) and href != beginning]
        if not found:
            raise BjcError(f"{self.address} has no link to {beginning}.")
        return found[0]

    def option_of(self, field: str, words: str) -> str:
        """The value of the choice in a list that says this, or begins with it before a comma."""
        for name, value, shown in self._page().options:
            if name == field and shown.strip().partition(",")[0] == words:
                return value
        raise BjcError(f"{self.address} does not offer '{words}' for {field}.")

    def cookies(self) -> dict[str, str]:
        """What the site has set, by name."""
        return dict(self._client.cookies)

    def close(self) -> None:
        """Close the browser."""
        self._client.close()

    def _page(self) -> "_Page":
        page = _Page()
        page.feed(self.text)
        return page

    def _form(self, values: Mapping[str, str]) -> Form:
        for form in self._page().forms:
            fits = (
                form.method == "post" and form.names >= set(values) and not form.action.endswith("/sign-out")
            )
            if fits and not form.action.endswith("/new-link"):
                return form
        raise BjcError(f"{self.address} has no form with {', '.join(values) or 'a button'}.")

    def _origin(self) -> str:
        base = self._client.base_url
        return f"{base.scheme}://{base.netloc.decode()}"

    def _take(self, response: httpx.Response) -> str:
        self.address, self.text = str(response.url), response.text
        if response.status_code >= 400:
            said = "; ".join(self._page().faults) or "it does not say why"
            where = f"{response.request.method} {response.url.path}"
            raise BjcError(f"{where} answered {response.status_code}: {said}.")
        return self.text
