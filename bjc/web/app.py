"""Puts the web application together."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from bjc import clock
from bjc.db.people import Alliance
from bjc.db.session import Database
from bjc.settings import Settings
from bjc.web.shell import install_shell


def make_app(settings: Settings, database: Database, now: Callable[[], datetime] = clock.utcnow) -> FastAPI:
    """The application over one database. `now` is asked once a request."""
    app = FastAPI(title="bjc", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.database = database
    app.state.clock = now
    install_shell(app, settings, _alliance_name(database))
    return app


def _alliance_name(database: Database) -> str:
    from sqlalchemy import select

    with database.reading() as db:
        return db.scalar(select(Alliance.name)) or ""
