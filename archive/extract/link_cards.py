"""Links to other articles as cards: which line is one's headline, which element holds it and nothing else.

A line of text that is (mostly) one link to an address as articles have it is a card's headline. The card
is the largest element around it that has no other story in it; cards that follow each other in one element
make a group. Lines are read once, and from the sheet: a page has some twenty-five that matter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import islice

import attrs
from lxml import etree

from archive.extract.article_links import ArticleLinks
from archive.extract.box_headings import Kind, announces
from archive.extract.page import ParsedPage
from archive.extract.sheet import Sheet, Unit, is_running
from archive.text import text_of, weight

TOP = frozenset({"body", "html", "main"})
"""Elements that are never a box."""
MOST_CARDS = 30
"""In one box, or in one line."""
HEADING = 110
"""Characters of a heading or of a line that introduces a list."""
LEAD_IN = re.compile(r"^[^:：]{3,60}[:：|►▶»>]\s*(?=\S)")
"""Words before a headline in one line."""
TEASER = 700
"""Weight of running text that the teaser of one card may have."""
_CHROME = frozenset({"nav", "footer", "form", "consent", "comment"})
_MOST_LINES = 1_500
_MOST_LINKS = 10
"""Of one card."""
_SHORTEST = 12
"""Weight of a headline."""
_LINKED_HEADING = 46
"""Weight below which a linked line with words for a list is that list's heading."""
_STORY = 28
"""Weight of a linked line from which it is too long for a heading, if an article's address is behind it."""
_FOREIGN = 18
"""Weight from which a link to another site is a story of its own in a list, and no button."""


@attrs.define(slots=True, eq=False)
class Card:
    """What shows one other article."""

    mark: str
    """Path of its address, for telling one article from another."""
    href: str
    unit: int
    """Index of the line that is its headline."""
    last: int
    """Index of the last line that links there."""
    links: list[etree._Element]
    node: int
    """The largest element that holds this story alone."""
    lone: bool = False
    """Stands in a line with other text or links: the element says nothing of it."""


def is_heading(text: str) -> bool:
    """Say whether a text that begins with words for a list is nothing but its heading."""
    return weight(text) < _LINKED_HEADING and not LEAD_IN.search(text)


class Cards:
    """The cards of one page, and where they stand."""

    def __init__(self, parsed: ParsedPage, sheet: Sheet, headline: int, region: int) -> None:
        self.sheet = sheet
        self.addresses = ArticleLinks(parsed)
        self.headline, self.region = headline, region
        self.kinds: dict[int, Kind] = {}
        """Lines that begin with words for a list."""
        self.cards: list[Card] = []
        self._texts: dict[etree._Element, str] = {}
        article = next((n for n in sheet.ancestors(headline) if sheet.tag[n] == "article"), -1)
        self._article = range(article, sheet.end[article]) if article >= 0 else range(0)
        self._frame = self._frames(max(headline, 0))
        self._read_lines()
        self._widen()

    def holds_article(self, node: int) -> bool:
        """Say whether an element is too large for a box: it holds the headline or the body."""
        sheet = self.sheet
        return (
            sheet.tag[node] in TOP
            or sheet.inside(self.region, node)
            or (self.headline >= 0 and sheet.inside(self.headline, node))
        )

    def is_chrome(self, node: int) -> bool:
        """Say whether an element is of the page's frame: menus, forms, comments, the page's footer."""
        starts, ends = self._frame
        return node < ends[bisect_right(starts, node)]

    def together(self, first: int, second: int) -> bool:
        """Say whether two elements stand in one that does not hold the article."""
        sheet = self.sheet
        above = first
        while above >= 0 and not sheet.inside(second, above):
            above = sheet.parent[above]
        return above >= 0 and sheet.tag[above] not in TOP and not sheet.inside(self.region, above)

    def end(self, card: Card) -> int:
        """Return the index after the last line of a card."""
        return card.last + 1 if card.lone else max(card.last + 1, self.sheet.unit_end[card.node])

    def groups(self) -> list[list[Card]]:
        """Return the cards that follow each other in one element; in the flow, with nothing between."""
        groups: list[list[Card]] = []
        container = -2
        for card in self.cards:
            holder = card.node if card.lone else self.sheet.parent[card.node]
            in_flow = holder == self.region
            if groups and holder == container and not (in_flow and not self._adjacent(groups[-1][-1], card)):
                groups[-1].append(card)
            else:
                groups.append([card])
                container = holder
        return groups

    def _adjacent(self, first: Card, second: Card) -> bool:
        """Say whether nothing stands between two cards."""
        sheet = self.sheet
        return sheet.unit_end[first.node] >= sheet.unit_start[second.node]

    def _frames(self, start: int) -> tuple[list[int], list[int]]:
        """Return where the page's frame begins and ends. The footer of the article's element is not of it."""
        starts: list[int] = []
        ends = [0]
        roles, end = self.sheet.role, self.sheet.end
        for node in range(start, len(roles)):
            role = roles[node]
            if role in _CHROME and node >= ends[-1] and not (role == "footer" and node in self._article):
                starts.append(node)
                ends.append(end[node])
        return starts, ends

    def _read_lines(self) -> None:
        """Collect the lines that announce a list and those that are links to articles. What stands before the
        headline is for every article.
        """
        start = self.sheet.unit_end[self.headline] if self.headline >= 0 else 0
        read = 0
        for index, unit in enumerate(self.sheet.units[start:], start):
            length, linked = len(unit.text), unit.linked
            if not linked:
                if length <= HEADING and (kind := announces(unit.text)) is not None:
                    self.kinds[index] = kind
                continue
            if unit.weight < _SHORTEST and unit.tag[0] != "h":
                continue
            kind = announces(unit.text)
            if kind == "other" and self._is_headline(unit):
                kind = None  # "Top court hears the case again"
            if kind is not None:
                self.kinds[index] = kind
                if linked > 0.9 * length and is_heading(unit.text):
                    continue  # it leads to its section
            if unit.weight < _SHORTEST or (2 * linked < length and (kind != "related" or linked < _SHORTEST)):
                continue
            if not self.is_chrome(unit.node):
                self._read_line(index, unit)
                read += 1
                if read >= _MOST_LINES:
                    return

    def _is_headline(self, unit: Unit) -> bool:
        """Say whether a linked line that begins as a list's heading does is a story's: of some words, and its
        address is an article's.
        """
        if unit.linked <= 0.9 * len(unit.text) or weight(unit.text) < _STORY:
            return False
        return any(self.addresses.mark(link.get("href", "")) for link in _links_of(self.sheet, unit)[:2])

    def _read_line(self, index: int, unit: Unit) -> None:
        sheet, mark_of = self.sheet, self.addresses.mark
        found = _links_of(sheet, unit)
        links = [(link, mark) for link in found if (mark := mark_of(link.get("href", "")))]
        if not links:
            return
        lone = any(mark != links[0][1] for _, mark in links)
        if lone or (sheet.tag[unit.node] != "a" and self._has_more_lines(unit)):
            links = [(link, mark) for link, mark in links if self._stands_in(link, unit.text)]
            lone = len({mark for _, mark in links}) > 1
        for link, mark in links:
            last = self.cards[-1] if self.cards else None
            if last is not None and last.mark == mark:
                last.last = index
                if link is not last.links[-1] and len(last.links) < _MOST_LINKS:
                    last.links.append(link)
            elif mark[:2] != "//" or unit.weight >= _FOREIGN:
                self.cards.append(Card(mark, link.get("href", ""), index, index, [link], unit.node, lone))

    def _has_more_lines(self, unit: Unit) -> bool:
        return self.sheet.unit_end[unit.node] - self.sheet.unit_start[unit.node] > 1

    def _stands_in(self, link: etree._Element, line: str) -> bool:
        text = self._texts.get(link)
        if text is None:
            text = self._texts[link] = text_of(link)
        return bool(text) and (text in line or line in text)

    def _widen(self) -> None:
        """Widen each card to the largest element without another story, heading of a list or article text."""
        units = self.sheet.units
        titles = {card.unit for card in self.cards}
        headings = sorted(
            index
            for index, kind in self.kinds.items()
            if index not in titles and (kind == "related" or units[index].tag[0] == "h")
        )
        for number, card in enumerate(self.cards):
            before = self.cards[number - 1].last if number else -1
            at = bisect_left(headings, card.unit) - 1
            if at >= 0:
                before = max(before, headings[at])
            after = self.cards[number + 1].unit if number + 1 < len(self.cards) else len(self.sheet.units)
            if not card.lone:
                card.node = self._widened(card, before, after)

    def _widened(self, card: Card, before: int, after: int) -> int:
        sheet, node = self.sheet, card.node
        flow = sheet.inside(node, self.region)
        while (above := sheet.parent[node]) >= 0:
            if (
                sheet.unit_start[above] <= before
                or sheet.unit_end[above] > after
                or self.holds_article(above)
            ):
                break
            more = sheet.good[above] - sheet.good[node]
            if more > TEASER or (more and flow and not self._is_teaser(card, node, above)):
                break
            node = above
        return node

    def _is_teaser(self, card: Card, node: int, above: int) -> bool:
        """Say whether the running text that an element adds to a card between paragraphs is the card's: the
        element is a box, or the text follows a headline that is no paragraph itself.
        """
        sheet = self.sheet
        if sheet.boxed[above]:
            return True
        first = any(
            is_running(unit) for unit in sheet.units[sheet.unit_start[above] : sheet.unit_start[node]]
        )
        return not first and sheet.units[card.unit].tag != "p"


def _links_of(sheet: Sheet, unit: Unit) -> list[etree._Element]:
    """Return the links that may stand in a line: those inside its element, else the one around it."""
    element = sheet.elements[unit.node]
    if sheet.tag[unit.node] == "a":
        return [element]
    found = list(islice(element.iter("a"), MOST_CARDS))
    if found:
        return found
    above = element.getparent()
    for _ in range(8):
        if above is None or above.tag in TOP:
            return []
        if above.tag == "a":
            return [above]
        above = above.getparent()
    return []
