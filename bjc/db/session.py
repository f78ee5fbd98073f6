"""The two ways to open a session: `reading()` and `writing()`. There is no upgrade from one to the other.

On SQLite (WAL, synchronous=FULL) a writing session begins IMMEDIATE, behind one lock of this process:
threads queue here instead of sleeping in SQLite's busy handler.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)


class Database:
    """One database as one process sees it. Threads may share it; processes each make their own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reads = self.engine.execution_options(begin="DEFERRED")
        self._writes = self.engine.execution_options(begin="IMMEDIATE")
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks. Whatever it changed by mistake is rolled back."""
        with Session(self._reads, autoflush=False) as db:
            yield db
            db.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error. Render and fetch nothing inside."""
        with self._writer, Session(self._writes, expire_on_commit=False) as db, db.begin():
            yield db

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    engine = create_engine(
        url, connect_args={"timeout": 10, "check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    """The driver must not open transactions by itself: `_begin` says which kind."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
