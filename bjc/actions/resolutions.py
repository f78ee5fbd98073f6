"""Above a service's officer limit the Authorities decide: their clerks record what each resolved."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bjc.actions import audit, routes
from bjc.actions.actor import Actor
from bjc.db.decisions import Decision, Resolution
from bjc.db.questions import decisions, people
from bjc.db.questions.cases import lock_case
from bjc.errors import Conflict, Invalid
from bjc.rules.stages import Stage
from bjc.rules.working_days import local_day

RESOLUTIONS = ("agreed", "amended", "refused")


@dataclass(frozen=True)
class Resolved:
    """What an Authority's minutes say."""

    service: str
    resolution: str
    minute: str
    met_on: date
    text: str


def record_resolution(db: Session, ref: str, said: Resolved, actor: Actor, now: datetime) -> None:
    """Record one Authority's resolution, once. The case moves when both agreed, or one did not."""
    case = lock_case(db, ref)
    decision = decisions.latest_decision(db, case.id, "approval")
    if Stage(case.stage) is not Stage.AUTHORITIES or decision is None:
        raise Conflict(f"{case.ref} is not before the Authorities.", "Open the case to see where it stands.")
    if any(row.service == said.service for row in decisions.resolutions_of(db, decision.id)):
        raise Conflict("This Authority's resolution is already recorded.")
    _check(said, {service.key for service in people.services(db)}, decision, now)
    row = Resolution(
        case_id=case.id, decision_id=decision.id, service=said.service, resolution=said.resolution,
        minute=said.minute, met_on=said.met_on, text=said.text, recorded_by=actor.person_id, recorded_at=now,
    )  # fmt: skip
    db.add(row)
    detail = {"service": said.service, "resolution": said.resolution, "minute": said.minute}
    audit.record(db, case.ref, "resolution recorded", actor, now, detail)
    db.flush()
    routes.want(db, case.id)


def _check(said: Resolved, services: set[str], decision: Decision, now: datetime) -> None:
    first = local_day(decision.closed_at or decision.opened_at)
    tests = {
        "service": (said.service in services, "Choose whose Authority it is"),
        "resolution": (said.resolution in RESOLUTIONS, "Choose what the Authority resolved"),
        "minute": (bool(said.minute.strip()), "Enter the minute number"),
        "met_on": (
            first <= said.met_on <= local_day(now),
            "The meeting must be today or earlier, but not before the board's decision",
        ),
        "text": (bool(said.text.strip()), "Enter the resolution's words"),
    }
    fields = {name: message for name, (good, message) in tests.items() if not good}
    if fields:
        raise Invalid("The resolution is not complete yet.", "", fields)
