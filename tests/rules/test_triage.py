"""Which kind of case a proposal needs: each answer's effect, the value bands to the penny, and the reasons."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bjc.rules.policy import TriagePolicy
from bjc.rules.triage import NEXT_STEP, OUTCOME_WORDS, TriageAnswers, TriageOutcome, triage

POLICY = TriagePolicy()
BJC, ADDENDUM, THREE, NONE = (
    TriageOutcome.BJC,
    TriageOutcome.ADDENDUM,
    TriageOutcome.THREE_STAGE,
    TriageOutcome.NO_CASE,
)


def answers(**changes: Any) -> TriageAnswers:
    given = {"title": "A service desk", "amount": Decimal(182_000), "changes_approved_case": "no",
             "unusual": "no", "pilot": "no", "route_to_buy": "yes"}  # fmt: skip
    return TriageAnswers(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, BJC),
        ({"amount": Decimal("11999.99")}, NONE),
        ({"amount": Decimal(12_000)}, BJC),
        ({"amount": Decimal(2_000_000)}, BJC),
        ({"amount": Decimal("2000000.01")}, THREE),
        ({"unusual": "yes"}, THREE),
        ({"pilot": "yes"}, THREE),
        ({"route_to_buy": "no"}, THREE),
        ({"route_to_buy": "no", "amount": Decimal(5_000)}, NONE),
        ({"unusual": "yes", "amount": Decimal(5_000)}, THREE),
        ({"changes_approved_case": "yes"}, ADDENDUM),
        ({"changes_approved_case": "yes", "unusual": "yes", "amount": Decimal(9_000_000)}, ADDENDUM),
    ],
)
def test_the_answers_lead_to_a_kind_of_case(changes: dict[str, Any], outcome: TriageOutcome) -> None:
    assert triage(answers(**changes), POLICY).outcome is outcome


def test_all_reasons_of_the_kind_found_are_given() -> None:
    found = triage(answers(amount=Decimal(3_000_000), unusual="yes", pilot="yes", route_to_buy="no"), POLICY)
    assert found.reasons == (
        "£3,000,000 is above £2,000,000, the most for a light case.",
        "It is novel, contentious or repercussive.",
        "It is a pilot for something larger.",
        "There is no competed way to buy it yet.",
    )


def test_the_bands_are_the_policys_and_not_the_codes() -> None:
    low = TriagePolicy(no_case_below=Decimal(500_000), three_stage_above=Decimal(600_000))
    assert triage(answers(), low).outcome is NONE


@settings(max_examples=200, deadline=None)
@given(
    st.decimals(0, 999_999_999, places=2), st.sampled_from(["yes", "no"]), st.sampled_from(["yes", "no"]),
    st.sampled_from(["yes", "no"]), st.sampled_from(["yes", "no"]),
)  # fmt: skip
def test_every_answer_has_an_outcome_with_reasons_in_sentences(
    amount: Decimal, changes: str, unusual: str, pilot: str, route: str
) -> None:
    given = answers(amount=amount, changes_approved_case=changes, unusual=unusual, pilot=pilot,
                    route_to_buy=route)  # fmt: skip
    found = triage(given, POLICY)
    assert found.reasons
    assert all(reason.endswith(".") for reason in found.reasons)
    assert found.outcome in OUTCOME_WORDS
    assert found.outcome in NEXT_STEP


@pytest.mark.parametrize(
    "wrong",
    [{"amount": Decimal(-1)}, {"title": "ab"}, {"unusual": "perhaps"}, {"amount": "1.001"}, {"more": 1}],
)
def test_an_answer_outside_its_bounds_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        answers(**wrong)
