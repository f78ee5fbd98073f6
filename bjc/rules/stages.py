"""The words of the lifecycle: where a case stands, what happens to it, and who moves it."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ADDENDUM = "ended: addendum"
    THREE_STAGE = "ended: three-stage case"
    NO_CASE = "ended: no case needed"
    SCOPING = "scoping"
    SCOPE_DECISION = "scope decision"
    DRAFTING = "drafting"
    ANALYSIS = "analysis"
    DECISION = "decision"
    AUTHORITIES = "Authorities"
    APPROVED = "approved"
    DELEGATED = "delegated"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What happens to a case."""

    TRIAGED = "triaged"
    FOUND_ADDENDUM = "found to be an addendum"
    FOUND_THREE_STAGE = "found to need three stages"
    FOUND_UNNEEDED = "found to need no case"
    SCOPE_PROPOSED = "scope proposed"
    SCOPE_RECOMMENDED = "scope recommended"
    SCOPE_SENT_BACK = "scope sent back"
    SCOPE_DECLINED = "scope declined"
    ASKED_IF_WANTED = "asked if still wanted"
    SUBMITTED = "submitted"
    QUESTIONS_ASKED = "questions asked"
    READY = "ready to decide"
    OPENED_WITHOUT_ADVICE = "opened with advice missing"
    EXTENDED = "extended"
    STOOD_OVER = "stood over to a meeting"
    RECALLED = "recalled"
    APPROVED = "approved"
    SENT_TO_AUTHORITIES = "sent to the Authorities"
    REFERRED_BACK = "referred back"
    DEFERRED = "deferred"
    NOT_AGREED = "not jointly agreed"
    REJECTED = "rejected"
    RESOLVED = "resolved by both Authorities"
    AMENDED = "amended by an Authority"
    REFUSED = "refused by an Authority"
    MOBILISED = "mobilised"
    REVIEW_DUE = "review due"
    RESUMED = "resumed"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Role(StrEnum):
    """Who moves a case. The clock is a role: nobody needs to press for it."""

    LEAD = "project lead"
    OFFICE = "programme office"
    CLOCK = "clock"
