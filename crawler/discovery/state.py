"""Stories of a list that stand in the page's data alone, because a script of the page builds its cards.

Read are JSON-LD's ItemList and the data of the page's scripts (archive.extract.embedded).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from archive.extract.embedded import values, walk
from archive.extract.page import ParsedPage, ld_text, types_of
from archive.text import weight
from archive.urls import absolute, canonical
from crawler.discovery.entries import MAX_ITEMS, candidates, date_of, is_story, title_of
from crawler.discovery.links import Candidate, Scope, url_likeness

_PROBABLE = 2
"""Likeness of an address to an article's (links.url_likeness) that an object needs here: the entries of menus
are objects with a title and an address, too.
"""
_HEADLINE = 12
"""Weight of the shortest headline."""


def stories_in_data(parsed: ParsedPage, scope: Scope) -> list[Candidate]:
    """Return the stories that a page's data names, in order, each once."""
    base, now, own = parsed.base_url, parsed.page.fetched_at, scope.key(parsed.page.url)
    named = list(_listed(parsed, scope))
    if not named:
        objects = [
            value
            for value in walk(list(islice(values(parsed.tree), MAX_ITEMS)))
            if is_story(value, base, scope, _PROBABLE) and weight(title_of(value) or "") >= _HEADLINE
        ]
        named = candidates(objects[:MAX_ITEMS], base, scope, now)
    found: dict[str, Candidate] = {}
    for story in named:
        key = scope.key(story.url)
        if key != own and (
            key not in found or (scope.is_twin(found[key].url) and not scope.is_twin(story.url))
        ):
            found[key] = story
    return [
        Candidate(url=story.url, title=story.title, date=story.date, position=position)
        for position, story in enumerate(found.values(), 1)
    ]


def _listed(parsed: ParsedPage, scope: Scope) -> Iterator[Candidate]:
    """Yield the stories of JSON-LD's lists: items that are articles, or an address in their place."""
    own = canonical(parsed.page.url)
    for node in parsed.ld:
        items = node.get("itemListElement") if "ItemList" in types_of(node) else None
        for item in items[:MAX_ITEMS] if isinstance(items, list) else ():
            entry = item.get("item", item) if isinstance(item, dict) else {"url": item}
            entry = {"url": entry} if isinstance(entry, str) else entry
            if not isinstance(entry, dict):
                continue
            href = (
                entry.get("url") or entry.get("@id") or (item.get("url") if isinstance(item, dict) else None)
            )
            url = absolute(parsed.base_url, href) if isinstance(href, str) else None
            if url is None or not scope.contains(url) or canonical(url) == own:
                continue
            if url_likeness(url, scope) >= _PROBABLE:
                title = ld_text(entry.get("headline")) or ld_text(entry.get("name")) or None
                date = date_of(entry, scope, parsed.page.fetched_at)
                yield Candidate(url=scope.plain(url), title=title, date=date)
