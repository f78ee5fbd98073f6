"""Home and the list of cases: what needs whom, what others owe, what was decided, and where things are found."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from bjc.actions import appointments
from bjc.actions import cases as actions
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.decisions import Condition
from bjc.db.questions import decisions, delivery
from bjc.db.session import Database
from bjc.rules.access import Person
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from bjc.web.nav import nav
from tests.builders import (
    NOW,
    a_case,
    answers,
    assignments,
    draft_delegation,
    end_grace,
    everyone_votes,
    holder,
    lead_of,
    office,
    vote,
)
from tests.web.conftest import look, sign_in
from tests.web.page_reader import Read

NEEDS, OTHERS, DECIDED, END = "Needs you now", "Waiting for others", "Recently decided", "See all cases"


def part(page: Read, start: str, end: str) -> str:
    """The text between two headings of the page."""
    return page.text.partition(f" {start} ")[2].partition(f" {end} ")[0]


def test_a_lead_sees_the_own_case_that_waits_for_them(client: TestClient, database: Database) -> None:
    with database.writing() as db:
        case = a_case(db)
        ref = case.ref
        lead = case.lead_id
    sign_in(client, lead)
    page = look(client, "/")
    assert f"Write the scope proposal {ref} Joint ICT Service Desk With you since Wed 1 Jul 2026" in part(
        page, NEEDS, OTHERS
    )
    assert page.links[f"{ref} Joint ICT Service Desk"] == f"/cases/{ref}/scope"


def test_a_lead_sees_who_is_waited_for_since_and_until_when(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        ref, lead = case.ref, case.lead_id
    sign_in(lite, lead)
    page = look(lite, "/")
    assert part(page, NEEDS, OTHERS).startswith("Nothing.")
    assert (
        f"Advice on the submitted case {ref} Joint ICT Service Desk "
        "Waiting for 4 advisers since Wed 1 Jul 2026, until 5pm on Wed 8 Jul 2026 Analysis"
    ) in part(page, OTHERS, DECIDED)


def test_a_member_is_led_to_the_decision_and_afterwards_sees_that_it_is_answered(
    lite: TestClient, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        row, person = assignments(db, case)[0]
        assignment, member = row.id, person.id
    sign_in(lite, member)
    page = look(lite, "/")
    assert "Scope decision: your answer" in part(page, NEEDS, OTHERS)
    assert "£182,000 · By 5pm on Wed 15 Jul 2026" in part(page, NEEDS, OTHERS)
    assert f"/decide/{assignment}" in page.hrefs
    with sqlite.writing() as db:
        vote(db, case, assignments(db, case)[0][0], Choice.APPROVE)
    page = look(lite, "/")
    assert part(page, NEEDS, OTHERS).startswith("Nothing.")
    assert "change it until 5pm on Wed 15 Jul 2026" in part(page, OTHERS, DECIDED)
    assert f"/decide/{assignment}" in page.hrefs


def test_advice_and_appointments_are_listed_with_their_pages(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        one, other = a_case(db, Stage.ANALYSIS), a_case(db, Stage.APPROVED)
        adviser, deputy = holder(db, "pdb-sfrs-finance").id, holder(db, "pdb-hwfrs-deputy").id
        advice = decisions.open_advice_of(db, adviser)[0][0].id
        seat = delivery.open_appointments_of(db, deputy)[0][0].id
        refs = one.ref, other.ref
    sign_in(lite, adviser)
    page = look(lite, "/")
    assert f"Give your advice {refs[0]}" in part(page, NEEDS, OTHERS)
    assert f"/advise/{advice}" in page.hrefs
    sign_in(lite, deputy)
    page = look(lite, "/")
    assert f"Take your seat as chair {refs[1]}" in part(page, NEEDS, OTHERS)
    assert f"/appointment/{seat}" in page.hrefs


def test_advice_on_a_version_that_was_sent_back_is_not_asked_for_any_more(
    lite: TestClient, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        adviser = holder(db, "pdb-sfrs-finance").id
        actions.ask_questions(db, case.ref, "Why?", office(db), NOW)
    sign_in(lite, adviser)
    assert part(look(lite, "/"), NEEDS, OTHERS).startswith("Nothing.")


def test_what_is_late_says_so(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        a_case(db, Stage.ANALYSIS)
        adviser = holder(db, "pdb-sfrs-finance").id
    lite.app.state.moment = NOW + timedelta(days=10)  # type: ignore[attr-defined]
    sign_in(lite, adviser)
    assert "Was due 5pm on Wed 8 Jul 2026" in look(lite, "/").text


def test_the_office_sees_what_waits_for_the_office(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        undrafted, drafted = a_case(db, Stage.ANALYSIS), a_case(db, Stage.ANALYSIS)
        draft_delegation(db, drafted)
        refs = undrafted.ref, drafted.ref
        person = office(db).person_id
    assert person is not None
    sign_in(lite, person)
    needs = part(look(lite, "/"), NEEDS, OTHERS)
    assert f"Draft the delegation {refs[0]}" in needs
    assert refs[1] not in needs


def test_a_clerk_sees_the_case_that_waits_for_the_own_authority(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.DECISION, amount="1500000.00")
        everyone_votes(db, case, Choice.APPROVE)
        end_grace(db, case)
        settle(db, case.ref, NOW)
        assert Stage(case.stage) is Stage.AUTHORITIES
        clerk, ref = holder(db, "clerk-sfrs").id, case.ref
    sign_in(lite, clerk)
    assert f"Each Authority's resolution {ref}" in part(look(lite, "/"), NEEDS, OTHERS)


def test_the_office_is_asked_to_fill_a_declined_seat_and_to_record_conditions(
    lite: TestClient, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.APPROVED)
        row, person = next((r, p) for r, p in delivery.appointments_of(db, case.id) if r.seat == "sponsor")
        appointments.answer(db, row.id, False, "I retire.", Actor("member", person.id, "link"), NOW)
        decision = decisions.latest_decision(db, case.id)
        assert decision is not None
        db.add(Condition(case_id=case.id, decision_id=decision.id, post="pdb-sfrs-chief", text="Sign."))
        ref, number, person_id = case.ref, row.id, office(db).person_id
    assert person_id is not None
    sign_in(lite, person_id)
    page = look(lite, "/")
    needs = part(page, NEEDS, OTHERS)
    assert f"Name somebody else as executive sponsor {ref}" in needs
    assert f"Record that a condition is met {ref}" in needs
    assert {f"/cases/{ref}/appointments/{number}/replace", f"/cases/{ref}#conditions"} <= set(page.hrefs)


def test_a_deferred_case_rests_with_others_until_its_review_is_due(
    lite: TestClient, sqlite: Database
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.DECISION)
        everyone_votes(db, case, Choice.DEFER)
        end_grace(db, case)
        settle(db, case.ref, NOW)
        ref, due, person = case.ref, case.review_at, office(db).person_id
    assert person is not None
    assert due is not None
    sign_in(lite, person)
    page = look(lite, "/")
    assert ref not in part(page, NEEDS, OTHERS)
    assert f"The review of the deferral {ref}" in part(page, OTHERS, DECIDED)
    with sqlite.writing() as db:
        settle(db, ref, due)
    lite.app.state.moment = due + timedelta(minutes=1)  # type: ignore[attr-defined]
    sign_in(lite, person)
    assert f"The review of the deferral {ref}" in part(look(lite, "/"), NEEDS, OTHERS)


def test_what_was_decided_lately_is_shown_to_everybody(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        ref = a_case(db, Stage.APPROVED).ref
        clerk = holder(db, "clerk-sfrs").id
    sign_in(lite, clerk)
    decided = part(look(lite, "/"), DECIDED, END)
    assert f"Approval decision {ref} Joint ICT Service Desk Wed 1 Jul 2026 Approved" in decided
    assert f"Scope decision {ref} Joint ICT Service Desk Wed 1 Jul 2026 Recommended" in decided


def test_nobody_signed_in_is_sent_to_sign_in(lite: TestClient) -> None:
    assert lite.get("/").headers["location"] == "/sign-in?next=/"


def many(client: TestClient, database: Database, count: int, title: str = "Case") -> None:
    """Cases of one lead, the first of them too large for a light case; the lead is signed in."""
    with database.writing() as db:
        lead = lead_of(db)
        for number in range(count):
            amount = "182000" if number else "5000000"
            actions.open_case(
                db, lead.id, lead.service or "sfrs", answers(title=f"{title} {number}", amount=amount), NOW
            )
    sign_in(client, lead)


def test_the_list_shows_25_a_page_newest_first(client: TestClient, database: Database) -> None:
    many(client, database, 27)
    page = look(client, "/cases")
    assert "27 cases, 1 to 25 shown" in page.text
    assert "Case 26" in page.links
    assert "Case 1" not in page.links
    last = look(client, "/cases?page=2")
    assert "Case 0" in last.links
    assert "26 to 27 shown" in last.text
    assert 'aria-current="page"' in last.html


def test_the_stage_stands_in_the_address_so_that_a_view_can_be_sent(
    lite: TestClient, sqlite: Database
) -> None:
    many(lite, sqlite, 3)
    page = look(lite, "/cases?stage=three-stage")
    assert "1 case in the stage “Ended: three-stage case”" in page.text
    assert [name for name in page.links if name.startswith("Case ")] == ["Case 0"]
    assert "Waiting for" not in page.text
    scoping = look(lite, "/cases?stage=scoping")
    assert "2 cases in the stage “Scoping”" in scoping.text
    assert "Waiting for Officer" in scoping.text
    assert '<option value="scoping" selected>' in scoping.html


@pytest.mark.parametrize(
    "query", ["page=0", "page=-3", "page=999", "page=x", "page=٣", "page=99999999999999999999"]
)
def test_a_page_that_is_not_there_shows_the_nearest(lite: TestClient, sqlite: Database, query: str) -> None:
    many(lite, sqlite, 1)
    assert "1 case." in look(lite, f"/cases?{query}").text


def test_an_unknown_stage_shows_all_cases_and_says_so(lite: TestClient, sqlite: Database) -> None:
    many(lite, sqlite, 1, title="<i>Case</i>")
    page = look(lite, "/cases?stage=<script>alert(1)</script>")
    assert "All cases are shown" in page.text
    assert "<script>alert" not in page.html
    assert "<i>Case</i> 0" in page.links
    assert "<i>" not in page.html


def test_an_empty_list_says_so(lite: TestClient, sqlite: Database) -> None:
    with sqlite.reading() as db:
        sign_in(lite, lead_of(db))
    assert "There is no case yet." in look(lite, "/cases").text


def test_the_navigation_leads_where_one_may_go_and_marks_where_one_is() -> None:
    clerk = nav({Person.ANYONE, Person.CLERK}, "/cases/BJC-2026-001")
    assert [place["text"] for place in clerk] == ["Home", "Cases", "Start a new case"]
    assert [place["active"] for place in clerk] == [False, True, False]
    assert not any(place["current"] for place in clerk)
    assert nav({Person.ANYONE, Person.OFFICE}, "/outbox")[-1] == {
        "text": "Outbox", "href": "/outbox", "current": True, "active": True,
    }  # fmt: skip
    started = nav({Person.ANYONE}, "/cases/new/abc/title")
    assert [place["active"] for place in started] == [False, False, True]
    assert nav((), "/") == []
