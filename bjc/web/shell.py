"""Puts the frame around the pages: what stands in front of them, and what they find in `app.state`."""

from fastapi import FastAPI

from bjc.settings import Settings
from bjc.web import about, assets, errors
from bjc.web.body import BodyLimit
from bjc.web.limits import Limits, RateLimit
from bjc.web.scrub import scrub_access_log, scrub_tracebacks
from bjc.web.security import HeadAsGet, OwnFormsOnly, SecurityHeaders


def install_shell(app: FastAPI, settings: Settings, alliance_name: str = "") -> None:
    """Adds headers, limits, error pages, style sheets and the four pages about the service to `app`.

    Sets `app.state.settings`, `.assets`, `.csrf_key`, `.limits` and `.alliance_name`; the last may be set
    again once the alliance is loaded.
    """
    app.state.settings = settings
    app.state.assets = assets.load()
    app.state.csrf_key = settings.secret_key()
    app.state.limits = Limits(settings.links_per_minute)
    app.state.alliance_name = alliance_name
    app.router.redirect_slashes = False  # Starlette's redirect would take its address from the Host header
    app.add_route("/static/{release}/{name}", app.state.assets.serve, include_in_schema=False)
    app.include_router(about.router)
    errors.install(app)
    scrub_access_log()
    scrub_tracebacks()
    # The last one added stands outermost.
    app.add_middleware(OwnFormsOnly, site=settings.site)
    app.add_middleware(BodyLimit, largest=settings.max_body)
    app.add_middleware(RateLimit, limits=app.state.limits)
    app.add_middleware(errors.LastResort)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders, secure=settings.secure)
