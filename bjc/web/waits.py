"""Who a case waits for, in words and with names, for every page that says so (design.md section 6, promise 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bjc.actions.facts import NOBODY, Wait, read_facts, wait_of
from bjc.db.cases import Case
from bjc.db.people import Person
from bjc.db.questions import decisions, delivery, people
from bjc.db.questions.cases import latest_version
from bjc.rules.conditions import Facts
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day, spoken_date, spoken_deadline
from bjc.web.words import SEATS, joined

LEAD, OFFICE = "project lead", "programme office"
BY_ITSELF = "nobody: the next step follows by itself within seconds"


@dataclass(frozen=True)
class Waiting:
    """`who` is short enough for a list; `names` are persons with their posts, where they may be named.

    `on` are the posts, seats or roles that the rules name; `until` is a phrase like "until 5pm on Fri 11 Dec";
    `also` is what somebody else owes meanwhile.
    """

    what: str
    who: str
    names: tuple[str, ...]
    since: str
    until: str
    on: tuple[str, ...]
    also: str = ""

    @property
    def for_nobody(self) -> bool:
        """True while the next step follows by itself."""
        return self.on == NOBODY


def waiting(db: Session, case: Case, now: datetime, by_name: bool = False) -> tuple[Waiting | None, Facts]:
    """What a case waits for, and the facts it follows from; None once it is final or delegated.

    `by_name` is the office's view: who of a board has not answered is nobody else's business.
    """
    facts = read_facts(db, case, now)
    wait = wait_of(case, facts)
    if wait is None:
        return None, facts
    what, who, names = _who(db, case, wait, facts, now, by_name)
    since, until = spoken_date(case.stage_since), _until(case, wait)
    also = "" if wait.posts == NOBODY else _also(case, facts)
    return Waiting(what, who, names, since, until, wait.posts, also), facts


def _who(
    db: Session, case: Case, wait: Wait, facts: Facts, now: datetime, by_name: bool
) -> tuple[str, str, tuple[str, ...]]:
    if wait.posts == NOBODY:
        return wait.waits_for, BY_ITSELF, ()
    if wait.body:
        return wait.waits_for, _body(db), tuple(_members(db, case)) if by_name else ()
    names = tuple(_FINDERS.get(wait.posts[0], _by_stage)(db, case, local_day(now)))
    return wait.waits_for, _short(wait, names), names


def _also(case: Case, facts: Facts) -> str:
    if Stage(case.stage) is Stage.ANALYSIS and facts.owed_by and not facts.delegation_drafted:
        return "The programme office has still to draft the delegation."
    if Stage(case.stage) is Stage.APPROVED and facts.owed_by and facts.conditions_open:
        return "The conditions of the approval have still to be met."
    return ""


def _short(wait: Wait, names: tuple[str, ...]) -> str:
    if wait.posts[0] == OFFICE:
        return "the programme office"
    if wait.stage == Stage.AUTHORITIES:  # the office may record what a vacant clerk's post would
        return "the clerks of both Authorities" if len(names) > 1 else joined(names) or "the programme office"
    many = "advisers" if wait.stage == Stage.ANALYSIS else "people"
    return joined(names) if len(names) <= 2 else f"{len(names)} {many}"


def _until(case: Case, wait: Wait) -> str:
    if wait.until is None:
        return ""
    if wait.until == case.review_at:
        return f"to be asked about again on {spoken_date(wait.until)}"
    return f"until {spoken_deadline(wait.until)}"


def _body(db: Session) -> str:
    return f"the {people.deciding_body(db).name}"


def _members(db: Session, case: Case) -> list[str]:
    decision = decisions.latest_decision(db, case.id)
    rows = decisions.asked(db, decision.id) if decision else []
    return [f"{person.name} ({post.title})" for row, post, person in rows if not (row.choice or row.interest)]


def _lead(db: Session, case: Case, day: date) -> list[str]:
    return [f"{db.get_one(Person, case.lead_id).name} (project lead)"]


def _office(db: Session, case: Case, day: date) -> list[str]:
    return [f"{who.name} ({post.title})" for post, who in people.holders_of_kind(db, ("office",), day)]


def _clerks(db: Session, case: Case, day: date) -> list[str]:
    decision = decisions.latest_decision(db, case.id, "approval")
    done = {row.service for row in decisions.resolutions_of(db, decision.id)} if decision else set()
    held = people.holders_of_kind(db, ("clerk",), day)
    return [f"{who.name} ({post.title})" for post, who in held if post.service not in done]


def _by_stage(db: Session, case: Case, day: date) -> list[str]:
    finder = {Stage.ANALYSIS: _advisers, Stage.AUTHORITIES: _clerks}.get(Stage(case.stage), _appointed)
    return finder(db, case, day)


def _advisers(db: Session, case: Case, day: date) -> list[str]:
    version = latest_version(db, case.id, "case")
    rows = [(a, p) for a, p in decisions.advice_on(db, version.id) if a.given_at is None] if version else []
    titles = people.post_titles(db, [advice.post for advice, _ in rows])
    return [f"{person.name} ({titles[advice.post]})" for advice, person in rows]


def _appointed(db: Session, case: Case, day: date) -> list[str]:
    rows = delivery.appointments_of(db, case.id)
    return [_seat(a.seat, p.name, a.answer == "declined") for a, p in rows if a.answer != "accepted"]


def _seat(seat: str, name: str, declined: bool) -> str:
    title = SEATS.get(seat, seat).lower()
    if not declined:
        return f"{name} ({title})"
    article = "an" if title[0] in "aeiou" else "a"
    return f"the programme office, to name {article} {title} (declined by {name})"


_FINDERS: dict[str, Callable[[Session, Case, date], list[str]]] = {
    LEAD: _lead,
    OFFICE: _office,
}
