"""What a run says of itself when it ends: its summary, alarms, skipped slots, the state of its lists.

Stands in a resource record of the WARC (`archive.warc.records`) and in a row of the index.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from attrs import field, frozen

ALARM_CODES: dict[str, str] = {
    "redesign": "Articles come in a layout that the profile does not know, or that was rare before.",
    "field_lost": "A field is found in far fewer articles than before, or than the profile expects.",
    "text_lost": "Articles are far shorter than before: a paywall, or text that only a browser gets.",
    "consent_wall": "Different addresses answer with one and the same page: a consent or login wall.",
    "nothing_found": "The front page and the lists of a paper name no article: scripts may build them.",
    "no_articles": "Pages that should be articles are read as something else: error pages, empty shells.",
    "list_dead": "A section, feed or sitemap that named articles names none, or answers with an error.",
    "list_stale": "A list that named the new articles names none of them any more.",
    "refused": "Far more requests than before are refused or get no answer.",
    "forbidden": "robots.txt forbids what it allowed before.",
    "few_listed": "The lists name far fewer articles than before, or than the profile expects.",
    "no_news": "Nothing new for far longer than ever before.",
    "late": "Articles are captured far longer after their publication than before.",
}
"""What a run may raise an alarm for; docs/reference/alarms.md is generated from it."""


@frozen(kw_only=True)
class Alarm:
    """Something that a person should look at, found by comparing a run with earlier ones of the site."""

    code: str
    """One of `ALARM_CODES`."""
    subject: str = ""
    """What it is about: a field, a list's address, a layout."""
    detail: str = ""
    """In words, with figures."""


@frozen(kw_only=True)
class SkippedSlots:
    """Slots of the schedule in a row that were not run, for one reason: why the archive has a gap."""

    first: datetime
    last: datetime
    count: int
    reason: str
    section: str = ""
    """Address of the section, where the slots were for one alone."""


SourceOutcome = Literal["good", "empty", "unreadable", "stale", "gone", "failed"]


@frozen(kw_only=True)
class SourceState:
    """How a list that a site is crawled by (feed, sitemap, section) has been doing, at the end of a run."""

    url: str
    """Its address; of dated sitemaps their pattern."""
    role: str
    """feed, sitemap or section."""
    outcome: SourceOutcome
    """What came of asking it last: good (it listed something), empty, unreadable (not what it should be),
    stale (months behind the site's others), gone (404, 410) or failed."""
    detail: str | None = None
    """In words: the status, the error."""
    tried_at: datetime
    bad_in_row: int = 0
    """Times that it gave nothing since it last was good."""
    good_at: datetime | None = None
    """When it last was good."""
    newest: str | None = None
    """Latest date that it listed then, ISO 8601."""
    rests_until: datetime | None = None
    """It is not asked again before."""


@frozen(kw_only=True)
class Revisits:
    """When the known articles of a site are asked for again, as a crawl leaves it."""

    known: int
    """Articles of the site that the archive has."""
    due: int
    """Of them, those that are due by now, and wait for the next crawl."""
    next_at: datetime | None = None
    """When the first of the others is due; None where all are left alone."""


NO_WORD = "ended without a word: killed, or nothing could be written; what it had written is kept"
"""What the archive says of a run that never told its end."""


@frozen(kw_only=True)
class RunSummary:
    """One run of a crawl, a capture, an import or a re-extraction; a resource record of the WARC."""

    run_id: str
    kind: Literal["crawl", "capture", "import", "reextract"]
    site: str | None
    started_at: datetime
    finished_at: datetime | None = None
    status: Literal["running", "done", "partly", "failed", "interrupted"] = "running"
    counts: dict[str, int] = field(factory=dict)
    """fetched, articles, new_articles, new_versions, unchanged, listings, failures, bytes …"""
    detail: str | None = None
    slot: datetime | None = None
    """Slot of the schedule that it was for."""
    skipped: tuple[SkippedSlots, ...] = ()
    """Slots of the site since its last scheduled run that were not run."""
    observed: dict[str, float] = field(factory=dict)
    """What later runs are compared with: shares, medians, list yields. See `crawler.observing`."""
    alarms: tuple[Alarm, ...] = ()
    sources: tuple[SourceState, ...] = ()
    """Of a crawl: the lists of the site as the run left them, those that it did not ask included."""
    revisits: Revisits | None = None
    """Of a crawl: how many known articles are due, and when the next one is; None with `revisit = false`."""
