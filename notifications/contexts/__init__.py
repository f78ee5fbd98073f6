"""One short pure function a notice: letter + link -> the words' variables. The table names them all."""

from collections.abc import Callable

from bjc.rules.notices import Notice
from notifications.contexts import advice, appointments, cases, decisions, sign_in
from notifications.contexts.frame import Variables, frame
from notifications.letters import Address, Letter

N = Notice

# fmt: off
CONTEXTS: dict[Notice, Callable[[Letter, Address], Variables]] = {
    N.SIGN_IN:              sign_in.sign_in,
    N.SCOPE_RECEIVED:       cases.scope_received,
    N.DECISION_REQUEST:     decisions.request,
    N.DECISION_RECEIPT:     decisions.receipt,
    N.DECISION_EXTENDED:    decisions.request,
    N.DECISION_STANDS_OVER: decisions.stands_over,
    N.DECISION_VOID:        decisions.void,
    N.SCOPE_RECOMMENDED:    decisions.outcome,
    N.SCOPE_SENT_BACK:      decisions.outcome,
    N.STILL_WANTED:         cases.standing_still,
    N.SUBMISSION_RECEIVED:  cases.submission_received,
    N.ADVICE_REQUEST:       advice.request,
    N.ADVICE_RECEIPT:       advice.receipt,
    N.QUESTIONS_ASKED:      cases.questions_asked,
    N.CASE_APPROVED:        decisions.approved,
    N.CASE_FOR_AUTHORITIES: decisions.approved,
    N.CASE_REFERRED_BACK:   decisions.outcome,
    N.CASE_DEFERRED:        decisions.deferred,
    N.NO_JOINT_AGREEMENT:   decisions.deferred,
    N.CASE_REJECTED:        decisions.outcome,
    N.CASE_WITHDRAWN:       cases.withdrawn,
    N.DEFERRAL_REVIEW:      cases.standing_still,
    N.APPOINTMENT_REQUEST:  appointments.request,
    N.APPOINTMENT_RECEIPT:  appointments.receipt,
    N.APPOINTMENT_DECLINED: appointments.declined,
    N.DELEGATION_IN_FORCE:  appointments.in_force,
}
# fmt: on


def variables(letter: Letter, address: Address, office: str) -> Variables:
    """All that the templates of this letter may print. `office` is where a reply goes."""
    return {**frame(letter, address, office), **CONTEXTS[letter.notice](letter, address)}
