"""That the work was done: rows counted on both sides, every hash chain walked, every case where it should be."""

from sqlalchemy import func, select

from bjc.actions.audit import problems
from bjc.db.audit import AuditEntry, AuditHead
from bjc.db.cases import Case
from bjc.db.decisions import Decision
from bjc.db.mail import Outbox
from bjc.db.session import Database
from bjc.db.tables import metadata
from bjc.rules.decision import OutcomeKind
from bjc.rules.stages import Stage

SHARED = ("counter", "working_group")  # one row for all cases


def count(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.reading() as db:
        tables = (table for table in metadata.sorted_tables if table.name not in SHARED)
        return {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def rows_of_one(before: dict[str, int], after: dict[str, int], cases: int) -> dict[str, float]:
    """The rows that one case adds, table by table."""
    return {name: (after[name] - before[name]) / cases for name in after if after[name] != before[name]}


def check(database: Database, cases: int) -> None:
    """Raise AssertionError unless every chain is sound and every case was approved, delegated and written to."""
    with database.reading() as db:
        entries = db.scalars(select(AuditEntry).order_by(AuditEntry.stream, AuditEntry.seq))
        faults = problems(entries, {head.stream: head for head in db.scalars(select(AuditHead))})
        stages = list(db.scalars(select(Case.stage)))
        outcomes = set(db.scalars(select(Decision.outcome)))
        unsent = db.scalar(select(func.count()).where(Outbox.status != "sent"))
    assert not faults, faults[:3]
    assert stages == [Stage.DELEGATED.value] * cases, stages[:3]
    assert outcomes == {OutcomeKind.APPROVED.value}, outcomes
    assert not unsent, f"{unsent} mails were not sent"
