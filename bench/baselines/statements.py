"""The statements of the Core baseline, each made once."""

from sqlalchemy import and_, bindparam, insert, select, update

from bjc.db.tables import metadata

T = metadata.tables
CASE, VERSION, DECISION, ASSIGNMENT = T["bjc_case"], T["case_version"], T["decision"], T["assignment"]
LINK, ADVICE, DELEGATION, APPOINTMENT = T["link"], T["advice"], T["delegation"], T["appointment"]
POST, PERSON, HOLDING, HEAD = T["post"], T["person"], T["holding"], T["audit_head"]
GROUP, POLICY = T["working_group"], T["policy_version"]

WITH_ID = (
    "bjc_case",
    "case_version",
    "decision",
    "assignment",
    "advice",
    "delegation",
    "appointment",
    "outbox",
)
ADD = {name: insert(table) for name, table in T.items()} | {
    name: insert(T[name]).returning(T[name].c.id) for name in (*WITH_ID, "working_group")
}
SET = {name: update(T[name]).where(T[name].c.id == bindparam("of")) for name in WITH_ID}

COUNT = (
    update(T["counter"])
    .where(T["counter"].c.name == bindparam("of"))
    .values(value=T["counter"].c.value + 1)
    .returning(T["counter"].c.value)
)
CASE_BY_REF = select(CASE).where(CASE.c.ref == bindparam("ref")).with_for_update()
CASE_BY_ID = select(CASE).where(CASE.c.id == bindparam("id")).with_for_update()
VERSIONS = select(VERSION.c.id).where(VERSION.c.case_id == bindparam("case"))
NEWEST = (
    select(VERSION.c.id, VERSION.c.number, VERSION.c.sha256)
    .where(VERSION.c.case_id == bindparam("case"))
    .order_by(VERSION.c.number.desc())
    .limit(1)
)
CHAIN = select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.stream == bindparam("stream")).with_for_update()
MOVE_CHAIN = update(HEAD).where(HEAD.c.stream == bindparam("of"))
LINKED = select(LINK).where(LINK.c.secret_hash == bindparam("hash"))
REVOKE = update(LINK).where(
    and_(LINK.c.purpose == "decide", LINK.c.subject_id.in_(bindparam("ids", expanding=True)))
)
SEAT = (
    select(ASSIGNMENT, DECISION.c.case_id, DECISION.c.closes_at, DECISION.c.closed_at, PERSON.c.name,
           PERSON.c.email)
    .join(DECISION, DECISION.c.id == ASSIGNMENT.c.decision_id)
    .join(PERSON, PERSON.c.id == ASSIGNMENT.c.person_id)
    .where(ASSIGNMENT.c.id == bindparam("id"))
)  # fmt: skip
OPEN = select(DECISION).where(DECISION.c.case_id == bindparam("case"), DECISION.c.closed_at.is_(None))
VOTES = (
    select(ASSIGNMENT.c.id, ASSIGNMENT.c.person_id, POST.c.service, ASSIGNMENT.c.choice)
    .join(POST, POST.c.key == ASSIGNMENT.c.post)
    .where(ASSIGNMENT.c.decision_id == bindparam("decision"))
)
ASKED_ADVICE = (
    select(ADVICE.c.id, ADVICE.c.case_id, ADVICE.c.person_id, PERSON.c.name, PERSON.c.email)
    .join(PERSON, PERSON.c.id == ADVICE.c.person_id)
    .where(ADVICE.c.id == bindparam("id"))
)
DRAFT = select(DELEGATION).where(DELEGATION.c.case_id == bindparam("case"))
OFFERED = (
    select(APPOINTMENT.c.id, APPOINTMENT.c.case_id, APPOINTMENT.c.person_id, APPOINTMENT.c.seat,
           PERSON.c.name, PERSON.c.email)
    .join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
    .where(APPOINTMENT.c.id == bindparam("id"))
)  # fmt: skip
SEATS = select(APPOINTMENT.c.person_id, APPOINTMENT.c.answer).where(
    APPOINTMENT.c.case_id == bindparam("case")
)
HOLDERS = (
    select(POST.c.key, POST.c.kind, POST.c.body, PERSON.c.id, PERSON.c.name, PERSON.c.email, PERSON.c.service)
    .join(HOLDING, HOLDING.c.post == POST.c.key)
    .join(PERSON, PERSON.c.id == HOLDING.c.person_id)
    .where(HOLDING.c.until.is_(None))
    .order_by(POST.c.service, POST.c.key)
)
OF_BODY = HOLDERS.where(POST.c.body == bindparam("which"))
OF_KIND = HOLDERS.where(POST.c.kind == bindparam("which"))
OF_POST = HOLDERS.where(POST.c.key == bindparam("which"))
PERSONS = select(PERSON.c.id, PERSON.c.name, PERSON.c.email).where(
    PERSON.c.id.in_(bindparam("ids", expanding=True))
)
GROUP_NAMED = select(GROUP.c.id).where(GROUP.c.name == bindparam("name"))
NEWEST_POLICY = select(POLICY.c.version).order_by(POLICY.c.effective_from.desc()).limit(1)
ADVICE_OWED = select(T["alliance"].c.source)
