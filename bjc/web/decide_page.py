"""What the decide page and its receipt show one member: who asks what of them, and what they said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bjc.actions.votes import Answer, faults
from bjc.db.decisions import Decision
from bjc.db.questions.papers import DecisionPaper
from bjc.rules.decision import WORDING, Choice, DecisionKind
from bjc.rules.policy import Policy
from bjc.rules.working_days import spoken_deadline
from bjc.web import forms, paper
from bjc.web.answering import HIDDEN
from bjc.web.questions import Options
from bjc.web.words import DECISIONS, outcome_tag, short_hash

INTEREST = "interest"
WITHDRAW = ("I have an interest and withdraw", "You take no part, and you no longer see the paper.")
QUESTIONS: dict[DecisionKind, str] = {
    DecisionKind.SCOPE: "Should the board recommend this scope, so that the case can be written?",
    DecisionKind.APPROVAL: "Should the board approve this case?",
}
HINTS: dict[DecisionKind, dict[Choice, str]] = {
    DecisionKind.SCOPE: {
        Choice.APPROVE_WITH_CONDITIONS: "The lead writes the case within your conditions.",
        Choice.DEFER: "The lead changes the proposal and sends it again.",
        Choice.REJECT: "No case is to be written.",
        Choice.ABSTAIN: "You count as present, but for neither side.",
    },
    DecisionKind.APPROVAL: {
        Choice.APPROVE_WITH_CONDITIONS: "In favour, if your conditions are met before any authority is used.",
        Choice.DEFER: "Not now: the case is looked at again on a later date.",
        Choice.REJECT: "The case should not go ahead.",
        Choice.ABSTAIN: "You count as present, but for neither side.",
    },
}


class DecideForm(BaseModel):
    """What a member types. Nothing is chosen for them."""

    choice: str = Field("", title="Your decision", json_schema_extra={"widget": "radios"})
    conditions: str = Field(
        "", title="Your conditions", max_length=4_000, json_schema_extra={"widget": "textarea"}
    )
    interest: str = Field(
        "", title="Your interest", max_length=2_000, json_schema_extra={"widget": "textarea"}
    )
    reason: str = Field("", title="Your reason", max_length=4_000, json_schema_extra={"widget": "textarea"})
    sure: list[str] = Field(
        default_factory=list,
        title="Confirm",
        json_schema_extra={"widget": "checkboxes", "options": {"yes": "Yes"}},
    )


@dataclass(frozen=True)
class Head:
    """Who is asked what: enough to judge a form by."""

    assignment_id: int
    kind: DecisionKind
    ref: str
    title: str
    name: str
    seat: str
    post: str
    body: str
    question: str
    number: int
    version_id: int
    short: str
    until: str
    fastest: float

    @property
    def version(self) -> str:
        """What the member decides on."""
        return f"{self.ref}, version {self.number}"

    @property
    def declaration(self) -> str:
        """What the member confirms by ticking the box."""
        return f"I am {self.name}, deciding on version {self.number}"

    @property
    def options(self) -> Options:
        """The choices by their stored value, with a hint each; withdrawing comes last."""
        hints = HINTS[self.kind]
        given = {c.value: (words, hints.get(c, "")) for c, words in WORDING[self.kind].items()}
        return {**given, INTEREST: WITHDRAW}


def head(row: DecisionPaper) -> Head:
    """The head of this member's paper."""
    decision, kind = row.decision, DecisionKind(row.decision.kind)
    title = row.version.body.get("title", row.case.title)
    return Head(
        row.assignment.id, kind, row.case.ref, title, row.person.name, row.post.key, row.post.title,
        row.body.name,
        QUESTIONS[kind], row.version.number, row.version.id, short_hash(row.version.sha256),
        spoken_deadline(decision.closes_at or decision.due_at),
        Policy.model_validate(row.policy.body).decision.fastest_answer_seconds,
    )  # fmt: skip


def whole(db: Session, row: DecisionPaper) -> dict[str, Any]:
    """All that the member reads before they decide."""
    approval = row.decision.kind == DecisionKind.APPROVAL
    about, read = head(row), paper.paper(db, row.case, row.lead, row.version)
    opinions = paper.opinions(db, row.version.id) if approval else []
    fourth = (
        ("Advice", paper.counted(opinions)) if approval else ("To prepare it", paper.to_prepare(row.version))
    )
    return {
        "head": about,
        "caption": f"{row.case.ref} · {DECISIONS[row.decision.kind]}",
        "facts": [
            ("Whole-life cost", read.amount), ("Decide by", about.until), fourth,
            ("You decide on", f"Version {about.number}"),
        ],
        "paper": read,
        "opinions": opinions,
        "authority": paper.authority(db, row.decision.delegation),
        "before": receipt(row)["said"] if row.assignment.answered_at else "",
    }  # fmt: skip


def phase(decision: Decision, now: datetime) -> str:
    """Where a decision stands to a member: open, late (not yet counted), over to a meeting, void, or closed."""
    if decision.closed_at is not None:
        return "void" if decision.void_reason else "closed"
    if decision.closes_at is None:
        return "over"
    return "open" if now < decision.closes_at else "late"


def receipt(row: DecisionPaper) -> dict[str, Any]:
    """What stands, and on which version; what came of it is there once the decision has closed."""
    seat, decision = row.assignment, row.decision
    chosen = WORDING[DecisionKind(decision.kind)][Choice(seat.choice)] if seat.choice else ""
    return {
        "head": head(row),
        "caption": f"{row.case.ref} · {DECISIONS[decision.kind]}",
        "sha256": row.version.sha256,
        "said": "I have an interest and withdrew" if seat.interest else chosen,
        "answered": paper.moment(seat.answered_at),
        "withdrew": bool(seat.interest),
        "at_meeting": seat.via == "meeting",
        "texts": [
            (label, text)
            for label, text in (
                ("Your conditions", seat.conditions), ("Your reason", seat.reason), ("Your interest", seat.interest)
            )
            if text
        ],
        "outcome": outcome_tag(decision.outcome, decision.kind) if decision.outcome else None,
        "working": decision.working.get("lines", []),
        "void_reason": decision.void_reason,
    }  # fmt: skip


def read(form: FormData, about: Head) -> tuple[dict[str, Any], dict[str, str], Answer]:
    """What was typed, what is wrong with it by field, and the answer it comes to.

    Raises Invalid for what the page never asked.
    """
    reading = forms.read(DecideForm, form, options={"choice": about.options}, also=HIDDEN)
    answer = _answer(reading.values, about)
    errors = reading.errors or _gaps(reading.values, answer)
    if reading.values["sure"] != ["yes"]:
        errors["sure"] = f"Confirm that you are {about.name}, deciding on version {about.number}"
    return reading.values, errors, answer


def _answer(values: Mapping[str, Any], about: Head) -> Answer:
    known = {choice.value: choice for choice in Choice}
    texts = {name: values[name] for name in ("reason", "conditions", "interest")}
    return Answer(about.version_id, known.get(values["choice"]), **texts)


def _gaps(values: Mapping[str, Any], answer: Answer) -> dict[str, str]:
    """What the rules of an answer say, where "withdraw" itself is one of the choices."""
    if values["choice"] == INTEREST and not answer.interest:
        return {"interest": "Say what your interest is"}
    return faults(answer) if values["choice"] else {"choice": "Choose what you decide"}


def typed(values: Mapping[str, Any], about: Head) -> dict[str, str]:
    """What was typed, by label, to be shown again where it could not be recorded."""
    chosen = about.options.get(values["choice"], "")
    rows = {"Your decision": chosen if isinstance(chosen, str) else chosen[0]}
    rows |= {f"Your {name}": values[name] for name in ("conditions", "reason", "interest")}
    return {label: text for label, text in rows.items() if text}
