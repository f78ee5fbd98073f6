"""Brings a database to this release's shape, and refuses one that a newer release has shaped."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bjc.db.session import Database
from bjc.errors import BjcError

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_305_118  # any number, the same in every process: two that start at once migrate in turn


def upgrade(database: Database) -> None:
    """Create or migrate the schema. Raises BjcError when the database is newer than this release."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        refuse_newer(connection)
        command.upgrade(_config(connection), "head")
        connection.commit()


def revision(database: Database) -> tuple[str | None, str | None]:
    """The database's revision and the release's."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), _script().get_current_head()


def refuse_newer(connection: Connection) -> None:
    """A revision that this release does not know was made by a newer one."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in _script().walk_revisions()}
    if found is not None and found not in known:
        raise BjcError(
            f"The database was made by a newer release of bjc (schema {found}).",
            "Install that release, or restore a backup made by this one.",
        )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
