"""People who were asked something, with the link in their mail; and the whole database at a glance."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions import links
from bjc.db.cases import Case
from bjc.db.mail import Outbox
from bjc.db.questions.cases import latest_version
from bjc.db.session import Database
from bjc.db.tables import metadata
from bjc.rules.notices import Purpose
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, assignments, decisions, delivery, open_decision
from tests.web.page_reader import Read, read

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """One person, one question, one link."""

    ref: str
    purpose: Purpose
    subject_id: int
    person_id: int
    name: str
    secret: str

    @property
    def link(self) -> str:
        return f"/d/{self.secret}"

    @property
    def address(self) -> str:
        return f"/{self.purpose.value}/{self.subject_id}"


def mint(db: Session, purpose: Purpose, subject_id: int, person_id: int) -> str:
    """The secret of a link that lives for a month, so longer than what it is for."""
    return links.mint(db, purpose, subject_id, person_id, NOW, NOW + MONTH).secret


def board(database: Database, stage: Stage = Stage.DECISION) -> list[Asked]:
    """Every member asked to decide on a new case."""
    with database.writing() as db:
        case = a_case(db, stage)
        return [
            _asked(db, case, Purpose.DECIDE, row.id, who.id, who.name) for row, who in assignments(db, case)
        ]


def advisers(database: Database) -> list[Asked]:
    """Everybody asked for advice on a new case."""
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        version = latest_version(db, case.id, "case")
        assert version is not None
        rows = decisions.advice_on(db, version.id)
        return [_asked(db, case, Purpose.ADVISE, row.id, who.id, who.name) for row, who in rows]


def appointed(database: Database) -> list[Asked]:
    """Everybody offered a seat in the group of a new case."""
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        rows = delivery.appointments_of(db, case.id)
        return [_asked(db, case, Purpose.APPOINTMENT, row.id, who.id, who.name) for row, who in rows]


def _asked(db: Session, case: Case, purpose: Purpose, subject: int, person: int, name: str) -> Asked:
    return Asked(case.ref, purpose, subject, person, name, mint(db, purpose, subject, person))


def enter(client: TestClient, asked: Asked) -> Read:
    """Open the link and read what it leads to; then as long passes as a person takes to read."""
    opened = client.get(asked.link)
    assert (opened.status_code, opened.headers["location"]) == (303, asked.address)
    page = read(client.get(asked.address))
    read_it(client)
    return page


def read_it(client: TestClient, seconds: float = 20) -> None:
    """Time passes."""
    app: Any = client.app
    app.state.moment += timedelta(seconds=seconds)


def vote(client: TestClient, asked: Asked, choice: str = "approve", **more: str) -> httpx.Response:
    """Open the link, choose, confirm, send."""
    form = enter(client, asked).form()
    return client.post(asked.address, data={**form.values, "choice": choice, "sure": "yes", **more})


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def mails(database: Database, kind: str, subject_id: int) -> list[Outbox]:
    """The mails of a kind about one subject, oldest first."""
    with database.reading() as db:
        query = select(Outbox).where(Outbox.kind == kind, Outbox.subject_id == subject_id)
        found = list(db.scalars(query.order_by(Outbox.id)))
        db.expunge_all()
        return found


def case_of(db: Session, ref: str) -> Case:
    """The case of this reference."""
    return db.scalars(select(Case).where(Case.ref == ref)).one()


def close_by_deadline(client: TestClient, database: Database, ref: str) -> None:
    """Let the time for answers run out."""
    app: Any = client.app
    with database.reading() as db:
        closes = open_decision(db, case_of(db, ref)).closes_at
    assert closes is not None
    app.state.moment = closes
