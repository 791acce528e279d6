"""Text as displayed: spaces, and the text of a node.

Unicode facts relied on: `str.split()` parts at every character with White_Space=yes (NBSP, U+3000,
U+2028 …); format characters that never show (soft hyphen, zero-width space, byte order mark, bidi
marks) are dropped, but ZWNJ and ZWJ (U+200C, U+200D) stay, because Persian, Hindi and emoji are spelled
with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_BREAK = "\u2028"
"""Marks a line break inside collected text; lxml refuses control characters, `squash` makes a space of it."""

BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav",
    "ol", "optgroup", "option", "p", "pre", "search", "section", "select", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "title", "tr", "ul", "amp-img", "video", "audio", "iframe",
})  # fmt: skip
"""Elements that begin and end a line when shown."""

HIDDEN_TAGS = frozenset({
    "script", "style", "template", "noscript", "svg", "math", "head", "object", "embed", "textarea",
    "canvas", "rt", "rp",
})  # fmt: skip
"""Elements whose text is no part of what a reader reads; ruby's readings (rt) repeat the word below them."""


def squash(text: str | None) -> str:
    """Return the text with each run of white space as one space, without invisible and control characters."""
    if not text:
        return ""
    squashed = " ".join(text.split())
    if squashed.isprintable():  # nothing invisible in it: so nearly always
        return squashed
    return " ".join(_INVISIBLE.sub("", text).split())


def weight(text: str) -> int:
    """Return the amount of text in characters of an alphabet: a Chinese, Thai or Korean character counts
    threefold.
    """
    return len(text) + 2 * len(_WIDE.findall(text)) if not text.isascii() else len(text)


def pieces(node: etree._Element, skip: Callable[[etree._Element], bool] | None = None) -> Iterator[str]:
    """Yield the text pieces of a node in order, with U+2028 where a line ends. Never recurses: depth is no
    danger.

    `skip` names further elements to leave out (their tails stay).
    """
    stack: list[etree._Element | str] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        tag = item.tag
        if not isinstance(tag, str):
            continue
        tag = tag.lower()
        if tag == "br":
            yield _BREAK
            continue
        if item is not node and (tag in HIDDEN_TAGS or (skip is not None and skip(item))):
            continue
        block = item is not node and tag in BLOCK_TAGS
        if block:
            yield _BREAK
            stack.append(_BREAK)
        for child in item.iterchildren(reversed=True):
            if child.tail:
                stack.append(child.tail)
            stack.append(child)
        if item.text:
            stack.append(item.text)


def text_of(node: etree._Element | str | None, skip: Callable[[etree._Element], bool] | None = None) -> str:
    """Return the displayed text of a node on one line: block elements and `<br>` give a space, inline ones
    nothing.
    """
    if node is None:
        return ""
    if isinstance(node, str):
        return squash(node)
    if len(node) == 0:
        return squash(node.text) if isinstance(node.tag, str) else ""
    return squash("".join(pieces(node, skip)))


def break_paragraphs(node: etree._Element, skip: Callable[[etree._Element], bool] | None = None) -> list[str]:
    """Return the non-empty lines of a node: text parted by `<br>` and by block elements."""
    lines = "".join(pieces(node, skip)).split(_BREAK)
    return [line for line in map(squash, lines) if line]
