"""Every way that the clock moves a case, on facts that the real actions brought about; and what it waits for."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bjc.actions import cases
from bjc.actions.settle import settle
from bjc.db.cases import Route
from bjc.db.decisions import Decision
from bjc.db.mail import Outbox
from bjc.db.questions import decisions
from bjc.db.questions.cases import versions
from bjc.db.questions.routes import anything_due
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Event, Stage
from bjc.rules.working_days import LONDON
from tests.actions.settle_steps import ABOVE, SECOND, decided, mails, split
from tests.builders import (
    NOW,
    a_case,
    as_lead,
    assignments,
    end_grace,
    everyone_votes,
    fresh,
    office,
    scope,
    sections,
    vote,
)


@pytest.mark.parametrize(
    ("choice", "stage", "mail"),
    [
        (Choice.APPROVE, "approved", "case_approved"),
        (Choice.DEFER, "deferred", "case_deferred"),
        (Choice.REJECT, "rejected", "case_rejected"),
        (Choice.ABSTAIN, "drafting", "case_referred_back"),
    ],
)
def test_an_approval_decision_leads_to_its_stage_and_its_mail(
    database: Database, choice: Choice, stage: str, mail: str
) -> None:
    with database.writing() as db:
        case = decided(db, choice)
        assert fresh(db, case).stage == stage
        assert mails(db, case, mail) >= 2


@pytest.mark.parametrize(
    ("choice", "stage", "mail"),
    [
        (Choice.APPROVE, "drafting", "scope_recommended"),
        (Choice.APPROVE_WITH_CONDITIONS, "drafting", "scope_recommended"),
        (Choice.DEFER, "scoping", "scope_sent_back"),
        (Choice.ABSTAIN, "scoping", "scope_sent_back"),
        (Choice.REJECT, "rejected", "case_rejected"),
    ],
)
def test_a_scope_decision_leads_to_its_stage_and_its_mail(
    database: Database, choice: Choice, stage: str, mail: str
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        for row, _ in assignments(db, case):
            vote(db, case, row, choice, reason="" if choice is Choice.APPROVE else "Because.",
                 conditions="Mind the exit." if choice is Choice.APPROVE_WITH_CONDITIONS else "")  # fmt: skip
        end_grace(db, case)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == stage
        assert mails(db, case, mail) >= 1


def test_a_scope_sent_back_is_proposed_again_as_a_new_version_with_a_new_decision(database: Database) -> None:
    with database.writing() as db:
        case = decided(db, Choice.DEFER, Stage.SCOPE_DECISION)
        cases.save_scope(db, case.ref, scope(db), case.lock_version, as_lead(case), NOW)
        cases.propose_scope(db, case.ref, as_lead(case), NOW)
        settle(db, case.ref, NOW)
        assert [version.number for version in versions(db, case.id)] == [1, 2]
        assert len(decisions.decisions_of(db, case.id)) == 2
        everyone_votes(db, case, Choice.APPROVE)
        end_grace(db, case)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "drafting"


def test_a_case_referred_back_is_submitted_again_and_advice_is_asked_afresh(database: Database) -> None:
    with database.writing() as db:
        case = decided(db, Choice.ABSTAIN)
        case.sections = sections()
        db.flush()
        cases.submit(db, case.ref, True, as_lead(case), NOW)
        wait = settle(db, case.ref, NOW)
        assert wait is not None
        assert (wait.stage, len(wait.posts)) == ("analysis", 4)


def test_no_joint_agreement_gives_both_chiefs_twenty_working_days(database: Database) -> None:
    with database.writing() as db:
        case = split(db)
        assert fresh(db, case).stage == "deferred"
        assert case.review_at == datetime(2026, 7, 29, 17, 0, tzinfo=LONDON)
        told = {
            row.person_id for row in db.query(Outbox).filter_by(case_id=case.id, kind="no_joint_agreement")
        }
        assert len(told) == 11  # the eight members, both chiefs among them, two of the office, the lead


def test_a_deferral_is_asked_about_on_its_review_date_and_again_a_quarter_later(database: Database) -> None:
    with database.writing() as db:
        case = decided(db, Choice.DEFER)
        first = case.review_at
        assert first == datetime(2026, 10, 1, 9, 0, tzinfo=LONDON)
        settle(db, case.ref, first - SECOND)
        assert mails(db, case, "deferral_review") == 0
        wait = settle(db, case.ref, first)
        assert mails(db, case, "deferral_review") == 3
        assert wait is not None
        assert wait.until == case.review_at == datetime(2027, 1, 4, 9, 0, tzinfo=LONDON)
        settle(db, case.ref, first + SECOND)
        assert mails(db, case, "deferral_review") == 3


@pytest.mark.parametrize("stage", [Stage.SCOPING, Stage.DRAFTING])
def test_a_draft_that_stands_still_is_asked_about_every_three_months(
    database: Database, stage: Stage
) -> None:
    with database.writing() as db:
        case = a_case(db, stage)
        for count in (1, 2):
            assert case.review_at is not None
            settle(db, case.ref, case.review_at)
            assert mails(db, case, "still_wanted") == 3 * count
            assert fresh(db, case).stage == stage


def test_a_resumed_case_is_put_to_the_board_again_at_once_where_nothing_is_missing(
    database: Database,
) -> None:
    with database.writing() as db:
        case = decided(db, Choice.DEFER)
        cases.office_moves(db, case.ref, Event.RESUMED, "The grant came through.", office(db), NOW)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "decision"
        assert len(decisions.decisions_of(db, case.id)) == 3
        assert {row.choice for row, _ in assignments(db, case)} == {None}


@pytest.mark.parametrize(
    "stage", [Stage.SCOPE_DECISION, Stage.ANALYSIS, Stage.DECISION, Stage.AUTHORITIES, Stage.DEFERRED]
)
def test_a_withdrawn_case_is_settled_once_more_and_its_route_is_over(
    database: Database, stage: Stage
) -> None:
    with database.writing() as db:
        if stage in (Stage.AUTHORITIES, Stage.DEFERRED):
            case = decided(db, Choice.APPROVE if stage is Stage.AUTHORITIES else Choice.DEFER, amount=ABOVE)
        else:
            case = a_case(db, stage)
        settle(db, case.ref, NOW)
        assert not anything_due(db, NOW)
        cases.lead_moves(db, case.ref, Event.WITHDRAWN, "No longer wanted.", as_lead(case), NOW)
        assert anything_due(db, NOW)
        assert settle(db, case.ref, NOW) is None
        route = db.scalars(
            select(Route).where(Route.case_id == case.id).execution_options(populate_existing=True)
        ).one()
        assert (route.live, route.wake_at) == (False, None)
        assert not anything_due(db, NOW + timedelta(days=365))
        assert db.query(Decision).filter_by(case_id=case.id, closed_at=None).count() == 0
