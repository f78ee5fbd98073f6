"""Decisions: the one that matters now, who was asked, what they said, advice, and resolutions."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Advice, Assignment, Condition, Decision, Resolution
from bjc.db.people import Holding, Person, Post
from bjc.db.questions.people import holds_on
from bjc.rules.decision import Choice, Vote


def latest_decision(db: Session, case_id: int, kind: str | None = None) -> Decision | None:
    """The newest decision of a case, of one kind or any, open or closed."""
    query = select(Decision).where(Decision.case_id == case_id).order_by(Decision.id.desc()).limit(1)
    return db.scalar(query.where(Decision.kind == kind) if kind else query)


def decisions_of(db: Session, case_id: int) -> list[Decision]:
    """Every decision of a case, oldest first."""
    return list(db.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.id)))


def lock_case_of_assignment(db: Session, assignment_id: int) -> Case | None:
    """The case behind an assignment, locked: the first step of a vote."""
    return db.scalar(
        select(Case)
        .join(Decision, Decision.case_id == Case.id)
        .join(Assignment, Assignment.decision_id == Decision.id)
        .where(Assignment.id == assignment_id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )


class Seat(NamedTuple):
    """One member's seat in a decision. `author_id` froze the version; `held`: they still hold the post asked."""

    assignment: Assignment
    decision: Decision
    author_id: int
    held: bool


def seat(db: Session, assignment_id: int, day: date) -> Seat | None:
    """All that says whether a member may vote on this day, read afresh in one statement: votes are frequent."""
    holds = (
        select(Holding.id)
        .join(Person, Person.id == Holding.person_id)
        .where(Holding.post == Assignment.post, Holding.person_id == Assignment.person_id, holds_on(day))
        .where(or_(Person.left_on.is_(None), Person.left_on > day))
        .exists()
    )
    query = (
        select(Assignment, Decision, CaseVersion.frozen_by, holds)
        .join(Decision, Decision.id == Assignment.decision_id)
        .join(CaseVersion, CaseVersion.id == Decision.version_id)
        .where(Assignment.id == assignment_id)
        .execution_options(populate_existing=True)
    )
    row = db.execute(query).one_or_none()
    return Seat._make(row) if row else None


def asked(db: Session, decision_id: int) -> list[tuple[Assignment, Post, Person]]:
    """Each member asked, with post and person, in a fixed order."""
    rows = db.execute(
        select(Assignment, Post, Person)
        .join(Post, Post.key == Assignment.post)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.decision_id == decision_id)
        .order_by(Post.service, Post.key)
        .execution_options(populate_existing=True)
    )
    return [(assignment, post, person) for assignment, post, person in rows]


def votes(db: Session, decision_id: int) -> list[Vote]:
    """What the rules of a decision need to know of each seat asked."""
    rows = db.execute(
        select(Post.key, Post.service, Post.kind, Assignment.choice, Assignment.interest)
        .join(Post, Post.key == Assignment.post)
        .where(Assignment.decision_id == decision_id)
        .order_by(Post.service, Post.key)
    )
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
    query = select(Assignment.post).where(
        Assignment.decision_id == decision_id, Assignment.choice.is_(None), Assignment.interest == ""
    )
    return list(db.scalars(query.order_by(Assignment.post)))


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
    rows = db.execute(
        select(Advice, Person)
        .join(Person, Person.id == Advice.person_id)
        .where(Advice.version_id == version_id)
        .order_by(Advice.kind, Advice.service)
    )
    return [(advice, person) for advice, person in rows]


def advice_missing(db: Session, version_id: int) -> list[str]:
    """The posts whose advice on this version is not in."""
    query = select(Advice.post).where(Advice.version_id == version_id, Advice.given_at.is_(None))
    return list(db.scalars(query.order_by(Advice.post)))


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
