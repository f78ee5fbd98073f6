"""Above an officer limit the Authorities decide, each by a minuted resolution that its clerk records."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bjc.actions.resolutions import Resolved, record_resolution
from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.mail import Outbox
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.errors import Conflict, Invalid
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, end_grace, everyone_votes, fresh, office, open_decision

ABOVE = "1500000.00"
TODAY = date(2026, 7, 1)


def before_the_authorities(db: Session) -> Case:
    """A case that the board approved above the officer limits."""
    case = a_case(db, Stage.DECISION, amount=ABOVE)
    everyone_votes(db, case, Choice.APPROVE)
    end_grace(db, case)
    settle(db, case.ref, NOW)
    assert case.stage == Stage.AUTHORITIES
    return case


def said(service: str = "sfrs", resolution: str = "agreed", **changes: Any) -> Resolved:
    return replace(
        Resolved(service, resolution, "47/2026", TODAY, "The Authority resolved as follows."), **changes
    )


def record(db: Session, case: Case, resolved: Resolved) -> None:
    record_resolution(db, case.ref, resolved, office(db), NOW)
    settle(db, case.ref, NOW)


def test_above_a_limit_the_clerks_are_told_and_nobody_is_appointed(database: Database) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        told = [
            row for row in db.query(Outbox).filter_by(case_id=case.id) if row.kind == "case_for_authorities"
        ]
        assert len(told) == 13  # the lead, two of the office, two clerks, the eight members
        assert delivery.appointments_of(db, case.id) == []


def test_one_authoritys_agreement_is_not_enough_and_both_approve(database: Database) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        record(db, case, said("sfrs"))
        assert fresh(db, case).stage == "Authorities"
        record(db, case, said("hwfrs"))
        assert fresh(db, case).stage == "approved"
        assert [row.seat for row, _ in delivery.appointments_of(db, case.id)] == ["chair", "sponsor", "lead"]


def test_an_amendment_sends_the_case_back_to_its_lead_at_once(database: Database) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        record(db, case, said("hwfrs", "amended"))
        assert fresh(db, case).stage == "drafting"


def test_a_refusal_rejects_the_case(database: Database) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        record(db, case, said("sfrs"))
        record(db, case, said("hwfrs", "refused"))
        assert fresh(db, case).stage == "rejected"


def test_each_resolution_is_kept_with_its_minute_and_one_entry(database: Database) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        record(db, case, said("sfrs"))
        (row,) = decisions.resolutions_of(db, open_decision(db, case).id)
        assert (row.minute, row.met_on, row.resolution) == ("47/2026", TODAY, "agreed")
        entries = [entry for entry in timeline(db, case.ref) if entry.event == "resolution recorded"]
        assert [entry.detail for entry in entries] == [
            {"service": "sfrs", "resolution": "agreed", "minute": "47/2026"}
        ]


def test_an_authority_resolves_once(database: Database) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        record(db, case, said("sfrs"))
        with pytest.raises(Conflict, match="already recorded"):
            record(db, case, said("sfrs", "refused"))


def test_a_case_that_is_not_before_the_authorities_takes_no_resolution(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        with pytest.raises(Conflict, match="not before the Authorities"):
            record(db, case, said())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service": "elsewhere"}, "service"),
        ({"resolution": "noted"}, "resolution"),
        ({"minute": " "}, "minute"),
        ({"met_on": date(2026, 7, 2)}, "met_on"),
        ({"met_on": date(2026, 6, 30)}, "met_on"),
        ({"text": ""}, "text"),
    ],
)
def test_an_incomplete_resolution_names_the_field(
    database: Database, changes: dict[str, Any], field: str
) -> None:
    with database.writing() as db:
        case = before_the_authorities(db)
        with pytest.raises(Invalid) as refused:
            record_resolution(db, case.ref, said(**changes), office(db), NOW)
        assert list(refused.value.fields) == [field]
        assert decisions.resolutions_of(db, open_decision(db, case).id) == []
