"""CPU, wall and memory of a whole process and its children, as the operating system accounts for them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class Figures:
    """`cpu` and `wall` in seconds (user + system, start-up and waited-for children included), `rss` in MiB."""

    cpu: float
    wall: float
    rss: float


def run(argv: Sequence[str], *, cwd: Path, env: dict[str, str] | None = None) -> Figures:
    """Run one command to its end; its output goes to a log file in `cwd`. Raises RuntimeError if it fails."""
    log = cwd / "bench.log"
    with log.open("ab") as out:
        started = time.perf_counter()
        process = subprocess.Popen(argv, cwd=cwd, env={**os.environ, **(env or {})}, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}:\n" + "\n".join(tail))
    return Figures(cpu=usage.ru_utime + usage.ru_stime, wall=wall, rss=usage.ru_maxrss / 1024)


def median(figures: Sequence[Figures]) -> Figures:
    """Return the median of each figure over several runs."""
    return Figures(
        cpu=statistics.median(f.cpu for f in figures),
        wall=statistics.median(f.wall for f in figures),
        rss=statistics.median(f.rss for f in figures),
    )


PYTHON = sys.executable
