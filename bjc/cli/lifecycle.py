"""`bjc lifecycle`: the table of stages, as the engine reads it."""

from typing import Annotated

import typer


def lifecycle(
    as_markdown: Annotated[bool, typer.Option("--markdown", help="A table, as the README has it.")] = False,
    as_mermaid: Annotated[bool, typer.Option("--mermaid", help="A diagram for Mermaid.")] = False,
) -> None:
    """Print the lifecycle: what follows which stage, by whom, provided what, and who is then told.

    Example: bjc lifecycle --markdown
    """
    from bjc.rules.lifecycle import markdown, mermaid

    if as_markdown and as_mermaid:
        raise typer.BadParameter("Choose --markdown or --mermaid.")
    print(mermaid() if as_mermaid else markdown())
