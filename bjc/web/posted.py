"""The one way a page takes a form: read, refused if it is not ours, and handed over as it was typed.

@router.post("/scope")
def save(request: Request, form: Posted) -> Response: ...
"""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from bjc.errors import Invalid
from bjc.web import csrf

MOST_FIELDS = 300


async def posted(request: Request) -> FormData:
    """The form of this request, its token checked. Raises `Refused` or `Invalid` with a page of its own."""
    async with request.form(
        max_files=0, max_fields=MOST_FIELDS, max_part_size=request.app.state.settings.max_body
    ) as form:
        csrf.require(request, form)
        return form


Posted = Annotated[FormData, Depends(posted)]


def refuse_strangers(form: FormData, known: set[str], several: set[str]) -> None:
    """Raises `Invalid` for a field the page did not ask for, one sent twice, or a file.

    `known` are the names that may come, `several` those of them that may come more than once.
    """
    items = [(name, value) for name, value in form.multi_items() if name != csrf.FIELD]
    names = [name for name, _ in items]
    if any(name not in known for name in names):
        raise _stale("It held something that this page did not ask for.")
    if any(names.count(name) > 1 for name in known - several):
        raise _stale("It held the same answer twice.")
    if not all(isinstance(value, str) for _, value in items):
        raise _stale("It held a file where text belongs.")


def _stale(reason: str) -> Invalid:
    return Invalid(
        f"This form could not be taken. {reason}",
        "Go back, reload the page and send it again. Nothing was changed.",
    )
