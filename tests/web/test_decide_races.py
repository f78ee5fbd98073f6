"""Many hands at once: last votes, double clicks, and a vote against whatever ends or changes the question."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bjc.actions import cases, sign_in, votes
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.audit import AuditEntry, AuditHead
from bjc.db.decisions import Assignment, Decision
from bjc.db.mail import Outbox
from bjc.db.people import PolicyVersion, SignIn
from bjc.db.session import Database
from bjc.errors import BjcError
from bjc.rules.decision import Choice
from bjc.rules.notices import Notice
from bjc.rules.stages import Event, Stage
from bjc.tokens import hash_code
from tests.builders import NOW, a_case, as_lead, assignments, open_decision, vote
from tests.web.asked import board, case_of, enter
from tests.web.conftest import open_site

ROUNDS = 6
CASES, CLICKS, HANDS = 8, 4, 16


@dataclass(frozen=True)
class Open:
    """A case before the board, and who is asked."""

    ref: str
    version_id: int
    decision_id: int
    seats: tuple[tuple[int, int], ...]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; what each returned, or the error that it was refused with."""
    barrier = threading.Barrier(len(acts))

    def start(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except BjcError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as hands:
        return [done.result() for done in [hands.submit(start, act) for act in acts]]


def put_to_the_board(database: Database, answered: int = 0, grace: bool = True) -> Open:
    """A case in decision, with so many answers in; without grace, the last answer closes it."""
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        seats = assignments(db, case)
        if not grace:
            for policy in db.query(PolicyVersion):
                policy.body = {**policy.body, "decision": {**policy.body["decision"], "grace_days": 0}}
            db.flush()
        for row, _ in seats[:answered]:
            vote(db, case, row, Choice.APPROVE)
        decision = open_decision(db, case)
        return Open(
            case.ref, decision.version_id, decision.id, tuple((row.id, row.person_id) for row, _ in seats)
        )


def voting(database: Database, on: Open, seat: int, choice: Choice = Choice.APPROVE) -> Callable[[], Any]:
    """One member's answer, in a transaction of its own."""
    assignment, person = on.seats[seat]

    def act() -> votes.Receipt:
        with database.writing() as db:
            given = votes.Answer(on.version_id, choice, reason="Because." if choice is Choice.REJECT else "")
            return votes.answer(db, assignment, given, Actor("member", person, "link"), NOW)

    return act


def events(database: Database, ref: str) -> list[str]:
    """What the case's audit says happened, in order."""
    with database.reading() as db:
        rows = db.scalars(select(AuditEntry).where(AuditEntry.stream == ref).order_by(AuditEntry.seq)).all()
        head = db.scalars(select(AuditHead).where(AuditHead.stream == ref)).one()
        assert [row.seq for row in rows] == list(range(1, head.seq + 1))
        return [row.event for row in rows]


def recall(database: Database, on: Open) -> Callable[[], Any]:
    """The lead takes the case back, changes it and submits it anew: the next version."""

    def act() -> None:
        with database.writing() as db:
            case = case_of(db, on.ref)
            cases.lead_moves(db, on.ref, Event.RECALLED, "The figures changed.", as_lead(case), NOW)
        with database.writing() as db:
            cases.submit(db, on.ref, True, as_lead(case_of(db, on.ref)), NOW)

    return act


def test_two_last_votes_at_a_barrier_close_once_with_one_outcome(postgresql: Database) -> None:
    for _ in range(ROUNDS):
        on = put_to_the_board(postgresql, answered=6, grace=False)
        said = at_once(voting(postgresql, on, 6), voting(postgresql, on, 7))
        assert sorted(receipt.closed for receipt in said) == [False, True]
        happened = events(postgresql, on.ref)
        assert (happened.count("vote"), happened.count("decision closed")) == (
            16,
            2,
        )  # the scope's, and now these
        with postgresql.reading() as db:
            assert db.get_one(Decision, on.decision_id).outcome == "approved"


def test_a_vote_at_a_barrier_with_the_close_counts_or_is_refused(postgresql: Database) -> None:
    for _ in range(ROUNDS):
        on = put_to_the_board(postgresql, answered=6)
        with postgresql.reading() as db:
            closes = db.get_one(Decision, on.decision_id).closes_at

        def close(on: Open = on, closes: Any = closes) -> None:
            with postgresql.writing() as db:
                settle(db, on.ref, closes)

        said, _ = at_once(voting(postgresql, on, 6, Choice.REJECT), close)
        with postgresql.reading() as db:
            decision = db.get_one(Decision, on.decision_id)
            counted = "1 reject" in " ".join(decision.working["lines"])
            recorded = db.get_one(Assignment, on.seats[6][0]).choice == "reject"
            assert decision.closed_at is not None
        assert counted == recorded == (not isinstance(said, BjcError))


def test_a_vote_at_a_barrier_with_a_new_version_is_void_or_refused_and_never_counts_for_it(
    postgresql: Database,
) -> None:
    for _ in range(ROUNDS):
        on = put_to_the_board(postgresql, answered=3)
        said, recalled = at_once(voting(postgresql, on, 3), recall(postgresql, on))
        assert recalled is None
        with postgresql.reading() as db:
            decision = db.get_one(Decision, on.decision_id)
            assert (decision.outcome, decision.void_reason) == (None, "the case was taken back by its lead")
            assert case_of(db, on.ref).stage == "analysis"
            assert decision.version_id == on.version_id
        happened = events(postgresql, on.ref)
        voted = len(happened) - 1 - happened[::-1].index("vote")
        assert voted < happened.index("recalled")
        assert (
            happened.count("vote") == (3 if isinstance(said, BjcError) else 4) + 8
        )  # the scope decision's eight


@pytest.mark.slow
def test_the_same_forms_sent_many_times_at_once_are_one_vote_each(database: Database, tmp_path: Path) -> None:
    """Every member sends the same form several times at once: one vote, one entry, one mail; all get the receipt."""
    members = [one for _ in range(CASES) for one in board(database, Stage.SCOPE_DECISION)]
    with open_site(database, tmp_path) as client:
        forms = [(one, enter(client, one).form().values) for one in members]
        cookies = dict(client.cookies)

        def click(job: tuple[Any, dict[str, str]]) -> int:
            asked, values = job
            browser = TestClient(
                client.app, base_url=str(client.base_url), follow_redirects=False, cookies=cookies
            )
            data = {**values, "choice": "approve", "sure": "yes"}
            return browser.post(asked.address, data=data).status_code

        jobs = [form for form in forms for _ in range(CLICKS)]
        with ThreadPoolExecutor(HANDS) as hands:
            assert set(hands.map(click, jobs)) == {303}
    with database.reading() as db:
        rows = db.scalars(
            select(Assignment).where(Assignment.id.in_([one.subject_id for one in members]))
        ).all()
        assert {(row.choice, row.changes) for row in rows} == {("approve", 1)}
        mails = select(func.count()).select_from(Outbox).where(Outbox.kind == Notice.DECISION_RECEIPT.value)
        assert db.scalar(mails) == len(members)
    assert sum(events(database, ref).count("vote") for ref in {one.ref for one in members}) == len(members)


def test_codes_tried_at_once_are_counted_one_by_one(postgresql: Database) -> None:
    with postgresql.writing() as db:
        row_id = sign_in.request(db, "officer.a1@sfrs.example", "browser", NOW)
        assert row_id is not None
        row = db.get_one(SignIn, row_id)
        row.code_hash, row.valid_until = hash_code("12345678", str(row_id)), NOW + timedelta(minutes=10)

    def guess() -> str:
        with postgresql.writing() as db:
            try:
                sign_in.by_code(db, row_id, "browser", "00000000", NOW)
            except BjcError as refused:
                return type(refused).__name__
        return "in"

    said: Sequence[str] = at_once(*[guess] * 12)
    assert said.count("WrongCode") == sign_in.MOST_TRIES
    with postgresql.reading() as db:
        assert db.get_one(SignIn, row_id).code_tries == sign_in.MOST_TRIES
