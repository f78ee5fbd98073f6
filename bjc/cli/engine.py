"""The parts that make cases move: dispatcher, worker and postman, together or each in its own process."""

import logging
from typing import Annotated

import typer

from bjc.cli.tether import tether


def engine() -> None:
    """Run dispatcher, worker and postman in one process, until interrupted.

    Example: bjc engine
    """
    _run("dispatcher", "worker", "postman")


def dispatcher() -> None:
    """See that every due case has a run, until interrupted. Several may run.

    Example: bjc dispatcher
    """
    _run("dispatcher")


def worker(
    stock: Annotated[bool, typer.Option("--stock", help="A process a run, in the pool bjc-process.")] = False,
) -> None:
    """Run the flows, until interrupted. Several may run, on as many machines.

    Example: bjc worker
    """
    if not stock:
        _run("worker")
        return
    import os
    import sys

    from bjc.settings import get_settings
    from flows import prefect_env

    tether()
    prefect_env.enter(get_settings())
    command = ["-m", "prefect", "worker", "start", "--pool", "bjc-process", "--type", "process"]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - no shell is wanted


def postman() -> None:
    """Deliver the mail, until interrupted. Several may run.

    Example: bjc postman
    """
    _run("postman")


def deploy(
    check: Annotated[bool, typer.Option("--check", help="Only say what differs.")] = False,
) -> None:
    """Bring Prefect in step with prefect.yaml.

    Example: bjc deploy --check
    """
    from bjc.settings import get_settings
    from flows import prefect_env

    prefect_env.enter(get_settings())
    from flows import deploy as steps

    found = steps.check()
    print("\n".join(found) or "Prefect is in step with prefect.yaml.")
    if check:
        raise typer.Exit(1 if found else 0)
    if found:
        steps.deploy()
        print("Deployed.")


def _run(*duties: str) -> None:
    tether()
    from bjc.settings import get_settings
    from flows import prefect_env

    settings = get_settings()
    prefect_env.enter(settings)
    from flows.engine import run

    for name in ("bjc", "flows", "notifications"):
        logging.getLogger(name).setLevel(logging.INFO)
    raise typer.Exit(run(settings, duties))
