"""What a crawl shows of itself while it goes: one line that is kept current, and metrics where asked for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from archive.counting import count_of
from archive.errors import UsageError
from archive.settings import Settings
from hemeroteca.console import Step, progress, say

if TYPE_CHECKING:
    from crawler.gauges import LiveCrawls

Tell = Callable[[str, dict[str, int]], None]
WINDOW = 20.0
"""Seconds over which the rate is taken."""
FILE_EVERY = 10.0
"""Seconds between two writes of the metrics file."""
_SHOWN = (
    ("new_articles", "new"),
    ("new_versions", "changed"),
    ("unchanged", "unchanged"),
    ("failures", "error"),
    ("queued", "queued"),
)


class Board:
    """The counts of all sites of one crawl."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is known yet."""
        self.by_site: dict[str, dict[str, int]] = {}
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque([(clock(), 0)])

    def put(self, site: str, counts: dict[str, int]) -> None:
        """Take the counts of one site."""
        self.by_site[site] = counts
        now, fetched = self._clock(), self.total("fetched")
        self._seen.append((now, fetched))
        while len(self._seen) > 2 and now - self._seen[1][0] >= WINDOW:
            self._seen.popleft()

    def total(self, name: str) -> int:
        """Return a count over all sites."""
        return sum(counts.get(name, 0) for counts in self.by_site.values())

    @property
    def rate(self) -> float:
        """Answers a second, of late."""
        (began, before), (now, after) = self._seen[0], self._seen[-1]
        return (after - before) / (now - began) if now > began else 0.0

    def line(self) -> str:
        """Return the state in a few words."""
        sites = [*self.by_site]
        words = [sites[0] if len(sites) == 1 else count_of(len(sites), "site"), f"{self.rate:.1f}/s"]
        for name, word in _SHOWN:
            number = self.total(name)
            if number:
                words.append(count_of(number, word) if word == "error" else f"{number:,} {word}")
        if not self.total("new_articles") and self.total("articles"):
            words.insert(2, count_of(self.total("articles"), "article"))
        return ", ".join(words)


@contextmanager
def live(title: str, settings: Settings, *, port: int | None = None) -> Iterator[Tell]:
    """Show the crawl's state as it goes; serve metrics at a port, write them to the file of the settings."""
    board = Board()
    with ExitStack() as stack:
        step: Step = stack.enter_context(progress(title))
        told = stack.enter_context(_metrics(settings, port)) if port or settings.metrics_file else None

        def tell(site: str, counts: dict[str, int]) -> None:
            board.put(site, counts)
            if told is not None:
                told(site, counts)
            step(board.total("fetched"), board.line())

        yield tell


@contextmanager
def _metrics(settings: Settings, port: int | None) -> Iterator[Tell]:
    from crawler import gauges

    crawls = gauges.LiveCrawls()
    if port is not None:
        try:
            gauges.serve(port, [crawls])
        except OSError as error:
            raise UsageError(f"--metrics-port {port}: {error.strerror or error}") from error
    written = 0.0

    def tell(site: str, counts: dict[str, int]) -> None:
        nonlocal written
        crawls.counts[site] = counts
        if time.monotonic() - written > FILE_EVERY:
            written = time.monotonic()
            _write(settings, crawls)

    try:
        yield tell
    finally:
        _write(settings, crawls)


def _write(settings: Settings, crawls: LiveCrawls) -> None:
    from crawler import gauges

    path = gauges.file_for(settings, crawls.counts)
    if path is None or not crawls.counts:
        return
    try:
        gauges.write(path, [crawls])
    except OSError as error:  # the crawl is worth more than its metrics
        say(f"hemeroteca: {path}: metrics cannot be written: {error.strerror or error}")
