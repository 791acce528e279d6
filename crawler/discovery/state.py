"""Stories of a list that stand in the page's data alone, because a script of the page builds its cards.

Read are JSON-LD's ItemList; Next.js (`__NEXT_DATA__`, `self.__next_f.push(…)`); Nuxt 3 (`__NUXT_DATA__`, a
table in which values are places of it); JSON in any `<script type="application/json">`; and what frameworks
assign to a name (`window.__INITIAL_STATE__ = {…}`, `= JSON.parse("…")`). Data that only a script engine could
read (Nuxt 2's function) is left to a browser: `[render]` of the profile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import orjson

from archive.extract.page import ParsedPage, ld_text, types_of
from archive.text import weight
from archive.urls import absolute, canonical
from crawler.discovery.entries import MAX_ITEMS, candidates, date_of, is_story, title_of, walk
from crawler.discovery.links import Candidate, Scope, url_likeness

_ASSIGNED = re.compile(
    r"(?:\b(?:window|self|globalThis)\s*(?:\.\s*[\w$.]{2,80}|\[\s*[\"'][\w$.-]{2,80}[\"']\s*\])"
    r"|\b(?:var|let|const)\s+[\w$]{2,80})\s*=\s*(?=[\[{]|JSON\.parse\()"
)
_PUSHED = re.compile(r"__next_f\.push\(\s*(?=\[)")
_ROW = re.compile(r"^[0-9a-f]{1,6}:([\[{].*)$", re.MULTILINE)
_PARSED = "JSON.parse("
_DECODER = json.JSONDecoder(strict=False)
_LONGEST = 4_000_000
"""Characters of scripts that are read."""
_SHORTEST = 200
_MAX_VALUES = 60
_MAX_NODES = 200_000
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
            for value in walk(list(islice(_values(parsed), MAX_ITEMS)), _MAX_NODES)
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


def _values(parsed: ParsedPage) -> Iterator[Any]:
    """Yield the JSON values in a page's scripts."""
    pushed: list[str] = []
    left, count = _LONGEST, 0
    for script in parsed.tree.iter("script"):
        text = script.text or ""
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        if len(text) < _SHORTEST and "__next_f" not in text:
            continue
        left -= len(text)
        if left < 0 or count >= _MAX_VALUES:
            break
        if kind == "application/json":
            with suppress(orjson.JSONDecodeError):
                value = orjson.loads(text)
                count += 1
                yield _looked_up(value) if script.get("id") == "__NUXT_DATA__" else value
        elif kind in ("", "text/javascript", "application/javascript", "module"):
            pushed += _pieces(text)
            for value in _assigned(text):
                count += 1
                yield value
    stream = "".join(pushed)
    for row in islice(_ROW.finditer(stream), MAX_ITEMS):
        with suppress(orjson.JSONDecodeError):
            yield orjson.loads(stream[row.start(1) : row.end(1)])


def _pieces(text: str) -> Iterator[str]:
    """Yield what Next.js pushes into its stream: [1, "a piece of it"]."""
    for call in islice(_PUSHED.finditer(text), _MAX_VALUES):
        value = _decoded(text, call.end())
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
            yield value[1]


def _assigned(text: str) -> Iterator[Any]:
    """Yield the JSON that a script assigns to names."""
    at = 0
    for _ in range(_MAX_VALUES):
        match = _ASSIGNED.search(text, at)
        if match is None:
            return
        at = match.end()
        if text.startswith(_PARSED, at):
            inner = _decoded(text, at + len(_PARSED))
            value = _decoded(inner, 0) if isinstance(inner, str) else None
        else:
            value, at = _spanned(text, at)
        if isinstance(value, dict | list):
            yield value


def _spanned(text: str, at: int) -> tuple[Any, int]:
    """Decode a value and say where it ends: what is assigned in it is not looked for."""
    with suppress(ValueError, RecursionError):
        return _DECODER.raw_decode(text, at)
    if ":undefined" in text:  # what is no JSON, but JavaScript of the usual serializers
        with suppress(ValueError, RecursionError):
            return _DECODER.raw_decode(text[at:].replace(":undefined", ":null"), 0)[0], at
    return None, at


def _decoded(text: str, at: int) -> Any:
    with suppress(ValueError, RecursionError):
        return _DECODER.raw_decode(text, at)[0]
    return None


def _looked_up(table: Any) -> list[dict[str, Any]]:
    """Return the objects of Nuxt's table with the texts and numbers that their values are places of."""
    if not isinstance(table, list):
        return []

    def at(place: Any) -> Any:
        value = table[place] if type(place) is int and 0 <= place < len(table) else None
        return value if isinstance(value, str | int | float) else None

    return [{name: at(place) for name, place in entry.items()} for entry in table if isinstance(entry, dict)]
