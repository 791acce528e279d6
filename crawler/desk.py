"""The archive's writing side of one process: one thread and one index for the recorders of all its sites.

Fifty sites with a thread and a connection each would wait for one another's transactions, and keep fifty page
caches. Here rows of all sites are committed together, at the latest after `COMMIT_SECONDS`.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from archive.errors import IndexStoreError
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.index.store import Index

logger = logging.getLogger(__name__)

COMMIT_SECONDS = 1.0
"""Rows are committed together after so long: a transaction a page costs more than all the rest here, and the
full-text index writes and merges a segment for each."""


class Client(Protocol):
    """What the desk needs of a recorder; all of it is called on the desk's thread."""

    def do(self, job: Job, index: Index) -> None:
        """Do a job and deliver its result."""

    def note_files(self, index: Index) -> None:
        """Put how far the index knows the files written."""

    def fail(self, error: Exception) -> None:
        """Take in that nothing more can be kept."""

    def finish(self, index: Index) -> None:
        """Close the files; no job comes any more."""


@attrs.define(eq=False)
class Job:
    """Something to do for a recorder; without a call, its end."""

    client: Client
    call: Callable[[Any, Index], Any] | None = None
    deliver: Callable[[Any, BaseException | None], None] = lambda _result, _error: None
    is_last: bool = False
    """The last word of a crawl that was stopped."""


class Desk:
    """Owns the index and the thread. Made in any thread; `start` opens, `close` closes."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._opened: Future[None] = Future()
        self._ended = threading.Event()
        self._index: Index | None = None

    def start(self) -> Desk:
        """Open the index. Raises IndexStoreError, SchemaTooNewError."""
        self._thread.start()
        self._opened.result()
        return self

    def post(self, job: Job) -> None:
        """Have a job done after those that wait. Of a desk that is closed nothing is had but a refusal."""
        if self._ended.is_set():
            self._refuse(job)
        else:
            self._jobs.put(job)

    def close(self) -> None:
        """Do what waits, close the index. Safe to call again."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _work(self) -> None:
        try:
            index = self._open()
        except BaseException as error:  # noqa: BLE001 - goes to whoever called start()
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        self._index = index
        try:
            while (job := self._jobs.get()) is not None:
                if not self._group(job, index):
                    return
        finally:
            try:
                index.close()
            except (IndexStoreError, sqlite3.Error) as error:
                logger.critical("The index: %s", error)
            self._ended.set()
            self._refuse_all()

    def _refuse_all(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                self._refuse(job)

    def _refuse(self, job: Job) -> None:
        assert self._index is not None
        job.client.fail(IndexStoreError("the index is closed"))
        if job.call is None:
            job.client.finish(self._index)
        else:
            job.client.do(job, self._index)

    def _open(self) -> Index:
        from archive.index.store import Index

        return Index.open(self._settings.index_path, create=True, timeout=self._settings.lock_seconds)

    def _group(self, first: Job, index: Index) -> bool:
        """Do what comes within `COMMIT_SECONDS`, or until a recorder ends, then commit.

        Returns False when the closing mark came.
        """
        job: Job | None = first
        until = time.monotonic() + COMMIT_SECONDS
        served: dict[int, Client] = {}
        ended: Client | None = None
        try:
            with index.batch():
                while job is not None:
                    served[id(job.client)] = job.client
                    if job.call is None:
                        ended = job.client
                        break
                    job.client.do(job, index)
                    left = until - time.monotonic()
                    if left <= 0:
                        break
                    try:
                        job = self._jobs.get(timeout=left)
                    except queue.Empty:
                        break
                for client in served.values():
                    client.note_files(index)
        except (IndexStoreError, sqlite3.Error) as error:
            for client in served.values():
                client.fail(error)
        if ended is not None:
            ended.finish(index)
        return job is not None
