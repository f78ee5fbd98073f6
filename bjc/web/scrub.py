"""Keeps secrets out of every log: those that stand in addresses, and those that a failing page had in its hands."""

import logging
import re

import structlog

SECRET_PATHS = ("/d/", "/s/")  # what follows is a link's secret: decisions and other tasks, sign-in
_SECRET = re.compile(r"^(/(?:d|s)/)[^/?#]+")
_LONG = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32,}")


def scrub(path: str) -> str:
    """`path` with the secret of a link, and whatever else looks like one, as `…`."""
    return _LONG.sub("…", _SECRET.sub(r"\1…", path))


class ScrubAccessLog(logging.Filter):
    """Rewrites the address in uvicorn's access line before it is written anywhere."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the line is kept, its address is shortened."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            address, method, path, version, status = record.args
            record.args = (address, method, scrub(str(path)), version, status)
        return True


_FILTER = ScrubAccessLog()


def scrub_access_log() -> None:
    """Puts the filter on uvicorn's access log, once."""
    logging.getLogger("uvicorn.access").addFilter(_FILTER)


def scrub_tracebacks() -> None:
    """Log through `logging`, with plain tracebacks: structlog's own show every variable, cookies and forms too."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
