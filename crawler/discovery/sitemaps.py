"""Sitemaps (sitemaps.org 0.9), sitemap indexes, Google News sitemaps, plain lists, gzip; and the patterns of
monthly ones.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from attrs import frozen
from lxml import etree

from archive.dates import parse_date
from archive.extract.page import plain
from archive.urls import absolute
from crawler.discovery.links import MAX_LINKS, Candidate
from crawler.discovery.xml import as_utf8, child_text, elements, local, prepare

MAX_SHARDS = 50_000
"""Sitemaps of one index (sitemaps.org)."""
MAX_FILLED = 20_000
"""Addresses of one pattern: a page a day for more than fifty years."""
_ENTRIES = frozenset(("url", "sitemap"))
_SHARD_DATE = re.compile(r"((?:19|20)\d\d)[-_/]?(0?[1-9]|1[0-2])?(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_FRESH = re.compile(r"news|latest|recent|actu|today|nouveau", re.IGNORECASE)


@frozen(kw_only=True)
class Shard:
    """A sitemap that an index names."""

    url: str
    changed: str | None = None
    """lastmod, ISO 8601."""

    @property
    def rank(self) -> tuple[str, bool]:
        """Newest first when sorted in reverse: by the month in its name, else by lastmod; news sitemaps
        before others.
        """
        name = self.url.partition("://")[2].partition("/")[2]
        match = _SHARD_DATE.search(name)
        fresh = bool(_FRESH.search(name)) and match is None
        if match:
            return (f"{match[1]}-{int(match[2] or 12):02}-{match[3] or '31'}", fresh)
        return ("9999" if fresh else (self.changed or "")[:10], fresh)

    def is_before(self, since: datetime) -> bool:
        """Tell whether nothing in it can be from `since` or later, by lastmod or the month in its name."""
        if self.changed:
            return self.changed[:10] < since.date().isoformat()
        match = _SHARD_DATE.search(self.url.partition("://")[2].partition("/")[2])
        if match is None or match[2] is None:
            return match is not None and int(match[1]) < since.year
        return (int(match[1]), int(match[2])) < (since.year, since.month)


@frozen(kw_only=True)
class Sitemap:
    """What one sitemap file holds: pages, or (an index) other sitemaps."""

    pages: tuple[Candidate, ...] = ()
    shards: tuple[Shard, ...] = ()


def read_sitemap(data: bytes, url: str, now: datetime, *, timezone: str | None = None) -> Sitemap:
    """Read one sitemap, index, or plain list of URLs; empty where it is none of them. Never raises."""
    data = prepare(data)
    if not data.startswith(b"<"):
        return _plain_list(data, url)
    pages: list[Candidate] = []
    shards: list[Shard] = []
    for entry in elements(data, _ENTRIES):
        link = absolute(url, child_text(entry, "loc"))
        if link is None:
            continue
        if local(entry) == "sitemap":
            shards.append(Shard(url=link, changed=_date(child_text(entry, "lastmod"), now, timezone)))
        else:
            pages.append(_page(entry, link, len(pages) + 1, now, timezone))
        if len(pages) >= MAX_LINKS or len(shards) >= MAX_SHARDS:
            break
    return Sitemap(pages=tuple(pages), shards=tuple(shards))


def _page(entry: etree._Element, link: str, position: int, now: datetime, timezone: str | None) -> Candidate:
    """Return one <url>. The date of a news sitemap is the publication's; lastmod, of the last edit, comes
    second.
    """
    news = next((child for child in entry if local(child) == "news"), None)
    title = child_text(news, "title") if news is not None else None
    raw = child_text(news, "publication_date") if news is not None else None
    return Candidate(
        url=link,
        title=plain(title[:2_000]) or None if title else None,
        date=_date(raw or child_text(entry, "lastmod"), now, timezone),
        position=position,
    )


def _date(raw: str | None, now: datetime, timezone: str | None) -> str | None:
    return parse_date(raw, timezone=timezone, now=now) if raw else None


def _plain_list(data: bytes, url: str) -> Sitemap:
    """One URL a line (sitemaps.org, "Text file")."""
    pages: list[Candidate] = []
    for line in data[: 10 << 20].decode("utf-8", "replace").splitlines():
        text = line.strip()
        if not text.startswith(("http://", "https://")):
            if text and not text.startswith("#"):
                return Sitemap()
            continue
        link = absolute(url, text)
        if link:
            pages.append(Candidate(url=link, position=len(pages) + 1))
        if len(pages) == MAX_LINKS:
            break
    return Sitemap(pages=tuple(pages))


def fill_pattern(pattern: str, since: date | None, now: datetime, limit: int = MAX_FILLED) -> list[str]:
    """Return the addresses of a sitemap pattern with {year}, {month}, {day}, newest first.

    From `since` to `now`; without `since` the present month (year, day) and the one before. `{month:02}` is
    padded; a plain `{month}` is tried as written by the profile, without a leading zero.
    """
    if "{" not in pattern:
        return [pattern]
    today = now.astimezone(UTC).date()
    daily, monthly = "{day" in pattern, "{month" in pattern
    found: dict[str, None] = {}
    day = today
    first = since or (
        today - timedelta(days=1)
        if daily
        else _month_before(today)
        if monthly
        else today.replace(year=today.year - 1, day=1)
    )
    first = first if daily else first.replace(day=1) if monthly else first.replace(month=1, day=1)
    while day >= first and len(found) < limit:
        found[pattern.format(year=day.year, month=day.month, day=day.day)] = None
        day = (
            day - timedelta(days=1)
            if daily
            else _month_before(day)
            if monthly
            else day.replace(year=day.year - 1, day=1)
        )
    return list(found)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def twin_of(url: str) -> str | None:
    """Return the same monthly sitemap with its month spelled the other way (7 ⇄ 07), None where there is no
    month.

    Newspapers of one family differ in it; it is asked where the first spelling is not there.
    """
    match = re.search(r"((?:19|20)\d\d[-_/]?)(0[1-9]|[1-9])(?=\D|$)(?!.*(?:19|20)\d\d)", url)
    if match is None:
        return None
    month = match[2][1:] if match[2].startswith("0") else f"0{match[2]}"
    return url[: match.start(2)] + month + url[match.end(2) :]


def sitemaps_of_robots(data: bytes, url: str) -> list[str]:
    """Return the sitemaps that a robots.txt names (sitemaps.org, "Specifying the Sitemap location")."""
    found: dict[str, None] = {}
    for line in as_utf8(data[: 512 << 10]).decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() == "sitemap":
            link = absolute(url, value.split("#")[0].strip())
            if link:
                found[link] = None
    return list(found)[:100]
