"""The list of cases: by stage in the address, so that a view can be sent to somebody; 25 a page."""

from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from bjc.db.questions.lists import Listed, cases_by_stage, cases_on_page
from bjc.rules.access import Act
from bjc.web.deps import Db, Me, Now, require, standing
from bjc.web.nav import nav
from bjc.web.render import page
from bjc.web.waits import waiting
from bjc.web.words import STAGES, pounds, slug, stage_of, stage_tag

router = APIRouter(include_in_schema=False)
SIZE = 25


@router.get("/cases")
def case_list(request: Request, me: Me, database: Db, now: Now) -> Response:
    """Cases, newest first."""
    asked = request.query_params.get("stage", "")
    stage = stage_of(asked)
    with database.reading() as db:
        roles = standing(db, me, now)
        require(Act.SEE_CASES, roles)
        counts = cases_by_stage(db)
        total = counts.get(stage.value, 0) if stage else sum(counts.values())
        pages = max(1, ceil(total / SIZE))
        number = _number(request.query_params.get("page", ""), pages)
        rows = [_row(db, row, now) for row in cases_on_page(db, [stage.value] if stage else (), number, SIZE)]
    notice = f"There is no stage “{asked}”. All cases are shown." if asked and not stage else None
    return page(
        request, "cases.html", title="Cases", nav=nav(roles, request.url.path), notice=notice, rows=rows, total=total,
        stage=asked if stage else "", stage_words=stage_tag(stage)[0] if stage else "", options=_options(counts),
        pagination=_pagination(asked if stage else "", number, pages), first=(number - 1) * SIZE + 1,
    )  # fmt: skip


def _row(db: Session, row: Listed, now: datetime) -> dict[str, Any]:
    case, waits = row.case, waiting(db, row.case, now)[0]
    about = (case.ref, row.service.short_name, pounds(case.amount), f"led by {row.lead.name}")
    return {
        "title": case.title, "href": f"/cases/{case.ref}", "tag": stage_tag(case.stage),
        "about": " · ".join(part for part in about if part),
        "waits": f"Waiting for {waits.who}{', ' + waits.until if waits.until else ''}" if waits else "",
    }  # fmt: skip


def _options(counts: dict[str, int]) -> list[dict[str, str]]:
    """The choices of the filter: only stages that have cases, with how many."""
    there = [stage for stage in STAGES if counts.get(stage.value)]
    some = [
        {"value": slug(stage), "text": f"{stage_tag(stage)[0]} ({counts[stage.value]})"} for stage in there
    ]
    return [{"value": "", "text": f"All stages ({sum(counts.values())})"}, *some]


def _number(text: str, pages: int) -> int:
    """The page asked for, within what there is."""
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(asked, 1), pages)


def _pagination(stage: str, number: int, pages: int) -> dict[str, Any] | None:
    if pages == 1:
        return None
    near = {1, number - 1, number, number + 1, pages}
    items: list[dict[str, Any]] = []
    for one in (n for n in range(1, pages + 1) if n in near):
        if items and one - int(items[-1]["number"]) > 1:
            items.append({"ellipsis": True, "number": one})
        items.append({"number": one, "href": _address(stage, one), "current": one == number})
    ends = {"previous": number - 1 if number > 1 else 0, "next": number + 1 if number < pages else 0}
    return {"items": items, **{end: {"href": _address(stage, one)} for end, one in ends.items() if one}}


def _address(stage: str, number: int) -> str:
    return "/cases?" + urlencode({key: value for key, value in (("stage", stage), ("page", number)) if value})
