"""Which commands there are. A command is one line here; its module is imported when it is called, not before.

What a command raises becomes one line for a person and an exit code; `--debug` shows the trace instead.
"""

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, Exit, TyperException
from typer.main import get_command, get_group

from bjc.errors import BjcError

START, CASES, DATA, PARTS = "Start", "Cases", "Data", "Parts, for installations with many machines"


@dataclass(frozen=True)
class Entry:
    """A command's name, where it is (`module:attribute`, a function or a Typer), and its line in the help."""

    name: str
    place: str
    help: str
    panel: str = ""


COMMANDS = (
    Entry("up", "bjc.cli.up:up", "Start everything here, and say where it is.", START),
    Entry("demo", "bjc.cli.demo:app", "A demo to look at, and a case that walks the whole way.", START),
    Entry("doctor", "bjc.cli.doctor:doctor", "Check this installation; each fault with its remedy.", START),
    Entry("case", "bjc.cli.case:app", "List cases, show one, or what happened to it.", CASES),
    Entry("lifecycle", "bjc.cli.lifecycle:lifecycle", "The table of stages, as the engine reads it.", CASES),
    Entry("alliance", "bjc.cli.alliance:app", "Check or load an alliance's data file.", DATA),
    Entry("audit", "bjc.cli.audit:app", "Verify the audit's hash chains, or export them.", DATA),
    Entry("outbox", "bjc.cli.outbox:app", "Mails that wait or were parked, and sending one again.", DATA),
    Entry("links", "bjc.cli.links:app", "End every emailed link.", DATA),
    Entry("db", "bjc.cli.db:app", "Create or migrate the database.", DATA),
    Entry("config", "bjc.cli.config:app", "The settings in force.", DATA),
    Entry("deploy", "bjc.cli.engine:deploy", "Bring Prefect in step with prefect.yaml.", PARTS),
    Entry("engine", "bjc.cli.engine:engine", "Dispatcher, worker and postman in one process.", PARTS),
    Entry("dispatcher", "bjc.cli.engine:dispatcher", "See that every due case has a run.", PARTS),
    Entry("worker", "bjc.cli.engine:worker", "Run the flows.", PARTS),
    Entry("postman", "bjc.cli.engine:postman", "Deliver the mail.", PARTS),
    Entry("web", "bjc.cli.serving:web", "Serve the pages.", PARTS),
    Entry("catcher", "bjc.cli.serving:catcher", "Catch all mail, and show it.", PARTS),
    Entry("prefect", "bjc.cli.serving:prefect", "Run prefect in this installation's environment.", PARTS),
)

WRAPPERS = {"prefect"}  # what stands after it is not for us to read
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


class Later(TyperCommand):
    """Stands for a command in the help; becomes the real one when it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.help, rich_help_panel=entry.panel)
        self.entry = entry

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> Any:
        """The real command's context, which carries on from here."""
        module, _, attribute = self.entry.place.partition(":")
        found = getattr(import_module(module), attribute)
        return _command(self.entry.name, found).make_context(info_name, args, *rest, **more)


def _command(name: str, found: Any) -> Any:
    """A Typer is a group, even one of a single command; a function is a command."""
    if isinstance(found, typer.Typer):
        return get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name, context_settings=PASS_ON if name in WRAPPERS else None)(found)
    return get_command(alone)


class Commands(TyperGroup):
    """All commands, and what becomes of their errors."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for entry in COMMANDS:
            self.add_command(Later(entry))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error is one line and an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except (Abort, Exit, TyperException):
            raise
        except BrokenPipeError:  # who read our lines has seen enough, as in `bjc case list | head -1`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            if not isinstance(error, BjcError):
                error = BjcError(f"bjc failed: {error!r}.", "Run it again as: bjc --debug ...")
            print(error, file=sys.stderr)
            raise typer.Exit(error.exit_code) from None
