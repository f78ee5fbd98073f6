"""Mail servers that refuse, put off, hang up or are not there: nothing is lost, nothing becomes a second mail."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import update

from bjc.actions import links, outbox
from bjc.db.mail import Outbox
from bjc.db.session import Database
from bjc.errors import BjcError
from bjc.rules.notices import Notice
from bjc.rules.stages import Stage
from bjc.settings import Settings
from notifications.postman import Postman
from notifications.smtp import Smtp, TransportFailed
from notifications.transport import Memory, transport_for
from tests.builders import a_case, holder, lead_of, office
from tests.notifications.scenes import Clock, clear, mail_rows, queue_sign_in, queue_to
from tests.notifications.servers import Answers, HangsUp, free_port, hanging_up, smtp_server


@pytest.fixture
def waiting(database: Database) -> list[str]:
    """Two mails wait; gives their recipients' addresses in order."""
    with database.writing() as db:
        case = a_case(db, Stage.SCOPING)
        people = [lead_of(db), holder(db, "office-sfrs")]
        for person in people:
            queue_to(db, case, Notice.CASE_WITHDRAWN, person)
        return [person.email for person in people]


def postman(database: Database, settings: Settings, port: int, clock: Clock) -> Postman:
    return Postman(database, settings, Smtp("127.0.0.1", port, timeout=5), clock)


def states(database: Database) -> list[str]:
    with database.reading() as db:
        return [row.status for row in mail_rows(db)]


def test_an_address_refused_for_good_is_parked_with_the_servers_own_words(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    answers = Answers(rcpt={waiting[0]: "550 5.1.1 No such person here"})
    with smtp_server(answers) as port:
        postman(database, settings, port, clock).tick(clock())
    assert states(database) == ["parked", "sent"]
    with database.reading() as db:
        problem = mail_rows(db)[0].problem
    assert problem == f"the mail server refused {waiting[0]}: 550 5.1.1 No such person here"
    assert len(answers.taken) == 1


def test_the_office_can_send_a_parked_mail_again_under_the_same_message_id(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    answers = Answers(rcpt={waiting[0]: "550 no"})
    with smtp_server(answers) as port:
        carrier = postman(database, settings, port, clock)
        carrier.tick(clock())
        answers.rcpt.clear()
        with database.writing() as db:
            outbox.release(db, mail_rows(db)[0].id, office(db), clock())
        carrier.tick(clock())
    assert states(database) == ["sent", "sent"]
    with database.reading() as db:
        assert sorted(answers.message_ids) == sorted(row.message_id for row in mail_rows(db))


def test_an_address_put_off_is_tried_again_later_and_later(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    answers = Answers(rcpt={waiting[0]: "451 4.7.1 Greylisted, come back"})
    with smtp_server(answers) as port:
        carrier = postman(database, settings, port, clock)
        carrier.tick(clock())
        assert states(database) == ["queued", "sent"]
        with database.reading() as db:
            row = mail_rows(db)[0]
        assert "Greylisted" in row.problem
        assert clock() < row.not_before <= clock() + timedelta(seconds=10)
        assert carrier.tick(clock()) == 0
        answers.rcpt.clear()
        clock.pass_by(seconds=11)
        carrier.tick(clock())
    assert states(database) == ["sent", "sent"]
    with database.reading() as db:
        assert mail_rows(db)[0].problem == ""


@pytest.mark.parametrize("trouble", [{"mail": "550 5.7.1 relaying denied"}, {"mail": "421 4.3.2 closing"}])
def test_a_server_that_will_not_take_mail_from_us_at_all_blames_no_mail_for_it(
    database: Database, settings: Settings, clock: Clock, waiting: list[str], trouble: dict[str, str]
) -> None:
    with smtp_server(Answers(**trouble)) as port:
        postman(database, settings, port, clock).tick(clock())
    assert states(database) == ["queued", "queued"]


def test_a_message_refused_for_good_is_parked_and_one_put_off_is_not(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    with smtp_server(Answers(data=["554 5.6.0 not like this", "452 4.3.1 disk full"])) as port:
        postman(database, settings, port, clock).tick(clock())
    assert states(database) == ["parked", "queued"]


def test_while_no_server_answers_mail_waits_and_then_goes_out(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    port = free_port()
    postman(database, settings, port, clock).tick(clock())
    assert states(database) == ["queued", "queued"]
    with database.reading() as db:
        assert mail_rows(db)[0].problem.startswith(f"the mail server at 127.0.0.1:{port} could not be used: ")
    clock.pass_by(minutes=1)
    answers = Answers()
    with smtp_server(answers) as port:
        postman(database, settings, port, clock).tick(clock())
    assert states(database) == ["sent", "sent"]
    assert len(answers.taken) == 2


def test_after_three_days_of_trying_a_mail_is_parked_for_a_person_to_see(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    clock.pass_by(hours=73)
    postman(database, settings, free_port(), clock).tick(clock())
    assert states(database) == ["parked", "parked"]
    with database.reading() as db:
        assert mail_rows(db)[0].problem.startswith("given up after 72 hours: ")


def test_a_line_dropped_after_the_message_sends_it_again_as_the_same_message(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    with database.writing() as db:
        db.execute(update(Outbox).where(Outbox.id == mail_rows(db)[1].id).values(status="sent"))
    mind = HangsUp(times=1)
    with hanging_up(mind) as port:
        carrier = postman(database, settings, port, clock)
        carrier.tick(clock())
        assert states(database) == ["queued", "sent"]
        clock.pass_by(seconds=11)
        carrier.tick(clock())
    assert states(database) == ["sent", "sent"]
    assert len(mind.message_ids) == 2
    assert len(set(mind.message_ids)) == 1


def test_a_mail_sent_again_carries_a_link_that_works_and_so_does_the_first(
    database: Database, settings: Settings, clock: Clock
) -> None:
    """Nobody can know which copy arrived, so neither is dead."""
    with database.writing() as db:
        clear(db)
        queue_sign_in(db, lead_of(db))
    mind = HangsUp(times=1)
    with hanging_up(mind) as port:
        carrier = postman(database, settings, port, clock)
        carrier.tick(clock())
        clock.pass_by(seconds=11)
        carrier.tick(clock())
    found = []
    for raw in mind.taken:
        text = message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
        found.append(next(line for line in text.splitlines() if "/d/" in line).rpartition("/")[2])
    assert len(set(found)) == 2
    with database.reading() as db:
        assert all(links.is_live(links.find(db, secret), clock()) for secret in found)


def test_one_connection_serves_a_batch(
    database: Database, settings: Settings, clock: Clock, waiting: list[str]
) -> None:
    answers = Answers()
    with smtp_server(answers) as port:
        postman(database, settings, port, clock).tick(clock())
    assert len(answers.taken) == 2
    assert answers.connections == 1


def test_trial_mail_goes_to_the_catcher_and_live_mail_needs_a_server() -> None:
    trial = transport_for(Settings(_env_file=None, smtp_host="mail.alliance.example"))
    assert isinstance(trial, Smtp)
    assert (trial.host, trial.port, trial.starttls) == ("127.0.0.1", 8025, False)
    live = transport_for(
        Settings(_env_file=None, mail_live=True, smtp_host="mail.alliance.example", smtp_user="u")
    )
    assert isinstance(live, Smtp)
    assert (live.host, live.port, live.starttls, live.user) == ("mail.alliance.example", 587, True, "u")
    with pytest.raises(BjcError, match="Set BJC_SMTP_HOST"):
        transport_for(Settings(_env_file=None, mail_live=True))


def test_a_password_is_not_shown_in_a_log() -> None:
    assert "s3cret" not in repr(Smtp("h", 25, "u", "s3cret"))


def test_a_server_without_tls_is_trouble_for_now_when_tls_is_asked_for() -> None:
    with smtp_server(Answers()) as port, pytest.raises(TransportFailed) as failed:
        Smtp("127.0.0.1", port, starttls=True, timeout=5).send(_message())
    assert not failed.value.permanent


def test_memory_keeps_what_was_sent() -> None:
    memory, message = Memory(), _message()
    memory.send(message)
    memory.close()
    assert memory.sent == [message]


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@alliance.example", "b@alliance.example", "x"
    message.set_content("x")
    return message
