"""Metrics in Prometheus' text form: of crawls while they run, and of a collection's sites and schedules.

Written by prometheus-client, a file at a time (node_exporter's textfile collector reads such files) or over
HTTP on loopback. Labels hold site names only: their number is that of the sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from archive.errors import HemerotecaError
from archive.index.search import Search
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.index.results import RunRow

LOOPBACK = "127.0.0.1"
COUNTED: Mapping[str, str] = {
    "fetched": "Answers received",
    "bytes": "Bytes of bodies received",
    "articles": "Pages read as articles",
    "new_articles": "Articles that the archive had not",
    "new_versions": "New wordings of articles that the archive had",
    "unchanged": "Articles found unchanged",
    "failures": "Fetches that failed",
    "precluded": "Addresses that robots.txt forbids",
}


class LiveCrawls(Collector):
    """The counts of the crawls of this process."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.counts: dict[str, dict[str, int]] = {}

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        for name, doc in COUNTED.items():
            metric = CounterMetricFamily(f"hemeroteca_crawl_{name}", doc, labels=("site",))
            for site, counts in list(self.counts.items()):
                metric.add_metric((site,), counts.get(name, 0))
            yield metric
        queued = GaugeMetricFamily("hemeroteca_crawl_queued", "Addresses in the queue", labels=("site",))
        for site, counts in list(self.counts.items()):
            queued.add_metric((site,), counts.get("queued", 0))
        yield queued


class CollectionState(Collector):
    """The last run of every site, and what became of the schedule's slots: read when asked."""

    def __init__(self, settings: Settings) -> None:
        """Remember where it is."""
        self._settings = settings

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; what cannot be read now is left out."""
        rows: list[RunRow] = []
        if self._settings.index_path.exists():
            with suppress(HemerotecaError), Search.open(self._settings.index_path) as index:
                rows = index.runs(limit=2000)
        last: dict[str, RunRow] = {}
        for row in rows:
            if row.kind == "crawl" and row.finished_at and row.site:
                last.setdefault(row.site, row)
        yield from _last_runs(last)
        yield from _slots(self._settings)


def _last_runs(last: Mapping[str, RunRow]) -> Iterator[Metric]:
    ended = GaugeMetricFamily(
        "hemeroteca_last_run_timestamp_seconds", "End of the last run", labels=("site",)
    )
    status = GaugeMetricFamily(
        "hemeroteca_last_run_status", "1 for the status of the last run", labels=("site", "status")
    )
    found = GaugeMetricFamily("hemeroteca_last_run_articles", "Articles of the last run", labels=("site",))
    alarms = GaugeMetricFamily("hemeroteca_alarms", "Alarms of the last run", labels=("site", "code"))
    for site, row in sorted(last.items()):
        ended.add_metric((site,), datetime.fromisoformat(row.finished_at or row.started_at).timestamp())
        for name in ("done", "partly", "failed", "interrupted"):
            status.add_metric((site, name), float(row.status == name))
        found.add_metric((site,), row.counts.get("articles", 0))
        codes = [alarm["code"] for alarm in row.alarms]
        for code in sorted(set(codes)):
            alarms.add_metric((site, code), codes.count(code))
    yield from (ended, status, found, alarms)


def _slots(settings: Settings) -> Iterator[Metric]:
    from crawler.ledger import Ledger

    if not settings.schedule_path.exists():
        return
    slots = GaugeMetricFamily("hemeroteca_slots", "Slots of the schedule so far", labels=("site", "state"))
    running = GaugeMetricFamily("hemeroteca_scheduled_crawls", "Scheduled crawls under way")
    with suppress(HemerotecaError), Ledger(settings.schedule_path) as ledger:
        for site, state, number in ledger.totals():
            slots.add_metric((site, state), number)
        running.add_metric((), len(ledger.leases()))
    yield from (slots, running)


def write(path: Path, collectors: Iterable[Collector]) -> None:
    """Write the metrics to a file, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), _registry(collectors))


def serve(port: int, collectors: Iterable[Collector]) -> tuple[WSGIServer, Thread]:
    """Answer on http://127.0.0.1:PORT/metrics, in a thread that ends with the process. Raises OSError."""
    return start_http_server(port, addr=LOOPBACK, registry=_registry(collectors))


def _registry(collectors: Iterable[Collector]) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    return registry


def file_for(settings: Settings, names: Iterable[str]) -> Path | None:
    """Return the file that the settings ask for; SITE in it is replaced by the site's name."""
    if not settings.metrics_file:
        return None
    name = "+".join(sorted(names))[:100] or "none"
    plain = re.sub(r"[^\w.+-]", "_", name)
    return settings.collection / settings.metrics_file.replace("SITE", plain)
