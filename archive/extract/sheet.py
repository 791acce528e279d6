"""A page as the eye parts it: units of text in order, each with where it stands. One walk, read by all
fields.

A unit is a run of text between two line ends (block elements, `<br>`). Elements get a role from their
tag, `role` and class words: newspapers name their boxes (`related`, `newsletter`, `byline`, `caption`)
in a small vocabulary that is mostly English whatever the language of the paper. A role that would cover
most of the page's text is taken back (`<div class="content with-sidebar">`): vocabulary proposes, the
amount of text disposes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import cast

import attrs
from lxml import etree

from archive.extract.roles import BY_ROLE, BY_TAG, role_of_words
from archive.text import BLOCK_TAGS, squash, weight

_SKIP = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "math",
        "head",
        "object",
        "embed",
        "textarea",
        "canvas",
    }
    | {
        "iframe",
        "select",
        "option",
        "map",
        "frameset",
        "audio",
        "video",
        "amp-ad",
        "amp-analytics",
        "link",
        "meta",
        "rt",
        "rp",
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE_BLOCKS = BLOCK_TAGS - {"button", "caption"} | {"caption", "picture", "amp-state"}
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01]?(?:px)?\b[^)]*[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
"""What a style says that shows nothing, or clips it to nothing: words for a screen reader."""


@attrs.define(slots=True, eq=False)
class Unit:
    """A line of text."""

    text: str
    weight: int
    """Characters, those of scripts without spaces threefold."""
    linked: int
    """Of these, characters inside `<a>` (not weighted)."""
    strong: int
    """Characters inside b, strong or em."""
    node: int
    """Index of the block element that it stands in."""
    tag: str
    """Tag of the line: the nearest of p, h1-h6, li, td, th, blockquote, pre, dt, dd, figcaption, or "div"."""

    @property
    def link_share(self) -> float:
        """Share of linked characters."""
        return self.linked / max(1, len(self.text))


@attrs.define(slots=True, eq=False)
class Sheet:
    """All elements that a reader can see, as parallel lists by document order, and the units of text."""

    elements: list[etree._Element]
    parent: list[int]
    tag: list[str]
    words: list[str]
    """Class, id, itemprop and test id of the element, in one string."""
    role: list[str | None]
    end: list[int]
    """Index after the last descendant."""
    units: list[Unit]
    unit_start: list[int]
    """Index of the first unit that begins inside the element."""
    unit_end: list[int]
    good: list[int]
    """Weight of running text in the subtree, whatever its role."""
    boxed: list[bool]
    """Stands inside an element whose role keeps it out of the body."""

    def inside(self, node: int, ancestor: int) -> bool:
        """Say whether `node` is `ancestor` or one of its descendants."""
        return ancestor <= node < self.end[ancestor]

    def children(self, node: int) -> Iterator[int]:
        """Yield the children of an element in order."""
        child = node + 1
        while child < self.end[node]:
            yield child
            child = self.end[child]

    def ancestors(self, node: int) -> list[int]:
        """Return the element and its ancestors, innermost first."""
        chain = []
        while node >= 0:
            chain.append(node)
            node = self.parent[node]
        return chain

    def roles(self, node: int) -> set[str]:
        """Return the roles of the element and its ancestors."""
        return {role for role in (self.role[n] for n in self.ancestors(node)) if role}

    def text(self, node: int) -> str:
        """Return the text of an element, from its units."""
        return " ".join(unit.text for unit in self.units[self.unit_start[node] : self.unit_end[node]])


_LINE_TAGS = (
    frozenset({"p", "li", "td", "th", "blockquote", "pre", "dt", "dd", "figcaption", "address"}) | _HEADINGS
)
_BOX_ROLES = frozenset(
    {
        "nav",
        "footer",
        "form",
        "consent",
        "comment",
        "newsletter",
        "share",
        "related",
        "ad",
        "caption",
        "credit",
    }
    | {"figure", "byline", "date", "tags", "aside", "hidden", "unseen", "meta", "teaser", "kicker"}
)


_STRONG = frozenset({"b", "strong"})
_NEVER_BOXES = frozenset({"html", "body", "main", "article", "h1"})
_LISTS = frozenset({"ul", "ol", "dl", "table"})
_TEXT_TAGS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "blockquote", "li", "td", "tr", "tbody", "pre"})


_BEHIND_WALL = re.compile(r"(?:^|[\s_-])subscribers?-(?:only|preview|content)(?:$|\s)", re.IGNORECASE)
"""The open and the closed part of a text, where the wall is drawn by a script."""
MAX_ELEMENTS = 40_000
"""Elements that are read; seven times those of the largest page of 381. Time must end, whatever the page."""


# what an element does to the line; a block or a line end ends it, a block or a time always has a place
_SKIPPED, _LINE_END, _BLOCK, _TIME, _INLINE, _LINK, _BOLD = range(7)
_LEFT_OUT = -2
_UNSEEN = frozenset({"unseen", "hidden"})
_CHROME = frozenset({"nav", "footer"})
_MENU = 15
"""Links that make a navigation or footer the site's; a breadcrumb or an article's own footer has fewer."""
_KIND = (
    dict.fromkeys(_INLINE_BLOCKS, _BLOCK)
    | dict.fromkeys(_STRONG, _BOLD)
    | {"a": _LINK, "time": _TIME, "br": _LINE_END}
    | dict.fromkeys(_SKIP, _SKIPPED)
)


class _Lines:
    """The run of text that is being collected, until a line ends."""

    __slots__ = ("buffer", "in_link", "in_strong", "linked", "sheet", "stack", "strong")

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.stack: list[int] = []
        """Indices of the elements that are open."""
        self.buffer: list[str] = []
        self.linked = self.strong = 0
        self.in_link = self.in_strong = 0

    def add(self, text: str) -> None:
        if not self.buffer and text.isspace():
            return  # white space between blocks
        self.buffer.append(text)
        if self.in_link or self.in_strong:
            amount = len(text.strip())
            if self.in_link:
                self.linked += amount
            if self.in_strong:
                self.strong += amount

    def flush(self) -> None:
        text = squash("".join(self.buffer))
        if text and self.stack:
            tags, line = self.sheet.tag, "div"
            for node in self.stack[:-5:-1]:
                if tags[node] in _LINE_TAGS:
                    line = tags[node]
                    break
            self.sheet.units.append(Unit(text, weight(text), self.linked, self.strong, self.stack[-1], line))
        self.buffer.clear()
        self.linked = self.strong = 0

    def enter(self, kind: int) -> None:
        if kind == _LINK:
            self.in_link += 1
        elif kind == _BOLD:
            self.in_strong += 1
        elif kind <= _BLOCK and self.buffer:
            self.flush()

    def leave(self, kind: int, node: int) -> None:
        if kind == _LINK:
            self.in_link -= 1
        elif kind == _BOLD:
            self.in_strong -= 1
        elif kind == _BLOCK and self.buffer:
            self.flush()
        if node >= 0:
            self.stack.pop()
            self.sheet.end[node] = len(self.sheet.elements)
            self.sheet.unit_end[node] = len(self.sheet.units)

    def finish(self) -> Sheet:
        if self.buffer:
            self.flush()
        while self.stack:
            self.leave(_INLINE, self.stack[-1])
        _sum(self.sheet)
        return self.sheet


def build(root: etree._Element) -> Sheet:
    """Walk a tree once and return its sheet. Holds a stack of its own: depth is no danger."""
    sheet = Sheet([], [], [], [], [], [], [], [], [], [], [])
    elements = sheet.elements
    lines = _Lines(sheet)
    enter, leave, add, kind_of, stack = lines.enter, lines.leave, lines.add, _KIND.get, lines.stack
    above: list[tuple[Iterator[etree._Element], etree._Element, int, int]] = []
    siblings = iter((root,))
    while True:
        for element in siblings:
            tag = cast("str", element.tag)  # comments, whose tag is none, were dropped by the parser
            kind = kind_of(tag, _INLINE)
            if kind != _SKIPPED and not (tag in _CHROME and _is_menu(element)):
                if len(elements) >= MAX_ELEMENTS:
                    return lines.finish()
                enter(kind)
                node = _open(sheet, stack, element, tag, kind)
                if node != _LEFT_OUT:
                    if text := element.text:
                        add(text)
                    if len(element):
                        above.append((siblings, element, kind, node))
                        siblings = iter(element)
                        break
                leave(kind, node)
            if text := element.tail:
                add(text)
        else:
            if not above:
                return lines.finish()
            siblings, element, kind, node = above.pop()
            leave(kind, node)
            if text := element.tail:
                add(text)


def _is_menu(element: etree._Element) -> bool:
    """Say whether a navigation or a footer is the site's: a wall of links, of which no field is read."""
    return next(islice(element.iter("a"), _MENU, None), None) is not None and element.find(".//h1") is None


def _open(sheet: Sheet, stack: list[int], element: etree._Element, tag: str, kind: int) -> int:
    """Give an element its place in the sheet and return it; -1 for an inline element without a name, which
    has none, _LEFT_OUT for words inside a line that are for a screen reader or a hovering mouse.
    """
    if kind == _LINE_END:
        return -1
    if kind > _TIME and not (element.get("class") or element.get("itemprop")):
        style = element.get("style")
        return _LEFT_OUT if style and _HIDDEN_STYLE.search(style) else -1
    attributes = dict(element.items())
    get = attributes.get
    words, shown_as = " ", None
    if attributes:
        words = f"{get('class') or ''} {get('id') or ''}"
        extra = get("itemprop") or get("data-testid") or get("data-component") or get("data-type")
        if extra:
            words = f"{words} {extra}"
        if "hidden" in attributes or ("style" in attributes and _HIDDEN_STYLE.search(attributes["style"])):
            shown_as = "hidden"
    role = _role(tag, words, get("role"), shown_as)
    if kind == _INLINE and role in _UNSEEN:
        return _LEFT_OUT
    node = len(sheet.elements)
    sheet.parent.append(stack[-1] if stack else -1)
    stack.append(node)
    sheet.elements.append(element)
    sheet.tag.append(tag)
    sheet.words.append(words)
    sheet.role.append(role)
    sheet.end.append(0)
    sheet.unit_start.append(len(sheet.units))
    sheet.unit_end.append(0)
    return node


@lru_cache(maxsize=65_536)
def _role(tag: str, words: str, aria: str | None, shown_as: str | None) -> str | None:
    """Return the role of an element: hidden, by its tag, by its ARIA role, by its class words. Kept: a
    site's class words come again on every page.
    """
    if tag in _NEVER_BOXES:
        return None
    role = shown_as or BY_TAG.get(tag) or (BY_ROLE.get(aria) if aria else None)
    if role is None and len(words) > 1:
        role = role_of_words(words)
    if tag in _TEXT_TAGS and (role == "aside" or "paywall" in words or (role == "nav" and tag in _HEADINGS)):
        return None  # a paragraph behind the wall is a paragraph; a heading that links lead to is a heading
    if role == "newsletter" and _BEHIND_WALL.search(words):
        return None
    if role == "newsletter" and tag in _LISTS and "paywall" in words.split():
        return None  # the name by which search engines are told what stands behind the wall
    return role


def is_running(unit: Unit) -> bool:
    """Say whether a unit looks like running text: a sentence or more, not mostly links."""
    return unit.weight >= 80 and unit.linked < 0.5 * len(unit.text) and unit.tag not in _HEADINGS


def _sum(sheet: Sheet) -> None:
    """Sum running text over subtrees, take back roles that cover too much, spread the others downwards."""
    count = len(sheet.elements)
    good = [0] * count
    for unit in sheet.units:
        if is_running(unit):
            good[unit.node] += unit.weight
    for index in range(count - 1, 0, -1):
        good[sheet.parent[index]] += good[index]
    sheet.good = good
    _spread(sheet)


def _spread(sheet: Sheet) -> None:
    """Mark what stands in a box; take back the roles that cover too much."""
    total = sheet.good[0] if sheet.good else 0
    boxed = [False] * len(sheet.elements)
    for index, above in enumerate(sheet.parent):
        if above >= 0 and boxed[above]:
            boxed[index] = True
        elif sheet.role[index] in _BOX_ROLES:
            if (total > 600 and sheet.good[index] > 0.45 * total) or not _is_box(sheet, index):
                sheet.role[index] = None
            else:
                boxed[index] = True
    sheet.boxed = boxed


_DOUBTFUL = frozenset(
    {
        "aside",
        "newsletter",
        "figure",
        "byline",
        "date",
        "meta",
        "teaser",
        "hidden",
        "unseen",
        "ad",
        "share",
        "tags",
        "kicker",
        "form",
        "credit",
        "related",
        "consent",
    }
)


def rescue(sheet: Sheet) -> None:
    """Release the boxes of one name while boxes hold most running text: a wrapper was taken for one."""
    for _ in range(4):
        total = sheet.good[0] if sheet.good else 0
        free = sum(u.weight for u in sheet.units if is_running(u) and not sheet.boxed[u.node])
        if free >= 0.5 * total:
            return
        names: dict[tuple[str, str], list[int]] = {}
        for index, role in enumerate(sheet.role):
            above = sheet.parent[index]
            if role in _DOUBTFUL and sheet.boxed[index] and not (above >= 0 and sheet.boxed[above]):
                names.setdefault((sheet.tag[index], sheet.words[index]), []).append(index)
        best = max(names.values(), key=lambda group: sum(sheet.good[i] for i in group), default=[])
        if sum(sheet.good[index] for index in best) < max(400, free):
            return
        for index in best:
            sheet.role[index] = None
        _spread(sheet)


def _is_box(sheet: Sheet, index: int) -> bool:
    """Say whether the doubtful roles bear out: a card is a link, a kicker or a date line is short."""
    role = sheet.role[index]
    if role in {"kicker", "date", "meta"}:
        return sheet.good[index] < 200
    if role == "ad":  # an advert's text stands deeper; what stands right in its place is the article's
        own = sheet.units[sheet.unit_start[index] : sheet.unit_end[index]]
        return not any(unit.node == index and not unit.linked and is_running(unit) for unit in own)
    if role == "teaser":
        units = sheet.units[sheet.unit_start[index] : sheet.unit_end[index]]
        return sum(unit.linked for unit in units) > 0.4 * sum(len(unit.text) for unit in units)
    return True


def release(sheet: Sheet, node: int) -> None:
    """Take back the roles of everything around an element: what holds the headline is no box."""
    if node < 0 or not sheet.boxed[node]:
        rescue(sheet)
        return
    for above in sheet.ancestors(node):
        sheet.role[above] = None
    _spread(sheet)
    rescue(sheet)
