"""The postman killed by SIGKILL between each of its steps: nothing lost, and a second copy only after the send."""

import signal
import subprocess
import sys

import pytest

from bjc.actions import outbox
from bjc.actions.outbox import LEASE
from bjc.db.session import Database
from notifications.mailbox import Mailbox
from notifications.postman import Postman
from tests.builders import lead_of
from tests.notifications.scenes import Clock, mail_rows, queue_sign_in


@pytest.mark.parametrize(
    ("step", "copies"), [("claimed", 1), ("minted", 1), ("rendered", 1), ("sent", 2), ("marked", 1)]
)
def test_a_kill_after_this_step_loses_nothing(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock, catcher, step: str, copies: int
) -> None:
    with database.writing() as db:
        queue_sign_in(db, lead_of(db))
    url = database.engine.url.render_as_string(hide_password=False)
    child = subprocess.run(
        [sys.executable, "-m", "tests.notifications.postman_child", step, url, str(catcher.smtp_port),
         clock().isoformat()],
        timeout=60,
        check=False,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL
    assert postman.tick(clock()) == 0, "the dead postman's claim still holds"
    clock.now += LEASE
    assert postman.tick(clock()) == (0 if step == "marked" else 1)
    assert len(mailbox.all()) == copies
    assert len({caught.message_id for caught in mailbox.all()}) == 1
    with database.reading() as db:
        row = mail_rows(db)[0]
    assert (row.status, row.message_id) == ("sent", mailbox.all()[0].message_id)
    assert postman.tick(clock()) == 0


def test_a_postman_that_was_only_slow_cannot_mark_what_another_has_taken_over(
    database: Database, postman: Postman, mailbox: Mailbox, clock: Clock
) -> None:
    with database.writing() as db:
        queue_sign_in(db, lead_of(db))
    with database.writing() as db:
        row = outbox.claim(db, clock(), 1)[0]
    slow = postman.deliver([row])
    assert [next(slow) for _ in range(3)] == ["minted", "rendered", "sent"]
    clock.now += LEASE
    assert postman.tick(clock()) == 1
    marked_at = clock()
    clock.pass_by(minutes=5)
    assert list(slow) == ["marked"]
    with database.reading() as db:
        assert mail_rows(db)[0].sent_at == marked_at
    assert len({caught.message_id for caught in mailbox.all()}) == 1
