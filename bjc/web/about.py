"""The four pages that every page's foot leads to."""

from fastapi import APIRouter, Request, Response

from bjc.web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/help")
def help_page(request: Request) -> Response:
    """How to get help."""
    return page(request, "help.html")


@router.get("/accessibility")
def accessibility(request: Request) -> Response:
    """The accessibility statement."""
    return page(request, "accessibility.html")


@router.get("/privacy")
def privacy(request: Request) -> Response:
    """The privacy notice."""
    return page(request, "privacy.html")


@router.get("/cookies")
def cookies(request: Request) -> Response:
    """Which cookies there are, and why there is nothing to consent to."""
    return page(request, "cookies.html")
