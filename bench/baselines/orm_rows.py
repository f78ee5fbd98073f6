"""What the steps of the plain ORM road share: find, freeze, record, write a mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.baselines import paper
from bjc.db.audit import AuditEntry, AuditHead
from bjc.db.cases import Case, CaseVersion
from bjc.db.decisions import Assignment, Decision, Link
from bjc.db.mail import Outbox
from bjc.db.people import Holding, Person, Post

Letters = list[tuple[str, str]]


def freeze(db: Session, case: Case, kind: str, body: dict[str, Any], now: datetime) -> CaseVersion:
    known = list(db.scalars(select(CaseVersion).where(CaseVersion.case_id == case.id)))
    version = CaseVersion(
        case_id=case.id, number=len(known) + 1, kind=kind, body=body, sha256=paper.digest(body),
        frozen_at=now, frozen_by=case.lead_id,
    )  # fmt: skip
    db.add(version)
    db.flush()
    return version


def record(
    db: Session, stream: str, event: str, actor: int | None, now: datetime, detail: dict[str, Any]
) -> None:
    head = db.get(AuditHead, stream, with_for_update=True)
    entry = paper.entry(stream, (head.seq, head.hash) if head else None, event, actor, now, detail)
    digest = paper.digest(entry)
    db.add(AuditEntry(**{**entry, "at": now}, hash=digest))
    if head is not None:
        head.seq, head.hash = entry["seq"], digest
        return
    db.add(AuditHead(stream=stream, seq=1, hash=digest))
    db.flush()
    if stream != "alliance":
        record(db, "alliance", "stream begun", actor, now, {"stream": stream, "first": digest})


def tell_lead_and_office(
    db: Session,
    letters: Letters,
    case: Case,
    version: CaseVersion,
    kind: str,
    now: datetime,
    more: Iterable[Person] = (),
) -> None:
    office = [person for _, person in holders(db, Post.kind == "office")]
    everybody = {person.id: person for person in (db.get_one(Person, case.lead_id), *more, *office)}
    for person in everybody.values():
        mail(db, letters, case, version, kind, ("case", case.id), person, now)


def mail(
    db: Session, letters: Letters, case: Case, version: CaseVersion, kind: str, subject: tuple[str, int],
    person: Person, now: datetime,
) -> None:  # fmt: skip
    about = paper.About(case.ref, case.title, float(case.amount or 0), version.number, version.sha256)
    secret, hashed = paper.new_secret() if kind in paper.WITH_LINK else ("", "")
    letter = paper.write(kind, about, person.name, person.email, secret, now)
    row = Outbox(
        kind=kind, subject_kind=subject[0], subject_id=subject[1], case_id=case.id, person_id=person.id,
        occasion=kind, queued_at=now, not_before=now, status="sent", sent_at=now, address=person.email,
        subject_line=letter.subject, text=letter.text,
    )  # fmt: skip
    db.add(row)
    if not secret:
        return
    db.flush()
    purpose = {"assignment": "decide", "advice": "advise"}.get(subject[0], "appointment")
    db.add(Link(purpose=purpose, subject_id=subject[1], person_id=person.id, version_id=version.id,
                outbox_id=row.id, secret_hash=hashed, minted_at=now, expires_at=paper.due(now, 28)))  # fmt: skip
    letters.append((kind, secret))


def case_by_ref(db: Session, ref: str) -> Case:
    return db.scalars(select(Case).where(Case.ref == ref).with_for_update()).one()


def newest_version(db: Session, case: Case) -> CaseVersion:
    query = select(CaseVersion).where(CaseVersion.case_id == case.id, CaseVersion.kind == "case")
    return db.scalars(query.order_by(CaseVersion.number.desc())).first() or CaseVersion()


def live_link(db: Session, secret: str, now: datetime) -> Link:
    link = db.scalars(select(Link).where(Link.secret_hash == paper.hash_of(secret))).one()
    assert link.revoked_at is None
    assert now < link.expires_at
    return link


def holders(db: Session, which: Any) -> list[tuple[Post, Person]]:
    rows = db.execute(
        select(Post, Person)
        .join(Holding, Holding.post == Post.key)
        .join(Person, Person.id == Holding.person_id)
        .where(which, Holding.until.is_(None))
        .order_by(Post.service, Post.key)
    )
    return [(post, person) for post, person in rows]


def votes_of(db: Session, decision: Decision) -> list[tuple[str | None, str | None]]:
    rows = db.execute(
        select(Post.service, Assignment.choice)
        .join(Post, Post.key == Assignment.post)
        .where(Assignment.decision_id == decision.id)
    )
    return [(service, choice) for service, choice in rows]
