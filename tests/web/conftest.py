"""A site served by a real server on a free port, and a client for it."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from bjc.actions.sign_in import begin_visit
from bjc.db.people import Person
from bjc.db.session import Database
from bjc.settings import Settings
from bjc.web.app import make_app
from bjc.web.posted import posted
from tests.builders import NOW
from tests.web.page_reader import Read, read
from tests.web.sample_site import make_site


@contextmanager
def serving(make: Callable[[Settings], FastAPI], home: Path, **chosen: Any) -> Iterator[httpx.Client]:
    """A client of `make(settings)`, served on a free port until the block ends. `chosen` are settings."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = Settings(_env_file=None, home=home, web_port=port, **chosen)
        server = uvicorn.Server(uvicorn.Config(make(settings), log_config=None, server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The sample site, with room for many requests; cookies are forgotten by `fresh`."""
    with serving(
        make_site, tmp_path_factory.mktemp("site"), links_per_minute=10_000, max_body=100_000
    ) as client:
        yield client


@pytest.fixture
def browser_like(site: httpx.Client) -> httpx.Client:
    """The sample site, seen by a browser that has never been there."""
    site.cookies.clear()
    return site


def unguarded(routes: Iterable[object]) -> list[str]:
    """The addresses, outside the API, that change something without asking for the form's token."""
    found: list[str] = []
    for route in routes:
        if isinstance(route, APIRoute):
            asked = {dependency.call for dependency in route.dependant.dependencies}
            writes = (route.methods or set()) - {"GET", "HEAD"}
            if writes and posted not in asked and not route.path.startswith("/api/"):
                found.append(route.path)
        elif included := getattr(route, "original_router", None):  # how FastAPI keeps an included router
            found += unguarded(included.routes)
    return found


def csrf_of(page: str) -> str:
    """The value that the form of a page carries."""
    found = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]


def open_site(database: Database, home: Path) -> TestClient:
    """A browser at the whole application over this database, at the builders' moment. Redirects are not followed."""
    settings = Settings(_env_file=None, home=home, links_per_minute=10_000)
    app = make_app(settings, database, lambda: app.state.moment)
    app.state.moment = NOW
    return TestClient(app, base_url=settings.site, follow_redirects=False)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """The whole application on each kind of database; `client.app.state.moment` is its clock."""
    with open_site(database, tmp_path) as opened:
        yield opened


@pytest.fixture
def lite(sqlite: Database, tmp_path: Path) -> Iterator[TestClient]:
    """The whole application on SQLite, for what does not depend on the kind of database."""
    with open_site(sqlite, tmp_path) as opened:
        yield opened


def sign_in(client: TestClient, person: Person | int) -> TestClient:
    """Begin a visit for this person; whoever was signed in before is not any more."""
    app: Any = client.app
    who = person if isinstance(person, int) else person.id
    with app.state.database.writing() as db:
        secret = begin_visit(db, who, app.state.moment)
    client.cookies.clear()
    client.cookies.set("bjc-visit", secret)
    return client


def look(client: TestClient, url: str, status: int = 200) -> Read:
    """The page at an address."""
    response = client.get(url)
    assert response.status_code == status, f"{url} answered {response.status_code}: {response.text[:2000]}"
    return read(response)


def submit(client: TestClient, url: str, data: dict[str, str], action: str = "") -> httpx.Response:
    """Fill in the form of the page at `url` and send it as a browser would: what stands in it, then `data`.

    `action` names the form where a page has several; otherwise it is the first that is not for signing out.
    """
    return send(client, look(client, url), data, action)


def send(client: TestClient, page: Read, data: dict[str, str], action: str = "") -> httpx.Response:
    """Send a form of a page that was opened before."""
    form = page.form(action)
    return client.post(form.action or page.path, data={**form.values, **data})
