"""Time and peak memory of commands, and figures made of them: medians of runs, ours and the yardstick in turn."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar


class BenchmarkFailed(Exception):
    """A measured command failed; the message holds its last words."""


@dataclass(frozen=True)
class Timing:
    """Seconds of wall clock, and the largest resident memory of one process of the command, in MiB."""

    seconds: float
    peak_mib: float
    unit: ClassVar[str] = "s"

    @property
    def amount(self) -> float:
        """What is compared."""
        return self.seconds


@dataclass(frozen=True)
class Size:
    """Bytes that something takes on the disk."""

    bytes: int
    peak_mib: ClassVar[float] = 0
    unit: ClassVar[str] = "MB"

    @property
    def amount(self) -> float:
        """What is compared, in millions."""
        return self.bytes / 1e6


@dataclass
class Figure:
    """One line of the result: ours beside the yardstick, both of one kind."""

    name: str
    ours: Sequence[Timing | Size]
    yardstick_name: str
    yardstick: Sequence[Timing | Size]
    limit: float
    notes: list[str] = field(default_factory=list)

    @property
    def amount(self) -> float:
        """Median of our runs."""
        return statistics.median(one.amount for one in self.ours)

    @property
    def yardstick_amount(self) -> float:
        """Median of the yardstick's runs."""
        return statistics.median(one.amount for one in self.yardstick)

    @property
    def told(self) -> str:
        """Our amount with its unit."""
        return f"{self.amount:,.2f} {self.ours[0].unit}"

    @property
    def yardstick_told(self) -> str:
        """The yardstick's amount with its unit."""
        return f"{self.yardstick_amount:,.2f} {self.yardstick[0].unit}"

    @property
    def ratio(self) -> float:
        """Ours by the yardstick."""
        return self.amount / self.yardstick_amount

    @property
    def peak_mib(self) -> float:
        """The highest of our runs."""
        return max(timing.peak_mib for timing in self.ours)

    @property
    def yardstick_peak_mib(self) -> float:
        """The highest of the yardstick's runs."""
        return max(timing.peak_mib for timing in self.yardstick)


def tokenbooks(*arguments: str | Path) -> list[str]:
    """The command line of tokenbooks with this interpreter."""
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


def timed(command: Sequence[str], environment: dict[str, str] | None = None) -> Timing:
    """Run a command to its end. Raises BenchmarkFailed when it does not end with 0."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
    )
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        last = output.decode("utf-8", "replace")[-2000:]
        raise BenchmarkFailed(f"{' '.join(command)} ended with {process.returncode}:\n{last}")
    unit = 1024**2 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return Timing(seconds, usage.ru_maxrss / unit)


def in_turn(repeats: int, *tasks: Callable[[], Timing]) -> list[list[Timing]]:
    """Each task `repeats` times, one after the other and round again, so that a slow minute hits all of them."""
    results: list[list[Timing]] = [[] for _ in tasks]
    for _ in range(repeats):
        for result, task in zip(results, tasks, strict=True):
            result.append(task())
    return results
