"""What a mail about a decision or advice may speak of: decision, seat, advice, conditions, resolutions."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from bjc.db.cases import CaseVersion
from bjc.db.columns import Id, Instant
from bjc.db.decisions import Advice, Assignment, Condition, Decision, Resolution
from bjc.db.people import Body, Person, Post, Service

_AT = bindparam("at", type_=Instant)
_CASE_ID = bindparam("case", type_=Id)
_DECISION_ID = bindparam("decision", type_=Id)


class DecisionRow(NamedTuple):
    """A decision with the body asked and the version it is about."""

    decision: Decision
    body: Body
    version: CaseVersion


_DECISIONS = (
    select(Decision, Body, CaseVersion)
    .join(Body, Body.key == Decision.body)
    .join(CaseVersion, CaseVersion.id == Decision.version_id)
)
_DECISION = _DECISIONS.where(Decision.id == _DECISION_ID)
_OPENED = _DECISIONS.where(Decision.case_id == _CASE_ID, Decision.opened_at <= _AT)
_DECISION_AT = _OPENED.order_by(Decision.id.desc()).limit(1)


def decision_of_mail(db: Session, decision_id: int) -> DecisionRow | None:
    """This decision."""
    row = db.execute(_DECISION, {"decision": decision_id}).one_or_none()
    return DecisionRow._make(row) if row else None


def decision_at(db: Session, case_id: int, at: datetime) -> DecisionRow | None:
    """The newest decision of a case that had been opened by then."""
    row = db.execute(_DECISION_AT, {"case": case_id, "at": at}).one_or_none()
    return DecisionRow._make(row) if row else None


_SEATS = select(Assignment, Post).join(Post, Post.key == Assignment.post)
_SEATS_IN = _SEATS.where(Assignment.decision_id == _DECISION_ID)
_OTHER = aliased(Assignment)
_SEATS_BESIDE = _SEATS.join(_OTHER, _OTHER.decision_id == Assignment.decision_id).where(
    _OTHER.id == bindparam("assignment")
)


def seats_beside(db: Session, assignment_id: int) -> list[tuple[Assignment, Post]]:
    """An assignment and all others of its decision, each with the post it is for: their mails go out together."""
    return [(row[0], row[1]) for row in db.execute(_SEATS_BESIDE, {"assignment": assignment_id})]


def seats_in(db: Session, decision_id: int) -> list[tuple[Assignment, Post]]:
    """The seats that were asked in a decision."""
    return [(row[0], row[1]) for row in db.execute(_SEATS_IN, {"decision": decision_id})]


class AdviceRow(NamedTuple):
    """Advice with who gives it, for which post and service, on which version."""

    advice: Advice
    person: Person
    post: Post
    service: Service
    version: CaseVersion


_ADVICE = (
    select(Advice, Person, Post, Service, CaseVersion)
    .join(Person, Person.id == Advice.person_id)
    .join(Post, Post.key == Advice.post)
    .join(Service, Service.key == Advice.service)
    .join(CaseVersion, CaseVersion.id == Advice.version_id)
)
_ADVICE_OF = _ADVICE.where(Advice.id == bindparam("advice"))
_ADVICE_ON = _ADVICE.where(Advice.version_id == bindparam("version")).order_by(Advice.kind, Advice.service)


def advice_of_mail(db: Session, advice_id: int) -> AdviceRow | None:
    """This advice."""
    row = db.execute(_ADVICE_OF, {"advice": advice_id}).one_or_none()
    return AdviceRow._make(row) if row else None


def advice_on_version(db: Session, version_id: int) -> list[AdviceRow]:
    """All advice asked on a version, given or not."""
    return [AdviceRow._make(row) for row in db.execute(_ADVICE_ON, {"version": version_id})]


_CONDITIONS = (
    select(Condition, Post)
    .join(Post, Post.key == Condition.post)
    .where(Condition.decision_id == _DECISION_ID)
    .order_by(Condition.id)
)
_RESOLUTIONS = (
    select(Resolution, Service)
    .join(Service, Service.key == Resolution.service)
    .where(Resolution.decision_id == _DECISION_ID)
    .order_by(Service.key)
)


def conditions_with_posts(db: Session, decision_id: int) -> list[tuple[Condition, Post]]:
    """The conditions that came with a decision, each with the post that set it."""
    return [(row[0], row[1]) for row in db.execute(_CONDITIONS, {"decision": decision_id})]


def resolutions_with_services(db: Session, decision_id: int) -> list[tuple[Resolution, Service]]:
    """What each Authority resolved on a decision."""
    return [(row[0], row[1]) for row in db.execute(_RESOLUTIONS, {"decision": decision_id})]
