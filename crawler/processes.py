"""Crawls as processes, and the loop that a scheduler is."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.dispatch import BEAT_SECONDS, Dispatcher
from crawler.schedule import Plan

POLL_SECONDS = 0.5
RELOAD = timedelta(seconds=60)
"""Profiles and schedule.toml are read anew this often."""
LONGEST_FAREWELL = timedelta(seconds=60)


class CrawlProcess:
    """A crawl in a process group of its own, so that Ctrl-C reaches its scheduler first."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        """Start it; what it prints is added to the log. Raises OSError."""
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own program; no shell
                words, stdin=subprocess.DEVNULL, stdout=descriptor, stderr=descriptor, start_new_session=True
            )
        finally:
            os.close(descriptor)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ended(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """Send SIGINT: the crawl ends in order and keeps its queue."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Send SIGKILL."""
        with suppress(ProcessLookupError):
            self._process.kill()


class Loop:
    """`run-due` and `daemon`: ticks until there is nothing left, or until it is told to end."""

    def __init__(self, dispatcher: Dispatcher, plans: Callable[[], Sequence[Plan]]) -> None:
        """`plans`: reads what is declared."""
        self._dispatcher = dispatcher
        self._read = plans
        self._plans: Sequence[Plan] = ()
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._end = threading.Event()
        self.interrupted = False
        self.on_tick: Callable[[Sequence[Plan]], None] | None = None
        """Called after each look."""

    def end(self, *_: object) -> None:
        """End in order; crawls are asked to stop. Fit for a signal handler."""
        self.interrupted = True
        self._end.set()

    def run(self, *, forever: bool) -> None:
        """Work. Without `forever` until nothing is due and none of its crawls runs."""
        while not self._end.is_set():
            now = self._tick()
            if not forever and not self._dispatcher.going:
                return
            self._end.wait(self._pause(now))
        self._farewell()

    def _tick(self) -> datetime:
        now = datetime.now(UTC)
        if now - self._read_at > RELOAD or now < self._read_at:
            self._plans, self._read_at = self._read(), now
        self._dispatcher.tick(self._plans, now)
        if self.on_tick is not None:
            self.on_tick(self._plans)
        return now

    def _pause(self, now: datetime) -> float:
        if self._dispatcher.going:
            return POLL_SECONDS
        due = self._dispatcher.next_due(self._plans, now)
        left = (due - now).total_seconds() if due is not None else BEAT_SECONDS
        return min(max(left, POLL_SECONDS), BEAT_SECONDS)

    def _farewell(self) -> None:
        self._dispatcher.stop_all("the scheduler was ended; the next run goes on with its queue")
        until = datetime.now(UTC) + LONGEST_FAREWELL
        while self._dispatcher.going:
            now = datetime.now(UTC)
            if now > until:
                self._dispatcher.kill_all()
            self._dispatcher.tick((), now)
            threading.Event().wait(POLL_SECONDS)
