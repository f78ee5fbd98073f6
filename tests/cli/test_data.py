"""The commands about data and settings: alliance, database, outbox, links, configuration, lifecycle."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bjc.actions import audit, links, outbox
from bjc.alliance import default_alliance_path, default_demo_path
from bjc.clock import utcnow
from bjc.db.decisions import Link
from bjc.db.mail import Outbox
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.rules.lifecycle import LIFECYCLE, markdown
from bjc.rules.notices import Notice, Purpose
from bjc.rules.stages import Stage
from bjc.settings import get_settings
from tests.builders import NOW, lead_of
from tests.cli.conftest import Bjc


def test_the_alliance_files_we_ship_are_sound(anywhere: Bjc) -> None:
    for path in (default_alliance_path(), default_demo_path()):
        ran = anywhere("alliance", "check", path)
        assert (ran.code, ran.out) == (0, f"{path.name} is sound.\n")


def test_a_mistake_is_named_with_its_line_and_ends_with_1(anywhere: Bjc, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    broken = (
        default_alliance_path().read_text(encoding="utf-8").replace("service: sfrs}", "service: nowhere}", 1)
    )
    file.write_text(broken, encoding="utf-8")
    ran = anywhere("alliance", "check", file)
    assert ran.code == 1
    assert ran.out.startswith("line ")
    found = anywhere("alliance", "check", file, "--json").document
    assert not found["sound"]
    assert found["problems"][0]["line"] > 100
    assert anywhere("alliance", "check", tmp_path / "none.yaml").code == 3


def test_an_alliance_is_loaded_once_and_then_unchanged(anywhere: Bjc) -> None:
    assert anywhere("db", "upgrade").code == 0
    assert anywhere("alliance", "load", "--json").document == {"alliance": "Fire Alliance", "changed": True}
    assert "nothing has changed" in anywhere("alliance", "load").out


def test_looking_at_no_database_makes_none_and_says_what_to_do(anywhere: Bjc, tmp_path: Path) -> None:
    for words in (("case", "list"), ("audit", "verify"), ("db", "revision"), ("outbox", "list")):
        ran = anywhere(*words)
        assert ran.code == 5
        assert ran.err == "There is no database yet. Run: bjc up, or bjc db upgrade\n"
    assert not (tmp_path / "var").exists()


def test_the_database_is_made_and_a_second_time_left_alone(anywhere: Bjc) -> None:
    first = anywhere("db", "upgrade", "--json").document
    assert first["before"] is None
    again = anywhere("db", "upgrade", "--json").document
    assert again["before"] == again["after"] == first["after"]
    assert anywhere("db", "revision").code == 0


def test_a_newer_schema_is_refused_by_every_command(bjc: Bjc, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for words in (("case", "list"), ("db", "upgrade")):
        ran = bjc(*words)
        assert ran.code == 1
        assert "made by a newer release" in ran.err
    assert bjc("db", "revision").code == 1


def test_a_database_that_does_not_answer_ends_with_5(anywhere: Bjc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BJC_DATABASE_URL", "postgresql+psycopg://nobody:secret@127.0.0.1:9/none")
    get_settings.cache_clear()
    for words in (("case", "list"), ("db", "upgrade"), ("db", "revision")):
        ran = anywhere(*words)
        assert ran.code == 5, words
        assert "BJC_DATABASE_URL" in ran.err
        assert "secret" not in ran.err
        assert "Traceback" not in ran.err


@pytest.fixture
def parked(database: Database) -> int:
    with database.writing() as db:
        outbox.queue(db, Notice.SIGN_IN, ("sign_in", 1), (lead_of(db).id,), "asked", NOW)
        outbox.park(db, outbox.claim(db, NOW)[0], "550 no such mailbox")
        return db.scalars(select(Outbox.id)).one()


def test_parked_mail_is_listed_and_released_once(bjc: Bjc, database: Database, parked: int) -> None:
    assert "550 no such mailbox" in bjc("outbox", "list").out
    assert [one["id"] for one in bjc("outbox", "list", "--parked", "--json").document] == [parked]
    assert bjc("outbox", "release", parked).out == f"Mail {parked} is queued again.\n"
    assert bjc("outbox", "list", "--parked").out == "No mail is parked.\n"
    assert bjc("outbox", "release", parked).code == 4
    assert bjc("outbox", "release", 99_999).code == 3
    with database.reading() as db:
        entry = timeline(db, audit.ALLIANCE)[-1]
        assert (entry.event, entry.actor["via"]) == ("mail released", "command")


def test_all_links_end_only_after_a_yes(bjc: Bjc, database: Database) -> None:
    with database.writing() as db:
        now = utcnow()
        links.mint(db, Purpose.DECIDE, 1, lead_of(db).id, now, now + timedelta(days=1))
    assert bjc("links", "revoke-all").code != 0
    with database.reading() as db:
        assert db.scalars(select(Link)).one().revoked_at is None
    assert bjc("links", "revoke-all", "--yes", "--json").document == {"revoked": 1}
    with database.reading() as db:
        assert db.scalars(select(Link)).one().revoked_because == "all links were ended by the operator"
        assert timeline(db, audit.ALLIANCE)[-1].event == "links revoked"


def test_settings_are_shown_with_their_secrets_masked(anywhere: Bjc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BJC_SMTP_PASSWORD", "hunter-two")
    monkeypatch.setenv("BJC_DATABASE_URL", "postgresql+psycopg://bjc:hunter-two@db.example/bjc")
    get_settings.cache_clear()
    plain, found = anywhere("config", "show"), anywhere("config", "show", "--json")
    assert "hunter" not in plain.out + found.out
    assert "BJC_SMTP_PASSWORD" in plain.out
    assert found.document["follows"]["database"] == "postgresql+psycopg://bjc:********@db.example/bjc"
    assert found.document["settings"]["BJC_SMTP_PASSWORD"] == "********"


def test_the_lifecycle_is_printed_as_the_readme_has_it_or_as_a_diagram(anywhere: Bjc) -> None:
    assert anywhere("lifecycle", "--markdown").out.strip() == markdown().strip()
    drawn = anywhere("lifecycle", "--mermaid").out.splitlines()
    assert drawn[0] == "stateDiagram-v2"
    arrows = [line for line in drawn if " --> " in line and "[*]" not in line]
    assert len(arrows) == len(LIFECYCLE)
    assert all(any(f"as {stage.name}" in line for line in drawn) for stage in Stage)
    assert anywhere("lifecycle", "--markdown", "--mermaid").code == 2
