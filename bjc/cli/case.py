"""`bjc case`: which cases there are, where one stands and who is waited for, and what happened to it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bjc.cli.installed import Json, console, installed, show

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bjc.db.cases import Case

app = typer.Typer(help="List cases, show one, or what happened to it.", no_args_is_help=True)
Ref = Annotated[str, typer.Argument(help="The case's reference, like BJC-2026-014.")]


@app.command("list")
def list_cases(
    stage: Annotated[str, typer.Option(help="Only cases in this stage, such as drafting.")] = "",
    as_json: Json = False,
) -> None:
    """List cases, newest first, and who each waits for.

    Example: bjc case list --stage decision
    """
    from bjc.clock import utcnow
    from bjc.db.questions.cases import all_cases

    wanted, now = _stage(stage), utcnow()
    with installed() as database, database.reading() as db:
        rows = [_summary(db, case, lead.name, now) for case, lead in all_cases(db, wanted)]
    if as_json or not rows:
        show(rows, ["There is no case in this stage." if wanted else "There is no case yet."], as_json)
    else:
        _table(rows)


@app.command("show")
def show_case(ref: Ref, as_json: Json = False) -> None:
    """Show where a case stands, who is waited for until when, and what was decided.

    Example: bjc case show BJC-2026-014
    """
    from bjc.cli.case_document import document, lines
    from bjc.clock import utcnow
    from bjc.db.questions.cases import case_by_ref
    from bjc.settings import get_settings

    with installed() as database, database.reading() as db:
        found = document(db, case_by_ref(db, ref), utcnow(), get_settings().site)
    show(found, lines(found), as_json)


@app.command("timeline")
def timeline(ref: Ref, as_json: Json = False) -> None:
    """Show what happened to a case, oldest first, in plain English.

    What members said is told once their decision has closed.

    Example: bjc case timeline BJC-2026-014
    """
    from bjc.db.questions.cases import case_by_ref
    from bjc.web.case_history import happened

    with installed() as database, database.reading() as db:
        told = happened(db, case_by_ref(db, ref), see_votes=True, is_office=False)
    entries = [{"at": one["iso"], "what": one["title"]} for one in reversed(told)]
    show(entries, [f"{one['when']}  {one['title']}" for one in reversed(told)], as_json)


def _stage(text: str) -> list[str]:
    """The stages named; a stage that does not exist is a usage error that lists those that do."""
    from bjc.rules.stages import Stage

    names = {stage.value.casefold().replace(" ", "-"): stage.value for stage in Stage}
    asked = text.strip().casefold().replace(" ", "-")
    if asked and asked not in names:
        raise typer.BadParameter(f"There is no stage {text!r}. There are: {', '.join(names)}.")
    return [names[asked]] if asked else []


def _summary(db: "Session", case: "Case", lead: str, now: "datetime") -> dict[str, Any]:
    from bjc.web.waits import waiting

    waits, _ = waiting(db, case, now)
    return {
        "ref": case.ref, "title": case.title, "stage": case.stage, "since": case.stage_since,
        "service": case.service, "amount": case.amount, "lead": lead,
        "waits_for": waits.who if waits else "", "until": waits.until if waits else "",
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.table import Table

    from bjc.web.words import pounds

    table = Table("Case", "Stage", "Amount", "Title", "Waits for", box=box.SIMPLE)
    for row in rows:
        waits = " ".join(part for part in (row["waits_for"], row["until"]) if part)
        table.add_row(row["ref"], row["stage"], pounds(row["amount"]), row["title"], waits)
    console().print(table)
