"""The office drafts a delegation: shown again as it is, rewritten, and wrong fields named."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.db.questions import delivery
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import a_case, holder, lead_of
from tests.web.conftest import look, submit
from tests.web.desk_steps import at_the_office

DRAFT = {"group": "new-group", "new_group": "ICT working group", "limit": "£85,000.50",
         "chair_post": "pdb-hwfrs-deputy"}  # fmt: skip


def people_of(database: Database) -> dict[str, str]:
    with database.reading() as db:
        return {"sponsor_id": str(holder(db, "pdb-sfrs-assistant").id), "lead_id": str(lead_of(db).id)}


def draft(client: TestClient, database: Database, ref: str, **changes: str) -> Any:
    return submit(client, f"/cases/{ref}/delegation", {**DRAFT, **people_of(database), **changes})


def test_a_delegation_is_drafted_shown_again_and_rewritten(client: TestClient, database: Database) -> None:
    with database.writing() as db:
        ref = a_case(db, Stage.ANALYSIS).ref
    at_the_office(client, database)
    assert "5% over in cost, 6 weeks late" in look(client, f"/cases/{ref}/delegation").text
    assert draft(client, database, ref).headers["location"] == f"/cases/{ref}?done=drafted"
    shown = look(client, f"/cases/{ref}/delegation").form().values
    assert (shown["group"], shown["limit"], shown["chair_post"]) == (
        "ICT working group", "85000.50", "pdb-hwfrs-deputy",
    )  # fmt: skip
    submit(client, f"/cases/{ref}/delegation", {"limit": "90000", "reserved": "Staff numbers."})
    with database.reading() as db:
        row = delivery.delegation_of(db, case_by_ref(db, ref).id)
        assert row is not None
        assert (str(row.limit), row.reserved) == ("90000.00", "Staff numbers.")
        assert len(delivery.groups(db)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit": "a lot"}, "as an amount in pounds"),
        ({"limit": "0"}, "must be more than £0"),
        ({"new_group": ""}, "Enter the name of the new working group"),
        ({"group": ""}, "Select the working group"),
        ({"chair_post": ""}, "Select who chairs the group"),
        ({"chair_post": "office-sfrs"}, "Select who chairs the group"),
        ({"sponsor_id": ""}, "Select the executive sponsor"),
        ({"lead_id": "999999"}, "Select the project lead"),
    ],
)
def test_a_wrong_field_of_the_draft_is_named_and_the_rest_is_kept(
    lite: TestClient, sqlite: Database, changes: dict[str, str], words: str
) -> None:
    with sqlite.writing() as db:
        ref = a_case(db, Stage.ANALYSIS).ref
    at_the_office(lite, sqlite)
    answer = draft(lite, sqlite, ref, reserved="Staff numbers.", **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Staff numbers." in answer.text
    with sqlite.reading() as db:
        assert delivery.delegation_of(db, case_by_ref(db, ref).id) is None


def test_only_who_may_take_the_seat_is_offered_with_their_post(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        ref = a_case(db, Stage.ANALYSIS).ref
    at_the_office(lite, sqlite)
    page = look(lite, f"/cases/{ref}/delegation").html
    assert "Officer A3, Assistant Chief Fire Officer, SFRS</option>" in page
    assert "ICT Manager, SFRS</option>" in page
    assert "Clerk to the Authority" not in page
    assert "Independent adviser" not in page


def test_a_limit_above_the_cost_of_the_case_is_named_with_the_figure(
    lite: TestClient, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        ref = a_case(db, Stage.ANALYSIS).ref
    at_the_office(lite, sqlite)
    answer = draft(lite, sqlite, ref, limit="250000")
    assert answer.status_code == 422
    assert "The limit can be £191,100 at most" in answer.text
