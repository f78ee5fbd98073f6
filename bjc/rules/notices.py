"""Every mail the system sends, once: who receives it, and what its link opens.

`Notice` values are the folder names under `templates/emails/`. A link opens one form and nothing
else (design.md D10); a notice without one points to the case page, which asks for a sign-in.
"""

from dataclasses import dataclass
from enum import StrEnum


class Recipient(StrEnum):
    """Who a notice goes to. `SUBJECT` is the one person whom the row that caused it names."""

    LEAD = "lead"
    OFFICE = "programme office"
    VOTERS = "members asked to decide"
    CLERKS = "clerks of both Authorities"
    CHIEFS = "chief fire officers"
    GROUP = "chair, sponsor and lead"
    SUBJECT = "the person it is about"


class Purpose(StrEnum):
    """What an emailed link is for; also what its page is called in the address."""

    SIGN_IN = "sign-in"
    DECIDE = "decide"
    ADVISE = "advise"
    APPOINTMENT = "appointment"


class Notice(StrEnum):
    """One kind of mail; the value is its folder."""

    SIGN_IN = "sign_in"
    SCOPE_RECEIVED = "scope_received"
    DECISION_REQUEST = "decision_request"
    DECISION_RECEIPT = "decision_receipt"
    DECISION_EXTENDED = "decision_extended"
    DECISION_STANDS_OVER = "decision_stands_over"
    DECISION_VOID = "decision_void"
    SCOPE_RECOMMENDED = "scope_recommended"
    SCOPE_SENT_BACK = "scope_sent_back"
    STILL_WANTED = "still_wanted"
    SUBMISSION_RECEIVED = "submission_received"
    ADVICE_REQUEST = "advice_request"
    ADVICE_RECEIPT = "advice_receipt"
    QUESTIONS_ASKED = "questions_asked"
    CASE_APPROVED = "case_approved"
    CASE_FOR_AUTHORITIES = "case_for_authorities"
    CASE_REFERRED_BACK = "case_referred_back"
    CASE_DEFERRED = "case_deferred"
    NO_JOINT_AGREEMENT = "no_joint_agreement"
    CASE_REJECTED = "case_rejected"
    CASE_WITHDRAWN = "case_withdrawn"
    DEFERRAL_REVIEW = "deferral_review"
    APPOINTMENT_REQUEST = "appointment_request"
    APPOINTMENT_RECEIPT = "appointment_receipt"
    APPOINTMENT_DECLINED = "appointment_declined"
    DELEGATION_IN_FORCE = "delegation_in_force"


@dataclass(frozen=True)
class Sending:
    """To whom a notice goes, and what its link opens (None: the case page, after sign-in)."""

    to: tuple[Recipient, ...]
    link: Purpose | None = None


_LEAD, _OFFICE, _SUBJECT = Recipient.LEAD, Recipient.OFFICE, Recipient.SUBJECT
_VOTERS = Recipient.VOTERS

SENDINGS: dict[Notice, Sending] = {
    Notice.SIGN_IN: Sending((_SUBJECT,), Purpose.SIGN_IN),
    Notice.SCOPE_RECEIVED: Sending((_LEAD, _OFFICE)),
    Notice.DECISION_REQUEST: Sending((_SUBJECT,), Purpose.DECIDE),
    Notice.DECISION_RECEIPT: Sending((_SUBJECT,), Purpose.DECIDE),
    Notice.DECISION_EXTENDED: Sending((_SUBJECT,), Purpose.DECIDE),
    Notice.DECISION_STANDS_OVER: Sending((_OFFICE, _VOTERS)),
    Notice.DECISION_VOID: Sending((_SUBJECT,)),
    Notice.SCOPE_RECOMMENDED: Sending((_LEAD, _OFFICE, _VOTERS)),
    Notice.SCOPE_SENT_BACK: Sending((_LEAD, _VOTERS)),
    Notice.STILL_WANTED: Sending((_LEAD, _OFFICE)),
    Notice.SUBMISSION_RECEIVED: Sending((_LEAD, _OFFICE)),
    Notice.ADVICE_REQUEST: Sending((_SUBJECT,), Purpose.ADVISE),
    Notice.ADVICE_RECEIPT: Sending((_SUBJECT,)),
    Notice.QUESTIONS_ASKED: Sending((_LEAD,)),
    Notice.CASE_APPROVED: Sending((_LEAD, _OFFICE, _VOTERS)),
    Notice.CASE_FOR_AUTHORITIES: Sending((_LEAD, _OFFICE, Recipient.CLERKS, _VOTERS)),
    Notice.CASE_REFERRED_BACK: Sending((_LEAD, _OFFICE, _VOTERS)),
    Notice.CASE_DEFERRED: Sending((_LEAD, _OFFICE, _VOTERS)),
    Notice.NO_JOINT_AGREEMENT: Sending((_LEAD, _OFFICE, Recipient.CHIEFS, _VOTERS)),
    Notice.CASE_REJECTED: Sending((_LEAD, _OFFICE, _VOTERS)),
    Notice.CASE_WITHDRAWN: Sending((_LEAD, _OFFICE)),
    Notice.DEFERRAL_REVIEW: Sending((_LEAD, _OFFICE)),
    Notice.APPOINTMENT_REQUEST: Sending((_SUBJECT,), Purpose.APPOINTMENT),
    Notice.APPOINTMENT_RECEIPT: Sending((_SUBJECT,)),
    Notice.APPOINTMENT_DECLINED: Sending((_OFFICE,)),
    Notice.DELEGATION_IN_FORCE: Sending((Recipient.GROUP, _OFFICE)),
}
