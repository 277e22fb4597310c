"""Paired timing: both sides of a ratio take turns in one process, and the fastest of each counts."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MEGABYTE = 1024


@dataclass(frozen=True)
class Ratio:
    """``ours`` over ``theirs``, both in seconds; ``limit`` is what we promise, None where nothing is promised."""

    name: str
    ours: float
    theirs: float
    limit: float | None = None

    @property
    def value(self) -> float:
        return self.ours / self.theirs

    def line(self) -> str:
        promise = (
            "" if self.limit is None else f"  limit {self.limit:g}  {'ok' if self.value <= self.limit else 'OVER'}"
        )
        times = f"({self.ours * 1000:9.2f} ms / {self.theirs * 1000:9.2f} ms)"
        return f"{self.name:<62} {self.value:7.2f} x   {times}{promise}"


def paired(ours: Callable[[], Any], theirs: Callable[[], Any], *, rounds: int) -> tuple[float, float]:
    """Seconds of the fastest run of each, taking turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, call in enumerate((ours, theirs)):
            start = time.perf_counter()
            call()
            times[side].append(time.perf_counter() - start)
    return min(times[0]), min(times[1])


def peak_megabytes() -> float:
    """Largest memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
