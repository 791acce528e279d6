"""The body of a page that shows none, because a script would build it: read from the data that it brings.

The object whose headline is the page's holds it, under one of a few names (`body`, `content`, `articleBody`,
`content_elements` …), in one of a few forms: HTML, plain text, a list of paragraphs or parts (Arc, EditorJS),
a tree of rich text (Contentful, Slate, ProseMirror, Portable Text). Of an object that is another story, a
photo or an embed, nothing is taken; neither is anything where no headline fits: the data of a page name many
stories. None of 381 kit pages needs it: there, what readers see is in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from attrs import define
from lxml import etree

from archive.extract.embedded import values, walk
from archive.extract.found import key
from archive.extract.page import ParsedPage, plain
from archive.extract.roles import role_of_words
from archive.extract.title import similarity
from archive.model import Block, BlockKind
from archive.text import break_paragraphs, squash, weight

_TITLES = ("headline", "headlines", "title", "heading", "name", "seoTitle", "short_headline")
_ADDRESSES = ("url", "link", "href", "slug", "path", "uri", "canonical_url", "canonicalUrl")
_BODIES = (
    "content_elements", "articleBody", "article_body", "bodyHtml", "body_html", "contentHtml", "content_html",
    "body", "content", "contents", "fullText", "full_text", "html", "text", "blocks", "components",
    "elements", "paragraphs", "story", "main", "data",
)  # fmt: skip
_PARTS = (
    "content", "children", "items", "text", "value", "html", "body", "content_elements", "blocks",
    "components", "elements", "paragraphs", "data", "model", "json", "rendered", "nodes",
)  # fmt: skip
_LEAVES = ("text", "value", "content", "html")
_TYPES = ("type", "_type", "nodeType", "kind", "__typename", "component", "tag", "tagName")
_NO_TEXT = re.compile(
    r"image|photo|picture|video|audio|gallery|media|embed|iframe|script|(?:^|_)ads?(?:$|_)|advert|promo|teaser"
    r"|card|related|recommend|newsletter|social|tweet|instagram|youtube|interstitial|cta|author|byline|tags?$",
    re.IGNORECASE,
)
_BY_TYPE: tuple[tuple[re.Pattern[str], BlockKind], ...] = (
    (re.compile(r"head|(?:^|_)h[1-6]$|subtitle|crosshead", re.IGNORECASE), "subhead"),
    (re.compile(r"quote", re.IGNORECASE), "quote"),
    (re.compile(r"list-?_?item|(?:^|_)li$", re.IGNORECASE), "item"),
    (re.compile(r"paragraph|(?:^|_)p$|^block$|(?:^|[^a-z])text-?block", re.IGNORECASE), "paragraph"),
)
_NOT_TEXT = frozenset({"figure", "aside", "iframe", "video", "audio", "table", "form", "nav"})
_TAGS: dict[str, BlockKind] = {
    "h1": "subhead", "h2": "subhead", "h3": "subhead", "h4": "subhead", "h5": "subhead", "h6": "subhead",
    "li": "item", "blockquote": "quote",
}  # fmt: skip
_BOXES = frozenset({"caption", "credit", "byline", "related", "newsletter", "ad", "share", "comment", "tags"})
_MOST_BOXED = 0.5
"""Share of a body that must stand outside what is named a box."""
_SLOT = re.compile(r"(?:\$\$|\[\[|\{\{|##|%%)[\w .:/-]{1,60}(?:\$\$|\]\]|\}\}|##|%%)")
"""Where a script puts an advert or an embed."""
_ALIKE = 0.8
"""Likeness of an object's headline to the page's."""
_LEAST = 250
"""Weight of the shortest body."""
_MAX_VALUES, _MAX_BLOCKS, _MAX_DEPTH, _MAX_STORIES = 1_000, 3_000, 14, 6
_MAX_PARTS = 30_000


def body_in_data(parsed: ParsedPage, title: str | None) -> tuple[Block, ...]:
    """Return the body that the data of a page's scripts hold under its headline; () for none."""
    if not title:
        return ()
    reading = _Reading()
    best: tuple[Block, ...] = ()
    amount = _LEAST
    stories = (
        value
        for value in walk(list(islice(values(parsed.tree), _MAX_VALUES)))
        if isinstance(value, dict) and _is_named(value, title)
    )
    for story in islice(stories, _MAX_STORIES):
        for name in _BODIES:
            blocks = tuple(islice(reading.blocks(story.get(name), 0), _MAX_BLOCKS))
            mine = sum(weight(block.text) for block in blocks)
            if mine > amount:
                best, amount = blocks, mine
    return best


def _is_named(entry: dict[str, Any], title: str) -> bool:
    """Say whether an object's headline is this one: then it is the story, or a part of it."""
    for name in _TITLES:
        value = entry.get(name)
        if isinstance(value, dict):
            value = value.get("basic") or value.get("rendered")
        if isinstance(value, str) and 0 < len(value) < 1_000:
            text = plain(value)
            return key(text) == key(title) or similarity(text, title) >= _ALIKE
    return False


@define(eq=False)
class _Reading:
    """Reads bodies, up to a bound."""

    left: int = _MAX_PARTS

    def blocks(self, value: Any, depth: int) -> Iterator[Block]:
        """Yield the blocks in a value of any form."""
        self.left -= 1
        if self.left < 0 or depth > _MAX_DEPTH:
            return
        if isinstance(value, str):
            yield from _lines(value)
        elif isinstance(value, list):
            for item in value:
                yield from self.blocks(item, depth + 1)
        elif isinstance(value, dict):
            yield from self.of_part(value, depth)

    def of_part(self, part: dict[str, Any], depth: int) -> Iterator[Block]:
        """Yield the blocks of one part of a body, by what it says that it is."""
        name = next((part[one] for one in _TYPES if isinstance(part.get(one), str)), "")
        if _NO_TEXT.search(name) or (depth > 1 and _is_story(part)):
            return
        kind = next((kind for pattern, kind in _BY_TYPE if pattern.search(name)), None)
        if kind is not None:
            line = squash(plain("".join(self.leaves(part, 0))))
            if line:
                yield Block(kind=kind, text=line)
            return
        for inner in _PARTS:
            found = list(islice(self.blocks(part.get(inner), depth + 1), _MAX_BLOCKS))
            if found:
                yield from found
                return

    def leaves(self, value: Any, depth: int) -> Iterator[str]:
        """Yield the pieces of text of one line, as they stand."""
        self.left -= 1
        if self.left < 0 or depth > _MAX_DEPTH:
            return
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            for item in value:
                yield from self.leaves(item, depth + 1)
        elif isinstance(value, dict):
            held = next((value[name] for name in (*_LEAVES, *_PARTS) if value.get(name)), None)
            yield from self.leaves(held, depth + 1)


def _is_story(part: dict[str, Any]) -> bool:
    """Say whether a part is another story: it has a headline and an address of its own."""
    titled = any(isinstance(part.get(name), str | dict) for name in _TITLES[:4])
    return titled and any(isinstance(part.get(name), str) for name in _ADDRESSES)


def _lines(text: str) -> Iterator[Block]:
    """Yield the lines of HTML or of plain text."""
    if "<" not in text:
        for line in text.split("\n"):
            if squashed := plain(line):
                yield Block(kind="paragraph", text=squashed)
        return
    root = etree.fromstring(f"<div>{text}</div>", etree.HTMLParser(no_network=True))
    if root is None:
        return
    kinds: dict[str, BlockKind] = {}
    for element in root.iter(*_TAGS):
        for line in break_paragraphs(element):
            kinds.setdefault(line, _TAGS[str(element.tag)])
    lines = break_paragraphs(root, lambda one: one.tag in _NOT_TEXT or _is_box(one))
    if sum(map(len, lines)) < _MOST_BOXED * len("".join(root.itertext())):
        lines = break_paragraphs(root, lambda one: one.tag in _NOT_TEXT)  # a wrapper was taken for a box
    for line in lines:
        if not _SLOT.fullmatch(line):
            yield Block(kind=kinds.get(line, "paragraph"), text=line)


def _is_box(element: etree._Element) -> bool:
    """Say whether class words name an element of a body a caption, a byline, an advert, a box of links."""
    return role_of_words(f"{element.get('class') or ''} {element.get('id') or ''}") in _BOXES
