"""One process that makes cases move: dispatcher and postman in threads, the worker on the main thread's loop.

The postman does not wait for Prefect: mail goes out while Prefect is away.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from bjc.clock import utcnow
from bjc.errors import BjcError
from bjc.settings import Settings
from flows import deploy, worker
from flows.dispatcher import Dispatcher
from flows.runs import open_runs
from flows.store import database
from notifications.postman import Postman
from notifications.transport import transport_for

log = logging.getLogger(__name__)

AGAIN = 2.0
GOODBYE = 20.0
PATIENCE = 60.0


def ready_file(settings: Settings) -> Path:
    """Exists while an engine of this installation is at work; holds its process id."""
    return settings.home / "run" / "engine.ready"


def run(settings: Settings, duties: Collection[str]) -> int:
    """Do these duties until SIGTERM, SIGINT or SIGHUP; returns 1 when a duty broke down."""
    return asyncio.run(_Engine(settings).serve(duties))


class _Engine:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._stopped = asyncio.Event()
        self._broken = False

    async def serve(self, duties: Collection[str]) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopped.set)
        threads = [self._thread(loop, self._post)] if "postman" in duties else []
        if {"dispatcher", "worker"} & set(duties) and await self._prefect_is_ready():
            threads += [self._thread(loop, self._dispatch)] if "dispatcher" in duties else []
            work = asyncio.create_task(self._work()) if "worker" in duties else None
            self._announce()
            await self._stopped.wait()
            await _end(work)
        await self._stopped.wait()
        self._stop.set()
        for thread in threads:
            thread.join(GOODBYE)
        ready_file(self._settings).unlink(missing_ok=True)
        return int(self._broken)

    def _thread(self, loop: asyncio.AbstractEventLoop, duty: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                duty()
            except Exception:
                log.exception("A part of the engine broke down")
                self._broken = True
            loop.call_soon_threadsafe(self._stopped.set)

        thread = threading.Thread(target=guarded, name=duty.__name__, daemon=True)
        thread.start()
        return thread

    def _post(self) -> None:
        Postman(database(), self._settings, transport_for(self._settings), utcnow).run(self._stop)

    def _dispatch(self) -> None:
        with open_runs() as runs:
            Dispatcher(database(), runs, deploy=deploy.deploy).run(self._stop)

    async def _work(self) -> None:
        while True:
            try:
                await worker.serve(self._settings.worker_limit)
            except Exception:  # Prefect was away for long
                log.exception("The worker starts again")
            await asyncio.sleep(AGAIN)

    async def _prefect_is_ready(self) -> bool:
        """Wait until Prefect answers and has our deployments; False when told to stop before that."""
        say_at = time.monotonic() + PATIENCE
        while not self._stopped.is_set():
            try:
                await asyncio.to_thread(deploy.ensure)
            except BjcError as error:
                if time.monotonic() > say_at:
                    log.warning("Still waiting for Prefect: %s", error)
                    say_at += PATIENCE
                await asyncio.sleep(0.25)
            else:
                return True
        return False

    def _announce(self) -> None:
        path = ready_file(self._settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(os.getpid()))
        log.info("At work.")


async def _end(work: "asyncio.Task[None] | None") -> None:
    """Legs under way are finished; the worker is then told goodbye."""
    if work is not None:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
