"""Which kind of case a proposal needs, with the reasons. Asked first, so that nobody writes a case in vain.

Source: domain.md section 1 (light cases are for spend that is not novel, contentious or repercussive).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bjc.rules.policy import TriagePolicy


class TriageOutcome(StrEnum):
    """What the answers lead to."""

    BJC = "bjc"
    ADDENDUM = "addendum"
    THREE_STAGE = "three_stage"
    NO_CASE = "no_case"


OUTCOME_WORDS = {
    TriageOutcome.BJC: "You need a business justification case",
    TriageOutcome.ADDENDUM: "You need an addendum to the approved case",
    TriageOutcome.THREE_STAGE: "You need a three-stage business case",
    TriageOutcome.NO_CASE: "You do not need a business case",
}
NEXT_STEP = {
    TriageOutcome.BJC: "Next, write the one-page scope proposal. The board recommends the scope before you draft.",
    TriageOutcome.ADDENDUM: "Ask the lead of that case to put the change to the board as an addendum.",
    TriageOutcome.THREE_STAGE: "Speak to the programme office about a strategic outline case.",
    TriageOutcome.NO_CASE: "Agree the spend with your budget holder in the usual way.",
}
YesNo = Literal["yes", "no"]
_YES_NO: dict[str, Any] = {"widget": "radios", "options": {"yes": "Yes", "no": "No"}}


class TriageAnswers(BaseModel):
    """The six questions, one page each. Money is whole-life cost in pounds, with VAT and staff time."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(
        title="What do you want to do?",
        description="A short title that everybody will recognise, such as ‘Joint ICT Service Desk’.",
        min_length=3, max_length=120, json_schema_extra={"widget": "input"},
    )  # fmt: skip
    amount: Decimal = Field(
        title="What will it cost over its whole life?",
        description="Include VAT and staff time. An estimate is enough, like 182000.",
        ge=0, le=Decimal("999999999"), decimal_places=2, json_schema_extra={"widget": "money"},
    )  # fmt: skip
    changes_approved_case: YesNo = Field(
        title="Does it change a case that is already approved?", json_schema_extra=_YES_NO
    )
    unusual: YesNo = Field(
        title="Is it novel, contentious or repercussive?",
        description="Novel: nobody has done it. Contentious: it will be criticised in public. "
        "Repercussive: others will have to follow.",
        json_schema_extra=_YES_NO,
    )
    pilot: YesNo = Field(
        title="Is it a pilot for something larger?",
        description="A pilot commits nobody to the larger spend, but starts the road to it.",
        json_schema_extra=_YES_NO,
    )
    route_to_buy: YesNo = Field(
        title="Is there a way to buy it that has been competed already?",
        description="A framework, an existing contract, or nothing to buy.",
        json_schema_extra=_YES_NO,
    )


@dataclass(frozen=True)
class Triage:
    """The outcome and why, in sentences for the page and the record."""

    outcome: TriageOutcome
    reasons: tuple[str, ...]


def triage(answers: TriageAnswers, policy: TriagePolicy) -> Triage:
    """The first rule that applies decides; all reasons of that kind are given."""
    if answers.changes_approved_case == "yes":
        return Triage(TriageOutcome.ADDENDUM, ("It changes a case that the board has already approved.",))
    heavy = _heavy_reasons(answers, policy)
    if heavy:
        return Triage(TriageOutcome.THREE_STAGE, heavy)
    if answers.amount < policy.no_case_below:
        why = f"£{answers.amount:,.0f} is below £{policy.no_case_below:,.0f}, where a case begins."
        return Triage(TriageOutcome.NO_CASE, (why,))
    return Triage(TriageOutcome.BJC, _light_reasons(answers, policy))


def _heavy_reasons(answers: TriageAnswers, policy: TriagePolicy) -> tuple[str, ...]:
    tests = (
        (answers.amount > policy.three_stage_above,
         f"£{answers.amount:,.0f} is above £{policy.three_stage_above:,.0f}, the most for a light case."),
        (answers.unusual == "yes", "It is novel, contentious or repercussive."),
        (answers.pilot == "yes", "It is a pilot for something larger."),
        (answers.route_to_buy == "no" and answers.amount >= policy.no_case_below,
         "There is no competed way to buy it yet."),
    )  # fmt: skip
    return tuple(why for applies, why in tests if applies)


def _light_reasons(answers: TriageAnswers, policy: TriagePolicy) -> tuple[str, ...]:
    return (
        f"£{answers.amount:,.0f} is between £{policy.no_case_below:,.0f} and £{policy.three_stage_above:,.0f}.",
        "It is not novel, contentious or repercussive, and not a pilot.",
        "There is a competed way to buy it.",
    )
