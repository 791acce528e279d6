"""Work spread over processes, results in the order of the work.

Processes are started by a fork server, never forked from a process that may hold threads or open databases. A
worker that dies (a crash in a C library, no memory left) takes down neither the others nor the order: its
pieces are tried again one by one, and the one that kills is reported as `Died`.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import forkserver
from typing import Any, TypeVar

from attrs import frozen

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 3
_START = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


@frozen
class Died:
    """In the place of a result: the process that worked on this piece died, twice."""

    reason: str


def start_method() -> str:
    """Return how processes are started here: by a fork server where there is one."""
    return _START


def make_ready(home: str) -> None:
    """Start the process that workers are forked from; it imports their module once, not once a worker.

    Called early, it does so while this process imports its own. A second call does nothing.
    """
    if _START == "forkserver":
        multiprocessing.set_forkserver_preload([home])
        forkserver.ensure_running()


class _Pool:
    """An executor that can be made anew when a worker died."""

    def __init__(
        self, home: str, jobs: int, initializer: Callable[..., None] | None, arguments: tuple[Any, ...]
    ) -> None:
        self.jobs, self.initializer, self.arguments = jobs, initializer, arguments
        self.context = multiprocessing.get_context(_START)
        make_ready(home)
        self.executor = self._new(jobs)

    def _new(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            jobs,
            mp_context=self.context,
            initializer=self.initializer,
            initargs=self.arguments,
        )

    def renew(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)
        self.executor = self._new(self.jobs)

    def submit(self, function: Callable[[Sequence[T]], list[R]], batch: Sequence[T]) -> Future[list[R]]:
        """Hand a batch out. Where a worker has died meanwhile, the batch says so when it is its turn."""
        try:
            return self.executor.submit(function, batch)
        except BrokenProcessPool as error:
            broken: Future[list[R]] = Future()
            broken.set_exception(error)
            return broken

    def alone(self, function: Callable[[Sequence[Any]], list[R]], piece: Any) -> R | Died:
        """Work on one piece in a process of its own."""
        with self._new(1) as executor:
            try:
                return executor.submit(function, [piece]).result()[0]
            except BrokenProcessPool as error:
                return Died(str(error))


def read_many_pages() -> None:
    """Settle the garbage collector of a process that extracts page after page.

    A page makes tens of thousands of short-lived objects, hardly ever in a cycle: at the default threshold
    looking for cycles takes a fifth of the time. What was imported so far is not looked at again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _batched(pieces: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    source = iter(pieces)
    while batch := tuple(islice(source, size)):
        yield batch


def ordered(
    function: Callable[[Sequence[T]], list[R]],
    pieces: Iterable[T],
    *,
    jobs: int,
    together: int,
    initializer: Callable[..., None] | None = None,
    arguments: tuple[Any, ...] = (),
) -> Iterator[R | Died]:
    """Yield one result a piece, in order; `function` works on up to `together` pieces at once.

    `function`, `initializer` and their arguments must be importable and picklable. With one job, or one
    batch, all is done in this process. Reads ahead a bounded number of batches. Closing the iterator stops
    the workers.
    """
    batches = _batched(pieces, together)
    first = list(islice(batches, 2))
    if jobs <= 1 or len(first) < 2:
        if initializer is not None:
            initializer(*arguments)
        for batch in (*first, *batches):
            yield from function(batch)
        return
    home = getattr(function, "func", function).__module__  # of a partial: the function's
    pool = _Pool(home, jobs, initializer, arguments)
    waiting: deque[tuple[tuple[T, ...], Future[list[R]]]] = deque()

    def fill() -> None:
        for batch in islice(batches, jobs * _AHEAD - len(waiting)):
            waiting.append((batch, pool.submit(function, batch)))

    try:
        for batch in first:
            waiting.append((batch, pool.submit(function, batch)))
        while waiting:
            batch, future = waiting[0]
            try:
                results: list[R | Died] = [*future.result()]
            except BrokenProcessPool:
                again = [pending for pending, _ in waiting]
                pool.renew()
                waiting.clear()
                results = []
                for piece in batch:
                    alone: R | Died = pool.alone(function, piece)
                    results.append(alone)
                waiting.extend((pending, pool.submit(function, pending)) for pending in again[1:])
            else:
                waiting.popleft()
            yield from results
            fill()
    finally:
        pool.executor.shutdown(wait=True, cancel_futures=True)
