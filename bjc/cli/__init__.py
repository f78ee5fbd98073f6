"""The composition root: `bjc` on the command line. Nothing imports it, and each command imports what it needs."""

from typing import Annotated

import typer

from bjc.cli.commands import Commands

app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


def _say_version(wanted: bool) -> None:
    if wanted:
        from bjc import __version__

        print(f"bjc {__version__}")
        raise typer.Exit


@app.callback(help="Business justification cases, from a form to a delegated working group.")
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which release this is."),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """What the `bjc` script calls. Exit codes: 0 done, 1 no, 2 usage, 3 not found, 4 conflict, 5 unavailable."""
    app(prog_name="bjc")
