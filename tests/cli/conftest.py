"""The command line, called as a person calls it, on an installation of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bjc.cli import app
from bjc.db.session import Database
from bjc.settings import get_settings


@dataclass(frozen=True)
class Ran:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Bjc = Callable[..., Ran]


@pytest.fixture
def anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bjc]:
    """`bjc` where nothing is installed yet; ports on which nobody listens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BJC_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("WEB", "PREFECT", "CATCHER", "CATCHER_PAGES"):
        monkeypatch.setenv(f"BJC_{name}_PORT", "9")  # the port that discards: nobody answers there
    get_settings.cache_clear()

    def bjc(*words: str) -> Ran:
        result = CliRunner().invoke(app, [str(word) for word in words], prog_name="bjc")
        return Ran(result.exit_code, result.stdout, result.stderr)

    yield bjc
    get_settings.cache_clear()


@pytest.fixture
def bjc(anywhere: Bjc, database: Database, monkeypatch: pytest.MonkeyPatch) -> Bjc:
    """`bjc` on each kind of database, with the alliance and its people."""
    monkeypatch.setenv("BJC_DATABASE_URL", database.url)
    get_settings.cache_clear()
    return anywhere


@pytest.fixture
def bjc_lite(anywhere: Bjc, sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Bjc:
    """`bjc` on SQLite, for what does not depend on the kind of database."""
    monkeypatch.setenv("BJC_DATABASE_URL", sqlite.url)
    get_settings.cache_clear()
    return anywhere
