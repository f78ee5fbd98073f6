"""The parts of the case page, each read from the database as plain values for its template."""

from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import delegations
from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Assignment, Decision
from bjc.db.people import Person, Post
from bjc.db.questions import decisions, delivery, people
from bjc.db.questions.cases import latest_version, questions_asked
from bjc.db.questions.papers import names
from bjc.rules.case import CaseDocument, scope_model
from bjc.rules.decision import WORDING, Choice, DecisionKind
from bjc.rules.working_days import spoken_date, spoken_deadline
from bjc.web import drafts, paper
from bjc.web.words import DECISIONS, SEATS, VERSIONS, outcome_tag, short_hash

SUMMARY = ("ask", "funding_source", "purpose", "preferred_option")
LONGEST = 600  # characters of one answer in the summary


def body_rows(db: Session, version: CaseVersion) -> list[tuple[str, str, str]]:
    """(field, label, answer) of a frozen version, in the order of its form; what the form no longer asks comes last."""
    named = [(service.key, service.name) for service in people.services(db)]
    model = scope_model(named) if version.kind == "scope" else CaseDocument
    known = [row for row in drafts.rows(model, version.body) if row[0] in version.body]
    left = [name for name in version.body if name not in model.model_fields]
    return known + [(name, name.replace("_", " ").capitalize(), str(version.body[name])) for name in left]


def summary(db: Session, case: Case) -> dict[str, Any] | None:
    """The newest frozen version in a few rows; None before anything was sent."""
    version = latest_version(db, case.id, "case") or latest_version(db, case.id, "scope")
    if version is None:
        return None
    rows = body_rows(db, version)
    wanted = [row for row in rows if row[0] in SUMMARY] if version.kind == "case" else rows
    return {
        "title": VERSIONS[version.kind], "number": version.number, "frozen": spoken_date(version.frozen_at),
        "rows": [(label, _shortened(said)) for _, label, said in wanted],
    }  # fmt: skip


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"


def questions(db: Session, case: Case) -> list[dict[str, str]]:
    """What the office asked, newest first."""
    return [
        {"number": str(row.number), "when": spoken_date(row.asked_at), "text": row.text}
        for row in reversed(questions_asked(db, case.id))
    ]


def decisions_taken(db: Session, case: Case, see_votes: bool) -> list[dict[str, Any]]:
    """Every decision, newest first; each member's vote only once it has closed, for those who may see it."""
    return [_decision(db, row, see_votes) for row in reversed(decisions.decisions_of(db, case.id))]


def _decision(db: Session, row: Decision, see_votes: bool) -> dict[str, Any]:
    asked = decisions.asked(db, row.id)
    closed = row.closed_at is not None
    version = db.get_one(CaseVersion, row.version_id)
    return {
        "title": DECISIONS.get(row.kind, row.kind), "opened": spoken_date(row.opened_at), "number": version.number,
        "tag": _state(row),
        "until": "" if closed else spoken_deadline(row.closes_at) if row.closes_at else "the next meeting",
        "closed": spoken_deadline(row.closed_at) if row.closed_at else "", "void": row.void_reason or "",
        "policy": row.policy, "working": row.working.get("lines", []), "minute": row.meeting.get("minute", ""),
        "asked": len(asked), "answered": sum(bool(a.choice or a.interest) for a, _, _ in asked),
        "votes": [_vote(row.kind, *one) for one in asked] if closed and row.outcome and see_votes else [],
    }  # fmt: skip


def _state(row: Decision) -> tuple[str, str]:
    if row.outcome:
        return outcome_tag(row.outcome, row.kind)
    return ("Ended without an outcome", "grey") if row.void_reason else ("Open", "blue")


def _vote(kind: str, row: Assignment, post: Post, person: Person) -> dict[str, str]:
    chosen = WORDING[DecisionKind(kind)][Choice(row.choice)] if row.choice else "No answer"
    said = "Declared an interest and withdrew" if row.interest else chosen
    reasons = [
        text
        for text in (row.reason, row.conditions and f"Conditions: {row.conditions}", row.interest)
        if text
    ]
    return {"who": person.name, "post": post.title, "said": said, "reason": "\n".join(dict.fromkeys(reasons))}


def advice(db: Session, case: Case) -> dict[str, Any] | None:
    """The advice asked on the newest case, given or missing; None before it was asked."""
    version = latest_version(db, case.id, "case")
    given = paper.opinions(db, version.id) if version else []
    return {"number": version.number, "given": given} if version and given else None


def delegation(db: Session, case: Case) -> dict[str, Any] | None:
    """The delegation, drafted or in force."""
    row = delivery.delegation_of(db, case.id)
    if row is None:
        return None
    since = spoken_date(row.in_force_at) if row.in_force_at else ""
    return {"since": since, "rows": paper.authority(db, delegations.snapshot(db, case))}


def conditions(db: Session, case: Case) -> list[dict[str, Any]]:
    """The conditions of approvals, met or not."""
    rows = decisions.conditions_of(db, case.id)
    titles = people.post_titles(db, [row.post for row in rows])
    return [
        {
            "id": row.id, "text": row.text, "post": titles.get(row.post, ""), "evidence": row.evidence,
            "met": spoken_date(row.met_at) if row.met_at else "",
        }
        for row in rows
    ]  # fmt: skip


def appointments(db: Session, case: Case) -> list[dict[str, Any]]:
    """Who was asked to take which seat, and what they said."""
    return [
        {
            "id": row.id, "seat": SEATS.get(row.seat, row.seat), "who": person.name, "reason": row.reason,
            "answer": (row.answer or "").capitalize(), "due": spoken_deadline(row.due_at),
        }
        for row, person in delivery.appointments_of(db, case.id)
    ]  # fmt: skip


def resolutions(db: Session, case: Case) -> list[dict[str, str]]:
    """What the Authorities resolved on the newest approval."""
    decision = decisions.latest_decision(db, case.id, "approval")
    titles = {service.key: service.authority for service in people.services(db)}
    return [
        {
            "authority": titles.get(row.service, row.service), "resolved": row.resolution.capitalize(),
            "when": spoken_date(row.met_on), "minute": row.minute, "text": row.text,
        }
        for row in (decisions.resolutions_of(db, decision.id) if decision else [])
    ]  # fmt: skip


def versions(db: Session, rows: list[CaseVersion]) -> list[dict[str, Any]]:
    """Every frozen version, newest first."""
    who = names(db, [row.frozen_by for row in rows])
    return [
        {
            "number": row.number, "kind": VERSIONS.get(row.kind, row.kind), "by": who.get(row.frozen_by, ""),
            "frozen": spoken_deadline(row.frozen_at), "short": short_hash(row.sha256), "sha256": row.sha256,
        }
        for row in reversed(rows)
    ]  # fmt: skip
