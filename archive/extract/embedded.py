"""JSON that a page brings for its scripts: what a browser would build the page, or parts of it, from.

Read are Next.js (`__NEXT_DATA__`, `self.__next_f.push(…)`); Nuxt 3 (`__NUXT_DATA__`, a table in which
values are places of it); any `<script type="application/json">`; and what frameworks assign to a name
(`window.__INITIAL_STATE__ = {…}`, `= JSON.parse("…")`). Data that only a script engine could read (Nuxt 2's
function) is left to a browser. It costs what the page has of scripts: ask where the page itself gives none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import orjson
from lxml import etree

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
_MAX_ROWS = 1_000
MAX_NODES = 200_000
"""Values that are looked at, of all that a page brings."""


def walk(answer: Any, most: int = MAX_NODES, widest: int = 1_000) -> Iterator[Any]:
    """Yield a JSON value and all in it, in order; of that no more than `most`, of one list than `widest`."""
    waiting, seen = [answer], 0
    while waiting and seen < most:
        value = waiting.pop()
        seen += 1
        yield value
        if isinstance(value, dict):
            waiting += reversed(list(value.values())[:widest])
        elif isinstance(value, list):
            waiting += reversed(value[:widest])


def values(tree: etree._Element) -> Iterator[Any]:
    """Yield the JSON values in a page's scripts."""
    pushed: list[str] = []
    left, count = _LONGEST, 0
    for script in tree.iter("script"):
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
    for row in islice(_ROW.finditer(stream), _MAX_ROWS):
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
