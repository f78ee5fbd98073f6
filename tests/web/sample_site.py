"""A small site inside the real shell: one form, and a page for each way in which a page can fail."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, StreamingResponse

from bjc.errors import Conflict, Invalid, Unavailable
from bjc.settings import Settings
from bjc.web import forms
from bjc.web.posted import Posted
from bjc.web.render import page
from bjc.web.shell import install_shell

GOOD_LINK = "/d/" + "g" * 43
SERVICES: dict[str, Any] = {
    "sfrs": "Southern Fire and Rescue Service",
    "nfrs": ("Northern Fire and Rescue Service", "It buys"),
}
STRANDS: dict[str, Any] = {"people": "People", "data": "Digital and data", "estates": "Estates"}


class Scope(BaseModel):
    """Every widget once."""

    title: str = Field(title="Title of the case", description="As on the agenda", max_length=120)
    service: str = Field(title="Lead service", json_schema_extra={"widget": "radios", "options": SERVICES})
    total: Annotated[Decimal, Field(ge=0)] = Field(title="Total cost", json_schema_extra={"widget": "money"})
    start: date = Field(title="When should it start?", json_schema_extra={"widget": "date"})
    why: str = Field(title="Why is it needed?", json_schema_extra={"max_words": 20})
    strands: list[str] = Field(
        title="Strands it serves",
        min_length=1,
        json_schema_extra={"widget": "checkboxes", "options": STRANDS},
    )
    note: str = Field("", title="Note", json_schema_extra={"widget": "textarea"})
    sponsor: str = Field(
        "", title="Sponsor", json_schema_extra={"widget": "select", "options": {"a1": "Officer A1"}}
    )


ANSWERS = {
    "title": "Joint ICT service desk",
    "service": "sfrs",
    "total": "£12,500.50",
    "start-day": "27",
    "start-month": "3",
    "start-year": "2027",
    "why": "One desk for both services.",
    "strands": "data",
}


def make_site(settings: Settings) -> FastAPI:
    """The sample pages in the shell."""
    app = FastAPI(openapi_url=None)
    install_shell(app, settings, "Fire Alliance")

    def show(request: Request, status: int = 200, reading: forms.Reading[Scope] | None = None) -> Response:
        values, errors = (reading.values, reading.errors) if reading else ({}, {})
        return page(
            request,
            "form.html",
            status,
            title="Scope proposal",
            action="/form",
            fields=forms.fields(Scope, values, errors),
            errors=forms.error_summary(errors),
        )

    @app.get("/form")
    def form_page(request: Request) -> Response:
        return show(request)

    @app.post("/form")
    def take_form(request: Request, form: Posted) -> Response:
        reading = forms.read(Scope, form)
        return show(request, 422, reading) if reading.value is None else RedirectResponse("/recorded", 303)

    @app.get("/signed-in")
    def signed_in(request: Request) -> Response:
        request.state.person = SimpleNamespace(name="Officer <A1>")
        nav = [{"text": "Cases", "href": "/cases", "current": True}]
        return page(request, "help.html", nav=nav)

    @app.get("/d/{secret}")
    def link(secret: str) -> Response:
        return Response("a good link", 200 if f"/d/{secret}" == GOOD_LINK else 404)

    add_failures(app)
    return app


def add_failures(app: FastAPI) -> None:
    """One page for each kind of failure."""

    @app.get("/conflict")
    def conflict() -> None:
        raise Conflict("The case has moved on.", "Open it again <b>now</b>.")

    @app.get("/invalid")
    @app.get("/api/invalid")
    def invalid() -> None:
        raise Invalid("Two things are wrong.", "Correct them.", {"total_cost": "Enter a number"})

    @app.get("/down")
    def down() -> None:
        raise Unavailable("The database does not answer.", "Try again in a minute.")

    @app.get("/broken")
    @app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError("the-secret-inside")

    @app.get("/halfway")
    def halfway() -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"a beginning"
            raise RuntimeError("no end")

        return StreamingResponse(parts())

    @app.get("/numbered/{number}")
    def numbered(number: int, size: int = 1) -> dict[str, int]:
        return {"number": number, "size": size}
