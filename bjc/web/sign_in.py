"""Asking to sign in: a mail with a link and a code, and the page that takes the code.

The pages say the same, and take the same time, whether an address is known or not.
"""

import time
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from bjc import tokens
from bjc.actions import sign_in as action
from bjc.db.people import Person
from bjc.db.questions import papers
from bjc.db.session import Database
from bjc.errors import Refused
from bjc.settings import Settings
from bjc.web import deps, forms, visits
from bjc.web.deps import Db, Now, see
from bjc.web.limits import client_address
from bjc.web.posted import Posted
from bjc.web.render import page

router = APIRouter(include_in_schema=False)

QUARTER = 900.0  # seconds
FOR_ONE, FOR_ADDRESS, FOR_CLIENT = (
    5,
    20,
    60,
)  # requests, and for the last one codes too, in a quarter of an hour
EVEN = 0.2  # seconds that an answer takes at least, so that its time tells nothing
Visitor = Annotated[Person | None, Depends(deps.visitor)]


class AskForm(BaseModel):
    """Who wants to come in."""

    email: str = Field(
        title="Email address", description="Your work address, as the programme office knows it.",
        max_length=254, pattern=r"^[^@\s]+@[^@\s]+$",
        json_schema_extra={
            "type": "email", "autocomplete": "email", "inputmode": "email",
            "error": "Enter an email address, like name@example.org",
        },
    )  # fmt: skip


class CodeForm(BaseModel):
    """The other way in."""

    code: str = Field(
        title="Eight-digit code", max_length=40,
        json_schema_extra={
            "inputmode": "numeric", "autocomplete": "one-time-code", "width": 10,
            "error": "Enter the eight digits from the email",
        },
    )  # fmt: skip


@router.get("/sign-in")
def ask_page(request: Request, visitor: Visitor) -> Response:
    """Where one asks for the mail; whoever is in already goes on."""
    following = visits.allowed(request.query_params.get("next", ""))
    if visitor is not None:
        return see(following)
    return _ask(request, following, signed_out="out" in request.query_params)


def _ask(
    request: Request, following: str, reading: forms.Reading[AskForm] | None = None, **more: object
) -> Response:
    values, wrong = (reading.values, reading.errors) if reading else ({}, {})
    return page(
        request, "sign_in.html", 422 if wrong else 200, title="Sign in", next=following,
        fields=forms.fields(AskForm, values, wrong), errors=forms.error_summary(wrong), **more,
    )  # fmt: skip


@router.post("/sign-in")
def ask(request: Request, form: Posted, database: Db, now: Now) -> Response:
    """Queue the mail where the address is known; say the same where it is not."""
    began = time.monotonic()
    reading = forms.read(AskForm, form, also={"next"})
    following = visits.allowed(str(form.get("next", "")))
    if reading.value is None:
        return _ask(request, following, reading)
    _spend(request, reading.value.email.casefold())
    browser = visits.browser(request).secret or tokens.new_secret()
    with database.writing() as db:
        action.request(db, reading.value.email, browser, now)
    response = see("/sign-in/sent")
    visits.remember(request, response, visits.Browser(browser, following))
    return _evenly(response, began)


def _spend(request: Request, email: str) -> None:
    """Mail bombs and guessing are slowed down, by address and by client, without shutting anybody else out."""
    limits, client = request.app.state.limits, client_address(request.scope)
    limits.spend("sign-in", f"{client} {email}", FOR_ONE, QUARTER)
    limits.spend("sign-in to", email, FOR_ADDRESS, QUARTER)
    limits.spend("sign-in by", client, FOR_CLIENT, QUARTER)


def _evenly(response: Response, began: float) -> Response:
    time.sleep(max(0.0, EVEN - (time.monotonic() - began)))
    return response


@router.get("/sign-in/sent")
def sent_page(request: Request) -> Response:
    """Check your email; and the code, for a mail that is read on another device."""
    return _code(request)


def _code(request: Request, wrong: dict[str, str] | None = None) -> Response:
    return page(
        request, "sign_in_sent.html", 422 if wrong else 200, title="Check your email",
        fields=forms.fields(CodeForm, {}, wrong), errors=forms.error_summary(wrong or {}),
        catcher=_catcher(request.app.state.settings),
    )  # fmt: skip


def _catcher(settings: Settings) -> str:
    """Where a trial installation keeps its mail; empty once mail goes out."""
    return "" if settings.mail_live else f"http://{settings.host}:{settings.catcher_pages_port}/"


@router.post("/sign-in/code")
def enter_by_code(request: Request, form: Posted, database: Db, now: Now) -> Response:
    """Enter by the typed code. Every failure sounds alike, and a wrong try is counted (it is committed)."""
    began = time.monotonic()
    reading = forms.read(CodeForm, form)
    if reading.value is None:
        return _code(request, reading.errors)
    request.app.state.limits.spend("code by", client_address(request.scope), FOR_CLIENT, QUARTER)
    secret = _try_code(request, database, reading.value.code, now)
    if secret:
        return visits.come_in(request, secret)
    words = "That code is not right, or no longer valid. Type the digits of the newest email, or ask for a new one"
    return _evenly(_code(request, {"code": words}), began)


def _try_code(request: Request, database: Database, code: str, now: datetime) -> str:
    """The new visit's secret; empty when the code does not open anything."""
    browser = visits.browser(request).secret
    with database.writing() as db:
        asked = papers.newest_sign_in(db, tokens.hash_secret(browser)) if browser else None
        if asked is None:
            return ""
        try:
            _, secret = action.by_code(
                db, asked.id, browser, code, now, request.app.state.settings.session_hours
            )
        except Refused:
            return ""  # and the try that it used up is committed
        visits.end(request, db, now)
        return secret
