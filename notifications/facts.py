"""Turns rows into the facts a letter holds. Here, and only here, typed texts are made safe for a mail."""

from typing import Any

from sqlalchemy.orm import Session

from bjc.db.cases import CaseVersion
from bjc.db.decisions import Assignment
from bjc.db.delivery import Appointment
from bjc.db.people import Person, Post
from bjc.db.questions import decisions, mail, mail_decisions
from bjc.db.questions.mail import CaseRow
from bjc.db.questions.mail_decisions import AdviceRow, DecisionRow
from notifications import letters
from notifications.plain import name, prose

ASK = 400


def case_facts(row: CaseRow) -> letters.CaseFacts:
    """The case as it stands."""
    case, lead, service = row
    return letters.CaseFacts(
        ref=case.ref, title=name(case.title), amount=case.amount, stage=case.stage, since=case.stage_since,
        review_at=case.review_at, service=name(service.name), lead_id=lead.id, lead=name(lead.name),
    )  # fmt: skip


def version_facts(version: CaseVersion) -> letters.VersionFacts:
    """A frozen version; what it asks for is its one sentence, or the purpose of a scope proposal."""
    body = version.body
    return letters.VersionFacts(
        version.id, version.number, version.sha256,
        ask=prose(str(body.get("ask") or body.get("purpose") or ""), ASK),
        funding=name(str(body.get("funding_source", ""))),
    )  # fmt: skip


def decision_facts(db: Session, row: DecisionRow) -> letters.DecisionFacts:
    """A decision with all that stands beside it: advice, conditions, resolutions."""
    decision, body, version = row
    said = decisions.said(db, decision.id) if decision.outcome else decisions.Said((), ())
    return letters.DecisionFacts(
        id=decision.id, kind=decision.kind, body=name(body.name), version=version_facts(version),
        opened_at=decision.opened_at, due_at=decision.due_at, closes_at=decision.closes_at,
        closed_at=decision.closed_at, outcome=decision.outcome or "", working=_working(decision.working),
        terms=tuple(map(prose, said.conditions)), reasons=tuple(map(prose, said.reasons)),
        void_reason=name(decision.void_reason or ""),
        advice=tuple(map(advice_facts, mail_decisions.advice_on_version(db, version.id))),
        conditions=_conditions(db, decision.id), resolutions=_resolutions(db, decision.id),
    )  # fmt: skip


def _working(working: dict[str, Any]) -> tuple[str, ...]:
    """The sentences of an outcome, as the rule of the decision wrote them."""
    return tuple(prose(str(line)) for line in working.get("lines", ()))


def _conditions(db: Session, decision_id: int) -> tuple[letters.ConditionFacts, ...]:
    found = mail_decisions.conditions_with_posts(db, decision_id)
    return tuple(letters.ConditionFacts(prose(row.text), name(post.title), row.met_at) for row, post in found)


def _resolutions(db: Session, decision_id: int) -> tuple[letters.ResolutionFacts, ...]:
    found = mail_decisions.resolutions_with_services(db, decision_id)
    return tuple(
        letters.ResolutionFacts(
            name(service.authority), row.resolution, name(row.minute), row.met_on, prose(row.text)
        )
        for row, service in found
    )


def advice_facts(row: AdviceRow) -> letters.AdviceFacts:
    """Advice asked of a post, given or not."""
    advice, person, post, service, _ = row
    return letters.AdviceFacts(
        kind=advice.kind, service=name(service.name), short=name(service.short_name), post=name(post.title),
        adviser=name(person.name), due_at=advice.due_at, given_at=advice.given_at,
        recommendation=advice.recommendation or "", text=prose(advice.text),
    )  # fmt: skip


def seat_facts(seat: Assignment, post: Post) -> letters.SeatFacts:
    """A seat in a decision, and what its holder said so far."""
    return letters.SeatFacts(
        id=seat.id, post=name(post.title), choice=seat.choice or "", reason=prose(seat.reason),
        conditions=prose(seat.conditions), interest=prose(seat.interest), answered_at=seat.answered_at,
        changes=seat.changes,
    )  # fmt: skip


def appointment_facts(row: Appointment, person: Person) -> letters.AppointmentFacts:
    """A seat of a group that a person was asked to take."""
    return letters.AppointmentFacts(
        row.seat, name(person.name), row.due_at, row.answer or "", prose(row.reason)
    )


def delegation_facts(db: Session, case_id: int) -> letters.DelegationFacts | None:
    """The delegation of a case, drafted or in force, with who takes which seat."""
    found = mail.delegation_with_group(db, case_id)
    if found is None:
        return None
    row, group = found
    return letters.DelegationFacts(
        group=name(group.name), limit=row.limit, cost_tolerance_percent=row.cost_tolerance_percent,
        time_tolerance_weeks=row.time_tolerance_weeks, period_months=row.period_months,
        reserved=prose(row.reserved), in_force_at=row.in_force_at,
        holders={seat: (one.id, name(one.name)) for seat, one in mail.seated_in(db, row).items()},
    )  # fmt: skip
