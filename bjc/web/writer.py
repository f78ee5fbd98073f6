"""Who sends a long form. Somebody whose visit ended while they wrote gets back what they typed, to copy it."""

from typing import Annotated

from fastapi import Depends, Request

from bjc.db.people import Person
from bjc.errors import Invalid
from bjc.web.csrf import FIELD
from bjc.web.deps import visitor
from bjc.web.posted import MOST_FIELDS
from bjc.web.text import clean

UNTYPED = (FIELD, "lock_version", "from", "later")


class SignedOut(Invalid):
    """The visit is over; `fields` holds what was typed."""

    status = 409


async def writer(request: Request, person: Annotated[Person | None, Depends(visitor)]) -> Person:
    """Who is signed in. Nothing is written for anybody else, and nothing that they typed is lost."""
    if person is not None:
        return person
    limit = request.app.state.settings.max_body
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=limit) as form:
        typed = {n: clean(str(value), lines=True) for n, value in form.items() if n not in UNTYPED and value}
    raise SignedOut(
        "You were signed out before this was saved.",
        "What you typed is below. Copy it, sign in again, and save it on the same page.",
        typed,
    )


Writer = Annotated[Person, Depends(writer)]
