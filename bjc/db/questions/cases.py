"""Cases: one by its reference, many by stage, the frozen versions, and what stands beside them."""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bjc.db.audit import AuditEntry
from bjc.db.cases import Case, CaseVersion, Question
from bjc.db.people import Person
from bjc.errors import NotFound

# Made once: every action begins with the first.
_LOCK = (
    select(Case)
    .where(Case.ref == bindparam("ref"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LATEST_VERSION = (
    select(CaseVersion)
    .where(CaseVersion.case_id == bindparam("case"), CaseVersion.kind == bindparam("kind"))
    .order_by(CaseVersion.number.desc())
    .limit(1)
)


def case_by_ref(db: Session, ref: str) -> Case:
    """The case of this reference; raises NotFound."""
    found = db.scalar(select(Case).where(Case.ref == ref.strip().upper()))
    if found is None:
        raise NotFound(f"There is no case {ref!r}.", "Check the reference, like BJC-2026-014.")
    return found


def lock_case(db: Session, ref: str) -> Case:
    """The case, locked for this transaction and read afresh. First in the lock order of every action."""
    found = db.scalar(_LOCK, {"ref": ref})
    return found if found is not None else case_by_ref(db, ref)


def all_cases(db: Session, stages: Iterable[str] = ()) -> list[tuple[Case, Person]]:
    """Cases with their leads, newest first; only those in `stages` when any are named."""
    query = select(Case, Person).join(Person, Person.id == Case.lead_id).order_by(Case.id.desc())
    wanted = list(stages)
    found = db.execute(query.where(Case.stage.in_(wanted)) if wanted else query)
    return [(case, lead) for case, lead in found]


def cases_of_lead(db: Session, person_id: int) -> list[Case]:
    """The cases that a person leads, newest first."""
    return list(db.scalars(select(Case).where(Case.lead_id == person_id).order_by(Case.id.desc())))


def count_cases(db: Session) -> int:
    """How many cases there are."""
    return db.scalar(select(func.count()).select_from(Case)) or 0


def latest_version(db: Session, case_id: int, kind: str) -> CaseVersion | None:
    """The newest frozen version of a kind (`scope` or `case`)."""
    return db.scalar(_LATEST_VERSION, {"case": case_id, "kind": kind})


def versions(db: Session, case_id: int) -> list[CaseVersion]:
    """Every frozen version, oldest first."""
    query = select(CaseVersion).where(CaseVersion.case_id == case_id).order_by(CaseVersion.number)
    return list(db.scalars(query))


def questions_asked(db: Session, case_id: int) -> list[Question]:
    """The questions that sent the case back, in order."""
    return list(db.scalars(select(Question).where(Question.case_id == case_id).order_by(Question.number)))


def timeline(db: Session, ref: str) -> list[AuditEntry]:
    """What happened to a case, oldest first."""
    return list(db.scalars(select(AuditEntry).where(AuditEntry.stream == ref).order_by(AuditEntry.seq)))
