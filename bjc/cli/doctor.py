"""`bjc doctor`: looks at every part of this installation; each line says how it is and, if not well, the fix."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from bjc.cli.installed import Json, show

if TYPE_CHECKING:
    from bjc.cli.finding import Finding
    from bjc.settings import Settings

MARKS = {"ok": "[green]ok[/green]  ", "warn": "[yellow]warn[/yellow]", "fail": "[red]fail[/red]"}


def doctor(as_json: Json = False) -> None:
    """Check this installation; each fault with its remedy. Exit 1 when something fails; a warning is no failure.

    Example: bjc doctor
    """
    from bjc.settings import get_settings

    found: list[Finding] = []
    for one in _look(get_settings()):
        found.append(one)
        if not as_json:
            _say(one)
    well = all(one.state != "fail" for one in found)
    if as_json:
        checks = [{"check": o.check, "state": o.state, "says": o.says, "fix": o.fix} for o in found]
        show({"well": well, "checks": checks}, [], as_json=True)
    raise typer.Exit(0 if well else 1)


def _look(settings: "Settings") -> "Iterator[Finding]":
    """From the ground up: this machine, the data, then who answers."""
    from bjc.cli import doctor_data, doctor_machine, doctor_neighbours

    yield from doctor_machine.findings(settings)
    yield from doctor_data.findings(settings)
    yield from doctor_neighbours.findings(settings)


def _say(one: "Finding") -> None:
    from rich.markup import escape

    from bjc.cli.installed import console

    fix = f"\n        {escape(one.fix)}" if one.fix and one.state != "ok" else ""
    console().print(
        f"{MARKS[one.state]}  {escape(one.check)}: {escape(one.says)}{fix}", highlight=False, soft_wrap=True
    )
