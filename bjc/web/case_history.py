"""What happened to a case, newest first, as the viewer may read it (bjc/rules/history.py has the sentences)."""

from typing import Any

from sqlalchemy.orm import Session

from bjc.db.audit import AuditEntry
from bjc.db.cases import Case
from bjc.db.questions import decisions, people
from bjc.db.questions.cases import timeline
from bjc.db.questions.papers import names
from bjc.rules import history
from bjc.rules.history import Entry, Names
from bjc.rules.working_days import spoken_deadline


def happened(db: Session, case: Case, see_votes: bool, is_office: bool) -> list[dict[str, Any]]:
    """One dict (when, iso, title) an entry. What a member said shows once the decision has closed, to those who may
    see votes; until then only the office sees who has answered. Answers without a name are told together."""
    rows = [
        (row, Entry(row.event, row.actor, row.detail, row.at)) for row in reversed(timeline(db, case.ref))
    ]
    named = _names(db, case, [entry for _, entry in rows])
    closed = {row.id for row in decisions.decisions_of(db, case.id) if row.closed_at is not None}
    told: list[dict[str, Any]] = []
    for row, entry in rows:
        votes = see_votes and row.detail.get("decision") in closed
        nameless = history.is_of_a_member(entry) and not (votes or is_office)
        if nameless and told and told[-1]["answers"]:
            told[-1] |= _together(told[-1]["answers"] + 1)
        else:
            title = history.sentence(entry, named, votes=votes, voters=not nameless)
            told.append(_line(row, title, answers=int(nameless)))
    return told


def _line(row: AuditEntry, title: str, answers: int) -> dict[str, Any]:
    when, iso = spoken_deadline(row.at), row.at.isoformat(timespec="seconds")
    return {"when": when, "iso": iso, "title": title, "answers": answers}


def _together(answers: int) -> dict[str, Any]:
    return {"answers": answers, "title": f"Members of the board answered, {answers} times"}


def _names(db: Session, case: Case, entries: list[Entry]) -> Names:
    persons = {i for entry in entries for i in history.persons_in(entry)}
    posts = {key for entry in entries for key in history.posts_in(entry)}
    short = {service.key: service.short_name for service in people.services(db)}
    kinds = {row.id: row.kind for row in decisions.decisions_of(db, case.id)}
    texts = {row.id: row.text for row in decisions.conditions_of(db, case.id)}
    return Names(names(db, persons), people.post_titles(db, posts), short, kinds, texts)
