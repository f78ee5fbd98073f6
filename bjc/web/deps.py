"""What every page asks for: the database, the moment of arrival, and who is here.

A page reads in one session and renders after it; a post is one transaction (design.md D4).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from bjc.actions import sign_in
from bjc.actions.actor import Actor
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import people
from bjc.db.session import Database
from bjc.errors import Refused
from bjc.rules import access
from bjc.rules.stages import Role
from bjc.rules.working_days import local_day
from bjc.web.errors import PageError


def database(request: Request) -> Database:
    """The process's database."""
    found: Database = request.app.state.database
    return found


def arrival(request: Request) -> datetime:
    """The moment the request arrived, aware, in UTC: `now` of everything it does."""
    moment: datetime = request.app.state.clock()
    return moment


Db = Annotated[Database, Depends(database)]
Now = Annotated[datetime, Depends(arrival)]


def visit_cookie(request: Request) -> str:
    """The name of the session cookie."""
    return "__Host-bjc-visit" if request.app.state.settings.secure else "bjc-visit"


def visitor(request: Request, database: Db, now: Now) -> Person | None:
    """Who is signed in, or None. Their forms are tied to this visit."""
    secret = request.cookies.get(visit_cookie(request), "")
    if not secret:
        return None
    with database.reading() as db:
        person = sign_in.visitor(db, secret, now)
        if person is not None:
            db.expunge(person)
    if person is not None:
        request.state.person = person
        request.state.identity = f"visit:{secret}"
    return person


def signed_in(request: Request, person: Annotated[Person | None, Depends(visitor)]) -> Person:
    """Who is signed in; everybody else is sent to sign in and brought back to this page."""
    if person is None:
        back = quote(request.url.path, safe="/") if request.method == "GET" else "/"
        raise PageError(303, "Sign in first.", headers={"Location": f"/sign-in?next={back}"})
    return person


Me = Annotated[Person, Depends(signed_in)]


def standing(
    db: Session, person: Person, now: datetime, case: Case | None = None
) -> frozenset[access.Person]:
    """What this person is to the alliance, and to this case."""
    posts = people.posts_of(db, person.id, local_day(now))
    body = people.deciding_body(db).key
    lead = case.lead_id if case is not None else None
    kinds: Iterable[str] = (post.kind for post in posts)
    return access.standing(person.id, lead, kinds, any(post.body == body for post in posts))


def require(act: access.Act, roles: Iterable[access.Person]) -> None:
    """Raises Refused unless one of the roles allows the act."""
    if not access.may(act, roles):
        raise Refused(f"You may not {act.value}.", "Ask the programme office if you think you should.")


def as_lead(person: Person) -> Actor:
    """The signed-in person acting as a case's lead."""
    return Actor(Role.LEAD, person.id)


def as_office(person: Person) -> Actor:
    """The signed-in person acting for the programme office."""
    return Actor(Role.OFFICE, person.id)


def see(address: str) -> Response:
    """After a post: go and look (303), so that a reload sends nothing twice."""
    return Response(status_code=303, headers={"Location": address})
