"""The postman on real databases, through real SMTP: what is sent, kept, minted, parked."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from bjc import tokens
from bjc.actions import links
from bjc.actions.sign_in import by_code
from bjc.db.cases import Case
from bjc.db.decisions import Advice, Assignment, Decision, Link
from bjc.db.delivery import Appointment
from bjc.db.mail import Outbox
from bjc.db.people import Person, SignIn
from bjc.db.questions.mail import due_mail
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.notices import Notice, Purpose
from bjc.rules.stages import Stage
from notifications.mailbox import Mailbox
from notifications.postman import Postman
from notifications.smtp import Smtp
from tests.builders import NOW, a_case, assignments, everyone_votes, holder, lead_of, vote
from tests.notifications.scenes import (
    Clock,
    clear,
    delegated_case,
    mail_rows,
    queue_every_kind,
    queue_sign_in,
    queue_to,
)

SITE = "https://cases.alliance.example"


def secret_of(address: str) -> str:
    assert address.startswith(f"{SITE}/d/")
    return address.removeprefix(f"{SITE}/d/")


def test_one_mail_of_every_kind_arrives_and_is_kept_for_the_record(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        queue_every_kind(db, delegated_case(db))
    while postman.tick(clock()):
        pass
    with database.reading() as db:
        rows = [row for row in mail_rows(db) if row.occasion in ("a test", "asked") and row.sent_at]
        assert {row.kind for row in rows} >= set(Notice)
        assert not mail_rows(db, status="parked")
        for row in rows:
            caught = next(c for c in mailbox.all() if c.message_id == row.message_id)
            assert (row.subject_line, row.address) == (caught.subject, caught.to[0])
            assert row.text.splitlines()[0] == caught.text.splitlines()[0]


def test_no_link_secret_and_no_code_is_left_in_the_database(
    sqlite: Database, mailbox: Mailbox, settings, smtp, clock: Clock
) -> None:
    with sqlite.writing() as db:
        case = a_case(db, Stage.DECISION)
        queue_sign_in(db, lead_of(db))
    postman = Postman(sqlite, settings, smtp, clock)
    while postman.tick(clock()):
        pass
    secrets = [secret_of(link) for caught in mailbox.all() for link in caught.links if "/d/" in link]
    codes = [
        line
        for caught in mailbox.all()
        for line in caught.text.splitlines()
        if len(line) == 8 and line.isdigit()
    ]
    assert len(secrets) == 17
    assert len(codes) == 1
    files = b"".join(path.read_bytes() for path in sqlite_files(sqlite))
    assert case.ref.encode() in files
    assert [secret for secret in secrets + codes if secret.encode() in files] == []
    with sqlite.reading() as db:
        request = mail_rows(db, kind=Notice.DECISION_REQUEST)[-1]
        assert "[link removed]" in request.text
        sign_in = mail_rows(db, kind=Notice.SIGN_IN)[-1]
        assert "[code removed]" in sign_in.text


def sqlite_files(database: Database):
    main = Path(str(database.engine.url.database))
    return [path for path in main.parent.iterdir() if path.name.startswith(main.name)]


def test_each_minted_link_opens_what_its_mail_asks_for_its_addressee_alone(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        asked = {person.email: row.id for row, person in assignments(db, case)}
        version = db.scalars(select(Decision.version_id)).one()
    postman.tick(clock())
    requests = mailbox.all(subject="Scope decision needed")
    assert {caught.to[0] for caught in requests} == set(asked)
    with database.reading() as db:
        for caught in requests:
            link = links.find(db, secret_of(caught.links[0]))
            assert link is not None
            assert (link.purpose, link.subject_id) == (Purpose.DECIDE, asked[caught.to[0]])
            assert db.get_one(Person, link.person_id).email == caught.to[0]
            assert link.version_id == version
            assert links.is_live(link, clock())


def test_a_decision_link_outlives_the_decision_by_two_weeks_for_the_receipt(
    database: Database, postman: Postman, clock: Clock
) -> None:
    with database.writing() as db:
        a_case(db, Stage.SCOPE_DECISION)
    postman.tick(clock())
    with database.reading() as db:
        closes = db.scalars(select(Decision.closes_at)).one()
        assert set(db.scalars(select(Link.expires_at))) == {closes + timedelta(days=14)}


def test_the_code_of_a_sign_in_works_and_only_its_hash_is_kept(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        row = queue_sign_in(db, lead_of(db))
        row.browser_hash = tokens.hash_secret("browser")
    postman.tick(clock())
    caught = mailbox.all()[0]
    code = next(line for line in caught.text.splitlines() if line.isdigit())
    assert caught.subject.startswith("Sign in by 10:10am, Wed 1 Jul")
    with database.writing() as db:
        assert db.get_one(SignIn, row.id).code_hash == tokens.hash_code(code, str(row.id))
        assert by_code(db, row.id, "browser", code, clock())[0].id == row.person_id
    with database.reading() as db:
        assert set(db.scalars(select(Link.expires_at))) == {NOW + timedelta(minutes=10)}


def _closed(db, case: Case) -> None:
    db.execute(update(Decision).where(Decision.case_id == case.id).values(closed_at=NOW))


def _standing_over(db, case: Case) -> None:
    db.execute(update(Decision).where(Decision.case_id == case.id).values(closes_at=None))


def _past(db, case: Case) -> None:
    db.execute(update(Decision).where(Decision.case_id == case.id).values(closes_at=NOW))


@pytest.mark.parametrize("ended", [_closed, _standing_over, _past])
def test_a_late_request_to_decide_carries_no_link_but_the_case_page(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock, ended
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        ended(db, case)
    postman.tick(clock())
    late = mailbox.all(subject="Scope decision needed")
    assert late
    assert {link for caught in late for link in caught.links} == {f"{SITE}/cases/{case.ref}"}
    assert all("This decision has closed, or has gone to a meeting" in caught.text for caught in late)
    with database.reading() as db:
        assert db.scalars(select(Link)).all() == []


def test_late_requests_for_advice_for_a_seat_and_to_sign_in_carry_no_link_either(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        case = delegated_case(db)
        used = queue_sign_in(db, lead_of(db))
        used.used_at = NOW
        stale = queue_sign_in(db, lead_of(db), NOW - timedelta(hours=1))
        db.execute(
            update(Outbox)
            .where(Outbox.kind.in_([Notice.ADVICE_REQUEST, Notice.APPOINTMENT_REQUEST]))
            .values(status="queued")
        )
    while postman.tick(clock()):
        pass
    assert len(mailbox.all()) == 4 + 3 + 2
    assert used.id != stale.id
    pages = {f"{SITE}/cases/{case.ref}", f"{SITE}/sign-in"}
    assert {link for caught in mailbox.all() for link in caught.links} == pages
    with database.reading() as db:
        assert db.scalars(select(Link)).all() == []
        assert set(db.scalars(select(SignIn.code_hash))) == {None}


def test_the_receipt_of_the_vote_that_closed_the_decision_still_has_a_link(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        clear(db)
        everyone_votes(db, case, Choice.APPROVE)
        _closed(db, case)
    postman.tick(clock())
    receipts = mailbox.all(subject="Your answer is recorded")
    assert len(receipts) == 8
    assert all("/d/" in caught.links[0] for caught in receipts)
    assert all("can no longer be changed" in caught.text for caught in receipts)


def test_a_receipt_tells_of_an_interest_without_a_vote(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION)
        clear(db)
        row, person = assignments(db, case)[0]
        vote(db, case, row, None, interest="My brother sells telematics.")
    postman.tick(clock())
    receipt = mailbox.all(person.email)[0]
    assert receipt.text.startswith("Your interest is recorded\n")
    assert "My brother sells telematics." in receipt.text


def test_a_mail_speaks_of_the_decision_that_caused_it_however_late_it_leaves(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    """The scope's outcome was told while the mail server was down; by now the case itself is approved."""
    with database.writing() as db:
        case = a_case(db, Stage.DRAFTING)
        clear(db)
        queue_to(db, case, Notice.SCOPE_RECOMMENDED, lead_of(db), NOW)
        db.execute(update(Decision).values(closed_at=NOW))
        approval = Decision(
            case_id=case.id, version_id=db.scalars(select(Decision.version_id)).one(), kind="approval", body="pdb",
            policy=db.scalars(select(Decision.policy)).one(), opened_at=NOW + timedelta(days=30),
            due_at=NOW + timedelta(days=40), closed_at=NOW + timedelta(days=40), outcome="rejected",
            working={}, meeting={}, delegation={},
        )  # fmt: skip
        db.add(approval)
    clock.pass_by(days=50)
    postman.tick(clock())
    assert "Outcome: recommended" in mailbox.all()[0].text
    assert "Wed 1 Jul" in mailbox.all()[0].subject


def test_whoever_left_or_has_no_address_gets_nothing_and_the_reason_is_shown(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPING)
        gone, nowhere, here = (
            holder(db, post) for post in ("pdb-sfrs-chief", "pdb-sfrs-deputy", "office-sfrs")
        )
        gone.left_on = NOW.date()
        nowhere.email = "no address"
        for person in (gone, nowhere, here):
            queue_to(db, case, Notice.CASE_WITHDRAWN, person)
    assert postman.tick(clock()) == 3
    with database.reading() as db:
        problems = [row.problem for row in mail_rows(db, status="parked")]
    assert problems[0].endswith("has left. Name who takes over, then send the mail again.")
    assert problems[1].startswith("'no address' is no address that mail can go to")
    assert [caught.to for caught in mailbox.all()] == [(here.email,)]


def test_a_mail_that_cannot_be_written_is_parked_and_the_others_go_out(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.SCOPING)
        lead = lead_of(db)
        queue_to(db, case, Notice.QUESTIONS_ASKED, lead)  # nobody asked any
        db.add(
            Outbox(kind="no_such_kind", subject_kind="case", subject_id=case.id, case_id=case.id,
                   person_id=lead.id, occasion="x", queued_at=NOW, not_before=NOW)
        )  # fmt: skip
        queue_to(db, case, Notice.CASE_WITHDRAWN, lead)
    postman.tick(clock())
    assert [caught.subject[:9] for caught in mailbox.all()] == ["Withdrawn"]
    with database.reading() as db:
        parked = [row.problem for row in mail_rows(db, status="parked")]
    assert parked == [
        "the mail has no questions to ask",
        "ValueError(\"'no_such_kind' is not a valid Notice\")",
    ]


def test_with_nothing_due_a_tick_asks_once_and_writes_nothing(
    database: Database, postman: Postman, clock: Clock
) -> None:
    with database.writing() as db:
        delegated_case(db)
        queue_sign_in(db, lead_of(db), NOW + timedelta(hours=1))
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    for _ in range(60):
        assert postman.tick(clock()) == 0
    asked = [statement for statement in asked if not statement.startswith(("BEGIN", "PRAGMA"))]
    assert len(asked) == 60
    assert set(asked) == {asked[0]}
    assert asked[0].startswith("SELECT EXISTS")


def test_the_idle_question_is_answered_from_the_index_of_what_waits(sqlite: Database) -> None:
    query = select(Outbox.id).where(due_mail(NOW)).compile(dialect=sqlite_dialect())
    with sqlite.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("2026-07-01", "2026-07-01")).all()
    assert "ix_outbox_waiting" in str(plan)


def test_two_postmen_never_send_the_same_mail(
    database: Database, postman: Postman, mailbox: Mailbox, settings, catcher, clock: Clock
) -> None:
    with database.writing() as db:
        queue_every_kind(db, delegated_case(db))
        waiting = len(mail_rows(db, status="queued"))
    other = Postman(database, settings, Smtp("127.0.0.1", catcher.smtp_port), clock)

    def work(who: Postman) -> None:
        while who.tick(clock()):
            pass

    threads = [threading.Thread(target=work, args=(who,)) for who in (postman, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [caught.message_id for caught in mailbox.all()]
    assert len(ids) == len(set(ids)) == waiting


def test_a_postman_whose_claim_has_nearly_run_out_leaves_the_mail_to_another(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        queue_to(db, a_case(db, Stage.SCOPING), Notice.CASE_WITHDRAWN, lead_of(db))
    before = clock()
    clock.pass_by(seconds=100)
    assert postman.tick(before) == 1
    assert mailbox.all() == []
    clock.pass_by(seconds=30)
    assert postman.tick(clock()) == 1
    assert len(mailbox.all()) == 1


def test_it_runs_until_it_is_told_to_stop(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=postman.run, args=(stop, 0.02))
    thread.start()
    with database.writing() as db:
        queue_to(db, a_case(db, Stage.SCOPING), Notice.CASE_WITHDRAWN, lead_of(db))
    for _ in range(200):
        if mailbox.all():
            break
        stop.wait(0.02)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert len(mailbox.all()) == 1


def test_links_to_advise_and_to_take_a_seat_live_ninety_days(
    database: Database, postman: Postman, clock: Clock
) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.ANALYSIS)
        assert db.scalars(select(Advice).where(Advice.case_id == case.id)).all()
        seated = a_case(db, Stage.APPROVED)
        assert db.scalars(select(Appointment).where(Appointment.case_id == seated.id)).all()
        assert db.scalars(select(Assignment)).all()
    while postman.tick(clock()):
        pass
    with database.reading() as db:
        lasting = db.execute(
            select(Link.purpose, Link.expires_at).where(Link.purpose != Purpose.DECIDE)
        ).all()
    assert {(purpose, expires - NOW) for purpose, expires in lasting} == {
        (Purpose.ADVISE, timedelta(days=90)),
        (Purpose.APPOINTMENT, timedelta(days=90)),
    }
