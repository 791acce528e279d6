"""RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287) and JSON Feed 1.x → links with headline and date; and, where it is
asked for, what else a feed says of its stories.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from attrs import frozen
from lxml import etree

from archive.dates import parse_date
from archive.extract.page import plain
from archive.urls import absolute
from crawler.discovery.links import Candidate
from crawler.discovery.xml import child_text, elements, local, prepare

MAX_ITEMS = 5_000
_ITEMS = frozenset(("item", "entry"))
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)(?=[\s>])", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{[^\x00]*jsonfeed\.org\\?/version")
"""JSON may write "\\/" for "/"."""
_PAGES = frozenset(("", "text/html", "application/xhtml+xml"))
_LONGEST_SUMMARY, _LONGEST_TEXT = 4_000, 200_000
_MOST_AUTHORS = 20


@frozen(kw_only=True)
class Entry:
    """A story as its feed tells it: all that can be held against the page."""

    link: Candidate
    summary: str | None = None
    """As displayed: entities decoded, tags out."""
    authors: tuple[str, ...] = ()
    text: str | None = None
    """The whole text as HTML, where the feed has it (content:encoded, Atom's content)."""


def read_entries(data: bytes, url: str, now: datetime) -> list[Entry]:
    """Return the entries of a feed, as `read_feed`, with summary, authors and text."""
    data = prepare(data)
    if data[:1] == b"{":
        return [_json_entry(item, link) for item, link in _json_items(data, url, now, None, None)]
    return [_entry(item, link) for item, link in _items(data, url, now, None, None)]


def read_feed(
    data: bytes, url: str, now: datetime, *, lang: str | None = None, timezone: str | None = None
) -> list[Candidate]:
    """Return the entries of a feed in its order; nothing where it is no feed. Never raises.

    `url` is the feed's own, for relative links; `now` the time of its capture.
    """
    data = prepare(data)
    read = _json_items if data[:1] == b"{" else _items
    return [link for _, link in read(data, url, now, lang, timezone)]


def _items(
    data: bytes, url: str, now: datetime, lang: str | None, timezone: str | None
) -> Iterator[tuple[etree._Element, Candidate]]:
    """Yield the entries of XML with their links; an element is to be read before the next is asked for."""
    count = 0
    for item in elements(data, _ITEMS):
        link = absolute(item.base or url, _link(item))
        if link is None:
            continue
        raw = child_text(item, "pubdate", "published", "date", "issued", "created", "updated", "modified")
        count += 1
        yield (
            item,
            Candidate(
                url=link,
                title=_title(child_text(item, "title")),
                date=parse_date(raw, lang=lang, timezone=timezone, now=now),
                position=count,
            ),
        )
        if count == MAX_ITEMS:
            return


def _entry(item: etree._Element, link: Candidate) -> Entry:
    authors: list[str] = []
    for child in item:
        if local(child) in ("creator", "author") and len(authors) < _MOST_AUTHORS:
            authors.append(plain((child_text(child, "name") or "".join(child.itertext()))[:200]))
    summary = child_text(item, "description", "summary", "subtitle")
    text = child_text(item, "encoded", "content")
    return Entry(
        link=link,
        summary=(plain(summary[:_LONGEST_SUMMARY]) or None) if summary else None,
        authors=tuple(name for name in authors if name),
        text=text[:_LONGEST_TEXT] if text else None,
    )


def looks_like_feed(data: bytes) -> bool:
    """Tell by the first bytes whether this is a feed, and not a page that shows a part of one."""
    head = data[:4096]
    root = _ROOT.search(head)
    if root is not None:
        return _PAGE.search(head, 0, root.start()) is None
    return _JSON.match(head) is not None


def _title(text: str | None) -> str | None:
    return plain(text[:2_000]) or None if text else None


def _link(item: etree._Element) -> str | None:
    """Return the entry's address: the original behind a feed proxy, Atom's alternate link, RSS's link, a guid
    that is one.
    """
    original = child_text(item, "origlink")
    if original:
        return original
    links = [child for child in item if local(child) == "link"]
    alternates = [it for it in links if it.get("href") and (it.get("rel") or "alternate") == "alternate"]
    # Of several the page: WordPress and others name its data as well.
    alternates.sort(key=lambda it: (it.get("type") or "").partition(";")[0].strip().lower() not in _PAGES)
    texts = (it.text for it in links if not it.get("href"))
    for address in (*(it.get("href") for it in alternates), *texts):
        if address and address.strip():
            return str(address).strip()
    for child in item:
        text = (child.text or "").strip()
        if (
            local(child) in ("guid", "id")
            and child.get("isPermaLink", "true").strip().lower() != "false"
            and text.startswith("http")
        ):
            return text
    return item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")


def _json_items(
    data: bytes, url: str, now: datetime, lang: str | None, timezone: str | None
) -> Iterator[tuple[dict[str, Any], Candidate]]:
    try:
        feed: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    count = 0
    for item in items[:MAX_ITEMS] if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        address = item.get("url") or item.get("external_url") or item.get("id")
        link = absolute(url, address) if isinstance(address, str) else None
        if link is None:
            continue
        title, date = item.get("title"), item.get("date_published") or item.get("date_modified")
        count += 1
        yield (
            item,
            Candidate(
                url=link,
                title=_title(title) if isinstance(title, str) else None,
                date=parse_date(date, lang=lang, timezone=timezone, now=now)
                if isinstance(date, str)
                else None,
                position=count,
            ),
        )


def _json_entry(item: dict[str, Any], link: Candidate) -> Entry:
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = [one.get("name") for one in people[:_MOST_AUTHORS] if isinstance(one, dict)]
    summary, text = item.get("summary"), item.get("content_html")
    return Entry(
        link=link,
        summary=(plain(summary[:_LONGEST_SUMMARY]) or None) if isinstance(summary, str) else None,
        authors=tuple(name for one in names if isinstance(one, str) and (name := plain(one[:200]))),
        text=text[:_LONGEST_TEXT] if isinstance(text, str) else None,
    )
