"""The local mail catcher: a real SMTP server that takes every mail and delivers none, with pages to read them."""

import asyncio
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from bjc.clock import utcnow
from bjc.errors import BjcError
from bjc.settings import Settings
from notifications.catcher_pages import pages
from notifications.mailbox import Mailbox

LARGEST_MESSAGE = 20 * 1024 * 1024
START_WITHIN = 20.0


class Catcher:
    """Both servers on one event loop. As a context manager it runs in a thread, on free ports where these are 0."""

    def __init__(
        self, settings: Settings, smtp_port: int | None = None, pages_port: int | None = None
    ) -> None:
        self.mailbox = Mailbox()
        wanted = settings.catcher_port if smtp_port is None else smtp_port
        self._smtp = _bound(settings.host, wanted, "BJC_CATCHER_PORT")
        try:
            wanted = settings.catcher_pages_port if pages_port is None else pages_port
            self._pages = _bound(settings.host, wanted, "BJC_CATCHER_PAGES_PORT")
        except BjcError:
            self._smtp.close()
            raise
        self.smtp_port: int = self._smtp.getsockname()[1]
        self.pages_port: int = self._pages.getsockname()[1]
        app = pages(self.mailbox, settings)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", server_header=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.serve, name="catcher", daemon=True)

    def serve(self) -> None:
        """Serve until told to stop (a signal in the main thread, or leaving the context)."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        smtp = await loop.create_server(self._receiver, sock=self._smtp)
        try:
            await self._server.serve(sockets=[self._pages])
        finally:
            smtp.close()
            await smtp.wait_closed()

    def _receiver(self) -> SMTP:
        return SMTP(
            _Receiver(self.mailbox), hostname="catcher", ident="bjc catcher", data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True, loop=asyncio.get_running_loop(),
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(START_WITHIN / 0.02)):
            if self._server.started:
                return self
            waited.wait(0.02)
        raise BjcError("The mail catcher did not start.", "Look at the lines above for the reason.")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(START_WITHIN)


class _Receiver:
    """What aiosmtpd calls when a message is complete."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Take the message, whoever it is for."""
        raw = envelope.original_content or b""
        self.mailbox.put(utcnow(), envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        return "250 Caught, not delivered"


def run_catcher(settings: Settings) -> None:
    """Serve until interrupted. Raises BjcError when a port is taken."""
    with suppress(KeyboardInterrupt):
        Catcher(settings).serve()


def _bound(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket; the error names the setting that moves it elsewhere."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as taken:
        listener.close()
        raise BjcError(
            f"The mail catcher cannot use {host}:{port}: {taken.strerror}.",
            f"Stop what uses it, or set {setting} to a free port.",
        ) from taken
    return listener
