"""A sample letter of every kind, invented, for the gallery in the catcher and for `bjc mail preview`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bjc.rules.notices import SENDINGS, Notice, Recipient
from notifications import letters
from notifications.letters import Address, Letter

WHEN = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 11, 17, 0, tzinfo=UTC)
SHA256 = "9f2c4d1e7ab05c3388e6f1d20b7a64c95ed8130f4a2bb7c6d1905e3f78a4c2b1"

CASE = letters.CaseFacts(
    ref="BJC-2026-014", title="Fleet telematics", amount=Decimal(182_000), stage="decision", since=WHEN,
    review_at=DUE + timedelta(days=60), service="Shropshire Fire and Rescue Service", lead_id=1, lead="Officer A1",
)  # fmt: skip
VERSION = letters.VersionFacts(
    7, 2, SHA256,
    ask="Approve one telematics contract for the fleets of both services, for five years from April 2027.",
    funding="Fleet revenue budgets, 62/38",
)  # fmt: skip
ADVICE = letters.AdviceFacts(
    kind="finance", service=CASE.service, short="SFRS", post="Head of Finance, SFRS", adviser="Officer A4", due_at=DUE,
    given_at=WHEN, recommendation="support", text="Affordable from 2027/28.\nThe saving starts in the second year.",
)  # fmt: skip
MISSING = replace(
    ADVICE,
    kind="impact",
    service="Hereford & Worcester Fire and Rescue Service",
    short="HWFRS",
    given_at=None,
)
DECISION = letters.DecisionFacts(
    id=3, kind="approval", body="Strategic Alliance Programme Delivery Board", version=VERSION, opened_at=WHEN,
    due_at=DUE, closes_at=DUE, outcome="approved with conditions",
    working=(
        "SFRS: 4 present (at least 2 needed), 3 of 4 votes cast in favour (more than half needed).",
        "SFRS agrees.",
        "HWFRS: 3 present (at least 2 needed), 3 of 3 votes cast in favour (more than half needed).",
        "HWFRS agrees.",
        "Both services agree, with conditions.",
    ),
    terms=("Trade union consulted before units are fitted.",),
    reasons=("It pays for itself.", "The old units fail every winter."),
    void_reason="the case was taken back by its lead", advice=(ADVICE, MISSING),
    conditions=(letters.ConditionFacts("Trade union consulted before units are fitted.", "Treasurer, HWFRS"),),
    resolutions=(
        letters.ResolutionFacts(
            "Hereford & Worcester Fire Authority", "amended", "FA 12/26", WHEN.date(), "Not before the new rates."
        ),
    ),
)  # fmt: skip
SEAT = letters.SeatFacts(
    id=11, post="Chief Fire Officer, SFRS", choice="approve with conditions", reason="It pays for itself.",
    conditions="Trade union consulted before units are fitted.", answered_at=WHEN,
)  # fmt: skip
DELEGATION = letters.DelegationFacts(
    group="Fleet working group", limit=Decimal(182_000), cost_tolerance_percent=5, time_tolerance_weeks=6,
    period_months=24, reserved="Any change of supplier.",
    holders={"chair": (5, "Officer B2"), "sponsor": (6, "Officer A3"), "lead": (1, "Officer A1")},
)  # fmt: skip
APPOINTMENT = letters.AppointmentFacts("chair", "Officer B2", DUE, "declined", "I retire in March.")

_PEOPLE = {
    Recipient.SUBJECT: letters.Addressee(5, "Officer B2", "officer.b2@hwfrs.example"),
    Recipient.LEAD: letters.Addressee(1, "Officer A1", "officer.a1@sfrs.example"),
    Recipient.GROUP: letters.Addressee(1, "Officer A1", "officer.a1@sfrs.example"),
    Recipient.OFFICE: letters.Addressee(
        9, "Officer A9", "officer.a9@sfrs.example", posts={"office": "Head of Transformation, SFRS"}
    ),
}


def letter(notice: Notice) -> Letter:
    """A letter of this kind, to the first of its recipients."""
    decided = notice.value.startswith(("decision_", "case_", "scope_", "no_"))
    parts: dict[str, Any] = {
        "case": CASE, "version": VERSION, "delegation": DELEGATION,
        "questions": ("What does it cost after year five?", "Who owns the data?\nAnd for how long is it kept?"),
        "decision": _decision(notice) if decided else None,
        "seat": SEAT if notice.value.startswith("decision_") else None,
        "advice": ADVICE if notice.value.startswith("advice_") else None,
        "appointment": APPOINTMENT if notice.value.startswith("appointment_") else None,
    }  # fmt: skip
    if notice is Notice.SIGN_IN:
        parts = {"requested_at": WHEN}
    return Letter(
        id=17, notice=notice, queued_at=WHEN, alliance="Fire Alliance", instance="sample",
        to=_PEOPLE[SENDINGS[notice].to[0]], **parts,
    )  # fmt: skip


def _decision(notice: Notice) -> letters.DecisionFacts:
    """Only a case that an Authority sent back has been before the Authorities."""
    return DECISION if notice is Notice.CASE_REFERRED_BACK else replace(DECISION, resolutions=())


def address(notice: Notice, site: str) -> Address:
    """A link as the postman would mint it; it opens nothing."""
    if SENDINGS[notice].link is None:
        return Address(f"{site}/cases/{CASE.ref}")
    code = "12345678" if notice is Notice.SIGN_IN else ""
    return Address(f"{site}/d/{'sample' * 7}x", True, WHEN + timedelta(minutes=10), code)
