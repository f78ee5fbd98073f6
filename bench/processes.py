"""What processes cost: memory and CPU, each with all its children."""

import time
from collections.abc import Mapping
from contextlib import suppress

import psutil


def memory(parts: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """MB of each part: resident, and its fair share of what it has in common with others (where the system says)."""
    return {name: _memory(pid, parts) for name, pid in parts.items()}


def cpu(parts: Mapping[str, int], seconds: float) -> dict[str, float]:
    """Percent of one core that each part takes over this time."""
    before = {name: _cpu(pid, parts) for name, pid in parts.items()}
    began = time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    return {name: round(100 * (_cpu(pid, parts) - before[name]) / took, 2) for name, pid in parts.items()}


def _memory(pid: int, parts: Mapping[str, int]) -> dict[str, float]:
    found = {"RSS MB": 0.0, "PSS MB": 0.0}
    for process in _family(pid, parts):
        with suppress(psutil.NoSuchProcess):
            info = process.memory_full_info()
            found["RSS MB"] += info.rss / 2**20
            found["PSS MB"] += getattr(info, "pss", info.rss) / 2**20
    return found


def _cpu(pid: int, parts: Mapping[str, int]) -> float:
    times = (process.cpu_times() for process in _family(pid, parts))
    return float(sum(one.user + one.system for one in times))


def _family(pid: int, parts: Mapping[str, int]) -> list[psutil.Process]:
    """The process and its children, without those that are parts themselves."""
    process = psutil.Process(pid)
    others = set(parts.values()) - {pid}
    if others & {child.pid for child in process.children()}:
        return [process]
    return [process, *process.children(recursive=True)]
