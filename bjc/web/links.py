"""The address in every mail, `/d/{secret}`: it decides nothing, it only opens the page the link is for.

Mail scanners open it, run its scripts and press its buttons; so a GET writes nothing at all (trust.md 1.2).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from bjc import tokens
from bjc.actions import links, new_links
from bjc.rules.notices import Purpose
from bjc.web import doors
from bjc.web.deps import Db, Now, see
from bjc.web.limits import client_address
from bjc.web.posted import Posted
from bjc.web.render import page

router = APIRouter(include_in_schema=False)

NEW_LINKS = 3  # for one question in a quarter of an hour
NEW_LINKS_BY_CLIENT = 20
QUARTER = 900.0
NOBODYS = "-" * tokens.SECRET_LENGTH


@router.get("/d/{secret:path}")
def open_link(request: Request, secret: str, database: Db, now: Now) -> Response:
    """Exchange the secret for a cookie and leave it behind. What no link has ever had gets one same page."""
    with database.reading() as db:
        # Whatever is malformed is looked up like the rest, so that the time it takes tells nothing.
        found = links.find(db, secret if len(secret) == len(NOBODYS) and secret.isascii() else NOBODYS)
        if found is not None:
            response = see(doors.address(Purpose(found.purpose), found.subject_id))
            doors.unlock(request, response, found)
            return response
    return page(request, "link_unknown.html", 404, title="This link is not known")


Answerable = Literal["decide", "advise", "appointment"]


def at_the_door(
    request: Request, what: Answerable, subject: doors.RowId, database: Db, now: Now
) -> doors.Entry:
    """Who asks for a new link."""
    return doors.enter(request, database, Purpose(what), subject, now)


@router.post("/{what}/{subject}/new-link")
def send_new_link(
    request: Request,
    entry: Annotated[doors.Entry, Depends(at_the_door)],
    form: Posted,
    database: Db,
    now: Now,
) -> Response:
    """Mail a new link to the person asked, and to nobody else, while there is something to answer."""
    if not entry.via:
        return shut(request, entry)
    limits = request.app.state.limits
    limits.spend("new link", entry.identity, NEW_LINKS, QUARTER)
    limits.spend("new link by", client_address(request.scope), NEW_LINKS_BY_CLIENT, QUARTER)
    with database.writing() as db:
        sent = new_links.send_again(db, entry.purpose, entry.subject_id, now)
    title = "Check your email" if sent else "Nothing is asked of you any more"
    return page(request, "link_sent.html", 200 if sent else 409, title=title, sent=sent)


def shut(request: Request, entry: doors.Entry, typed: dict[str, str] | None = None) -> Response:
    """For anybody but the person asked, and for a page that nobody was asked for: the same words."""
    request.state.identity = entry.visit
    title = "Open the link in your email, or sign in"
    return page(request, "link_shut.html", 403, title=title, next=entry.address, typed=typed or {})


def ended(request: Request, entry: doors.Entry) -> Response:
    """The link opens nothing any more, but there is still something to answer: why, and a way to a new link."""
    token = doors.form_token(request, entry)
    return page(request, "link_ended.html", 410, title="This link has ended", entry=entry, token=token)
