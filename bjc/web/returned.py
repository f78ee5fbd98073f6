"""What the board told the lead: why a draft is with them again, or a case ended; conditions to write it by."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Decision
from bjc.db.questions import decisions
from bjc.db.questions.cases import latest_version, questions_asked
from bjc.rules.decision import DecisionKind
from bjc.rules.stages import Stage
from bjc.rules.working_days import spoken_date
from bjc.web.words import outcome_tag

KIND = {Stage.SCOPING: "scope", Stage.DRAFTING: "case"}
SETTLED = frozenset({Stage.AUTHORITIES, Stage.DEFERRED, Stage.REJECTED})
Notes = list[dict[str, Any]]


def returned(db: Session, case: Case) -> Notes:
    """What came back with the draft, newest version only: dicts of title, when, text, conditions, reasons and lines."""
    version = _version(db, case)
    return (_questions(db, case, version.frozen_at) if version else []) + told(db, case)


def told(db: Session, case: Case) -> Notes:
    """What the board or an Authority said, for the lead: on a draft sent back, on a case deferred, ended or passed on,
    and the conditions of the scope while the case is written."""
    decision = decisions.latest_decision(db, case.id)
    if Stage(case.stage) in SETTLED:
        return _decision(db, decision) if decision else []
    version = _version(db, case)
    about_draft = decision is not None and version is not None and decision.version_id == version.id
    return (_decision(db, decision) if decision and about_draft else []) + _scope(db, case)


def _version(db: Session, case: Case) -> CaseVersion | None:
    return latest_version(db, case.id, KIND.get(Stage(case.stage), ""))


def _scope(db: Session, case: Case) -> Notes:
    """The scope that the board recommended, where it said on what conditions or why."""
    if Stage(case.stage) is not Stage.DRAFTING:
        return []
    decision = decisions.latest_decision(db, case.id, DecisionKind.SCOPE)
    if decision is None or decision.closed_at is None or not any(decisions.said(db, decision.id)):
        return []
    return [_outcome(db, decision, spoken_date(decision.closed_at))]


def _questions(db: Session, case: Case, since: datetime) -> Notes:
    return [
        {"title": f"Question {row.number} from the programme office", "when": spoken_date(row.asked_at),
         "text": row.text}
        for row in questions_asked(db, case.id)
        if row.asked_at >= since
    ]  # fmt: skip


def _decision(db: Session, decision: Decision) -> Notes:
    if decision.closed_at is None:
        return []
    when = spoken_date(decision.closed_at)
    if decision.void_reason:
        return [{"title": "The decision was ended", "when": when, "text": f"Because {decision.void_reason}."}]
    resolved = [
        {"title": f"The Authority {row.resolution} it", "when": spoken_date(row.met_on), "text": row.text}
        for row in decisions.resolutions_of(db, decision.id)
        if row.resolution != "agreed"
    ]
    return resolved or [_outcome(db, decision, when)]


def _outcome(db: Session, decision: Decision, when: str) -> dict[str, Any]:
    """The board's outcome with conditions and reasons that members gave; whose they are is not said here."""
    words, _ = outcome_tag(decision.outcome or "closed", decision.kind)
    said = decisions.said(db, decision.id)
    return {
        "title": f"The board's outcome: {words.lower()}", "when": when, "conditions": said.conditions,
        "reasons": said.reasons, "lines": list(decision.working.get("lines", [])),
    }  # fmt: skip
