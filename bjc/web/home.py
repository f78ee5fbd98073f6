"""Home: what needs this person now, what others owe on their cases, and what was decided lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.decisions import Decision
from bjc.db.people import Person
from bjc.db.questions import cases, decisions, delivery, people
from bjc.db.questions.lists import decided_lately
from bjc.rules import access
from bjc.rules.conditions import Facts
from bjc.rules.lifecycle import WAITS_FOR
from bjc.rules.reviews import review_was_due
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day, spoken_date, spoken_deadline
from bjc.web.deps import Db, Me, Now, standing
from bjc.web.nav import nav
from bjc.web.render import page
from bjc.web.waits import LEAD, OFFICE, Waiting, waiting
from bjc.web.words import DECISIONS, SEATS, capital, outcome_tag, pounds, stage_tag

router = APIRouter(include_in_schema=False)
DECIDED = 5
WRITE = {Stage.SCOPING: ("scope", "Write the scope proposal"), Stage.DRAFTING: ("sections", "Write the case")}


@dataclass(frozen=True)
class Item:
    """One line of a list: what to do or what is known, about which case, where, and by when.

    `due` sorts the list; items without one come last.
    """

    what: str
    ref: str
    title: str
    href: str
    line: str = ""
    tag: tuple[str, str] | None = None
    due: datetime | None = None
    late: bool = False


@router.get("/")
def home(request: Request, me: Me, database: Db, now: Now) -> Response:
    """The three lists."""
    with database.reading() as db:
        roles = standing(db, me, now)
        mine = [(case, waiting(db, case, now)[0]) for case in cases.cases_of_lead(db, me.id)]
        needs = [*_asked(db, me, now), *_own(mine), *_for_role(db, me, roles, now)]
        shown: dict[str, Any] = {
            "needs": sorted(needs, key=lambda item: (item.due is None, item.due or now)),
            "others": [*_others(mine), *_answered(db, me), *_for_role(db, me, roles, now, resting=True)],
            "decided": [_outcome(decision, case) for decision, case in decided_lately(db, DECIDED)],
            "leads": bool(mine),
        }
    return page(request, "home.html", title="Home", nav=nav(roles, request.url.path), **shown)


def _asked(db: Session, me: Person, now: datetime) -> Iterator[Item]:
    """Decisions, advice and appointments that this very person is asked for."""
    for assignment, decision, case in decisions.open_assignments_of(db, me.id):
        if not (assignment.choice or assignment.interest) and decision.closes_at:
            what = f"{DECISIONS.get(decision.kind, decision.kind)}: your answer"
            yield _item(what, case, f"/decide/{assignment.id}", decision.closes_at, now)
    for advice, case in decisions.open_advice_of(db, me.id):
        version = cases.latest_version(db, case.id, "case")
        if (
            Stage(case.stage) in (Stage.ANALYSIS, Stage.DECISION)
            and version
            and version.id == advice.version_id
        ):
            yield _item("Give your advice", case, f"/advise/{advice.id}", advice.due_at, now)
    for appointment, case in delivery.open_appointments_of(db, me.id):
        if Stage(case.stage) is Stage.APPROVED:
            seat = SEATS.get(appointment.seat, appointment.seat).lower()
            yield _item(
                f"Take your seat as {seat}", case, f"/appointment/{appointment.id}", appointment.due_at, now
            )


def _item(what: str, case: Case, href: str, due: datetime, now: datetime) -> Item:
    amount = f"{pounds(case.amount)} · " if case.amount is not None else ""
    late = now >= due
    line = f"{amount}{'Was due' if late else 'By'} {spoken_deadline(due)}"
    return Item(what, case.ref, case.title, href, line, due=due, late=late)


def _own(mine: list[tuple[Case, Waiting | None]]) -> Iterator[Item]:
    """This person's own cases that wait for nobody else."""
    for case, waits in mine:
        if waits and LEAD in waits.on:
            path, what = WRITE.get(Stage(case.stage), ("", "Look at your case"))
            line = f"With you since {waits.since}"
            yield Item(what, case.ref, case.title, f"/cases/{case.ref}/{path}".rstrip("/"), line)


def _others(mine: list[tuple[Case, Waiting | None]]) -> Iterator[Item]:
    for case, waits in mine:
        if waits and LEAD not in waits.on:
            until = f" since {waits.since}{', ' + waits.until if waits.until else ''}"
            line = f"Waiting for {waits.who}{'' if waits.for_nobody else until}"
            yield Item(
                capital(waits.what), case.ref, case.title, f"/cases/{case.ref}", line, stage_tag(case.stage)
            )


def _answered(db: Session, me: Person) -> Iterator[Item]:
    """Decisions that this person has answered and that are still open: the answer can be changed."""
    for assignment, decision, case in decisions.open_assignments_of(db, me.id):
        if (assignment.choice or assignment.interest) and decision.closes_at:
            line = f"You have answered. You can look at it or change it until {spoken_deadline(decision.closes_at)}"
            what = DECISIONS.get(decision.kind, decision.kind)
            yield Item(what, case.ref, case.title, f"/decide/{assignment.id}", line, ("Answered", "green"))


def _for_role(
    db: Session, me: Person, roles: frozenset[access.Person], now: datetime, resting: bool = False
) -> Iterator[Item]:
    """Cases that wait for the programme office, or for a clerk, when this person is one.

    With `resting`, only the deferred ones whose review is still to come: nothing is asked of anybody yet.
    """
    office = access.Person.OFFICE in roles
    if not office and (resting or access.Person.CLERK not in roles):
        return
    others = [stage.value for stage, (who, _) in WAITS_FOR.items() if who != LEAD]
    for case, _ in cases.all_cases(db, others if office else [Stage.AUTHORITIES.value]):
        waits, facts = waiting(db, case, now)
        if waits is None or waits.for_nobody or _rests(db, case, now) is not resting:
            continue
        if office:
            yield from _for_office(db, case, waits, facts)
        elif any(name.startswith(f"{me.name} (") for name in waits.names):
            yield _waits(capital(waits.what), case, waits)


def _rests(db: Session, case: Case, now: datetime) -> bool:
    """True for a deferred case until its review is due for the first time."""
    if Stage(case.stage) is not Stage.DEFERRED or case.review_at is None or now >= case.review_at:
        return False
    then = people.policy_on(db, local_day(case.stage_since))
    return not review_was_due(case.review_at, case.stage_since, then)


def _for_office(db: Session, case: Case, waits: Waiting, facts: Facts) -> Iterator[Item]:
    if Stage(case.stage) is Stage.APPROVED:
        yield from _to_mobilise(db, case, waits, facts)
    elif Stage(case.stage) is Stage.ANALYSIS and not facts.delegation_drafted:
        yield _waits("Draft the delegation", case, waits, until="")
    elif OFFICE in waits.on:
        yield _waits(capital(waits.what), case, waits)


def _to_mobilise(db: Session, case: Case, waits: Waiting, facts: Facts) -> Iterator[Item]:
    """What the office owes an approved case: a name for each declined seat, and the open conditions."""
    for row, _ in delivery.appointments_of(db, case.id):
        if row.answer == "declined":
            what = f"Name somebody else as {SEATS.get(row.seat, row.seat).lower()}"
            yield _waits(what, case, waits, f"/appointments/{row.id}/replace", until="")
    if facts.conditions_open:
        what = (
            "Record that a condition is met"
            if facts.conditions_open == 1
            else "Record that conditions are met"
        )
        yield _waits(what, case, waits, "#conditions", until="")


def _waits(what: str, case: Case, waits: Waiting, path: str = "", until: str | None = None) -> Item:
    when = waits.until if until is None else until
    line = f"Waiting since {waits.since}{', ' + when if when else ''}"
    return Item(what, case.ref, case.title, f"/cases/{case.ref}{path}", line, stage_tag(case.stage))


def _outcome(decision: Decision, case: Case) -> Item:
    what = DECISIONS.get(decision.kind, decision.kind)
    when = spoken_date(decision.closed_at) if decision.closed_at else ""
    tag = outcome_tag(decision.outcome or "", decision.kind)
    return Item(what, case.ref, case.title, f"/cases/{case.ref}#decisions", when, tag)
