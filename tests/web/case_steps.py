"""A case at a stage and somebody who looks at its page: what the tests of the case pages share."""

from fastapi.testclient import TestClient

from bjc.actions.settle import settle
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from bjc.web.case_actions import ACTIONS
from tests.builders import NOW, a_case, end_grace, everyone_votes, holder, lead_of, office
from tests.web.conftest import look, sign_in
from tests.web.page_reader import Read


def people_of(database: Database) -> dict[str, int]:
    """One person of each kind, by what they are to a case."""
    with database.reading() as db:
        officer = office(db).person_id
        assert officer is not None
        return {
            "lead": lead_of(db).id, "office": officer, "member": holder(db, "pdb-sfrs-chief").id,
            "clerk": holder(db, "clerk-sfrs").id, "other": holder(db, "officer-sfrs-control").id,
        }  # fmt: skip


def make(database: Database, stage: Stage, amount: str = "182000.00") -> str:
    with database.writing() as db:
        return a_case(db, stage, amount=amount).ref


def decided(database: Database, choice: Choice, amount: str = "182000.00") -> str:
    ref = make(database, Stage.DECISION, amount)
    with database.writing() as db:
        case = case_by_ref(db, ref)
        everyone_votes(db, case, choice)
        end_grace(db, case)
        settle(db, ref, NOW)
    return ref


def stage_of(database: Database, ref: str) -> str:
    with database.reading() as db:
        return case_by_ref(db, ref).stage


def seen_by(client: TestClient, database: Database, who: str, ref: str) -> Read:
    sign_in(client, people_of(database)[who])
    return look(client, f"/cases/{ref}")


def buttons(page: Read, ref: str) -> set[str]:
    """The actions on offer: addresses under the case that belong to the table of actions."""
    known = {f"/cases/{ref}/{one.path}" for one in ACTIONS}
    return {href.removeprefix(f"/cases/{ref}/") for href in page.hrefs if href in known}
