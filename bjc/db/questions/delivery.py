"""Groups, delegations and the appointments in them."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.delivery import Appointment, Delegation, Group, Project
from bjc.db.people import Person

# Made once: they are asked at every settling.
_DELEGATION = select(Delegation).where(Delegation.case_id == bindparam("case"))
_LOCK = (
    select(Case)
    .join(Appointment, Appointment.case_id == Case.id)
    .where(Appointment.id == bindparam("appointment"))
    .with_for_update(of=Case)
    .execution_options(populate_existing=True)
)
_APPOINTMENTS = (
    select(Appointment, Person)
    .join(Person, Person.id == Appointment.person_id)
    .where(Appointment.case_id == bindparam("case"), Appointment.replaced_at.is_(None))
    .order_by(Appointment.id)
)
_NOT_ACCEPTED = (
    select(Appointment.seat)
    .where(Appointment.case_id == bindparam("case"), Appointment.replaced_at.is_(None))
    .where(Appointment.answer.is_distinct_from("accepted"))
    .order_by(Appointment.id)
)


def groups(db: Session) -> list[Group]:
    """Every working group, by name."""
    return list(db.scalars(select(Group).order_by(Group.name)))


def projects(db: Session) -> list[tuple[Project, Group]]:
    """Every project with its group."""
    rows = db.execute(select(Project, Group).join(Group, Group.id == Project.group_id).order_by(Project.id))
    return [(project, group) for project, group in rows]


def delegation_of(db: Session, case_id: int) -> Delegation | None:
    """The delegation of a case, drafted or in force."""
    return db.scalar(_DELEGATION, {"case": case_id})


def lock_case_of_appointment(db: Session, appointment_id: int) -> Case | None:
    """The case behind an appointment, locked."""
    return db.scalar(_LOCK, {"appointment": appointment_id})


def appointments_of(db: Session, case_id: int) -> list[tuple[Appointment, Person]]:
    """The current appointments of a case; those that were replaced are left out."""
    rows = db.execute(_APPOINTMENTS, {"case": case_id})
    return [(appointment, person) for appointment, person in rows]


def seats_not_accepted(db: Session, case_id: int) -> list[str]:
    """The seats whose holder has not accepted yet."""
    return list(db.scalars(_NOT_ACCEPTED, {"case": case_id}))


def open_appointments_of(db: Session, person_id: int) -> list[tuple[Appointment, Case]]:
    """The appointments that a person has not answered."""
    rows = db.execute(
        select(Appointment, Case)
        .join(Case, Case.id == Appointment.case_id)
        .where(
            Appointment.person_id == person_id,
            Appointment.answer.is_(None),
            Appointment.replaced_at.is_(None),
        )
    )
    return [(appointment, case) for appointment, case in rows]
