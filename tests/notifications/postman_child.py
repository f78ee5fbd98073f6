"""A postman that is killed after one of its steps: `python -m tests.notifications.postman_child STEP URL PORT AT`."""

import os
import signal
import sys
from datetime import datetime

from bjc.actions import outbox
from bjc.db.session import Database
from bjc.settings import Settings
from notifications.postman import Postman
from notifications.smtp import Smtp


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(step: str, url: str, port: str, at: str) -> None:
    """Claim one mail, deliver it up to the step, and die there."""
    database, now = Database(url), datetime.fromisoformat(at)
    settings = Settings(_env_file=None, base_url="https://cases.alliance.example")
    postman = Postman(database, settings, Smtp("127.0.0.1", int(port)), lambda: now)
    with database.writing() as db:
        row = outbox.claim(db, now, 1)[0]
    if step == "claimed":
        die()
    for done in postman.deliver([row]):
        if done == step:
            die()


if __name__ == "__main__":
    main(*sys.argv[1:])
