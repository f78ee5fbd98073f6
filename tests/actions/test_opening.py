"""A triage form opens one case, however often and however quickly it is sent."""

import threading

from sqlalchemy import func, select

from bjc.actions.opening import open_once, opened_by
from bjc.db.cases import Case
from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import NOW, answers, lead_of

FORM = "f" * 16


def opened(database: Database, form: str = FORM) -> str:
    with database.writing() as db:
        return open_once(db, form, lead_of(db).id, "sfrs", answers(), NOW).ref


def count(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Case)) or 0


def test_the_same_form_sent_again_gives_the_same_case(database: Database) -> None:
    assert opened(database) == opened(database)
    assert count(database) == 1


def test_another_form_opens_another_case(database: Database) -> None:
    assert opened(database) != opened(database, "g" * 16)
    assert count(database) == 2


def test_one_persons_form_says_nothing_to_another(database: Database) -> None:
    opened(database)
    with database.reading() as db:
        assert opened_by(db, FORM, lead_of(db).id) is not None
        assert opened_by(db, FORM, lead_of(db).id + 1) is None


def test_two_sendings_at_one_moment_open_one_case(database: Database) -> None:
    opened(database, "first of the year")  # so that both only take the next number
    both, refs = threading.Barrier(2), []

    def send() -> None:
        with database.writing() as db:
            lead = lead_of(db).id
        both.wait()
        with database.writing() as db:
            refs.append(open_once(db, FORM, lead, "sfrs", answers(), NOW).ref)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refs) == 2
    assert len(set(refs)) == 1
    assert count(database) == 2


def test_what_is_not_finished_is_not_remembered(database: Database) -> None:
    try:
        with database.writing() as db:
            open_once(db, FORM, lead_of(db).id, "sfrs", answers(), NOW)
            raise RuntimeError("the process was killed before the commit")
    except RuntimeError:
        pass
    assert count(database) == 0
    opened(database)
    with database.reading() as db:
        assert Stage(db.scalars(select(Case.stage)).one()) is Stage.SCOPING
