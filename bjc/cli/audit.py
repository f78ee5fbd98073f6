"""`bjc audit`: check the hash chains, here or in an exported file, and export them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bjc.cli.installed import Json, installed, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bjc.db.audit import AuditEntry, AuditHead

app = typer.Typer(help="Verify the audit's hash chains, or export them.", no_args_is_help=True)


@app.command("verify")
def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported audit, instead of the database.")] = None,
    as_json: Json = False,
) -> None:
    """Check every chain; exit 1 and name each fault where something was changed, removed or added.

    A file is checked without any database; whether its end was cut off shows only in the database.

    Example: bjc audit verify
    """
    from bjc.db.questions import audit as questions

    if file is not None:
        found = _judged(_read(file), None)
    else:
        with installed() as database, database.reading() as db:
            found = _judged(questions.entries(db), questions.heads(db))
    counted = f"entries: {found['entries']}, streams: {found['streams']}"
    lines = found["faults"] or [f"The audit is sound ({counted})."]
    show(found, lines if found["sound"] else [*lines, f"The audit is not sound ({counted})."], as_json)
    raise typer.Exit(0 if found["sound"] else 1)


@app.command("export")
def export(
    stream: Annotated[str, typer.Option(help="Only this stream: a case's reference, or alliance.")] = "",
    out: Annotated[Path | None, typer.Option(help="A file to write; stdout without it.")] = None,
) -> None:
    """Write every entry as a line of JSON, in the order of the chains.

    An entry's `hash` is the SHA-256 of the canonical JSON (RFC 8785) of all its other fields.

    Example: bjc audit export --out audit.jsonl
    """
    import json
    import sys
    from contextlib import nullcontext

    from bjc.db.questions import audit as questions
    from bjc.errors import NotFound

    count = 0
    with installed() as database, database.reading() as db:
        target = out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout)
        with target as file:
            for count, entry in enumerate(questions.entries(db, stream), start=1):  # noqa: B007
                file.write(json.dumps(_document(entry), ensure_ascii=False) + "\n")
    if stream and not count:
        raise NotFound(f"There is no stream {stream!r}.", "A stream is a case's reference, or alliance.")
    if out:
        print(f"Wrote {count} entries to {out}.", file=sys.stderr)


def _judged(entries: "Iterable[AuditEntry]", heads: "dict[str, AuditHead] | None") -> dict[str, Any]:
    """The verdict with its figures, read as a stream."""
    from bjc.actions import audit
    from bjc.db.audit import AuditHead

    seen: dict[str, AuditHead] = {}
    count = 0

    def counted() -> "Iterator[AuditEntry]":
        nonlocal count
        for entry in entries:
            count += 1
            seen[entry.stream] = AuditHead(stream=entry.stream, seq=entry.seq, hash=entry.hash)
            yield entry

    faults = audit.problems(counted(), seen if heads is None else heads)
    return {"sound": not faults, "streams": len(seen), "entries": count, "faults": faults}


def _document(entry: "AuditEntry") -> dict[str, Any]:
    return {
        "stream": entry.stream, "seq": entry.seq, "at": entry.at.isoformat(timespec="microseconds"),
        "event": entry.event, "actor": entry.actor, "detail": entry.detail, "prev": entry.prev,
        "hash": entry.hash,
    }  # fmt: skip


def _read(file: Path) -> "Iterator[AuditEntry]":
    import json
    from datetime import datetime

    from bjc.db.audit import AuditEntry
    from bjc.errors import Invalid, NotFound

    if not file.is_file():
        raise NotFound(f"{file} does not exist.", "Give a file that `bjc audit export` wrote.")
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                given = json.loads(line)
                yield AuditEntry(**{**given, "at": datetime.fromisoformat(given["at"])})
            except (ValueError, TypeError, KeyError) as error:
                message = f"{file}, line {number}: this is no entry of an audit."
                raise Invalid(message, "Give a file that `bjc audit export` wrote.") from error
