"""What the case page records: decisions, votes, conditions, versions, history; and what it keeps from whom."""

import pytest
from fastapi.testclient import TestClient

from bjc.actions import cases as actions
from bjc.actions.appointments import meet_condition
from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.questions import decisions
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import (
    NOW,
    as_lead,
    assignments,
    end_grace,
    lead_of,
    office,
    sections,
    vote,
)
from tests.web.case_steps import buttons, make, people_of, seen_by
from tests.web.conftest import look, sign_in
from tests.web.naughty import NAUGHTY

SECRET = "A sentence of the draft that only lead and office may read."


def test_each_members_vote_shows_after_the_close_to_those_who_may_see_votes(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.DECISION)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        for row, _ in assignments(db, case):
            if row.post == "pdb-sfrs-chief":
                vote(
                    db,
                    case,
                    row,
                    Choice.APPROVE_WITH_CONDITIONS,
                    reason="Risk.",
                    conditions="<i>Price</i> the exit.",
                )
            elif row.post == "pdb-sfrs-finance":
                vote(db, case, row, None, interest="My sister works for the supplier.")
            else:
                vote(db, case, row, Choice.APPROVE)
        end_grace(db, case)
        settle(db, ref, NOW)
    for who in ("office", "member"):
        text = seen_by(lite, sqlite, who, ref).text
        assert (
            "Officer A1 Chief Fire Officer, SFRS Approve with conditions Risk. Conditions: <i>Price</i>"
            in text
        )
        assert "Declared an interest and withdrew My sister works for the supplier." in text
        assert "Officer A1 (Chief Fire Officer, SFRS) approved with conditions, by link" in text
    for who in ("lead", "other"):
        page = seen_by(lite, sqlite, who, ref)
        assert "Each member's answer" not in page.text
        assert "My sister" not in page.text
        assert "Members of the board answered, 8 times" in page.text
        assert "Approved with conditions" in page.text
        assert "Both services agree, with conditions." in page.text
        assert "<i>Price</i> the exit." in page.text, "the condition itself is for everybody"
        assert "<i>" not in page.html


def test_conditions_and_appointments_lead_the_office_to_their_pages(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.DECISION)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        for row, _ in assignments(db, case):
            vote(db, case, row, Choice.APPROVE_WITH_CONDITIONS, reason="Risk.", conditions="Price the exit.")
        end_grace(db, case)
        settle(db, ref, NOW)
        condition = decisions.conditions_of(db, case.id)[0].id
    page = seen_by(lite, sqlite, "office", ref)
    assert f"/cases/{ref}/conditions/{condition}" in page.hrefs
    assert any(href.startswith(f"/cases/{ref}/appointments/") for href in page.hrefs)
    assert "/conditions/" not in " ".join(seen_by(lite, sqlite, "lead", ref).hrefs)
    with sqlite.writing() as db:
        meet_condition(db, ref, condition, "Priced, see annex B.", office(db), NOW)
    assert "Met on Wed 1 Jul 2026: Priced, see annex B." in seen_by(lite, sqlite, "lead", ref).text


def test_a_person_without_right_to_the_draft_does_not_see_its_text(
    lite: TestClient, sqlite: Database
) -> None:
    ref = make(sqlite, Stage.DRAFTING)
    with sqlite.writing() as db:
        case_by_ref(db, ref).sections = {**sections(), "purpose": SECRET, "ask": SECRET}
    for who in ("member", "clerk", "other"):
        page = seen_by(lite, sqlite, who, ref)
        assert SECRET not in page.html
        assert "Read the draft" not in page.text
        for path in ("check", "sections", "sections/purpose", "scope", "submitted"):
            assert SECRET not in look(lite, f"/cases/{ref}/{path}", 403).html
    assert seen_by(lite, sqlite, "office", ref).links["Read the draft as it stands"] == f"/cases/{ref}/check"
    assert SECRET in look(lite, f"/cases/{ref}/check").text


def test_a_frozen_version_is_a_page_with_its_fingerprint(client: TestClient, database: Database) -> None:
    ref = make(database, Stage.ANALYSIS)
    page = seen_by(client, database, "other", ref)
    assert page.links["Version 2: Business justification case"] == f"/cases/{ref}/versions/2"
    version = look(client, f"/cases/{ref}/versions/2")
    with database.reading() as db:
        case = case_by_ref(db, ref)
        digest = [row.sha256 for row in actions.versions(db, case.id)][1]
    assert digest in version.text
    assert "Where does the money come from? ICT revenue budgets, 62/38" in version.text
    assert "Effect on Shropshire" in look(client, f"/cases/{ref}/versions/1").text
    assert look(client, f"/cases/{ref}/versions/3", 404).h1 == ["Page not found"]
    assert client.get(f"/cases/{ref}/versions/x").status_code == 404


def test_an_older_version_says_that_there_is_a_newer_one(lite: TestClient, sqlite: Database) -> None:
    ref = make(sqlite, Stage.ANALYSIS)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        actions.ask_questions(db, ref, "Why?", office(db), NOW)
        actions.submit(db, ref, True, as_lead(case), NOW)
    seen_by(lite, sqlite, "other", ref)
    assert look(lite, f"/cases/{ref}/versions/2").links["version 3"] == f"/cases/{ref}/versions/3"
    assert "newer version" not in look(lite, f"/cases/{ref}/versions/1").text, (
        "the scope proposal has no newer one"
    )


def test_the_history_tells_the_whole_way_newest_first(lite: TestClient, sqlite: Database) -> None:
    text = seen_by(lite, sqlite, "member", make(sqlite, Stage.DELEGATED)).text.partition(" History ")[2]
    told = [
        "The delegation of £85,000 came into force 10am on Wed 1 Jul 2026",
        "Officer L2 accepted the seat of project lead, by link",
        "The case was approved; chair, sponsor and project lead were asked to take their seats",
        "The decision closed: approved",
        "Officer A1 (Chief Fire Officer, SFRS) approved, by link",
        "All advice was in; the board was asked to decide by 5pm on Wed 15 Jul 2026",
        "Officer A4 gave finance advice for SFRS: support, by link",
        "(programme office) drafted the delegation: limit £85,000, chaired by Deputy Chief Fire Officer, HWFRS",
        "Officer L2 (project lead) submitted version 2; advice was asked for",
        "The board recommended the scope, and drafting began",
        "Officer L2 (project lead) sent the scope proposal, version 1; the board was asked",
        "Officer L2 (project lead) answered the triage: a business justification case is needed",
    ]
    places = [text.find(line) for line in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


def test_a_case_that_needs_none_keeps_its_reasons_on_its_page(lite: TestClient, sqlite: Database) -> None:
    with sqlite.writing() as db:
        from tests.builders import answers

        lead = lead_of(db)
        ref = actions.open_case(db, lead.id, "sfrs", answers(amount="100"), NOW)[0].ref
    page = seen_by(lite, sqlite, "other", ref)
    assert "Ended: no case needed" in page.text
    assert "below £12,000" in look(lite, f"/cases/{ref}/triage").text
    assert buttons(seen_by(lite, sqlite, "lead", ref), ref) == set()


@pytest.mark.parametrize("text", NAUGHTY[:-1])
def test_hostile_text_in_every_part_of_a_case_is_shown_as_text(
    lite: TestClient, sqlite: Database, text: str
) -> None:
    ref = make(sqlite, Stage.DECISION)
    with sqlite.writing() as db:
        case = case_by_ref(db, ref)
        case.title, case.stage_reason = text[:100] or "x", text
        case.triage = {**case.triage, "reasons": [text]}
        for row, _ in assignments(db, case):
            vote(db, case, row, Choice.APPROVE_WITH_CONDITIONS, reason=text, conditions=text)
        end_grace(db, case)
        settle(db, ref, NOW)
        meet_condition(db, ref, decisions.conditions_of(db, case.id)[0].id, text, office(db), NOW)
    pages = [seen_by(lite, sqlite, "office", ref)]
    pages += [
        look(lite, path) for path in ("/", "/cases", f"/cases/{ref}/triage", f"/cases/{ref}/versions/2")
    ]
    for page in pages:
        assert "<img src=x" not in page.html
        assert "<script>alert" not in page.html
        assert "<svg/onload" not in page.html
        assert "7777777" not in page.text


def test_looking_at_every_page_changes_nothing(lite: TestClient, sqlite: Database) -> None:
    refs = [make(sqlite, stage) for stage in (Stage.SCOPING, Stage.DRAFTING, Stage.ANALYSIS, Stage.DECISION)]
    before = rows_of(sqlite)
    for who in ("lead", "office", "member"):
        sign_in(lite, people_of(sqlite)[who])
        for ref in refs:
            for path in ("", "/scope", "/scope/check", "/scope/sent", "/sections", "/sections/about", "/check",
                         "/submitted", "/withdraw", "/recall", "/triage", "/versions/1"):  # fmt: skip
                assert lite.get(f"/cases/{ref}{path}").status_code in (200, 303, 403, 404, 409)
                assert lite.head(f"/cases/{ref}{path}").status_code in (200, 303, 403, 404, 409)
    assert rows_of(sqlite) == before


def rows_of(database: Database) -> list[object]:
    with database.reading() as db:
        return [tuple(row) for row in db.execute(Case.__table__.select())]
