"""Emailed links: minted at delivery, looked up by hash, revoked with what they are for (trust.md 1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from bjc import tokens
from bjc.actions import audit
from bjc.actions.actor import Actor
from bjc.db.columns import rows_of
from bjc.db.decisions import Link
from bjc.rules.notices import Purpose

_MINT = insert(rows_of(Link)).returning(rows_of(Link).c.id)
_FIND = select(Link).where(Link.secret_hash == bindparam("hash"))


@dataclass(frozen=True)
class Minted:
    """A fresh link. `secret` exists only here and in the rendered mail."""

    id: int
    secret: str


def mint(
    db: Session,
    purpose: Purpose,
    subject_id: int,
    person_id: int,
    now: datetime,
    expires_at: datetime,
    version_id: int | None = None,
    outbox_id: int | None = None,
) -> Minted:
    """A new link for one person and one subject. Every mail has its own; all live ones die together."""
    secret = tokens.new_secret()
    row = {
        "purpose": purpose.value, "subject_id": subject_id, "person_id": person_id, "version_id": version_id,
        "outbox_id": outbox_id, "secret_hash": tokens.hash_secret(secret), "minted_at": now,
        "expires_at": expires_at,
    }  # fmt: skip
    return Minted(db.execute(_MINT, row).scalar_one(), secret)


def find(db: Session, secret: str) -> Link | None:
    """The link of this secret, whatever its state; None for anything unknown or malformed."""
    if len(secret) != tokens.SECRET_LENGTH or not secret.isascii():
        return None
    return db.scalar(_FIND, {"hash": tokens.hash_secret(secret)})


def is_live(link: Link, now: datetime) -> bool:
    """True while it may still open its form."""
    return link.revoked_at is None and now < link.expires_at


def revoke(db: Session, purpose: Purpose, subject_ids: Iterable[int], now: datetime, because: str) -> None:
    """All live links to these subjects die, in the caller's transaction."""
    ids = list(subject_ids)
    if ids:
        db.execute(
            update(Link)
            .where(Link.purpose == purpose.value, Link.subject_id.in_(ids), Link.revoked_at.is_(None))
            .values(revoked_at=now, revoked_because=because)
            .execution_options(synchronize_session=False)
        )


def revoke_person(db: Session, person_id: int, now: datetime, because: str) -> None:
    """Every live link of one person dies: they left."""
    db.execute(
        update(Link)
        .where(Link.person_id == person_id, Link.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
        .execution_options(synchronize_session=False)
    )


def revoke_all(db: Session, because: str, actor: Actor, now: datetime) -> int:
    """The one switch: every live link of the installation dies; returns how many. One audit entry."""
    dead = db.scalars(
        update(Link)
        .where(Link.revoked_at.is_(None), Link.expires_at > now)
        .values(revoked_at=now, revoked_because=because)
        .returning(Link.id)
        .execution_options(synchronize_session=False)
    )
    count = len(dead.all())
    audit.record(db, audit.ALLIANCE, "links revoked", actor, now, {"count": count})
    return count
