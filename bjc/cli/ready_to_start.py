"""What `bjc up` looks at before it starts anything: each fault is one line that says what to do."""

import fcntl
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from bjc.cli.parts import Part
from bjc.errors import Unavailable
from bjc.settings import Settings


def check_folder(settings: Settings) -> IO[str]:
    """The data folder exists, can be written, and belongs to this `bjc up` alone until the answer is closed."""
    home = settings.home.resolve()
    try:
        for folder in (home, home / "run", home / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        lock = (home / "run" / "up.lock").open("w")
    except OSError as error:
        message = f"The folder {home} cannot be written: {error.strerror}."
        raise Unavailable(message, "Change its permissions, or set BJC_HOME to another folder.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise Unavailable(
            f"bjc is already running on {home}.", "Stop it with Ctrl-C, or set BJC_HOME to another folder."
        ) from error
    return lock


def check_ports(settings: Settings, parts: Iterable[Part]) -> None:
    """Nobody else listens where the parts are to listen."""
    wanted = [(port, setting, part.title) for part in parts for port, setting in part.ports.items()]
    taken = [(port, setting, title) for port, setting, title in wanted if not _is_free(settings.host, port)]
    if len(taken) == 1:
        port, setting, title = taken[0]
        raise Unavailable(
            f"Port {port} of {settings.host} is in use, and {title} needs it.",
            f"Stop what uses it, or set {setting} to a free port.",
        )
    if taken:
        ports = ", ".join(f"{port} ({title}, {setting})" for port, setting, title in taken)
        raise Unavailable(
            f"Ports of {settings.host} are in use: {ports}.",
            "Stop what uses them, or set these to free ports.",
        )


def forget(path: Path) -> None:
    """A file that an ended process left behind must not be taken for a sign of life."""
    path.unlink(missing_ok=True)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
