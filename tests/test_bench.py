"""The bench compares like with like: every program leaves the same rows, and chains that hold."""

import pytest

from bench import proof
from bench.figures import Watch
from bench.lifecycle import PROGRAMS
from bench.road import walk
from bjc.db.session import Database


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "ours"])
def test_a_baseline_leaves_the_same_rows_as_our_actions_and_postman(database: Database, name: str) -> None:
    rows = [
        rows_of(database, program, title) for program, title in (("ours", "Service desk"), (name, "Fleet"))
    ]
    assert rows[0] == rows[1]
    proof.check(database, cases=2)


def rows_of(database: Database, name: str, title: str) -> dict[str, float]:
    before = proof.count(database)
    walk(PROGRAMS[name](database), Watch(), title)
    return proof.rows_of_one(before, proof.count(database), 1)
