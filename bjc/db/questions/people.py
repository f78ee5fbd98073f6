"""Who is who today: holders of posts, posts of a person, services, and the policy in force."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, case, or_, select
from sqlalchemy.orm import Session

from bjc.db.people import Alliance, Body, Holding, Person, PolicyVersion, Post, Service
from bjc.errors import BjcError
from bjc.rules.policy import Policy


def holds_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition that a holding counts on this local day."""
    return (Holding.since <= day) & or_(Holding.until.is_(None), Holding.until >= day)


# The queries below are made once, at import: for such small ones the making costs as much as the asking.
DAY = bindparam("day", type_=Date)
RANK = case({"chief": 0, "deputy": 1, "assistant": 2, "finance": 3}, value=Post.kind, else_=4)
_SEATED = (
    select(Post, Person)
    .join(Holding, Holding.post == Post.key)
    .join(Person, Person.id == Holding.person_id)
    .where(holds_on(DAY), or_(Person.left_on.is_(None), Person.left_on > DAY))
    .order_by(Post.service, RANK, Post.key)
)
_MEMBERS = _SEATED.where(Post.body == bindparam("body"))
_HOLDERS = _SEATED.where(Post.kind.in_(bindparam("kinds", expanding=True)))
_HOLDER = _SEATED.where(Post.key == bindparam("post"))
_POSTS = _SEATED.where(Person.id == bindparam("person"))
_SERVICES = select(Service).order_by(Service.key)
_DECIDES = select(Body).where(Body.role == "decides")
_ALLIANCE = select(Alliance)
_POLICY = (
    select(PolicyVersion.body)
    .where(PolicyVersion.effective_from <= DAY)
    .order_by(PolicyVersion.effective_from.desc(), PolicyVersion.version.desc())
    .limit(1)
)


def members(db: Session, body: str, day: date) -> list[tuple[Post, Person]]:
    """Who sits on a body, post by post; vacant posts are absent."""
    return [(post, person) for post, person in db.execute(_MEMBERS, {"day": day, "body": body})]


def holders_of_kind(db: Session, kinds: Iterable[str], day: date) -> list[tuple[Post, Person]]:
    """Who holds a post of these kinds (`office`, `clerk`, `chief` ...)."""
    rows = db.execute(_HOLDERS, {"day": day, "kinds": list(kinds)})
    return [(post, person) for post, person in rows]


def people_of_kinds(db: Session, kinds: Iterable[str], day: date) -> list[tuple[Post, Person]]:
    """Who holds a post of these kinds on this day: each person once, with one of their posts, by name."""
    found = {person.id: (post, person) for post, person in reversed(holders_of_kind(db, kinds, day))}
    return sorted(found.values(), key=lambda one: one[1].name)


def holder(db: Session, post: str, day: date) -> Person | None:
    """Who holds this post, or None when it is vacant."""
    row = db.execute(_HOLDER, {"day": day, "post": post}).first()
    return row[1] if row else None


def posts_of(db: Session, person_id: int, day: date) -> list[Post]:
    """The posts that a person holds today."""
    return [post for post, _ in db.execute(_POSTS, {"day": day, "person": person_id})]


def posts_in(db: Session, body: str) -> list[Post]:
    """All posts of a body, held or vacant."""
    return list(db.scalars(select(Post).where(Post.body == body).order_by(Post.service, Post.key)))


def posts_of_kind(db: Session, kind: str) -> list[Post]:
    """All posts of a kind, held or vacant."""
    return list(db.scalars(select(Post).where(Post.kind == kind).order_by(Post.service, Post.key)))


def post_titles(db: Session, keys: Iterable[str]) -> dict[str, str]:
    """The titles of these posts by key."""
    rows = db.execute(select(Post.key, Post.title).where(Post.key.in_(list(keys))))
    return {row.key: row.title for row in rows}


def person_by_email(db: Session, email: str) -> Person | None:
    """The person of this address, whatever its letter case."""
    return db.scalar(select(Person).where(Person.email == email.strip().casefold()))


def persons(db: Session) -> list[Person]:
    """Everybody who has not left, by name."""
    return list(db.scalars(select(Person).where(Person.left_on.is_(None)).order_by(Person.name)))


def services(db: Session) -> list[Service]:
    """The partner organisations, in a fixed order."""
    return list(db.scalars(_SERVICES))


def deciding_body(db: Session) -> Body:
    """The body that recommends scopes and approves cases."""
    return db.scalars(_DECIDES).one()


def alliance(db: Session) -> Alliance:
    """The installation's alliance; raises BjcError on a database without one."""
    found: Alliance | None = db.scalar(_ALLIANCE)
    if found is None:
        raise BjcError("No alliance is loaded yet.", "Run: bjc alliance load FILE")
    return found


def advice_owed(db: Session) -> list[dict[str, Any]]:
    """Which post owes which advice: dicts with kind, service, post, asks."""
    return list(alliance(db).source["advice"])


def seat_kinds(db: Session) -> dict[str, tuple[str, ...]]:
    """The kinds of post that may fill each seat of a working group, by the seat's key."""
    bodies = alliance(db).source["bodies"]
    seats = (seat for body in bodies if body["role"] == "delivers" for seat in body["seats"])
    return {seat["key"]: tuple(seat["kinds"]) for seat in seats}


def policy_on(db: Session, day: date) -> Policy:
    """The policy in force on a local day."""
    body = db.scalar(_POLICY, {"day": day})
    if body is None:
        raise BjcError(
            f"No policy was in force on {day}.", "Give the alliance's data file an earlier version."
        )
    return Policy.model_validate(body)


def policy_version(db: Session, version: str) -> Policy:
    """The policy of this version, whenever it counted."""
    return Policy.model_validate(db.get_one(PolicyVersion, version).body)
