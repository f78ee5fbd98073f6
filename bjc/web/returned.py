"""Why a draft is with its lead again: questions asked, a decision that did not carry, an Authority's wish."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Decision
from bjc.db.questions import decisions
from bjc.db.questions.cases import latest_version, questions_asked
from bjc.rules.stages import Stage
from bjc.rules.working_days import spoken_date
from bjc.web.words import OUTCOMES

KIND = {Stage.SCOPING: "scope", Stage.DRAFTING: "case"}


def returned(db: Session, case: Case) -> list[dict[str, Any]]:
    """What came back with the draft, newest version only: dicts of title, when, text and lines."""
    version = latest_version(db, case.id, KIND.get(Stage(case.stage), ""))
    if version is None:
        return []
    return _questions(db, case, version.frozen_at) + _decision(db, case, version)


def _questions(db: Session, case: Case, since: datetime) -> list[dict[str, Any]]:
    return [
        {"title": f"Question {row.number} from the programme office", "when": spoken_date(row.asked_at),
         "text": row.text}
        for row in questions_asked(db, case.id)
        if row.asked_at >= since
    ]  # fmt: skip


def _decision(db: Session, case: Case, version: CaseVersion) -> list[dict[str, Any]]:
    decision = decisions.latest_decision(db, case.id)
    if decision is None or decision.version_id != version.id or decision.closed_at is None:
        return []
    when = spoken_date(decision.closed_at)
    if decision.void_reason:
        return [{"title": "The decision was ended", "when": when, "text": f"Because {decision.void_reason}."}]
    said = [
        {"title": f"The Authority {row.resolution} it", "when": spoken_date(row.met_on), "text": row.text}
        for row in decisions.resolutions_of(db, decision.id)
        if row.resolution != "agreed"
    ]
    return said or [_outcome(db, decision, when)]


def _outcome(db: Session, decision: Decision, when: str) -> dict[str, Any]:
    """The board's outcome with the reasons that members gave; whose they are is not said here."""
    words = OUTCOMES.get(decision.outcome or "", ("Closed", ""))[0]
    reasons = [row.reason for row, _, _ in decisions.asked(db, decision.id) if row.reason]
    return {
        "title": f"The board's outcome: {words.lower()}", "when": when,
        "lines": list(decision.working.get("lines", [])), "reasons": list(dict.fromkeys(reasons)),
    }  # fmt: skip
