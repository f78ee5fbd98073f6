"""Whether what an emailed link would open still wants an answer, asked while a link is being minted.

The subject's row is locked for share: whoever closes it waits, and then revokes this link with the others.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.columns import Id
from bjc.db.decisions import Advice, Assignment, Decision
from bjc.db.delivery import Appointment
from bjc.db.people import SignIn
from bjc.rules.notices import Purpose
from bjc.rules.stages import Stage

SIGN_IN_STANDS = timedelta(hours=1)
_ADVISED_ON = (Stage.ANALYSIS.value, Stage.DECISION.value)

_ID = bindparam("subject", type_=Id)
_DECISION = (
    select(Decision)
    .join(Assignment, Assignment.decision_id == Decision.id)
    .where(Assignment.id == _ID)
    .with_for_update(read=True, of=Decision)
)
_ADVICE = (
    select(Advice)
    .join(Case, Case.id == Advice.case_id)
    .where(Case.stage.in_(_ADVISED_ON), Advice.id == _ID)
    .with_for_update(read=True, of=Advice)
)
_SEAT = select(Appointment).where(Appointment.id == _ID).with_for_update(read=True)


def wants_an_answer(db: Session, purpose: Purpose, subject_id: int, now: datetime) -> bool:
    """False once a link of this purpose could open nothing that is still to be done."""
    return _ASK[purpose](db, subject_id, now)


def _decide(db: Session, assignment_id: int, now: datetime) -> bool:
    found = db.scalar(_DECISION, {"subject": assignment_id})
    if found is None or found.closed_at is not None:
        return False
    return found.closes_at is not None and now < found.closes_at  # standing over: answered at the meeting


def _advise(db: Session, advice_id: int, now: datetime) -> bool:
    found = db.scalar(_ADVICE, {"subject": advice_id})
    return found is not None and found.given_at is None


def _appointment(db: Session, appointment_id: int, now: datetime) -> bool:
    found = db.scalar(_SEAT, {"subject": appointment_id})
    return found is not None and found.answered_at is None and found.replaced_at is None


def _sign_in(db: Session, sign_in_id: int, now: datetime) -> bool:
    """The browser that asked has long gone when a mail was held up for an hour."""
    found = db.scalar(select(SignIn).where(SignIn.id == sign_in_id).with_for_update())
    return found is not None and found.used_at is None and now < found.requested_at + SIGN_IN_STANDS


_ASK = {
    Purpose.SIGN_IN: _sign_in,
    Purpose.DECIDE: _decide,
    Purpose.ADVISE: _advise,
    Purpose.APPOINTMENT: _appointment,
}
