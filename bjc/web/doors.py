"""Doors: an emailed link opens one page, for one person, by a short signed cookie named after that page.

The cookie carries the link's id and nothing else; the link's row is read again at every request, so that
revoking it counts at once. Whoever signed in as the person asked may enter by that, too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request, Response
from sqlalchemy.orm import Session

from bjc import tokens
from bjc.actions import links
from bjc.actions.actor import Actor
from bjc.db.decisions import Link
from bjc.db.questions import papers
from bjc.db.session import Database
from bjc.errors import Conflict
from bjc.rules.notices import Purpose
from bjc.rules.working_days import spoken_deadline
from bjc.web import cookies, csrf, deps

STAYS_OPEN = 2 * 60 * 60  # seconds
FORM_KEEPS = 30 * 24 * 60 * 60  # seconds: however long somebody reads, their form is understood
SIGN_IN = 0  # a browser knows one link to sign in at a time

RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@dataclass(frozen=True)
class Entry:
    """Who stands before a page made for one person.

    `via` is "link" or "session", and empty for anybody but `person_id`. `ended` says why a link no longer
    opens the form; empty while it does.
    """

    purpose: Purpose
    subject_id: int
    person_id: int | None
    via: str = ""
    link_id: int | None = None
    ended: str = ""
    visit: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """The page's own address."""
        return address(self.purpose, self.subject_id)

    @property
    def identity(self) -> str:
        """What its forms are tied to, by whichever way the person came in."""
        return f"{self.purpose.value}:{self.subject_id}:{self.person_id}"

    def actor(self, role: str, post: str | None = None) -> Actor:
        """The person asked, as the audit will name them."""
        return Actor(role, self.person_id, self.via, post)


def address(purpose: Purpose, subject_id: int) -> str:
    """Where a link of this purpose leads, such as `/decide/31`."""
    return "/sign-in/link" if purpose is Purpose.SIGN_IN else f"/{purpose.value}/{subject_id}"


def unlock(request: Request, response: Response, link: Link) -> None:
    """Hang the cookie of this link's page on the response."""
    purpose = Purpose(link.purpose)
    word = _word(purpose, link.subject_id)
    cookies.put(request, response, word, tokens.sign(_key(request), word, link.id), STAYS_OPEN)


def carried(request: Request, purpose: Purpose, subject_id: int = SIGN_IN) -> int | None:
    """The id of the link by which this browser came to this page."""
    word = _word(purpose, subject_id)
    value = cookies.read(request, word)
    found = tokens.unsign(_key(request), word, value, STAYS_OPEN) if value else None
    return found if isinstance(found, int) else None


def close_sign_in(request: Request, response: Response) -> None:
    """The link to sign in has been used: its cookie goes."""
    cookies.drop(request, response, _word(Purpose.SIGN_IN, SIGN_IN))


def enter(request: Request, database: Database, purpose: Purpose, subject_id: int, now: datetime) -> Entry:
    """Who asks for this page: the person asked, by a live link, signed in, or by a dead link; or somebody else.

    Forms posted to the page are tied to page and person from here on (`form_token` makes their value).
    """
    link_id = carried(request, purpose, subject_id)
    with database.reading() as db:
        link = papers.link_to(db, link_id, purpose, subject_id) if link_id else None
        asked = link.person_id if link else papers.person_asked(db, purpose, subject_id)
        ended = why_ended(link, now) if link else ""
    visit = ""
    if link is not None and not ended:
        entry = Entry(purpose, subject_id, asked, "link", link_id)
    else:
        visitor = deps.visitor(request, database, now)
        visit = getattr(request.state, "identity", "")
        via = "session" if visitor and visitor.id == asked else "link" if link else ""
        entry = Entry(purpose, subject_id, asked, via, link_id, ended if via == "link" else "", visit)
    if request.method == "POST":
        request.state.identity = entry.identity
    return entry


def form_token(request: Request, entry: Entry) -> str:
    """The value for the forms of this page. Other forms on it (signing out) stay tied to the visit."""
    request.state.identity = entry.visit
    return csrf.token(f"known:{entry.identity}", request.app.state.csrf_key)


def why_ended(link: Link, now: datetime) -> str:
    """Why a link is dead, as the rest of "This link has ended: ..."; empty while it lives."""
    if link.revoked_at is not None:
        return link.revoked_because or "it was withdrawn"
    if not links.is_live(link, now):
        return f"it was valid until {spoken_deadline(link.expires_at)}"
    return ""


def check_open(db: Session, entry: Entry, now: datetime) -> None:
    """Asked again inside the transaction that acts. Raises Conflict where the link has died meanwhile."""
    if entry.via == "link" and entry.link_id is not None:
        link = papers.link_to(db, entry.link_id, entry.purpose, entry.subject_id)
        ended = why_ended(link, now) if link else "it was withdrawn"
        if ended:
            raise Conflict(f"This link has ended: {ended}. Your answer was not recorded.")


def shown_at(request: Request, entry: Entry, now: datetime) -> str:
    """A signed note, for a hidden field, of when this page was shown."""
    return tokens.sign(_key(request), "shown", [entry.identity, now.isoformat()])


def too_fast(request: Request, entry: Entry, note: str, now: datetime, seconds: float) -> bool:
    """True when the form comes back sooner than a person reads, or without its note: machines do that."""
    said: Any = tokens.unsign(_key(request), "shown", note, FORM_KEEPS)
    if not isinstance(said, list) or said[0] != entry.identity:
        return True
    return (now - datetime.fromisoformat(said[1])).total_seconds() < seconds


def _word(purpose: Purpose, subject_id: int) -> str:
    return purpose.value if purpose is Purpose.SIGN_IN else f"{purpose.value}-{subject_id}"


def _key(request: Request) -> bytes:
    key: bytes = request.app.state.csrf_key
    return key
