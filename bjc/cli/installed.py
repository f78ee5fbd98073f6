"""What most commands begin and end with: this installation's database, and one document or a few lines on stdout."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from bjc.db.session import Database

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
WIDE = 160  # where the output is no terminal, lines are not to be cut


@contextmanager
def installed() -> "Iterator[Database]":
    """The database of this installation. Raises Unavailable where there is none, or it is not of this release."""
    with answering() as database:
        _check_revision(database)
        yield database


@contextmanager
def answering() -> "Iterator[Database]":
    """The database, whatever its schema. Raises Unavailable where it does not answer."""
    from sqlalchemy.exc import OperationalError

    from bjc.db.session import Database
    from bjc.errors import Unavailable
    from bjc.settings import get_settings

    database = Database(get_settings().db_url)
    try:
        yield database
    except OperationalError as error:
        remedy = "Check BJC_DATABASE_URL and that the database runs."
        raise Unavailable(f"The database does not answer ({type(error.orig).__name__}).", remedy) from error
    finally:
        database.close()


def refuse_missing(database: "Database") -> None:
    """Raises Unavailable where SQLite's file is not there: looking must not create it."""
    from bjc.errors import Unavailable

    if database.is_sqlite and not Path(database.engine.url.database or "").exists():
        raise Unavailable("There is no database yet.", "Run: bjc up, or bjc db upgrade")


def _check_revision(database: "Database") -> None:
    from bjc.db.upgrade import refuse_newer, revision
    from bjc.errors import Unavailable

    refuse_missing(database)
    with database.engine.connect() as connection:
        refuse_newer(connection)
    found, wanted = revision(database)
    if found != wanted:
        message = f"The database is at schema {found or 'nothing'}, this release needs {wanted}."
        raise Unavailable(message, "Run: bjc db upgrade")


def show(document: Any, lines: Iterable[str], as_json: bool) -> None:
    """The document for a program, or the lines for a person."""
    if as_json:
        print(json.dumps(document, indent=2, ensure_ascii=False, default=_plain))
    else:
        for line in lines:
            print(line)


def console() -> "Console":
    """For tables. Colours go by NO_COLOR and by whether anybody sees them."""
    from rich.console import Console

    plain = Console()
    return plain if plain.is_terminal else Console(width=WIDE)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
