"""The minutes of a meeting as a form: its date and reference, and what each member who was asked said."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from sqlalchemy.orm import Session

from bjc.actions.meetings import MeetingRecord
from bjc.db.decisions import Assignment, Decision
from bjc.db.questions import decisions, people
from bjc.rules.decision import Choice
from bjc.web.words import day

INTEREST, ABSENT = "interest", "absent"
SAID = {
    Choice.APPROVE.value: "Approve",
    Choice.APPROVE_WITH_CONDITIONS.value: "Approve with conditions",
    Choice.DEFER.value: "Defer",
    Choice.REJECT.value: "Reject",
    Choice.ABSTAIN.value: "Abstain",
    INTEREST: "Declared an interest",
    ABSENT: "Was absent",
}


@dataclass(frozen=True)
class Seat:
    """One member who was asked. `wrote` is what they have answered in writing so far, if anything."""

    number: int
    post: str
    title: str
    name: str
    service: str
    wrote: str

    @property
    def said(self) -> str:
        """The name of the field for what they said."""
        return f"said_{self.number}"

    @property
    def interest(self) -> str:
        """The name of the field for the interest they declared."""
        return f"interest_{self.number}"


class Minutes(BaseModel):
    """How the minutes begin; `minutes_model` adds two fields a member, conditions and reasons, in the page's order."""

    model_config = ConfigDict(extra="forbid")
    held_on: date = Field(title="When did the board meet?", json_schema_extra={"widget": "date"})
    minute: str = Field(
        title="Minute reference", description="Such as PDB 14 Oct 2026, item 5.", max_length=200,
        json_schema_extra={"widget": "input"},
    )  # fmt: skip


ENDING: dict[str, Any] = {
    "conditions": (str, Field(
        "", title="Conditions",
        description="Only where somebody approved with conditions. One a paragraph, with an empty line between.",
        max_length=5_000, json_schema_extra={"widget": "textarea", "rows": 4},
    )),
    "reason": (str, Field(
        "", title="Reasons", description="As minuted. Needed where somebody would defer or reject.", max_length=5_000,
        json_schema_extra={"widget": "textarea", "rows": 4},
    )),
}  # fmt: skip


def seats_of(db: Session, decision: Decision) -> list[Seat]:
    """Who was asked, service by service."""
    short = {service.key: service.short_name for service in people.services(db)}
    asked = [
        (row, post, person, short.get(post.service or "", ""))
        for row, post, person in decisions.asked(db, decision.id)
    ]
    return [
        Seat(row.id, post.key, post.title.removesuffix(f", {service}"), person.name, service, _wrote(row))
        for row, post, person, service in asked
    ]


def _wrote(row: Assignment) -> str:
    if row.interest:
        return "declared an interest"
    return row.choice or ""


def minutes_model(seats: list[Seat]) -> type[Minutes]:
    """The form for these members. Nothing is chosen for anybody."""
    return _model(tuple(seats))


@lru_cache(maxsize=8)
def _model(seats: tuple[Seat, ...]) -> type[Minutes]:
    fields: dict[str, Any] = {}
    for seat in seats:
        wrote = f" In writing: {seat.wrote}." if seat.wrote else ""
        extra: dict[str, Any] = {"widget": "select", "options": SAID}
        extra["error"] = f"Select what {seat.name} said, or that they were absent"
        fields[seat.said] = (
            str, Field(title=seat.title, description=f"{seat.name}.{wrote}", json_schema_extra=extra),
        )  # fmt: skip
        fields[seat.interest] = (
            str,
            Field("", title=f"Interest declared by {seat.name}", max_length=500, json_schema_extra={"widget": "input"}),
        )  # fmt: skip
    return create_model("MinutesOfAMeeting", __base__=Minutes, **fields, **ENDING)


def record_of(given: Minutes, seats: list[Seat]) -> MeetingRecord:
    """As the action takes it. An interest without words is kept as declared."""
    typed = given.model_dump()
    said = {seat.post: typed[seat.said] for seat in seats}
    interests = {
        seat.post: typed[seat.interest] or "Declared at the meeting."
        for seat in seats
        if said[seat.post] == INTEREST
    }
    choices = {post: Choice(word) for post, word in said.items() if word not in (INTEREST, ABSENT)}
    return MeetingRecord(
        given.held_on, given.minute, choices, interests, typed["conditions"], typed["reason"]
    )


def said_rows(given: Minutes, seats: list[Seat]) -> dict[str, Any]:
    """The same, as the check page reads it out."""
    record = record_of(given, seats)
    rows = [(seat.service, (seat.title, _heard(record, seat))) for seat in seats]
    texts = [("Conditions", record.conditions), ("Reasons", record.reason)]
    return {
        "heard": [
            (short, [row for mine, row in rows if mine == short])
            for short in dict.fromkeys(s for s, _ in rows)
        ],
        "minuted": [("Meeting", day(given.held_on)), ("Minute reference", given.minute)]
        + [(label, text) for label, text in texts if text],
    }


def _heard(record: MeetingRecord, seat: Seat) -> str:
    if seat.post in record.interests:
        return f"{seat.name}: declared an interest and withdrew\n{record.interests[seat.post]}"
    choice = record.said.get(seat.post)
    return f"{seat.name}: {SAID[choice.value if choice else ABSENT].lower()}"
