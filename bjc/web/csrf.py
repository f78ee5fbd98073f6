"""The value a form carries so that only our own pages can send it (a synchroniser token).

It is an HMAC over who the browser is known as: a session, an assignment, or, before sign-in, a random cookie.
A fresh salt each time keeps it different on every page, so that compression by a proxy gives nothing away.
"""

import hmac
import secrets
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bjc.errors import Refused

FIELD = "_csrf"
_SALT = 11  # characters of token_urlsafe(8)


def token(identity: str, key: bytes) -> str:
    """A value that only `check` with the same `identity` and `key` accepts. Differs on each call."""
    salt = secrets.token_urlsafe(8)
    return salt + _mac(salt, identity, key)


def check(identity: str, sent: str, key: bytes) -> bool:
    """True if `sent` was made by `token` for this identity. Takes the same time whatever is sent."""
    expected = _mac(sent[:_SALT], identity, key)
    return hmac.compare_digest(expected.encode(), sent[_SALT:].encode("utf-8", "replace"))


def _mac(salt: str, identity: str, key: bytes) -> str:
    return hmac.new(key, f"bjc csrf 1|{salt}|{identity}".encode("utf-8", "replace"), sha256).hexdigest()


def identity_of(request: Request) -> str:
    """Who this browser is to a form: `request.state.identity` where a page set it, else the form cookie.

    Empty where there is neither: such a browser has never been shown a form.
    """
    given = getattr(request.state, "identity", "")
    if given:
        return f"known:{given}"
    cookie = request.cookies.get(cookie_name(request), "")
    return f"form:{cookie}" if cookie else ""


def cookie_name(request: Request) -> str:
    """`__Host-` binds the cookie to this very host; browsers only take that over https."""
    return "__Host-bjc-form" if request.app.state.settings.secure else "bjc-form"


def require(request: Request, form: FormData) -> None:
    """Raises `Refused` unless the form came from a page that we showed to this browser."""
    sent = form.get(FIELD, "")
    identity = identity_of(request)
    if not identity or not isinstance(sent, str) or not check(identity, sent, request.app.state.csrf_key):
        raise Refused(
            "This form was not sent, because we cannot be sure that it came from you.",
            "Go back, reload the page and send it again. If it happens again, check that your browser "
            "accepts cookies from this site. Nothing was changed.",
        )


class FormToken:
    """The value for the forms of one page; makes the form cookie only if the page really shows a form."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._identity = identity_of(request)
        self._new_cookie = ""

    def __str__(self) -> str:
        if not self._identity:
            self._new_cookie = secrets.token_urlsafe(16)
            self._identity = f"form:{self._new_cookie}"
        return token(self._identity, self._request.app.state.csrf_key)

    def keep(self, response: Response) -> None:
        """Sets the cookie that the forms of this page rely on, where it is new."""
        if self._new_cookie:
            secure = self._request.app.state.settings.secure
            name = cookie_name(self._request)
            response.set_cookie(
                name, self._new_cookie, path="/", secure=secure, httponly=True, samesite="lax"
            )
