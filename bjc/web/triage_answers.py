"""The triage answers of a case that is not opened yet, carried in a signed cookie of their own.

Each triage has a name of its own in its address, and its cookie is sent only there: two tabs never mix, the
Back button finds every answer, and an answer edited by hand is refused.
"""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, Field, create_model

from bjc.errors import Invalid
from bjc.rules.triage import TriageAnswers
from bjc.web.questions import Question, ask

COOKIE = "bjc-triage"
NAME = r"^[A-Za-z0-9_-]{16}$"
HOURS = 12
SERVICE = "service"
Answers = dict[str, str]


class ServiceAnswer(BaseModel):
    """Asked only of somebody who belongs to no service."""

    model_config = ConfigDict(extra="forbid")
    service: str = Field(
        title="Which service leads the case?",
        description="The project lead works for it. Both services decide on every case.",
        json_schema_extra={"widget": "radios", "error": "Select the service that leads the case"},
    )


def new_name() -> str:
    """The name of a new triage, in its address and its cookie."""
    return secrets.token_urlsafe(12)


def steps(asks_service: bool) -> tuple[str, ...]:
    """The questions in order, by the name of their field."""
    return (*TriageAnswers.model_fields, SERVICE) if asks_service else tuple(TriageAnswers.model_fields)


@cache
def step_model(step: str) -> type[BaseModel]:
    """One question as a form of its own."""
    if step == SERVICE:
        return ServiceAnswer
    field = TriageAnswers.model_fields[step]
    fields: dict[str, Any] = {step: (field.annotation, field)}
    return create_model(f"Triage_{step}", __config__=ConfigDict(extra="forbid"), **fields)


def question(step: str) -> Question:
    """The question of a step."""
    return ask(step_model(step))[0]


def open_answers(request: Request, person_id: int, name: str) -> Answers:
    """The answers given so far. Raises `Invalid` for a cookie that is not as we wrote it."""
    kept = request.cookies.get(COOKIE)
    if not kept:
        return {}
    try:
        found = _signer(request, person_id, name).loads(kept)
    except BadSignature:
        raise Invalid(
            "Your answers cannot be read: they were changed outside this service, or belong to somebody else.",
            "Go to ‘Start a new case’ and answer the questions again. Nothing was opened.",
        ) from None
    return dict(found)


def keep_answers(
    request: Request, response: Response, person_id: int, name: str, answers: Mapping[str, str]
) -> None:
    """Write the cookie anew."""
    response.set_cookie(
        COOKIE, str(_signer(request, person_id, name).dumps(dict(answers))), path=_path(name),
        max_age=HOURS * 3600, secure=request.app.state.settings.secure, httponly=True, samesite="lax",
    )  # fmt: skip


def forget_answers(response: Response, name: str) -> None:
    """The case is opened: the answers are with it now."""
    response.delete_cookie(COOKIE, path=_path(name), httponly=True, samesite="lax")


def _path(name: str) -> str:
    return f"/cases/new/{name}"


def _signer(request: Request, person_id: int, name: str) -> URLSafeSerializer:
    return URLSafeSerializer(request.app.state.csrf_key, salt=f"bjc triage 1|{person_id}|{name}")
