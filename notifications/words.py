"""How a mail says a date, an amount, a seat: the small words that several kinds of mail share."""

from datetime import datetime
from decimal import Decimal

from bjc.rules.working_days import spoken_date
from notifications.letters import CaseFacts, DecisionFacts
from notifications.plain import name

LONGEST_TITLE_IN_SUBJECT = 70
SEATS = {"chair": "chair", "sponsor": "executive sponsor", "lead": "project lead"}
ADVICE = {"finance": "finance advice", "impact": "impact statement"}
DECISIONS = {"scope": "scope decision", "approval": "approval decision"}


def short_day(at: datetime) -> str:
    """`Fri 11 Dec`: for a subject, where the year is one word too many."""
    return spoken_date(at).rpartition(" ")[0]


def pounds(amount: Decimal | None) -> str:
    """`£182,000`, with pence only where there are some; empty while no amount is known."""
    if amount is None:
        return ""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"


def case_line(case: CaseFacts) -> str:
    """`BJC-2026-014 Fleet telematics (£182,000)`: how every subject names its case."""
    amount = pounds(case.amount)
    title = name(case.title, LONGEST_TITLE_IN_SUBJECT)
    return f"{case.ref} {title}" + (f" ({amount})" if amount else "")


def ends_at(decision: DecisionFacts) -> datetime:
    """When answers are due: where a decision stands over, the date it had before."""
    return decision.closes_at or decision.due_at


def said(value: str) -> str:
    """A stored value as a person says it."""
    return value.replace("_", " ")
