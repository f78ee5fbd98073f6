"""Appending to the audit (design.md D13): one entry a change of state, in the same transaction.

The stream's head row is locked first, so entries of one stream are numbered one after the other.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from bjc.actions.actor import Actor
from bjc.db.audit import AuditEntry, AuditHead
from bjc.db.columns import rows_of

ALLIANCE = "alliance"
START = "0" * 64

_HEADS = rows_of(AuditHead)
_HEAD = select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.stream == bindparam("of")).with_for_update()
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.stream == bindparam("of"))
_ADD_HEAD, _ADD_ENTRY = insert(_HEADS), insert(rows_of(AuditEntry))


def record(
    db: Session, stream: str, event: str, actor: Actor, now: datetime, detail: dict[str, Any] | None = None
) -> int:
    """Append one entry and return its number in the stream. `detail` holds ids and figures, never names."""
    head = db.execute(_HEAD, {"of": stream}).one_or_none()
    seq, prev = (head.seq + 1, head.hash) if head else (1, START)
    entry = {
        "stream": stream, "seq": seq, "at": now.isoformat(timespec="microseconds"),
        "event": event, "actor": actor.ids(), "detail": detail or {}, "prev": prev,
    }  # fmt: skip
    digest = entry_hash(entry)
    db.execute(_ADD_ENTRY, {**entry, "at": now, "hash": digest})
    if head:
        db.execute(_MOVE_HEAD, {"of": stream, "seq": seq, "hash": digest})
    else:
        db.execute(_ADD_HEAD, {"stream": stream, "seq": seq, "hash": digest})
        _announce(db, stream, digest, actor, now)
    return seq


def _announce(db: Session, stream: str, digest: str, actor: Actor, now: datetime) -> None:
    """A new stream's first hash goes into the alliance's stream: a whole case cannot vanish unseen."""
    if stream != ALLIANCE:
        record(db, ALLIANCE, "stream begun", actor, now, {"stream": stream, "first": digest})


def entry_hash(entry: dict[str, Any]) -> str:
    """SHA-256 over canonical JSON (RFC 8785) of the entry without its own hash."""
    return hashlib.sha256(rfc8785.dumps(entry)).hexdigest()


def problems(entries: Iterable[AuditEntry], heads: dict[str, AuditHead]) -> list[str]:
    """What is wrong with the chains, each fault named by stream and number; empty when all is sound.

    `entries` come ordered by stream and number. Tail truncation shows against the head row.
    """
    found: list[str] = []
    last: dict[str, tuple[int, str]] = {}
    first: dict[str, str] = {}
    announced: dict[str, str] = {}
    for row in entries:
        seq, prev = last.get(row.stream, (0, START))
        found += _entry_problems(row, seq, prev)
        last[row.stream] = (row.seq, row.hash)
        first.setdefault(row.stream, row.hash)
        if row.stream == ALLIANCE and row.event == "stream begun":
            announced[row.detail["stream"]] = row.detail["first"]
    return found + _stream_problems(last, first, announced, heads)


def _entry_problems(row: AuditEntry, seq: int, prev: str) -> list[str]:
    name = f"{row.stream} entry {row.seq}"
    body = {
        "stream": row.stream, "seq": row.seq, "at": row.at.isoformat(timespec="microseconds"),
        "event": row.event, "actor": row.actor, "detail": row.detail, "prev": row.prev,
    }  # fmt: skip
    checks = (
        (row.seq == seq + 1, f"{name}: the number before it is {seq}; entries are missing or out of order"),
        (row.prev == prev, f"{name}: it does not follow from the entry before it"),
        (entry_hash(body) == row.hash, f"{name}: its content was changed"),
    )
    return [message for good, message in checks if not good]


def _stream_problems(
    last: dict[str, tuple[int, str]],
    first: dict[str, str],
    announced: dict[str, str],
    heads: dict[str, AuditHead],
) -> list[str]:
    found = [
        f"{name}: the chain ends at {last.get(name, (0, ''))[0]}, but its head says {head.seq}"
        for name, head in heads.items()
        if last.get(name) != (head.seq, head.hash)
    ]
    found += [f"{name}: entries without a head" for name in last if name not in heads]
    found += [
        f"{name}: the alliance's stream does not know its first entry"
        for name, digest in first.items()
        if name != ALLIANCE and announced.get(name) != digest
    ]
    return found + [f"{name}: the whole stream is gone" for name in announced if name not in last]
