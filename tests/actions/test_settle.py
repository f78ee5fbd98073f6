"""A case walks the whole way by actions and the clock, and comes to rest."""

from bjc.actions.settle import settle
from bjc.db.session import Database
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case


def test_a_case_walks_from_triage_to_delegated(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DELEGATED)
        assert case.stage == "delegated"


def test_settling_again_changes_nothing(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DECISION)
        first = settle(db, case.ref, NOW)
        assert settle(db, case.ref, NOW) == first
        assert first is not None
        assert len(first.posts) == 8
