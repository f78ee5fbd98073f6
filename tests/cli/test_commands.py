"""The table of commands: each leads to something, the help is quick, and errors are for people."""

import subprocess
import sys
from importlib import import_module

import pytest

from bjc import __version__
from bjc.cli.commands import COMMANDS, Entry


def bjc(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bjc.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_leads_somewhere_and_shows_an_example(entry: Entry) -> None:
    module, _, attribute = entry.place.partition(":")
    assert getattr(import_module(module), attribute)


def test_version() -> None:
    assert bjc("--version").stdout == f"bjc {__version__}\n"


def test_help_names_every_command_without_importing_any() -> None:
    code = (
        "import sys; sys.argv = ['bjc', '--help']\nfrom bjc.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print({name.partition('.')[0] for name in sys.modules} & {'prefect', 'sqlalchemy', 'fastapi'})"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [entry.name for entry in COMMANDS if f" {entry.name} " not in shown] == []
    assert shown.endswith("set()\n")


def test_an_unknown_command_is_a_usage_error() -> None:
    assert bjc("nonsense").returncode == 2
