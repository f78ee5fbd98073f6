"""Watches, medians and percentiles: how every measurement keeps and shows its figures."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

Report = dict[str, object]


@dataclass
class Watch:
    """Keeps the wall time of each timed piece of work by its kind, and the CPU time of all; in seconds."""

    times: dict[str, list[float]] = field(default_factory=dict)
    cpu: float = 0.0

    @contextmanager
    def timing(self, kind: str) -> Iterator[None]:
        """Time the body as one piece of work of this kind."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.times.setdefault(kind, []).append(time.perf_counter() - wall)
        self.cpu += time.process_time() - cpu

    def all(self, leave_out: Sequence[str] = ()) -> list[float]:
        """Every time that was kept, whatever its kind."""
        return [one for kind, times in self.times.items() if kind not in leave_out for one in times]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: `percentile(times, 0.99)`."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def in_ms(values: Sequence[float], share: float) -> float:
    """A percentile of seconds, in milliseconds."""
    return round(1000 * percentile(values, share), 2)


def medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each figure over the rounds."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


def ratios(rounds: dict[str, list[dict[str, float]]], figure: str) -> dict[str, list[float]]:
    """Ours over each baseline for one figure, round by round: the sides of a round met the same weather."""
    ours = rounds["ours"]
    return {
        name: [mine[figure] / theirs[figure] for mine, theirs in zip(ours, others, strict=True)]
        for name, others in rounds.items()
        if name != "ours"
    }


def shown(value: object) -> str:
    """A figure in a table: three significant figures, or two places below ten."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need, the first one to the left, figures to the right."""
    cells = [list(head), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in cells:
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join([row[0].ljust(widths[0]), *rest]))
    return "\n".join(lines)
