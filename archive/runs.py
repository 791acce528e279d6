"""A run that writes to the archive outside a crawl: its name, its WARC file, its summary."""

from __future__ import annotations

import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

from attrs import evolve

from archive.index.store import Index
from archive.model import StoredExtraction, StoredRun
from archive.settings import Settings
from archive.summary import NO_WORD, RunSummary
from archive.warc.records import WarcInfo
from archive.warc.writer import WarcWriter


def new_run_id(kind: str, now: datetime) -> str:
    """Return a name for a run that sorts in time and is used once."""
    return f"{kind}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


class Run:
    """Writes extractions and the run's summary to a WARC of its own, opened at the first of them, then to
    the index.
    """

    def __init__(
        self, settings: Settings, index: Index, kind: Literal["import", "reextract"], site: str | None = None
    ) -> None:
        """Open nothing yet."""
        now = datetime.now(UTC)
        self.summary = RunSummary(run_id=new_run_id(kind, now), kind=kind, site=site, started_at=now)
        self._settings = settings
        self._index = index
        self._writer: WarcWriter | None = None

    @property
    def has_written(self) -> bool:
        """Tell whether there is a file."""
        return self._writer is not None

    @property
    def writer(self) -> WarcWriter:
        """The writer; its first use opens the file and writes that the run has begun.

        Raises WarcWriteError.
        """
        if self._writer is None:
            info = WarcInfo(
                software=f"hemeroteca/{version('hemeroteca')}",
                operator=self._settings.operator,
                contact=self._settings.contact,
                robots="obey" if self._settings.obey_robots else "ignore",
                hostname=socket.gethostname(),
                run_id=self.summary.run_id,
                site=self.summary.site,
            )
            self._writer = WarcWriter(
                self._settings.collection,
                info,
                prefix=f"{self._settings.warc_prefix}-{self.summary.kind}",
                roll_over_bytes=self._settings.warc_roll_over_bytes,
                fsync_seconds=self._settings.fsync_seconds,
            )
            self._index.put(self._writer.write_run(self.summary))
        return self._writer

    def write(self, write: Callable[[WarcWriter], StoredExtraction | StoredRun]) -> None:
        """Write one record, then its row. Raises WarcWriteError, IndexStoreError."""
        with _unbroken():
            self._index.put(write(self.writer))

    def end_dead(self) -> None:
        """Write an end for the imports and re-extractions that were killed.

        Only who holds the lock that they held knows that they are dead. Raises WarcWriteError.
        """
        dead = [run for kind in ("import", "reextract") for run, _ in self._index.unfinished_runs(kind)]
        for run in dead:
            self._index.put(self.writer.write_run(evolve(run, status="interrupted", detail=NO_WORD)))

    def finish(
        self,
        status: Literal["done", "partly", "failed", "interrupted"],
        counts: dict[str, int],
        detail: str | None = None,
    ) -> RunSummary:
        """Write the summary and close the file. A run that wrote nothing leaves no file behind."""
        self.summary = evolve(
            self.summary, finished_at=datetime.now(UTC), status=status, counts=counts, detail=detail
        )
        if self._writer is not None:
            with _unbroken():
                try:
                    self.write(lambda writer: writer.write_run(self.summary))
                finally:
                    for file in self._writer.close():
                        self._index.put(file)
        return self.summary


@contextmanager
def _unbroken() -> Iterator[None]:
    """Hold Ctrl-C back to the end: a record whose row it kept out would be missing for good, since the index
    takes a file that was closed in order as read.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, _frame: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if former is None else former)
    if asked:
        signal.raise_signal(signal.SIGINT)
