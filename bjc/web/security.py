"""What every answer carries, and which posts are let in at all (trust.md section 2).

Pure ASGI: these stand in front of every request, so they cost microseconds.
"""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bjc.web.errors import PageError, respond

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; "
    "font-src 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
TRANSPORT = "max-age=31536000; includeSubDomains"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SAFE = ("GET", "HEAD", "OPTIONS")


class SecurityHeaders:
    """Adds the headers to every answer, and puts a fresh nonce at `request.state.nonce`.

    Only the content policy and the caching rule may be set by the page itself (a download, a style sheet).
    """

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.always = {**ALWAYS, "strict-transport-security": TRANSPORT} if secure else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)  # 128 bits
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.always)
                headers.setdefault("content-security-policy", POLICY.format(nonce=nonce))
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class HeadAsGet:
    """Answers HEAD like GET without its body: mail scanners ask so, and a page need not know."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)


class OwnFormsOnly:
    """Lets a post in only if it is a form and no other site sent it; the form's token is checked later."""

    def __init__(self, app: ASGIApp, site: str) -> None:
        self.app = app
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(site))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            error = self._objection(Headers(scope=scope), scope["path"])
            if error:
                await respond(Request(scope), error)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _objection(self, headers: Headers, path: str) -> PageError | None:
        if self._is_foreign(headers):
            remedy = "Open this service in your browser and send the form from there. Nothing was changed."
            return PageError(403, "This form was sent from another website.", remedy)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in FORMS and not path.startswith("/api/"):
            remedy = "Use the form on the page. Nothing was changed."
            return PageError(415, "This page takes what a form sends, and nothing else.", remedy)
        return None

    def _is_foreign(self, headers: Headers) -> bool:
        """Judged by Sec-Fetch-Site where the browser sends it, else by Origin.

        Our `no-referrer` makes browsers send `Origin: null` with our own forms too, so null proves nothing:
        then, and where neither header is there, the token in the form decides alone.
        """
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        return headers.get("origin", "null") not in ("null", self.origin)
