"""What tests of the office's pages do first: a case at a stage, and somebody signed in."""

from fastapi.testclient import TestClient

from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, draft_delegation, end_grace, everyone_votes, holder
from tests.web.conftest import sign_in

ABOVE = "1500000.00"


def make(database: Database, stage: Stage) -> str:
    """A case at a stage, also at those beside the straight way; its reference."""
    with database.writing() as db:
        if stage in (Stage.AUTHORITIES, Stage.DEFERRED):
            case = a_case(db, Stage.DECISION, amount=ABOVE)
            everyone_votes(db, case, Choice.DEFER if stage is Stage.DEFERRED else Choice.APPROVE)
            end_grace(db, case)
            settle(db, case.ref, NOW)
        else:
            case = a_case(db, stage)
        if stage is Stage.ANALYSIS:
            draft_delegation(db, case)
        assert case.stage == stage
        return case.ref


def as_post(client: TestClient, database: Database, post: str) -> Person:
    with database.reading() as db:
        person = holder(db, post)
        db.expunge(person)
    sign_in(client, person)
    return person


def at_the_office(client: TestClient, database: Database) -> None:
    as_post(client, database, "office-sfrs")


def case_of(database: Database, ref: str) -> Case:
    with database.reading() as db:
        case = case_by_ref(db, ref)
        db.expunge(case)
        return case
