"""The flow: the kind of place in which the paragraphs of the body stand, and the boxes that interrupt it.

How: the chain of tags and classes between region and paragraph is its place; most of the text tells which
places are the body's. What stands elsewhere, in a container without a single paragraph of the body's kind, is
foreign. Foreign text in a small container under a heading is a box (a card of another story, a glossary,
an explainer), and so is foreign text that is first met below the last paragraph and a run of links (other
stories, the publisher's address). Lists, quotes and tables directly among the paragraphs are no containers,
and stay. Evidence (381 pages): half of the words that were wrongly taken for body stood in such boxes.
"""

from __future__ import annotations

import re
from functools import lru_cache

import attrs

from archive.extract.sheet import Sheet, Unit, is_running
from archive.extract.words import word_test

_CONTAINERS = frozenset(
    {"div", "section", "aside", "article", "a", "details", "header", "footer", "nav", "dl"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_MAIN = 0.2
"""Share of the text that a kind of place must hold to be one of the body's."""
_MOST = 0.3
"""A container with more than this share of the body's text is a part of it, whatever its place."""

_HEADLINE = 28
"""Weight of a headline, at least; less is a button or a label."""
_CARD = 4
"""Lines of a card, at most."""
_SECTIONS = 6
"""Sections in one another whose rows a text may run through."""
_LEAD = 800
"""Text above the body in a kind of place of its own is a lead rather than body up to this amount."""
_DECORATION = re.compile(
    r"speakable|subscribers?-(?:only|preview|content)|drop-?cap|initial-?letter|(?:^|[-_])(?:first|last|odd|even|\d+)(?:$|[-_])",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?<=[a-z]{3})\d{1,2}$")
_names_heading = word_test(
    r"(?:^|[^a-z])(?:h[1-6]|title|heading|headline|hed|titel|titre|titulo)(?:$|[^a-z])"
    r"|(?:box|block|widget|teaser|section|sub)(?:title|headline|titel)(?:$|[^a-z])"
    r"|(?:^|[\s_-])(?:font|text|fw)-(?:semi|extra)?bold(?:$|\s)"
)

Place = tuple[tuple[str, str], ...]


@attrs.define(eq=False)
class Flow:
    """Where the text of a region flows."""

    sheet: Sheet
    region: int
    main: set[Place] = attrs.field(factory=set)
    """Kinds of place of the body's paragraphs; none where no kind stands out."""
    boxes: list[int] = attrs.field(factory=list)
    """Outermost elements of the region that are boxes rather than text."""
    places: dict[int, Place] = attrs.field(factory=dict)
    """Those asked for so far, by element."""

    def place(self, node: int) -> Place:
        """Return the chain of (tag, class) from an element up to the region."""
        known = self.places.get(node)
        if known is None:
            chain, at, sheet = [], node, self.sheet
            while at > self.region:
                chain.append(self.type(at))
                at = sheet.parent[at]
            known = self.places[node] = tuple(chain)
        return known

    def type(self, node: int) -> tuple[str, str]:
        """Return (tag, class) of an element: what it looks like."""
        return self.sheet.tag[node], _look(self.sheet.elements[node].get("class"))

    def holds(self, node: int) -> bool:
        """Say whether an element stands where paragraphs of the body stand."""
        return self.place(node) in self.main

    def goes_on(self, units: list[Unit], index: int) -> bool:
        """Say whether running text of the same flow, beside what came before, follows after a unit: in one
        element with it, or in one of a row of sections of one type (up to an advert, and on behind it).
        """
        held = [unit.node for unit in units[:index] if self.holds(unit.node)]
        before = {beside for node in held for beside in self._beside(node)}
        return any(
            is_running(unit) and self.holds(unit.node) and not before.isdisjoint(self._beside(unit.node))
            for unit in units[index + 1 :]
        )

    def _beside(self, node: int) -> list[tuple[int, str, str]]:
        """Return the element that holds a paragraph and its fellows, wrappers of one line looked through; and
        those that it stands in, with the type of what they hold, as far as no heading or `<article>` makes a
        story of it.
        """
        sheet = self.sheet
        above = sheet.parent[node]
        while above > self.region and sheet.unit_end[above] - sheet.unit_start[above] == 1:
            above = sheet.parent[above]
        out = [(above, "", "")]
        for _ in range(_SECTIONS):
            if above <= self.region or sheet.tag[above] == "article" or self._is_headed(above):
                break
            out.append((sheet.parent[above], sheet.tag[above], _look(sheet.words[above])))
            above = sheet.parent[above]
        return out

    def _is_headed(self, node: int) -> bool:
        """Say whether a heading or a link stands above the first paragraph of an element."""
        sheet = self.sheet
        for unit in sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]:
            if is_running(unit):
                return False
            if unit.tag in _HEADINGS or unit.linked > 0:
                return True
        return True


@lru_cache(maxsize=16_384)
def _look(words: str | None) -> str:
    """Return class words without those that tell a paragraph's number or use, not its type: drop cap, first,
    odd, speakable, the number of "par1".
    """
    return " ".join(_COUNT.sub("", word) for word in (words or "").split() if not _DECORATION.search(word))


def flow_of(sheet: Sheet, region: int, headline: int, worths: list[tuple[float, float]]) -> Flow:
    """Return where the text of a region flows, and its boxes. `worths`: from `region.worth`."""
    flow = Flow(sheet, region)
    start, end = sheet.unit_start[region], sheet.unit_end[region]
    units = sheet.units[start:end]
    amounts: dict[Place, float] = {}
    ends: dict[Place, int] = {}
    doubtful: set[Place] = set()  # first met below a run of links
    for unit, (value, trust) in zip(units, worths[start:end], strict=True):
        if value:
            place = flow.place(unit.node)
            if place not in amounts and trust < 1:
                doubtful.add(place)
            amounts[place] = amounts.get(place, 0.0) + value * trust
            ends[place] = unit.node
    if not amounts:
        return flow
    total = sum(amounts.values())
    best = max(amounts, key=amounts.__getitem__)
    begins = next(node for node, place in flow.places.items() if place == best)

    def is_main(place: Place, amount: float) -> bool:
        if place in doubtful:
            return False
        if best and len(place) == len(best) and place[0] == best[0] and best[0][1]:
            return True  # the same class of paragraph in another container of its kind
        return amount >= _MAIN * total and (ends[place] > begins or amount > _LEAD)

    main = {best, *(place for place, amount in amounts.items() if is_main(place, amount))}
    held = sum(amounts[place] for place in main)
    if held >= 0.5 * total:
        flow.main = main
        flow.boxes = _boxes(flow, units, headline, doubtful, held)
    return flow


def _boxes(flow: Flow, units: list[Unit], headline: int, doubtful: set[Place], held: float) -> list[int]:
    sheet = flow.sheet
    of_main = [flow.place(unit.node) in flow.main and is_running(unit) for unit in units]
    counts = [0]
    for flag in of_main:
        counts.append(counts[-1] + flag)
    last = max(index for index, flag in enumerate(of_main) if flag)
    nodes = {unit.node for unit, flag in zip(units, of_main, strict=True) if flag}
    fellows = nodes | {sheet.parent[node] for node in nodes}
    boxes: list[int] = []
    for index, unit in enumerate(units):
        if of_main[index] or sheet.boxed[unit.node] or unit.tag in _CELLS:
            continue
        if not is_running(unit) and not (index and _is_headline(units[index - 1])):
            continue
        if boxes and sheet.inside(unit.node, boxes[-1]):
            continue
        node = _foreign(flow, unit.node, counts)
        if sheet.tag[node] not in _CONTAINERS or sheet.inside(headline, node):
            continue
        inside = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        below = index > last and flow.place(unit.node) in doubtful and sheet.parent[node] not in fellows
        small = sum(u.weight for u in inside if is_running(u)) < _MOST * held
        titled = small and 1 < len(inside) <= _CARD and _is_headline(inside[0])
        if is_running(unit):
            titled = titled or below or (small and any(_heads(sheet, u) for u in inside))
        if titled:
            boxes.append(node)
    return boxes


def _heads(sheet: Sheet, unit: Unit) -> bool:
    """Say whether a line is a heading: by its tag, else a short line that is bold or named one."""
    if unit.tag in _HEADINGS:
        return True
    return unit.weight < 80 and (
        unit.strong >= 0.9 * len(unit.text) or _names_heading(sheet.words[unit.node])
    )


def _is_headline(unit: Unit) -> bool:
    """Say whether a line is a headline that is a link: another story's."""
    return unit.link_share > 0.9 and unit.weight >= _HEADLINE


def _foreign(flow: Flow, node: int, counts: list[int]) -> int:
    """Return the outermost element around a node, inside the region, that holds no paragraph of the body's
    kind. `counts` are those of such paragraphs before each unit of the region.
    """
    sheet = flow.sheet
    start = sheet.unit_start[flow.region]
    above = sheet.parent[node]
    while (
        above > flow.region
        and counts[sheet.unit_end[above] - start] == counts[sheet.unit_start[above] - start]
    ):
        node, above = above, sheet.parent[above]
    return node
