"""The draft delegation: checked field by field, rewritten until the decision opens, and kept as voted on."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bjc.actions import delegations
from bjc.actions.delegations import DelegationDraft
from bjc.actions.facts import above_limit, policy_now
from bjc.db.cases import Case
from bjc.db.people import Holding, Person
from bjc.db.questions import delivery
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.errors import Conflict, Invalid
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day
from tests.builders import NOW, a_case, draft_delegation, holder, office, open_decision


def proposed(db: Session, case: Case, **changes: Any) -> DelegationDraft:
    draft = DelegationDraft("ICT working group", Decimal(85_000), "pdb-hwfrs-deputy",
                            holder(db, "pdb-sfrs-assistant").id, case.lead_id, "Staff numbers.")  # fmt: skip
    return replace(draft, **changes)


def test_a_draft_takes_tolerances_and_period_from_the_policy_and_its_chair_from_the_board(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        row = delegations.draft(db, case.ref, proposed(db, case), office(db), NOW)
        assert (row.limit, row.cost_tolerance_percent, row.time_tolerance_weeks, row.period_months) == (
            Decimal(85_000), 5, 6, 24,
        )  # fmt: skip
        assert row.chair_id == holder(db, "pdb-hwfrs-deputy").id
        assert [group.name for group in delivery.groups(db)] == ["ICT working group"]


def test_drafting_again_rewrites_the_one_draft_and_leaves_one_entry_each_time(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        first = delegations.draft(db, case.ref, proposed(db, case), office(db), NOW)
        more = proposed(db, case, limit=Decimal("90000.50"))
        again = delegations.draft(db, case.ref, more, office(db), NOW)
        assert delegations.draft(db, case.ref, more, office(db), NOW) is again  # a double click
        assert again.id == first.id
        assert again.limit == Decimal("90000.50")
        entries = [e.detail["limit"] for e in timeline(db, case.ref) if e.event == "delegation drafted"]
        assert entries == ["85000.00", "90000.50"]
        assert len(delivery.groups(db)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"group": "  "}, "group"),
        ({"limit": Decimal(0)}, "limit"),
        ({"limit": Decimal(-1)}, "limit"),
        ({"chair_post": "office-sfrs"}, "chair_post"),
        ({"chair_post": ""}, "chair_post"),
        ({"sponsor_id": 999_999}, "sponsor_id"),
        ({"lead_id": 999_999}, "lead_id"),
    ],
)
def test_a_wrong_field_is_named_alone_and_nothing_is_written(
    database: Database, changes: dict[str, Any], field: str
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        with pytest.raises(Invalid) as refused:
            delegations.draft(db, case.ref, proposed(db, case, **changes), office(db), NOW)
        assert list(refused.value.fields) == [field]
        assert delivery.delegation_of(db, case.id) is None
        assert delivery.groups(db) == []


def wrong_fields(db: Session, case: Case, **changes: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        delegations.draft(db, case.ref, proposed(db, case, **changes), office(db), NOW)
    return refused.value.fields


def test_the_limit_may_reach_the_whole_life_cost_and_its_tolerance_but_not_a_penny_more(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)  # £182,000, and the policy tolerates 5% more
        assert wrong_fields(db, case, limit=Decimal("191100.01")) == {
            "limit": "The limit can be £191,100 at most: the whole-life cost of £182,000 and the tolerance of 5%"
        }
        delegations.draft(db, case.ref, proposed(db, case, limit=Decimal(191_100)), office(db), NOW)


@pytest.mark.parametrize(
    "post", ["adviser-independent", "clerk-sfrs", "pdb-sfrs-finance", "officer-sfrs-ict"]
)
def test_a_sponsor_holds_a_post_that_the_alliance_gives_to_the_seat(database: Database, post: str) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        assert list(wrong_fields(db, case, sponsor_id=holder(db, post).id)) == ["sponsor_id"]


@pytest.mark.parametrize("post", ["adviser-independent", "clerk-sfrs", "pdb-sfrs-chief"])
def test_a_lead_is_an_officer_of_a_service(database: Database, post: str) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        assert list(wrong_fields(db, case, lead_id=holder(db, post).id)) == ["lead_id"]


def test_who_holds_the_post_no_longer_is_no_candidate_but_the_case_s_own_lead_stays_one(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        for person in (holder(db, "pdb-sfrs-assistant").id, case.lead_id):
            for row in db.query(Holding).filter_by(person_id=person):
                row.until = local_day(NOW) - timedelta(days=1)
        db.flush()
        lead = db.get_one(Person, case.lead_id)
        leads = delegations.candidates(db, case, "lead", local_day(NOW))
        assert leads[lead.id] == f"{lead.name}, lead of this case"
        assert (
            "Officer A3, Assistant Chief Fire Officer, SFRS"
            not in delegations.candidates(db, case, "sponsor", local_day(NOW)).values()
        )


def test_a_limit_above_the_officers_sends_an_approval_to_the_authorities(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS, amount="349000.00")
        delegations.draft(db, case.ref, proposed(db, case, limit=Decimal(350_000)), office(db), NOW)
        assert not above_limit(db, case, policy_now(db, NOW))
        delegations.draft(db, case.ref, proposed(db, case, limit=Decimal(350_001)), office(db), NOW)
        assert above_limit(db, case, policy_now(db, NOW))


@pytest.mark.parametrize("stage", [Stage.SCOPING, Stage.SCOPE_DECISION, Stage.DECISION, Stage.DELEGATED])
def test_outside_drafting_and_analysis_there_is_nothing_to_draft(database: Database, stage: Stage) -> None:
    with database.writing() as db:
        case = a_case(db, stage)
        with pytest.raises(Conflict, match="until the decision opens"):
            delegations.draft(db, case.ref, proposed(db, case), office(db), NOW)


def test_a_group_is_formed_once_and_owns_several_cases(database: Database) -> None:
    with database.writing() as db:
        for _ in range(2):
            case = a_case(db, Stage.ANALYSIS)
            delegations.draft(db, case.ref, proposed(db, case, group=" ICT working group "), office(db), NOW)
        assert len(delivery.groups(db)) == 1


def test_the_decision_keeps_the_draft_as_it_was_voted_on(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        kept = open_decision(db, case).delegation
        assert (kept["limit"], kept["chair_post"], kept["lead"]) == (
            "85000.00", "pdb-hwfrs-deputy", case.lead_id,
        )  # fmt: skip


def test_the_draft_wakes_the_route_only_while_it_is_waited_for(database: Database) -> None:
    from sqlalchemy import select

    from bjc.db.cases import Route

    with database.writing() as db:
        case = a_case(db, Stage.DRAFTING)
        wanted = select(Route.wanted).where(Route.case_id == case.id)
        before = db.scalar(wanted)
        draft_delegation(db, case)
        assert db.scalar(wanted) == before
        other = a_case(db, Stage.ANALYSIS)
        wanted = select(Route.wanted).where(Route.case_id == other.id)
        before = db.scalar(wanted)
        draft_delegation(db, other)
        assert db.scalar(wanted) == (before or 0) + 1
