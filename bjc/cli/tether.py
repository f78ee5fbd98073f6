"""Ties a part's life to the supervisor's: however `bjc up` ends, even killed, nothing is left running.

Everything we keep survives a kill, so the parts need no time to say goodbye to a supervisor that is gone.
"""

import ctypes
import os
import signal
import sys
import threading

VARIABLE = "BJC_SUPERVISOR"
_PR_SET_PDEATHSIG = 1


def tether() -> None:
    """Called by a part first of all. Does nothing in a process that no supervisor started."""
    supervisor = int(os.environ.pop(VARIABLE, "0"))
    if not supervisor:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(supervisor,), daemon=True).start()
    if os.getppid() != supervisor:  # it ended before we were tied to it
        os._exit(1)


def _watch(supervisor: int) -> None:
    pause = threading.Event()
    while os.getppid() == supervisor:
        pause.wait(1.0)
    os.killpg(0, signal.SIGKILL)
