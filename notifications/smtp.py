"""Sends by SMTP over one connection a batch, and tells a refusal for good from trouble for now.

A connection that breaks after the message was handed over and before the answer (RFC 5321 section 6.1)
counts as trouble for now: the mail goes again, with the same Message-ID. Silence would be worse.
"""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

TIMEOUT = 20.0
IMPLICIT_TLS = 465


class TransportFailed(Exception):
    """The message was not taken. `permanent`: it never will be, so a person must look at it."""

    def __init__(self, message: str, permanent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


@dataclass
class Smtp:
    """A mail server. `name` is how we introduce ourselves; asking DNS for it could take seconds."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    name: str = "localhost"
    timeout: float = TIMEOUT
    _client: smtplib.SMTP | None = field(default=None, init=False, repr=False)

    def send(self, message: EmailMessage) -> None:
        """Hand one message over. Raises TransportFailed."""
        try:
            self._ready().send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            raise _refused(refused) from refused
        except smtplib.SMTPDataError as refused:
            self._drop()
            raise TransportFailed(_answer(refused), permanent=_is_final(refused.smtp_code)) from refused
        except smtplib.SMTPResponseException as trouble:
            self._drop()
            raise TransportFailed(_answer(trouble), permanent=False) from trouble
        except (smtplib.SMTPException, OSError) as trouble:
            self._drop()
            raise TransportFailed(self._says(trouble), permanent=False) from trouble

    def close(self) -> None:
        """Say goodbye, if anybody is still listening."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()

    def _ready(self) -> smtplib.SMTP:
        """The open connection if it still answers, else a new one."""
        if self._client is not None and not self._answers(self._client):
            self._drop()
        if self._client is None:
            self._client = self._connected()
        return self._client

    def _answers(self, client: smtplib.SMTP) -> bool:
        try:
            return client.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connected(self) -> smtplib.SMTP:
        is_tls = self.port == IMPLICIT_TLS
        if is_tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, self.name, timeout=self.timeout, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(self.host, self.port, self.name, timeout=self.timeout)
        try:
            if self.starttls and not is_tls:
                client.starttls(context=ssl.create_default_context())
            if self.user:
                client.login(self.user, self.password)
        except (smtplib.SMTPException, OSError):
            client.close()
            raise
        return client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _says(self, trouble: Exception) -> str:
        return f"the mail server at {self.host}:{self.port} could not be used: {trouble or type(trouble).__name__}"


def _refused(refused: smtplib.SMTPRecipientsRefused) -> TransportFailed:
    """There is one recipient a message; the answer is about that address."""
    address, (code, said) = next(iter(refused.recipients.items()))
    text = f"the mail server refused {address}: {code} {said.decode(errors='replace')}"
    return TransportFailed(text, permanent=_is_final(code))


def _answer(answer: smtplib.SMTPResponseException) -> str:
    said = answer.smtp_error
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"the mail server answered {answer.smtp_code} {text}"


def _is_final(code: int) -> bool:
    """5xx about the recipient or the message; about the server or the login nothing is final."""
    return 500 <= code < 600
