"""The outbox: once per occasion, claimed under a lease, fenced, put back, given up, parked, released."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bjc.actions import audit, cases, outbox
from bjc.db.mail import Outbox
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.errors import Conflict
from bjc.rules.notices import Notice
from bjc.rules.stages import Event, Stage
from tests.actions.settle_steps import stands_over
from tests.builders import NOW, a_case, as_lead, lead_of, office

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def queue(db: Session, occasion: str = "asked", person: int | None = None) -> None:
    outbox.queue(db, Notice.SIGN_IN, ("sign_in", 1), (person or lead_of(db).id,), occasion, NOW)


def claimed(db: Session, now=NOW) -> Outbox:
    (row,) = outbox.claim(db, now)
    return row


def stored(db: Session) -> Outbox:
    return db.scalars(select(Outbox).execution_options(populate_existing=True)).one()


def send(db: Session, row: Outbox, now=NOW) -> bool:
    return outbox.sent(db, row, now, "<1@alliance.example>", "a@sfrs.example", "Sign in", "Without the link.")


def test_a_mail_is_queued_once_for_each_person_and_occasion(database: Database) -> None:
    with database.writing() as db:
        person = lead_of(db).id
        outbox.queue(db, Notice.SIGN_IN, ("sign_in", 1), (person, person), "asked", NOW)
        queue(db, "asked again")
        assert db.query(Outbox).count() == 2
    with pytest.raises(IntegrityError), database.writing() as db:
        queue(db)


def test_nobody_to_tell_is_no_mail(database: Database) -> None:
    with database.writing() as db:
        outbox.queue(db, Notice.SIGN_IN, ("sign_in", 1), (), "asked", NOW)
        assert outbox.claim(db, NOW) == []


def test_a_claimed_mail_is_nobody_elses_until_its_lease_ends(database: Database) -> None:
    with database.writing() as db:
        queue(db)
    with database.writing() as db:
        assert claimed(db).attempts == 1
    with database.writing() as db:
        assert outbox.claim(db, NOW + MINUTE) == []
        assert claimed(db, NOW + outbox.LEASE).attempts == 2


def test_the_oldest_come_first_and_no_more_than_asked_for(database: Database) -> None:
    with database.writing() as db:
        for number in range(5):
            queue(db, f"occasion {number}")
        assert [row.occasion for row in outbox.claim(db, NOW, 3)] == [
            "occasion 0",
            "occasion 1",
            "occasion 2",
        ]
        assert [row.occasion for row in outbox.claim(db, NOW, 3)] == ["occasion 3", "occasion 4"]


def test_what_was_sent_is_kept_and_not_sent_again(database: Database) -> None:
    with database.writing() as db:
        queue(db)
        assert send(db, claimed(db))
        row = stored(db)
        assert (row.status, row.sent_at, row.subject_line, row.text) == (
            "sent", NOW, "Sign in", "Without the link.",
        )  # fmt: skip
        assert outbox.claim(db, NOW + 10 * HOUR) == []


def test_a_postman_thought_dead_can_no_longer_mark_the_row(database: Database) -> None:
    with database.writing() as db:
        queue(db)
    with database.writing() as db:
        slow = claimed(db)
        db.expunge(slow)
    with database.writing() as db:
        quick = claimed(db, NOW + outbox.LEASE)
        assert not send(db, slow)
        assert not outbox.put_back(db, slow, NOW, "late")
        assert not outbox.park(db, slow, "late")
        assert stored(db).status == "claimed"
        assert send(db, quick)
        assert not send(db, quick)


def test_a_mail_put_back_waits_longer_each_time_and_an_hour_at_most(database: Database) -> None:
    assert all(timedelta(seconds=1) <= outbox.pause(n) <= outbox.LONGEST_PAUSE for n in range(60))
    assert all(outbox.pause(1) <= timedelta(seconds=10) for _ in range(50))
    with database.writing() as db:
        queue(db)
        assert outbox.put_back(db, claimed(db), NOW, "The mail server is busy.")
        row = stored(db)
        assert (row.status, row.problem) == ("queued", "The mail server is busy.")
        assert NOW < row.not_before <= NOW + 10 * timedelta(seconds=1)
        assert outbox.claim(db, NOW) == []
        assert claimed(db, NOW + HOUR).attempts == 2


def test_after_three_days_it_is_given_up_and_parked_with_the_reason(database: Database) -> None:
    with database.writing() as db:
        queue(db)
        late = NOW + timedelta(hours=72)
        assert outbox.put_back(db, claimed(db, late), late, "No route.")
        row = stored(db)
        assert (row.status, row.problem) == ("parked", "given up after 72 hours: No route.")
        assert outbox.claim(db, late + HOUR) == []


def test_a_parked_mail_is_released_once_and_the_alliances_stream_says_so(database: Database) -> None:
    with database.writing() as db:
        queue(db)
        outbox.park(db, claimed(db), "550 no such mailbox")
        number = stored(db).id
        outbox.release(db, number, office(db), NOW + HOUR)
        row = stored(db)
        assert (row.status, row.attempts, row.problem) == ("queued", 0, "")
        entry = timeline(db, audit.ALLIANCE)[-1]
        assert (entry.event, entry.detail) == ("mail released", {"mail": number, "kind": "sign_in"})
        with pytest.raises(Conflict, match="not parked"):
            outbox.release(db, number, office(db), NOW + HOUR)
        assert timeline(db, audit.ALLIANCE)[-1].seq == entry.seq
        assert send(db, claimed(db, NOW + HOUR))


def statuses(db: Session, kind: str) -> list[str]:
    rows = select(Outbox.status).where(Outbox.kind == kind).order_by(Outbox.id)
    return list(db.scalars(rows.execution_options(populate_existing=True)))


def test_a_request_that_is_overtaken_before_it_leaves_is_dropped_and_what_was_taken_up_is_not(
    database: Database,
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        db.execute(update(Outbox).where(Outbox.kind != "decision_request").values(status="sent"))
        outbox.claim(db, NOW, 1)
        cases.lead_moves(db, case.ref, Event.WITHDRAWN, "No money.", as_lead(case), NOW)
        approval = statuses(db, "decision_request")[-8:]
        assert sorted(approval) == ["claimed", *["dropped"] * 7]
        assert set(statuses(db, "decision_void")) == {"queued"}
        why = db.scalars(select(Outbox.problem).where(Outbox.status == "dropped").order_by(Outbox.id)).all()
        assert why[-7:] == ["the case was taken back by its lead"] * 7
        asked = {row.kind for row in outbox.claim(db, NOW + HOUR, 50) if row.attempts == 1}
        assert asked == {"decision_void", "case_withdrawn"}


def test_a_request_for_advice_is_dropped_when_the_case_goes_back(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        assert statuses(db, "advice_request") == ["queued"] * 4
        cases.ask_questions(db, case.ref, "Why?", office(db), NOW)
        assert statuses(db, "advice_request") == ["dropped"] * 4


def test_an_extension_nobody_has_heard_of_is_dropped_when_the_decision_stands_over(
    database: Database,
) -> None:
    with database.writing() as db:
        stands_over(db)
        assert set(statuses(db, "decision_extended")) == {"dropped"}
        assert set(statuses(db, "decision_stands_over")) == {"queued"}


def test_two_postmen_at_once_never_take_the_same_mail(postgresql: Database) -> None:
    with postgresql.writing() as db:
        for number in range(20):
            queue(db, f"occasion {number}")
    with postgresql.writing() as one, postgresql.writing() as other:
        mine, theirs = outbox.claim(one, NOW, 12), outbox.claim(other, NOW, 12)
        assert {row.id for row in mine}.isdisjoint({row.id for row in theirs})
        assert len(mine) + len(theirs) == 20
