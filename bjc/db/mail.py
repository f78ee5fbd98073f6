"""The outbox (design.md D5): a mail is a row written with its cause; the postman sends it later."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc.db.columns import Id, Instant, Table, instant, key, refers


class Outbox(Table):
    """One mail to one person, once per (kind, subject, recipient, occasion).

    `subject_kind` and `subject_id` name the row it is about (case, assignment, advice, appointment, sign_in).
    Status: queued -> claimed -> sent; or parked, with the reason, for a person to look at.
    A request that is still queued when what it asks for is over becomes dropped, with the reason: nobody is to
    be asked for an answer that nobody takes. It is neither sent nor released.
    The 72 hours of trying count from `queued_at`, or from `trying_since` where a parked mail is sent again.
    What was sent is kept (`subject_line`, `text`), with the link taken out.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("kind", "subject_kind", "subject_id", "person_id", "occasion"),)
    id: Mapped[key]
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Id)
    case_id: Mapped[int | None] = refers("bjc_case.id")
    person_id: Mapped[int] = refers("person.id")
    occasion: Mapped[str] = mapped_column(String(60))
    queued_at: Mapped[instant]
    trying_since: Mapped[datetime | None] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[instant]
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_no: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(254))
    subject_line: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")


Index(
    "ix_outbox_waiting",
    Outbox.not_before,
    sqlite_where=Outbox.status.in_(("queued", "claimed")),
    postgresql_where=Outbox.status.in_(("queued", "claimed")),
)
