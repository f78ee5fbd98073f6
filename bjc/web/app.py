"""Puts the web application together: the shell, and every page."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI
from sqlalchemy import select

from bjc import clock
from bjc.db.people import Alliance
from bjc.db.session import Database
from bjc.settings import Settings
from bjc.web import (
    advise,
    appointment,
    case_list,
    case_page,
    check,
    decide,
    delegation,
    health,
    home,
    lead_moves,
    links,
    meeting,
    mobilise,
    office,
    outbox,
    resolution,
    scope,
    sections,
    sign_in,
    triage,
    versions,
    visits,
)
from bjc.web.shell import install_shell

# Addresses with fixed words come before those with a reference in the same place.
PAGES = (
    home, sign_in, visits, links, decide, advise, appointment, triage, case_list, scope, sections, check,
    lead_moves, versions, office, delegation, meeting, resolution, mobilise, outbox, health, case_page,
)  # fmt: skip


def make_app(settings: Settings, database: Database, now: Callable[[], datetime] = clock.utcnow) -> FastAPI:
    """The application over one database. `now` is asked once a request."""
    app = FastAPI(title="bjc", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.database = database
    app.state.clock = now
    with database.reading() as db:
        name = db.scalar(select(Alliance.name)) or ""
    install_shell(app, settings, name)
    for pages in PAGES:
        app.include_router(pages.router)
    return app
