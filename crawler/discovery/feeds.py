"""RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287) and JSON Feed 1.x → links with headline and date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from lxml import etree

from archive.dates import parse_date
from archive.extract.page import plain
from archive.urls import absolute
from crawler.discovery.links import Candidate
from crawler.discovery.xml import child_text, elements, local, prepare

MAX_ITEMS = 5_000
_ITEMS = frozenset(("item", "entry"))


def read_feed(
    data: bytes, url: str, now: datetime, *, lang: str | None = None, timezone: str | None = None
) -> list[Candidate]:
    """Return the entries of a feed in its order; nothing where it is no feed. Never raises.

    `url` is the feed's own, for relative links; `now` the time of its capture.
    """
    data = prepare(data)
    if data[:1] == b"{":
        return _json_feed(data, url, now, lang, timezone)
    found: list[Candidate] = []
    for item in elements(data, _ITEMS):
        link = absolute(item.base or url, _link(item))
        if link is None:
            continue
        raw = child_text(item, "pubdate", "published", "date", "issued", "created", "updated", "modified")
        found.append(
            Candidate(
                url=link,
                title=_title(child_text(item, "title")),
                date=parse_date(raw, lang=lang, timezone=timezone, now=now),
                position=len(found) + 1,
            )
        )
        if len(found) == MAX_ITEMS:
            break
    return found


def looks_like_feed(data: bytes) -> bool:
    """Tell by the first bytes whether this is a feed."""
    head = data[:4096].lower()
    if any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf")):
        return True
    return b"jsonfeed.org/version" in head.replace(b"\\/", b"/")  # JSON may write "\/" for "/"


def _title(text: str | None) -> str | None:
    return plain(text[:2_000]) or None if text else None


def _link(item: etree._Element) -> str | None:
    """Return the entry's address: the original behind a feed proxy, Atom's alternate link, RSS's link, a guid
    that is one.
    """
    original = child_text(item, "origlink")
    if original:
        return original
    for child in item:
        if local(child) != "link":
            continue
        href = child.get("href")
        if href and (child.get("rel") or "alternate") == "alternate":
            return href.strip()
        if not href and child.text and child.text.strip():
            return str(child.text).strip()
    for child in item:
        text = (child.text or "").strip()
        if (
            local(child) in ("guid", "id")
            and child.get("isPermaLink", "true") != "false"
            and text.startswith("http")
        ):
            return text
    return item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")


def _json_feed(
    data: bytes, url: str, now: datetime, lang: str | None, timezone: str | None
) -> list[Candidate]:
    try:
        feed: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return []
    items = feed.get("items") if isinstance(feed, dict) else None
    found: list[Candidate] = []
    for item in items[:MAX_ITEMS] if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        address = item.get("url") or item.get("external_url") or item.get("id")
        link = absolute(url, address) if isinstance(address, str) else None
        if link is None:
            continue
        title, date = item.get("title"), item.get("date_published") or item.get("date_modified")
        found.append(
            Candidate(
                url=link,
                title=_title(title) if isinstance(title, str) else None,
                date=parse_date(date, lang=lang, timezone=timezone, now=now)
                if isinstance(date, str)
                else None,
                position=len(found) + 1,
            )
        )
    return found
