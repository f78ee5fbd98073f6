"""What the pages behind an emailed link show: whom each is for, and the paper they read before they answer."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Advice, Assignment, Decision, Link
from bjc.db.delivery import Appointment, Delegation, Group
from bjc.db.mail import Outbox
from bjc.db.people import Body, Person, PolicyVersion, Post, Service, SignIn
from bjc.rules.notices import Purpose

_Subject = type[Assignment] | type[Advice] | type[Appointment] | type[SignIn]
_SUBJECTS: dict[Purpose, _Subject] = {
    Purpose.DECIDE: Assignment,
    Purpose.ADVISE: Advice,
    Purpose.APPOINTMENT: Appointment,
    Purpose.SIGN_IN: SignIn,
}


def person_asked(db: Session, purpose: Purpose, subject_id: int) -> int | None:
    """Whom a page is for."""
    table = _SUBJECTS[purpose]
    return db.scalar(select(table.person_id).where(table.id == subject_id))


def link_to(db: Session, link_id: int, purpose: Purpose, subject_id: int) -> Link | None:
    """This link, if it is for this purpose and subject; live or not."""
    query = select(Link).where(Link.id == link_id)
    return db.scalar(query.where(Link.purpose == purpose.value, Link.subject_id == subject_id))


class Asked(NamedTuple):
    """Who is asked, and about which case."""

    person: Person
    case_id: int


def lock_asked(db: Session, purpose: Purpose, subject_id: int) -> Asked | None:
    """Whom a page asks; the subject's row is locked, so that two of their requests queue up."""
    subject = db.get(_SUBJECTS[purpose], subject_id, with_for_update=True)
    if not isinstance(subject, Assignment | Advice | Appointment):
        return None
    person = db.get_one(Person, subject.person_id)
    if isinstance(subject, Assignment):
        return Asked(person, db.get_one(Decision, subject.decision_id).case_id)
    return Asked(person, subject.case_id)


def mails_waiting(db: Session, kind: str, subject_kind: str, subject_id: int) -> bool:
    """True while a mail of this kind about this subject has yet to leave."""
    query = select(Outbox.id).where(
        Outbox.kind == kind, Outbox.subject_kind == subject_kind, Outbox.subject_id == subject_id,
        Outbox.status.in_(("queued", "claimed")),
    )  # fmt: skip
    return bool(db.scalar(select(exists(query))))


def mails_queued(db: Session, kind: str, subject_kind: str, subject_id: int) -> int:
    """How many mails of this kind were ever queued about this subject."""
    query = select(func.count()).select_from(Outbox)
    return db.scalar(query.where(
        Outbox.kind == kind, Outbox.subject_kind == subject_kind, Outbox.subject_id == subject_id
    )) or 0  # fmt: skip


class DecisionPaper(NamedTuple):
    """One member's question: the decision, the frozen version it is about, and as whom they answer."""

    assignment: Assignment
    decision: Decision
    version: CaseVersion
    case: Case
    person: Person
    lead: Person
    post: Post
    body: Body
    policy: PolicyVersion


def decision_paper(db: Session, assignment_id: int) -> DecisionPaper | None:
    """The paper of this assignment."""
    lead = aliased(Person)
    query = (
        select(Assignment, Decision, CaseVersion, Case, Person, lead, Post, Body, PolicyVersion)
        .join(Decision, Decision.id == Assignment.decision_id)
        .join(CaseVersion, CaseVersion.id == Decision.version_id)
        .join(Case, Case.id == Decision.case_id)
        .join(Person, Person.id == Assignment.person_id)
        .join(lead, lead.id == Case.lead_id)
        .join(Post, Post.key == Assignment.post)
        .join(Body, Body.key == Decision.body)
        .join(PolicyVersion, PolicyVersion.version == Decision.policy)
    )
    row = db.execute(query.where(Assignment.id == assignment_id)).one_or_none()
    return DecisionPaper._make(row) if row else None


def asked_about(db: Session, person_id: int | None, assignment: str, version: str) -> str:
    """The case and version that a form of theirs was about, as its hidden fields said; empty for anything else."""
    if not all(text.isdecimal() and len(text) < 18 for text in (assignment, version)):
        return ""
    query = (
        select(Case.ref, CaseVersion.number)
        .join(Decision, Decision.case_id == Case.id)
        .join(Assignment, Assignment.decision_id == Decision.id)
        .join(CaseVersion, CaseVersion.case_id == Case.id)
        .where(
            Assignment.id == int(assignment),
            Assignment.person_id == person_id,
            CaseVersion.id == int(version),
        )
    )
    row = db.execute(query).one_or_none()
    return f"{row.ref}, version {row.number}" if row else ""


class AdvicePaper(NamedTuple):
    """One adviser's question, and the frozen version it is about."""

    advice: Advice
    version: CaseVersion
    case: Case
    person: Person
    lead: Person
    post: Post
    service: Service


def advice_paper(db: Session, advice_id: int) -> AdvicePaper | None:
    """The paper of this request for advice."""
    lead = aliased(Person)
    query = (
        select(Advice, CaseVersion, Case, Person, lead, Post, Service)
        .join(CaseVersion, CaseVersion.id == Advice.version_id)
        .join(Case, Case.id == Advice.case_id)
        .join(Person, Person.id == Advice.person_id)
        .join(lead, lead.id == Case.lead_id)
        .join(Post, Post.key == Advice.post)
        .join(Service, Service.key == Advice.service)
    )
    row = db.execute(query.where(Advice.id == advice_id)).one_or_none()
    return AdvicePaper._make(row) if row else None


class AppointmentPaper(NamedTuple):
    """The seat offered to one person, and the authority that the group would have."""

    appointment: Appointment
    case: Case
    person: Person
    lead: Person
    delegation: Delegation
    group: Group


def appointment_paper(db: Session, appointment_id: int) -> AppointmentPaper | None:
    """The paper of this appointment."""
    lead = aliased(Person)
    query = (
        select(Appointment, Case, Person, lead, Delegation, Group)
        .join(Case, Case.id == Appointment.case_id)
        .join(Person, Person.id == Appointment.person_id)
        .join(lead, lead.id == Case.lead_id)
        .join(Delegation, Delegation.id == Appointment.delegation_id)
        .join(Group, Group.id == Delegation.group_id)
    )
    row = db.execute(query.where(Appointment.id == appointment_id)).one_or_none()
    return AppointmentPaper._make(row) if row else None


def group_name(db: Session, group_id: int) -> str:
    """What a working group is called."""
    return db.get_one(Group, group_id).name


def names(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names of these persons by id."""
    rows = db.execute(select(Person.id, Person.name).where(Person.id.in_(list(ids))))
    return {person_id: name for person_id, name in rows}  # noqa: C416


def newest_sign_in(db: Session, browser_hash: str) -> SignIn | None:
    """The newest request to sign in that came from this browser."""
    query = select(SignIn).where(SignIn.browser_hash == browser_hash)
    return db.scalar(query.order_by(SignIn.id.desc()).limit(1))
