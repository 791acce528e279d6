"""Stories as JSON objects, whoever wrote them: address, headline and perhaps date, under the usual names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from archive.dates import parse_date
from archive.extract.page import plain
from archive.sites.schema import Site
from archive.urls import absolute
from crawler.discovery.links import Candidate, Scope, url_likeness

_ADDRESS = (
    "url", "link", "href", "permalink", "article_url", "share_url", "web_url", "website_url", "canonical_url",
    "canonicalUrl", "articleUrl", "webUrl", "path", "uri",
)  # fmt: skip
_TITLE = ("title", "headline", "headlines", "post_title", "heading", "name")
_DATE = (
    "published_at", "date_published", "publishedAt", "datePublished", "publish_date", "published",
    "publication_date", "publicationDate", "display_date", "published_time", "publish_time", "publishTime",
    "published_on", "date", "pubDate", "pubdate", "created_at", "createdAt", "timestamp", "time", "ctime",
)  # fmt: skip
_EPOCH = re.compile(r"[1-9]\d{8,9}(?:\.\d{1,9})?|[1-9]\d{11,12}(?:\.\d{1,9})?", re.ASCII)
"""Seconds or milliseconds since 1970, of 1973 to 2286: fewer digits are a day (20261124), or no date."""
_MILLISECONDS = 10**11
_WORDING = ("rendered", "basic")
"""Where a headline is an object: WordPress, Arc."""
MAX_ITEMS = 1_000


def is_address(value: Any, base: str) -> bool:
    """Tell whether a value is an address, absolute or from the root."""
    return (
        isinstance(value, str)
        and value.startswith(("http://", "https://", "/", "?"))
        and bool(absolute(base, value))
    )


def address_of(entry: dict[str, Any], base: str) -> str | None:
    """Return the address that an object names as its own."""
    return next((absolute(base, entry[name]) for name in _ADDRESS if is_address(entry.get(name), base)), None)


def title_of(entry: dict[str, Any]) -> str | None:
    """Return the headline of an object."""
    text = _text(entry, _TITLE)
    return plain(text) or None if text else None


def date_of(entry: dict[str, Any], scope: Scope, now: datetime) -> str | None:
    """Return the day or the moment of an object as ISO 8601."""
    for name in _DATE:
        value = entry.get(name)
        if isinstance(value, dict):
            value = next((value[inner] for inner in _WORDING if inner in value), None)
        date = date_from(value, scope.site, now)
        if date is not None:
            return date
    return None


def date_from(value: Any, site: Site | None, now: datetime) -> str | None:
    """Return a date of JSON as ISO 8601: text as newspapers write it, or seconds (milliseconds) since 1970,
    as a number or in digits.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    zone, lang = (site.timezone, site.lang) if site else (None, None)
    text = value.strip()[:100] if isinstance(value, str) else str(value)
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        seconds = seconds / 1000 if seconds >= _MILLISECONDS else seconds
        return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone) if zone else UTC).isoformat()
    return parse_date(text, lang=lang, timezone=zone, now=now) if text else None


def is_story(entry: Any, base: str, scope: Scope, least: int = 1) -> bool:
    """Tell whether a value is a story of the site: it has a headline and an address like an article's."""
    if not isinstance(entry, dict) or _text(entry, _TITLE) is None:
        return False
    url = address_of(entry, base)
    return url is not None and scope.contains(url) and url_likeness(url, scope) >= least


def candidates(entries: list[dict[str, Any]], base: str, scope: Scope, now: datetime) -> list[Candidate]:
    """Return stories as links, in order."""
    found: list[Candidate] = []
    for entry in entries:
        url = address_of(entry, base)
        if url is not None:
            date = date_of(entry, scope, now)
            found.append(
                Candidate(url=scope.plain(url), title=title_of(entry), date=date, position=len(found) + 1)
            )
    return found


def _text(entry: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, dict):
            value = next((value[inner] for inner in _WORDING if inner in value), None)
        if isinstance(value, str) and value.strip():
            return value[:2_000]
    return None
