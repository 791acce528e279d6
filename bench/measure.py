"""CPU, wall and memory of a whole process and its children, as the operating system accounts for them."""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class Figures:
    """`cpu` and `wall` in seconds (user + system, start-up and all processes included), `rss` of the largest
    process in MiB.
    """

    cpu: float
    wall: float
    rss: float


def run(argv: Sequence[str], *, cwd: Path, env: dict[str, str] | None = None) -> Figures:
    """Run one command to its end; its output goes to a log file in `cwd`. Raises RuntimeError if it fails.

    Counted is all that it starts, also what outlives it or has another parent (workers of a fork server).
    """
    log = cwd / "bench.log"
    environment = {**os.environ, **(env or {})}
    # What is installed is compiled once, not at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    _adopt_orphans()
    with log.open("ab") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            argv, cwd=cwd, env=environment, stdout=out, stderr=out, start_new_session=True
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    usages = [usage, *_others(process.pid)]
    if process.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}:\n" + "\n".join(tail))
    return Figures(
        cpu=sum(one.ru_utime + one.ru_stime for one in usages),
        wall=wall,
        rss=max(one.ru_maxrss for one in usages) / 1024,
    )


def _adopt_orphans() -> None:
    """Become the parent of descendants whose own has ended (prctl(2), PR_SET_CHILD_SUBREAPER; Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def _others(group: int) -> Iterator[resource.struct_rusage]:
    """Wait for what is left of a process group; yield what each of its processes used."""
    while True:
        try:
            yield os.wait4(-group, 0)[2]
        except ChildProcessError:
            return


def median(figures: Sequence[Figures]) -> Figures:
    """Return the median of each figure over several runs."""
    return Figures(
        cpu=statistics.median(f.cpu for f in figures),
        wall=statistics.median(f.wall for f in figures),
        rss=statistics.median(f.rss for f in figures),
    )


PYTHON = sys.executable
