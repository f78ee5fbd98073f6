"""Loading an alliance's data: again and again, without losing what points at it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bjc.actions import audit
from bjc.actions.alliance import add_people, install, leave
from bjc.alliance import default_alliance_path, default_demo_path, load_alliance, load_demo
from bjc.db.columns import Table
from bjc.db.people import Alliance, Holding, Person, PolicyVersion, Post, Visit
from bjc.db.questions import people
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.errors import Conflict
from bjc.rules.stages import Stage
from tests.builders import DAY, NOW, a_case, holder


def counts(db) -> dict[str, int]:
    return {t.name: db.scalar(select(func.count()).select_from(t)) for t in Table.metadata.sorted_tables}


def test_loading_the_same_file_again_changes_nothing(database: Database) -> None:
    demo = load_demo(default_demo_path())
    with database.writing() as db:
        before = counts(db)
        assert install(db, load_alliance(default_alliance_path()), NOW) is False
        add_people(db, demo.persons, demo.holdings, NOW)
        assert counts(db) == before


def test_a_changed_title_is_taken_over_with_one_entry_and_the_instance_keeps_its_name(
    database: Database,
) -> None:
    loaded = load_alliance(default_alliance_path())
    posts = tuple(
        p.model_copy(update={"title": "Chief"}) if p.key == "pdb-sfrs-chief" else p for p in loaded.posts
    )
    with database.writing() as db:
        instance = people.alliance(db).instance
        entries = len(timeline(db, audit.ALLIANCE))
        assert install(db, loaded.model_copy(update={"posts": posts}), NOW + DAY) is True
        assert db.get_one(Post, "pdb-sfrs-chief").title == "Chief"
        assert db.scalars(select(Alliance)).one().instance == instance
        assert len(timeline(db, audit.ALLIANCE)) == entries + 1


def test_a_post_that_left_the_file_stays_because_votes_point_at_it(database: Database) -> None:
    loaded = load_alliance(default_alliance_path())
    fewer = loaded.model_copy(update={"posts": tuple(p for p in loaded.posts if p.key != "pdb-sfrs-chief")})
    with database.writing() as db:
        a_case(db, Stage.DECISION)
        install(db, fewer, NOW + DAY)
        assert db.get(Post, "pdb-sfrs-chief") is not None


def test_a_policy_in_use_cannot_be_rewritten_only_followed_by_a_new_version(database: Database) -> None:
    loaded = load_alliance(default_alliance_path())
    last = loaded.policy[-1]
    limits = last.delegation.model_copy(update={"officer_limit": {"sfrs": Decimal(1), "hwfrs": Decimal(1)}})
    rewritten = last.model_copy(update={"delegation": limits})
    with pytest.raises(Conflict, match="already in use with other figures"), database.writing() as db:
        install(db, loaded.model_copy(update={"policy": (*loaded.policy[:-1], rewritten)}), NOW)
    follower = rewritten.model_copy(update={"version": "2030", "effective_from": date(2030, 1, 1)})
    with database.writing() as db:
        install(db, loaded.model_copy(update={"policy": (*loaded.policy, follower)}), NOW)
        assert people.policy_on(db, date(2030, 1, 1)).version == "2030"
        assert people.policy_on(db, date(2029, 12, 31)).version == last.version
        assert db.get_one(PolicyVersion, last.version).body == last.model_dump(mode="json")


def test_one_address_is_one_person_whatever_its_letter_case(database: Database) -> None:
    demo = load_demo(default_demo_path())
    loud = demo.persons[0].model_copy(update={"email": demo.persons[0].email.upper()})
    with database.writing() as db:
        before = db.scalar(select(func.count()).select_from(Person))
        assert add_people(db, [loud], [], NOW)[loud.key].email == demo.persons[0].email
        assert db.scalar(select(func.count()).select_from(Person)) == before


def test_a_post_is_held_on_its_first_and_its_last_day(database: Database) -> None:
    with database.writing() as db:
        held = db.scalars(select(Holding).where(Holding.post == "office-sfrs")).one()
        held.since, held.until = date(2026, 7, 1), date(2026, 7, 31)
        db.flush()
        days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 1)]
        assert [people.holder(db, "office-sfrs", day) is not None for day in days] == [
            False,
            True,
            True,
            False,
        ]


def test_who_leaves_holds_nothing_any_more_and_their_visit_ends(database: Database) -> None:
    from bjc.actions.sign_in import begin_visit, visitor

    with database.writing() as db:
        person = holder(db, "office-sfrs")
        secret = begin_visit(db, person.id, NOW)
        assert visitor(db, secret, NOW) is person
        leave(db, person.id, NOW.date(), NOW)
        db.flush()
        assert people.holder(db, "office-sfrs", NOW.date()) is None
        assert visitor(db, secret, NOW) is None
        assert db.scalars(select(Visit)).one().ended_at == NOW
