"""The web process is killed, after a commit and in the middle of posts: nothing acknowledged is lost or doubled."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from bjc.actions import links
from bjc.cli.browsing import Browser
from bjc.clock import utcnow
from bjc.db.audit import AuditEntry
from bjc.db.decisions import Assignment
from bjc.db.mail import Outbox
from bjc.db.people import PolicyVersion
from bjc.db.session import Database
from bjc.errors import BjcError
from bjc.rules.notices import Notice, Purpose
from bjc.rules.stages import Stage
from tests.builders import DAY, a_case, assignments
from tests.play_the_stack import free_ports

pytestmark = pytest.mark.slow


@contextmanager
def serving(database: Database, home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    env = {**os.environ, "BJC_HOME": str(home), "BJC_DATABASE_URL": database.url, "BJC_WEB_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "bjc.cli", "web"], env=env, cwd=home)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)


def members_with_links(database: Database) -> list[tuple[int, str]]:
    """A decision that is open now, on a policy that lets answers come at once: (assignment, secret) a member."""
    now = utcnow()
    with database.writing() as db:
        for row in db.scalars(select(PolicyVersion)):
            quick = {**row.body, "decision": {**row.body["decision"], "fastest_answer_seconds": 0}}
            db.execute(update(PolicyVersion).where(PolicyVersion.version == row.version).values(body=quick))
        case = a_case(db, Stage.DECISION, now)
        return [
            (row.id, links.mint(db, Purpose.DECIDE, row.id, who.id, now, now + 20 * DAY).secret)
            for row, who in assignments(db, case)
        ]


def kept(database: Database) -> dict[str, list[int]]:
    """The assignments that have an answer, a vote in the audit, a receipt waiting: each should be the same."""
    with database.reading() as db:
        votes = db.scalars(select(AuditEntry.detail).where(AuditEntry.event == "vote")).all()
        receipts = select(Outbox.subject_id).where(Outbox.kind == Notice.DECISION_RECEIPT.value)
        answered = select(Assignment.id).where(Assignment.answered_at.is_not(None))
        last = db.scalar(select(func.max(Assignment.decision_id)))
        return {
            "answers": sorted(db.scalars(answered.where(Assignment.decision_id == last))),
            "entries": sorted(d["assignment"] for d in votes if d["decision"] == last),
            "receipts": sorted(i for i in db.scalars(receipts) if i in set(db.scalars(answered.where(
                Assignment.decision_id == last)))),
        }  # fmt: skip


def decide(site: str, secret: str) -> bool:
    """One member decides; True when the answer was acknowledged."""
    browser = Browser(site)
    try:
        browser.open(f"/d/{secret}")
        browser.send({"choice": "approve", "sure": "yes"})
    except (httpx.HTTPError, BjcError):
        return False
    finally:
        browser.close()
    return True


def test_an_acknowledged_vote_outlives_a_kill_at_once_after_it(sqlite: Database, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    voters = members_with_links(sqlite)
    for count, (assignment, secret) in enumerate(voters[:3], 1):
        with serving(sqlite, tmp_path, port) as process:
            assert decide(f"http://127.0.0.1:{port}", secret)
            process.send_signal(signal.SIGKILL)
        found = kept(sqlite)
        assert assignment in found["answers"]
        assert found["answers"] == found["entries"] == found["receipts"]
        assert len(found["answers"]) == count


def test_a_kill_in_the_middle_of_votes_loses_and_doubles_nothing(sqlite: Database, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    voters, acknowledged = members_with_links(sqlite), []

    def vote(assignment: int, secret: str) -> None:
        if decide(f"http://127.0.0.1:{port}", secret):
            acknowledged.append(assignment)

    for pause, pair in zip((0.03, 0.06, 0.1), (voters[0:2], voters[2:4], voters[4:6]), strict=True):
        with serving(sqlite, tmp_path, port) as process:
            threads = [threading.Thread(target=vote, args=one) for one in pair]
            for thread in threads:
                thread.start()
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join(timeout=60)
        found = kept(sqlite)
        assert set(acknowledged) <= set(found["answers"])
        assert found["answers"] == found["entries"] == found["receipts"]

    with serving(sqlite, tmp_path, port):
        for assignment, secret in voters:
            if assignment not in kept(sqlite)["answers"]:
                assert decide(f"http://127.0.0.1:{port}", secret), "after the kill, the same link still works"
    found = kept(sqlite)
    assert found["answers"] == found["entries"] == found["receipts"] == sorted(row for row, _ in voters)
