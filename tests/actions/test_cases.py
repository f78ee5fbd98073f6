"""What a lead and the office do with a case; every refusal leaves it as it was."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from bjc.actions import cases
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.cases import Case, Question
from bjc.db.decisions import Decision
from bjc.db.mail import Outbox
from bjc.db.questions import decisions
from bjc.db.questions.cases import case_by_ref, questions_asked, timeline, versions
from bjc.db.session import Database
from bjc.errors import Conflict, Invalid, NotFound, Refused
from bjc.rules.lifecycle import TransitionRefused
from bjc.rules.stages import Event, Role, Stage
from bjc.rules.triage import TriageOutcome
from tests.builders import (
    NOW,
    TEXT,
    a_case,
    answers,
    as_lead,
    fresh,
    holder,
    lead_of,
    office,
    scope,
    sections,
)


def opened(db: Session, **changes: object) -> tuple[Case, TriageOutcome]:
    lead = lead_of(db)
    case, found = cases.open_case(db, lead.id, "sfrs", answers(**changes), NOW)
    return case, found.outcome


def test_references_are_numbered_within_the_year(database: Database) -> None:
    with database.writing() as db:
        assert [opened(db)[0].ref for _ in range(3)] == ["BJC-2026-001", "BJC-2026-002", "BJC-2026-003"]


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({}, "scoping"),
        ({"changes_approved_case": "yes"}, "ended: addendum"),
        ({"unusual": "yes"}, "ended: three-stage case"),
        ({"amount": Decimal(500)}, "ended: no case needed"),
    ],
)
def test_the_triage_is_kept_with_its_reasons_whatever_it_finds(
    database: Database, changes: dict[str, object], stage: str
) -> None:
    with database.writing() as db:
        case, outcome = opened(db, **changes)
        assert case.stage == stage
        assert case.triage["outcome"] == outcome.value
        assert case.triage["reasons"]
        assert [entry.event for entry in timeline(db, case.ref)][-1] == timeline(db, case.ref)[0].event


def test_a_case_is_found_however_its_reference_is_typed(database: Database) -> None:
    with database.writing() as db:
        case, _ = opened(db)
        assert case_by_ref(db, f" {case.ref.lower()} ").id == case.id
        with pytest.raises(NotFound, match="There is no case"):
            case_by_ref(db, "BJC-2026-999")


def test_two_windows_cannot_overwrite_each_other(database: Database) -> None:
    with database.writing() as db:
        case, _ = opened(db)
        seen = case.lock_version
        cases.save_scope(db, case.ref, {"purpose": "First."}, seen, as_lead(case), NOW)
        with pytest.raises(Conflict, match="another window"):
            cases.save_scope(db, case.ref, {"purpose": "Second."}, seen, as_lead(case), NOW)
        assert fresh(db, case).scope == {"purpose": "First."}


def test_only_the_lead_changes_the_draft_and_only_while_it_is_one(database: Database) -> None:
    with database.writing() as db:
        case, _ = opened(db)
        stranger = Actor(Role.LEAD, holder(db, "pdb-sfrs-chief").id)
        with pytest.raises(Refused):
            cases.save_scope(db, case.ref, {}, case.lock_version, stranger, NOW)
        with pytest.raises(Conflict, match="can no longer be changed"):
            cases.save_section(db, case.ref, "about", {}, case.lock_version, as_lead(case), NOW)


def test_an_incomplete_scope_proposal_is_not_sent(database: Database) -> None:
    with database.writing() as db:
        case, _ = opened(db)
        cases.save_scope(db, case.ref, {"purpose": TEXT}, case.lock_version, as_lead(case), NOW)
        with pytest.raises(Conflict, match="Not yet"):
            cases.propose_scope(db, case.ref, as_lead(case), NOW)
        assert versions(db, case.id) == []
        assert fresh(db, case).stage == "scoping"


def test_proposing_freezes_the_page_and_opens_the_decision_on_it(database: Database) -> None:
    with database.writing() as db:
        case, _ = opened(db)
        cases.save_scope(db, case.ref, scope(db), case.lock_version, as_lead(case), NOW)
        version = cases.propose_scope(db, case.ref, as_lead(case), NOW)
        decision = decisions.latest_decision(db, case.id)
        assert decision is not None
        assert (decision.version_id, decision.kind) == (version.id, "scope")
        assert version.body["submit_by"] == "2026-09-30"


def test_a_proposal_whose_day_of_submission_has_passed_is_not_sent(database: Database) -> None:
    with database.writing() as db:
        case, _ = opened(db)
        values = {**scope(db), "submit_by": "2020-01-01"}
        cases.save_scope(db, case.ref, values, case.lock_version, as_lead(case), NOW)
        with pytest.raises(Invalid) as refused:
            cases.propose_scope(db, case.ref, as_lead(case), NOW)
        assert list(refused.value.fields) == ["submit_by"]
        assert decisions.latest_decision(db, case.id) is None


def test_submitting_needs_the_declaration_all_sections_and_happens_once(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DRAFTING)
        with pytest.raises(Conflict, match="all sections complete"):
            cases.submit(db, case.ref, True, as_lead(case), NOW)
        case.sections = sections()
        db.flush()
        with pytest.raises(Invalid) as refused:
            cases.submit(db, case.ref, False, as_lead(case), NOW)
        assert list(refused.value.fields) == ["declared"]
        cases.submit(db, case.ref, True, as_lead(case), NOW)
        with pytest.raises(Conflict, match="already been submitted"):
            cases.submit(db, case.ref, True, as_lead(case), NOW)
        assert [(v.number, v.kind) for v in versions(db, case.id)] == [(1, "scope"), (2, "case")]


def test_title_and_amount_of_the_case_follow_the_version_submitted(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DRAFTING)
        case.sections = {**sections("99000.50"), "title": "One service desk"}
        db.flush()
        cases.submit(db, case.ref, True, as_lead(case), NOW)
        assert (case.title, case.amount) == ("One service desk", Decimal("99000.50"))


def test_questions_are_numbered_dated_and_send_the_case_back(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        cases.ask_questions(db, case.ref, "Why twelve months?", office(db), NOW)
        assert fresh(db, case).stage == "drafting"
        (question,) = questions_asked(db, case.id)
        assert (question.number, question.asked_at, question.text) == (1, NOW, "Why twelve months?")
        assert db.query(Outbox).filter_by(kind="questions_asked").count() == 1


def test_an_empty_question_sends_nothing_back(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        with pytest.raises(Invalid) as refused:
            cases.ask_questions(db, case.ref, "  ", office(db), NOW)
        assert list(refused.value.fields) == ["text"]
        assert db.query(Question).count() == 0


def test_opening_with_advice_missing_needs_the_draft_and_a_reason(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        with pytest.raises(TransitionRefused, match="delegation drafted"):
            cases.office_moves(db, case.ref, Event.OPENED_WITHOUT_ADVICE, "The board meets.", office(db), NOW)
        db.rollback()
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        with pytest.raises(Invalid) as refused:
            cases.office_moves(db, case.ref, Event.OPENED_WITHOUT_ADVICE, " ", office(db), NOW)
        assert list(refused.value.fields) == ["reason"]


@pytest.mark.parametrize(
    "stage", [Stage.SCOPING, Stage.SCOPE_DECISION, Stage.DRAFTING, Stage.ANALYSIS, Stage.DECISION]
)
def test_a_case_may_be_withdrawn_from_every_stage_before_the_approval(
    database: Database, stage: Stage
) -> None:
    with database.writing() as db:
        case = a_case(db, stage)
        cases.lead_moves(db, case.ref, Event.WITHDRAWN, "No longer wanted.", as_lead(case), NOW)
        assert fresh(db, case).stage == "withdrawn"
        assert settle(db, case.ref, NOW) is None
        assert db.query(Decision).filter_by(case_id=case.id, closed_at=None).count() == 0


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.DELEGATED])
def test_an_approved_case_cannot_be_withdrawn(database: Database, stage: Stage) -> None:
    with database.writing() as db:
        case = a_case(db, stage)
        with pytest.raises(TransitionRefused):
            cases.lead_moves(db, case.ref, Event.WITHDRAWN, "No longer wanted.", as_lead(case), NOW)


def test_a_recalled_case_goes_back_to_drafting_and_the_votes_are_void(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        cases.lead_moves(db, case.ref, Event.RECALLED, "A figure is wrong.", as_lead(case), NOW)
        assert fresh(db, case).stage == "drafting"
        decision = decisions.latest_decision(db, case.id)
        assert decision is not None
        assert decision.void_reason == "the case was taken back by its lead"
        assert decision.outcome is None
        assert db.query(Outbox).filter_by(kind="decision_void").count() == 8


def test_withdrawing_needs_the_lead_and_a_reason_of_which_the_audit_keeps_the_hash(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db)
        with pytest.raises(Refused):
            cases.lead_moves(db, case.ref, Event.WITHDRAWN, "No.", Actor(Role.LEAD, 1), NOW)
        with pytest.raises(Invalid):
            cases.lead_moves(db, case.ref, Event.WITHDRAWN, "", as_lead(case), NOW)
        cases.lead_moves(db, case.ref, Event.WITHDRAWN, "A secret reason.", as_lead(case), NOW)
        entry = timeline(db, case.ref)[-1]
        assert "A secret reason." not in str(entry.detail)
        assert len(entry.detail["reason_sha256"]) == 64
        assert case.stage_reason == "A secret reason."


def test_the_reason_of_a_move_is_gone_after_the_next_one(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        cases.lead_moves(db, case.ref, Event.RECALLED, "A figure is wrong.", as_lead(case), NOW)
        assert fresh(db, case).stage_reason == "A figure is wrong."
        cases.submit(db, case.ref, True, as_lead(case), NOW)
        assert fresh(db, case).stage_reason == ""
