"""Turns a template of `templates/pages` into an answer, with what every page needs already in it.

Pages use Jinja2's plain Undefined: the GOV.UK macros ask for parameters that nobody gave.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bjc import resources
from bjc.web import csrf

SERVICE = "Business justification cases"


@lru_cache
def environment() -> Environment:
    """The page templates, compiled once a process; everything they print is escaped."""
    loader = ChoiceLoader(
        [
            FileSystemLoader(resources.templates() / "pages"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    made = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    made.globals.update(form_tag=_form_tag, csrf_field=_csrf_field, service_name=SERVICE)
    return made


def page(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The page `name` (such as "help.html"), filled in.

    Always there: `site`, `alliance_name`, `person` (or None), `nonce`, `static(name)`, `path`, `settings`.
    The base page reads, where given: `title`, `errors` (of `forms.error_summary`), `nav`, `back`, `notice`.
    """
    state = request.app.state
    form_token = csrf.FormToken(request)
    given = {
        "alliance_name": state.alliance_name,
        "csrf_token": form_token,
        "nonce": getattr(request.state, "nonce", ""),
        "path": request.scope["path"],
        "person": getattr(request.state, "person", None),
        "settings": state.settings,
        "site": state.settings.site,
        "static": state.assets.url,
    }
    response = HTMLResponse(environment().get_template(name).render({**given, **context}), status_code=status)
    form_token.keep(response)
    return response


@pass_context
def _csrf_field(context: Context) -> Markup:
    """The hidden field for a form that a template writes by hand."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, str(context["csrf_token"]))


@pass_context
def _form_tag(context: Context, action: str, caller: Callable[[], Markup], classes: str = "") -> Markup:
    """`{% call form_tag("/scope") %}...{% endcall %}`: a form of ours. Browsers leave the checking to us."""
    opening = Markup('<form method="post" action="{}" class="{}" novalidate>\n').format(action, classes)
    return opening + _csrf_field(context) + caller() + Markup("</form>")
