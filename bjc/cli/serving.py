"""The parts that only serve: the pages, the mail catcher, and Prefect in this installation's environment."""

import logging
import os
import sys

import typer

from bjc.cli.tether import tether

FORMAT = "%(asctime)s | %(levelname)-7s | %(name)s - %(message)s"


def web() -> None:
    """Serve the pages until interrupted.

    Example: bjc web
    """
    tether()
    import uvicorn

    from bjc.db.session import Database
    from bjc.settings import get_settings
    from bjc.web.app import make_app

    logging.basicConfig(level=logging.INFO, format=FORMAT, datefmt="%H:%M:%S")
    settings = get_settings()
    app = make_app(settings, Database(settings.db_url))
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.web_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )


def catcher() -> None:
    """Catch all mail and show it, until interrupted.

    Example: bjc catcher
    """
    tether()
    from bjc.settings import get_settings
    from notifications.catcher import run_catcher

    logging.basicConfig(level=logging.INFO, format=FORMAT, datefmt="%H:%M:%S")
    run_catcher(get_settings())


def prefect(ctx: typer.Context) -> None:
    """Run Prefect's own command in this installation's environment; your ~/.prefect is not touched.

    Example: bjc prefect flow-run ls
    """
    tether()
    from bjc.settings import get_settings
    from flows import prefect_env

    prefect_env.enter(get_settings())
    os.execv(sys.executable, [sys.executable, "-m", "prefect", *ctx.args])  # noqa: S606 - no shell is wanted
