"""Every governance number, typed (design.md D8).

The figures here are the Fire Alliance's defaults; an alliance's data file may set any of them, and
does so with the date from which they count. Rules take a `Policy` as an argument and never keep one.
Money is in whole pounds unless a name says otherwise; days are England's working days.
"""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TriagePolicy(_Frozen):
    """Which kind of case a proposal needs, by whole-life value in pounds (domain.md section 1)."""

    no_case_below: Decimal = Field(Decimal(12_000), ge=0)
    three_stage_above: Decimal = Field(Decimal(2_000_000), gt=0)


class DecisionPolicy(_Frozen):
    """How a body decides: presence, agreement and time (domain.md section 11, "Deciding")."""

    present_per_service: int = Field(2, ge=1)
    scope_days: int = Field(10, ge=1)
    approval_days: int = Field(10, ge=1)
    extension_days: int = Field(5, ge=1)
    grace_days: int = Field(1, ge=0)
    closes_at: str = Field("17:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    in_writing: bool = True
    fastest_answer_seconds: float = Field(2.0, ge=0)


class DelegationPolicy(_Frozen):
    """What the board may delegate by itself; above an officer limit the Authorities decide."""

    officer_limit: dict[str, Decimal] = Field(default_factory=dict)
    cost_tolerance_percent: Decimal = Field(Decimal(5), ge=0)
    time_tolerance_weeks: int = Field(6, ge=0)
    period_months: int = Field(24, ge=1)


class DeadlinePolicy(_Frozen):
    """What people owe, and by when, in working days (months where the name says so)."""

    advice_days: int = Field(5, ge=1)
    appointment_days: int = Field(5, ge=1)
    joint_agreement_days: int = Field(20, ge=1)
    deferral_review_months: int = Field(3, ge=1, le=3)
    still_wanted_months: int = Field(3, ge=1)
    quarterly_report_days: int = Field(10, ge=1)


class Policy(_Frozen):
    """One version of the numbers, in force from a date until the next version begins."""

    version: str
    effective_from: date
    triage: TriagePolicy = TriagePolicy()
    decision: DecisionPolicy = DecisionPolicy()
    delegation: DelegationPolicy = DelegationPolicy()
    deadlines: DeadlinePolicy = DeadlinePolicy()
    closure_days: tuple[date, ...] = ()
