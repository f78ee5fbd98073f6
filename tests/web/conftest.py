"""A site served by a real server on a free port, and a client for it."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bjc.settings import Settings
from tests.web.sample_site import make_site

Serve = Callable[..., AbstractContextManager[httpx.Client]]


@contextmanager
def serving(make: Callable[[Settings], FastAPI], home: Path, **chosen: object) -> Iterator[httpx.Client]:
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


def csrf_of(page: str) -> str:
    """The value that the form of a page carries."""
    found = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]
