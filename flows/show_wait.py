"""What an operator sees of a waiting run: an artifact, one line in its log, no red line for having suspended.

Posts and references only; names stay on the case page.
"""

import logging

from prefect.artifacts import acreate_markdown_artifact

from bjc.actions.facts import Wait
from bjc.rules.working_days import spoken_deadline
from bjc.settings import get_settings


def sentence(wait: Wait) -> str:
    """One line: what the case waits for, from whom and until when."""
    until = f" until {spoken_deadline(wait.until)}" if wait.until else ""
    return f"{wait.ref} ({wait.stage}) waits for {wait.waits_for}: {', '.join(_awaited(wait))}{until}."


async def show_wait(wait: Wait) -> None:
    """Put the case's page of artifacts up to date; its key is the case's reference."""
    link = f"[Open {wait.ref}]({get_settings().site}/cases/{wait.ref})"
    posts = "\n".join(f"- {post}" for post in _awaited(wait))
    until = f"Until **{spoken_deadline(wait.until)}**." if wait.until else "No date is set."
    parts = (f"## {wait.ref}: {wait.stage}", f"Waits for **{wait.waits_for}** from", posts, until, link)
    await acreate_markdown_artifact(
        "\n\n".join(parts), key=f"case-{wait.ref.lower()}", description=sentence(wait)
    )


def _awaited(wait: Wait) -> tuple[str, ...]:
    """The body while a body decides: which of its posts has answered is not for this page."""
    return (wait.body,) if wait.body else wait.posts


def hush_suspensions() -> None:
    """Drop the ERROR line with which Prefect reports every suspended leg."""
    log = logging.getLogger("prefect.flow_runs")
    if _not_a_suspension not in log.filters:
        log.addFilter(_not_a_suspension)


def _not_a_suspension(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Finished in state Suspended(")
