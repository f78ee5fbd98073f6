"""The audit in plain English: one entry becomes one sentence.

Pure: an entry holds ids and keys, never names (design.md D13), so the caller looks the names up first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from bjc.rules.decision import DecisionKind, outcome_words
from bjc.rules.stages import Event
from bjc.rules.working_days import spoken_deadline

CHOSE = {
    "approve": "approved",
    "approve with conditions": "approved with conditions",
    "defer": "voted to defer",
    "reject": "voted to reject",
    "abstain": "abstained",
    "interest": "declared an interest and withdrew",
}
CHOSE_ON_A_SCOPE = {
    **CHOSE,
    "approve": "recommended the scope",
    "approve with conditions": "recommended the scope with conditions",
    "defer": "voted to send the scope back",
    "reject": "voted to decline the scope",
}
LONGEST = 200  # characters of a condition in a sentence
KIND_OF_ADVICE = {"finance": "finance advice", "impact": "the impact statement"}
SEATS = {"chair": "chair", "sponsor": "executive sponsor", "lead": "project lead"}
_VIA = {"link": ", by link", "meeting": ", at a meeting", "command": ", by command"}
_TITLED = ("project lead", "programme office")


@dataclass(frozen=True)
class Names:
    """What ids and keys are called: persons by id, posts (their titles) and services (short names) by key.

    `kinds` are the kinds of decisions and `conditions` the texts of conditions, both by id.
    """

    persons: Mapping[int, str]
    posts: Mapping[str, str]
    services: Mapping[str, str]
    kinds: Mapping[int, str] = field(default_factory=dict)
    conditions: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One entry of a case's audit. `actor` has role, person, post and via; `at` is an aware instant."""

    event: str
    actor: Mapping[str, Any]
    detail: Mapping[str, Any]
    at: datetime


def sentence(entry: Entry, names: Names, votes: bool = True, voters: bool = True) -> str:
    """What happened, without the time. `votes` False hides what a member said, `voters` False also who it was."""
    if is_of_a_member(entry):
        return _member(entry, names, votes, voters)
    words = _words(entry, names)
    said = _SAID.get(entry.event)
    if said is None:
        return _capital(f"{entry.event}{' by ' + words['who'] if words['who'] else ''}")
    return _capital((said(words) if callable(said) else said.format_map(words)).strip())


def line(entry: Entry, names: Names, votes: bool = True, voters: bool = True) -> str:
    """The sentence with its time: "Officer A1 (Chief Fire Officer, SFRS) approved, by link, 2:02pm on ..."."""
    return f"{sentence(entry, names, votes, voters)}, {spoken_deadline(entry.at)}"


def persons_in(entry: Entry) -> set[int]:
    """The ids of the persons whose names the sentence needs."""
    return {i for i in (entry.actor.get("person"), entry.detail.get("person")) if isinstance(i, int)}


def posts_in(entry: Entry) -> set[str]:
    """The keys of the posts whose titles the sentence needs."""
    return {key for key in (entry.actor.get("post"), entry.detail.get("chair")) if isinstance(key, str)}


def is_of_a_member(entry: Entry) -> bool:
    """True where the entry is a member's own answer, which not everybody may read."""
    return entry.event in _MEMBERS


class _Words(dict[str, str]):
    """An entry older than a sentence may lack a word: it is left out rather than refused."""

    def __missing__(self, key: str) -> str:
        return ""


def _words(entry: Entry, names: Names) -> _Words:
    detail = entry.detail
    words = _Words({key: str(value) for key, value in detail.items() if value is not None})
    words["who"] = _who(entry.actor, names)
    words["via"] = _VIA.get(str(entry.actor.get("via")), "")
    words["by_when"] = f" by {_instant(words['due'])}" if "due" in words else ""
    words["seat"] = SEATS.get(words["seat"], words["seat"])
    words["service"] = names.services.get(words["service"], words["service"])
    words["kind"] = KIND_OF_ADVICE.get(words["kind"], words["kind"])
    words["named"] = names.persons.get(detail.get("person", 0), "somebody else")
    words["chair"] = names.posts.get(words["chair"], words["chair"])
    words["outcome"] = outcome_words(words["outcome"], _kind(entry, names))
    words["which"] = _quoted(names.conditions.get(detail.get("condition", 0), ""))
    words["limit"] = f"{Decimal(words['limit'] or 0):,.0f}"
    return words


def _kind(entry: Entry, names: Names) -> str:
    return names.kinds.get(entry.detail.get("decision", 0), "")


def _quoted(text: str) -> str:
    """`: “The union is asked first.”`, on one line and not too long; empty for an empty text."""
    line = " ".join(text.split())
    short = line if len(line) <= LONGEST else line[:LONGEST].rpartition(" ")[0] + " …"
    return f": “{short}”" if short else ""


def _who(actor: Mapping[str, Any], names: Names) -> str:
    """`Officer A1 (Chief Fire Officer, SFRS)`; empty for the clock."""
    person, post, role = actor.get("person"), actor.get("post"), str(actor.get("role", ""))
    if person is None:
        return ""
    name = names.persons.get(person, "Somebody")
    title = names.posts.get(post, "") if isinstance(post, str) else role if role in _TITLED else ""
    return f"{name} ({title})" if title else name


def _member(entry: Entry, names: Names, votes: bool, voters: bool) -> str:
    words = _words(entry, names)
    who = (words["who"] if voters else "") or "A member of the board"
    chose = CHOSE_ON_A_SCOPE if _kind(entry, names) == DecisionKind.SCOPE else CHOSE
    before, said = words["before"], chose.get(words["choice"], words["choice"])
    if not votes:
        return f"{who} {'changed their answer' if before else 'answered'}{words['via']}"
    if before:
        return f"{who} changed their answer: {said}, before that {chose.get(before, before)}{words['via']}"
    return f"{who} {said}{words['via']}"


def _closed(words: _Words) -> str:
    if words["void"]:
        return f"the decision ended without an outcome: {words['void']}"
    minute = (
        f", at a meeting (minute {words['minute']}), recorded by {words['who']}" if words["minute"] else ""
    )
    return f"the decision closed: {words['outcome']}{minute}"


def _answered(words: _Words) -> str:
    if words["answer"] == "accepted":
        return f"{words['who']} accepted the seat of {words['seat']}{words['via']}"
    return f"{words['who']} declined the seat of {words['seat']}{words['via']}"


def _instant(iso: str) -> str:
    return spoken_deadline(datetime.fromisoformat(iso))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_MEMBERS = ("vote", "interest declared")

E = Event

# fmt: off
_SAID: dict[str, str | Callable[[_Words], str]] = {
    E.TRIAGED:               "{who} answered the triage: a business justification case is needed{via}",
    E.FOUND_ADDENDUM:        "{who} answered the triage: an addendum to an approved case serves{via}",
    E.FOUND_THREE_STAGE:     "{who} answered the triage: a three-stage business case is needed{via}",
    E.FOUND_UNNEEDED:        "{who} answered the triage: no case is needed{via}",
    E.SCOPE_PROPOSED:        "{who} sent the scope proposal, version {number}{via}; the board was asked to answer{by_when}",
    E.SCOPE_RECOMMENDED:     "the board recommended the scope, and drafting began",
    E.SCOPE_SENT_BACK:       "the board did not recommend the scope, and it went back to the project lead",
    E.SCOPE_DECLINED:        "the board declined the scope, and the case ended",
    E.ASKED_IF_WANTED:       "the project lead was asked whether the case is still wanted",
    E.SUBMITTED:             "{who} submitted version {number}{via}; advice was asked for",
    E.QUESTIONS_ASKED:       "{who} sent the case back to its lead with question {question}{via}",
    E.READY:                 "all advice was in; the board was asked to decide{by_when}",
    E.OPENED_WITHOUT_ADVICE: "{who} opened the decision although advice was missing{via}; the board was asked to decide{by_when}",
    E.EXTENDED:              "too few had answered, so the board was asked once more to answer{by_when}",
    E.STOOD_OVER:            "too few had answered again, so the decision stands over to a meeting",
    E.RECALLED:              "{who} recalled the case{via}; votes given so far are void",
    E.APPROVED:              "the case was approved; chair, sponsor and project lead were asked to take their seats",
    E.SENT_TO_AUTHORITIES:   "the board approved an amount above a service's limit, so both Authorities were asked",
    E.REFERRED_BACK:         "the board referred the case back to its lead",
    E.DEFERRED:              "the board deferred the case",
    E.NOT_AGREED:            "only one service agreed; without joint agreement the case was deferred",
    E.REJECTED:              "the board rejected the case",
    E.RESOLVED:              "both Authorities agreed; chair, sponsor and project lead were asked to take their seats",
    E.AMENDED:               "an Authority would have the case changed, and it went back to its lead",
    E.REFUSED:               "an Authority refused the case",
    E.MOBILISED:             "the delegation of £{limit} came into force",
    E.REVIEW_DUE:            "the review of the deferral came due",
    E.RESUMED:               "{who} resumed the case{via}",
    E.ENDED:                 "{who} ended the deferred case{via}",
    E.WITHDRAWN:             "{who} withdrew the case{via}",
    "decision closed":       _closed,
    "advice given":          "{who} gave {kind} for {service}: {recommendation}{via}",
    "delegation drafted":    "{who} drafted the delegation: limit £{limit}, chaired by {chair}{via}",
    "resolution recorded":   "{who} recorded that the Authority of {service} {resolution} (minute {minute}){via}",
    "appointment answered":  _answered,
    "appointment replaced":  "{who} named {named} as {seat} instead{via}",
    "condition met":         "{who} recorded that a condition is met{which}{via}",
}
# fmt: on
