"""`bjc outbox`: which mails wait or were parked, and sending a parked one again."""

from typing import Annotated

import typer

from bjc.cli.installed import Json, console, installed, show

app = typer.Typer(help="List mails that wait or were parked, and send one again.", no_args_is_help=True)


@app.command("list")
def list_mails(
    parked: Annotated[bool, typer.Option("--parked", help="Only what was parked.")] = False,
    as_json: Json = False,
) -> None:
    """List mails that have not been sent, oldest first.

    Example: bjc outbox list --parked
    """
    from bjc.db.questions.outbox import mails_not_sent

    with installed() as database, database.reading() as db:
        found = [
            {"id": row.mail.id, "status": row.mail.status, "kind": row.mail.kind, "to": row.person.email,
             "case": row.case.ref if row.case else None, "queued": row.mail.queued_at, "tries": row.mail.attempts,
             "problem": row.mail.problem}
            for row in mails_not_sent(db)
            if not parked or row.mail.status == "parked"
        ]  # fmt: skip
    if as_json or not found:
        show(found, ["No mail is parked." if parked else "No mail is waiting."], as_json)
        return
    from rich import box
    from rich.table import Table

    table = Table("Id", "Status", "Kind", "To", "Case", "Problem", box=box.SIMPLE)
    for one in found:
        cells = (one["id"], one["status"], one["kind"], one["to"], one["case"] or "", one["problem"])
        table.add_row(*(str(cell) for cell in cells))
    console().print(table)


@app.command("release")
def release(
    number: Annotated[int, typer.Argument(metavar="ID", help="The mail's id.")], as_json: Json = False
) -> None:
    """Send a parked mail again, with a fresh link. Mend first what kept it from being delivered.

    Example: bjc outbox release 42
    """
    from bjc.actions import outbox
    from bjc.actions.alliance import COMMAND
    from bjc.clock import utcnow
    from bjc.db.questions.outbox import mail_by_id
    from bjc.errors import NotFound

    with installed() as database, database.writing() as db:
        if mail_by_id(db, number) is None:
            raise NotFound(f"There is no mail {number}.", "List them: bjc outbox list")
        outbox.release(db, number, COMMAND, utcnow())
    show({"released": number}, [f"Mail {number} is queued again."], as_json)
