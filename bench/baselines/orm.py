"""The road with plain SQLAlchemy ORM: load objects, assign, add, commit; mails are rendered on the spot."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.baselines import orm_rows as shared
from bench.baselines import paper
from bjc.db.cases import Case, CaseVersion, Counter, Route
from bjc.db.decisions import Advice, Assignment, Decision, Link
from bjc.db.delivery import Appointment, Delegation, Group, Project
from bjc.db.people import Alliance, Person, PolicyVersion, Post
from bjc.db.session import Database
from bjc.rules.notices import Notice

COUNTER = "case-2026"


class PlainOrm:
    """One transaction a step. There is no dispatcher: the last act of a stage begins the next one."""

    name = "orm"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._letters: list[tuple[str, str]] = []
        self._grace: dict[str, datetime] = {}

    def open_case(self, title: str, now: datetime) -> str:
        with self._database.writing() as db:
            lead = shared.holders(db, Post.kind == "officer")[0][1]
            number = db.get(Counter, COUNTER, with_for_update=True) or Counter(name=COUNTER, value=0)
            number.value += 1
            db.add(number)
            case = Case(
                ref=f"BJC-2026-{number.value:03d}", title=title, stage="scoping", stage_since=now,
                lead_id=lead.id, service=lead.service, amount=Decimal(182_000), triage={"outcome": "bjc"},
                scope={}, sections={}, opened_at=now,
            )  # fmt: skip
            db.add(case)
            db.flush()
            db.add(Route(case_id=case.id))
            shared.record(db, case.ref, "triaged", lead.id, now, {"outcome": "bjc"})
        return case.ref

    def save_scope(self, ref: str, now: datetime) -> None:
        text = "A sentence that is long enough to be taken for a section of a case."
        with self._database.writing() as db:
            shared.case_by_ref(db, ref).scope = dict.fromkeys(
                ("purpose", "in_scope", "effect_sfrs", "effect_hwfrs"), text
            )

    def propose_scope(self, ref: str, now: datetime) -> None:
        with self._database.writing() as db:
            case = shared.case_by_ref(db, ref)
            version = shared.freeze(db, case, "scope", case.scope, now)
            self._open_decision(db, case, version, now)
            case.stage, case.stage_since = "scope decision", now
            shared.record(db, ref, "scope proposed", case.lead_id, now, {"sha256": version.sha256})
            shared.tell_lead_and_office(db, self._letters, case, version, "scope_received", now)

    def vote(self, secret: str, in_favour: bool, now: datetime) -> None:
        with self._database.writing() as db:
            link = shared.live_link(db, secret, now)
            row = db.get_one(Assignment, link.subject_id)
            decision = db.get_one(Decision, row.decision_id)
            case = db.get_one(Case, decision.case_id, with_for_update=True)
            assert row.answered_at is None
            assert decision.closes_at is not None
            assert decision.closed_at is None
            assert now < decision.closes_at
            row.choice, row.reason = ("approve", "") if in_favour else ("reject", "Too dear.")
            row.answered_at, row.via, row.changes = now, "link", row.changes + 1
            detail = {"assignment": row.id, "choice": row.choice}
            shared.record(db, case.ref, "vote", row.person_id, now, detail)
            version = db.get_one(CaseVersion, decision.version_id)
            person = db.get_one(Person, row.person_id)
            shared.mail(
                db, self._letters, case, version, "decision_receipt", ("assignment", row.id), person, now
            )
            if all(choice for _, choice in shared.votes_of(db, decision)):
                decision.closes_at = self._grace[case.ref] = now + paper.GRACE

    def save_section(self, ref: str, key: str, values: dict[str, Any], now: datetime) -> None:
        with self._database.writing() as db:
            case = shared.case_by_ref(db, ref)
            case.sections = {**case.sections, **values}

    def submit(self, ref: str, now: datetime) -> None:
        with self._database.writing() as db:
            case = shared.case_by_ref(db, ref)
            assert case.stage == "drafting"
            version = shared.freeze(db, case, "case", case.sections, now)
            for owed in db.scalars(select(Alliance)).one().source["advice"]:
                _, person = shared.holders(db, Post.key == owed["post"])[0]
                row = Advice(
                    case_id=case.id, version_id=version.id, kind=owed["kind"], service=owed["service"],
                    post=owed["post"], person_id=person.id, asked_at=now, due_at=paper.due(now, 7),
                )  # fmt: skip
                db.add(row)
                db.flush()
                shared.mail(
                    db, self._letters, case, version, "advice_request", ("advice", row.id), person, now
                )
            case.stage, case.stage_since = "analysis", now
            shared.record(db, ref, "submitted", case.lead_id, now, {"sha256": version.sha256})
            shared.tell_lead_and_office(db, self._letters, case, version, "submission_received", now)

    def advise(self, secret: str, now: datetime) -> None:
        with self._database.writing() as db:
            row = db.get_one(Advice, shared.live_link(db, secret, now).subject_id)
            case = db.get_one(Case, row.case_id, with_for_update=True)
            row.recommendation, row.text, row.given_at = "support", "The figures are sound.", now
            shared.record(db, case.ref, "advice given", row.person_id, now, {"advice": row.id})
            version, person = db.get_one(CaseVersion, row.version_id), db.get_one(Person, row.person_id)
            shared.mail(db, self._letters, case, version, "advice_receipt", ("advice", row.id), person, now)

    def draft_delegation(self, ref: str, now: datetime) -> None:
        with self._database.writing() as db:
            case, name = shared.case_by_ref(db, ref), "ICT working group"
            group = db.scalar(select(Group).where(Group.name == name)) or Group(
                name=name, formed_on=now.date()
            )
            db.add(group)
            db.flush()
            chair, sponsor = (
                shared.holders(db, Post.key == key)[0][1]
                for key in ("pdb-hwfrs-deputy", "pdb-sfrs-assistant")
            )
            row = Delegation(
                case_id=case.id, group_id=group.id, limit=Decimal(85_000), cost_tolerance_percent=5,
                time_tolerance_weeks=6, period_months=24, reserved="", chair_post="pdb-hwfrs-deputy",
                chair_id=chair.id, sponsor_id=sponsor.id, lead_id=case.lead_id, drafted_at=now,
                drafted_by=sponsor.id,
            )  # fmt: skip
            db.add(row)
            db.flush()
            shared.record(db, ref, "delegation drafted", sponsor.id, now, {"delegation": row.id})
            version = shared.newest_version(db, case)
            self._open_decision(db, case, version, now)
            case.stage, case.stage_since = "decision", now
            shared.record(db, ref, "ready", None, now, {"sha256": version.sha256})

    def accept(self, secret: str, now: datetime) -> None:
        with self._database.writing() as db:
            row = db.get_one(Appointment, shared.live_link(db, secret, now).subject_id)
            case = db.get_one(Case, row.case_id, with_for_update=True)
            row.answer, row.answered_at = "accepted", now
            shared.record(db, case.ref, "appointment answered", row.person_id, now, {"seat": row.seat})
            version, person = shared.newest_version(db, case), db.get_one(Person, row.person_id)
            shared.mail(
                db, self._letters, case, version, "appointment_receipt", ("appointment", row.id), person, now
            )
            rows = list(db.scalars(select(Appointment).where(Appointment.case_id == case.id)))
            if all(one.answer == "accepted" for one in rows):
                self._delegate(db, case, version, rows, now)

    def is_due(self, ref: str, at: datetime) -> bool:
        return ref in self._grace and at >= self._grace[ref]

    def settle(self, ref: str, now: datetime) -> None:
        """The grace is over: close the decision and move the case."""
        del self._grace[ref]
        with self._database.writing() as db:
            case = shared.case_by_ref(db, ref)
            decision = db.scalars(
                select(Decision).where(Decision.case_id == case.id, Decision.closed_at.is_(None))
            ).one()
            votes = shared.votes_of(db, decision)
            assert paper.is_approved(votes)
            decision.outcome, decision.closed_at, decision.working = "approved", now, paper.working(votes)
            members = list(db.scalars(select(Assignment).where(Assignment.decision_id == decision.id)))
            db.execute(
                update(Link)
                .where(Link.purpose == "decide", Link.subject_id.in_([row.id for row in members]))
                .values(revoked_at=now, revoked_because="the decision has closed")
            )
            shared.record(db, ref, "decision closed", None, now, {"outcome": decision.outcome})
            version = db.get_one(CaseVersion, decision.version_id)
            persons = [db.get_one(Person, row.person_id) for row in members]
            if decision.kind == "scope":
                case.stage, case.stage_since = "drafting", now
                shared.record(db, ref, "scope recommended", None, now, {"decision": decision.id})
                shared.tell_lead_and_office(
                    db, self._letters, case, version, "scope_recommended", now, persons
                )
            else:
                self._appoint(db, case, decision, version, now)
                shared.tell_lead_and_office(db, self._letters, case, version, "case_approved", now, persons)

    def deliver(self, now: datetime) -> None:
        """Every mail was rendered in the step that caused it."""

    def secrets(self, notice: Notice) -> list[str]:
        found = [secret for kind, secret in self._letters if kind == notice.value]
        self._letters = []
        return found

    def _open_decision(self, db: Session, case: Case, version: CaseVersion, now: datetime) -> None:
        policy = db.scalars(select(PolicyVersion).order_by(PolicyVersion.effective_from.desc())).first()
        closes_at = paper.due(now, 14)
        decision = Decision(
            case_id=case.id, version_id=version.id, kind="scope" if version.kind == "scope" else "approval",
            body="pdb", policy=policy.version if policy else "", opened_at=now, due_at=closes_at,
            closes_at=closes_at, delegation={}, working={}, meeting={},
        )  # fmt: skip
        db.add(decision)
        db.flush()
        for post, person in shared.holders(db, Post.body == "pdb"):
            row = Assignment(decision_id=decision.id, post=post.key, person_id=person.id)
            db.add(row)
            db.flush()
            shared.mail(
                db, self._letters, case, version, "decision_request", ("assignment", row.id), person, now
            )

    def _appoint(
        self, db: Session, case: Case, decision: Decision, version: CaseVersion, now: datetime
    ) -> None:
        delegation = db.scalars(select(Delegation).where(Delegation.case_id == case.id)).one()
        delegation.decision_id, delegation.policy = decision.id, decision.policy
        for seat in ("chair", "sponsor", "lead"):
            person = db.get_one(Person, getattr(delegation, f"{seat}_id"))
            row = Appointment(
                delegation_id=delegation.id, case_id=case.id, seat=seat, person_id=person.id, asked_at=now,
                due_at=paper.due(now, 7),
            )  # fmt: skip
            db.add(row)
            db.flush()
            shared.mail(
                db, self._letters, case, version, "appointment_request", ("appointment", row.id), person, now
            )
        case.stage, case.stage_since = "approved", now
        shared.record(db, case.ref, "approved", None, now, {"decision": decision.id})

    def _delegate(
        self, db: Session, case: Case, version: CaseVersion, rows: list[Appointment], now: datetime
    ) -> None:
        delegation = db.get_one(Delegation, rows[0].delegation_id)
        delegation.in_force_at = now
        db.add(Project(group_id=delegation.group_id, case_id=case.id, title=case.title, origin=case.ref,
                       minute="", status="delegated", detail={}))  # fmt: skip
        case.stage, case.stage_since = "delegated", now
        shared.record(db, case.ref, "mobilised", None, now, {"delegation": delegation.id})
        persons = [db.get_one(Person, row.person_id) for row in rows]
        shared.tell_lead_and_office(db, self._letters, case, version, "delegation_in_force", now, persons)
