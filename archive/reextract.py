"""Extract again what stands in the WARC files: new rules, old bytes. Nothing is fetched, no record is
changed.

The index says what there is to read, the WARC file gives the bytes, several processes extract, this one
writes: a new extraction record only where the result or its provenance differs from the stored one. So a
second run writes nothing.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import attrs
from attrs import define, field, frozen

from archive.errors import HemerotecaError
from archive.extract import EXTRACTOR
from archive.index.keys import result_digest
from archive.index.results import ExtractableRow
from archive.index.store import Index
from archive.locks import REEXTRACT_LOCK, hold, hold_collection
from archive.model import Article, Capture, Extraction, RevisitOf, StoredCapture, WarcLocation
from archive.parallel import Died, ordered, read_many_pages
from archive.process import bring_into_order, catch_up, extraction_of, is_page, may_be_page
from archive.runs import Run
from archive.settings import Settings
from archive.sites.registry import Registry
from archive.warc.blocks import extraction_from_json, extraction_to_json, read_extraction_body
from archive.warc.reader import payload, read_capture, read_record

TOGETHER = 32
"""Records of one task: their bytes are read and extracted by one process, only results come back. At the end
the other processes wait for the last task: the smaller, the shorter.
"""
ARTICLE_FIELDS = tuple(attribute.name for attribute in attrs.fields(Article))
_EMPTY: tuple[Any, ...] = (None, (), [], "")
FIELDS = (*ARTICLE_FIELDS, "verdict", "issues", "provenance")
"""What a change can be a change of."""

Outcome = Literal["unchanged", "changed", "new", "no_page", "unreadable"]


@frozen(kw_only=True)
class Options:
    """What to extract again, and what to do about it."""

    site: str | None = None
    """Name of a profile or a host."""
    since: str | None = None
    """Captures from this time on, ISO 8601 in UTC."""
    files: Collection[str] | None = None
    """Only these WARC files (as in WarcLocation.file)."""
    stale: bool = False
    """Only what another extractor or another layout gave, or nothing yet."""
    fields: tuple[str, ...] = ()
    """Only a change of one of these counts; empty: of anything."""
    missing_only: bool = False
    dry_run: bool = False
    jobs: int = 1


@frozen(kw_only=True)
class Change:
    """One capture whose extraction differs now."""

    url: str
    fetched_at: str
    location: WarcLocation
    new: bool
    """Never extracted before."""
    fields: dict[str, tuple[Any, Any]]
    """Field → (before, after), as plain lists and dicts."""


@define(kw_only=True)
class Report:
    """What a re-extraction has done."""

    read: int = 0
    changed: int = 0
    new: int = 0
    unchanged: int = 0
    unreadable: int = 0
    fields: Counter[str] = field(factory=Counter)
    """Field → captures in which it changed."""
    problems: list[str] = field(factory=list)
    """One line for each capture that could not be read."""
    seconds: float = 0.0
    run_id: str | None = None
    """None where nothing was written."""

    @property
    def counts(self) -> dict[str, int]:
        """As in a run summary."""
        names = ("read", "changed", "new", "unchanged", "unreadable")
        return {name: getattr(self, name) for name in names}


@frozen(kw_only=True)
class _Task:
    row: ExtractableRow
    payload_at: WarcLocation | None
    """Of a revisit: where its payload stands."""
    before_at: WarcLocation | None
    """Where the present extraction stands."""


@frozen(kw_only=True)
class _Result:
    outcome: Outcome
    row: ExtractableRow
    extraction: Extraction | None = None
    fields: dict[str, tuple[Any, Any]] | None = None
    """Field → (before, after). None where there was nothing before: then all that is not empty is new, and is
    spelled out only for who asks.
    """
    problem: str | None = None


@define
class _Worker:
    """What a worker process keeps."""

    settings: Settings
    sites: Registry
    fields: tuple[str, ...]


_worker: _Worker | None = None

Step = Callable[[int, str], None]
Changed = Callable[[Change], None]


def reextract(
    settings: Settings,
    index: Index,
    options: Options,
    *,
    kind: Literal["reextract", "import"] = "reextract",
    record: bool = False,
    damage: str | None = None,
    progress: Step | None = None,
    changed: Changed | None = None,
) -> Report:
    """Extract again, in the order of the WARC files; `changed` is called with each difference.

    `record`: the run is recorded even if it writes no fields. `damage`: what was wrong with the files that
    an import brought; what could be done is a part then.

    Raises ProfileError, UsageError (no such site), LockedError, WarcWriteError, IndexStoreError; what cannot
    be read is reported and passed over.
    """
    with (
        hold_collection(settings.log_folder, shared=True),
        hold(settings.log_folder / REEXTRACT_LOCK, what="re-extraction"),
    ):
        if options.dry_run:
            catch_up(settings, index)
        else:
            bring_into_order(settings, index)
        sites = Registry.load(settings.sites_folder)
        rows = chosen_rows(index, sites, options)
        run = Run(settings, index, kind, options.site)
        if not options.dry_run:
            run.end_dead()
        if record:
            _ = run.writer
        return _go(settings, index, rows, run, options, damage=damage, progress=progress, changed=changed)


def _go(
    settings: Settings,
    index: Index,
    rows: Iterable[ExtractableRow],
    run: Run,
    options: Options,
    *,
    damage: str | None,
    progress: Step | None,
    changed: Changed | None,
) -> Report:
    report = Report()
    started = time.monotonic()
    status: Literal["done", "partly", "failed", "interrupted"] = "failed"
    waiting: deque[ExtractableRow] = deque()
    work = ordered(
        _extract_tasks,
        _tasks(index, rows, waiting),
        jobs=options.jobs,
        together=TOGETHER,
        initializer=_start_worker,
        arguments=(settings, options.fields),
    )
    try:
        with index.batch():
            for answer in work:
                row = waiting.popleft()
                if isinstance(answer, Died):
                    problem = f"the process that read it died: {answer.reason}"
                    result = _Result(outcome="unreadable", row=row, problem=problem)
                else:
                    result = answer
                _take(report, result, run, options, changed)
                if progress:
                    progress(report.read, row.file)
        status = "partly" if report.unreadable or damage else "done"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        report.seconds = time.monotonic() - started
        if run.has_written:
            report.run_id = run.finish(status, report.counts, damage).run_id
    return report


def _tasks(index: Index, rows: Iterable[ExtractableRow], waiting: deque[ExtractableRow]) -> Iterator[_Task]:
    for row in rows:
        waiting.append(row)
        yield _Task(
            row=row,
            payload_at=index.location_of(row.refers_to) if row.refers_to else None,
            before_at=index.location_of(row.extraction_record_id) if row.extraction_record_id else None,
        )


def _take(report: Report, result: _Result, run: Run, options: Options, changed: Changed | None) -> None:
    """Count one result; write it where it differs."""
    if result.outcome == "no_page":
        return
    report.read += 1
    setattr(report, result.outcome, getattr(report, result.outcome) + 1)
    if result.problem:
        report.problems.append(
            f"{result.row.url} ({result.row.file} at byte {result.row.offset}): {result.problem}"
        )
    extraction = result.extraction
    if extraction is None:
        return
    fields = result.fields
    if fields is None and changed is not None:
        fields = _differences(None, extraction)
    report.fields.update(_filled(extraction) if fields is None else fields.keys())
    if changed is not None and fields is not None:
        row = result.row
        changed(
            Change(
                url=row.url,
                fetched_at=row.fetched_at,
                location=row.location,
                new=result.outcome == "new",
                fields=fields,
            )
        )
    if not options.dry_run:
        of = StoredCapture(
            capture=Capture(url=result.row.url, fetched_at=datetime.fromisoformat(result.row.fetched_at)),
            location=result.row.location,
            record_type="response",
        )
        run.write(lambda writer: writer.write_extraction(extraction, of, datetime.now(UTC)))


# what to read


def chosen_rows(index: Index, sites: Registry, options: Options) -> Iterator[ExtractableRow]:
    """Yield the captures that the options choose, in the order of the WARC files.

    A site is meant by name or host, as it is now or as it was when the page was extracted. Raises UsageError
    where there is no such site.
    """
    rows = index.extractable(since=options.since, files=options.files, missing_only=options.missing_only)
    if options.site is not None:
        wanted = options.site
        if wanted not in sites:
            wanted = site_name(sites, f"http://{wanted}/") or wanted
        known = wanted in sites
        rows = (row for row in rows if row.site == wanted or site_name(sites, row.url) == wanted)
        if not known:
            first = next(rows, None)
            if first is None:
                sites.get(wanted)
                return
            yield from ([] if options.stale and not is_stale(first, sites) else [first])
    for row in rows:
        if not options.stale or is_stale(row, sites):
            yield row


def site_name(sites: Registry, url: str) -> str | None:
    """Return the name of the profile that an address has now."""
    site = sites.for_url(url)
    return site.name if site else None


def is_stale(row: ExtractableRow, sites: Registry) -> bool:
    """Tell whether extraction could now use another extractor, site or layout than it did.

    Without looking at the page this cannot always be known: where a layout that was tried in vain has
    changed, the page counts as stale. Reading it again notes what was tried, so that it is read once.
    """
    if row.extractor is None:
        return may_be_page(row.url, row.content_type)
    if row.extractor != EXTRACTOR:
        return True
    site = sites.for_url(row.url)
    if site is None:
        return row.layout_digest is not None
    if row.site != site.name:
        return True
    fetched_at = datetime.fromisoformat(row.fetched_at)
    layout = next((it for it in site.layouts if it.id == row.layout and it.covers(fetched_at)), None)
    if layout is None and row.layout is not None:
        return True
    return row.layout_digest != site.choice_digest(layout, fetched_at)


# in the worker processes


def _start_worker(settings: Settings, fields: tuple[str, ...]) -> None:
    global _worker  # noqa: PLW0603  # one a process
    read_many_pages()
    _worker = _Worker(settings, Registry.load(settings.sites_folder), fields)


def _extract_tasks(tasks: Sequence[_Task]) -> list[_Result]:
    assert _worker is not None
    return [_extract_task(task, _worker) for task in tasks]


def _extract_task(task: _Task, worker: _Worker) -> _Result:
    row = task.row
    try:
        stored = read_capture(worker.settings.collection, row.location, whole=False)
        if not is_page(stored):
            return _Result(outcome="no_page", row=row)
        body = payload(
            worker.settings.collection,
            stored,
            worker.settings.max_payload_bytes,
            partial(_payload_at, record_id=row.refers_to, place=task.payload_at),
        )
        extraction = extraction_of(stored, body, worker.sites, worker.settings)
        if row.result_digest is None:
            return _Result(outcome="new", row=row, extraction=extraction)
        if row.result_digest in (result_digest(extraction), result_digest(_as_stored(extraction))):
            return _Result(outcome="unchanged", row=row)
        before = _before(worker.settings.collection, task.before_at)
    except (HemerotecaError, OSError, ValueError) as error:
        return _Result(outcome="unreadable", row=row, problem=str(error).splitlines()[0])
    differences = _differences(before, extraction)
    if worker.fields and not differences.keys() & set(worker.fields):
        return _Result(outcome="unchanged", row=row)
    return _Result(outcome="changed", row=row, extraction=extraction, fields=differences)


def _payload_at(
    original: RevisitOf, *, record_id: str | None, place: WarcLocation | None
) -> WarcLocation | None:
    return place if original.record_id == record_id else None


def _as_stored(extraction: Extraction) -> Extraction:
    """As it comes back from JSON: what no UTF-8 can hold is replaced there."""
    return extraction_from_json(extraction_to_json(extraction))


def _before(collection: Path, place: WarcLocation | None) -> Extraction | None:
    if place is None:
        return None
    return read_extraction_body(read_record(collection, place)[1]).extraction


def _differences(before: Extraction | None, after: Extraction) -> dict[str, tuple[Any, Any]]:
    old, new = _flat(before), _flat(after)
    return {name: (old.get(name), new.get(name)) for name in FIELDS if old.get(name) != new.get(name)}


def _filled(extraction: Extraction) -> list[str]:
    """Return the names of `_differences(None, extraction)`, read from the fields themselves: most pages that
    are extracted for the first time are asked for no more, and their JSON is half a millisecond each.
    """
    article = extraction.article
    return [
        name
        for name in FIELDS
        if (getattr(article, name, None) if name in ARTICLE_FIELDS else getattr(extraction, name))
        not in _EMPTY
    ]


def _flat(extraction: Extraction | None) -> dict[str, Any]:
    """Return the article's fields beside verdict, issues and provenance, as plain JSON values; empty ones
    are None.
    """
    import orjson

    if extraction is None:
        return {}
    value = orjson.loads(extraction_to_json(extraction))
    flat = {**(value.pop("article") or {}), **value}
    return {name: item for name, item in flat.items() if item not in _EMPTY}
