"""The few errors that reach a person. Each says what happened and what to do; none shows a traceback.

The web maps `status` to a page or a problem document, the command line maps `exit_code`.
"""


class BjcError(Exception):
    """Something a person must know. `remedy` says what to do next."""

    status = 400
    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class Invalid(BjcError):
    """What was sent cannot be taken as it is. `fields` maps a field's name to its own message."""

    status = 422

    def __init__(self, message: str, remedy: str = "", fields: dict[str, str] | None = None) -> None:
        super().__init__(message, remedy)
        self.fields = fields or {}


class Refused(BjcError):
    """The person may not do this, or not now."""

    status = 403


class NotFound(BjcError):
    """There is no such thing."""

    status = 404
    exit_code = 3


class Conflict(BjcError):
    """Somebody else changed it, or it has moved on. Nothing was written."""

    status = 409
    exit_code = 4


class Unavailable(BjcError):
    """A part that is needed does not answer (database, mail server, Prefect)."""

    status = 503
    exit_code = 5
