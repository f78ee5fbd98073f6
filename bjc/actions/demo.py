"""Loads the demo: people, groups, projects agreed before this system, and one case to be scoped.

No vote is invented: an earlier project carries the minute that agreed it. The demo's policy is the
alliance's own without the grace for changing votes, so that a decision ends with its last vote.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc.actions import audit, cases
from bjc.actions.actor import Actor
from bjc.actions.alliance import COMMAND, add_people
from bjc.actions.delegations import group_named
from bjc.actions.facts import policy_now
from bjc.db.cases import Case
from bjc.db.delivery import Group, Project
from bjc.db.people import PolicyVersion
from bjc.db.questions import people
from bjc.rules.demo_model import Demo, DemoCase
from bjc.rules.demo_model import Project as DemoProject
from bjc.rules.policy import DecisionPolicy
from bjc.rules.stages import Role
from bjc.rules.working_days import add_working_days, local_day


def load(db: Session, demo: Demo, now: datetime) -> list[str]:
    """Load the demo once; returns the references of the cases opened (none when it was there already)."""
    add_people(db, demo.persons, demo.holdings, now)
    _policy_without_grace(db, now)
    groups = {entry.key: group_named(db, entry.name, now) for entry in demo.groups}
    for entry in demo.groups:
        groups[entry.key].formed_on = entry.formed_on
    for project in demo.projects:
        _bring_in(db, project, groups[project.group], now)
    return [_open(db, entry, now) for entry in demo.cases if not _is_open(db, entry)]


def _policy_without_grace(db: Session, now: datetime) -> None:
    policy = policy_now(db, now)
    if policy.decision.grace_days == 0:
        return
    quick = DecisionPolicy(**{**policy.decision.model_dump(), "grace_days": 0})
    demo = policy.model_copy(
        update={"version": f"{policy.version}-demo", "effective_from": local_day(now), "decision": quick}
    )
    body = demo.model_dump(mode="json")
    db.add(PolicyVersion(version=demo.version, effective_from=demo.effective_from, body=body))
    db.flush()
    audit.record(db, audit.ALLIANCE, "policy added", COMMAND, now, {"version": demo.version})


def _bring_in(db: Session, entry: DemoProject, group: Group, now: datetime) -> None:
    known = select(Project.id).where(Project.group_id == group.id, Project.title == entry.title)
    if db.scalar(known) is not None:
        return
    row = Project(
        group_id=group.id, title=entry.title, origin="agreed before this system", minute=entry.minute,
        status=entry.status, detail=entry.model_dump(mode="json"),
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, audit.ALLIANCE, "project brought in", COMMAND, now, {"project": row.id, "group": group.id}
    )


def _is_open(db: Session, entry: DemoCase) -> bool:
    return db.scalar(select(Case.id).where(Case.title == entry.triage.title)) is not None


def _open(db: Session, entry: DemoCase, now: datetime) -> str:
    """The case after its triage, its scope proposal typed but not yet sent."""
    lead = people.holder(db, entry.lead, local_day(now))
    if lead is None:
        raise LookupError(f"the demo's {entry.lead} is vacant")
    case, _ = cases.open_case(db, lead.id, entry.service, entry.triage, now, via="command")
    answers = {**entry.scope.model_dump(mode="json", exclude={"effect"}),
               **{f"effect_{key}": text for key, text in entry.scope.effect.items()},
               "submit_by": submit_by(entry, now).isoformat()}  # fmt: skip
    cases.save_scope(db, case.ref, answers, case.lock_version, Actor(Role.LEAD, lead.id, "command"), now)
    return case.ref


def submit_by(entry: DemoCase, now: datetime) -> date:
    """The day by which the case is to be submitted, counted from today."""
    return add_working_days(local_day(now), entry.days_to_prepare)
