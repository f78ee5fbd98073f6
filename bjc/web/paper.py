"""What somebody reads before they answer: a frozen version, the advice on it, the authority that goes with it.

Plain values, made while the session is open, so that a page is drawn after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bjc.db.cases import Case, CaseVersion
from bjc.db.people import Person
from bjc.db.questions import mail_decisions, papers, people
from bjc.rules.case import SECTIONS, scope_model, section_model
from bjc.rules.working_days import spoken_deadline
from bjc.web import drafts
from bjc.web.words import ADVICE, SEATS, pounds, short_hash

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """A section of a case, closed until somebody opens it, with its fields as (label, answer)."""

    title: str
    rows: Rows


@dataclass(frozen=True)
class Paper:
    """The frozen version. `asks` is its one sentence; a scope proposal has `rows`, a case has `parts`."""

    ref: str
    title: str
    lead: str
    amount: str
    asks: str
    funding: str
    number: int
    version_id: int
    sha256: str
    short: str
    frozen: str
    rows: Rows
    parts: list[Part]


def paper(db: Session, case: Case, lead: Person, version: CaseVersion) -> Paper:
    """This version of this case, to be read."""
    body, is_case = version.body, version.kind == "case"
    return Paper(
        ref=case.ref, title=body.get("title", case.title), lead=lead.name,
        amount=pounds(body.get("amount", case.amount)), asks=body.get("ask", ""),
        funding=body.get("funding_source", ""), number=version.number, version_id=version.id,
        sha256=version.sha256, short=short_hash(version.sha256), frozen=spoken_deadline(version.frozen_at),
        rows=[] if is_case else _scope_rows(db, body), parts=_parts(body) if is_case else [],
    )  # fmt: skip


def _scope_rows(db: Session, body: Mapping[str, Any]) -> Rows:
    model = scope_model([(service.key, service.name) for service in people.services(db)])
    return [(label, said) for _, label, said in drafts.rows(model, body)]


def _parts(body: Mapping[str, Any]) -> list[Part]:
    """Every section but the first, which stands at the top of the page."""
    rows = {key: drafts.rows(section_model(key), body) for key in SECTIONS if key != "about"}
    return [
        Part(SECTIONS[key].title, [(label, said) for _, label, said in found]) for key, found in rows.items()
    ]


@dataclass(frozen=True)
class Opinion:
    """Advice asked on the version; `said` is "Missing" until it is given."""

    about: str
    by: str
    said: str
    colour: str
    text: str


_COLOURS = {"support": "green", "support with conditions": "yellow", "do not support": "red"}


def opinions(db: Session, version_id: int) -> list[Opinion]:
    """The advice on a version, given or missing."""
    return [_opinion(row) for row in mail_decisions.advice_on_version(db, version_id)]


def _opinion(row: mail_decisions.AdviceRow) -> Opinion:
    advice = row.advice
    about = f"{ADVICE.get(advice.kind, advice.kind.capitalize())}, {row.service.short_name}"
    by = f"{row.person.name}, {row.post.title}"
    if advice.given_at is None:
        return Opinion(about, by, "Missing", "grey", f"Asked for by {spoken_deadline(advice.due_at)}.")
    said = advice.recommendation or ""
    return Opinion(about, by, said.capitalize(), _COLOURS.get(said, "grey"), advice.text)


def counted(opinions: list[Opinion]) -> str:
    """`3 support, 1 missing`: the recommendation at a glance."""
    said = sorted((one.said.lower() for one in opinions), key=lambda word: word == "missing")
    return ", ".join(f"{said.count(word)} {word}" for word in dict.fromkeys(said)) or "None was asked"


def to_prepare(version: CaseVersion) -> str:
    """What it costs to write the case that a scope proposal is about."""
    return pounds(version.body.get("budget_to_prepare", "")) or "Nothing"


def authority(db: Session, kept: Mapping[str, Any]) -> Rows:
    """A delegation in words, from the values that are kept with the decision on it."""
    if not kept:
        return []
    persons = papers.names(db, (kept[seat] for seat in SEATS))
    terms = [
        ("Working group", papers.group_name(db, kept["group"])),
        ("May spend up to", pounds(kept["limit"])),
        ("Tolerance", tolerance(kept["cost_tolerance_percent"], kept["time_tolerance_weeks"])),
        ("For", f"{kept['period_months']} months"),
        (
            "Kept back by the board",
            kept["reserved"] or "Nothing beyond the limit, the tolerance and the period",
        ),
    ]
    return terms + [(title, persons.get(kept[seat], "")) for seat, title in SEATS.items()]


def tolerance(percent: int, weeks: int) -> str:
    """How far a group may stray before it must come back."""
    return f"{percent}% over in cost, {weeks} weeks late"


def moment(at: datetime | None) -> str:
    """`5pm on Fri 11 Dec 2026`; empty for no moment."""
    return spoken_deadline(at) if at else ""
