"""After an approval: seats are offered, taken, declined, filled anew; conditions are met; then it counts."""

import pytest
from sqlalchemy.orm import Session

from bjc.actions import appointments
from bjc.actions.actor import Actor
from bjc.actions.settle import settle
from bjc.db.cases import Case
from bjc.db.decisions import Link
from bjc.db.delivery import Appointment
from bjc.db.mail import Outbox
from bjc.db.people import Person
from bjc.db.questions import decisions, delivery
from bjc.db.questions.cases import timeline
from bjc.db.session import Database
from bjc.errors import Conflict, Invalid, NotFound, Refused
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import NOW, a_case, assignments, end_grace, fresh, holder, office, vote


def offered(db: Session, case: Case) -> dict[str, tuple[Appointment, Person]]:
    return {row.seat: (row, person) for row, person in delivery.appointments_of(db, case.id)}


def answer(db: Session, case: Case, seat: str, accepts: bool | None = True, reason: str = "") -> Appointment:
    row, person = offered(db, case)[seat]
    return appointments.answer(db, row.id, accepts, reason, Actor("member", person.id, "link"), NOW)


def approved_with_conditions(db: Session, *conditions: str) -> Case:
    """Approved; the first members asked set these conditions, in this order."""
    case = a_case(db, Stage.DECISION)
    for number, (row, _) in enumerate(assignments(db, case)):
        if number < len(conditions):
            vote(
                db, case, row, Choice.APPROVE_WITH_CONDITIONS, reason="Sound.", conditions=conditions[number]
            )
        else:
            vote(db, case, row, Choice.APPROVE)
    end_grace(db, case)
    settle(db, case.ref, NOW)
    assert case.stage == Stage.APPROVED
    return case


def test_an_approval_offers_three_seats_each_with_one_mail(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        rows = offered(db, case)
        assert list(rows) == ["chair", "sponsor", "lead"]
        asked = [row.person_id for row in db.query(Outbox).filter_by(kind="appointment_request")]
        assert asked == [row.person_id for row, _ in rows.values()]


def test_authority_is_delegated_when_all_three_have_accepted(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        for seat in ("lead", "chair", "sponsor"):
            assert fresh(db, case).stage == "approved"
            answer(db, case, seat)
            settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "delegated"
        delegation = delivery.delegation_of(db, case.id)
        assert delegation is not None
        assert delegation.in_force_at == NOW
        assert [(p.title, g.name) for p, g in delivery.projects(db)] == [
            ("Joint ICT Service Desk", "ICT working group")
        ]


def test_the_same_answer_twice_leaves_one_record(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        answer(db, case, "chair")
        answer(db, case, "chair")
        assert [e.event for e in timeline(db, case.ref)].count("appointment answered") == 1


def test_an_answer_stands(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        answer(db, case, "chair")
        with pytest.raises(Conflict, match="already been answered"):
            answer(db, case, "chair", False, "On reflection.")


def test_nobody_answers_for_somebody_else(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        row, _ = offered(db, case)["chair"]
        other = Actor("member", offered(db, case)["lead"][1].id, "link")
        with pytest.raises(Refused):
            appointments.answer(db, row.id, True, "", other, NOW)


def test_declining_needs_a_reason_and_accepting_a_choice(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        with pytest.raises(Invalid) as refused:
            answer(db, case, "chair", False, " ")
        assert list(refused.value.fields) == ["reason"]
        with pytest.raises(Invalid) as refused:
            answer(db, case, "chair", None)
        assert list(refused.value.fields) == ["accepts"]
        assert offered(db, case)["chair"][0].answer is None


def test_declining_tells_the_office_and_leaves_the_case_approved(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        answer(db, case, "sponsor", False, "Retiring in May.")
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "approved"
        assert db.query(Outbox).filter_by(kind="appointment_declined").count() == 2


def test_a_replacement_gets_a_seat_and_the_earlier_link_dies(database: Database) -> None:
    from bjc.actions import links
    from bjc.rules.notices import Purpose

    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        old, person = offered(db, case)["sponsor"]
        link = links.mint(db, Purpose.APPOINTMENT, old.id, person.id, NOW, old.due_at)
        heir = holder(db, "pdb-hwfrs-assistant")
        new = appointments.replace(db, old.id, heir.id, office(db), NOW)
        assert offered(db, case)["sponsor"] == (new, heir)
        assert not links.is_live(db.get_one(Link, link.id, populate_existing=True), NOW)
        delegation = delivery.delegation_of(db, case.id)
        assert delegation is not None
        assert delegation.sponsor_id == heir.id
        with pytest.raises(Conflict):
            appointments.answer(db, old.id, True, "", Actor("member", person.id, "link"), NOW)
        for seat in ("chair", "sponsor", "lead"):
            answer(db, case, seat)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "delegated"


def test_who_replaces_a_chair_must_hold_a_post_of_the_board(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        row, _ = offered(db, case)["chair"]
        with pytest.raises(Invalid, match="post of the board"):
            appointments.replace(db, row.id, case.lead_id, office(db), NOW)
        appointments.replace(db, row.id, holder(db, "pdb-sfrs-deputy").id, office(db), NOW)
        delegation = delivery.delegation_of(db, case.id)
        assert delegation is not None
        assert delegation.chair_post == "pdb-sfrs-deputy"


def test_a_seat_that_was_taken_or_given_away_is_not_given_away_again(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        answer(db, case, "lead")
        old = offered(db, case)["sponsor"][0]
        heir = holder(db, "pdb-hwfrs-assistant").id
        appointments.replace(db, old.id, heir, office(db), NOW)
        for row in (offered(db, case)["lead"][0], old):
            with pytest.raises(Conflict, match="has been filled"):
                appointments.replace(db, row.id, heir, office(db), NOW)
        with pytest.raises(Invalid):
            appointments.replace(db, offered(db, case)["chair"][0].id, 999_999, office(db), NOW)
        with pytest.raises(NotFound):
            appointments.replace(db, 999_999, heir, office(db), NOW)


def test_conditions_become_work_each_wording_once_in_the_order_of_the_posts(database: Database) -> None:
    with database.writing() as db:
        case = approved_with_conditions(db, "Sign the DPIA.", "Price the exit.", "Sign the DPIA.")
        assert [row.text for row in decisions.conditions_of(db, case.id)] == [
            "Sign the DPIA.",
            "Price the exit.",
        ]


def test_each_paragraph_is_a_condition_of_its_own(database: Database) -> None:
    with database.writing() as db:
        case = approved_with_conditions(
            db, "Sign the DPIA.\r\n\r\nPrice the exit,\nby May.", "Price the exit,\nby May."
        )
        assert [row.text for row in decisions.conditions_of(db, case.id)] == [
            "Sign the DPIA.", "Price the exit,\nby May.",
        ]  # fmt: skip


def test_only_who_holds_a_post_for_the_seat_replaces_a_sponsor(database: Database) -> None:
    with database.writing() as db:
        case = a_case(db, Stage.APPROVED)
        row, _ = offered(db, case)["sponsor"]
        for post in ("adviser-independent", "clerk-hwfrs", "officer-sfrs-ict"):
            with pytest.raises(Invalid, match="Choose who is to be appointed"):
                appointments.replace(db, row.id, holder(db, post).id, office(db), NOW)


def test_authority_waits_for_every_condition(database: Database) -> None:
    with database.writing() as db:
        case = approved_with_conditions(db, "Sign the DPIA.", "Price the exit.")
        for seat in ("chair", "sponsor", "lead"):
            answer(db, case, seat)
        for row in decisions.conditions_of(db, case.id):
            settle(db, case.ref, NOW)
            assert fresh(db, case).stage == "approved"
            appointments.meet_condition(db, case.ref, row.id, "Signed on 30 June.", office(db), NOW)
        settle(db, case.ref, NOW)
        assert fresh(db, case).stage == "delegated"


def test_a_condition_needs_evidence_is_met_once_and_belongs_to_its_case(database: Database) -> None:
    with database.writing() as db:
        case, other = approved_with_conditions(db, "Sign the DPIA."), a_case(db)
        (row,) = decisions.conditions_of(db, case.id)
        with pytest.raises(Invalid) as refused:
            appointments.meet_condition(db, case.ref, row.id, " ", office(db), NOW)
        assert list(refused.value.fields) == ["evidence"]
        with pytest.raises(NotFound):
            appointments.meet_condition(db, other.ref, row.id, "Signed.", office(db), NOW)
        appointments.meet_condition(db, case.ref, row.id, "Signed.", office(db), NOW)
        appointments.meet_condition(db, case.ref, row.id, "Signed, again.", office(db), NOW)
        assert row.evidence == "Signed."
        assert [e.event for e in timeline(db, case.ref)].count("condition met") == 1
