"""The lifecycle of a case. Everything that says which stage follows which lives in this file;
nothing else in this repository may.

Rows "by the clock" fire by themselves when their condition holds; the other rows wait for that person.
Board members do not move a case: they vote, and the clock moves it when the outcome is fixed.
Source: domain.md section 11, the stage table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bjc.errors import Conflict
from bjc.rules.conditions import (
    Condition,
    Facts,
    a_case_is_needed,
    advice_in_and_delegation_drafted,
    all_sections_complete,
    always,
    an_addendum_serves,
    an_authority_has_amended,
    an_authority_has_refused,
    approved,
    board_has_approved,
    board_has_approved_above_a_limit,
    board_has_deferred,
    board_has_referred_back,
    board_has_rejected,
    both_authorities_have_agreed,
    delegation_drafted,
    inquorate_again,
    inquorate_for_the_first_time,
    no_case_is_needed,
    not_recommended,
    review_date_reached,
    scope_proposal_complete,
    seats_accepted_and_conditions_met,
    services_do_not_agree,
    three_stages_are_needed,
)
from bjc.rules.notices import Notice as M
from bjc.rules.stages import Event, Role, Stage


@dataclass(frozen=True)
class Transition:
    """One row: from `start`, on `event`, to `end`, by `by`, provided `provided`; then `tell` is sent."""

    start: Stage
    event: Event
    end: Stage
    by: Role
    provided: Condition = always
    tell: tuple[M, ...] = ()

    @property
    def condition(self) -> str:
        """The condition in words."""
        return self.provided.__name__.replace("_", " ")


S, E, R, T = Stage, Event, Role, Transition

# fmt: off
LIFECYCLE: tuple[Transition, ...] = (
    # from             on                        to                by        provided                          then tell
    T(S.NEW,            E.TRIAGED,               S.SCOPING,        R.LEAD,   a_case_is_needed),
    T(S.NEW,            E.FOUND_ADDENDUM,        S.ADDENDUM,       R.LEAD,   an_addendum_serves),
    T(S.NEW,            E.FOUND_THREE_STAGE,     S.THREE_STAGE,    R.LEAD,   three_stages_are_needed),
    T(S.NEW,            E.FOUND_UNNEEDED,        S.NO_CASE,        R.LEAD,   no_case_is_needed),

    T(S.SCOPING,        E.SCOPE_PROPOSED,        S.SCOPE_DECISION, R.LEAD,   scope_proposal_complete,          (M.SCOPE_RECEIVED,)),
    T(S.SCOPING,        E.ASKED_IF_WANTED,       S.SCOPING,        R.CLOCK,  review_date_reached,              (M.STILL_WANTED,)),
    T(S.SCOPE_DECISION, E.SCOPE_RECOMMENDED,     S.DRAFTING,       R.CLOCK,  approved,                         (M.SCOPE_RECOMMENDED,)),
    T(S.SCOPE_DECISION, E.SCOPE_SENT_BACK,       S.SCOPING,        R.CLOCK,  not_recommended,                  (M.SCOPE_SENT_BACK,)),
    T(S.SCOPE_DECISION, E.SCOPE_DECLINED,        S.REJECTED,       R.CLOCK,  board_has_rejected,               (M.CASE_REJECTED,)),
    T(S.SCOPE_DECISION, E.EXTENDED,              S.SCOPE_DECISION, R.CLOCK,  inquorate_for_the_first_time),
    T(S.SCOPE_DECISION, E.STOOD_OVER,            S.SCOPE_DECISION, R.CLOCK,  inquorate_again,                  (M.DECISION_STANDS_OVER,)),

    T(S.DRAFTING,       E.SUBMITTED,             S.ANALYSIS,       R.LEAD,   all_sections_complete,            (M.SUBMISSION_RECEIVED,)),
    T(S.DRAFTING,       E.ASKED_IF_WANTED,       S.DRAFTING,       R.CLOCK,  review_date_reached,              (M.STILL_WANTED,)),
    T(S.ANALYSIS,       E.QUESTIONS_ASKED,       S.DRAFTING,       R.OFFICE, always,                           (M.QUESTIONS_ASKED,)),
    T(S.ANALYSIS,       E.READY,                 S.DECISION,       R.CLOCK,  advice_in_and_delegation_drafted),
    T(S.ANALYSIS,       E.OPENED_WITHOUT_ADVICE, S.DECISION,       R.OFFICE, delegation_drafted),

    T(S.DECISION,       E.APPROVED,              S.APPROVED,       R.CLOCK,  board_has_approved,               (M.CASE_APPROVED,)),
    T(S.DECISION,       E.SENT_TO_AUTHORITIES,   S.AUTHORITIES,    R.CLOCK,  board_has_approved_above_a_limit, (M.CASE_FOR_AUTHORITIES,)),
    T(S.DECISION,       E.REFERRED_BACK,         S.DRAFTING,       R.CLOCK,  board_has_referred_back,          (M.CASE_REFERRED_BACK,)),
    T(S.DECISION,       E.DEFERRED,              S.DEFERRED,       R.CLOCK,  board_has_deferred,               (M.CASE_DEFERRED,)),
    T(S.DECISION,       E.NOT_AGREED,            S.DEFERRED,       R.CLOCK,  services_do_not_agree,            (M.NO_JOINT_AGREEMENT,)),
    T(S.DECISION,       E.REJECTED,              S.REJECTED,       R.CLOCK,  board_has_rejected,               (M.CASE_REJECTED,)),
    T(S.DECISION,       E.EXTENDED,              S.DECISION,       R.CLOCK,  inquorate_for_the_first_time),
    T(S.DECISION,       E.STOOD_OVER,            S.DECISION,       R.CLOCK,  inquorate_again,                  (M.DECISION_STANDS_OVER,)),
    T(S.DECISION,       E.RECALLED,              S.DRAFTING,       R.LEAD),

    T(S.AUTHORITIES,    E.RESOLVED,              S.APPROVED,       R.CLOCK,  both_authorities_have_agreed,     (M.CASE_APPROVED,)),
    T(S.AUTHORITIES,    E.AMENDED,               S.DRAFTING,       R.CLOCK,  an_authority_has_amended,         (M.CASE_REFERRED_BACK,)),
    T(S.AUTHORITIES,    E.REFUSED,               S.REJECTED,       R.CLOCK,  an_authority_has_refused,         (M.CASE_REJECTED,)),

    T(S.APPROVED,       E.MOBILISED,             S.DELEGATED,      R.CLOCK,  seats_accepted_and_conditions_met, (M.DELEGATION_IN_FORCE,)),

    T(S.DEFERRED,       E.REVIEW_DUE,            S.DEFERRED,       R.CLOCK,  review_date_reached,              (M.DEFERRAL_REVIEW,)),
    T(S.DEFERRED,       E.RESUMED,               S.ANALYSIS,       R.OFFICE),
    T(S.DEFERRED,       E.ENDED,                 S.WITHDRAWN,      R.OFFICE, always,                           (M.CASE_WITHDRAWN,)),

    T(S.SCOPING,        E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
    T(S.SCOPE_DECISION, E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
    T(S.DRAFTING,       E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
    T(S.ANALYSIS,       E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
    T(S.DECISION,       E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
    T(S.AUTHORITIES,    E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
    T(S.DEFERRED,       E.WITHDRAWN,             S.WITHDRAWN,      R.LEAD,   always,                           (M.CASE_WITHDRAWN,)),
)

# What a live stage waits for when nobody in particular owes an answer.
WAITS_FOR: dict[Stage, tuple[str, str]] = {
    S.NEW:            ("project lead",     "the triage answers"),
    S.SCOPING:        ("project lead",     "the scope proposal"),
    S.SCOPE_DECISION: ("programme office", "the scope decision, at a meeting"),
    S.DRAFTING:       ("project lead",     "the case to be written and submitted"),
    S.ANALYSIS:       ("programme office", "the draft delegation"),
    S.DECISION:       ("programme office", "the decision, at a meeting"),
    S.AUTHORITIES:    ("clerks of both Authorities", "each Authority's resolution"),
    S.APPROVED:       ("programme office", "the conditions to be met"),
    S.DEFERRED:       ("programme office", "the review of the deferral"),
}

# When a stage is looked at again by itself.
WAKES: dict[Stage, Callable[[Facts], datetime | None]] = {
    S.SCOPING:        lambda f: f.review_at,
    S.SCOPE_DECISION: lambda f: f.decision_wakes_at,
    S.DRAFTING:       lambda f: f.review_at,
    S.DECISION:       lambda f: f.decision_wakes_at,
    S.DEFERRED:       lambda f: f.review_at,
}
# fmt: on

FINAL = frozenset(Stage) - {row.start for row in LIFECYCLE}
ROUTED = frozenset({row.start for row in LIFECYCLE if row.by is Role.CLOCK} | set(WAKES))


class TransitionRefused(Conflict):
    """The table has no such move from here, or its condition does not hold."""


def fire(stage: Stage, event: Event, by: Role, facts: Facts) -> Transition:
    """The row that this event takes from `stage`; raises TransitionRefused with the reason in words."""
    for row in LIFECYCLE:
        if (row.start, row.event, row.by) == (stage, event, by):
            if not row.provided(facts):
                raise TransitionRefused(f"Not yet: this needs {row.condition}.", "Complete it and try again.")
            return row
    raise TransitionRefused(
        f"A case in {stage.value} cannot be {event.value} by the {by.value}.",
        "It may have moved on: open the case to see where it stands.",
    )


def automatic(stage: Stage, facts: Facts) -> Transition | None:
    """The row that the clock may fire now, or None."""
    rows = (row for row in LIFECYCLE if row.start is stage and row.by is Role.CLOCK)
    return next((row for row in rows if row.provided(facts)), None)


def choices(stage: Stage, role: Role, facts: Facts) -> tuple[Transition, ...]:
    """What a person in this role may do now: the buttons of the page, the API's allowed actions."""
    return tuple(row for row in LIFECYCLE if (row.start, row.by) == (stage, role) and row.provided(facts))


def next_wake(stage: Stage, facts: Facts) -> datetime | None:
    """When `settle` must look again by itself: later than now, or None."""
    at = WAKES[stage](facts) if stage in WAKES else None
    return at if at is not None and at > facts.now else None


def markdown() -> str:
    """The whole table as Markdown, for the README."""
    head = "| from | on | to | by | provided | then tell |\n|---|---|---|---|---|---|\n"
    return head + "\n".join(
        f"| {row.start.value} | {row.event.value} | {row.end.value} | {row.by.value} "
        f"| {'' if row.provided is always else row.condition} "
        f"| {', '.join(notice.value.replace('_', ' ') for notice in row.tell)} |"
        for row in LIFECYCLE
    )


def mermaid() -> str:
    """A state diagram in Mermaid's notation: a box a stage, an arrow a row."""
    boxes = [f'    state "{stage.value}" as {stage.name}' for stage in Stage]
    arrows = [f"    {r.start.name} --> {r.end.name}: {r.event.value} ({r.by.value})" for r in LIFECYCLE]
    ends = [f"    {stage.name} --> [*]" for stage in Stage if stage in FINAL]
    return "\n".join(["stateDiagram-v2", *boxes, f"    [*] --> {Stage.NEW.name}", *arrows, *ends])


def _check() -> None:
    """At import: no two rows clash, and every stage can be reached."""
    keys = [(row.start, row.event, row.by) for row in LIFECYCLE]
    if len(keys) != len(set(keys)):
        raise ValueError("two rows of the lifecycle share (from, on, by)")
    unreached = set(Stage) - {row.end for row in LIFECYCLE} - {Stage.NEW}
    if unreached:
        raise ValueError(f"no row leads to {sorted(unreached)}")


_check()
