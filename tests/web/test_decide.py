"""A member reads and decides: what the page shows, what it takes, and what it answers to everything else."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from bjc.db.decisions import Assignment, Decision
from bjc.db.people import Holding, PolicyVersion
from bjc.db.session import Database
from bjc.rules.decision import WORDING, DecisionKind
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day
from tests.builders import DAY, NOW, open_decision
from tests.web.asked import Asked, board, case_of, close_by_deadline, dump, enter, mails, read_it, vote
from tests.web.conftest import look, send
from tests.web.naughty import NAUGHTY, as_kept
from tests.web.page_reader import read

# What one vote by link asks of the database: two statements to let the member in and judge the form; then, in
# the transaction, five to look (link, case's lock, seat, audit's head, all votes) and four to write.
STATEMENTS, WRITES = 11, 4


def seat(database: Database, asked: Asked) -> Assignment:
    """What the database has of this member."""
    with database.reading() as db:
        row = db.get_one(Assignment, asked.subject_id)
        db.expunge(row)
        return row


def test_the_page_shows_what_is_voted_on_and_preselects_nothing(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    page = enter(client, member)
    for told in (
        "Should the board approve this case?", "£182,000", "5pm on Wed 15 Jul 2026", "Version 2", member.name,
        "4 support", "The figures are sound.", "ICT working group", "£85,000", "5% over in cost, 6 weeks late",
        "24 months", "Purpose", "Case for change", "SHA-256", f"I am {member.name}, deciding on version 2",
        "I have an interest and withdraw",
    ):  # fmt: skip
        assert told in page.text, told
    form = page.form()
    assert {"choice", "reason", "conditions", "interest", "sure"} <= form.names
    assert not {"choice", "sure"} & set(form.values)


@pytest.mark.parametrize(("stage", "kind"), [(Stage.SCOPE_DECISION, "scope"), (Stage.DECISION, "approval")])
def test_each_kind_of_decision_has_its_own_words_and_records_the_same_choices(
    lite: TestClient, sqlite: Database, stage: Stage, kind: str
) -> None:
    words = WORDING[DecisionKind(kind)]
    for member, (choice, said) in zip(board(sqlite, stage), words.items(), strict=False):
        more = {"conditions": "A rota."} if "conditions" in choice.value else {}
        assert vote(lite, member, choice.value, reason="Because.", **more).status_code == 303
        assert seat(sqlite, member).choice == choice.value
        page = look(lite, member.address)
        assert page.h1 == ["Your decision is recorded"]
        assert said in page.text


def test_advice_that_is_missing_is_shown_as_missing(lite: TestClient, sqlite: Database) -> None:
    member = board(sqlite)[0]
    with sqlite.writing() as db:
        from bjc.db.decisions import Advice

        row = db.query(Advice).first()
        assert row is not None
        row.given_at = row.recommendation = None
    page = enter(lite, member)
    assert "3 support, 1 missing" in page.text
    assert "Missing Asked for by 5pm on Wed 8 Jul 2026." in page.text


def test_other_members_votes_are_not_shown_while_the_decision_is_open(
    lite: TestClient, sqlite: Database
) -> None:
    first, second = board(sqlite)[:2]
    vote(lite, first, "reject", reason="Far too dear for us.")
    assert "too dear" not in enter(lite, second).html
    vote(lite, second)
    assert "too dear" not in look(lite, second.address).html


def test_a_vote_can_be_changed_until_it_closes_and_is_then_read_only(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    vote(client, member, "approve")
    page = look(client, f"{member.address}?change")
    assert "So far you have said: Approve" in page.text
    assert "choice" not in page.form().values
    read_it(client)
    assert send(client, page, {"choice": "reject", "reason": "Too dear.", "sure": "yes"}).status_code == 303
    row = seat(database, member)
    assert (row.choice, row.reason, row.changes) == ("reject", "Too dear.", 2)
    assert len(mails(database, "decision_receipt", member.subject_id)) == 2
    close_by_deadline(client, database, member.ref)
    for address in (member.address, f"{member.address}?change"):
        page = look(client, address)
        assert "Your decision is recorded" in page.text
        assert "Change my decision" not in page.text


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({}, "choice", "Choose what you decide"),
        ({"choice": "no such choice"}, "choice", "Choose your decision from the list"),
        ({"choice": "reject"}, "reason", "Give your reason"),
        ({"choice": "defer"}, "reason", "Give your reason"),
        ({"choice": "approve with conditions"}, "conditions", "Write the conditions that must be met"),
        ({"choice": "approve", "conditions": "A rota."}, "choice", "You wrote conditions"),
        ({"choice": "approve", "interest": "My sister."}, "choice", "You described an interest"),
        ({"choice": "interest"}, "interest", "Say what your interest is"),
        ({"choice": "reject", "reason": "x" * 4_001}, "reason", "4,000 characters or fewer"),
        ({"choice": "reject", "reason": "a\x00b"}, "reason", "a character that cannot be kept"),
        ({"choice": "approve", "sure": ""}, "sure", "Confirm that you are"),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_typed_is_kept(
    lite: TestClient, sqlite: Database, typed: dict[str, str], field: str, says: str
) -> None:
    member = board(sqlite)[0]
    page = enter(lite, member)
    before = dump(sqlite)
    answer = send(lite, page, {"sure": "yes", **typed} if typed.get("sure") != "" else {"choice": "approve"})
    again = read(answer)
    assert answer.status_code == 422
    assert says in again.text
    assert again.title.startswith("Error: ")
    assert any(href == f"#{field}" for href in again.links.values())
    assert ("Give your reason" in again.text) is (field == "reason" and says == "Give your reason")
    for name, text in typed.items():
        if name not in ("sure", "choice") and "\x00" not in text:
            assert again.form().values[name] == text
    assert dump(sqlite) == before
    read_it(lite)
    good = {"choice": "reject", "reason": "Dear.", "conditions": "", "interest": "", "sure": "yes"}
    assert send(lite, again, good).status_code == 303


def test_an_answer_faster_than_anybody_reads_is_asked_for_again(lite: TestClient, sqlite: Database) -> None:
    member = board(sqlite)[0]
    lite.get(member.link)
    page = look(lite, member.address)
    answer = send(lite, page, {"choice": "reject", "reason": "Dear.", "sure": "yes"})
    again = read(answer)
    assert answer.status_code == 422
    assert "faster than a page can be read" in again.text
    assert (again.form().values["reason"], again.form().values["choice"]) == ("Dear.", "reject")
    assert seat(sqlite, member).choice is None
    read_it(lite, 2)
    assert send(lite, again, {}).status_code == 303


@pytest.mark.parametrize("note", ["", "forged", "another page's"])
def test_the_note_of_when_the_page_was_shown_cannot_be_forged(
    lite: TestClient, sqlite: Database, note: str
) -> None:
    mine, other = board(sqlite)[:2]
    stolen = enter(lite, other).form().values["shown"]
    page = enter(lite, mine)
    sent = {"choice": "approve", "sure": "yes", "shown": stolen if "page" in note else note}
    assert send(lite, page, sent).status_code == 422
    assert seat(sqlite, mine).choice is None


def test_two_decisions_open_in_two_tabs_do_not_cross(client: TestClient, database: Database) -> None:
    one, two = board(database)[0], board(database)[0]
    first, second = enter(client, one), enter(client, two)
    crossed = client.post(
        one.address, data={**second.form().values, "choice": "reject", "reason": "x", "sure": "yes"}
    )
    assert crossed.status_code in (403, 409)
    mixed = {
        **first.form().values,
        "subject": second.form().values["subject"],
        "version": second.form().values["version"],
    }
    crossed = client.post(one.address, data={**mixed, "choice": "reject", "reason": "Dear.", "sure": "yes"})
    assert crossed.status_code == 409
    assert (
        f"This form is about {two.ref}, version 2, but this page is about {one.ref}, version 2"
        in crossed.text
    )
    assert "Dear." in crossed.text
    assert {seat(database, one).choice, seat(database, two).choice} == {None}
    assert send(client, first, {"choice": "approve", "sure": "yes"}).status_code == 303
    assert send(client, second, {"choice": "abstain", "sure": "yes"}).status_code == 303
    assert (seat(database, one).choice, seat(database, two).choice) == ("approve", "abstain")


@pytest.mark.parametrize("version", ["", "0", "-1", "1" * 40, "٣"])
def test_a_form_about_another_version_is_refused(lite: TestClient, sqlite: Database, version: str) -> None:
    member = board(sqlite)[0]
    page = enter(lite, member)
    answer = send(lite, page, {"version": version, "choice": "approve", "sure": "yes"})
    assert answer.status_code == 409
    assert "another question" in answer.text
    assert seat(sqlite, member).choice is None


def test_a_vote_after_the_deadline_is_refused_with_what_was_typed(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    page = enter(client, member)
    close_by_deadline(client, database, member.ref)
    before = dump(database)
    answer = send(client, page, {"choice": "reject", "reason": "Too late?", "sure": "yes"})
    assert answer.status_code == 409
    assert "This decision has closed; your answer was not recorded." in answer.text
    assert "Too late?" in answer.text
    assert dump(database) == before


def test_the_last_answer_closes_at_once_where_there_is_no_grace_and_its_second_click_gets_the_receipt(
    client: TestClient, database: Database
) -> None:
    members = board(database)
    with database.writing() as db:
        for policy in db.query(PolicyVersion):
            policy.body = {**policy.body, "decision": {**policy.body["decision"], "grace_days": 0}}
    for member in members[:-1]:
        vote(client, member)
    last = members[-1]
    page = enter(client, last)
    sent = {"choice": "approve", "sure": "yes"}
    assert [send(client, page, sent).status_code for _ in range(3)] == [303, 303, 303]
    with database.reading() as db:
        decision = db.get_one(Decision, seat(database, last).decision_id)
        assert (decision.outcome, decision.closed_at is not None) == ("approved", True)
    assert len(mails(database, "decision_receipt", last.subject_id)) == 1
    receipt = look(client, last.address)
    assert "What the board decided" in receipt.text
    assert "Both services agree." in receipt.text
    other = send(client, page, {"choice": "reject", "reason": "No!", "sure": "yes"})
    assert other.status_code == 409
    assert "the decision has closed" in other.text


def test_whoever_declares_an_interest_withdraws_and_no_longer_sees_the_paper(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    page = enter(client, member)
    assert (
        send(client, page, {"choice": "interest", "interest": "My sister bids.", "sure": "yes"}).status_code
        == 303
    )
    for address in (member.address, f"{member.address}?change"):
        receipt = look(client, address)
        assert "I have an interest and withdrew" in receipt.text
        assert "My sister bids." in receipt.text
        assert "The figures are sound." not in receipt.html
        assert "Change my decision" not in receipt.text
    answer = send(client, page, {"choice": "approve", "sure": "yes"})
    assert answer.status_code == 403
    assert "You declared an interest and withdrew" in answer.text
    assert (seat(database, member).choice, seat(database, member).interest) == (None, "My sister bids.")


def test_the_lead_of_a_case_cannot_decide_on_it(client: TestClient, database: Database) -> None:
    member = board(database)[0]
    page = enter(client, member)
    with database.writing() as db:
        case_of(db, member.ref).lead_id = member.person_id
    answer = send(client, page, {"choice": "approve", "sure": "yes"})
    assert answer.status_code == 403
    assert "You lead this case" in answer.text
    assert "You lead this case" in look(client, member.address, 403).text
    assert seat(database, member).choice is None


def test_whoever_lost_the_post_cannot_decide(client: TestClient, database: Database) -> None:
    member = board(database)[0]
    page = enter(client, member)
    with database.writing() as db:
        for holding in db.query(Holding).where(Holding.person_id == member.person_id):
            holding.until = local_day(NOW - DAY)
    answer = send(client, page, {"choice": "approve", "sure": "yes"})
    assert answer.status_code == 403
    assert "You no longer hold the post" in answer.text
    assert "The figures are sound." not in look(client, member.address, 403).html


def test_the_same_answer_twice_is_one_vote_one_entry_and_one_receipt(
    client: TestClient, database: Database
) -> None:
    member = board(database)[0]
    page = enter(client, member)
    sent = {"choice": "approve with conditions", "conditions": "A rota.", "sure": "yes"}
    assert send(client, page, sent).status_code == 303
    once = dump(database)
    assert send(client, page, sent).status_code == 303
    assert dump(database) == once


@pytest.mark.parametrize("token", ["", "x", "another's"])
def test_a_form_without_its_token_is_refused(lite: TestClient, sqlite: Database, token: str) -> None:
    mine, other = board(sqlite)[:2]
    stolen = enter(lite, other).form().values["_csrf"]
    page = enter(lite, mine)
    before = dump(sqlite)
    sent = {"choice": "approve", "sure": "yes", "_csrf": stolen if "other" in token else token}
    assert send(lite, page, sent).status_code == 403
    assert dump(sqlite) == before


def test_a_form_of_another_site_is_refused(lite: TestClient, sqlite: Database) -> None:
    member = board(sqlite)[0]
    sent = {**enter(lite, member).form().values, "choice": "approve", "sure": "yes"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert lite.post(member.address, data=sent, headers=headers).status_code == 403
    assert lite.post(member.address, json=sent).status_code == 415
    assert lite.post(member.address, data={**sent, "extra": "x"}).status_code == 422
    assert seat(sqlite, member).choice is None


@pytest.mark.parametrize("text", [text for text in NAUGHTY if text.strip()])
def test_hostile_text_comes_back_as_text(lite: TestClient, sqlite: Database, text: str) -> None:
    member = board(sqlite)[0]
    page, kept = enter(lite, member), as_kept(text, lines=True)
    again = read(send(lite, page, {"choice": "reject", "reason": text, "conditions": text, "interest": text}))
    assert {again.form().values[name] for name in ("reason", "conditions", "interest")} == {kept}
    assert (len(again.forms), again.html.count("<script")) == (len(page.forms), page.html.count("<script"))
    read_it(lite)
    good = {
        "choice": "approve with conditions",
        "reason": text,
        "conditions": text,
        "interest": "",
        "sure": "yes",
    }
    assert send(lite, again, good).status_code == 303
    row = seat(sqlite, member)
    assert row.reason == row.conditions == kept
    receipt = look(lite, member.address)
    assert " ".join(kept.split()) in receipt.text
    assert receipt.html.count("<script") == page.html.count("<script")


def test_one_vote_asks_little_of_the_database(client: TestClient, database: Database) -> None:
    member = board(database)[0]
    page = enter(client, member)
    said: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    assert send(client, page, {"choice": "approve", "sure": "yes"}).status_code == 303
    event.remove(database.engine, "before_cursor_execute", count)
    asked = [line for line in said if not line.startswith(("BEGIN", "PRAGMA"))]
    assert len(asked) <= STATEMENTS, asked
    assert len([line for line in asked if not line.startswith("SELECT")]) <= WRITES, asked
    with database.reading() as db:
        assert open_decision(db, case_of(db, member.ref)).closed_at is None
