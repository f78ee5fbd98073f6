"""The case page: where a case stands, who is waited for, what may be done now, and all that was done."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.db.cases import Case
from bjc.db.people import Person, Service
from bjc.db.questions import cases as questions
from bjc.db.questions import people
from bjc.rules import access
from bjc.rules.access import Act, may
from bjc.rules.conditions import Facts
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day, spoken_date
from bjc.web import case_parts
from bjc.web.case_actions import Action, allowed, for_delivery
from bjc.web.case_history import happened
from bjc.web.deps import Db, Me, Now, require, standing
from bjc.web.nav import nav
from bjc.web.render import page
from bjc.web.returned import told
from bjc.web.waits import waiting
from bjc.web.words import DONE, pounds, stage_tag

router = APIRouter(include_in_schema=False)
DRAFT_IN = {Stage.SCOPING: "scope/check", Stage.DRAFTING: "check"}


@router.get("/cases/{ref}")
def show(request: Request, ref: str, me: Me, database: Db, now: Now, done: str = "") -> Response:
    """The whole case for somebody signed in; the draft's text is not here."""
    with database.reading() as db:
        case = questions.case_by_ref(db, ref)
        roles = standing(db, me, now, case)
        require(Act.SEE_CASES, roles)
        shown = {**_head(db, case), **_now(db, case, me, roles, now), **_record(db, case, roles)}
    notice = (DONE[done], "success") if done in DONE else None
    return page(request, "case.html", notice=notice, nav=nav(roles, request.url.path), **shown)


def _head(db: Session, case: Case) -> dict[str, Any]:
    lead, service = db.get_one(Person, case.lead_id), db.get_one(Service, case.service)
    return {
        "title": case.title, "ref": case.ref, "tag": stage_tag(case.stage), "reason": case.stage_reason,
        "since": spoken_date(case.stage_since),
        "facts": [
            ("Whole-life cost", pounds(case.amount) or "Not known yet"), ("Service", service.short_name),
            ("Project lead", lead.name),
        ],
    }  # fmt: skip


def _now(
    db: Session, case: Case, me: Person, roles: frozenset[access.Person], now: datetime
) -> dict[str, Any]:
    """Who is waited for, and what this person may do."""
    stage, office = Stage(case.stage), access.Person.OFFICE in roles
    waits, facts = waiting(db, case, now, by_name=office)
    draft = DRAFT_IN.get(stage) if may(Act.SEE_DRAFT, roles) and access.Person.LEAD not in roles else None
    return {
        "told": told(db, case) if access.Person.LEAD in roles else [],
        "waits": waits, "actions": _actions(db, case, me, roles, facts, now), "draft": draft,
        "may_meet": may(Act.MEET_CONDITION, roles) and stage is Stage.APPROVED,
        "may_replace": may(Act.REPLACE_APPOINTMENT, roles) and stage is Stage.APPROVED,
    }  # fmt: skip


def _actions(
    db: Session, case: Case, me: Person, roles: frozenset[access.Person], facts: Facts, now: datetime
) -> list[Action]:
    """What is open to this person; a clerk whose Authority has resolved has nothing left to record."""
    stage = Stage(case.stage)
    if stage is Stage.APPROVED:
        return list(for_delivery(roles, case_parts.conditions(db, case), case_parts.appointments(db, case)))
    found = allowed(stage, roles, facts)
    own = {post.key for post in people.posts_of(db, me.id, local_day(now))}
    if stage is Stage.AUTHORITIES and access.Person.OFFICE not in roles and not own & set(facts.owed_by):
        return [one for one in found if one.act is not Act.RECORD_RESOLUTION]
    return found


def _record(db: Session, case: Case, roles: frozenset[access.Person]) -> dict[str, Any]:
    """What was sent, asked, decided and done."""
    see_votes = may(Act.SEE_VOTES, roles)
    return {
        "summary": case_parts.summary(db, case),
        "triage": case.triage.get("reasons", []),
        "questions": case_parts.questions(db, case),
        "decisions": case_parts.decisions_taken(db, case, see_votes),
        "advice": case_parts.advice(db, case),
        "delegation": case_parts.delegation(db, case),
        "conditions": case_parts.conditions(db, case),
        "appointments": case_parts.appointments(db, case),
        "resolutions": case_parts.resolutions(db, case),
        "versions": case_parts.versions(db, questions.versions(db, case.id)),
        "history": happened(db, case, see_votes, access.Person.OFFICE in roles),
    }
