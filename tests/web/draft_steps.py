"""A lead with a draft, and what its pages say: shared by the tests of sections and of the check."""

from typing import Any

from fastapi.testclient import TestClient

from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.case import SECTIONS
from bjc.rules.stages import Stage
from tests.builders import a_case, sections
from tests.web.conftest import look, send, sign_in
from tests.web.page_reader import Read


def a_lead(client: TestClient, database: Database, stage: Stage = Stage.DRAFTING, full: bool = False) -> str:
    """The lead of a case at this stage, signed in; `full` makes its draft complete. Returns the reference."""
    with database.writing() as db:
        case = a_case(db, stage)
        if full:
            case.sections = sections()
        ref, lead = case.ref, case.lead_id
    sign_in(client, lead)
    return ref


def kept(database: Database, ref: str) -> dict[str, Any]:
    with database.reading() as db:
        return dict(case_by_ref(db, ref).sections)


def status(page: Read, title: str) -> str:
    """The status that stands behind a section's title on the task list."""
    rest = page.text.rpartition(title)[2]
    found = {
        word: rest.find(word) for word in ("Completed", "Incomplete", "There is a problem", "Ready to submit")
    }
    return min((word for word, at in found.items() if at >= 0), key=lambda word: found[word])


def write_all(client: TestClient, ref: str) -> None:
    given = sections()
    for key in SECTIONS:
        page = look(client, f"/cases/{ref}/sections/{key.replace('_', '-')}")
        data = {name: str(given[name]) for name in page.form().names if name in given}
        assert send(client, page, data).status_code == 303
