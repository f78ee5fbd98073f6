"""What happened to a case, newest first, as the viewer may read it (bjc/rules/history.py has the sentences)."""

from collections.abc import Callable
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
    """One dict (when, iso, title) an entry. What a member said shows once the decision has closed, to those
    who may see votes; until then only the office sees who has answered."""
    rows = [(row, Entry(row.event, row.actor, row.detail, row.at)) for row in reversed(timeline(db, case.ref))]
    named = _names(db, [entry for _, entry in rows])
    closed = {row.id for row in decisions.decisions_of(db, case.id) if row.closed_at is not None}
    tell = _teller(named, closed, see_votes, is_office)
    return [
        {"when": spoken_deadline(row.at), "iso": row.at.isoformat(timespec="seconds"), "title": tell(row, entry)}
        for row, entry in rows
    ]


def _teller(
    named: Names, closed: set[int], see_votes: bool, is_office: bool
) -> Callable[[AuditEntry, Entry], str]:
    def tell(row: AuditEntry, entry: Entry) -> str:
        votes = see_votes and row.detail.get("decision") in closed
        return history.sentence(entry, named, votes=votes, voters=votes or is_office)

    return tell


def _names(db: Session, entries: list[Entry]) -> Names:
    persons = {i for entry in entries for i in history.persons_in(entry)}
    posts = {key for entry in entries for key in history.posts_in(entry)}
    short = {service.key: service.short_name for service in people.services(db)}
    return Names(names(db, persons), people.post_titles(db, posts), short)
