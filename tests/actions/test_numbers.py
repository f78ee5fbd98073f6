"""References of cases: one after the other, also for the first two of a year at one moment."""

import threading

from bjc.actions.cases import open_case
from bjc.db.session import Database
from tests.builders import NOW, answers, lead_of


def test_the_first_two_cases_of_a_year_opened_at_one_moment_get_two_numbers(database: Database) -> None:
    with database.reading() as db:
        lead = lead_of(db).id
    barrier, refs = threading.Barrier(2), []

    def open_one() -> None:
        with database.writing() as db:
            if not database.is_sqlite:
                barrier.wait(10)
            refs.append(open_case(db, lead, "sfrs", answers(), NOW)[0].ref)

    threads = [threading.Thread(target=open_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(refs) == ["BJC-2026-001", "BJC-2026-002"]
