"""What the steps of the Core road share: find, freeze, record, write a mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bench.baselines import paper
from bench.baselines import statements as sql

Letters = list[tuple[str, str]]


def tell_lead_and_office(
    db: Connection,
    letters: Letters,
    case: Row[Any],
    about: paper.About,
    kind: str,
    now: datetime,
    more: Iterable[int] = (),
) -> None:
    office = [row.id for row in db.execute(sql.OF_KIND, {"which": "office"})]
    everybody = list(dict.fromkeys((case.lead_id, *more, *office)))
    for row in db.execute(sql.PERSONS, {"ids": everybody}).all():
        mail(db, letters, case, about, kind, ("case", case.id), (row.id, row.name, row.email), now)


def mail(
    db: Connection, letters: Letters, case: Row[Any], about: paper.About, kind: str, subject: tuple[str, int],
    to: tuple[int, str, str], now: datetime, version: int | None = None,
) -> None:  # fmt: skip
    person, name, address = to
    secret, hashed = paper.new_secret() if kind in paper.WITH_LINK else ("", "")
    letter = paper.write(kind, about, name, address, secret, now)
    row = {
        "kind": kind, "subject_kind": subject[0], "subject_id": subject[1], "case_id": case.id,
        "person_id": person, "occasion": kind, "queued_at": now, "not_before": now, "status": "sent",
        "sent_at": now, "address": address, "subject_line": letter.subject, "text": letter.text,
    }  # fmt: skip
    mail = add(db, "outbox", row)
    if not secret:
        return
    purpose = {"assignment": "decide", "advice": "advise"}.get(subject[0], "appointment")
    link = {
        "purpose": purpose, "subject_id": subject[1], "person_id": person, "version_id": version,
        "outbox_id": mail, "secret_hash": hashed, "minted_at": now, "expires_at": paper.due(now, 28),
    }  # fmt: skip
    db.execute(sql.ADD["link"], link)
    letters.append((kind, secret))


def add(db: Connection, table: str, row: dict[str, Any]) -> int:
    return int(db.execute(sql.ADD[table], row).scalar_one())


def case_by_ref(db: Connection, ref: str) -> Row[Any]:
    return db.execute(sql.CASE_BY_REF, {"ref": ref}).one()


def save(db: Connection, case: Row[Any], **values: Any) -> None:
    db.execute(sql.SET["bjc_case"], {"of": case.id, "lock_version": case.lock_version + 1, **values})


def newest(db: Connection, case: Row[Any]) -> tuple[int, paper.About]:
    row = db.execute(sql.NEWEST, {"case": case.id}).one()
    return row.id, paper.About(case.ref, case.title, float(case.amount), row.number, row.sha256)


def freeze(
    db: Connection, case: Row[Any], kind: str, body: dict[str, Any], now: datetime
) -> tuple[int, paper.About]:
    number, sha256 = len(db.execute(sql.VERSIONS, {"case": case.id}).all()) + 1, paper.digest(body)
    row = {
        "case_id": case.id, "number": number, "kind": kind, "body": body, "sha256": sha256, "frozen_at": now,
        "frozen_by": case.lead_id,
    }  # fmt: skip
    return add(db, "case_version", row), paper.About(case.ref, case.title, float(case.amount), number, sha256)


def live_link(db: Connection, secret: str, now: datetime) -> Row[Any]:
    link = db.execute(sql.LINKED, {"hash": paper.hash_of(secret)}).one()
    assert link.revoked_at is None
    assert now < link.expires_at
    return link


def record(
    db: Connection, stream: str, event: str, actor: int | None, now: datetime, detail: dict[str, Any]
) -> None:
    head = db.execute(sql.CHAIN, {"stream": stream}).one_or_none()
    entry = paper.entry(stream, (head.seq, head.hash) if head else None, event, actor, now, detail)
    digest = paper.digest(entry)
    db.execute(sql.ADD["audit_entry"], {**entry, "at": now, "hash": digest})
    if head:
        db.execute(sql.MOVE_CHAIN, {"of": stream, "seq": entry["seq"], "hash": digest})
        return
    db.execute(sql.ADD["audit_head"], {"stream": stream, "seq": 1, "hash": digest})
    if stream != "alliance":
        record(db, "alliance", "stream begun", actor, now, {"stream": stream, "first": digest})
