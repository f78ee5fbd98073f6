"""One case as `bjc case show` tells it: a document for a program, the same in lines for a person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Decision
from bjc.db.people import Person
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import latest_version, questions_asked, versions
from bjc.rules.working_days import spoken_deadline
from bjc.web.waits import waiting
from bjc.web.words import pounds

Document = dict[str, Any]


def document(db: Session, case: Case, now: datetime, site: str) -> Document:
    """Everything but the case's text. Who of the board has answered an open decision is not in it."""
    waits, _ = waiting(db, case, now)
    return {
        "ref": case.ref, "title": case.title, "stage": case.stage, "since": case.stage_since,
        "reason": case.stage_reason, "service": case.service, "amount": case.amount,
        "lead": db.get_one(Person, case.lead_id).name, "page": f"{site}/cases/{case.ref}",
        "waits": None if waits is None else {
            "what": waits.what, "who": waits.who, "names": list(waits.names), "posts": list(waits.on),
            "until": waits.until, "also": waits.also,
        },
        "versions": [_version(row) for row in versions(db, case.id)],
        "questions": [{"number": row.number, "asked": row.asked_at} for row in questions_asked(db, case.id)],
        "advice": _advice(db, case),
        "decisions": [_decision(db, row) for row in decisions.decisions_of(db, case.id)],
        "conditions": [
            {"id": row.id, "text": row.text, "met": row.met_at} for row in decisions.conditions_of(db, case.id)
        ],
        "delegation": _delegation(db, case),
        "appointments": [
            {"id": row.id, "seat": row.seat, "person": person.name, "answer": row.answer, "due": row.due_at}
            for row, person in delivery.appointments_of(db, case.id)
        ],
    }  # fmt: skip


def _version(row: CaseVersion) -> Document:
    return {"number": row.number, "kind": row.kind, "frozen": row.frozen_at, "sha256": row.sha256}


def _advice(db: Session, case: Case) -> list[Document]:
    version = latest_version(db, case.id, "case")
    found = decisions.advice_on(db, version.id) if version else []
    return [
        {"kind": row.kind, "post": row.post, "given": row.given_at, "recommendation": row.recommendation}
        for row, _ in found
    ]


def _decision(db: Session, row: Decision) -> Document:
    asked = decisions.asked(db, row.id)
    return {
        "kind": row.kind, "opened": row.opened_at, "closes": row.closes_at, "closed": row.closed_at,
        "outcome": row.outcome, "void": row.void_reason, "working": row.working.get("lines", []),
        "minute": row.meeting.get("minute"), "policy": row.policy, "asked": len(asked),
        "answered": sum(bool(one.choice or one.interest) for one, _, _ in asked),
    }  # fmt: skip


def _delegation(db: Session, case: Case) -> Document | None:
    row = delivery.delegation_of(db, case.id)
    if row is None:
        return None
    return {"limit": row.limit, "chair": row.chair_post, "in_force": row.in_force_at, "policy": row.policy}


def lines(found: Document) -> Iterator[str]:
    """The same for a person."""
    yield f"{found['ref']}  {found['title']}"
    yield f"  stage      {found['stage']}, since {spoken_deadline(found['since'])}"
    yield f"  amount     {pounds(found['amount']) or 'not known yet'}, {found['service']}, led by {found['lead']}"
    yield from _waits(found["waits"])
    for one in found["versions"]:
        yield f"  version    {one['number']} ({one['kind']}), {spoken_deadline(one['frozen'])}, {one['sha256'][:12]}"
    for one in found["advice"]:
        yield f"  advice     {one['post']}: {one['recommendation'] or 'missing'}"
    for one in found["decisions"]:
        yield from _told(one)
    for one in found["conditions"]:
        yield f"  condition  {one['id']}: {one['text']} ({'met' if one['met'] else 'to be met'})"
    if found["delegation"]:
        state = "in force" if found["delegation"]["in_force"] else "drafted"
        yield f"  delegation {pounds(found['delegation']['limit'])}, chaired by {found['delegation']['chair']}, {state}"
    for one in found["appointments"]:
        yield f"  {one['seat']:<10} {one['person']}: {one['answer'] or 'not answered yet'}"
    yield f"  page       {found['page']}"


def _waits(waits: Document | None) -> Iterator[str]:
    if waits is None:
        yield "  waits for  nobody: it is at its end"
        return
    yield f"  waits for  {waits['who']}: {waits['what']}{', ' + waits['until'] if waits['until'] else ''}"
    if waits["names"] != [waits["who"]]:
        yield from (f"             {name}" for name in waits["names"])
    if waits["also"]:
        yield f"             {waits['also']}"


def _told(one: Document) -> Iterator[str]:
    answered = f"{one['answered']} of {one['asked']} answered"
    if one["closed"] is None:
        yield f"  decision   {one['kind']}, open, {answered}"
    else:
        yield f"  decision   {one['kind']}: {one['outcome'] or one['void']}, {answered}"
    yield from (f"             {line}" for line in one["working"])
