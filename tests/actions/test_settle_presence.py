"""Too few answers: more time once, then a meeting; enough answers decide at the deadline."""

from datetime import datetime, timedelta

from bjc.actions import links
from bjc.actions.facts import Wait
from bjc.actions.settle import settle
from bjc.db.decisions import Link
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.notices import Purpose
from bjc.rules.stages import Event, Stage
from bjc.rules.working_days import LONDON
from tests.actions.settle_steps import SECOND, mails
from tests.builders import (
    NOW,
    a_case,
    assignments,
    end_grace,
    fresh,
    open_decision,
    vote,
)


def test_too_few_answers_are_given_more_time_once_and_only_those_who_are_silent_are_asked_again(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        first = open_decision(db, case)
        vote(db, case, assignments(db, case)[0][0], Choice.APPROVE)
        due = first.closes_at
        assert due is not None
        wait = settle(db, case.ref, due)
        assert (first.extended, first.closed_at) == (True, None)
        assert wait is not None
        assert wait.until == first.closes_at
        assert first.closes_at == datetime(2026, 7, 22, 17, 0, tzinfo=LONDON)
        assert mails(db, case, "decision_extended") == 7


def test_too_few_again_and_the_decision_stands_over_and_its_links_die(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        row, person = assignments(db, case)[0]
        link = links.mint(db, Purpose.DECIDE, row.id, person.id, NOW, NOW + timedelta(days=90))
        now = NOW
        for _ in range(2):
            now = open_decision(db, case).closes_at or now
            wait = settle(db, case.ref, now)
        assert open_decision(db, case).closes_at is None
        assert (
            db.get_one(Link, link.id, populate_existing=True).revoked_because
            == "the decision stands over to a meeting"
        )
        assert wait == Wait(case.ref, "decision", "the decision, at a meeting", ("programme office",), None)
        assert mails(db, case, "decision_stands_over") == 10
        assert [e.event for e in timeline(db, case.ref)].count(Event.EXTENDED) == 1


def test_where_everybody_answered_more_time_would_help_nobody(database: Database) -> None:
    """Three of a service withdraw for an interest: inquorate, but nobody is left to be asked."""
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        for number, (row, _) in enumerate(assignments(db, case)):
            if number < 3:
                vote(db, case, row, None, interest="A supplier in the family.")
            else:
                vote(db, case, row, Choice.APPROVE)
        end_grace(db, case)
        settle(db, case.ref, NOW)
        decision = open_decision(db, case)
        assert (decision.extended, decision.closes_at, decision.closed_at) == (False, None, None)


def test_enough_answers_at_the_deadline_decide_though_some_are_missing(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        for row, _ in assignments(db, case):
            if row.post.endswith(("chief", "finance")):
                vote(db, case, row, Choice.APPROVE)
        due = open_decision(db, case).closes_at
        assert due is not None
        settle(db, case.ref, due - SECOND)
        assert fresh(db, case).stage == "decision"
        settle(db, case.ref, due)
        assert fresh(db, case).stage == "approved"
