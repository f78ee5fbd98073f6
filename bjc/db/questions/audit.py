"""The audit, read to be checked or handed over: its entries one by one, and where each stream ends."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.db.audit import AuditEntry, AuditHead

BATCH = 500


def entries(db: Session, stream: str = "") -> Iterator[AuditEntry]:
    """Every entry by stream and number, or those of one stream; read in batches, so that size costs no memory."""
    query = select(AuditEntry).order_by(AuditEntry.stream, AuditEntry.seq).execution_options(yield_per=BATCH)
    for batch in db.scalars(query.where(AuditEntry.stream == stream) if stream else query).partitions():
        yield from batch
        for entry in batch:
            db.expunge(entry)


def heads(db: Session) -> dict[str, AuditHead]:
    """Where each stream ends."""
    return {head.stream: head for head in db.scalars(select(AuditHead))}
