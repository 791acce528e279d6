"""A link on its way through the frontier, and what is known of it."""

from __future__ import annotations

from typing import Literal

import attrs
from attrs import frozen

from archive.model import Found
from crawler.revisit import Evidence

State = Literal["queued", "done", "failed", "precluded"]
Kind = Literal["list", "article", "capture"]
"""list: section, feed, sitemap, load-more: fetched anew at every run. article: fetched once, unless it
failed, and again when it is due. capture: asked for by the user, fetched at every run."""

FIRST, LISTS, NEW, RECHECK, BACKFILL = 110, 100, 50, 40, 30
"""Priorities: seeds, other lists, articles that lists show as new, known ones that are due, old ones."""


@frozen(kw_only=True)
class Link:
    """One URL to fetch, with all that the spider needs to go on with it after a restart."""

    url: str
    key: str
    """What makes two URLs the same for the queue: "id:…" with the article id, else the canonical URL."""
    kind: Kind = "article"
    role: str = "article"
    """What the spider does with the answer: section, feed, sitemap, loadmore, front, robots, article,
    recheck, capture."""
    priority: int = NEW
    depth: int = 0
    """Pages of one list followed in a row up to this one."""
    found: Found = attrs.field(factory=Found)


@frozen(kw_only=True)
class Visit:
    """What is known of an article that was fetched before."""

    article: int
    """Its id in the index."""
    evidence: Evidence
    due: float | None = None
    """Seconds since 1970; None: left alone."""


@frozen(kw_only=True)
class Queued:
    """A link on its way out of the queue."""

    id: int
    link: Link
    retries: int = 0
    """Times that it was tried in this run before."""
    visit: Visit | None = None

    @property
    def is_recheck(self) -> bool:
        """Whether this is an article that the archive has, and that is due again."""
        return self.visit is not None and self.link.role == "recheck"
