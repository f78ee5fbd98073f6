"""The road by our own actions, each in its own writing session, and our postman with a transport that keeps nothing."""

from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bench.post import Post
from bjc.actions import advice, appointments, cases, delegations, links, votes
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.cases import Case, Route
from bjc.db.decisions import Link
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.notices import Notice
from bjc.rules.stages import Role
from tests import builders


class Ours:
    """What the pages do: find who acts, then one action in one transaction."""

    name = "ours"

    def __init__(self, database: Database) -> None:
        self._database, self._post = database, Post(database)
        with database.reading() as db:
            lead, self._office = builders.lead_of(db), builders.office(db)
            self._lead, self._service = lead.id, lead.service or ""
            self._me = Actor(Role.LEAD, lead.id)
            self._scope = builders.scope(db)
            self._sponsor = builders.holder(db, "pdb-sfrs-assistant").id
        self._seen: dict[str, int] = {}  # the lock version that the lead's page shows

    def open_case(self, title: str, now: Any) -> str:
        with self._database.writing() as db:
            answers = builders.answers(title=title)
            case, _ = cases.open_case(db, self._lead, self._service, answers, now)
        return case.ref

    def save_scope(self, ref: str, now: Any) -> None:
        with self._database.writing() as db:
            cases.save_scope(db, ref, self._scope, self._seen[ref], self._me, now)

    def propose_scope(self, ref: str, now: Any) -> None:
        with self._database.writing() as db:
            cases.propose_scope(db, ref, self._me, now)

    def vote(self, secret: str, in_favour: bool, now: Any) -> None:
        with self._database.writing() as db:
            link = _live(db, secret, now)
            choice = Choice.APPROVE if in_favour else Choice.REJECT
            given = votes.Answer(link.version_id or 0, choice, "" if in_favour else "Too dear.")
            votes.answer(db, link.subject_id, given, _by(link), now)

    def save_section(self, ref: str, key: str, values: dict[str, Any], now: Any) -> None:
        with self._database.writing() as db:
            cases.save_section(db, ref, key, values, self._seen[ref], self._me, now)

    def submit(self, ref: str, now: Any) -> None:
        with self._database.writing() as db:
            cases.submit(db, ref, True, self._me, now)

    def advise(self, secret: str, now: Any) -> None:
        with self._database.writing() as db:
            link, support = _live(db, secret, now), advice.Recommendation.SUPPORT
            advice.give(db, link.subject_id, support, "The figures are sound.", _by(link), now)

    def draft_delegation(self, ref: str, now: Any) -> None:
        draft = delegations.DelegationDraft(
            group="ICT working group", limit=Decimal(85_000), chair_post="pdb-hwfrs-deputy",
            sponsor_id=self._sponsor, lead_id=self._lead,
        )  # fmt: skip
        with self._database.writing() as db:
            delegations.draft(db, ref, draft, self._office, now)

    def accept(self, secret: str, now: Any) -> None:
        with self._database.writing() as db:
            link = _live(db, secret, now)
            appointments.answer(db, link.subject_id, True, "", _by(link), now)

    def settle(self, ref: str, now: Any) -> None:
        with self._database.writing() as db:
            settle(db, ref, now)

    def deliver(self, now: Any) -> None:
        self._post.deliver(now)

    def secrets(self, notice: Notice) -> list[str]:
        return self._post.secrets(notice)

    def is_due(self, ref: str, at: Any) -> bool:
        due = or_(Route.wanted > Route.settled, Route.wake_at <= at)
        query = select(Case.lock_version, due).join(Route, Route.case_id == Case.id).where(Case.ref == ref)
        with self._database.reading() as db:
            self._seen[ref], found = db.execute(query).one()
        return bool(found)


def _live(db: Session, secret: str, now: Any) -> Link:
    link = links.find(db, secret)
    assert link is not None
    assert links.is_live(link, now)
    return link


def _by(link: Link) -> Actor:
    return Actor("member", link.person_id, "link")
