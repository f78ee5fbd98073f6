"""Builders: a case at any stage, reached by the real actions, and the people who act in it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from bjc.actions import advice, appointments, cases, delegations, votes
from bjc.actions.actor import Actor
from bjc.actions.alliance import add_people, install
from bjc.actions.settle import settle
from bjc.alliance import default_alliance_path, default_demo_path, load_alliance, load_demo
from bjc.db.cases import Case
from bjc.db.decisions import Assignment, Decision
from bjc.db.people import Person
from bjc.db.questions import decisions, delivery, people
from bjc.db.questions.cases import case_by_ref
from bjc.db.session import Database
from bjc.db.upgrade import upgrade
from bjc.rules.decision import Choice
from bjc.rules.stages import Role, Stage
from bjc.rules.triage import TriageAnswers
from bjc.rules.working_days import local_day

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)
TEXT = "A sentence that is long enough to be taken for a section of a case."

ON_THE_WAY = (
    Stage.SCOPING, Stage.SCOPE_DECISION, Stage.DRAFTING, Stage.ANALYSIS, Stage.DECISION, Stage.APPROVED,
    Stage.DELEGATED,
)  # fmt: skip


def furnish(database: Database) -> None:
    """Migrate, and load the default alliance with the demo's people."""
    upgrade(database)
    demo = load_demo(default_demo_path())
    with database.writing() as db:
        install(db, load_alliance(default_alliance_path()), NOW)
        add_people(db, demo.persons, demo.holdings, NOW)


def holder(db: Session, post: str, now: datetime = NOW) -> Person:
    """Who holds this post."""
    found = people.holder(db, post, local_day(now))
    assert found is not None, f"nobody holds {post}"
    return found


def lead_of(db: Session) -> Person:
    """A service officer who sits on no board."""
    return people.holders_of_kind(db, ("officer",), local_day(NOW))[0][1]


def office(db: Session) -> Actor:
    """The programme office."""
    return Actor(Role.OFFICE, people.holders_of_kind(db, ("office",), local_day(NOW))[0][1].id)


def as_lead(case: Case) -> Actor:
    """The case's lead."""
    return Actor(Role.LEAD, case.lead_id)


def answers(**changes: Any) -> TriageAnswers:
    """Triage answers that need a case."""
    given = {
        "title": "Joint ICT Service Desk", "amount": Decimal(182_000), "changes_approved_case": "no",
        "unusual": "no", "pilot": "no", "route_to_buy": "yes",
    }  # fmt: skip
    return TriageAnswers(**{**given, **changes})


def scope(db: Session, now: datetime = NOW) -> dict[str, Any]:
    """A complete scope proposal; the case is to follow in a quarter."""
    by = local_day(now) + timedelta(days=91)
    effects = {f"effect_{service.key}": "Two officers for a quarter." for service in people.services(db)}
    return {
        "purpose": TEXT, "in_scope": TEXT, "out_of_scope": "Telephony.", "sponsor": "Assistant Chief Fire Officer",
        "owner": "Head of ICT", "budget_to_prepare": "1500.00", "submit_by": by.isoformat(), **effects,
    }  # fmt: skip


def sections(amount: str = "182000.00") -> dict[str, Any]:
    """A complete case."""
    texts = ("purpose", "strategic_context", "case_for_change", "options", "preferred_option", "procurement",
             "funding", "management")  # fmt: skip
    return {
        "title": "Joint ICT Service Desk", "ask": "Approve one shared service desk for both services.",
        "amount": amount, "funding_source": "ICT revenue budgets, 62/38", "equality_screened": "yes",
        "data_protection_screened": "yes", **dict.fromkeys(texts, TEXT),
    }  # fmt: skip


def a_case(db: Session, stage: Stage = Stage.SCOPING, now: datetime = NOW, amount: str = "182000.00") -> Case:
    """A case at this stage, brought there by the actions that people and the clock would take."""
    lead = lead_of(db)
    case, _ = cases.open_case(db, lead.id, lead.service or "sfrs", answers(amount=Decimal(amount)), now)
    for step in ON_THE_WAY[1 : ON_THE_WAY.index(stage) + 1]:
        _STEPS[step](db, case, now)
        settle(db, case.ref, now)
        assert Stage(case.stage) is step, f"wanted {step}, got {case.stage}"
    return case


def _propose(db: Session, case: Case, now: datetime) -> None:
    cases.save_scope(db, case.ref, scope(db, now), case.lock_version, as_lead(case), now)
    cases.propose_scope(db, case.ref, as_lead(case), now)


def _recommend(db: Session, case: Case, now: datetime) -> None:
    everyone_votes(db, case, Choice.APPROVE, now)
    end_grace(db, case, now)


def _submit(db: Session, case: Case, now: datetime) -> None:
    case.sections = sections(str(case.amount))
    db.flush()
    cases.submit(db, case.ref, True, as_lead(case), now)


def _advise(db: Session, case: Case, now: datetime) -> None:
    draft_delegation(db, case, now)
    give_all_advice(db, case, now)


def _accept(db: Session, case: Case, now: datetime) -> None:
    for appointment, person in delivery.appointments_of(db, case.id):
        appointments.answer(db, appointment.id, True, "", Actor("member", person.id, "link"), now)


def _answers_left_alone(db: Session, case: Case, now: datetime) -> None:
    everyone_votes(db, case, Choice.APPROVE, now)
    end_grace(db, case, now)


_STEPS = {
    Stage.SCOPE_DECISION: _propose,
    Stage.DRAFTING: _recommend,
    Stage.ANALYSIS: _submit,
    Stage.DECISION: _advise,
    Stage.APPROVED: _answers_left_alone,
    Stage.DELEGATED: _accept,
}


def draft_delegation(db: Session, case: Case, now: datetime = NOW) -> None:
    """The office's draft, with an officer as chair who sits on the board."""
    draft = delegations.DelegationDraft(
        group="ICT working group", limit=Decimal(85_000), chair_post="pdb-hwfrs-deputy",
        sponsor_id=holder(db, "pdb-sfrs-assistant", now).id, lead_id=case.lead_id,
    )  # fmt: skip
    delegations.draft(db, case.ref, draft, office(db), now)


def give_all_advice(db: Session, case: Case, now: datetime = NOW) -> None:
    """Every adviser asked supports the case."""
    version = decisions.advice_on(db, _latest(db, case))
    for row, person in version:
        actor = Actor("adviser", person.id, "link")
        advice.give(db, row.id, advice.Recommendation.SUPPORT, "The figures are sound.", actor, now)


def _latest(db: Session, case: Case) -> int:
    from bjc.db.questions.cases import latest_version

    version = latest_version(db, case.id, "case")
    assert version is not None
    return version.id


def open_decision(db: Session, case: Case) -> Decision:
    """The decision that is open on this case."""
    found = decisions.latest_decision(db, case.id)
    assert found is not None
    return found


def assignments(db: Session, case: Case) -> list[tuple[Assignment, Person]]:
    """Who is asked, with their assignment."""
    return [(row, person) for row, _, person in decisions.asked(db, open_decision(db, case).id)]


def vote(
    db: Session, case: Case, row: Assignment, choice: Choice | None, now: datetime = NOW, **more: str
) -> votes.Receipt:
    """One member's answer by link."""
    given = votes.Answer(open_decision(db, case).version_id, choice, **more)
    return votes.answer(db, row.id, given, Actor("member", row.person_id, "link", row.post), now)


def everyone_votes(db: Session, case: Case, choice: Choice, now: datetime = NOW) -> None:
    """All members asked give the same answer."""
    more = {"reason": "Because."} if choice is not Choice.APPROVE else {}
    for row, _ in assignments(db, case):
        vote(db, case, row, choice, now, **more)


def end_grace(db: Session, case: Case, now: datetime = NOW) -> None:
    """Let the time for changes pass, if the policy gives any."""
    decision = open_decision(db, case)
    if decision.closed_at is None and decision.closes_at is not None:
        decision.closes_at = now
        db.flush()


def fresh(db: Session, case: Case) -> Case:
    """The case as the database has it."""
    db.expire_all()
    return case_by_ref(db, case.ref)
