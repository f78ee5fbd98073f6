"""`bjc audit`: the verdict, its exit code, and an export that can be checked without the database."""

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785
from sqlalchemy import text

from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import a_case
from tests.cli.conftest import Bjc


@pytest.fixture
def furnished(database: Database) -> Database:
    with database.writing() as db:
        a_case(db, Stage.DRAFTING)
    return database


def tamper(database: Database) -> None:
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE audit_entry SET event = 'x' WHERE stream = 'BJC-2026-001' AND seq = 2")
        )


def test_a_sound_audit_ends_with_0(bjc: Bjc, furnished: Database) -> None:
    ran = bjc("audit", "verify")
    assert ran.code == 0
    assert ran.out.startswith("The audit is sound (entries: ")
    found = bjc("audit", "verify", "--json").document
    assert (found["sound"], found["streams"], found["faults"]) == (True, 2, [])


def test_a_fault_is_named_and_ends_with_1(bjc: Bjc, furnished: Database) -> None:
    tamper(furnished)
    ran = bjc("audit", "verify")
    assert ran.code == 1
    assert "BJC-2026-001 entry 2: its content was changed" in ran.out
    assert "The audit is not sound" in ran.out
    found = bjc("audit", "verify", "--json")
    assert (found.code, found.document["sound"]) == (1, False)


def test_an_export_can_be_checked_by_anybody_who_reads_its_help(
    bjc: Bjc, furnished: Database, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    ran = bjc("audit", "export", "--out", file)
    assert (ran.code, ran.out) == (0, "")
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        claimed = entry.pop("hash")
        assert hashlib.sha256(rfc8785.dumps(entry)).hexdigest() == claimed


def test_an_exported_file_is_verified_without_a_database(
    bjc: Bjc, anywhere: Bjc, furnished: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bjc.settings import get_settings

    file = tmp_path / "audit.jsonl"
    bjc("audit", "export", "--out", file)
    monkeypatch.setenv("BJC_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")
    get_settings.cache_clear()
    assert anywhere("audit", "verify", file).code == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    (tmp_path / "cut.jsonl").write_text("\n".join(lines[1:]) + "\n", encoding="utf-8")
    assert anywhere("audit", "verify", tmp_path / "cut.jsonl").code == 1


def test_one_stream_goes_to_stdout_and_an_unknown_one_ends_with_3(bjc: Bjc, furnished: Database) -> None:
    ran = bjc("audit", "export", "--stream", "BJC-2026-001")
    assert {json.loads(line)["stream"] for line in ran.out.splitlines()} == {"BJC-2026-001"}
    assert bjc("audit", "export", "--stream", "BJC-2026-777").code == 3


def test_a_file_that_is_no_audit_is_refused_by_line(bjc_lite: Bjc, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("a shopping list\n", encoding="utf-8")
    ran = bjc_lite("audit", "verify", file)
    assert ran.code == 1
    assert "line 1: this is no entry of an audit" in ran.err
    assert bjc_lite("audit", "verify", tmp_path / "none").code == 3
