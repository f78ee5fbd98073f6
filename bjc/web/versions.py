"""A frozen version as a page: exactly what people decided on, with its SHA-256."""

from typing import Any

from fastapi import APIRouter, Request, Response

from bjc.db.people import Person
from bjc.db.questions.cases import case_by_ref
from bjc.db.questions.cases import versions as versions_of
from bjc.errors import NotFound
from bjc.rules.access import Act
from bjc.rules.working_days import spoken_deadline
from bjc.web.case_parts import body_rows
from bjc.web.deps import Db, Me, Now, require, standing
from bjc.web.nav import nav
from bjc.web.render import page
from bjc.web.words import VERSIONS, short_hash

router = APIRouter(include_in_schema=False)


@router.get("/cases/{ref}/versions/{number}")
def version(request: Request, ref: str, number: int, me: Me, database: Db, now: Now) -> Response:
    """One version, field by field."""
    with database.reading() as db:
        case = case_by_ref(db, ref)
        roles = standing(db, me, now, case)
        require(Act.SEE_CASES, roles)
        rows = {row.number: row for row in versions_of(db, case.id)}
        if number not in rows:
            raise NotFound(f"{case.ref} has no version {number}.", "Open the case to see which there are.")
        row = rows[number]
        newest = max(n for n, one in rows.items() if one.kind == row.kind)
        given: dict[str, Any] = {
            "title": f"{VERSIONS.get(row.kind, row.kind)}, version {number}", "caption": f"{case.ref} {case.title}",
            "rows": [(label, said) for _, label, said in body_rows(db, row)], "newest": newest, "number": number,
            "about": [
                ("Frozen", spoken_deadline(row.frozen_at)), ("By", db.get_one(Person, row.frozen_by).name),
                ("Fingerprint (SHA-256)", short_hash(row.sha256)),
            ],
            "sha256": row.sha256, "back": f"/cases/{case.ref}", "ref": case.ref,
        }  # fmt: skip
    return page(request, "version.html", nav=nav(roles, request.url.path), **given)
