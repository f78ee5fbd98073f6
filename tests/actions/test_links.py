"""Emailed links: only a hash is kept, each is for one person and subject, and all die together."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc import tokens
from bjc.actions import audit, links
from bjc.actions.alliance import COMMAND, leave
from bjc.db.decisions import Link
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.rules.notices import Purpose
from tests.builders import NOW, lead_of

HOUR = timedelta(hours=1)


def mint(db: Session, subject: int = 1, purpose: Purpose = Purpose.DECIDE) -> links.Minted:
    return links.mint(db, purpose, subject, lead_of(db).id, NOW, NOW + HOUR)


def stored(db: Session, minted: links.Minted) -> Link:
    return db.get_one(Link, minted.id, populate_existing=True)


def test_the_secret_is_nowhere_in_the_database(database: Database) -> None:
    with database.writing() as db:
        minted = mint(db)
        row = stored(db, minted)
        assert minted.secret not in " ".join(str(getattr(row, c.name)) for c in Link.__table__.columns)
        assert row.secret_hash == tokens.hash_secret(minted.secret)


def test_a_link_is_found_by_its_secret_whole_and_exact(database: Database) -> None:
    with database.writing() as db:
        secret = mint(db).secret
        found = links.find(db, secret)
        assert found is not None
        assert links.is_live(found, NOW)
        for wrong in (
            "",
            secret[:-1],
            secret + "x",
            secret.swapcase(),
            "é" * len(secret),
            tokens.new_secret(),
        ):
            assert links.find(db, wrong) is None


def test_two_links_to_one_subject_have_two_secrets_and_die_together(database: Database) -> None:
    with database.writing() as db:
        one, two, other = mint(db), mint(db), mint(db, subject=2)
        assert one.secret != two.secret
        links.revoke(db, Purpose.DECIDE, [1], NOW, "the decision has closed")
        assert [stored(db, m).revoked_because for m in (one, two, other)] == [
            "the decision has closed", "the decision has closed", None,
        ]  # fmt: skip


def test_revoking_touches_one_purpose_only_and_the_first_reason_stands(database: Database) -> None:
    with database.writing() as db:
        vote, advise = mint(db), mint(db, purpose=Purpose.ADVISE)
        links.revoke(db, Purpose.DECIDE, [1], NOW, "first")
        links.revoke(db, Purpose.DECIDE, [1], NOW + HOUR, "second")
        assert (stored(db, vote).revoked_because, stored(db, vote).revoked_at) == ("first", NOW)
        assert stored(db, advise).revoked_at is None
        links.revoke(db, Purpose.ADVISE, [], NOW, "nothing")
        assert stored(db, advise).revoked_at is None


ALMOST = HOUR - timedelta(microseconds=1)


@pytest.mark.parametrize(("after", "live"), [(timedelta(0), True), (ALMOST, True), (HOUR, False)])
def test_a_link_lives_until_the_instant_it_expires(database: Database, after: timedelta, live: bool) -> None:
    with database.writing() as db:
        assert links.is_live(stored(db, mint(db)), NOW + after) is live


def test_the_one_switch_ends_every_live_link_and_says_how_many(database: Database) -> None:
    with database.writing() as db:
        mint(db)
        mint(db, purpose=Purpose.SIGN_IN)
        links.mint(db, Purpose.ADVISE, 1, lead_of(db).id, NOW - 2 * HOUR, NOW - HOUR)
        assert links.revoke_all(db, "an operator ended all links", COMMAND, NOW) == 2
        entry = timeline(db, audit.ALLIANCE)[-1]
        assert (entry.event, entry.detail) == ("links revoked", {"count": 2})
        assert not any(links.is_live(row, NOW) for row in db.scalars(select(Link)))
        assert links.revoke_all(db, "again", COMMAND, NOW) == 0


def test_the_links_of_a_person_who_leaves_die_with_the_leaving(database: Database) -> None:
    with database.writing() as db:
        minted = mint(db)
        leave(db, lead_of(db).id, NOW.date(), NOW)
        assert stored(db, minted).revoked_because == "you have left the alliance"
