"""Every failure becomes a page that says what to do, or for machines a problem document (RFC 9457).

Never a traceback: what we did not foresee is logged, and the person gets a reference number to quote.
"""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bjc.errors import BjcError, Invalid
from bjc.web.render import page
from bjc.web.scrub import scrub

log = structlog.get_logger("bjc.web")

TITLES = {
    400: "There is a problem with what was sent",
    403: "You cannot do this",
    404: "Page not found",
    405: "This page cannot be used that way",
    408: "That took too long",
    409: "Something has changed",
    410: "This link has expired",
    413: "That is too large",
    414: "That address is too long",
    415: "That cannot be read",
    422: "There is a problem with what was sent",
    429: "Too many requests",
    500: "Sorry, there is a problem with the service",
    503: "Sorry, the service is unavailable",
}
_WORDS = {
    400: (
        "What was sent could not be read.",
        "Go back, reload the page and send it again. Nothing was changed.",
    ),
    404: (
        "There is nothing at this address.",
        "If you typed it, check that it is correct. If you followed a link in an email, copy all of it.",
    ),
    405: ("This address does not answer that kind of request.", "Go back and use the buttons on the page."),
}


class PageError(BjcError):
    """A refusal that belongs to the web alone; `headers` go out with it."""

    def __init__(
        self, status: int, message: str, remedy: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.headers = dict(headers or {})


def respond(request: Request, error: BjcError, reference: str = "") -> Response:
    """The answer for an error: a page, or a problem document under `/api/` and `/health`."""
    headers = error.headers if isinstance(error, PageError) else {}
    answer = _problem if request.scope["path"].startswith(("/api/", "/health")) else _page
    response = answer(request, error, reference)
    response.headers.update(headers)
    return response


def _page(request: Request, error: BjcError, reference: str) -> Response:
    fields = error.fields if isinstance(error, Invalid) else {}
    title = TITLES.get(error.status, HTTPStatus(error.status).phrase)
    return page(
        request,
        "error.html",
        error.status,
        title=title,
        message=error.message,
        remedy=error.remedy,
        fields=fields,
        reference=reference,
    )


def _problem(request: Request, error: BjcError, reference: str) -> Response:
    document = {
        "type": "about:blank",
        "title": TITLES.get(error.status, HTTPStatus(error.status).phrase),
        "status": error.status,
        "detail": error.message,
        "remedy": error.remedy,
        "reference": reference,
        "fields": error.fields if isinstance(error, Invalid) else {},
    }
    kept = {name: value for name, value in document.items() if value}
    return JSONResponse(kept, error.status, media_type="application/problem+json")


async def on_bjc_error(request: Request, error: Exception) -> Response:
    """What an action or a page refused."""
    if not isinstance(error, BjcError):
        raise error
    if error.status < 500:
        return respond(request, error)
    reference = new_reference()
    log.error(
        "service_unavailable", reference=reference, path=scrub(request.scope["path"]), reason=str(error)
    )
    return respond(request, error, reference)


async def on_http_error(request: Request, error: Exception) -> Response:
    """What the framework refused: no such page, wrong method, a body it could not parse."""
    if not isinstance(error, HTTPException):
        raise error
    message, remedy = _WORDS.get(error.status_code, (HTTPStatus(error.status_code).phrase + ".", ""))
    return respond(request, PageError(error.status_code, message, remedy, error.headers))


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """An address or a body that does not fit what the page declares. An impossible address is not found."""
    if not isinstance(error, RequestValidationError):
        raise error
    problems = error.errors()
    if all(problem["loc"][:1] == ("path",) for problem in problems):
        return await on_http_error(request, HTTPException(404))
    fields = {".".join(map(str, problem["loc"][1:])): str(problem["msg"]) for problem in problems}
    return respond(
        request, Invalid("Some of what was sent is missing or wrong.", "Correct it and try again.", fields)
    )


def new_reference() -> str:
    """What a person quotes and an operator searches the log for, such as `E-5F09A3C1`."""
    return f"E-{secrets.token_hex(4).upper()}"


class LastResort:
    """Turns any other exception into the 500 page, inside the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            reference = new_reference()
            log.exception(
                "page_failed", reference=reference, method=scope.get("method"), path=scrub(scope["path"])
            )
            if started or scope["type"] != "http":
                raise
            await _broken(Request(scope), reference)(scope, receive, send)


def _broken(request: Request, reference: str) -> Response:
    """The 500 page; plain words where even that page cannot be drawn."""
    remedy = (
        "Try again in a few minutes. If it happens again, tell the programme office the reference number."
    )
    error = PageError(
        500, "Something went wrong on our side. What you sent may not have been recorded.", remedy
    )
    try:
        return respond(request, error, reference)
    except Exception:
        log.exception("error_page_failed", reference=reference)
        return PlainTextResponse(f"{TITLES[500]}. {remedy}\nReference: {reference}\n", 500)


def install(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(BjcError, on_bjc_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
