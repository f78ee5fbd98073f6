"""Whether this installation works, for monitoring: no sign-in, no personal data, no cookies.

`/health/live` answers while the process does. `/health/ready` names what is wrong, with its remedy.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from bjc.db.questions import outbox, routes
from bjc.db.session import Database
from bjc.db.upgrade import refuse_newer, revision
from bjc.errors import BjcError
from bjc.web.deps import Db, Now

router = APIRouter(include_in_schema=False)
LATE = timedelta(minutes=5)
START = "See that it runs: bjc up, or bjc engine."


@router.get("/health/live")
def live() -> JSONResponse:
    """This process answers."""
    return JSONResponse({"status": "live"})


@router.get("/health/ready")
def ready(database: Db, now: Now) -> JSONResponse:
    """200 when cases can move and mail can go; 503 with each fault and what to do about it."""
    faults = [{"what": what, "remedy": remedy} for what, remedy in _faults(database, now)]
    words = {"status": "not ready" if faults else "ready", "faults": faults}
    return JSONResponse(words, 503 if faults else 200)


def _faults(database: Database, now: datetime) -> Iterator[tuple[str, str]]:
    try:
        with database.engine.connect() as connection:
            refuse_newer(connection)
        found, wanted = revision(database)
        if found == wanted:
            yield from _late(database, now)
        else:
            yield (
                f"The database is at schema {found or 'nothing'}, this release needs {wanted}.",
                "Run: bjc db upgrade",
            )
    except BjcError as newer:
        yield newer.message, newer.remedy
    except SQLAlchemyError:
        yield "The database does not answer.", "Check BJC_DATABASE_URL and that the database runs."


def _late(database: Database, now: datetime) -> Iterator[tuple[str, str]]:
    """What stands still shows in the tables, whichever process was to move it."""
    with database.reading() as db:
        name, stuck = routes.instance(db), len(routes.need_an_operator(db))
        mail, case = outbox.mail_waits_since(db, now), outbox.cases_wait_since(db, now)
    if not name:
        yield "No alliance is loaded.", "Run: bjc alliance load"
    if mail is not None and now - mail > LATE:
        yield (
            f"Mail has been waiting for {_minutes(now - mail)}.",
            f"The postman or the mail server is away. {START}",
        )
    if case is not None and now - case > LATE:
        yield (
            f"A due case has been waiting for {_minutes(now - case)}.",
            f"The dispatcher or worker is away. {START}",
        )
    if stuck:
        yield f"{stuck} of the cases failed too often and wait for an operator.", "Run: bjc doctor"


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds()) // 60} minutes"
