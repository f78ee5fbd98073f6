"""Between approval and delegation: conditions recorded as met, and somebody else named for a seat."""

from fastapi.testclient import TestClient

from bjc.actions import appointments
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, assignments, end_grace, holder, office, vote
from tests.web.conftest import look, submit
from tests.web.desk_steps import at_the_office


def approved_with_a_condition(database: Database) -> tuple[str, int]:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        for number, (row, _) in enumerate(assignments(db, case)):
            more = {} if number else {"conditions": "Sign the DPIA.", "reason": "Sound."}
            vote(db, case, row, Choice.APPROVE if number else Choice.APPROVE_WITH_CONDITIONS, **more)
        end_grace(db, case)
        settle(db, case.ref, NOW)
        return case.ref, decisions.conditions_of(db, case.id)[0].id


def test_a_condition_is_recorded_as_met_with_its_evidence(client: TestClient, database: Database) -> None:
    ref, number = approved_with_a_condition(database)
    at_the_office(client, database)
    address = f"/cases/{ref}/conditions/{number}"
    assert "Sign the DPIA." in look(client, address).text
    assert submit(client, address, {"evidence": ""}).status_code == 422
    assert submit(client, address, {"evidence": "Signed on 30 June; file 12."}).status_code == 303
    assert "recorded as met already" in look(client, address, 409).text
    assert "There is no such condition" in look(client, f"/cases/{ref}/conditions/999", 404).text


def declined(database: Database, seat: str) -> tuple[str, int]:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        row, person = next((r, p) for r, p in delivery.appointments_of(db, case.id) if r.seat == seat)
        appointments.answer(db, row.id, False, "I retire in May.", Actor("member", person.id, "link"), NOW)
        return case.ref, row.id


def test_somebody_else_is_named_for_a_declined_seat(client: TestClient, database: Database) -> None:
    ref, number = declined(database, "sponsor")
    at_the_office(client, database)
    address = f"/cases/{ref}/appointments/{number}/replace"
    assert "I retire in May." in look(client, address).text
    assert "Select who is to be appointed" in submit(client, address, {"person": ""}).text
    with database.reading() as db:
        heir = str(holder(db, "pdb-hwfrs-assistant").id)
    form = look(client, address).form()
    sent = [client.post(form.action, data={**form.values, "person": heir}) for _ in range(2)]
    assert [answer.headers["location"] for answer in sent] == [f"/cases/{ref}?done=replaced"] * 2
    with database.reading() as db:
        seats = [
            (row.seat, row.person_id) for row, _ in delivery.appointments_of(db, case_by_ref(db, ref).id)
        ]
        assert ("sponsor", int(heir)) in seats
        assert len(seats) == 3
    assert "has been filled" in look(client, address, 409).text


def test_only_members_of_the_board_are_offered_as_chair(lite: TestClient, sqlite: Database) -> None:
    ref, number = declined(sqlite, "chair")
    at_the_office(lite, sqlite)
    page = look(lite, f"/cases/{ref}/appointments/{number}/replace")
    assert page.html.count("<option") == 1 + 8
    with sqlite.reading() as db:
        stranger = str(office(db).person_id)
    assert submit(lite, page.path, {"person": stranger}).status_code == 422
