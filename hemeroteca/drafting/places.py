"""Where on a page a text stands, as sources of the rule language. Pages are hostile: only plain names make a
selector, and all is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from archive.extract.found import key
from archive.extract.page import ParsedPage, plain, types_of
from archive.text import HIDDEN_TAGS, text_of

MOST_ELEMENTS = 30_000
_MOST_PLACES = 60
"""Elements of one page that hold a text, and are looked at."""
_MOST_CHARACTERS, _A_LOOK = 2_000_000, 400
"""Characters of a page that are compared with one text: what is nested a thousandfold is read once."""
_MOST_DATES = 400
_LONGEST_DATE = 120
_NAME = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]{0,59}")
_META = re.compile(r"[a-z0-9][a-z0-9:._-]{0,79}")
_LD_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
_TELLING = ("itemprop", "property", "rel", "role", "data-role", "data-testid", "data-qa")
_BARE = frozenset(("h1", "time", "address"))
_OUTER = 4
_DATE_ATTRIBUTES = (
    "datetime",
    "content",
    "title",
    "data-time",
    "data-date",
    "data-timestamp",
    "data-published",
)
_DIGITS = re.compile(r"\d")
Wanted = Callable[[str], bool]


def texts(parsed: ParsedPage, wanted: Wanted, least: int, most: int) -> Iterator[etree._Element]:
    """Yield the elements whose displayed text, folded, is wanted; it has `least` to `most` characters."""
    count, left = 0, _MOST_CHARACTERS
    for element, length in _lengths(parsed):
        if not least <= length <= 2 * most + 40:
            continue
        left -= length + _A_LOOK
        if wanted(key(text_of(element))):
            yield element
            count += 1
        if count == _MOST_PLACES or left < 0:
            return


def _lengths(parsed: ParsedPage) -> list[tuple[etree._Element, int]]:
    """Return the elements of a page in its order, each with the characters of its text, spaces left out."""
    elements: list[etree._Element] = []
    for element in parsed.tree.iter(etree.Element):
        elements.append(element)
        if len(elements) == MOST_ELEMENTS:
            break
    known: dict[etree._Element, int] = {}
    for element in reversed(elements):
        if element.tag in HIDDEN_TAGS:
            known[element] = 0
            continue
        own = _solid(element.text)
        known[element] = own + sum(known.get(child, 0) + _solid(child.tail) for child in element)
    return [(element, known[element]) for element in elements]


def _solid(text: str | None) -> int:
    return sum(map(len, text.split())) if text else 0


def dates(parsed: ParsedPage, wanted: Wanted) -> Iterator[tuple[etree._Element, str]]:
    """Yield where a wanted date stands: (element, attribute), the attribute "" for its text."""
    count = 0
    for element, length in _lengths(parsed):
        if count >= _MOST_DATES:
            return
        for name in _DATE_ATTRIBUTES:
            value = element.get(name)
            if value and len(value) <= _LONGEST_DATE and len(_DIGITS.findall(value)) >= 4:
                count += 1
                if wanted(value):
                    yield element, name
        if 6 <= length <= _LONGEST_DATE and (element.tag == "time" or len(element) <= 3):
            text = text_of(element)
            if len(_DIGITS.findall(text)) >= 4:
                count += 1
                if wanted(text):
                    yield element, ""


def stated(parsed: ParsedPage, wanted: Wanted) -> Iterator[str]:
    """Yield the sources of meta elements and JSON-LD whose first value is wanted."""
    for name, values in list(parsed.meta.items())[:300]:
        if _META.fullmatch(name) and values and wanted(values[0]):
            yield f"meta:{name}"
    for node in parsed.ld[:50]:
        kinds = [kind for kind in types_of(node) if _LD_KEY.fullmatch(kind) and kind[0].isupper()]
        for path in _paths(node, wanted):
            if kinds:
                yield f"ld:{kinds[0]}.{path}"


def _paths(node: dict[str, Any], wanted: Wanted, depth: int = 0) -> Iterator[str]:
    for name, value in list(node.items())[:60]:
        if not _LD_KEY.fullmatch(name):
            continue
        for one in (value if isinstance(value, list) else [value])[:1]:
            if isinstance(one, str) and len(one) <= 4_000 and wanted(plain(one)):
                yield name
            elif isinstance(one, dict) and depth < 2:
                yield from (f"{name}.{rest}" for rest in _paths(one, wanted, depth + 1))


def selectors(element: etree._Element) -> Iterator[str]:
    """Yield CSS selectors that find the element by its names, and by those of what stands around it."""
    tag = str(element.tag)
    if not _NAME.fullmatch(tag):
        return
    own = list(_own(element))
    yield from own
    if tag in _BARE:
        yield tag
    outer = element.getparent()
    for depth in range(_OUTER):
        if outer is None or outer.tag in ("body", "html"):
            return
        for name in list(_own(outer))[:4]:
            yield f"{name} > {tag}" if depth == 0 else f"{name} {tag}"
            yield from (f"{name} {one}" for one in own[:3])
        outer = outer.getparent()


def _own(element: etree._Element) -> Iterator[str]:
    """Yield selectors by the element's own names: id, classes, attributes that tell what it is for."""
    tag = str(element.tag)
    if not _NAME.fullmatch(tag):
        return
    for name in dict.fromkeys((element.get("class") or "")[:1_000].split()[:8]):
        if _NAME.fullmatch(name):
            yield f"{tag}.{name}"
    identity = element.get("id") or ""
    if _NAME.fullmatch(identity):
        yield f"{tag}#{identity}"
    for attribute in _TELLING:
        value = element.get(attribute) or ""
        if _NAME.fullmatch(value):
            yield f'{tag}[{attribute}="{value}"]'


def names_of(parsed: ParsedPage) -> set[str]:
    """Return the selectors by own names that find something on a page."""
    found: set[str] = set()
    for count, element in enumerate(parsed.tree.iter(etree.Element)):
        if count == MOST_ELEMENTS:
            break
        found.update(_own(element))
    return found


def cost(source: str) -> tuple[int, int, str]:
    """Return how roundabout a source is: a name before a place in another, the short before the long."""
    return (source.count(" "), len(source), source)
