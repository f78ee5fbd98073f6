"""What may be done with a case now, by whom, and where: one table. The case page draws its buttons from it.

An action with an event is there while the lifecycle allows that event (`lifecycle.choices`); one with stages
is there in those stages. Whoever sees it holds a role that the access table allows the act.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bjc.rules import lifecycle
from bjc.rules.access import Act as A
from bjc.rules.access import Person, may
from bjc.rules.conditions import Facts
from bjc.rules.stages import Event as E
from bjc.rules.stages import Role
from bjc.rules.stages import Stage as S


@dataclass(frozen=True)
class Action:
    """`path` follows `/cases/{ref}/`. `weight`: "" the next step, "secondary", or "quiet" (a link, not a button)."""

    act: A
    on: E | tuple[S, ...]
    path: str
    label: str
    weight: str = ""


WITH_BOARD = (S.SCOPE_DECISION, S.DECISION)

# fmt: off
ACTIONS: tuple[Action, ...] = (
    # may                   while the event may happen     address                 label
    #                       or the case is in
    Action(A.EDIT_DRAFT,          (S.SCOPING,),            "scope",                "Write the scope proposal"),
    Action(A.EDIT_DRAFT,          E.SCOPE_PROPOSED,        "scope/check",          "Check and send the scope proposal", "secondary"),
    Action(A.EDIT_DRAFT,          (S.DRAFTING,),           "sections",             "Write the case"),
    Action(A.EDIT_DRAFT,          E.SUBMITTED,             "check",                "Check and submit", "secondary"),
    Action(A.RECALL,              E.RECALLED,              "recall",               "Take the case back", "quiet"),
    Action(A.WITHDRAW,            E.WITHDRAWN,             "withdraw",             "Withdraw the case", "quiet"),

    Action(A.DRAFT_DELEGATION,    (S.DRAFTING, S.ANALYSIS), "delegation",          "Draft the delegation"),
    Action(A.ASK_QUESTIONS,       E.QUESTIONS_ASKED,       "questions",            "Send back with questions", "secondary"),
    Action(A.OPEN_WITHOUT_ADVICE, E.OPENED_WITHOUT_ADVICE, "open-without-advice",  "Open the decision without the missing advice", "quiet"),
    Action(A.RECORD_MEETING,      WITH_BOARD,              "meeting",              "Record a meeting's decision"),
    Action(A.RECORD_RESOLUTION,   (S.AUTHORITIES,),        "resolution",           "Record an Authority's resolution"),
    Action(A.RESUME,              E.RESUMED,               "resume",               "Resume the case"),
    Action(A.RESUME,              E.ENDED,                 "end",                  "End the deferred case", "quiet"),
)
# fmt: on


def allowed(stage: S, roles: Iterable[Person], facts: Facts) -> list[Action]:
    """The actions that somebody in these roles may take now, in the table's order."""
    held = frozenset(roles)
    events = {row.event for role in (Role.LEAD, Role.OFFICE) for row in lifecycle.choices(stage, role, facts)}
    return [one for one in ACTIONS if may(one.act, held) and _is_open(one.on, stage, events)]


def _is_open(on: E | tuple[S, ...], stage: S, events: set[E]) -> bool:
    return stage in on if isinstance(on, tuple) else on in events
