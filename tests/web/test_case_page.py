"""The case page: where a case stands, who is waited for, and what may be done now by whom."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from bjc.actions import appointments, resolutions
from bjc.actions import cases as actions
from bjc.actions.actor import Actor
from bjc.actions.resolutions import Resolved
from bjc.db.decisions import Condition
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Event, Stage
from bjc.rules.working_days import local_day
from bjc.web.case_actions import ACTIONS
from tests.builders import (
    NOW,
    assignments,
    draft_delegation,
    everyone_votes,
    office,
    sections,
    vote,
)
from tests.web.case_steps import buttons, decided, make, people_of, seen_by
from tests.web.conftest import look, sign_in


def test_the_head_says_what_it_is_and_where_it_stands(client: TestClient, database: Database) -> None:
    page = seen_by(client, database, "other", make(database, Stage.SCOPING))
    assert page.h1 == ["Joint ICT Service Desk"]
    assert "BJC-2026-001" in page.text
    assert "Stage: Scoping since Wed 1 Jul 2026" in page.text
    assert "Whole-life cost £182,000" in page.text
    assert "Project lead Officer L2" in page.text


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage.SCOPING, "Waiting for Officer L2 (project lead) , to be asked about again on Thu 1 Oct 2026"),
        (
            Stage.SCOPE_DECISION,
            "the Strategic Alliance Programme Delivery Board , until 5pm on Wed 15 Jul 2026",
        ),
        (Stage.ANALYSIS, "Waiting for 4 advisers , until 5pm on Wed 8 Jul 2026"),
        (Stage.APPROVED, "Waiting for 3 people , until 5pm on Wed 8 Jul 2026"),
    ],
)
def test_who_is_waited_for_and_until_when_is_one_look_away(
    lite: TestClient, sqlite: Database, stage: Stage, words: str
) -> None:
    assert words in seen_by(lite, sqlite, "other", make(sqlite, stage)).text


def test_advisers_and_appointed_people_are_named_with_their_posts(lite: TestClient, sqlite: Database) -> None:
    page = seen_by(lite, sqlite, "other", make(sqlite, Stage.ANALYSIS))
    assert "Officer A4 (Head of Finance, SFRS)" in page.text
    assert "The programme office has still to draft the delegation." in page.text
    page = seen_by(lite, sqlite, "other", make(sqlite, Stage.APPROVED))
    assert "Officer B2 (chair)" in page.text


def test_who_of_the_board_has_not_answered_is_for_the_office_alone(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.DECISION)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        chief = next(row for row, _ in assignments(db, case) if row.post == "pdb-sfrs-chief")
        vote(db, case, chief, Choice.REJECT, reason="No.")
    for who in ("lead", "member", "clerk", "other"):
        page = seen_by(lite, sqlite, who, ref)
        assert "1 of 8 members have answered" in page.text
        assert "Officer A1 (Chief Fire Officer, SFRS) answered" not in page.text
        assert "A member of the board answered, by link" in page.text
        assert "reject" not in page.text.lower()
    page = seen_by(lite, sqlite, "office", ref)
    assert "Officer A2 (Deputy Chief Fire Officer, SFRS)" in page.text
    assert "Officer A1 (Chief Fire Officer, SFRS) answered, by link" in page.text
    assert "reject" not in page.text.lower()


def test_when_all_have_answered_the_page_waits_for_the_time_for_changes(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.SCOPE_DECISION)
    with sqlite.writing() as db:
        everyone_votes(db, case_by_ref(db, ref), Choice.APPROVE)
    text = seen_by(lite, sqlite, "lead", ref).text
    assert "everybody has answered" in text
    assert "until 5pm on Thu 2 Jul 2026" in text


OFFERED = {  # the office may read the draft where its lead may check and send it
    Stage.SCOPING: {"lead": {"scope", "withdraw"}, "office": {"scope/check"}},
    Stage.SCOPE_DECISION: {"lead": {"withdraw"}, "office": {"meeting"}},
    Stage.DRAFTING: {"lead": {"sections", "withdraw"}, "office": {"check", "delegation"}},
    Stage.ANALYSIS: {"lead": {"withdraw"}, "office": {"delegation", "questions"}},
    Stage.DECISION: {"lead": {"recall", "withdraw"}, "office": {"meeting"}},
    Stage.APPROVED: {},
    Stage.DELEGATED: {},
}


@pytest.mark.parametrize("stage", OFFERED)
def test_only_what_may_be_done_now_is_offered_to_whoever_may_do_it(
    lite: TestClient, sqlite: Database, stage: Stage
) -> None:
    ref = make(sqlite, stage)
    for who in ("lead", "office", "member", "clerk", "other"):
        page = seen_by(lite, sqlite, who, ref)
        assert buttons(page, ref) == OFFERED[stage].get(who, set()), who


def test_sending_is_offered_once_the_draft_is_complete(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.DRAFTING)
    with sqlite.writing() as db:
        case_by_ref(db, ref).sections = sections()
    assert "check" in buttons(seen_by(lite, sqlite, "lead", ref), ref)


def test_the_office_may_open_without_advice_once_the_delegation_is_drafted(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    with sqlite.writing() as db:
        draft_delegation(db, case_by_ref(db, ref))
    assert "open-without-advice" in buttons(seen_by(lite, sqlite, "office", ref), ref)


def test_a_case_before_the_authorities_is_for_the_clerks(lite: TestClient, sqlite: Database) -> None:
    ref = decided(sqlite, Choice.APPROVE, amount="1500000.00")
    page = seen_by(lite, sqlite, "clerk", ref)
    assert buttons(page, ref) == {"resolution"}
    assert "the clerks of both Authorities" in page.text
    with sqlite.writing() as db:
        said = Resolved("sfrs", "agreed", "Item 7", local_day(NOW), "Agreed as recommended.")
        resolutions.record_resolution(db, ref, said, office(db), NOW)
    page = seen_by(lite, sqlite, "other", ref)
    assert "Shropshire and Wrekin Fire and Rescue Authority Agreed" in page.text
    assert "Waiting for Officer K2 (Clerk to the Authority, HWFRS)" in page.text


BY_ITSELF = "Waiting for nobody: the next step follows by itself within seconds"


def test_between_an_act_and_the_clock_s_move_nobody_is_waited_for_and_nothing_is_offered_twice(
    lite: TestClient, sqlite: Database
) -> None:
    ref = decided(sqlite, Choice.APPROVE, amount="1500000.00")
    with sqlite.writing() as db:
        said = Resolved("sfrs", "agreed", "Item 7", local_day(NOW), "Agreed as recommended.")
        resolutions.record_resolution(db, ref, said, office(db), NOW)
    assert buttons(seen_by(lite, sqlite, "clerk", ref), ref) == set()  # this clerk's Authority has resolved
    with sqlite.writing() as db:
        resolutions.record_resolution(db, ref, replace(said, service="hwfrs"), office(db), NOW)
    page = seen_by(lite, sqlite, "office", ref)
    assert BY_ITSELF in page.text
    assert buttons(page, ref) == set()


def test_a_case_resumed_with_everything_in_waits_for_nobody(lite: TestClient, sqlite: Database) -> None:
    ref = decided(sqlite, Choice.DEFER)
    with sqlite.writing() as db:
        actions.office_moves(db, ref, Event.RESUMED, "The figures are in.", office(db), NOW)
    page = seen_by(lite, sqlite, "office", ref)
    assert BY_ITSELF in page.text
    assert buttons(page, ref) == set()


def test_what_the_office_owes_an_approved_case_stands_under_what_it_can_do(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.APPROVED)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        row, person = next((r, p) for r, p in delivery.appointments_of(db, case.id) if r.seat == "sponsor")
        appointments.answer(db, row.id, False, "I retire.", Actor("member", person.id, "link"), NOW)
        decision = decisions.latest_decision(db, case.id)
        assert decision is not None
        db.add(Condition(case_id=case.id, decision_id=decision.id, post="pdb-sfrs-chief", text="Sign."))
        number = row.id
    page = seen_by(lite, sqlite, "office", ref)
    assert "to name an executive sponsor (declined by Officer A3)" in page.text
    assert (
        page.links["Name somebody else as executive sponsor"] == f"/cases/{ref}/appointments/{number}/replace"
    )
    assert page.links["Record that condition 1 is met"].startswith(f"/cases/{ref}/conditions/")
    assert "What you can do now" not in seen_by(lite, sqlite, "lead", ref).text


def test_members_are_listed_by_rank_in_each_service(lite: TestClient, sqlite: Database) -> None:
    names = [one for one in seen_by(lite, sqlite, "office", make(sqlite, Stage.DECISION)).text.split() if one]
    text = " ".join(names).partition("Waiting for")[2]
    posts = ["Chief Fire Officer, SFRS", "Deputy Chief", "Assistant Chief", "Head of Finance, SFRS"]
    places = [text.index(f"Officer A{number} ({post}") for number, post in enumerate(posts, 1)]
    assert places == sorted(places)


def test_a_deferred_case_may_be_resumed_or_ended_by_the_office(lite: TestClient, sqlite: Database) -> None:
    ref = decided(sqlite, Choice.DEFER)
    page = seen_by(lite, sqlite, "office", ref)
    assert buttons(page, ref) == {"resume", "end"}
    assert "the programme office , to be asked about again on Thu 1 Oct 2026" in page.text


def test_an_unknown_case_is_not_found_and_no_stranger_gets_in(lite: TestClient, sqlite: Database) -> None:
    lite.cookies.clear()
    assert lite.get("/cases/BJC-2026-001").headers["location"] == "/sign-in?next=/cases/BJC-2026-001"
    sign_in(lite, people_of(sqlite)["other"])
    page = look(lite, "/cases/BJC-1999-999", 404)
    assert "There is no case" in page.text


def test_every_event_of_lead_and_office_has_its_place_in_the_table_of_actions() -> None:
    """What the lifecycle lets a person do has an address; triage and its outcomes begin before there is a page."""
    from bjc.rules.lifecycle import LIFECYCLE
    from bjc.rules.stages import Role

    by_people = {row.event for row in LIFECYCLE if row.by is not Role.CLOCK and row.start is not Stage.NEW}
    assert by_people == {one.on for one in ACTIONS if isinstance(one.on, Event)}
