"""Captures in processes of their own: Twisted's reactor cannot be started twice in one, and who looks at what
came before asking for more captures several times.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from archive.errors import HemerotecaError, MachineError
from archive.parallel import make_ready, start_method
from archive.settings import Settings
from archive.summary import RunSummary

_HOME = "crawler.crawl"


def capture_apart(
    settings: Settings, urls: Sequence[str], *, allow_private: bool | None = None
) -> list[RunSummary]:
    """Archive these URLs as `crawler.crawl.capture` does, and return its summaries.

    Ctrl-C reaches the process too: it ends in order, then KeyboardInterrupt goes on here. Raises as
    `capture`, and MachineError where the process dies.
    """
    make_ready(_HOME)
    context = multiprocessing.get_context(start_method())
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        try:
            return executor.submit(_capture, settings, tuple(urls), allow_private).result()
        except BrokenProcessPool as error:
            raise MachineError("the process that was to fetch died; what it fetched is archived") from error


def _capture(settings: Settings, urls: Sequence[str], allow_private: bool | None) -> list[RunSummary]:
    from crawler.crawl import capture

    try:
        return capture(settings, urls, allow_private=allow_private)
    except HemerotecaError as error:
        error.__cause__ = None  # an error of a library may not travel
        raise
