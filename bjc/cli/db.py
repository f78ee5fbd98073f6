"""`bjc db`: create or migrate the database, and say which schema it has."""

import typer

from bjc.cli.installed import Json, show

app = typer.Typer(help="Create or migrate the database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(as_json: Json = False) -> None:
    """Create the database, or bring it to this release's schema; a newer one is refused. Back up first.

    Example: bjc db upgrade
    """
    from sqlalchemy.exc import OperationalError

    from bjc.db import upgrade as migrations
    from bjc.db.session import Database
    from bjc.errors import Unavailable
    from bjc.settings import get_settings

    settings = get_settings()
    try:
        if not settings.database_url:
            settings.home.mkdir(parents=True, exist_ok=True)
        database = Database(settings.db_url)
        before, _ = migrations.revision(database)
        migrations.upgrade(database)
        after, _ = migrations.revision(database)
        database.close()
    except (OperationalError, OSError) as error:
        remedy = "Check BJC_DATABASE_URL, and that the folder of BJC_HOME can be written."
        raise Unavailable(f"The database cannot be opened ({error}).", remedy) from error
    said = f"The database is at schema {after}" + (
        "." if before == after else f" (before: {before or 'nothing'})."
    )
    show({"before": before, "after": after}, [said], as_json)


@app.command("revision")
def revision(as_json: Json = False) -> None:
    """Say which schema the database has, and which one this release needs; exit 1 where they differ.

    Example: bjc db revision
    """
    from pathlib import Path

    from bjc.db import upgrade as migrations
    from bjc.db.session import Database
    from bjc.errors import Unavailable
    from bjc.settings import get_settings

    database = Database(get_settings().db_url)
    if database.is_sqlite and not Path(database.engine.url.database or "").exists():
        raise Unavailable("There is no database yet.", "Run: bjc up, or bjc db upgrade")
    found, wanted = migrations.revision(database)
    database.close()
    said = f"The database has schema {found or 'nothing'}, this release needs {wanted}."
    show({"found": found, "wanted": wanted}, [said], as_json)
    raise typer.Exit(0 if found == wanted else 1)
