"""Coming in and going out: the emailed link's one button, the visit's cookie, and signing out.

A GET never signs anybody in, and the button works only in the browser that asked: a mail scanner that opens
the link, runs its scripts and presses the button gets nowhere.
"""

import re
from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from bjc import tokens
from bjc.actions import sign_in as action
from bjc.db.decisions import Link
from bjc.db.people import Person
from bjc.errors import Refused
from bjc.rules.notices import Purpose
from bjc.web import cookies, doors
from bjc.web.deps import Db, Now, see
from bjc.web.errors import PageError
from bjc.web.posted import Posted
from bjc.web.render import page

router = APIRouter(include_in_schema=False)

BROWSER, VISIT = "browser", "visit"
SIGNED_OUT = "/sign-in?out"
REMEMBERED = 90 * 60  # seconds: a mail may be held up for an hour, and then has ten minutes
# Where somebody may be brought back to: our own pages, by their patterns.
NEXT = re.compile(
    r"/|/outbox(/\d+)?|/(decide|advise|appointment)/\d+"
    r"|/cases(/new)?|/cases/BJC-\d{4}-\d{3,6}(/[a-z_-]+(/[a-z0-9_-]+)?)?",
    re.ASCII,
)


class Browser(NamedTuple):
    """What this browser is known by while somebody signs in, and where they wanted to go."""

    secret: str
    following: str


def allowed(wanted: str) -> str:
    """Where to go after signing in: one of our own pages, else home."""
    return wanted if NEXT.fullmatch(wanted) else "/"


def browser(request: Request) -> Browser:
    """The browser that asked; with an empty secret where it never did."""
    value = cookies.read(request, BROWSER)
    found = tokens.unsign(_key(request), BROWSER, value, REMEMBERED) if value else None
    return Browser(found[0], allowed(found[1])) if isinstance(found, list) else Browser("", "/")


def remember(request: Request, response: Response, asked: Browser) -> None:
    """Let this browser be known again. Nothing in its cookie tells whether the address is known."""
    cookies.put(request, response, BROWSER, tokens.sign(_key(request), BROWSER, list(asked)), REMEMBERED)


def come_in(request: Request, secret: str) -> Response:
    """Begin the visit in this browser and go where its person wanted to go."""
    response = see(browser(request).following)
    cookies.put(request, response, VISIT, secret, request.app.state.settings.session_hours * 3600)
    cookies.drop(request, response, BROWSER)
    doors.close_sign_in(request, response)
    return response


def _key(request: Request) -> bytes:
    key: bytes = request.app.state.csrf_key
    return key


def _link(request: Request, db: Session) -> Link | None:
    """The link to sign in that this browser came by."""
    link_id = doors.carried(request, Purpose.SIGN_IN)
    return db.get(Link, link_id) if link_id else None


@router.get("/sign-in/link")
def link_page(request: Request, database: Db, now: Now) -> Response:
    """One button, in the browser that asked; anywhere else, what to do instead."""
    with database.reading() as db:
        link = _link(request, db)
        fits = link is not None and action.may_enter(db, link, browser(request).secret, now)
        name = db.get_one(Person, link.person_id).name if link and fits else ""
    if not fits:
        return _no_entry(request)
    return page(request, "sign_in_link.html", title="Sign in", who=name)


def _no_entry(request: Request) -> Response:
    asked = bool(browser(request).secret)
    return page(
        request, "sign_in_elsewhere.html", 403, title="This link cannot sign you in here", asked=asked
    )


@router.post("/sign-in/link")
def enter_by_link(request: Request, form: Posted, database: Db, now: Now) -> Response:
    """Enter. Whoever was signed in here before is signed out: the visit is always a new one."""
    try:
        with database.writing() as db:
            secret = _enter(request, db, now)
    except Refused:
        return _no_entry(request)
    return come_in(request, secret)


def _enter(request: Request, db: Session, now: datetime) -> str:
    link = _link(request, db)
    if link is None:
        raise Refused("This browser came by no link.")
    _, secret = action.by_link(
        db, link, browser(request).secret, now, request.app.state.settings.session_hours
    )
    end(request, db, now)
    return secret


def end(request: Request, db: Session, now: datetime) -> None:
    """End the visit that this browser's cookie stands for, wherever else the cookie may have been copied to."""
    action.sign_out(db, cookies.read(request, VISIT), now)


def visit_to_end(request: Request) -> str:
    """The visit that a form to sign out is tied to; a second click, or another tab, finds nothing left to do."""
    secret = cookies.read(request, VISIT)
    if not secret:
        raise PageError(303, "You have signed out.", headers={"Location": SIGNED_OUT})
    request.state.identity = f"visit:{secret}"
    return secret


@router.post("/sign-out")
def leave(
    request: Request, secret: Annotated[str, Depends(visit_to_end)], form: Posted, database: Db, now: Now
) -> Response:
    """Sign out."""
    with database.writing() as db:
        end(request, db, now)
    response = see(SIGNED_OUT)
    cookies.drop(request, response, VISIT)
    return response
