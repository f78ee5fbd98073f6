"""`bjc links`: the one switch that ends every emailed link."""

from typing import Annotated

import typer

from bjc.cli.installed import Json, installed, show

app = typer.Typer(help="End every emailed link.", no_args_is_help=True)


@app.callback()
def links() -> None:
    """End every emailed link."""


@app.command("revoke-all")
def revoke_all(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: Json = False
) -> None:
    """End every live link at once: to decide, to advise, to accept a seat, to sign in.

    Whoever needs one asks for a new link on the page that the old one shows. Visits that have begun go on.

    Example: bjc links revoke-all --yes
    """
    from bjc.actions import links as action
    from bjc.actions.alliance import COMMAND
    from bjc.clock import utcnow

    if not yes:
        typer.confirm("End every emailed link of this installation?", abort=True, err=True)
    with installed() as database, database.writing() as db:
        count = action.revoke_all(db, "all links were ended by the operator", COMMAND, utcnow())
    show({"revoked": count}, [f"{count} {'link has' if count == 1 else 'links have'} ended."], as_json)
