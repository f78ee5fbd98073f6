"""The office's pages about a case: who may open them, what they show, what they do, and that nothing typed is lost."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bjc.actions import appointments, cases
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import case_by_ref, questions_asked, timeline
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Event, Stage
from tests.builders import (
    NOW,
    a_case,
    assignments,
    draft_delegation,
    end_grace,
    everyone_votes,
    holder,
    lead_of,
    office,
    vote,
)
from tests.web.conftest import look, sign_in, submit

ABOVE = "1500000.00"
PAGES = {
    "questions": Stage.ANALYSIS,
    "open-without-advice": Stage.ANALYSIS,
    "delegation": Stage.ANALYSIS,
    "meeting": Stage.DECISION,
    "resolution": Stage.AUTHORITIES,
    "resume": Stage.DEFERRED,
    "end": Stage.DEFERRED,
}


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


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_office_is_for_the_office_alone(lite: TestClient, sqlite: Database, page: str) -> None:
    ref = make(sqlite, PAGES[page])
    address = f"/cases/{ref}/{page}"
    assert lite.get(address).status_code == 303  # to sign in
    for post in ("pdb-sfrs-chief", "officer-sfrs-ict", "pdb-hwfrs-finance"):
        as_post(lite, sqlite, post)
        assert "You may not" in look(lite, address, 403).text
    at_the_office(lite, sqlite)
    assert ref in look(lite, address).text


@pytest.mark.parametrize("page", PAGES)
def test_what_a_stranger_sends_is_refused_and_changes_nothing(
    lite: TestClient, sqlite: Database, page: str
) -> None:
    ref = make(sqlite, PAGES[page])
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/{page}").form()
    with sqlite.reading() as db:
        before = len(timeline(db, ref))
    as_post(lite, sqlite, "pdb-sfrs-chief")
    values = {**form.values, "_csrf": look(lite, "/").forms[0].values["_csrf"]}
    assert lite.post(form.action, data=values).status_code == 403
    with sqlite.reading() as db:
        assert len(timeline(db, ref)) == before


@pytest.mark.parametrize("page", PAGES)
def test_in_another_stage_the_page_says_where_the_case_stands(
    lite: TestClient, sqlite: Database, page: str
) -> None:
    ref = make(sqlite, Stage.DELEGATED)
    at_the_office(lite, sqlite)
    assert ref in look(lite, f"/cases/{ref}/{page}", 409).text


@pytest.mark.parametrize("page", PAGES)
def test_a_case_that_does_not_exist_is_not_found(lite: TestClient, sqlite: Database, page: str) -> None:
    at_the_office(lite, sqlite)
    assert "There is no case" in look(lite, f"/cases/BJC-2026-999/{page}", 404).text


def test_questions_send_the_case_back_in_exactly_those_words(client: TestClient, database: Database) -> None:
    ref = make(database, Stage.ANALYSIS)
    at_the_office(client, database)
    answer = submit(client, f"/cases/{ref}/questions", {"text": "1. Why twelve months?\n2. <b>Who</b> pays?"})
    assert answer.headers["location"] == f"/cases/{ref}?done=asked"
    with database.reading() as db:
        (question,) = questions_asked(db, case_by_ref(db, ref).id)
        assert question.text == "1. Why twelve months?\n2. <b>Who</b> pays?"
    assert "The questions are sent" in look(client, answer.headers["location"]).text


def test_an_empty_question_is_asked_for_and_sends_nothing(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    at_the_office(lite, sqlite)
    answer = submit(lite, f"/cases/{ref}/questions", {"text": " "})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert case_of(sqlite, ref).stage == "analysis"


@pytest.mark.parametrize(
    ("page", "words"),
    [("questions", {"text": "Why now?"}), ("open-without-advice", {"reason": "It is urgent."})],
)
def test_a_second_click_leads_to_where_the_first_one_did(
    lite: TestClient, sqlite: Database, page: str, words: dict[str, str]
) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/{page}").form()
    answers = [lite.post(form.action, data={**form.values, **words}) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]
    with sqlite.reading() as db:
        assert [e.event for e in timeline(db, ref)].count(
            Event.QUESTIONS_ASKED if page == "questions" else Event.OPENED_WITHOUT_ADVICE
        ) == 1


def test_what_was_typed_is_kept_when_the_case_has_moved_on(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/questions").form()
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        cases.lead_moves(
            db, ref, Event.WITHDRAWN, "No longer wanted.", Actor("project lead", case.lead_id), NOW
        )
    answer = lite.post(form.action, data={**form.values, "text": "A long and careful question."})
    assert answer.status_code == 409
    assert "A long and careful question." in answer.text
    assert "withdrawn" in answer.text


def test_opening_without_advice_lists_what_is_missing_and_asks_the_board(
    client: TestClient, database: Database
) -> None:
    ref = make(database, Stage.ANALYSIS)
    at_the_office(client, database)
    page = look(client, f"/cases/{ref}/open-without-advice")
    assert page.text.count("Finance advice") == 2
    assert page.text.count("Impact statement") == 2
    assert "Treasurer, HWFRS" in page.text
    submit(client, f"/cases/{ref}/open-without-advice", {"reason": "The board meets tomorrow."})
    case = case_of(database, ref)
    assert (case.stage, case.stage_reason) == ("decision", "The board meets tomorrow.")


def test_without_a_draft_delegation_the_decision_cannot_be_opened(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        ref = a_case(db, Stage.ANALYSIS).ref
    at_the_office(lite, sqlite)
    look(lite, f"/cases/{ref}/open-without-advice", 409)


@pytest.mark.parametrize(("page", "stage"), [("resume", "analysis"), ("end", "withdrawn")])
def test_a_deferred_case_is_resumed_or_ended_with_a_reason(
    client: TestClient, database: Database, page: str, stage: str
) -> None:
    ref = make(database, Stage.DEFERRED)
    at_the_office(client, database)
    assert "Next review" in look(client, f"/cases/{ref}/{page}").text
    assert submit(client, f"/cases/{ref}/{page}", {"reason": ""}).status_code == 422
    submit(client, f"/cases/{ref}/{page}", {"reason": "The grant came through."})
    assert case_of(database, ref).stage == stage


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


RESOLVED = {"service": "sfrs", "resolution": "agreed", "met_on-day": "1", "met_on-month": "7", "met_on-year": "2026",
            "minute": "47/2026", "text": "The Authority approved the case."}  # fmt: skip


def test_the_office_records_both_resolutions_and_the_case_is_approved(
    client: TestClient, database: Database
) -> None:
    ref = make(database, Stage.AUTHORITIES)
    at_the_office(client, database)
    assert "£1,500,000" in look(client, f"/cases/{ref}/resolution").text
    submit(client, f"/cases/{ref}/resolution", RESOLVED)
    page = look(client, f"/cases/{ref}/resolution")
    assert "Agreed on Wed 1 Jul 2026, minute 47/2026" in page.text
    submit(client, f"/cases/{ref}/resolution", {**RESOLVED, "service": "hwfrs"})
    with database.writing() as db:
        settle(db, ref, NOW)
        assert case_by_ref(db, ref).stage == "approved"
    assert "cannot be done" in look(client, f"/cases/{ref}/resolution", 409).text


def test_a_clerk_records_the_own_authoritys_resolution_and_no_other(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.AUTHORITIES)
    as_post(lite, sqlite, "clerk-hwfrs")
    page = look(lite, f"/cases/{ref}/resolution")
    assert "Hereford & Worcester" in page.text
    assert "Shropshire and Wrekin" not in page.text
    assert submit(lite, f"/cases/{ref}/resolution", {**RESOLVED, "service": "sfrs"}).status_code == 403
    assert submit(lite, f"/cases/{ref}/resolution", {**RESOLVED, "service": "hwfrs"}).status_code == 303
    with sqlite.reading() as db:
        assert timeline(db, ref)[-1].actor["post"] == "clerk-hwfrs"
    look(lite, f"/cases/{ref}/resolution", 409)


def test_the_same_resolution_sent_twice_is_there_once_another_one_is_refused(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.AUTHORITIES)
    at_the_office(lite, sqlite)
    form = look(lite, f"/cases/{ref}/resolution").form()
    sent = {**form.values, **RESOLVED}
    assert [lite.post(form.action, data=sent).status_code for _ in range(2)] == [303, 303]
    other = lite.post(form.action, data={**sent, "resolution": "refused"})
    assert other.status_code == 409
    assert "already recorded" in other.text
    assert "The Authority approved the case." in other.text


def test_an_incomplete_resolution_names_its_fields_and_keeps_the_rest(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.AUTHORITIES)
    at_the_office(lite, sqlite)
    wrong = {**RESOLVED, "met_on-year": "2027", "minute": ""}
    answer = submit(lite, f"/cases/{ref}/resolution", wrong)
    assert answer.status_code == 422
    assert "Enter the minute number" in answer.text
    answer = submit(lite, f"/cases/{ref}/resolution", {**wrong, "minute": "47/2026"})
    assert "must be today or earlier" in answer.text
    assert "The Authority approved the case." in answer.text


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
