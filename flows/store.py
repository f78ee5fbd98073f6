"""One database for each process: threads share its pool and, on SQLite, its writer's lock."""

from functools import lru_cache

from bjc.db.session import Database
from bjc.settings import get_settings


def database() -> Database:
    """The installation's database, opened once."""
    return _open(get_settings().db_url)


@lru_cache
def _open(url: str) -> Database:
    return Database(url)
