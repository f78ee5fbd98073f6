"""`bjc alliance`: check an alliance's data file, and load it."""

from pathlib import Path
from typing import Annotated

import typer

from bjc.cli.installed import Json, installed, show

app = typer.Typer(help="Check or load an alliance's data file.", no_args_is_help=True)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="An alliance's data file, or a demo file beside one.")],
    as_json: Json = False,
) -> None:
    """Name every mistake of a data file with its line; exit 1 where there is one. Needs no database.

    Example: bjc alliance check our_alliance.yaml
    """
    from bjc import alliance

    problems = alliance.check(file)
    document = {
        "file": str(file),
        "sound": not problems,
        "problems": [{"line": one.line, "place": one.path, "message": one.message} for one in problems],
    }
    show(document, [str(one) for one in problems] or [f"{file.name} is sound."], as_json)
    raise typer.Exit(1 if problems else 0)


@app.command("load")
def load(
    file: Annotated[
        Path | None, typer.Argument(help="The data file; the Fire Alliance's without one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring an alliance's data file into the database, again and again; what is the same stays untouched.

    Example: bjc alliance load our_alliance.yaml
    """
    from bjc.actions.alliance import install
    from bjc.alliance import default_alliance_path, load_alliance
    from bjc.clock import utcnow

    found = load_alliance(file or default_alliance_path())
    with installed() as database, database.writing() as db:
        changed = install(db, found, utcnow())
    said = f"{found.name} is loaded." if changed else f"{found.name} was loaded already; nothing has changed."
    show({"alliance": found.name, "changed": changed}, [said], as_json)
