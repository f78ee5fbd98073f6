"""What an operator sees of a run: an artifact, one line in its log, no red line for having suspended.

Bodies, posts and references only; names stay on the case page.
"""

import logging

from prefect.artifacts import acreate_markdown_artifact

from bjc.actions.monitor import Standing
from bjc.rules.working_days import spoken_date, spoken_deadline
from bjc.settings import get_settings


def sentence(case: Standing) -> str:
    """One line: where the case stands, what it waits for, from whom and until when."""
    if not case.awaited:
        return f"{case.ref} is {case.stage}; nothing is waited for."
    return f"{case.ref} ({case.stage}) waits for {case.waits_for}: {', '.join(case.awaited)}{_until(case)}."


def key(ref: str) -> str:
    """The key under which the artifacts of a case stand together."""
    return f"case-{ref.lower()}"


def page(case: Standing) -> str:
    """The artifact's text, in Markdown."""
    link = f"[Open {case.ref}]({get_settings().site}/cases/{case.ref})"
    head = f"## {case.ref}: {case.stage}"
    if not case.awaited:
        return "\n\n".join((head, "Nothing is waited for.", link))
    posts = "\n".join(f"- {post}" for post in case.awaited)
    when = _until(case).strip(", ").capitalize() or "No date is set"
    return "\n\n".join((head, f"Waits for **{case.waits_for}** from", posts, f"{when}.", link))


async def show(case: Standing) -> None:
    """Put the case's page of artifacts up to date, within its run."""
    await acreate_markdown_artifact(page(case), key=key(case.ref), description=sentence(case))


def _until(case: Standing) -> str:
    if case.until is None:
        return ""
    if case.again:
        return f", asked about again on {spoken_date(case.until)}"
    return f" until {spoken_deadline(case.until)}"


def hush_suspensions() -> None:
    """Drop the ERROR line with which Prefect reports every suspended leg."""
    log = logging.getLogger("prefect.flow_runs")
    if _not_a_suspension not in log.filters:
        log.addFilter(_not_a_suspension)


def _not_a_suspension(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Finished in state Suspended(")
