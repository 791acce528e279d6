"""What the archive knows of a paper that has no profile: it was crawled by its address."""

from __future__ import annotations

import shlex
from typing import Any

from attrs import frozen

from archive.counting import count_of
from archive.index.results import RunRow, SiteStats
from archive.index.search import Search
from archive.settings import Settings
from archive.summary import SourceState
from archive.urls import bare_host, host_of
from hemeroteca.console import plain


def days_of(stats: SiteStats) -> str:
    """Return the span of a site's articles; those without a date are in it with their day of capture."""
    undated = f" ({stats.undated:,} without a date)" if stats.undated else ""
    return f"{stats.first_day} … {stats.last_day}{undated}"


@frozen(kw_only=True)
class Stranger:
    """A site of the archive without a profile."""

    name: str
    front: str | None
    """Where its last crawl began."""
    last_run: RunRow
    stats: SiteStats | None
    """None where no article was found."""
    sources: tuple[SourceState, ...]

    @property
    def advice(self) -> str:
        """How it gets a profile."""
        return f"hemeroteca sites new {shlex.quote(self.front or self.name)}"

    def as_json(self) -> dict[str, Any]:
        """Return all of it."""
        run = self.last_run
        return {
            "name": self.name,
            "profile": None,
            "front": self.front,
            "articles": self.stats.articles if self.stats else 0,
            "captures": self.stats.captures if self.stats else 0,
            "first_day": self.stats.first_day if self.stats else None,
            "last_day": self.stats.last_day if self.stats else None,
            "undated": self.stats.undated if self.stats else 0,
            "last_run": {"started_at": run.started_at, "status": run.status, "detail": run.detail},
            "sources": [plain(source) for source in self.sources],
        }

    def lines(self) -> list[tuple[str, str]]:
        """Return the same for people: a word and what there is to say; lists apart."""
        stats, run = self.stats, self.last_run
        articles = f"{count_of(stats.articles, 'article')}, {days_of(stats)}" if stats else "none"
        told = f": {run.detail}" if run.detail else ""
        return [
            ("name", self.name),
            ("profile", f"none; {self.advice}"),
            *([("front", self.front)] if self.front else []),
            ("articles", articles),
            ("last run", f"{run.started_at[:19]} UTC {run.status}{told}"),
        ]


def stranger(settings: Settings, name: str) -> Stranger | None:
    """Return what the archive knows of a site, named as `runs` names it or by an address; None: nothing."""
    if not settings.index_path.is_file():
        return None
    host = bare_host(host_of(name)) if "://" in name else name
    with Search.open(settings.index_path) as index:
        runs = index.runs(site=host, limit=1, locks=settings.log_folder)
        if not runs:
            return None
        return Stranger(
            name=host,
            front=index.seed_of(runs[0].run_id),
            last_run=runs[0],
            stats=next((one for one in index.stats().sites if one.site == host), None),
            sources=index.sources(host),
        )
