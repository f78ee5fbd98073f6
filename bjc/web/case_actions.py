"""What may be done with a case now, by whom, and where: one table. The case page draws its buttons from it.

An action with an event is there while the lifecycle allows that event (`lifecycle.choices`); one with stages
is there in those stages. Whoever sees it holds a role that the access table allows the act.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bjc.actions.facts import follows_by_itself
from bjc.rules import lifecycle
from bjc.rules.access import Act, Person, may
from bjc.rules.conditions import Facts
from bjc.rules.stages import Event, Role, Stage

A, E, S = Act, Event, Stage


@dataclass(frozen=True)
class Action:
    """`path` follows `/cases/{ref}/`. A `quiet` one is a link, not a button."""

    act: Act
    on: Event | tuple[Stage, ...]
    path: str
    label: str
    quiet: bool = False


WRITING, WITH_BOARD = (S.DRAFTING, S.ANALYSIS), (S.SCOPE_DECISION, S.DECISION)

# fmt: off
ACTIONS: tuple[Action, ...] = (
    # may                         event or stages          address                label
    Action(A.EDIT_DRAFT,          (S.SCOPING,),            "scope",               "Write the scope proposal"),
    Action(A.EDIT_DRAFT,          E.SCOPE_PROPOSED,        "scope/check",         "Check and send the scope proposal"),
    Action(A.EDIT_DRAFT,          (S.DRAFTING,),           "sections",            "Write the case"),
    Action(A.EDIT_DRAFT,          E.SUBMITTED,             "check",               "Check and submit"),
    Action(A.RECALL,              E.RECALLED,              "recall",              "Take the case back", quiet=True),
    Action(A.WITHDRAW,            E.WITHDRAWN,             "withdraw",            "Withdraw the case", quiet=True),

    Action(A.DRAFT_DELEGATION,    WRITING,                 "delegation",          "Draft the delegation"),
    Action(A.ASK_QUESTIONS,       E.QUESTIONS_ASKED,       "questions",           "Send back with questions"),
    Action(A.OPEN_WITHOUT_ADVICE, E.OPENED_WITHOUT_ADVICE, "open-without-advice", "Open without advice", quiet=True),
    Action(A.RECORD_MEETING,      WITH_BOARD,              "meeting",             "Record a meeting's decision"),
    Action(A.RECORD_RESOLUTION,   (S.AUTHORITIES,),        "resolution",          "Record an Authority's resolution"),
    Action(A.RESUME,              E.RESUMED,               "resume",              "Resume the case"),
    Action(A.RESUME,              E.ENDED,                 "end",                 "End the deferred case", quiet=True),
)
# fmt: on


def allowed(stage: Stage, roles: Iterable[Person], facts: Facts) -> list[Action]:
    """The actions that somebody in these roles may take now, in the table's order.

    While the next step follows by itself, what led to it is done: a case can only be withdrawn then.
    """
    held, moving = frozenset(roles), follows_by_itself(stage, facts)
    events = {row.event for role in (Role.LEAD, Role.OFFICE) for row in lifecycle.choices(stage, role, facts)}
    there = [one for one in ACTIONS if may(one.act, held) and _is_open(one.on, stage, events)]
    return [one for one in there if not moving or one.on is E.WITHDRAWN]


def for_delivery(
    roles: Iterable[Person], conditions: Iterable[Mapping[str, Any]], seats: Iterable[Mapping[str, Any]]
) -> Iterator[Action]:
    """What the office owes an approved case: each open condition, and each seat that was declined.

    `conditions` and `seats` as `case_parts` reads them.
    """
    held, on = frozenset(roles), (S.APPROVED,)
    declined = [one for one in seats if one["answer"] == "Declined" and may(A.REPLACE_APPOINTMENT, held)]
    for one in declined:
        label = f"Name somebody else as {one['seat'].lower()}"
        yield Action(A.REPLACE_APPOINTMENT, on, f"appointments/{one['id']}/replace", label)
    still = [
        (n, one) for n, one in enumerate(conditions, 1) if not one["met"] and may(A.MEET_CONDITION, held)
    ]
    for number, one in still:
        label = f"Record that condition {number} is met"
        yield Action(A.MEET_CONDITION, on, f"conditions/{one['id']}", label)


def _is_open(on: Event | tuple[Stage, ...], stage: Stage, events: set[Event]) -> bool:
    return stage in on if isinstance(on, tuple) else on in events
