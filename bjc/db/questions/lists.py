"""What the pages that list things ask: cases by stage and page, and what was decided lately."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.decisions import Decision
from bjc.db.people import Person, Service


class Listed(NamedTuple):
    """A case with its lead and its service."""

    case: Case
    lead: Person
    service: Service


def cases_on_page(db: Session, stages: Iterable[str], page: int, size: int) -> list[Listed]:
    """One page (from 1) of the cases in `stages` (all, when none are named), newest first."""
    query = (
        select(Case, Person, Service)
        .join(Person, Person.id == Case.lead_id)
        .join(Service, Service.key == Case.service)
        .order_by(Case.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    wanted = list(stages)
    found = db.execute(query.where(Case.stage.in_(wanted)) if wanted else query)
    return [Listed(case, lead, service) for case, lead, service in found]


def cases_by_stage(db: Session) -> dict[str, int]:
    """How many cases there are in each stage that has any."""
    rows = db.execute(select(Case.stage, func.count()).group_by(Case.stage))
    return {row[0]: row[1] for row in rows}


def decided_lately(db: Session, most: int) -> list[tuple[Decision, Case]]:
    """The decisions that closed last with an outcome, newest first."""
    rows = db.execute(
        select(Decision, Case)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.outcome.is_not(None), Decision.closed_at.is_not(None))
        .order_by(Decision.closed_at.desc(), Decision.id.desc())
        .limit(most)
    )
    return [(decision, case) for decision, case in rows]
