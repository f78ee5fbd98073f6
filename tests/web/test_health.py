"""Health for monitoring: live while the process answers, ready while cases can move and mail can go."""

from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from bjc.actions import outbox, routes
from bjc.actions.settle import settle
from bjc.db.session import Database
from bjc.db.upgrade import upgrade
from bjc.rules.notices import Notice
from tests.builders import NOW, a_case, lead_of
from tests.web.conftest import open_site

MINUTE = timedelta(minutes=1)


def at(client: TestClient, moment) -> dict:
    client.app.state.moment = moment
    answer = client.get("/health/ready")
    assert answer.status_code == (200 if answer.json()["status"] == "ready" else 503)
    return answer.json()


def test_live_answers_without_signing_in_and_sets_no_cookie(lite: TestClient) -> None:
    answer = lite.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})
    assert "set-cookie" not in answer.headers


def test_an_idle_installation_is_ready(client: TestClient) -> None:
    assert at(client, NOW) == {"status": "ready", "faults": []}


def test_mail_that_nobody_takes_shows_after_five_minutes(client: TestClient, database: Database) -> None:
    with database.writing() as db:
        outbox.queue(db, Notice.SIGN_IN, ("sign_in", 1), (lead_of(db).id,), "asked", NOW)
    assert at(client, NOW + 5 * MINUTE)["status"] == "ready"
    (fault,) = at(client, NOW + 6 * MINUTE)["faults"]
    assert fault["what"] == "Mail has been waiting for 6 minutes."
    assert "bjc up" in fault["remedy"]


def test_a_due_case_that_nobody_settles_shows_after_five_minutes(
    client: TestClient, database: Database
) -> None:
    with database.writing() as db:
        case = a_case(db)
        routes.want(db, case.id)
    assert at(client, NOW + 5 * MINUTE)["status"] == "ready"
    assert at(client, NOW + 7 * MINUTE)["faults"][0]["what"] == "A due case has been waiting for 7 minutes."
    with database.writing() as db:
        settle(db, case.ref, NOW)
    assert at(client, NOW + 7 * MINUTE)["status"] == "ready"


def test_a_case_that_failed_too_often_asks_for_an_operator(client: TestClient, database: Database) -> None:
    with database.writing() as db:
        case = a_case(db)
        settle(db, case.ref, NOW)
        for _ in range(8):
            routes.failed(db, case.id, NOW)
    assert "wait for an operator" in at(client, NOW)["faults"][0]["what"]


def test_no_name_and_no_reference_is_in_it(client: TestClient, database: Database) -> None:
    with database.writing() as db:
        case = a_case(db)
        routes.want(db, case.id)
    told = str(at(client, NOW + 60 * MINUTE))
    assert case.ref not in told
    assert "Officer" not in told


def test_a_database_without_an_alliance_says_how_to_load_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    upgrade(database)
    with open_site(database, tmp_path) as client:
        assert at(client, NOW)["faults"] == [
            {"what": "No alliance is loaded.", "remedy": "Run: bjc alliance load"}
        ]
    database.close()


def test_a_newer_schema_is_named_with_its_remedy(lite: TestClient, sqlite: Database) -> None:
    with sqlite.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (fault,) = at(lite, NOW)["faults"]
    assert "newer release" in fault["what"]


def test_a_database_that_went_away_is_a_fault_and_live_still_answers(
    lite: TestClient, sqlite: Database
) -> None:
    sqlite.close()
    path = Path(sqlite.engine.url.database or "")
    path.rename(path.with_suffix(".gone"))
    path.mkdir()
    assert at(lite, NOW)["faults"][0]["what"] == "The database does not answer."
    assert lite.get("/health/live").status_code == 200
