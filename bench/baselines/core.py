"""The road with SQLAlchemy Core and statements made once: rows in, rows out, no objects."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from bench.baselines import core_rows as shared
from bench.baselines import paper
from bench.baselines import statements as sql
from bjc.db.session import Database
from bjc.rules.notices import Notice


class PlainCore:
    """One transaction a step. There is no dispatcher: the last act of a stage begins the next one."""

    name = "core"

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.execution_options(begin="IMMEDIATE")
        self._letters: list[tuple[str, str]] = []
        self._grace: dict[str, datetime] = {}

    def open_case(self, title: str, now: datetime) -> str:
        with self._engine.begin() as db:
            lead = db.execute(sql.OF_KIND, {"which": "officer"}).first()
            assert lead is not None
            number = db.scalar(sql.COUNT, {"of": "case-2026"})
            if number is None:
                number = 1
                db.execute(sql.ADD["counter"], {"name": "case-2026", "value": 1})
            ref = f"BJC-2026-{number:03d}"
            case = {
                "ref": ref, "title": title, "stage": "scoping", "stage_since": now, "lead_id": lead.id,
                "service": lead.service, "amount": Decimal(182_000), "triage": {"outcome": "bjc"},
                "scope": {}, "sections": {}, "opened_at": now, "lock_version": 1,
            }  # fmt: skip
            db.execute(sql.ADD["route"], {"case_id": shared.add(db, "bjc_case", case)})
            shared.record(db, ref, "triaged", lead.id, now, {"outcome": "bjc"})
        return ref

    def save_scope(self, ref: str, now: datetime) -> None:
        text = "A sentence that is long enough to be taken for a section of a case."
        scope = dict.fromkeys(("purpose", "in_scope", "effect_sfrs", "effect_hwfrs"), text)
        with self._engine.begin() as db:
            shared.save(db, shared.case_by_ref(db, ref), scope=scope)

    def propose_scope(self, ref: str, now: datetime) -> None:
        with self._engine.begin() as db:
            case = shared.case_by_ref(db, ref)
            version, about = shared.freeze(db, case, "scope", case.scope, now)
            self._open_decision(db, case, version, about, "scope", now)
            shared.save(db, case, stage="scope decision", stage_since=now)
            shared.record(db, ref, "scope proposed", case.lead_id, now, {"sha256": about.sha256})
            shared.tell_lead_and_office(db, self._letters, case, about, "scope_received", now)

    def vote(self, secret: str, in_favour: bool, now: datetime) -> None:
        with self._engine.begin() as db:
            link = shared.live_link(db, secret, now)
            row = db.execute(sql.SEAT, {"id": link.subject_id}).one()
            case = db.execute(sql.CASE_BY_ID, {"id": row.case_id}).one()
            assert row.answered_at is None
            assert row.closes_at is not None
            assert row.closed_at is None
            assert now < row.closes_at
            choice, reason = ("approve", "") if in_favour else ("reject", "Too dear.")
            said = {"choice": choice, "reason": reason, "answered_at": now, "via": "link", "changes": 1}
            db.execute(sql.SET["assignment"], {"of": row.id, **said})
            shared.record(db, case.ref, "vote", row.person_id, now, {"assignment": row.id, "choice": choice})
            _, about = shared.newest(db, case)
            to = (row.person_id, row.name, row.email)
            shared.mail(
                db,
                self._letters,
                case,
                about,
                "decision_receipt",
                ("assignment", row.id),
                to,
                now,
                link.version_id,
            )
            votes = db.execute(sql.VOTES, {"decision": row.decision_id}).all()
            if all(vote.choice for vote in votes):
                self._grace[case.ref] = now + paper.GRACE
                db.execute(sql.SET["decision"], {"of": row.decision_id, "closes_at": now + paper.GRACE})

    def save_section(self, ref: str, key: str, values: dict[str, Any], now: datetime) -> None:
        with self._engine.begin() as db:
            case = shared.case_by_ref(db, ref)
            shared.save(db, case, sections={**case.sections, **values})

    def submit(self, ref: str, now: datetime) -> None:
        with self._engine.begin() as db:
            case = shared.case_by_ref(db, ref)
            assert case.stage == "drafting"
            version, about = shared.freeze(db, case, "case", case.sections, now)
            for owed in db.scalars(sql.ADVICE_OWED).one()["advice"]:
                person = db.execute(sql.OF_POST, {"which": owed["post"]}).first()
                assert person is not None
                advice = shared.add(db, "advice", {
                    "case_id": case.id, "version_id": version, "kind": owed["kind"], "service": owed["service"],
                    "post": owed["post"], "person_id": person.id, "asked_at": now, "due_at": paper.due(now, 7),
                })  # fmt: skip
                to = (person.id, person.name, person.email)
                shared.mail(
                    db, self._letters, case, about, "advice_request", ("advice", advice), to, now, version
                )
            shared.save(db, case, stage="analysis", stage_since=now)
            shared.record(db, ref, "submitted", case.lead_id, now, {"sha256": about.sha256})
            shared.tell_lead_and_office(db, self._letters, case, about, "submission_received", now)

    def advise(self, secret: str, now: datetime) -> None:
        with self._engine.begin() as db:
            row = db.execute(sql.ASKED_ADVICE, {"id": shared.live_link(db, secret, now).subject_id}).one()
            case = db.execute(sql.CASE_BY_ID, {"id": row.case_id}).one()
            said = {"recommendation": "support", "text": "The figures are sound.", "given_at": now}
            db.execute(sql.SET["advice"], {"of": row.id, **said})
            shared.record(db, case.ref, "advice given", row.person_id, now, {"advice": row.id})
            _, about = shared.newest(db, case)
            to = (row.person_id, row.name, row.email)
            shared.mail(db, self._letters, case, about, "advice_receipt", ("advice", row.id), to, now)

    def draft_delegation(self, ref: str, now: datetime) -> None:
        with self._engine.begin() as db:
            case, name = shared.case_by_ref(db, ref), "ICT working group"
            group = db.scalar(sql.GROUP_NAMED, {"name": name})
            group = group or shared.add(db, "working_group", {"name": name, "formed_on": now.date()})
            posts = ("pdb-hwfrs-deputy", "pdb-sfrs-assistant")
            chair, sponsor = (db.execute(sql.OF_POST, {"which": post}).one().id for post in posts)
            row = shared.add(db, "delegation", {
                "case_id": case.id, "group_id": group, "limit": Decimal(85_000), "cost_tolerance_percent": 5,
                "time_tolerance_weeks": 6, "period_months": 24, "reserved": "", "chair_post": posts[0],
                "chair_id": chair, "sponsor_id": sponsor, "lead_id": case.lead_id, "drafted_at": now,
                "drafted_by": sponsor,
            })  # fmt: skip
            shared.record(db, ref, "delegation drafted", sponsor, now, {"delegation": row})
            version, about = shared.newest(db, case)
            self._open_decision(db, case, version, about, "approval", now)
            shared.save(db, case, stage="decision", stage_since=now)
            shared.record(db, ref, "ready", None, now, {"sha256": about.sha256})

    def accept(self, secret: str, now: datetime) -> None:
        with self._engine.begin() as db:
            row = db.execute(sql.OFFERED, {"id": shared.live_link(db, secret, now).subject_id}).one()
            case = db.execute(sql.CASE_BY_ID, {"id": row.case_id}).one()
            db.execute(sql.SET["appointment"], {"of": row.id, "answer": "accepted", "answered_at": now})
            shared.record(db, case.ref, "appointment answered", row.person_id, now, {"seat": row.seat})
            _, about = shared.newest(db, case)
            to = (row.person_id, row.name, row.email)
            shared.mail(
                db, self._letters, case, about, "appointment_receipt", ("appointment", row.id), to, now
            )
            seats = db.execute(sql.SEATS, {"case": case.id}).all()
            if all(seat.answer == "accepted" for seat in seats):
                self._delegate(db, case, about, [seat.person_id for seat in seats], now)

    def is_due(self, ref: str, at: datetime) -> bool:
        return ref in self._grace and at >= self._grace[ref]

    def settle(self, ref: str, now: datetime) -> None:
        """The grace is over: close the decision and move the case."""
        del self._grace[ref]
        with self._engine.begin() as db:
            case = shared.case_by_ref(db, ref)
            decision = db.execute(sql.OPEN, {"case": case.id}).one()
            rows = db.execute(sql.VOTES, {"decision": decision.id}).all()
            votes = [(row.service, row.choice) for row in rows]
            assert paper.is_approved(votes)
            closed = {"outcome": "approved", "closed_at": now, "working": paper.working(votes)}
            db.execute(sql.SET["decision"], {"of": decision.id, **closed})
            revoked = {"revoked_at": now, "revoked_because": "the decision has closed"}
            db.execute(sql.REVOKE, {"ids": [row.id for row in rows], **revoked})
            shared.record(db, ref, "decision closed", None, now, {"outcome": "approved"})
            version, about = shared.newest(db, case)
            voters = [row.person_id for row in rows]
            if decision.kind == "scope":
                shared.save(db, case, stage="drafting", stage_since=now)
                shared.record(db, ref, "scope recommended", None, now, {"decision": decision.id})
                shared.tell_lead_and_office(db, self._letters, case, about, "scope_recommended", now, voters)
            else:
                self._appoint(db, case, decision, version, about, now)
                shared.tell_lead_and_office(db, self._letters, case, about, "case_approved", now, voters)

    def deliver(self, now: datetime) -> None:
        """Every mail was rendered in the step that caused it."""

    def secrets(self, notice: Notice) -> list[str]:
        found = [secret for kind, secret in self._letters if kind == notice.value]
        self._letters = []
        return found

    def _open_decision(
        self, db: Connection, case: Row[Any], version: int, about: paper.About, kind: str, now: datetime
    ) -> None:
        closes_at = paper.due(now, 14)
        decision = shared.add(db, "decision", {
            "case_id": case.id, "version_id": version, "kind": kind, "body": "pdb",
            "policy": db.scalar(sql.NEWEST_POLICY), "opened_at": now, "due_at": closes_at, "closes_at": closes_at,
            "delegation": {}, "working": {}, "meeting": {},
        })  # fmt: skip
        for who in db.execute(sql.OF_BODY, {"which": "pdb"}).all():
            row = shared.add(
                db, "assignment", {"decision_id": decision, "post": who.key, "person_id": who.id}
            )
            to = (who.id, who.name, who.email)
            shared.mail(
                db, self._letters, case, about, "decision_request", ("assignment", row), to, now, version
            )

    def _appoint(
        self,
        db: Connection,
        case: Row[Any],
        decision: Row[Any],
        version: int,
        about: paper.About,
        now: datetime,
    ) -> None:
        draft = db.execute(sql.DRAFT, {"case": case.id}).one()
        taken = {"decision_id": decision.id, "policy": decision.policy}
        db.execute(sql.SET["delegation"], {"of": draft.id, **taken})
        seats = {"chair": draft.chair_id, "sponsor": draft.sponsor_id, "lead": draft.lead_id}
        persons = {row.id: row for row in db.execute(sql.PERSONS, {"ids": list(seats.values())})}
        for seat, person in seats.items():
            row = shared.add(db, "appointment", {
                "delegation_id": draft.id, "case_id": case.id, "seat": seat, "person_id": person,
                "asked_at": now, "due_at": paper.due(now, 7),
            })  # fmt: skip
            to = (person, persons[person].name, persons[person].email)
            shared.mail(
                db, self._letters, case, about, "appointment_request", ("appointment", row), to, now, version
            )
        shared.save(db, case, stage="approved", stage_since=now)
        shared.record(db, case.ref, "approved", None, now, {"decision": decision.id})

    def _delegate(
        self, db: Connection, case: Row[Any], about: paper.About, persons: Sequence[int], now: datetime
    ) -> None:
        draft = db.execute(sql.DRAFT, {"case": case.id}).one()
        db.execute(sql.SET["delegation"], {"of": draft.id, "in_force_at": now})
        db.execute(sql.ADD["project"], {
            "group_id": draft.group_id, "case_id": case.id, "title": case.title, "origin": case.ref,
            "minute": "", "status": "delegated", "detail": {},
        })  # fmt: skip
        shared.save(db, case, stage="delegated", stage_since=now)
        shared.record(db, case.ref, "mobilised", None, now, {"delegation": draft.id})
        shared.tell_lead_and_office(db, self._letters, case, about, "delegation_in_force", now, persons)
