"""Letter + link -> subject, text, HTML and the message to send. Templates are compiled once a process.

A name that a template uses and nobody gave is an error, not an empty space: that mail is parked.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import lru_cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from bjc import resources
from bjc.settings import Settings
from notifications import envelope
from notifications.contexts import variables
from notifications.letters import Address, Letter

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Rendered:
    """A mail as it will be read, and as it will be sent. `text` still holds the link: see `without_link`."""

    subject: str
    text: str
    html: str
    message: EmailMessage


def render(letter: Letter, address: Address, settings: Settings, now: datetime) -> Rendered:
    """The mail of this letter. Raises jinja2's and LookupErrors where something it needs is missing."""
    given = variables(letter, address, envelope.office(settings))
    subject = _line(_template(letter, "subject.txt").render(given))
    text = _BLANK_LINES.sub("\n\n", _template(letter, "body.txt").render(given)).strip() + "\n"
    html = _inliner().inline(_template(letter, "body.html").render(given))
    return Rendered(subject, text, html, envelope.seal(letter, subject, text, html, settings, now))


def without_link(text: str, url: str, code: str = "") -> str:
    """The text for the record: nobody who reads it later can act with it."""
    kept = text.replace(url, "[link removed]").replace(url.rpartition("/")[2], "[link removed]")
    return kept.replace(code, "[code removed]") if code else kept


@lru_cache
def environment() -> Environment:
    """The mail templates: HTML is escaped, text is not, and nothing undefined passes."""
    loader = FileSystemLoader(resources.templates() / "emails")
    return Environment(
        loader=loader,
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _template(letter: Letter, part: str) -> Template:
    return environment().get_template(f"{letter.notice.value}/{part}")


@lru_cache
def _inliner() -> css_inline.CSSInliner:
    """Mail programs ignore style sheets; those for narrow and dark screens are kept beside (`@media`)."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _line(subject: str) -> str:
    return " ".join(subject.split())
