"""The audit (design.md D13): one hash chain a stream, appended under the stream's head row.

Migrations add triggers that refuse UPDATE and DELETE on `audit_entry`. Entries carry post and person
ids, never names: this part can never be deleted.
"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bjc.db.columns import Instant, Table, document


class AuditHead(Table):
    """The end of one stream: a case's reference, or `alliance`."""

    __tablename__ = "audit_head"
    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(Table):
    """One change of state. `hash` covers the previous hash and the whole entry as canonical JSON (RFC 8785)."""

    __tablename__ = "audit_entry"
    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    event: Mapped[str] = mapped_column(String(60))
    actor: Mapped[document]
    detail: Mapped[document]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
