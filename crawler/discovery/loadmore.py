"""Endpoints behind a "load more" button: where they are, and what they answer (JSON with stories, or with
HTML).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import orjson
from attrs import frozen

from archive.extract.page import ParsedPage, parse, plain
from archive.model import Page
from archive.sites.schema import LoadMore, Site
from archive.urls import absolute
from crawler.discovery.entries import MAX_ITEMS, date_from, date_of
from crawler.discovery.links import Candidate, Scope
from crawler.discovery.stories import first_value, stories_of

_LONGEST_URL = 4_000


@frozen(kw_only=True)
class More:
    """What one page of an endpoint gives."""

    stories: tuple[Candidate, ...] = ()
    next_url: str | None = None


def first_urls(parsed: ParsedPage, site: Site) -> list[str]:
    """Return the addresses of the endpoints that go on where a section page ends.

    The section page shows the endpoint's first page itself, so the one after it is asked. An endpoint whose
    zone the page does not name is left out.
    """
    found: list[str] = []
    for rule in site.discover.load_more:
        zone = first_value(rule.zone, parsed) if rule.zone is not None else ""
        if zone is None:
            continue
        url = absolute(parsed.page.url, _filled(rule, zone, rule.first_page + 1))
        if url is not None:
            found.append(url)
    return found


def _filled(rule: LoadMore, zone: str, page: int) -> str:
    return rule.endpoint.format(zone=zone, page=page)


def rule_of(url: str, site: Site) -> tuple[LoadMore, str, int] | None:
    """Return which endpoint of the profile an address belongs to, its zone and its page."""
    for rule in site.discover.load_more:
        parts = re.split(r"(\{zone\}|\{page\})", rule.endpoint)
        names = {"{zone}": "([^/?&#]*)", "{page}": r"(\d+)"}
        match = re.search(
            "".join(names.get(part, re.escape(part)) for part in parts) + "$", url[:_LONGEST_URL]
        )
        if match is None or (not rule.endpoint.startswith("/") and match.start() > 0):
            continue
        filled = dict(zip([part for part in parts if part in names], match.groups(), strict=True))
        return rule, filled.get("{zone}", ""), int(filled.get("{page}", rule.first_page))
    return None


def read_more(data: bytes, url: str, section: str | None, scope: Scope, now: datetime) -> More:
    """Read one page of an endpoint of the profile; empty where it is none, or is no JSON. Never raises.

    `url` is the endpoint's own address, `section` that of the page with the button, for relative links.
    """
    known = rule_of(url, scope.site) if scope.site is not None else None
    if known is None or scope.site is None:
        return More()
    rule, zone, page = known
    try:
        answer: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return More()
    base = section or url
    found = _stories(at_path(answer, rule.items), rule, base, scope, now)
    if not found and rule.html:
        markup = at_path(answer, rule.html)
        if isinstance(markup, str):
            found = stories_of(button_page(markup.encode("utf-8", "replace"), base, now), scope)
    more = at_path(answer, rule.more) if rule.more else True
    going_on = bool(found) and more not in (False, 0, None, "", "0", "false") and "{page}" in rule.endpoint
    following = absolute(url, _filled(rule, zone, page + 1)) if going_on else None
    return More(stories=tuple(found), next_url=following)


def at_path(value: Any, path: str | None) -> Any:
    """Return what stands at a dotted path of keys (and numbers, in lists); None where there is nothing, or no
    path.
    """
    if not path:
        return None
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _stories(items: Any, rule: LoadMore, base: str, scope: Scope, now: datetime) -> list[Candidate]:
    found: list[Candidate] = []
    for item in items[:MAX_ITEMS] if isinstance(items, list) else ():
        address = at_path(item, rule.url)
        url = absolute(base, address) if isinstance(address, str) else None
        if url is None or not scope.contains(url):
            continue
        title = at_path(item, rule.title)
        found.append(
            Candidate(
                url=scope.plain(url),
                title=plain(title[:2_000]) or None if isinstance(title, str) else None,
                date=date_from(at_path(item, rule.date), scope.site, now)
                if rule.date
                else date_of(item, scope, now),
                position=len(found) + 1,
            )
        )
    return found


def button_page(markup: bytes, url: str, now: datetime) -> ParsedPage:
    """Return a piece of HTML as a page of its section, so that it is read with the section's rules."""
    body = b"<!DOCTYPE html><html><body><main>" + markup + b"</main></body></html>"
    parsed = parse(Page(url=url, payload=body, content_type="text/html; charset=utf-8", fetched_at=now))
    if parsed is None:  # pragma: no cover - the shell alone is never empty
        raise ValueError("an HTML shell did not parse")
    return parsed
