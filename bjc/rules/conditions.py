"""What the lifecycle may know of a case, and the conditions asked of it.

A condition's name, with spaces for underscores, is its wording on pages, in refusals and in documents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bjc.rules.decision import OutcomeKind as O


@dataclass(frozen=True)
class Facts:
    """All that a condition may know about one case at one moment. Instants are aware, in UTC."""

    now: datetime
    triage_outcome: str = ""
    scope_missing: tuple[str, ...] = ()
    sections_missing: tuple[str, ...] = ()
    advice_missing: tuple[str, ...] = ()
    delegation_drafted: bool = False
    outcome: str | None = None
    above_limit: bool = False
    inquorate: bool = False
    may_extend: bool = False
    standing_over: bool = False
    decision_wakes_at: datetime | None = None
    resolutions: tuple[str, ...] = ()
    authorities: int = 2
    appointments_open: tuple[str, ...] = ()
    conditions_open: int = 0
    review_at: datetime | None = None
    owed_by: tuple[str, ...] = ()
    owed_until: datetime | None = None
    before: str = ""


Condition = Callable[[Facts], bool]


# fmt: off
def always(f: Facts) -> bool: return True
def a_case_is_needed(f: Facts) -> bool: return f.triage_outcome == "bjc"
def an_addendum_serves(f: Facts) -> bool: return f.triage_outcome == "addendum"
def three_stages_are_needed(f: Facts) -> bool: return f.triage_outcome == "three_stage"
def no_case_is_needed(f: Facts) -> bool: return f.triage_outcome == "no_case"
def scope_proposal_complete(f: Facts) -> bool: return not f.scope_missing
def all_sections_complete(f: Facts) -> bool: return not f.sections_missing
def advice_in_and_delegation_drafted(f: Facts) -> bool: return not f.advice_missing and f.delegation_drafted
def delegation_drafted(f: Facts) -> bool: return f.delegation_drafted
def approved(f: Facts) -> bool: return f.outcome in (O.APPROVED, O.APPROVED_WITH_CONDITIONS)
def not_recommended(f: Facts) -> bool: return f.outcome in (O.DEFERRED, O.REFERRED_BACK, O.NO_JOINT_AGREEMENT)
def board_has_approved(f: Facts) -> bool: return approved(f) and not f.above_limit
def board_has_approved_above_a_limit(f: Facts) -> bool: return approved(f) and f.above_limit
def board_has_referred_back(f: Facts) -> bool: return f.outcome == O.REFERRED_BACK
def board_has_deferred(f: Facts) -> bool: return f.outcome == O.DEFERRED
def services_do_not_agree(f: Facts) -> bool: return f.outcome == O.NO_JOINT_AGREEMENT
def board_has_rejected(f: Facts) -> bool: return f.outcome == O.REJECTED
def inquorate_for_the_first_time(f: Facts) -> bool: return f.inquorate and f.may_extend
def inquorate_again(f: Facts) -> bool: return f.inquorate and not f.may_extend and not f.standing_over
def both_authorities_have_agreed(f: Facts) -> bool: return f.resolutions.count("agreed") >= f.authorities
def an_authority_has_amended(f: Facts) -> bool: return "amended" in f.resolutions and "refused" not in f.resolutions
def an_authority_has_refused(f: Facts) -> bool: return "refused" in f.resolutions
def seats_accepted_and_conditions_met(f: Facts) -> bool: return not f.appointments_open and not f.conditions_open
def review_date_reached(f: Facts) -> bool: return f.review_at is not None and f.now >= f.review_at
# fmt: on
