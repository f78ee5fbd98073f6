"""Advice on a frozen version: who is asked, what is taken, until when, and what it wakes."""

import pytest
from sqlalchemy.orm import Session

from bjc.actions import advice, cases, links
from bjc.actions.actor import Actor
from bjc.actions.advice import Recommendation
from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.decisions import Advice, Link
from bjc.db.people import Holding
from bjc.db.questions import decisions
from bjc.db.questions.cases import latest_version, timeline
from bjc.db.session import Database
from bjc.errors import Conflict, Invalid, Refused
from bjc.rules.notices import Purpose
from bjc.rules.stages import Event, Stage
from tests.builders import (
    NOW,
    TEXT,
    a_case,
    as_lead,
    draft_delegation,
    fresh,
    give_all_advice,
    office,
    sections,
)


def asked(db: Session, case: Case) -> list[Advice]:
    version = latest_version(db, case.id, "case")
    assert version is not None
    return [row for row, _ in decisions.advice_on(db, version.id)]


def give(
    db: Session, row: Advice, recommendation: Recommendation | None = Recommendation.SUPPORT, text: str = TEXT
) -> Advice:
    return advice.give(db, row.id, recommendation, text, Actor("adviser", row.person_id, "link"), NOW)


def submit_anew(db: Session, case: Case) -> None:
    cases.ask_questions(db, case.ref, "Why twelve months?", office(db), NOW)
    case.sections = sections()
    db.flush()
    cases.submit(db, case.ref, True, as_lead(case), NOW)


def test_both_finance_officers_and_both_services_are_asked(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        assert [(row.kind, row.service, row.post) for row in asked(db, case)] == [
            ("finance", "hwfrs", "pdb-hwfrs-finance"), ("finance", "sfrs", "pdb-sfrs-finance"),
            ("impact", "hwfrs", "pdb-hwfrs-deputy"), ("impact", "sfrs", "pdb-sfrs-deputy"),
        ]  # fmt: skip


def test_a_vacant_post_is_skipped_and_the_entry_says_so(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DRAFTING)
        db.query(Holding).filter_by(post="pdb-hwfrs-finance").delete()
        case.sections = sections()
        db.flush()
        cases.submit(db, case.ref, True, as_lead(case), NOW)
        entry = next(e for e in timeline(db, case.ref) if e.event == Event.SUBMITTED)
        assert entry.detail["vacant"] == ["pdb-hwfrs-finance"]
        assert len(asked(db, case)) == 3


def test_the_last_advice_opens_the_decision_where_the_delegation_is_drafted(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        draft_delegation(db, case)
        for row in asked(db, case):
            settle(db, case.ref, NOW)
            assert fresh(db, case).stage == "analysis"
            give(db, row)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "decision"


def test_all_advice_without_a_draft_delegation_opens_nothing(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        give_all_advice(db, case)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "analysis"
        draft_delegation(db, case)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "decision"


def test_advice_may_be_changed_until_the_decision_opens_and_a_double_click_leaves_one_entry(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        row = asked(db, case)[0]
        give(db, row)
        give(db, row)
        give(db, row, Recommendation.OBJECT, "The figures do not add up.")
        assert row.recommendation == "do not support"
        assert [e.event for e in timeline(db, case.ref)].count("advice given") == 2


def test_once_the_decision_is_open_given_advice_stands_but_missing_advice_is_taken(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        draft_delegation(db, case)
        first, late = asked(db, case)[:2]
        give(db, first)
        cases.office_moves(db, case.ref, Event.OPENED_WITHOUT_ADVICE, "The board meets.", office(db), NOW)
        give(db, first)  # a double click, sent again: the receipt once more
        with pytest.raises(Conflict, match="decision is open"):
            give(db, first, Recommendation.OBJECT, "I have changed my mind.")
        give(db, late)
        assert late.given_at == NOW


def test_advice_that_is_not_complete_names_each_field(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        with pytest.raises(Invalid) as refused:
            give(db, asked(db, case)[0], None, "short")
        assert list(refused.value.fields) == ["recommendation", "text"]
        assert asked(db, case)[0].given_at is None


def test_nobody_advises_for_somebody_else(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        first, other = asked(db, case)[:2]
        with pytest.raises(Refused):
            advice.give(
                db, first.id, Recommendation.SUPPORT, TEXT, Actor("adviser", other.person_id, "link"), NOW
            )


def test_questions_end_the_links_and_keep_the_advice_already_given(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        given, open_one = asked(db, case)[:2]
        give(db, given)
        link = links.mint(db, Purpose.ADVISE, open_one.id, open_one.person_id, NOW, open_one.due_at)
        cases.ask_questions(db, case.ref, "Why twelve months?", office(db), NOW)
        assert db.get_one(Link, link.id, populate_existing=True).revoked_at == NOW
        assert given.text == TEXT


def test_advice_on_an_older_version_is_refused_and_the_new_one_asks_afresh(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        old = asked(db, case)[0]
        submit_anew(db, case)
        with pytest.raises(Conflict, match="submitted anew"):
            give(db, old)
        assert all(row.given_at is None for row in asked(db, case))
        assert len(asked(db, case)) == 4


@pytest.mark.parametrize("event", [Event.WITHDRAWN])
def test_advice_on_a_case_that_has_ended_is_no_longer_taken(database: Database, event: Event) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        row = asked(db, case)[0]
        cases.lead_moves(db, case.ref, event, "No longer wanted.", as_lead(case), NOW)
        with pytest.raises(Conflict, match="no longer taken"):
            give(db, row)
