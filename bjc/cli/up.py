"""`bjc up`: one command that starts everything on this machine, says where it is, and stops it all again."""

import json
import os
import signal
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from bjc.cli.supervisor import Supervisor
    from bjc.db.session import Database
    from bjc.settings import Settings


def up(
    empty: Annotated[
        bool, typer.Option("--empty", help="Do not load the demo into an empty database.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every line of every part.")] = False,
) -> None:
    """Start everything here, and say where it is; Ctrl-C stops it all. What is there already is kept.

    Example: bjc up --empty
    """
    from rich.console import Console

    from bjc.cli.journal import Journal
    from bjc.cli.parts import parts
    from bjc.cli.ready_to_start import check_folder, check_ports, forget
    from bjc.cli.supervisor import Supervisor
    from bjc.settings import get_settings
    from flows.prefect_env import own_environment

    settings, console = get_settings(), Console()
    found = parts(settings)
    with ExitStack() as stack:
        stack.enter_context(check_folder(settings))
        check_ports(settings, found)
        ready_file = settings.home / "run" / "ready.json"
        for path in (ready_file, settings.home / "run" / "engine.ready"):
            forget(path)
        journal = Journal(settings.home / "logs", console, [part.name for part in found], verbose)
        keeper = Supervisor(found, own_environment(settings), journal.say)
        stack.callback(ready_file.unlink, missing_ok=True)
        stack.enter_context(_stopped_at_the_end(keeper, console))
        _start(keeper, settings, console, empty)
        if not keeper.stopping.is_set():
            whole = ready_file.with_suffix(".tmp")
            whole.write_text(json.dumps(_told(keeper, settings), indent=2))
            whole.replace(ready_file)
            _show(console, keeper, settings)
        keeper.keep()


def _start(keeper: "Supervisor", settings: "Settings", console: "Console", empty: bool) -> None:
    """Prefect takes longest, so it starts while the database is being brought up to date."""
    console.print("Starting. The first start takes about half a minute, later ones some seconds.")
    keeper.start("prefect")
    database = _prepared(settings, empty)
    keeper.start("engine", "web", "catcher")
    keeper.wait_until_ready()
    database.close()


def _prepared(settings: "Settings", empty: bool) -> "Database":
    """The database: migrated, with an alliance, and with the demo if it has no case yet."""
    from bjc.actions.alliance import install
    from bjc.alliance import default_alliance_path, load_alliance
    from bjc.cli.demo import load_demo
    from bjc.clock import utcnow
    from bjc.db.questions.cases import count_cases
    from bjc.db.questions.routes import instance
    from bjc.db.session import Database
    from bjc.db.upgrade import upgrade

    database = Database(settings.db_url)
    upgrade(database)
    with database.reading() as db:
        cases, name = count_cases(db), instance(db)
    if not name:
        with database.writing() as db:
            install(db, load_alliance(default_alliance_path()), utcnow())
    if not cases and not empty:
        load_demo()
    return database


def _told(keeper: "Supervisor", settings: "Settings") -> dict[str, Any]:
    """What other programs want to know: where everything answers, and the processes."""
    return {
        "site": settings.site,
        "mail": f"http://{settings.host}:{settings.catcher_pages_port}",
        "smtp": f"{settings.host}:{settings.catcher_port}",
        "prefect": settings.prefect_ui,
        "supervisor": os.getpid(),
        "parts": keeper.pids(),
    }


def _show(console: "Console", keeper: "Supervisor", settings: "Settings") -> None:
    """Where everything is. Plain lines, so that no address is ever cut or wrapped."""
    from bjc.cli.sign_in_links import sign_in_links
    from bjc.db.session import Database

    lines = [("Pages", settings.site)]
    if "catcher" in keeper.pids():
        lines.append(
            ("Mail", f"http://{settings.host}:{settings.catcher_pages_port}   every mail ends up here")
        )
    lines.append(("Prefect", f"{settings.prefect_ui}   one run a case"))
    console.print("\n[bold]bjc is running.[/bold]", highlight=False)
    print("\n".join(f"  {name:<9}{where}" for name, where in lines))
    database = Database(settings.db_url)
    links = sign_in_links(database, settings)
    database.close()
    if links:
        console.print("\n[bold]Sign in[/bold] (each link works once, for twelve hours)", highlight=False)
    for kind, name, address in links:
        print(f"  {kind}, {name}\n    {address}")
    print(f"\nLogs: {settings.home / 'logs'}. Ctrl-C stops everything.", flush=True)


@contextmanager
def _stopped_at_the_end(keeper: "Supervisor", console: "Console") -> "Iterator[None]":
    """Ctrl-C, SIGTERM or a closed terminal stop everything in order; a second one, at once."""

    def told(number: int, _frame: object) -> None:
        if keeper.stopping.is_set():
            keeper.kill()
        keeper.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, told)
    try:
        yield
    finally:
        with suppress(OSError):  # the terminal may be gone
            console.print("Stopping.")
        keeper.stop()
