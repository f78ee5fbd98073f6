"""How pages say a stage, an amount, a day: the small words that several pages share."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bjc.rules.decision import outcome_words
from bjc.rules.stages import Stage
from bjc.rules.working_days import spoken_date

S = Stage

# fmt: off
STAGES: dict[S, tuple[str, str]] = {
    # stage           words                      colour beside them
    S.NEW:            ("New",                    "grey"),
    S.ADDENDUM:       ("Ended: addendum",        "grey"),
    S.THREE_STAGE:    ("Ended: three-stage case", "grey"),
    S.NO_CASE:        ("Ended: no case needed",  "grey"),
    S.SCOPING:        ("Scoping",                "blue"),
    S.SCOPE_DECISION: ("Scope decision",         "purple"),
    S.DRAFTING:       ("Drafting",               "blue"),
    S.ANALYSIS:       ("Analysis",               "teal"),
    S.DECISION:       ("Decision",               "purple"),
    S.AUTHORITIES:    ("Authorities",            "purple"),
    S.APPROVED:       ("Approved",               "green"),
    S.DELEGATED:      ("Delegated",              "green"),
    S.DEFERRED:       ("Deferred",               "yellow"),
    S.REJECTED:       ("Rejected",               "red"),
    S.WITHDRAWN:      ("Withdrawn",              "grey"),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    "approved":                 ("Approved",                 "green"),
    "approved with conditions": ("Approved with conditions", "green"),
    "rejected":                 ("Rejected",                 "red"),
    "deferred":                 ("Deferred",                 "yellow"),
    "referred back":            ("Referred back",            "orange"),
    "no joint agreement":       ("No joint agreement",       "orange"),
    "inquorate":                ("Too few took part",        "orange"),
}
SEATS = {"chair": "Chair", "sponsor": "Executive sponsor", "lead": "Project lead"}
ADVICE = {"finance": "Finance advice", "impact": "Impact statement"}
DECISIONS = {"scope": "Scope decision", "approval": "Approval decision"}
VERSIONS = {"scope": "Scope proposal", "case": "Business justification case"}

# What a page says at its top after something was done; the address carries the key.
DONE = {
    "withdrawn": "The case is withdrawn. Everybody who was asked about it has been told.",
    "recalled":  "The case is back with you as a draft. Votes given so far are void, and the members are told.",
    "saved":     "Your draft is saved. You can come back to it at any time.",
    "asked":     "The questions are sent, and the case is with its lead again.",
    "drafted":   "The draft delegation is saved.",
    "opened":    "The decision is open. Every member gets a mail with a link.",
    "minuted":   "The meeting's decision is recorded. The case moves on within seconds.",
    "resolved":  "The resolution is recorded.",
    "met":       "The condition is recorded as met.",
    "replaced":  "The appointment is sent to the person you named.",
    "resumed":   "The case is resumed.",
    "ended":     "The case is ended.",
}
# fmt: on


def stage_tag(stage: str) -> tuple[str, str]:
    """The stage's words and the colour of its tag."""
    return STAGES[S(stage)]


def outcome_tag(outcome: str, kind: str = "approval") -> tuple[str, str]:
    """The outcome's words and the colour of its tag; a scope is recommended, not approved."""
    words, colour = OUTCOMES.get(outcome, (outcome, "grey"))
    return capital(outcome_words(outcome, kind)) if kind == "scope" else capital(words), colour


def slug(stage: S) -> str:
    """The stage as an address carries it: `scope-decision`."""
    return stage.name.lower().replace("_", "-")


def stage_of(text: str) -> S | None:
    """The stage that an address names, or None."""
    return next((stage for stage in S if slug(stage) == text), None)


def pounds(amount: Decimal | str | None) -> str:
    """`£182,000`, with pence only where there are some; what is no number stays as it was typed."""
    if amount is None or amount == "":
        return ""
    try:
        exact = Decimal(amount)
        return f"£{exact:,.0f}" if exact == exact.to_integral_value() else f"£{exact:,.2f}"
    except InvalidOperation:
        return str(amount)


def day(value: Any) -> str:
    """`Wed 30 Sep 2026` from a date or its ISO text; anything else stays as it was typed."""
    try:
        return spoken_date(value if isinstance(value, date) else date.fromisoformat(value))
    except (TypeError, ValueError):
        return " ".join(str(value or "").split("\n"))


def capital(text: str) -> str:
    """The text with a capital at its start, and nothing else changed."""
    return text[:1].upper() + text[1:]


def joined(words: Iterable[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    listed: Sequence[str] = list(words)
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def short_hash(sha256: str) -> str:
    """The first and last characters of a SHA-256: enough to compare two by eye."""
    return f"{sha256[:8]}…{sha256[-4:]}"
