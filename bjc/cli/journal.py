"""Where the parts' lines go: each part's own log file, and only what is worth a look onto the console."""

import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from rich.console import Console
from rich.text import Text

LARGEST, KEPT = 5_000_000, 3
WORTH_A_LOOK = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")


class Journal:
    """Quiet unless `verbose`: then every line is also shown, with the part's name before it."""

    def __init__(self, folder: Path, console: Console, names: Iterable[str], verbose: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._console = console
        self._verbose = verbose
        self._files = {
            name: RotatingFileHandler(folder / f"{name}.log", maxBytes=LARGEST, backupCount=KEPT)
            for name in names
        }

    def say(self, name: str, line: str) -> None:
        """Take one line of a part."""
        self._files[name].emit(logging.makeLogRecord({"msg": line}))
        if self._verbose or WORTH_A_LOOK.search(line):
            with suppress(OSError):  # the terminal may be gone
                self._console.print(
                    Text.assemble((f"{name:<8}", "bold"), line), soft_wrap=True, highlight=False
                )
