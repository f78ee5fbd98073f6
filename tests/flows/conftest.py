"""One real Prefect server a session, on a free port with a home of its own; each test has its own database.

Prefect reads its environment when it is first imported, so it is set here, before any test module is.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bjc.settings import Settings, get_settings
from flows import prefect_env


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


HOME = Path(tempfile.mkdtemp(prefix="bjc-flows-"))
PORT = _free_port()
SETTINGS = Settings(home=HOME, prefect_port=PORT)
os.environ.update(prefect_env.prefect_environment(SETTINGS))

from tests.flows.world import World  # noqa: E402 - it imports Prefect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share the server, so they run in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.prefect)
            item.add_marker(pytest.mark.xdist_group("prefect"))


class Server:
    """Prefect's own server as a process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "prefect", "server", "start"]
        with (HOME / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 90
        while not self._answers():
            assert self._process.poll() is None, (HOME / "server.log").read_text()[-2000:]
            assert time.monotonic() < until, "Prefect's server did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    def wipe(self) -> None:
        """All of Prefect's memory is gone."""
        for path in (HOME / "prefect").glob("prefect.db*"):
            path.unlink()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{SETTINGS.prefect_api}/health", timeout=2):
                return True
        except OSError:
            return False


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server, with prefect.yaml deployed."""
    from prefect.logging.handlers import APILogHandler
    from prefect.settings import get_current_settings

    from flows import deploy

    assert get_current_settings().api.url == SETTINGS.prefect_api, "Prefect was imported too early"
    (HOME / "prefect").mkdir(exist_ok=True)
    server = Server()
    server.start()
    deploy.deploy()
    yield server
    APILogHandler().flush()
    server.stop()
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture
def world(
    server: Server, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A fresh installation beside the server: its database, and a dispatcher that the test drives."""
    path = tmp_path / "bjc.sqlite3"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("BJC_HOME", str(tmp_path))
    monkeypatch.setenv("BJC_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("BJC_PREFECT_PORT", str(PORT))
    get_settings.cache_clear()
    with World.open() as world:
        yield world
    get_settings.cache_clear()
