"""`bjc lifecycle`: the table of stages, as the engine reads it."""

from collections.abc import Iterator
from typing import Annotated

import typer


def lifecycle(
    as_markdown: Annotated[bool, typer.Option("--markdown", help="A table, as the README has it.")] = False,
    as_mermaid: Annotated[bool, typer.Option("--mermaid", help="A diagram for Mermaid.")] = False,
) -> None:
    """Print the lifecycle: what follows which stage, by whom, provided what, and who is then told.

    Example: bjc lifecycle --markdown
    """
    from bjc.rules.lifecycle import markdown

    if as_markdown and as_mermaid:
        raise typer.BadParameter("Choose --markdown or --mermaid.")
    print("\n".join(_mermaid()) if as_mermaid else markdown())


def _mermaid() -> Iterator[str]:
    """A state diagram: a box a stage, an arrow a row."""
    from bjc.rules.lifecycle import FINAL, LIFECYCLE
    from bjc.rules.stages import Stage

    yield "stateDiagram-v2"
    yield from (f'    state "{stage.value}" as {stage.name}' for stage in Stage)
    yield f"    [*] --> {Stage.NEW.name}"
    for row in LIFECYCLE:
        yield f"    {row.start.name} --> {row.end.name}: {row.event.value} ({row.by.value})"
    yield from (f"    {stage.name} --> [*]" for stage in Stage if stage in FINAL)
