"""The one way to set a cookie: for this host alone, unreadable to scripts, kept back from other sites' posts.

`__Host-` and `Secure` come wherever the site is served over https; plain http is for development only.
"""

from starlette.requests import Request
from starlette.responses import Response


def name(request: Request, word: str) -> str:
    """What the browser calls our cookie `word`."""
    return f"__Host-bjc-{word}" if request.app.state.settings.secure else f"bjc-{word}"


def read(request: Request, word: str) -> str:
    """The cookie's value; empty where there is none."""
    return request.cookies.get(name(request, word), "")


def put(request: Request, response: Response, word: str, value: str, seconds: int) -> None:
    """Set the cookie for so many seconds."""
    secure = request.app.state.settings.secure
    response.set_cookie(
        name(request, word), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )


def drop(request: Request, response: Response, word: str) -> None:
    """Take the cookie back."""
    secure = request.app.state.settings.secure
    response.delete_cookie(name(request, word), path="/", secure=secure, httponly=True, samesite="lax")
