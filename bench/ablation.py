"""Pages with something taken out: what a publisher states about itself, or the names it gives to its boxes.

A page of the kit was written for readers, search engines and style sheets at once. Papers nobody tuned for may
state less (no JSON-LD, no meta, no microdata), or name their boxes by machine (`css-1x2y3z`). What is left is
what a reader sees. How much a field loses says how much of it rests on statements and on vocabulary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import attrs
from lxml import etree

from archive.extract.page import parse
from archive.model import Page

_MICRODATA = ("itemprop", "itemtype", "itemscope", "property", "typeof")
_NAMING = ("itemprop", "role", "aria-label", "aria-labelledby")
_IMAGES = frozenset({"data-src", "data-srcset", "data-original", "data-lazy-src"})
"""Attributes by which scripts fill in images: no names."""


def without_metadata(tree: etree._Element) -> None:
    """Take out JSON-LD and all other scripts, meta, canonical links and microdata."""
    for element in list(tree.iter("meta", "script", "link")):
        if element.tag == "link" and element.get("rel") not in {"canonical", "amphtml"}:
            continue
        _drop(element)
    for element in tree.iter(etree.Element):
        for name in _MICRODATA:
            element.attrib.pop(name, None)


def without_names(tree: etree._Element) -> None:
    """Replace every class and id by a digest of it, and take out what else names an element."""
    for element in tree.iter(etree.Element):
        for name in element.attrib:
            key = str(name)
            if key in {"class", "id"}:
                element.set(key, " ".join(_digest(word) for word in element.get(key, "").split()))
            elif key in _NAMING or (key.startswith("data-") and key not in _IMAGES):
                del element.attrib[key]


ABLATIONS: dict[str, Callable[[etree._Element], None]] = {
    "metadata": without_metadata,
    "names": without_names,
}


def ablated(page: Page, names: Sequence[str]) -> Page:
    """Return the page as if it had been written without these; as it is where it has no tree."""
    parsed = parse(page)
    if parsed is None or not names:
        return page
    for name in names:
        ABLATIONS[name](parsed.tree)
    payload = etree.tostring(parsed.tree, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
    return attrs.evolve(page, payload=payload, content_type="text/html; charset=utf-8")


def _digest(word: str) -> str:
    return "x" + hashlib.sha256(word.encode()).hexdigest()[:6]


def _drop(element: etree._Element) -> None:
    """Take an element out and leave the text behind it."""
    above, before, tail = element.getparent(), element.getprevious(), element.tail
    if above is None:
        return
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        above.text = (above.text or "") + tail
    above.remove(element)
