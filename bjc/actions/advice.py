"""Advice on a frozen version: asked when it is submitted, given by link or sign-in, shown when missing."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import audit, links, notify, outbox, routes
from bjc.actions.actor import Actor
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.decisions import Advice
from bjc.db.questions import decisions as questions
from bjc.db.questions import people
from bjc.db.questions.cases import latest_version
from bjc.errors import Conflict, Invalid, NotFound, Refused
from bjc.rules.notices import Notice, Purpose
from bjc.rules.stages import Stage
from bjc.rules.working_days import deadline, local_day


class Recommendation(StrEnum):
    """What an adviser recommends."""

    SUPPORT = "support"
    CONDITIONS = "support with conditions"
    OBJECT = "do not support"


def ask(db: Session, case: Case, now: datetime) -> dict[str, Any]:
    """Ask every post that owes advice on the newest version. A vacant post is skipped, and the entry says so."""
    version, policy = latest_version(db, case.id, "case"), policy_now(db, now)
    if version is None:
        raise Invalid("Nothing has been submitted to advise on.")
    due = deadline(now, policy.deadlines.advice_days, policy.decision.closes_at, policy.closure_days)
    asked: list[Advice] = []
    vacant: list[str] = []
    for owed in people.advice_owed(db):
        person = people.holder(db, owed["post"], local_day(now))
        if person is None:
            vacant.append(owed["post"])
            continue
        asked.append(
            Advice(case_id=case.id, version_id=version.id, kind=owed["kind"], service=owed["service"],
                   post=owed["post"], person_id=person.id, asked_at=now, due_at=due)
        )  # fmt: skip
    db.add_all(asked)
    db.flush()
    notify.tell_each(db, Notice.ADVICE_REQUEST, asked, "asked", now, case.id)
    return {
        "version": version.number,
        "sha256": version.sha256,
        "asked": [a.post for a in asked],
        "vacant": vacant,
    }


def give(
    db: Session, advice_id: int, recommendation: Recommendation | None, text: str, actor: Actor, now: datetime
) -> Advice:
    """Record advice. It may be changed until the decision opens; the last one wakes the route."""
    case = questions.lock_case_of_advice(db, advice_id)
    if case is None:
        raise NotFound("There is no such request for advice.")
    row = db.get_one(Advice, advice_id, populate_existing=True)
    again = row.given_at is not None and (row.recommendation, row.text) == (recommendation, text)
    if again and actor.person_id == row.person_id:
        return row
    _check(db, case, row, recommendation, text, actor)
    row.recommendation, row.text, row.given_at = str(recommendation), text, now
    detail = {
        "advice": row.id,
        "kind": row.kind,
        "service": row.service,
        "recommendation": row.recommendation,
    }
    seq = audit.record(db, case.ref, "advice given", actor, now, detail)
    db.flush()
    notify.tell_person(
        db, Notice.ADVICE_RECEIPT, ("advice", row.id), row.person_id, f"audit-{seq}", now, case.id
    )
    if Stage(case.stage) is Stage.ANALYSIS:
        routes.want(db, case.id)
    return row


def _check(
    db: Session, case: Case, row: Advice, recommendation: Recommendation | None, text: str, actor: Actor
) -> None:
    if actor.person_id != row.person_id:
        raise Refused("This advice was asked of somebody else.", "Use the link in your own mail.")
    version = latest_version(db, case.id, "case")
    if version is None or version.id != row.version_id:
        raise Conflict(
            f"{case.ref} has been submitted anew; your advice was not recorded.", "Read the new version."
        )
    if Stage(case.stage) not in (Stage.ANALYSIS, Stage.DECISION):
        raise Conflict(
            f"{case.ref} is in {case.stage}; advice on it is no longer taken.",
            "Speak to the programme office.",
        )
    if Stage(case.stage) is Stage.DECISION and row.given_at is not None:
        raise Conflict(
            "The decision is open; advice can no longer be changed.", "Speak to the programme office."
        )
    fields = {"recommendation": "Choose what you recommend"} if recommendation is None else {}
    if len(text.strip()) < 10:
        fields["text"] = "Write your advice in a sentence or more"
    if fields:
        raise Invalid("Your advice is not complete yet.", "", fields)


def stop_asking(db: Session, case: Case, now: datetime) -> None:
    """The version is no longer before anybody: links and unsent requests die. Advice given is kept."""
    version = latest_version(db, case.id, "case")
    if version is not None:
        ids = [row.id for row, _ in questions.advice_on(db, version.id)]
        because = "the case went back to its lead"
        links.revoke(db, Purpose.ADVISE, ids, now, because)
        outbox.drop(db, (Notice.ADVICE_REQUEST,), Advice.__tablename__, ids, because)
