"""What a lead and the office do with a case: open, save, propose the scope, submit, ask, recall, withdraw."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bjc.actions import routes
from bjc.actions.actor import Actor
from bjc.actions.facts import policy_now
from bjc.actions.moves import move
from bjc.db.cases import Case, CaseVersion, Counter, Question
from bjc.db.questions import people
from bjc.db.questions.cases import lock_case, questions_asked, versions
from bjc.errors import Conflict, Invalid, Refused
from bjc.rules.case import CaseDocument, frozen, missing_sections, scope_model, section_model, submit_by_fault
from bjc.rules.stages import Event, Role, Stage
from bjc.rules.triage import Triage, TriageAnswers, TriageOutcome, triage
from bjc.rules.working_days import local_day

TRIAGED = {
    TriageOutcome.BJC: Event.TRIAGED,
    TriageOutcome.ADDENDUM: Event.FOUND_ADDENDUM,
    TriageOutcome.THREE_STAGE: Event.FOUND_THREE_STAGE,
    TriageOutcome.NO_CASE: Event.FOUND_UNNEEDED,
}


def open_case(
    db: Session, lead_id: int, service: str, answers: TriageAnswers, now: datetime, via: str = "session"
) -> tuple[Case, Triage]:
    """Answer the triage: a case is opened whatever the outcome, so that the reasons are kept."""
    found = triage(answers, policy_now(db, now).triage)
    case = Case(
        ref=_next_ref(db, local_day(now).year), title=answers.title, stage=Stage.NEW.value, stage_since=now,
        lead_id=lead_id, service=service, amount=answers.amount, opened_at=now, scope={},
        triage={"answers": answers.model_dump(mode="json"), "outcome": found.outcome.value,
                "reasons": list(found.reasons)},
        sections={"title": answers.title, "amount": str(answers.amount)},
    )  # fmt: skip
    db.add(case)
    db.flush()
    routes.begin(db, case.id)
    actor = Actor(Role.LEAD, lead_id, via)
    move(db, case, TRIAGED[found.outcome], actor, now, detail={"outcome": found.outcome.value})
    return case, found


def _next_ref(db: Session, year: int) -> str:
    name = f"case-{year}"
    taken = (
        update(Counter).where(Counter.name == name).values(value=Counter.value + 1).returning(Counter.value)
    )
    number = db.scalar(taken)
    if number is None:  # the first of its year: of two at one moment, the second finds the first's row
        with suppress(IntegrityError), db.begin_nested():
            db.execute(insert(Counter).values(name=name, value=0))
        number = db.scalar(taken)
    return f"BJC-{year}-{number:03d}"


def save_scope(
    db: Session, ref: str, values: Mapping[str, Any], lock_version: int, actor: Actor, now: datetime
) -> Case:
    """Keep the scope proposal as typed (it may be incomplete). Refused when somebody saved in between."""
    case = _draft(db, ref, lock_version, actor, Stage.SCOPING)
    case.scope = {**case.scope, **values}
    db.flush()
    return case


def save_section(
    db: Session, ref: str, key: str, values: Mapping[str, Any], lock_version: int, actor: Actor, now: datetime
) -> Case:
    """Keep one section as typed. Title and amount also show on lists, so they are copied to the case."""
    case = _draft(db, ref, lock_version, actor, Stage.DRAFTING)
    case.sections = {
        **case.sections,
        **{k: values[k] for k in section_model(key).model_fields if k in values},
    }
    db.flush()
    return case


def _draft(db: Session, ref: str, lock_version: int, actor: Actor, stage: Stage) -> Case:
    case = lock_case(db, ref)
    if actor.person_id != case.lead_id:
        raise Refused("Only the case's lead may change its draft.")
    if Stage(case.stage) is not stage:
        raise Conflict(f"{ref} is in {case.stage}, so this page can no longer be changed.", "Open the case.")
    if case.lock_version != lock_version:
        raise Conflict(
            f"{ref} was changed in another window since you opened this page. Your text is below, not yet saved.",
            "Compare it with what is saved now, then save again.",
        )
    return case


def propose_scope(db: Session, ref: str, actor: Actor, now: datetime) -> CaseVersion:
    """Send the one-page proposal: it is frozen, and the scope decision opens on it."""
    case = _of_lead(db, ref, actor)
    model = scope_model([(s.key, s.name) for s in people.services(db)])
    version = _freeze(db, case, "scope", model, {**case.scope}, actor, now)
    if fault := submit_by_fault(date.fromisoformat(version.body["submit_by"]), local_day(now)):
        raise Invalid("The scope proposal is not complete yet.", "", {"submit_by": fault})
    move(
        db,
        case,
        Event.SCOPE_PROPOSED,
        actor,
        now,
        detail={"number": version.number, "sha256": version.sha256},
    )
    return version


def submit(db: Session, ref: str, declared: bool, actor: Actor, now: datetime) -> CaseVersion:
    """Declare and submit: the version is frozen with its SHA-256, and advice is asked on it."""
    case = _of_lead(db, ref, actor)
    if Stage(case.stage) is not Stage.DRAFTING:
        raise Conflict(f"{ref} has already been submitted.", "Open the case to see where it stands.")
    if not declared:
        raise Invalid(
            "Confirm the declaration.", "", {"declared": "Confirm that the case is complete and true"}
        )
    if missing_sections(case.sections):
        raise Conflict("Not yet: this needs all sections complete.", "The task list shows what is missing.")
    version = _freeze(db, case, "case", CaseDocument, case.sections, actor, now)
    case.title, case.amount = version.body["title"], Decimal(version.body["amount"])
    move(db, case, Event.SUBMITTED, actor, now, detail={"number": version.number, "sha256": version.sha256})
    return version


def _freeze(
    db: Session,
    case: Case,
    kind: str,
    model: type[BaseModel],
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> CaseVersion:
    try:
        body, sha256 = frozen(model, values)
    except ValueError as wrong:
        raise Conflict("Not yet: something is missing or not valid.", "Check your answers.") from wrong
    number = len(versions(db, case.id)) + 1
    version = CaseVersion(
        case_id=case.id, number=number, kind=kind, body=body, sha256=sha256, frozen_at=now,
        frozen_by=actor.person_id,
    )  # fmt: skip
    db.add(version)
    db.flush()
    return version


def ask_questions(db: Session, ref: str, text: str, actor: Actor, now: datetime) -> None:
    """The office sends the case back with a numbered, dated question; advice already given is kept."""
    case = lock_case(db, ref)
    if not text.strip():
        raise Invalid("Write the question.", "", {"text": "Write what the lead should answer"})
    number = len(questions_asked(db, case.id)) + 1
    db.add(Question(case_id=case.id, number=number, asked_by=actor.person_id, asked_at=now, text=text))
    move(db, case, Event.QUESTIONS_ASKED, actor, now, detail={"question": number})


def lead_moves(db: Session, ref: str, event: Event, reason: str, actor: Actor, now: datetime) -> Case:
    """The lead withdraws or recalls a case, with a reason."""
    return _with_reason(db, _of_lead(db, ref, actor), event, reason, actor, now)


def office_moves(db: Session, ref: str, event: Event, reason: str, actor: Actor, now: datetime) -> Case:
    """The office resumes or ends a deferred case, or opens the decision with advice missing, with a reason."""
    return _with_reason(db, lock_case(db, ref), event, reason, actor, now)


def _with_reason(db: Session, case: Case, event: Event, reason: str, actor: Actor, now: datetime) -> Case:
    if not reason.strip():
        raise Invalid("Give a reason.", "", {"reason": "Give the reason, so that others understand"})
    detail = {"reason_sha256": hashlib.sha256(reason.encode()).hexdigest()}
    move(db, case, event, actor, now, detail=detail, reason=reason)
    return case


def _of_lead(db: Session, ref: str, actor: Actor) -> Case:
    case = lock_case(db, ref)
    if actor.person_id != case.lead_id:
        raise Refused("Only the case's lead may do this.")
    return case
