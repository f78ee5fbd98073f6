"""How a body decides: who may vote, who is present, whether each service agrees, and the outcome.

An officer board cannot bind an Authority by majority (LGA 1972 s101), so a decision is two concurrent
ones, one a service; there is no casting vote. Source: domain.md section 11, "Deciding".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bjc.rules.policy import DecisionPolicy


class Choice(StrEnum):
    """What a member may say. Abstaining counts for presence only."""

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve with conditions"
    DEFER = "defer"
    REJECT = "reject"
    ABSTAIN = "abstain"


NEEDS_REASON = frozenset({Choice.DEFER, Choice.REJECT})  # conditions speak for themselves
FOR = frozenset({Choice.APPROVE, Choice.APPROVE_WITH_CONDITIONS})
CAST = frozenset(Choice) - {Choice.ABSTAIN}


class DecisionKind(StrEnum):
    """The two questions that a case puts to the Programme Delivery Board."""

    SCOPE = "scope"
    APPROVAL = "approval"


# What a choice is called where a member makes it: one table, for the page, the receipt and the mail.
WORDING: dict[DecisionKind, dict[Choice, str]] = {
    DecisionKind.SCOPE: {
        Choice.APPROVE:                 "Recommend",
        Choice.APPROVE_WITH_CONDITIONS: "Recommend with conditions",
        Choice.DEFER:                   "Send back",
        Choice.REJECT:                  "Decline",
        Choice.ABSTAIN:                 "Abstain",
    },
    DecisionKind.APPROVAL: {
        Choice.APPROVE:                 "Approve",
        Choice.APPROVE_WITH_CONDITIONS: "Approve with conditions",
        Choice.DEFER:                   "Defer",
        Choice.REJECT:                  "Reject",
        Choice.ABSTAIN:                 "Abstain",
    },
}  # fmt: skip


def conditions_in(text: str) -> tuple[str, ...]:
    """The conditions in what a member or the minutes wrote: one a paragraph, each wording once."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return tuple(dict.fromkeys(part for part in parts if part))


class OutcomeKind(StrEnum):
    """What a decision comes to."""

    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved with conditions"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    REFERRED_BACK = "referred back"
    NO_JOINT_AGREEMENT = "no joint agreement"
    INQUORATE = "inquorate"


# A scope is recommended, not approved; whatever else it comes to, it goes back or the case ends.
SCOPE_OUTCOMES: dict[str, str] = {
    OutcomeKind.APPROVED:                 "recommended",
    OutcomeKind.APPROVED_WITH_CONDITIONS: "recommended with conditions",
    OutcomeKind.REJECTED:                 "declined",
    OutcomeKind.DEFERRED:                 "sent back",
    OutcomeKind.REFERRED_BACK:            "sent back",
}  # fmt: skip


def outcome_words(outcome: str, kind: str) -> str:
    """What an outcome is called in a decision of this kind, in small letters."""
    return SCOPE_OUTCOMES.get(outcome, outcome) if kind == DecisionKind.SCOPE else outcome


@dataclass(frozen=True)
class Vote:
    """One seat of the body and what its holder said. `choice` None: nothing yet, or withdrew for an interest."""

    post: str
    service: str
    chief: bool = False
    choice: Choice | None = None
    withdrew: bool = False

    @property
    def answered(self) -> bool:
        """True when nothing more is expected of this seat."""
        return self.choice is not None or self.withdrew


@dataclass(frozen=True)
class ServiceResult:
    """How one service stands, with the sentences that show why."""

    service: str
    present: int
    in_favour: int
    cast: int
    quorate: bool
    agrees: bool
    working: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """The result with its working, in plain words, for the page, the mail and the record."""

    kind: OutcomeKind
    services: tuple[ServiceResult, ...]
    working: tuple[str, ...]


def tally(votes: Sequence[Vote], services: Mapping[str, str], policy: DecisionPolicy) -> Outcome:
    """The outcome of these votes. `services` maps the keys that must each agree to their short names, in the order shown.

    A withdrawal for an interest takes the seat out of presence and vote; it never lowers the floor.
    """
    results = tuple(_service(key, name, votes, policy) for key, name in services.items())
    kind, why = _kind(votes, results)
    return Outcome(kind, results, tuple(line for r in results for line in r.working) + (why, _overall(votes)))


def complete(votes: Sequence[Vote]) -> bool:
    """True when every seat that was asked has voted or withdrawn."""
    return bool(votes) and all(vote.answered for vote in votes)


def _service(key: str, name: str, votes: Sequence[Vote], policy: DecisionPolicy) -> ServiceResult:
    mine = [v for v in votes if v.service == key and v.choice is not None]
    cast = [v for v in mine if v.choice in CAST]
    favour = [v for v in cast if v.choice in FOR]
    against = any(v.chief and v.choice is Choice.REJECT for v in mine)
    quorate = len(mine) >= policy.present_per_service
    agrees = quorate and 2 * len(favour) > len(cast) and not against
    lines = [
        f"{name}: {len(mine)} present (at least {policy.present_per_service} needed), "
        f"{len(favour)} of {len(cast)} votes cast in favour (more than half needed).",
    ]
    if against:
        lines.append(f"{name}: its chief fire officer voted against, so {name} does not agree.")
    else:
        lines.append(
            f"{name} {'agrees' if agrees else 'is not quorate' if not quorate else 'does not agree'}."
        )
    return ServiceResult(key, len(mine), len(favour), len(cast), quorate, agrees, tuple(lines))


def _kind(votes: Sequence[Vote], results: Sequence[ServiceResult]) -> tuple[OutcomeKind, str]:
    """The outcome and the sentence that gives its ground, tried in the order of the rule."""
    if not all(r.quorate for r in results):
        return OutcomeKind.INQUORATE, "Too few members of a service took part: no decision."
    agreeing = sum(r.agrees for r in results)
    if agreeing == len(results):
        if any(v.choice is Choice.APPROVE_WITH_CONDITIONS for v in votes):
            return OutcomeKind.APPROVED_WITH_CONDITIONS, "Both services agree, with conditions."
        return OutcomeKind.APPROVED, "Both services agree."
    if agreeing:
        return OutcomeKind.NO_JOINT_AGREEMENT, "Only one service agrees: there is no joint agreement."
    return _refusal(votes)


def _refusal(votes: Sequence[Vote]) -> tuple[OutcomeKind, str]:
    cast = [v.choice for v in votes if v.choice in CAST]
    rejects, defers = cast.count(Choice.REJECT), cast.count(Choice.DEFER)
    if 2 * rejects > len(cast):
        return (
            OutcomeKind.REJECTED,
            f"Neither service agrees and {rejects} of {len(cast)} votes cast reject it.",
        )
    if defers > rejects:
        return OutcomeKind.DEFERRED, f"Neither service agrees; {defers} would defer it, {rejects} reject it."
    return (
        OutcomeKind.REFERRED_BACK,
        "Neither service agrees, and there is no majority to reject or defer it.",
    )


def _overall(votes: Sequence[Vote]) -> str:
    said = [v.choice for v in votes if v.choice is not None]
    parts = [f"{said.count(choice)} {choice.value}" for choice in Choice if choice in said]
    silent = sum(not v.answered for v in votes)
    withdrew = sum(v.withdrew for v in votes)
    parts += [f"{withdrew} withdrew"] if withdrew else []
    parts += [f"{silent} no reply"] if silent else []
    return f"Overall: {', '.join(parts) or 'nobody was asked'}. The overall figure decides nothing."
