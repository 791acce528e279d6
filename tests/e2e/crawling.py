"""Crawls in a process of their own, as `hemeroteca crawl` runs them; and what they left behind."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs

from archive.errors import TornRecordError
from archive.model import Stored
from archive.process import rebuild
from archive.settings import load_settings
from archive.warc.reader import stored, warc_files
from archive.warc.verify import verify_file

ROOT = Path(__file__).resolve().parents[2]


_SERVER = multiprocessing.get_context("forkserver")
"""Forks each crawl from a process that has imported Scrapy already: 1.3 s saved a crawl."""
_SERVER.set_forkserver_preload(["crawler.crawl", "crawler.spiders.news", "dateparser", "py3langid"])


class Running:
    """A crawl under way in a process of its own."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="crawl-"))
        self._process = _SERVER.Process(target=_child, args=(json.dumps(asked), str(self.folder)))
        self._process.start()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def signal(self, number: int) -> None:
        """Send a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def end(self, timeout: float = 120) -> tuple[int, str, str]:
        """Wait; return exit code (negative: signal), stdout and stderr."""
        self._process.join(timeout)
        assert not self._process.is_alive(), "the crawl does not end"
        out, err = (
            (self.folder / name).read_text(encoding="utf-8") if (self.folder / name).exists() else ""
            for name in ("out", "err")
        )
        shutil.rmtree(self.folder)
        code = self._process.exitcode
        self._process.close()
        assert code is not None
        return code, out, err


def _child(asked: str, folder: str) -> None:
    for number, name in ((1, "out"), (2, "err")):
        descriptor = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    main(asked)
    sys.stdout.flush()


def start(collection: Path, *targets: str, **options: Any) -> Running:
    """Start a crawl (or, with mode="capture", a capture). `moment` (ISO, with zone): what its clock shows."""
    collection.mkdir(exist_ok=True)
    return Running({"collection": str(collection), "targets": targets, **options})


def crawl(collection: Path, *targets: str, **options: Any) -> list[dict[str, Any]]:
    """Crawl and return the summaries."""
    code, out, err = start(collection, *targets, **options).end()
    assert code == 0, err[-4000:]
    return [json.loads(line) for line in out.splitlines()]


def archived(collection: Path) -> list[Stored]:
    """Return all that stands in the WARC files."""
    found: list[Stored] = []
    for path in warc_files(collection):
        try:
            found += stored(path, collection=collection)
        except TornRecordError:
            assert path.name.endswith(".open")
    return found


def captured(collection: Path) -> Counter[str]:
    """Return how often each URL was answered, by the WARC files."""
    from archive.model import StoredCapture

    return Counter(unquote(one.capture.url) for one in archived(collection) if isinstance(one, StoredCapture))


def faults(collection: Path) -> list[Any]:
    """Return everything that is wrong with the WARC files."""
    return [fault for path in warc_files(collection) for fault in verify_file(path)]


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table of an index, in an order of their own."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not row[0].startswith(("sqlite_", "_")) and "_fts" not in row[0]
        ]
        return {
            name: sorted(database.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names
        }
    finally:
        database.close()


def live_and_rebuilt(collection: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the tables of the index as the crawls left it, and made anew from the WARC files."""
    settings = load_settings(collection, {})
    live = tables(settings.index_path)
    rebuild(settings)
    return live, tables(settings.index_path)


def count_tasks_and_trees() -> Callable[[], dict[str, int]]:
    """Count asyncio tasks from now on; the function returned tells them, and how many parsed pages are alive."""
    import asyncio
    import gc

    tasks = 0
    create = asyncio.BaseEventLoop.create_task

    def counting(self: Any, coroutine: Any, **options: Any) -> Any:
        nonlocal tasks
        tasks += 1
        return create(self, coroutine, **options)

    asyncio.BaseEventLoop.create_task = counting  # type: ignore[method-assign]

    def told() -> dict[str, int]:
        from parsel import Selector

        from archive.extract.page import ParsedPage

        alive = [one for one in gc.get_objects() if isinstance(one, (ParsedPage, Selector))]
        return {"tasks": tasks, "trees": len(alive)}

    return told


def main(text: str) -> None:
    """Run what `start` asked for, under the clock that was asked for."""
    asked = json.loads(text)
    moment = asked.pop("moment", None)
    if moment is None:
        _run(asked)
        return
    import time_machine

    with time_machine.travel(datetime.fromisoformat(moment), tick=True):
        _run(asked)


def _run(asked: dict[str, Any]) -> None:
    import logging

    from cattrs.preconf.json import make_converter

    from crawler.crawl import capture, run

    counted = count_tasks_and_trees() if asked.pop("count", False) else None
    settings = load_settings(Path(asked.pop("collection")), {}, **asked.pop("settings", {}))
    mode, targets = asked.pop("mode", "crawl"), asked.pop("targets")
    if asked.get("since"):
        asked["since"] = datetime.fromisoformat(asked["since"])
    options = {"allow_private": True, "delay": 0.0} | asked
    summaries = (
        capture(settings, targets, **options) if mode == "capture" else run(settings, targets, **options)
    )
    logging.shutdown()
    if counted is not None:
        summaries = [attrs.evolve(one, counts=one.counts | counted()) for one in summaries]
    for summary in summaries:
        sys.stdout.write(make_converter().dumps(summary) + "\n")
