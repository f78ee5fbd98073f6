"""`bjc db`: create or migrate the database, and say which schema it has."""

import typer

from bjc.cli.installed import Json, answering, refuse_missing, show

app = typer.Typer(help="Create or migrate the database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(as_json: Json = False) -> None:
    """Create the database, or bring it to this release's schema; a newer one is refused. Back up first.

    Example: bjc db upgrade
    """
    from bjc.db import upgrade as migrations
    from bjc.errors import Unavailable
    from bjc.settings import get_settings

    settings = get_settings()
    if not settings.database_url:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            remedy = "Change its permissions, or set BJC_HOME to another folder."
            raise Unavailable(f"{settings.home} cannot be made: {error.strerror}.", remedy) from error
    with answering() as database:
        before, _ = migrations.revision(database)
        migrations.upgrade(database)
        after, _ = migrations.revision(database)
    said = f"The database is at schema {after}" + (
        "." if before == after else f" (before: {before or 'nothing'})."
    )
    show({"before": before, "after": after}, [said], as_json)


@app.command("revision")
def revision(as_json: Json = False) -> None:
    """Say which schema the database has, and which one this release needs; exit 1 where they differ.

    Example: bjc db revision
    """
    from bjc.db import upgrade as migrations

    with answering() as database:
        refuse_missing(database)
        found, wanted = migrations.revision(database)
    said = f"The database has schema {found or 'nothing'}, this release needs {wanted}."
    show({"found": found, "wanted": wanted}, [said], as_json)
    raise typer.Exit(0 if found == wanted else 1)
