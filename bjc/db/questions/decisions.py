"""Decisions: the one that matters now, who was asked, what they said, advice, and resolutions."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Advice, Assignment, Condition, Decision, Resolution
from bjc.db.people import Holding, Person, Post
from bjc.db.questions.people import DAY, RANK, holds_on
from bjc.rules.decision import Choice, Vote

# Made once, at import: a vote and a settling ask these, and making them would cost as much as asking.
_LATEST = select(Decision).where(Decision.case_id == bindparam("case")).order_by(Decision.id.desc()).limit(1)
_LATEST_OF_KIND = _LATEST.where(Decision.kind == bindparam("kind"))
_LOCK = (
    select(Case)
    .join(Decision, Decision.case_id == Case.id)
    .join(Assignment, Assignment.decision_id == Decision.id)
    .where(Assignment.id == bindparam("assignment"))
    .with_for_update(of=Case)
    .execution_options(populate_existing=True)
)
_LOCK_OF_ADVICE = (
    select(Case)
    .join(Advice, Advice.case_id == Case.id)
    .where(Advice.id == bindparam("advice"))
    .with_for_update(of=Case)
    .execution_options(populate_existing=True)
)
_HOLDS = (
    select(Holding.id)
    .join(Person, Person.id == Holding.person_id)
    .where(Holding.post == Assignment.post, Holding.person_id == Assignment.person_id, holds_on(DAY))
    .where(or_(Person.left_on.is_(None), Person.left_on > DAY))
    .exists()
)
_SEAT = (
    select(Assignment, Decision, CaseVersion.frozen_by, _HOLDS)
    .join(Decision, Decision.id == Assignment.decision_id)
    .join(CaseVersion, CaseVersion.id == Decision.version_id)
    .where(Assignment.id == bindparam("assignment"))
    .execution_options(populate_existing=True)
)
_OF_DECISION = Assignment.decision_id == bindparam("decision")
_ASKED = (
    select(Assignment, Post, Person)
    .join(Post, Post.key == Assignment.post)
    .join(Person, Person.id == Assignment.person_id)
    .where(_OF_DECISION)
    .order_by(Post.service, RANK, Post.key)
    .execution_options(populate_existing=True)
)
_SAID = select(Assignment.conditions, Assignment.reason).where(_OF_DECISION, Assignment.choice.is_not(None))
_VOTES = (
    select(Post.key, Post.service, Post.kind, Assignment.choice, Assignment.interest)
    .join(Post, Post.key == Assignment.post)
    .where(_OF_DECISION)
    .order_by(Post.service, Post.key)
)
_UNANSWERED = (
    select(Assignment.post)
    .where(_OF_DECISION, Assignment.choice.is_(None), Assignment.interest == "")
    .order_by(Assignment.post)
)
_ADVICE = (
    select(Advice, Person)
    .join(Person, Person.id == Advice.person_id)
    .where(Advice.version_id == bindparam("version"))
    .order_by(Advice.kind, Advice.service)
)
_ADVICE_MISSING = (
    select(Advice.post)
    .where(Advice.version_id == bindparam("version"), Advice.given_at.is_(None))
    .order_by(Advice.post)
)


def latest_decision(db: Session, case_id: int, kind: str | None = None) -> Decision | None:
    """The newest decision of a case, of one kind or any, open or closed."""
    return db.scalar(_LATEST_OF_KIND if kind else _LATEST, {"case": case_id, "kind": kind})


def decisions_of(db: Session, case_id: int) -> list[Decision]:
    """Every decision of a case, oldest first."""
    return list(db.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.id)))


def lock_case_of_assignment(db: Session, assignment_id: int) -> Case | None:
    """The case behind an assignment, locked: the first step of a vote."""
    return db.scalar(_LOCK, {"assignment": assignment_id})


def lock_case_of_advice(db: Session, advice_id: int) -> Case | None:
    """The case behind a request for advice, locked."""
    return db.scalar(_LOCK_OF_ADVICE, {"advice": advice_id})


class Seat(NamedTuple):
    """One member's seat in a decision. `author_id` froze the version; `held`: they still hold the post asked."""

    assignment: Assignment
    decision: Decision
    author_id: int
    held: bool


def seat(db: Session, assignment_id: int, day: date) -> Seat | None:
    """All that says whether a member may vote on this day, read afresh in one statement: votes are frequent."""
    row = db.execute(_SEAT, {"assignment": assignment_id, "day": day}).one_or_none()
    return Seat._make(row) if row else None


def asked(db: Session, decision_id: int) -> list[tuple[Assignment, Post, Person]]:
    """Each member asked, with post and person, in a fixed order."""
    rows = db.execute(_ASKED, {"decision": decision_id})
    return [(assignment, post, person) for assignment, post, person in rows]


class Said(NamedTuple):
    """What members wrote beside their votes, each text once, in the order of the alphabet: no name shows."""

    conditions: tuple[str, ...]
    reasons: tuple[str, ...]


def said(db: Session, decision_id: int) -> Said:
    """Conditions and reasons of a decision without whose they are: what its lead may read once it has closed."""
    rows = db.execute(_SAID, {"decision": decision_id}).all()
    texts = [tuple(sorted({text for text in column if text})) for column in zip(*rows, strict=True)]
    return Said(*texts) if texts else Said((), ())


def votes(db: Session, decision_id: int) -> list[Vote]:
    """What the rules of a decision need to know of each seat asked."""
    rows = db.execute(_VOTES, {"decision": decision_id})
    return [
        Vote(
            post=key,
            service=service or "",
            chief=kind == "chief",
            choice=Choice(choice) if choice else None,
            withdrew=bool(interest),
        )
        for key, service, kind, choice, interest in rows
    ]


def unanswered(db: Session, decision_id: int) -> list[str]:
    """The posts from which an answer is still wanted."""
    return list(db.scalars(_UNANSWERED, {"decision": decision_id}))


def open_assignments_of(db: Session, person_id: int) -> list[tuple[Assignment, Decision, Case]]:
    """The open decisions that a person is asked about, the most urgent first."""
    rows = db.execute(
        select(Assignment, Decision, Case)
        .join(Decision, Decision.id == Assignment.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .where(Assignment.person_id == person_id, Decision.closed_at.is_(None))
        .order_by(Decision.due_at)
    )
    return [(assignment, decision, case) for assignment, decision, case in rows]


def advice_on(db: Session, version_id: int) -> list[tuple[Advice, Person]]:
    """The advice asked on a version, given or not."""
    rows = db.execute(_ADVICE, {"version": version_id})
    return [(advice, person) for advice, person in rows]


def advice_missing(db: Session, version_id: int) -> list[str]:
    """The posts whose advice on this version is not in."""
    return list(db.scalars(_ADVICE_MISSING, {"version": version_id}))


def open_advice_of(db: Session, person_id: int) -> list[tuple[Advice, Case]]:
    """The advice that a person still owes."""
    rows = db.execute(
        select(Advice, Case)
        .join(Case, Case.id == Advice.case_id)
        .where(Advice.person_id == person_id, Advice.given_at.is_(None))
        .order_by(Advice.due_at)
    )
    return [(advice, case) for advice, case in rows]


def conditions_of(db: Session, case_id: int) -> list[Condition]:
    """The conditions that came with approvals of a case."""
    return list(db.scalars(select(Condition).where(Condition.case_id == case_id).order_by(Condition.id)))


def resolutions_of(db: Session, decision_id: int) -> list[Resolution]:
    """What the Authorities resolved on a decision so far."""
    query = select(Resolution).where(Resolution.decision_id == decision_id)
    return list(db.scalars(query.order_by(Resolution.service)))
