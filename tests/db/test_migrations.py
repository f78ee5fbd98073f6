"""The schema that migrations make is the schema that the tables describe, on both databases; newer ones are refused."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bjc.db.session import Database
from bjc.db.tables import metadata
from bjc.db.upgrade import revision, upgrade
from bjc.errors import BjcError

PARTIAL = {"ix_route_due", "ix_outbox_waiting", "uq_decision_open"}


def test_migrations_make_exactly_the_tables_of_the_metadata(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_indexes_that_serve_only_what_waits_are_partial(database: Database) -> None:
    if database.is_sqlite:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with database.engine.connect() as connection:
        found = {name for name, sql in connection.execute(text(query)) if " WHERE " in sql.upper()}
    assert found == PARTIAL


def test_upgrading_again_changes_nothing(database: Database) -> None:
    before = revision(database)
    upgrade(database)
    assert revision(database) == before
    assert before[0] == before[1]


def test_a_database_made_by_a_newer_release_is_refused_and_left_alone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BjcError, match=r"made by a newer release of bjc \(schema 9999\)"):
        upgrade(database)
    assert revision(database)[0] == "9999"


def test_an_empty_database_is_made_whole(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert revision(database)[0] is None
    upgrade(database)
    assert revision(database)[0] == revision(database)[1]
    database.close()


def test_two_processes_that_start_at_once_migrate_in_turn(postgresql: Database) -> None:
    with postgresql.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    barrier, faults = threading.Barrier(3), []

    def start() -> None:
        mine = Database(postgresql.url)
        barrier.wait()
        try:
            upgrade(mine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            faults.append(error)
        mine.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert revision(postgresql)[0] == revision(postgresql)[1]


def test_sqlite_keeps_its_promises_on_every_connection(sqlite: Database) -> None:
    with sqlite.engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reading_session_never_keeps_what_it_changed(database: Database) -> None:
    from tests.builders import lead_of

    with database.reading() as db:
        person = lead_of(db)
        number, name = person.id, person.name
        person.name = "Somebody else"
        db.flush()
    with database.reading() as db:
        from bjc.db.people import Person

        assert db.get_one(Person, number).name == name
