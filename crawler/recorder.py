"""Captures go to the WARC, and then to the index, on one thread; the response waits for its word.

One `Recorder` a crawler, with a WarcWriter of its own; they work on the thread of a `Desk`, which owns the
Index (an SQLite connection belongs to one thread), so a crawl's event loop never compresses, hashes or waits
for a disk. WARC first, index after,
always: an answer goes out when the record is flushed to its file and its row is put; rows are committed
together, at the latest after `COMMIT_SECONDS`. A process killed in between leaves records without rows, which
the next start reads (archive.process.catch_up).

An archive that cannot be written stops the crawl: the spider is closed with the reason "archive_failed"
(or "index_failed": the WARC is whole, but its captures could not be found again; or "queue_failed", through
`stop`), and no later request goes out.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import attrs
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import _schedule_coro

from archive.errors import (
    BrowserError,
    FrontierError,
    HemerotecaError,
    IndexStoreError,
    MachineError,
    WarcWriteError,
)
from archive.http import entity_body, parse_head
from archive.index.faults import explained
from archive.model import Capture, RevisitOf, StoredCapture, StoredFailure, StoredFile
from archive.settings import Settings
from crawler.desk import Desk, Job

if TYPE_CHECKING:
    from archive.index.store import Index
    from archive.warc.records import WarcInfo
    from archive.warc.writer import WarcWriter

logger = logging.getLogger(__name__)
T = TypeVar("T")

WAITING_ROOM = 64
"""Jobs that may wait for the thread; more wait in their own coroutines."""
_ELSEWHERE = BrowserError
"""What ends a crawl and leaves the archive and all that it needs as they were. After the others the run stays
without an end: the next one reads the pages that it left without fields.
"""
REVISIT_FLOOR = 1024
"""Bytes of payload under which a revisit record would not be smaller than the response."""


class ArchiveStoppedError(IgnoreRequest):
    """The archive could not be written, or is closed: nothing more is fetched."""


class Keeper(Protocol):
    """What the download handler and robots.py need of a recorder."""

    @property
    def stopped(self) -> bool:
        """True once nothing more may be fetched."""

    async def keep(self, capture: Capture) -> StoredCapture | StoredFailure:
        """Return when the capture is flushed to the archive. Raises WarcWriteError, ArchiveStoppedError."""

    def on_stop(self, call: Callable[[], None]) -> None:
        """Have `call` called, in the event loop, when the archive fails."""


_RECORDERS: WeakKeyDictionary[Crawler, Keeper] = WeakKeyDictionary()


def attach(crawler: Crawler, recorder: Keeper) -> None:
    """Give a crawler its recorder; before its engine is made."""
    _RECORDERS[crawler] = recorder


def recorder_of(crawler: Crawler) -> Keeper:
    """Return the crawler's recorder. Raises RuntimeError where it has none: no archive, no crawl."""
    try:
        return _RECORDERS[crawler]
    except KeyError:
        raise RuntimeError("this crawler has no recorder: call crawler.recorder.attach() first") from None


class Recorder:
    """Owns the archive's writing side for one run. Made in any thread; `start` opens, `close` closes."""

    def __init__(self, settings: Settings, info: WarcInfo, desk: Desk | None = None) -> None:
        """Open nothing yet. `desk`: one that is open and serves others too; without, one is made."""
        self._settings = settings
        self._info = info
        self._shared = desk
        self._desk = desk or Desk(settings)
        self._writer: WarcWriter | None = None
        self._room: asyncio.Semaphore | None = None
        self._closed = threading.Event()
        self._crawler: Crawler | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_stop: list[Callable[[], None]] = []
        self._answers: deque[Callable[[], None]] = deque()
        self._woken = False
        self._noted: dict[str, int] = {}
        self.failure: Exception | None = None
        """WarcWriteError, IndexStoreError, FrontierError or MachineError that stopped it."""
        self.files: list[StoredFile] = []
        """WARC files written, once closed."""

    # -- life -----------------------------------------------------------------------------------------

    def start(self) -> Recorder:
        """Open the archive and the index. Raises WarcWriteError, IndexStoreError, SchemaTooNewError."""
        from archive.warc.writer import WarcWriter

        if self._shared is None:
            self._desk.start()
        self._writer = WarcWriter(
            self._settings.collection,
            self._info,
            prefix=self._settings.warc_prefix,
            roll_over_bytes=self._settings.warc_roll_over_bytes,
            fsync_seconds=self._settings.fsync_seconds,
        )
        atexit.register(self.close)
        return self

    def attach_to(self, crawler: Crawler) -> None:
        """Serve a crawler: its handlers find this, a failure here closes its spider, its end closes this."""
        self._crawler = crawler
        attach(crawler, self)
        crawler.signals.connect(self._engine_stopped, signals.engine_stopped)

    async def _engine_stopped(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def close(self) -> list[StoredFile]:
        """Finish what waits, force it to disk, give the files their final names. Safe to call again.

        Returns the files. Raises nothing: a failure while closing stands in `failure`.
        """
        if self._writer is not None and not self._closed.is_set():
            self._desk.post(Job(self))
            self._closed.wait()
        if self._shared is None:
            self._desk.close()
        atexit.unregister(self.close)
        return self.files

    # -- work -----------------------------------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        """True once the archive has failed or is closed."""
        return self.failure is not None or self._closed.is_set()

    def on_stop(self, call: Callable[[], None]) -> None:
        """Have `call` called, in the event loop, when the archive fails."""
        self._on_stop.append(call)

    async def keep(self, capture: Capture) -> StoredCapture | StoredFailure:
        """Store one capture, as a revisit where its payload is known; return when it is flushed to its file.

        Raises WarcWriteError, IndexStoreError (the crawl is being stopped), ArchiveStoppedError after that.
        """
        return await self.run(lambda writer, index: store(capture, writer, index))

    async def last_word(self, call: Callable[[WarcWriter, Index], object]) -> None:
        """Run `call(writer, index)` where the archive can be written, also after something else has failed.

        A run that ends for want of a browser has a reason, which belongs into the archive. Raises what `run`
        raises, but nothing where the crawl has failed already.
        """
        if not self.stopped:
            await self.run(call)
        elif self._takes_last_word:
            with suppress(HemerotecaError, ArchiveStoppedError):
                await self._run(call, is_last=True)

    @property
    def _takes_last_word(self) -> bool:
        return isinstance(self.failure, _ELSEWHERE) and not self._closed.is_set()

    async def run(self, call: Callable[[WarcWriter, Index], T]) -> T:
        """Run `call(writer, index)` on the recorder's thread and return its result.

        So a pipeline has a page extracted: `Processor(sites, writer, index, settings).process(stored)`.
        """
        return await self._run(call, is_last=False)

    async def _run(self, call: Callable[[WarcWriter, Index], T], *, is_last: bool) -> T:
        loop = asyncio.get_running_loop()
        if self._room is None:
            self._room = asyncio.Semaphore(WAITING_ROOM)
        async with self._room:
            if self.stopped and not is_last:
                raise ArchiveStoppedError("the archive is closed: nothing more is stored")
            answer: asyncio.Future[T] = loop.create_future()

            def settle(result: Any, error: BaseException | None) -> None:
                if answer.done():
                    return
                if error is not None:
                    answer.set_exception(error)
                else:
                    answer.set_result(result)

            def deliver(result: Any, error: BaseException | None) -> None:
                self._answer(loop, partial(settle, result, error))

            self._loop = loop
            self._desk.post(Job(self, call, deliver, is_last))
            try:
                return await answer
            except (WarcWriteError, IndexStoreError, MachineError):
                self._stop_crawl()
                raise

    def _answer(self, loop: asyncio.AbstractEventLoop, settle: Callable[[], None]) -> None:
        """Have the loop settle an answer. Waking it costs as much as many answers: once for all that wait."""
        self._answers.append(settle)
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._settle_answers)

    def _settle_answers(self) -> None:
        self._woken = False  # first: what comes from now on wakes anew
        while self._answers:
            self._answers.popleft()()

    def run_now(self, call: Callable[[WarcWriter, Index], T]) -> T:
        """As `run`, for callers without an event loop; blocks."""
        if self.stopped:
            raise ArchiveStoppedError("the archive is closed: nothing more is stored")
        answer: Future[T] = Future()

        def deliver(result: Any, error: BaseException | None) -> None:
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)

        self._desk.post(Job(self, call, deliver))
        return answer.result()

    def _stop_crawl(self) -> None:
        calls, self._on_stop = self._on_stop, []
        for call in calls:
            call()
        crawler, self._crawler = self._crawler, None
        engine: Any = None if crawler is None else crawler.engine
        if engine is None or engine.spider is None:
            return
        reasons = {
            IndexStoreError: "index_failed",
            FrontierError: "queue_failed",
            MachineError: "extraction_failed",
            BrowserError: "browser_failed",
        }
        reason = next(
            (it for kind, it in reasons.items() if isinstance(self.failure, kind)), "archive_failed"
        )
        logger.critical("The crawl stops (%s): %s", reason, self.failure)
        refuse_waiting(engine.downloader, lambda: ArchiveStoppedError("the archive cannot be written"))
        _schedule_coro(engine.close_spider_async(reason=reason))

    # -- the thread -----------------------------------------------------------------------------------

    def note_files(self, index: Index) -> None:
        """Put how far the index knows each file: a start after a crash reads on from there."""
        for file in self._writer.files if self._writer is not None else ():
            if self._noted.get(file.file) != file.size:
                index.put(file)
                self._noted[file.file] = file.size

    def do(self, job: Job, index: Index) -> None:
        """Do one job."""
        failed = self.failure is not None and not (job.is_last and self._takes_last_word)
        if failed or self._closed.is_set() or job.call is None:
            why = (
                f"cannot be written: {self.failure}" if self.failure else "is closed: nothing more is stored"
            )
            job.deliver(None, ArchiveStoppedError(f"the archive {why}"))
            return
        try:
            result = job.call(self._writer, index)
        except (WarcWriteError, IndexStoreError, MachineError, sqlite3.Error) as error:
            self.fail(error)
            job.deliver(None, self.failure)
        except Exception as error:  # noqa: BLE001 - belongs to the caller
            job.deliver(None, error)
        else:
            job.deliver(result, None)

    def fail(self, error: Exception) -> None:
        """Stop the crawl, also when nobody waits for an answer."""
        if self.failure is not None:
            return
        self.failure = (
            explained(self._settings.index_path, error) if isinstance(error, sqlite3.Error) else error
        )
        if self._loop is not None:
            with suppress(RuntimeError):  # closed
                self._loop.call_soon_threadsafe(self._stop_crawl)

    def stop(self, error: HemerotecaError) -> None:
        """Stop the crawl for something else that it cannot do without. Called in the event loop."""
        if self.failure is None:
            self.failure = error
        self._stop_crawl()

    def _guard(self, call: Callable[[], Any]) -> bool:
        try:
            call()
        except (WarcWriteError, IndexStoreError, sqlite3.Error, OSError) as error:
            logger.critical("The archive: %s", error)
            if self.failure is None:
                self.failure = error
            return False
        return True

    def finish(self, index: Index) -> None:
        """Close the files, and tell whoever waits for it."""
        writer = self._writer

        def close_files() -> None:
            self.files = writer.close() if writer is not None else []

        # Each of these even if the one before failed.
        self._guard(close_files)
        self._guard(lambda: self.note_files(index))
        self._closed.set()


def refuse_waiting(downloader: Any, error: Callable[[], ArchiveStoppedError]) -> None:
    """Refuse what waits in Scrapy's downloader for the turn of its host, whose delay may be minutes."""
    for slot in downloader.slots.values():
        while slot.queue:
            _, answer = slot.queue.popleft()
            answer.errback(error())


def store(capture: Capture, writer: WarcWriter, index: Index) -> StoredCapture | StoredFailure:
    """Write one capture and put its row: a revisit record where the archive has its payload already."""
    stored = writer.write_capture(as_revisit(capture, index))
    index.put(stored)
    return stored


def as_revisit(capture: Capture, index: Index) -> Capture:
    """Return the capture with `revisit_of` set where an earlier one holds its payload.

    304: server-not-modified, of the last whole response of that URL. Else identical-payload-digest, for whole
    answers that are not redirects and whose payload is large enough for a revisit to save anything.
    """
    if not capture.head or capture.truncated or capture.failure or capture.revisit_of:
        return capture
    head = parse_head(capture.head)
    if head.status is None or capture.request.startswith(b"HEAD "):
        return capture
    earlier: RevisitOf | None = None
    if head.status == 304:
        earlier = _last_response(capture.url, index)
    elif not 300 <= head.status < 400 and len(capture.body) >= REVISIT_FLOOR:
        payload, whole = entity_body(head, capture.body)
        if whole:
            from archive.warc.fields import sha1

            earlier = index.by_digest(sha1(payload), capture.url)
    return capture if earlier is None else attrs.evolve(capture, revisit_of=earlier)


def _last_response(url: str, index: Index) -> RevisitOf | None:
    row = index.last_capture(url)
    if row is None or row.truncated or not (row.refers_to or row.status in range(200, 300)):
        return None
    return row.payload_of
