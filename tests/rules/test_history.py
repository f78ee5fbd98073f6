"""The audit in plain English: every event has its sentence, and what is secret stays so."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bjc.rules.history import Entry, Names, line, persons_in, posts_in, sentence
from bjc.rules.stages import Event

AT = datetime(2026, 12, 8, 14, 2, tzinfo=UTC)
NAMES = Names(
    {1: "Officer A1", 2: "Officer P1", 3: "Officer L1", 4: "Officer B3"},
    {"pdb-sfrs-chief": "Chief Fire Officer, SFRS", "pdb-hwfrs-deputy": "Deputy Chief Fire Officer, HWFRS"},
    {"sfrs": "SFRS", "hwfrs": "HWFRS"},
)
CHIEF = {"role": "member", "person": 1, "post": "pdb-sfrs-chief", "via": "link"}
OFFICE = {"role": "programme office", "person": 2, "post": None, "via": "session"}
LEAD = {"role": "project lead", "person": 3, "post": None, "via": "session"}
CLOCK = {"role": "clock", "person": None, "post": None, "via": "clock"}
OTHER_EVENTS = (
    "vote", "interest declared", "decision closed", "advice given", "delegation drafted", "resolution recorded",
    "appointment answered", "appointment replaced", "condition met",
)  # fmt: skip


def said(event: str, actor: dict[str, Any], **detail: Any) -> str:
    return sentence(Entry(event, actor, detail, AT), NAMES)


def test_a_vote_reads_as_a_person_would_say_it() -> None:
    entry = Entry("vote", CHIEF, {"choice": "approve with conditions", "before": None}, AT)
    assert line(entry, NAMES) == (
        "Officer A1 (Chief Fire Officer, SFRS) approved with conditions, by link, 2:02pm on Tue 8 Dec 2026"
    )


def test_a_changed_answer_says_what_it_was_before() -> None:
    assert said("vote", CHIEF, choice="reject", before="approve") == (
        "Officer A1 (Chief Fire Officer, SFRS) changed their answer: voted to reject, before that approved, by link"
    )


def test_a_scope_is_recommended_or_declined_not_approved_or_rejected() -> None:
    names = replace(NAMES, kinds={7: "scope"})
    vote = Entry("vote", CHIEF, {"choice": "reject", "before": "approve", "decision": 7}, AT)
    assert sentence(vote, names) == (
        "Officer A1 (Chief Fire Officer, SFRS) changed their answer: voted to decline the scope, "
        "before that recommended the scope, by link"
    )
    closed = Entry("decision closed", CLOCK, {"outcome": "rejected", "decision": 7}, AT)
    assert sentence(closed, names) == "The decision closed: declined"


def test_a_condition_that_is_met_is_told_with_its_text() -> None:
    entry = Entry("condition met", OFFICE, {"condition": 3}, AT)
    assert sentence(entry, replace(NAMES, conditions={3: "Ask the\nunion {first}."})) == (
        "Officer P1 (programme office) recorded that a condition is met: “Ask the union {first}.”"
    )
    assert len(sentence(entry, replace(NAMES, conditions={3: "word " * 900}))) < 300


def test_an_interest_is_told_as_a_withdrawal() -> None:
    assert said("interest declared", CHIEF, choice="interest") == (
        "Officer A1 (Chief Fire Officer, SFRS) declared an interest and withdrew, by link"
    )


@pytest.mark.parametrize("event", ["vote", "interest declared"])
def test_what_a_member_said_and_who_it_was_can_be_kept_back(event: str) -> None:
    entry = Entry(event, CHIEF, {"choice": "reject", "before": None}, AT)
    assert sentence(entry, NAMES, votes=False) == "Officer A1 (Chief Fire Officer, SFRS) answered, by link"
    assert sentence(entry, NAMES, votes=False, voters=False) == "A member of the board answered, by link"
    changed = Entry(event, CHIEF, {"choice": "reject", "before": "approve"}, AT)
    assert sentence(changed, NAMES, votes=False, voters=False) == (
        "A member of the board changed their answer, by link"
    )


@pytest.mark.parametrize(
    ("event", "actor", "detail", "words"),
    [
        ("submitted", LEAD, {"number": 2}, "Officer L1 (project lead) submitted version 2; advice was asked for"),
        ("decision closed", CLOCK, {"outcome": "approved"}, "The decision closed: approved"),
        (
            "decision closed", OFFICE, {"outcome": "deferred", "minute": "PDB 14 Oct, item 5"},
            "The decision closed: deferred, at a meeting (minute PDB 14 Oct, item 5), "
            "recorded by Officer P1 (programme office)",
        ),
        (
            "delegation drafted", OFFICE, {"limit": "85000.00", "chair": "pdb-hwfrs-deputy"},
            "Officer P1 (programme office) drafted the delegation: limit £85,000, "
            "chaired by Deputy Chief Fire Officer, HWFRS",
        ),
        (
            "resolution recorded", OFFICE, {"service": "sfrs", "resolution": "agreed", "minute": "12"},
            "Officer P1 (programme office) recorded that the Authority of SFRS agreed (minute 12)",
        ),
        (
            "appointment answered", {**CHIEF, "post": None}, {"seat": "sponsor", "answer": "declined"},
            "Officer A1 declined the seat of executive sponsor, by link",
        ),
        (
            "appointment replaced", OFFICE, {"seat": "lead", "person": 4},
            "Officer P1 (programme office) named Officer B3 as project lead instead",
        ),
        (
            "ready to decide", CLOCK, {"due": "2026-12-22T17:00:00+00:00"},
            "All advice was in; the board was asked to decide by 5pm on Tue 22 Dec 2026",
        ),
        ("mobilised", CLOCK, {"limit": "85000"}, "The delegation of £85,000 came into force"),
    ],
)  # fmt: skip
def test_an_entry_becomes_a_sentence(
    event: str, actor: dict[str, Any], detail: dict[str, Any], words: str
) -> None:
    assert said(event, actor, **detail) == words


@pytest.mark.parametrize("event", [*(one.value for one in Event), *OTHER_EVENTS])
@pytest.mark.parametrize("actor", [CLOCK, LEAD, CHIEF, {}])
def test_every_event_can_be_told_even_where_its_entry_lacks_words(event: str, actor: dict[str, Any]) -> None:
    told = said(event, actor)
    assert told[:1].isupper()
    assert "{" not in told
    assert "None" not in told
    assert told.lower() != event, "it has a sentence of its own"


def test_an_event_nobody_thought_of_is_told_by_its_name() -> None:
    assert said("moved house", OFFICE) == "Moved house by Officer P1 (programme office)"


def test_a_person_who_is_not_known_any_more_is_somebody() -> None:
    assert said("withdrawn", {**LEAD, "person": 99}) == "Somebody (project lead) withdrew the case"


def test_the_caller_is_told_which_names_to_look_up() -> None:
    entry = Entry("appointment replaced", OFFICE, {"person": 4, "seat": "lead"}, AT)
    assert persons_in(entry) == {2, 4}
    assert posts_in(Entry("vote", CHIEF, {}, AT)) == {"pdb-sfrs-chief"}
    assert posts_in(Entry("delegation drafted", OFFICE, {"chair": "pdb-hwfrs-deputy"}, AT)) == {
        "pdb-hwfrs-deputy"
    }
