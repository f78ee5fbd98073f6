"""Where a case stands, as the operators' monitor shows it: bodies and posts by their titles, never persons."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions.facts import Wait, read_facts, wait_of
from bjc.db.people import Body
from bjc.db.questions.cases import case_by_ref
from bjc.db.questions.people import post_titles


@dataclass(frozen=True)
class Standing:
    """`awaited` is empty once nothing is waited for. `until` is an instant in UTC; `again` means that the
    case is only asked about again then."""

    ref: str
    stage: str
    waits_for: str = ""
    awaited: tuple[str, ...] = ()
    until: datetime | None = None
    again: bool = False


def standing(db: Session, ref: str, now: datetime) -> Standing:
    """Where this case stands now. While a body decides it is the body: who of it has answered is not shown."""
    case = case_by_ref(db, ref)
    facts = read_facts(db, case, now)
    wait = wait_of(case, facts)
    if wait is None:
        return Standing(case.ref, case.stage)
    again = wait.until is not None and wait.until == facts.review_at
    return Standing(case.ref, case.stage, wait.waits_for, _awaited(db, wait), wait.until, again)


def _awaited(db: Session, wait: Wait) -> tuple[str, ...]:
    if wait.body:
        return (db.scalar(select(Body.name).where(Body.key == wait.body)) or wait.body,)
    titles = post_titles(db, wait.posts)
    return tuple(titles.get(post, post) for post in wait.posts)
