"""What `bjc doctor` sees in the database: its schema, the alliance, the clock, mail and cases that stand still."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bjc.cli.finding import Finding, judged
from bjc.clock import utcnow
from bjc.db.audit import AuditEntry, AuditHead
from bjc.db.questions import outbox, people, routes
from bjc.db.session import Database
from bjc.db.upgrade import refuse_newer, revision
from bjc.errors import BjcError
from bjc.rules.working_days import local_day
from bjc.settings import Settings

LATE = timedelta(minutes=5)
AHEAD = timedelta(seconds=5)
ENGINE = "See that the engine runs: bjc up, or bjc engine."


def findings(settings: Settings) -> Iterator[Finding]:
    """Without a database of this release there is nothing more to look at."""
    database = Database(settings.db_url)
    try:
        schema = _schema(database)
        yield schema
        if schema.state == "ok":
            with database.reading() as db:
                yield from _contents(db, utcnow())
    finally:
        database.close()


def _schema(database: Database) -> Finding:
    if database.is_sqlite and not Path(database.engine.url.database or "").exists():
        return judged("Database", "", "there is none yet", "Run: bjc up, or bjc db upgrade")
    try:
        with database.engine.connect() as connection:
            refuse_newer(connection)
        found, wanted = revision(database)
    except BjcError as newer:
        return judged("Database", "", newer.message, newer.remedy)
    except SQLAlchemyError as error:
        fix = "Check BJC_DATABASE_URL and that the database runs."
        return judged("Database", "", f"it does not answer ({type(error).__name__})", fix)
    fault = "" if found == wanted else f"schema {found or 'nothing'}, this release needs {wanted}"
    return judged("Database", f"{database.engine.dialect.name}, schema {found}", fault, "Run: bjc db upgrade")


def _contents(db: Session, now: datetime) -> Iterator[Finding]:
    yield _alliance(db, now)
    yield _clock(db, now)
    yield _cases(db, now)
    yield _mail(db, now)


def _alliance(db: Session, now: datetime) -> Finding:
    try:
        policy = people.policy_on(db, local_day(now))
        name, body = people.alliance(db).name, people.deciding_body(db)
    except BjcError as error:
        return judged("Alliance", "", error.message, error.remedy)
    vacant = len(people.posts_in(db, body.key)) - len(people.members(db, body.key, local_day(now)))
    fault = f"{vacant} posts of the {body.name} are vacant today" if vacant else ""
    fix = "Vacant posts are not asked to decide: fill them, or see that enough are left."
    return judged("Alliance", f"{name}, policy {policy.version}", fault, fix, grave=False)


def _clock(db: Session, now: datetime) -> Finding:
    """What was recorded last lies in the past, or this clock is behind the one that recorded it."""
    newest = select(func.max(AuditEntry.at)).join(
        AuditHead, (AuditHead.stream == AuditEntry.stream) & (AuditHead.seq == AuditEntry.seq)
    )
    last = db.scalar(newest)
    ahead = last - now if last is not None else timedelta()
    fault = (
        f"the newest entry of the audit is {int(ahead.total_seconds())} s ahead of it"
        if ahead > AHEAD
        else ""
    )
    return judged("Clock", now.isoformat(timespec="seconds"), fault, "Set this machine's clock by NTP.")


def _cases(db: Session, now: datetime) -> Finding:
    stuck = [one.ref for one in routes.need_an_operator(db)]
    if stuck:
        fix = "Read the log of the engine and the case's run in Prefect, mend the cause, then restart the engine."
        return judged("Cases", "", f"failed too often: {', '.join(stuck[:10])}", fix)
    since = outbox.cases_wait_since(db, now)
    late = since is not None and now - since > LATE
    fault = f"a due case has been waiting for {_minutes(now, since)}" if late else ""
    return judged("Cases", "none is overdue", fault, ENGINE)


def _mail(db: Session, now: datetime) -> Finding:
    since = outbox.mail_waits_since(db, now)
    if since is not None and now - since > LATE:
        return judged("Outbox", "", f"mail has been waiting for {_minutes(now, since)}", ENGINE)
    parked = outbox.mails_by_status(db).get("parked", 0)
    fault = f"{parked} parked" if parked else ""
    return judged(
        "Outbox", "nothing waits, nothing is parked", fault, "Run: bjc outbox list --parked", grave=False
    )


def _minutes(now: datetime, since: datetime | None) -> str:
    return f"{int((now - since).total_seconds()) // 60} minutes" if since else ""
