"""Opening a case from the triage form: once, however often the form is sent."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bjc.actions.cases import open_case
from bjc.db.cases import Case, Counter
from bjc.rules.triage import TriageAnswers


def open_once(
    db: Session, form: str, lead_id: int, service: str, answers: TriageAnswers, now: datetime
) -> Case:
    """The case that this form opened, now or before. `form` is at most 20 characters, made new for each form.

    The form's name is taken first: of two sendings at one moment the second waits here for the first,
    and then finds its case.
    """
    name = _name(form, lead_id)
    opened = opened_by(db, form, lead_id)
    if opened is not None:
        return opened
    try:
        with db.begin_nested():
            db.execute(insert(Counter).values(name=name, value=0))
    except IntegrityError:
        opened = opened_by(db, form, lead_id)
        if opened is None:
            raise
        return opened
    case, _ = open_case(db, lead_id, service, answers, now)
    db.execute(update(Counter).where(Counter.name == name).values(value=case.id))
    return case


def opened_by(db: Session, form: str, lead_id: int) -> Case | None:
    """The case that this person's form has opened, if it has."""
    return db.scalar(
        select(Case).join(Counter, Counter.value == Case.id).where(Counter.name == _name(form, lead_id))
    )


def _name(form: str, lead_id: int) -> str:
    return f"form-{lead_id}-{form}"
