"""The outbox (design.md D5): queue with the cause, claim with a lease, then sent, put back, or parked.
A request that nobody has taken up when it is overtaken is dropped.

A claim carries a fencing number: a postman that was thought dead can no longer mark the row.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from bjc.actions import audit
from bjc.actions.actor import Actor
from bjc.db.columns import rows_of
from bjc.db.mail import Outbox
from bjc.db.questions.mail import due_mail
from bjc.errors import Conflict
from bjc.rules.notices import Notice

LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=72)
LONGEST_PAUSE = timedelta(hours=1)

_ROWS = rows_of(Outbox)
_QUEUE = insert(_ROWS)
_OUR_CLAIM = (
    update(_ROWS)
    .where(_ROWS.c.id == bindparam("claimed"), _ROWS.c.lease_no == bindparam("claim"))
    .where(_ROWS.c.status == "claimed")
)


@dataclass(frozen=True)
class Sent:
    """A claimed row whose mail has gone, with what was said: the text for the record, the link taken out."""

    row: Outbox
    at: datetime
    message_id: str
    address: str
    subject_line: str
    text: str


def queue(
    db: Session,
    kind: Notice,
    subject: tuple[str, int],
    people: Iterable[int],
    occasion: str,
    now: datetime,
    case_id: int | None = None,
) -> None:
    """One row a person. `occasion` makes a second mail of the kind on the same subject possible, once each."""
    mails = [(subject, person) for person in dict.fromkeys(people)]
    queue_each(db, kind, mails, occasion, now, case_id)


def queue_each(
    db: Session,
    kind: Notice,
    mails: Iterable[tuple[tuple[str, int], int]],
    occasion: str,
    now: datetime,
    case_id: int | None = None,
) -> None:
    """One row a mail, each with its own (subject, person), all in one statement."""
    rows = [
        {
            "kind": kind.value, "subject_kind": subject[0], "subject_id": subject[1], "case_id": case_id,
            "person_id": person, "occasion": occasion, "queued_at": now, "not_before": now,
        }
        for subject, person in mails
    ]  # fmt: skip
    if rows:
        db.execute(_QUEUE, rows)


def claim(db: Session, now: datetime, limit: int = 20) -> list[Outbox]:
    """Take up to `limit` due rows, oldest first, under a lease. Commit before anything is sent."""
    query = select(Outbox).where(due_mail(now)).order_by(Outbox.id).limit(limit)
    rows = list(db.scalars(query.with_for_update(skip_locked=True)))
    for row in rows:
        row.status, row.lease_until = "claimed", now + LEASE
        row.lease_no, row.attempts = row.lease_no + 1, row.attempts + 1
    db.flush()
    return rows


def sent(
    db: Session, row: Outbox, now: datetime, message_id: str, address: str, subject_line: str, text: str
) -> bool:
    """Mark as sent, with what was said (the link already taken out). False when the lease was lost."""
    return _mark(db, row, **_as_sent(Sent(row, now, message_id, address, subject_line, text)))


def _as_sent(mail: Sent) -> dict[str, Any]:
    return {
        "status": "sent", "sent_at": mail.at, "lease_until": None, "message_id": mail.message_id,
        "address": mail.address, "subject_line": mail.subject_line, "text": mail.text, "problem": "",
    }  # fmt: skip


def all_sent(db: Session, mails: Iterable[Sent]) -> None:
    """Mark several at once. One whose lease was lost is left to whoever holds it now."""
    rows = [{"claimed": mail.row.id, "claim": mail.row.lease_no, **_as_sent(mail)} for mail in mails]
    if rows:
        db.execute(_OUR_CLAIM, rows)


def put_back(db: Session, row: Outbox, now: datetime, problem: str) -> bool:
    """Try again later: exponential, full jitter, an hour at most; parked after three days."""
    if now - (row.trying_since or row.queued_at) >= GIVE_UP_AFTER:
        return park(db, row, f"given up after 72 hours: {problem}")
    return _mark(
        db, row, status="queued", lease_until=None, not_before=now + pause(row.attempts), problem=problem
    )


def park(db: Session, row: Outbox, problem: str) -> bool:
    """Permanently refused: it stays, with its reason, for a person to look at."""
    return _mark(db, row, status="parked", lease_until=None, problem=problem)


def drop(
    db: Session, kinds: Iterable[Notice], subject_kind: str, subject_ids: Iterable[int], because: str
) -> None:
    """What these requests ask for is over: those still queued are not sent. The rows stay, with the reason."""
    db.execute(
        update(Outbox)
        .where(Outbox.kind.in_([kind.value for kind in kinds]), Outbox.subject_kind == subject_kind)
        .where(Outbox.subject_id.in_(list(subject_ids)), Outbox.status == "queued")
        .values(status="dropped", problem=because)
        .execution_options(synchronize_session=False)
    )


def release(db: Session, outbox_id: int, actor: Actor, now: datetime) -> None:
    """Send a parked mail again; one audit entry. Raises Conflict when it is not parked (any more)."""
    freed = db.scalar(
        update(Outbox)
        .where(Outbox.id == outbox_id, Outbox.status == "parked")
        .values(status="queued", not_before=now, trying_since=now, attempts=0, problem="")
        .returning(Outbox.kind)
    )
    if freed is None:
        raise Conflict("This mail is not parked, so it was not sent again.", "Look at what has become of it.")
    audit.record(db, audit.ALLIANCE, "mail released", actor, now, {"mail": outbox_id, "kind": freed})


def pause(attempts: int) -> timedelta:
    """How long to wait before the next try: between nothing and 2**attempts * 5 seconds, capped."""
    ceiling = min(5.0 * 2 ** min(attempts, 12), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=random.uniform(1.0, max(ceiling, 1.0)))  # noqa: S311


def _mark(db: Session, row: Outbox, **values: object) -> bool:
    """Change the row only if this claim still holds it."""
    done = db.scalar(_OUR_CLAIM.returning(_ROWS.c.id), {"claimed": row.id, "claim": row.lease_no, **values})
    return done is not None
