"""`bjc doctor`: every fault has its line and its fix; what answers is believed, what does not is named."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from bjc.cli import doctor_machine, doctor_neighbours
from bjc.db.session import Database
from bjc.settings import Settings, get_settings
from tests.cli.conftest import Bjc, Ran


def lines(ran: Ran) -> dict[str, dict[str, Any]]:
    return {one["check"]: one for one in ran.document["checks"]}


def test_where_nothing_runs_each_part_is_named_with_its_fix(anywhere: Bjc) -> None:
    ran = anywhere("doctor", "--json")
    found = lines(ran)
    assert (ran.code, ran.document["well"]) == (1, False)
    assert {name for name, one in found.items() if one["state"] == "fail"} == {
        "Database",
        "Pages",
        "Prefect",
        "Mail",
    }
    assert all(one["fix"] for one in found.values() if one["state"] != "ok")
    plain = anywhere("doctor")
    assert "fail  Prefect:" in plain.out
    assert "Run: bjc up" in plain.out


def test_looking_makes_neither_folder_nor_database(anywhere: Bjc, tmp_path: Path) -> None:
    anywhere("doctor")
    assert not (tmp_path / "var" / "bjc.sqlite3").exists()


def test_a_database_of_this_release_is_looked_into(bjc: Bjc) -> None:
    found = lines(bjc("doctor", "--json"))
    assert {found[name]["state"] for name in ("Database", "Alliance", "Clock", "Cases", "Outbox")} == {"ok"}


def test_an_older_schema_is_named(bjc: Bjc, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    found = lines(bjc("doctor", "--json"))
    assert (found["Database"]["state"], found["Database"]["fix"]) == ("fail", "Run: bjc db upgrade")
    assert "Alliance" not in found


def test_a_clock_behind_what_was_recorded_is_named(bjc_lite: Bjc, sqlite: Database) -> None:
    from datetime import UTC, datetime

    from bjc.actions import audit
    from bjc.actions.actor import CLOCK

    with sqlite.writing() as db:
        audit.record(db, audit.ALLIANCE, "a thing to come", CLOCK, datetime(2099, 1, 1, tzinfo=UTC))
    assert lines(bjc_lite("doctor", "--json"))["Clock"]["state"] == "fail"


def test_a_key_that_others_may_read_is_named_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(b"x" * 32)
    path.chmod(0o644)
    assert doctor_machine.key(path).fix == f"Run: chmod 600 {path}"
    path.chmod(0o600)
    assert doctor_machine.key(path).state == "ok"


def test_plain_http_is_a_warning_on_trial_and_a_fault_once_mail_is_live() -> None:
    def judged(**chosen: Any) -> str:
        return doctor_neighbours.address(Settings(_env_file=None, **chosen)).state

    assert judged() == "ok"
    assert judged(base_url="https://bjc.example") == "ok"
    assert judged(base_url="http://bjc.example") == "warn"
    assert judged(base_url="http://bjc.example", mail_live=True) == "fail"
    assert judged(base_url="bjc.example") == "fail"


class Mailbox:
    """Takes everything."""


def test_the_mail_server_is_greeted_and_no_mail_is_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        found = doctor_neighbours.mail(Settings(_env_file=None, catcher_port=port))
        assert found.state == "ok"
        live = Settings(_env_file=None, mail_live=True, smtp_host="127.0.0.1", smtp_port=port)
        assert "STARTTLS" in doctor_neighbours.mail(live).says
        assert doctor_neighbours.mail(live.model_copy(update={"smtp_starttls": False})).state == "ok"
    finally:
        server.stop()
    assert doctor_neighbours.mail(Settings(_env_file=None, mail_live=True)).fix == "Set BJC_SMTP_HOST."


class Neighbour(BaseHTTPRequestHandler):
    """Answers as Prefect's server and our pages do."""

    answers: dict[str, str] = {}

    def do_GET(self) -> None:
        body = self.answers.get(self.path, "")
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def neighbour():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Neighbour)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_versions_workers_and_readiness_are_read_from_whoever_answers(neighbour: int) -> None:
    settings = Settings(_env_file=None, web_port=neighbour, prefect_port=neighbour)
    workers = "/api/work_pools/bjc/workers/filter"
    Neighbour.answers = {"/api/admin/version": '"3.0.0"', workers: '[{"name": "a", "status": "OFFLINE"}]',
                         "/health/ready": '{"status": "not ready", "faults": [{"what": "Mail waits."}]}'}  # fmt: skip
    assert doctor_neighbours.prefect(settings).state == "warn"
    assert "the server is 3.0.0" in doctor_neighbours.prefect(settings).says
    assert doctor_neighbours.worker(settings).state == "fail"
    assert doctor_neighbours.pages(settings).says == "Mail waits."
    Neighbour.answers = {workers: '[{"name": "a", "status": "ONLINE"}]', "/health/ready": "<html>"}
    assert doctor_neighbours.worker(settings).says == "1 at work"
    assert "something else answers" in doctor_neighbours.pages(settings).says
    Neighbour.answers = {}
    assert "does not know the pool" in doctor_neighbours.worker(settings).says


def test_every_command_has_an_example_in_its_help(anywhere: Bjc) -> None:
    from typer.main import get_command

    from bjc.cli import app

    get_settings.cache_clear()
    names = list(get_command(app).commands)  # type: ignore[attr-defined]
    groups = {"case": ("list", "show", "timeline"), "audit": ("verify", "export"), "alliance": ("check", "load"),
              "db": ("upgrade", "revision"), "outbox": ("list", "release"), "config": ("show",),
              "links": ("revoke-all",)}  # fmt: skip
    assert set(groups) < set(names)
    for group, commands in groups.items():
        for command in commands:
            assert f"Example: bjc {group} {command}" in anywhere(group, command, "--help").out
    for command in ("doctor", "lifecycle"):
        assert f"Example: bjc {command}" in anywhere(command, "--help").out
