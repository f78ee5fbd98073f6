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


class _Forms(HTMLParser):
    """Collects the forms of a page with their fields. Radios and boxes count only when preselected."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.found and given.get("name"):
            self._field(tag, given, "checked" in given)

    def _field(self, tag: str, given: dict[str, str], checked: bool) -> None:
        form, name = self.found[-1], given["name"]
        form.names.add(name)
        if tag == "textarea":
            self._area = name
            form.values[name] = ""
        elif tag == "select" or (tag == "input" and given.get("type") not in ("radio", "checkbox", "submit")):
            form.values[name] = given.get("value", "")
        elif tag == "input" and checked:
            form.values[name] = given.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1].values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


class Browser:
    """One person's browser: its own cookies, the page it is on. Raises BjcError where a page refuses."""

    def __init__(self, site: str) -> None:
        self._client = httpx.Client(base_url=site, follow_redirects=True, timeout=30)
        self.address = site
        self.text = ""

    def open(self, address: str) -> str:
        """Follow a link; returns the page's text."""
        return self._take(self._client.get(urljoin(self.address, address)))

    def send(self, values: Mapping[str, str], ending: str = "") -> str:
        """Fill in the page's form and send it. With several forms, the one that has all the fields named."""
        form = self._form(values, ending)
        data = {**form.values, **values}
        target = urljoin(self.address, form.action)
        return self._take(self._client.post(target, data=data, headers={"Origin": self._origin()}))

    def form_names(self) -> set[str]:
        """The names of every field on the page."""
        return {name for form in self._forms() for name in form.names}

    def close(self) -> None:
        """Close the browser."""
        self._client.close()

    def _forms(self) -> list[Form]:
        parser = _Forms()
        parser.feed(self.text)
        return [form for form in parser.found if form.method == "post"]

    def _form(self, values: Mapping[str, str], ending: str) -> Form:
        for form in self._forms():
            if form.names >= set(values) and form.action.endswith(ending) and "sign-out" not in form.action:
                return form
        raise BjcError(f"{self.address} has no form with {', '.join(values) or 'a button'}.")

    def _origin(self) -> str:
        base = self._client.base_url
        return f"{base.scheme}://{base.netloc.decode()}"

    def _take(self, response: httpx.Response) -> str:
        self.address, self.text = str(response.url), response.text
        if response.status_code >= 400:
            raise BjcError(f"{response.request.method} {response.url.path} answered {response.status_code}.")
        return self.text
