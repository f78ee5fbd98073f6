"""One table: which role may do or see what. Pages, actions and the API ask here and nowhere else."""

from collections.abc import Iterable
from enum import StrEnum


class Person(StrEnum):
    """What somebody is to the alliance or to one case. One person may be several."""

    ANYONE = "anyone signed in"
    LEAD = "the case's lead"
    OFFICE = "programme office"
    MEMBER = "member of the deciding body"
    CLERK = "clerk of an Authority"


class Act(StrEnum):
    """What may be done."""

    OPEN_CASE = "open a case"
    SEE_CASES = "see cases"
    SEE_DRAFT = "see a draft"
    EDIT_DRAFT = "edit a draft"
    WITHDRAW = "withdraw a case"
    RECALL = "recall a case"
    ASK_QUESTIONS = "send questions"
    DRAFT_DELEGATION = "draft the delegation"
    OPEN_WITHOUT_ADVICE = "open with advice missing"
    RECORD_MEETING = "record a meeting's decision"
    RECORD_RESOLUTION = "record an Authority's resolution"
    MEET_CONDITION = "record that a condition is met"
    REPLACE_APPOINTMENT = "name a replacement"
    RESUME = "resume a deferred case"
    SEE_VOTES = "see each member's vote"
    SEE_MAIL = "see the outbox"


P, A = Person, Act

# fmt: off
ACCESS: dict[Act, frozenset[Person]] = {
    A.OPEN_CASE:           frozenset({P.ANYONE}),
    A.SEE_CASES:           frozenset({P.ANYONE}),
    A.SEE_DRAFT:           frozenset({P.LEAD, P.OFFICE}),
    A.EDIT_DRAFT:          frozenset({P.LEAD}),
    A.WITHDRAW:            frozenset({P.LEAD}),
    A.RECALL:              frozenset({P.LEAD}),
    A.ASK_QUESTIONS:       frozenset({P.OFFICE}),
    A.DRAFT_DELEGATION:    frozenset({P.OFFICE}),
    A.OPEN_WITHOUT_ADVICE: frozenset({P.OFFICE}),
    A.RECORD_MEETING:      frozenset({P.OFFICE}),
    A.RECORD_RESOLUTION:   frozenset({P.OFFICE, P.CLERK}),
    A.MEET_CONDITION:      frozenset({P.OFFICE}),
    A.REPLACE_APPOINTMENT: frozenset({P.OFFICE}),
    A.RESUME:              frozenset({P.OFFICE}),
    A.SEE_VOTES:           frozenset({P.OFFICE, P.MEMBER}),
    A.SEE_MAIL:            frozenset({P.OFFICE}),
}
# fmt: on


def may(act: Act, people: Iterable[Person]) -> bool:
    """True when one of the things that somebody is allows the act."""
    return not ACCESS[act].isdisjoint(people)


def standing(
    person_id: int | None, lead_id: int | None, kinds: Iterable[str], on_deciding_body: bool
) -> frozenset[Person]:
    """What a signed-in person is, from the kinds of the posts they hold; nothing when not signed in."""
    if person_id is None:
        return frozenset()
    held = set(kinds)
    found = {
        Person.ANYONE: True,
        Person.LEAD: person_id == lead_id,
        Person.OFFICE: "office" in held,
        Person.MEMBER: on_deciding_body,
        Person.CLERK: "clerk" in held,
    }
    return frozenset(role for role, true in found.items() if true)
