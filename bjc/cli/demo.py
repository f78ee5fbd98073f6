"""`bjc demo`: brings the demo in, and lets a case walk the whole way."""

from typing import Annotated

import typer

app = typer.Typer(
    help="A demo to look at: earlier projects, people, a case; and a case that walks the whole way."
)


def load_demo() -> list[str]:
    """Load the alliance and the demo into this installation; returns the references of the cases opened."""
    from bjc.actions import demo
    from bjc.actions.alliance import install
    from bjc.alliance import default_alliance_path, default_demo_path, load_alliance
    from bjc.alliance import load_demo as read_demo
    from bjc.clock import utcnow
    from bjc.db.session import Database
    from bjc.settings import get_settings

    database, now = Database(get_settings().db_url), utcnow()
    with database.writing() as db:
        install(db, load_alliance(default_alliance_path()), now)
        return demo.load(db, read_demo(default_demo_path()), now)


@app.command("load")
def load(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Load the demo's people, groups, earlier projects and one case to be scoped.

    Example: bjc demo load
    """
    import json

    opened = load_demo()
    if as_json:
        print(json.dumps({"opened": opened}))
    else:
        print(
            f"The demo is loaded; opened: {', '.join(opened)}." if opened else "The demo was loaded already."
        )


@app.command("play")
def play(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document at the end.")] = False,
    patience: Annotated[float, typer.Option(help="Seconds to wait for any one mail.")] = 60.0,
) -> None:
    """Drive a new case through the running system, from an empty form to a delegated group.

    It uses the real pages, the real mails in the catcher and the real flows. Start the system first.

    Example: bjc demo play
    """
    import json

    from bjc.cli.play import Play
    from bjc.settings import get_settings

    played = Play(get_settings(), patience, say=(lambda line: None) if as_json else print)
    played.to_delegated()
    if as_json:
        print(json.dumps(played.report()))
