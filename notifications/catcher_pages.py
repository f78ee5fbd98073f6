"""The catcher's own pages, for development only: a list, one message in four views, JSON for programs.

A caught mail is somebody's HTML: it is shown in a sandboxed frame under its own policy, without scripts.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bjc import resources
from bjc.rules.notices import SENDINGS, Notice
from bjc.rules.working_days import spoken_date, spoken_time
from bjc.settings import Settings
from notifications import samples
from notifications.mailbox import Caught, Mailbox, received
from notifications.render import render

View = Literal["html", "phone", "text", "source"]

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
LISTED = 200
FILES = {"style.css": "text/css", "live.js": "text/javascript"}


def pages(mailbox: Mailbox, settings: Settings) -> FastAPI:
    """The application. It answers only under the names of this machine, so that no web site can read it."""
    app = FastAPI(title="bjc mail catcher", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(
        TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", settings.host], www_redirect=False
    )
    app.middleware("http")(_guard)
    _lists(app, mailbox)
    _messages(app, mailbox)
    _gallery(app, settings)
    return app


def _lists(app: FastAPI, mailbox: Mailbox) -> None:
    @app.get("/", response_class=HTMLResponse)
    def index(to: str = "") -> str:
        found = mailbox.all(to)
        return _page("list.html", messages=found[:LISTED], count=len(found), to=to, newest=mailbox.newest)

    @app.get("/messages.json")
    def as_json(to: str = "", subject: str = "") -> list[dict[str, Any]]:
        return [caught.as_json() for caught in mailbox.all(to, subject)]

    @app.get("/newest")
    def newest() -> dict[str, int]:
        return {"newest": mailbox.newest}

    @app.delete("/messages", status_code=204)
    def empty() -> None:
        mailbox.empty()

    @app.post("/empty")
    def empty_from_page(request: Request) -> RedirectResponse:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403)
        mailbox.empty()
        return RedirectResponse("/", status_code=303)

    @app.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        return Response((resources.templates() / "catcher" / name).read_bytes(), media_type=FILES[name])


def _messages(app: FastAPI, mailbox: Mailbox) -> None:
    def kept(number: int) -> Caught:
        caught = mailbox.get(number)
        if caught is None:
            raise HTTPException(404, "This message is no longer kept.")
        return caught

    @app.get("/messages/{number}", response_class=HTMLResponse)
    def message(number: int, show: View = "html") -> str:
        return _page("message.html", caught=kept(number), show=show, at=f"/messages/{number}")

    @app.get("/messages/{number}/html")
    def body(number: int) -> HTMLResponse:
        return _mail(kept(number).html)


def _gallery(app: FastAPI, settings: Settings) -> None:
    @app.get("/gallery", response_class=HTMLResponse)
    def gallery() -> str:
        kinds = [(notice, ", ".join(role.value for role in SENDINGS[notice].to)) for notice in Notice]
        return _page("gallery.html", kinds=kinds)

    @app.get("/gallery/{notice}", response_class=HTMLResponse)
    def sample(notice: Notice, show: View = "html") -> str:
        return _page(
            "message.html", caught=_sample(notice, settings), show=show, at=f"/gallery/{notice.value}"
        )

    @app.get("/gallery/{notice}/html")
    def sample_body(notice: Notice) -> HTMLResponse:
        return _mail(_sample(notice, settings).html)


def _sample(notice: Notice, settings: Settings) -> Caught:
    letter = samples.letter(notice)
    mail = render(letter, samples.address(notice, settings.site), settings, samples.WHEN)
    return received(0, samples.WHEN, settings.mail_from, (letter.to.address,), mail.message.as_bytes())


def _mail(html: str) -> HTMLResponse:
    """A mail's HTML. Its links open in the whole window, not in the frame."""
    page = html.replace("<head>", '<head><base target="_top">', 1)
    return HTMLResponse(page, headers={"content-security-policy": MAIL_POLICY})


def _page(name: str, **given: Any) -> str:
    return _environment().get_template(name).render(given)


@lru_cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(resources.templates() / "catcher"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=spoken_date, clock=spoken_time)
    return made


async def _guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """The headers of every answer."""
    response = await call(request)
    response.headers.setdefault("content-security-policy", PAGE_POLICY)
    response.headers.update(
        {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
    )
    return response
