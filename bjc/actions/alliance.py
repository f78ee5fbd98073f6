"""Brings an alliance's data file into the database, again and again: what is the same stays untouched.

Keys never disappear: votes, delegations and the audit point at them.
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import rfc8785
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bjc.actions import audit, links
from bjc.actions.actor import Actor
from bjc.db.columns import Table
from bjc.db.people import Alliance, Body, Holding, Person, PolicyVersion, Post, Service, Visit
from bjc.db.questions import people
from bjc.errors import Conflict
from bjc.rules import alliance_model, demo_model
from bjc.rules.policy import Policy

COMMAND = Actor("operator", via="command")


def install(db: Session, alliance: alliance_model.Alliance, now: datetime) -> bool:
    """Load or refresh the alliance; True when something changed. One audit entry a change."""
    source = alliance.model_dump(mode="json")
    digest = hashlib.sha256(rfc8785.dumps(source)).hexdigest()
    row = db.scalar(select(Alliance))
    if row is not None and row.source_hash == digest:
        return False
    if row is None:
        row = Alliance(instance=uuid.uuid4().hex[:12])
        db.add(row)
    row.name, row.source, row.source_hash = alliance.name, source, digest
    for service in alliance.services:
        _put(db, Service, service, "key", "name", "short_name", "authority")
    for body in alliance.bodies:
        _put(db, Body, body, "key", "name", "short_name", "role", "decides_in_writing")
    db.flush()
    for post in alliance.posts:
        _put(db, Post, post, "key", "title", "kind", "body", "service")
    for policy in alliance.policy:
        _put_policy(db, policy)
    db.flush()
    audit.record(db, audit.ALLIANCE, "alliance loaded", COMMAND, now, {"sha256": digest})
    return True


def _put(db: Session, table: type[Table], entry: Any, *names: str) -> None:
    db.merge(table(**{name: getattr(entry, name) for name in names}))


def _put_policy(db: Session, policy: Policy) -> None:
    """A version that decisions were taken under cannot be rewritten: change it by a new version."""
    body = policy.model_dump(mode="json")
    known = db.get(PolicyVersion, policy.version)
    if known is None:
        db.add(PolicyVersion(version=policy.version, effective_from=policy.effective_from, body=body))
    elif known.body != body:
        raise Conflict(
            f"Policy version {policy.version} is already in use with other figures.",
            "Give the new figures a new version, with the date from which they count.",
        )


def add_people(
    db: Session, persons: Iterable[demo_model.Person], holdings: Iterable[demo_model.Holding], now: datetime
) -> dict[str, Person]:
    """Persons by their file key, each with the posts they hold. Those already known are kept as they are."""
    known: dict[str, Person] = {}
    for entry in persons:
        person = people.person_by_email(db, entry.email)
        known[entry.key] = person or _add_person(db, entry, now)
    for holding in holdings:
        _hold(db, known[holding.person].id, holding, now)
    return known


def _add_person(db: Session, entry: demo_model.Person, now: datetime) -> Person:
    person = Person(name=entry.name, email=entry.email.casefold(), service=entry.service)
    db.add(person)
    db.flush()
    audit.record(db, audit.ALLIANCE, "person added", COMMAND, now, {"person": person.id})
    return person


def _hold(db: Session, person_id: int, entry: demo_model.Holding, now: datetime) -> None:
    known = select(Holding.id).where(
        Holding.person_id == person_id, Holding.post == entry.post, Holding.since == entry.since
    )
    if db.scalar(known) is None:
        db.add(Holding(person_id=person_id, post=entry.post, since=entry.since, until=entry.until))
        db.flush()
        detail = {"person": person_id, "post": entry.post, "since": entry.since.isoformat()}
        audit.record(db, audit.ALLIANCE, "post taken", COMMAND, now, detail)


def leave(db: Session, person_id: int, day: date, now: datetime) -> None:
    """A person leaves: they hold nothing any more, and their links and visits end in this transaction."""
    db.get_one(Person, person_id).left_on = day
    links.revoke_person(db, person_id, now, "you have left the alliance")
    db.execute(
        update(Visit).where(Visit.person_id == person_id, Visit.ended_at.is_(None)).values(ended_at=now)
    )
    audit.record(
        db, audit.ALLIANCE, "person left", COMMAND, now, {"person": person_id, "on": day.isoformat()}
    )
