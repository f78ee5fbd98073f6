"""A lead withdraws a case or takes it back, with a reason, and nobody else does."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import (
    NOW,
)
from tests.web.case_steps import buttons, make, seen_by, stage_of
from tests.web.conftest import look, send, submit
from tests.web.page_reader import read


def test_a_lead_withdraws_with_a_reason(client: TestClient, database: Database) -> None:
    ref = make(database, Stage.DECISION)
    seen_by(client, database, "lead", ref)
    page = look(client, f"/cases/{ref}/withdraw")
    assert "votes given so far are void" in page.text
    empty = send(client, page, {})
    assert empty.status_code == 422
    assert read(empty).links["Enter your reason"] == "#reason"
    response = send(client, page, {"reason": "The <b>money</b> is gone."})
    assert response.headers["location"] == f"/cases/{ref}?done=withdrawn"
    shown = look(client, response.headers["location"])
    assert "The case is withdrawn." in shown.text
    assert "Reason given for the last move: The <b>money</b> is gone." in shown.text
    assert "<b>money" not in shown.html
    assert "Ended without an outcome" in shown.text
    assert buttons(shown, ref) == set()
    again = send(client, page, {"reason": "The <b>money</b> is gone."})
    assert again.headers["location"] == f"/cases/{ref}?done=withdrawn", "a second click is quiet"
    assert send(client, page, {"reason": "Another reason."}).status_code == 409


def test_a_lead_takes_a_case_back_from_the_board(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.DECISION)
    seen_by(lite, sqlite, "lead", ref)
    response = submit(lite, f"/cases/{ref}/recall", {"reason": "A figure is wrong."})
    assert response.headers["location"] == f"/cases/{ref}?done=recalled"
    page = look(lite, f"/cases/{ref}")
    assert Stage(stage_of(sqlite, ref)) is Stage.DRAFTING
    assert "Officer L2 (project lead) recalled the case; votes given so far are void" in page.text
    assert "The decision was ended" in look(lite, f"/cases/{ref}/sections").text


@pytest.mark.parametrize(("path", "stage"), [("recall", Stage.SCOPING), ("withdraw", Stage.APPROVED)])
def test_a_move_that_the_lifecycle_does_not_allow_now_is_refused(
    lite: TestClient, sqlite: Database, path: str, stage: Stage
) -> None:
    ref = make(sqlite, stage)
    seen_by(lite, sqlite, "lead", ref)
    assert "where this cannot be done" in look(lite, f"/cases/{ref}/{path}", 409).text


@pytest.mark.parametrize("path", ["recall", "withdraw"])
def test_nobody_but_the_lead_may_move_it(lite: TestClient, sqlite: Database, path: str) -> None:
    ref = make(sqlite, Stage.DECISION)
    for who in ("office", "member", "other"):
        page = seen_by(lite, sqlite, who, ref)
        data = {"_csrf": page.forms[0].values["_csrf"], "reason": "Because I can."}
        assert lite.get(f"/cases/{ref}/{path}").status_code == 403
        assert lite.post(f"/cases/{ref}/{path}", data=data).status_code == 403
    assert stage_of(sqlite, ref) == Stage.DECISION


def test_what_is_said_after_a_move_is_only_what_we_wrote(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.SCOPING)
    seen_by(lite, sqlite, "lead", ref)
    assert "<script>" not in look(lite, f"/cases/{ref}?done=<script>alert(1)</script>").html
    assert "govuk-notification-banner" not in look(lite, f"/cases/{ref}?done=nonsense").html


def test_times_are_told_in_london_time(lite: TestClient, sqlite: Database) -> None:
    lite.app.state.moment = NOW + timedelta(hours=4, minutes=2)  # type: ignore[attr-defined]
    ref = make(sqlite, Stage.SCOPING)
    seen_by(lite, sqlite, "lead", ref)
    submit(lite, f"/cases/{ref}/withdraw", {"reason": "Not wanted."})
    assert "withdrew the case 2:02pm on Wed 1 Jul 2026" in look(lite, f"/cases/{ref}").text
