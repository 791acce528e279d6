"""A site's runs out of the index, as `crawler.drift` compares them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from archive.index.results import RunRow
from archive.index.search import Search
from archive.settings import Settings
from archive.sites.schema import Expect, Site
from crawler.discovery.sources import reasons_of
from crawler.drift import RUNS, Case, Figures, PastRun


def past_runs(settings: Settings, site: str, expect: Expect, *, before: str | None = None) -> list[PastRun]:
    """Return earlier whole runs of a site that came to an end, oldest first. `before`: ISO time, UTC."""
    if not settings.index_path.exists():
        return []
    with Search.open(settings.index_path) as index:
        rows = index.runs(site=site, limit=10 * RUNS)
    since = datetime.combine(expect.since, time(), UTC).isoformat() if expect.since else ""
    wanted = [
        row
        for row in rows
        if counts(row) and row.started_at >= since and (before is None or row.started_at < before)
    ]
    return [past_run(row) for row in reversed(wanted[:RUNS])]


def past_run(row: RunRow) -> PastRun:
    """Return one run as it is compared."""
    return PastRun(
        started_at=datetime.fromisoformat(row.started_at),
        figures=row.observed,
        alarmed=frozenset((alarm["code"], alarm["subject"]) for alarm in row.alarms),
    )


def counts(row: RunRow) -> bool:
    """Tell whether a run can be compared: it came to an end, and the whole site was asked for."""
    return row.kind == "crawl" and row.status in ("done", "partly") and bool(row.observed)


_MEASURED = {"fill": "field_lost", "layout": "redesign", "text": "text_lost", "lag": "late"}
_OF_LISTS = {"list": "list_dead", "fresh": "list_stale", "alone": "list_stale"}
_OF_RUNS = {"same": "consent_wall", "refused": "refused", "unread": "refused", "forbidden": "forbidden",
            "listed": "few_listed"}  # fmt: skip


def measure_of(case: Case, name: str) -> list[Figures]:
    """Return the earlier runs that are a measure for a figure: not those with an alarm for it."""
    kind, _, subject = name.partition(":")
    if kind in _MEASURED:
        return case.articles_before(_MEASURED[kind], subject if kind == "fill" else "")
    if kind in _OF_LISTS:
        return case.lists_before(_OF_LISTS[kind], subject)
    return case.before(_OF_RUNS[kind]) if kind in _OF_RUNS else [run.figures for run in case.past]


def case_of(row: RunRow, past: Sequence[PastRun], site: Site | None) -> Case:
    """Return a run of the index with what it is compared with."""
    run = past_run(row)
    return Case(
        started_at=run.started_at,
        figures=run.figures,
        past=past,
        why=reasons_of(row.sources),
        expect=site.expect if site is not None else Expect(),
    )
