"""The audit: one entry a change of state, append-only, and whatever is done to it behind our back is found."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bjc.actions import audit
from bjc.actions.actor import CLOCK
from bjc.db.questions import audit as questions
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.rules.stages import Event, Stage
from tests.builders import NOW, a_case


def faults(database: Database) -> list[str]:
    with database.reading() as db:
        return audit.problems(questions.entries(db), questions.heads(db))


def furnish(database: Database) -> str:
    """Two cases at different stages; the reference of the first."""
    with database.writing() as db:
        ref = a_case(db, Stage.DRAFTING).ref
        a_case(db)
    return ref


def behind_our_back(database: Database, *statements: str) -> None:
    """What somebody does who owns the database: the triggers go first."""
    names = ("audit_entry_no_update", "audit_entry_no_delete")
    with database.engine.begin() as connection:
        if database.is_sqlite:
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_chain_that_nobody_touched_is_sound(database: Database) -> None:
    furnish(database)
    assert faults(database) == []


def test_each_move_leaves_one_entry_in_the_order_of_the_way(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DELEGATED)
        entries = timeline(db, case.ref)
        moves = [(e.detail["from"], e.detail["to"]) for e in entries if "to" in e.detail]
        stages = [
            "new",
            "scoping",
            "scope decision",
            "drafting",
            "analysis",
            "decision",
            "approved",
            "delegated",
        ]
        assert moves == list(pairwise(stages))
        events = [entry.event for entry in entries]
        assert {event: events.count(event) for event in ("vote", "decision closed", "advice given")} == {
            "vote": 16, "decision closed": 2, "advice given": 4,
        }  # fmt: skip
        assert events.count("appointment answered") == 3
        assert events.count("delegation drafted") == 1
        assert len(entries) == 7 + 16 + 2 + 4 + 3 + 1
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))


def test_entries_name_posts_and_ids_and_never_a_person(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.DELEGATED)
        said = " ".join(f"{e.actor} {e.detail}" for e in timeline(db, case.ref))
        assert "Officer" not in said
        assert "@" not in said


def test_the_alliances_stream_knows_the_first_entry_of_each_case(database: Database) -> None:
    ref = furnish(database)
    with database.reading() as db:
        begun = [e.detail for e in timeline(db, audit.ALLIANCE) if e.event == "stream begun"]
        assert {"stream": ref, "first": timeline(db, ref)[0].hash} in begun
        assert len(begun) == 2


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET event = 'approved'", "DELETE FROM audit_entry WHERE seq = 1"]
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(database: Database, statement: str) -> None:
    furnish(database)
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(statement))
    assert faults(database) == []


def test_postgresql_also_refuses_to_empty_the_table(postgresql: Database) -> None:
    with pytest.raises(DBAPIError, match="append-only"), postgresql.engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_entry"))


def changed_text(ref: str) -> list[str]:
    return [f"UPDATE audit_entry SET event = 'approved' WHERE stream = '{ref}' AND seq = 2"]


def changed_detail(ref: str) -> list[str]:
    return [f"UPDATE audit_entry SET detail = '{{}}' WHERE stream = '{ref}' AND seq = 2"]


def changed_time(ref: str) -> list[str]:
    return [f"UPDATE audit_entry SET at = '2026-06-30 09:00:00' WHERE stream = '{ref}' AND seq = 2"]


def removed_from_the_middle(ref: str) -> list[str]:
    return [f"DELETE FROM audit_entry WHERE stream = '{ref}' AND seq = 2"]


def removed_first(ref: str) -> list[str]:
    return [f"DELETE FROM audit_entry WHERE stream = '{ref}' AND seq = 1"]


def cut_off_the_tail(ref: str) -> list[str]:
    return [f"DELETE FROM audit_entry WHERE stream = '{ref}' AND seq >= 3"]


def added_one(ref: str) -> list[str]:
    return [
        "INSERT INTO audit_entry (stream, seq, at, event, actor, detail, prev, hash) "
        f"SELECT stream, 99, at, event, actor, detail, hash, prev FROM audit_entry WHERE stream = '{ref}' AND seq = 2"
    ]


def swapped_two(ref: str) -> list[str]:
    steps = ((2, 1002), (3, 2), (1002, 3))
    return [
        f"UPDATE audit_entry SET seq = {new} WHERE stream = '{ref}' AND seq = {old}" for old, new in steps
    ]


def dropped_the_stream(ref: str) -> list[str]:
    return [
        f"DELETE FROM audit_entry WHERE stream = '{ref}'",
        f"DELETE FROM audit_head WHERE stream = '{ref}'",
    ]


def dropped_the_head(ref: str) -> list[str]:
    return [f"DELETE FROM audit_head WHERE stream = '{ref}'"]


TAMPERING = [
    (changed_text, "{ref} entry 2: its content was changed"),
    (changed_detail, "{ref} entry 2: its content was changed"),
    (changed_time, "{ref} entry 2: its content was changed"),
    (
        removed_from_the_middle,
        "{ref} entry 3: the number before it is 1; entries are missing or out of order",
    ),
    (removed_first, "{ref} entry 2: the number before it is 0; entries are missing or out of order"),
    (cut_off_the_tail, "{ref}: the chain ends at 2, but its head says "),
    (added_one, "{ref} entry 99: the number before it is "),
    (swapped_two, "{ref} entry 2: its content was changed"),
    (dropped_the_stream, "{ref}: the whole stream is gone"),
    (dropped_the_head, "{ref}: entries without a head"),
]


@pytest.mark.parametrize(("tamper", "named"), TAMPERING, ids=[row[0].__name__ for row in TAMPERING])
def test_tampering_is_found_and_named(
    database: Database, tamper: Callable[[str], list[str]], named: str
) -> None:
    ref = furnish(database)
    behind_our_back(database, *tamper(ref))
    found = faults(database)
    assert any(fault.startswith(named.format(ref=ref)) for fault in found), found
    assert all(fault.startswith(ref) for fault in found), found


def rechain(db: Session, ref: str) -> None:
    """A forger who also computes the hashes again, from the second entry on."""
    rows = timeline(db, ref)
    prev = rows[0].prev
    for row in rows:
        body = {"stream": row.stream, "seq": row.seq, "at": row.at.isoformat(timespec="microseconds"),
                "event": row.event, "actor": row.actor, "detail": row.detail, "prev": prev}  # fmt: skip
        row.prev, row.hash = prev, audit.entry_hash(body)
        prev = row.hash
    db.execute(text(f"UPDATE audit_head SET hash = '{prev}' WHERE stream = '{ref}'"))


def test_a_forger_who_computes_a_cases_chain_anew_is_caught_by_the_alliances(database: Database) -> None:
    ref = furnish(database)
    behind_our_back(database, f"UPDATE audit_entry SET event = 'forged' WHERE stream = '{ref}' AND seq = 1")
    with database.writing() as db:
        rechain(db, ref)
    assert faults(database) == [f"{ref}: the alliance's stream does not know its first entry"]


def fail_halfway(database: Database) -> None:
    with database.writing() as db:
        audit.record(db, "BJC-2026-777", Event.WITHDRAWN, CLOCK, NOW)
        raise RuntimeError


def test_an_action_that_fails_leaves_no_entry_behind(database: Database) -> None:
    with pytest.raises(RuntimeError):
        fail_halfway(database)
    assert faults(database) == []
    with database.reading() as db:
        assert timeline(db, "BJC-2026-777") == []


def test_checking_reads_in_batches_and_sees_every_stream(database: Database) -> None:
    furnish(database)
    with database.reading() as db:
        total = sum(1 for _ in questions.entries(db))
        assert total == sum(head.seq for head in questions.heads(db).values())
        assert [e.seq for e in questions.entries(db, audit.ALLIANCE)] == list(
            range(1, questions.heads(db)[audit.ALLIANCE].seq + 1)
        )
