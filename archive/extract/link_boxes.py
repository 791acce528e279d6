"""Boxes of links to other articles: which groups of cards are there for having read this one.

How: what stands before a group of cards is its heading. A group is kept by what its heading says, else by
its class words, else because it stands in the flow of the text with paragraphs before and after it. So a
box needs no heading, and a line "Lire aussi : …" between two paragraphs is a box of one.

Evidence (55 pages, 170 links): 25 pages have boxes under a usual heading, 6 of 30 others have boxes
without one; on 9 of 190 pages of one half of the kit's publishers cards stand between paragraphs. Most read,
latest and editors' picks stand beside them in the same form on two pages of three, so a group of which
nothing says "related" is left alone.
"""

from __future__ import annotations

import re
from itertools import islice

import attrs
from lxml import etree

from archive.extract.box_headings import Kind, kind_of
from archive.extract.link_cards import HEADING, LEAD_IN, MOST_CARDS, TEASER, TOP, Card, Cards
from archive.extract.sheet import Sheet, is_running
from archive.extract.words import word_test
from archive.text import text_of

_names_related = word_test(
    r"related|relacionad|verwandt|similar|read-?more|read-?also|read-?next|more-?on(?:$|[^a-z])|see-?also"
    r"|zumthema|lire-?aussi|leia-?tambem|lee-?tambien|lesen-?sie-?auch|correlat|recommend|recirc|connexe"
    r"|further-?read|voir-?plus|next-?(?:articles|reads)|powiazan|lien-?quan|baca-?juga",
)
_TERMS = re.compile(r"(?:tag|category)-\S+")
"""What WordPress writes of a post's terms: names of things, not of boxes."""
_names_other = word_test(
    r"most-?read|mostread|most-?popular|popular|trending|latest-news|ticker|taboola|outbrain|promo|sponsor"
    r"|advert|jobs?(?:$|[^a-z])|newsletter|comment|breadcrumb|share|social|author|tags?(?:$|[^a-z])|podcast",
)
_names_title = word_test(r"(?:title|headline)(?:$|[^a-z])")
_ADVERT = re.compile(
    r"\W*(?:anzeige|annons|annonce|reklam|sponsor|werbung|publicit|publirr|promoted|advert|iklan|quảng cáo"
    r"|реклама|広告|广告|廣告|광고|إعلان|โฆษณา)"
)
"""What a card that is paid for begins with."""
_IN_FLOW = frozenset({"aside", "teaser", "related", "figure", "kicker"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_MOST_IN_FLOW = 3
_MOST_IN_LIST = 8
_MOST_BOXES = 60
_PLAIN_TITLE = 28
"""Weight of a headline that nothing announces: less is a button or a label."""
_LABEL = 20
"""Characters of a label and colon before a link that is a line of its own otherwise."""
_NEAR = 4
"""Lines before a group among which its heading is."""


@attrs.define(slots=True, eq=False)
class Box:
    """Cards that belong together."""

    heading: str | None
    rule: str
    cards: list[Card]


def find_boxes(cards: Cards) -> list[Box]:
    """Return the boxes of related articles in order."""
    judge = _Judge(cards)
    boxes = judge.boxes()
    overlaid = _overlaid(cards, judge.used)
    return sorted(boxes + overlaid, key=lambda box: box.cards[0].node) if overlaid else boxes


class _Judge:
    """Goes through the groups of a page in order: what a box is can depend on the one before it."""

    def __init__(self, cards: Cards) -> None:
        self.cards = cards
        self.sheet = cards.sheet
        self.used: set[int] = set()
        """Lines with words for a list that are the heading of a group."""
        self.last: tuple[Card, str | None, str] | None = None
        """Last card, heading and rule of the group before."""
        self.looks: set[tuple[str, str]] = set()
        """Tag and class words of teasers between paragraphs; one more of the kind may end the text."""
        units, region = self.sheet.units, cards.region
        inner = range(self.sheet.unit_start[region], self.sheet.unit_end[region])
        text = (n for n in inner if is_running(units[n]) and not self.sheet.boxed[units[n].node])
        self.first_text = next(text, len(units))
        self.last_text = next(
            (n for n in reversed(inner) if is_running(units[n]) and not self.sheet.boxed[units[n].node]), -1
        )

    def boxes(self) -> list[Box]:
        """Return the groups that are kept."""
        boxes: list[Box] = []
        for group in self.cards.groups():
            heading, rule = self._announced(group)
            self.last = (group[-1], heading, rule)
            if rule and rule != "other" and len(group) <= MOST_CARDS and len(boxes) < _MOST_BOXES:
                boxes.append(Box(heading, rule, group))
        return boxes

    def _announced(self, group: list[Card]) -> tuple[str | None, str]:
        """Return (heading, rule) of a group; the rule is "" where nothing says what it is, "other" for
        another list.
        """
        first = group[0]
        if self.cards.kinds.get(first.unit) == "related":
            line = self.sheet.units[first.unit].text
            linked = text_of(first.links[0])  # none where the words are a picture's or hidden
            before = line.partition(linked)[0].strip(" :：–-|►▶»>«<•") if linked else ""
            if before or LEAD_IN.search(line):  # "Lire aussi : …"
                return before or None, "generic:inline"
        start = first.unit if first.lone else self.sheet.unit_start[first.node]
        low = max(0, start - _NEAR)
        if self.last is not None and low < (end := self.cards.end(self.last[0])) <= start:
            low = end
            titled = any(unit.tag[0] == "h" for unit in self.sheet.units[end:start])
            if not titled and self.cards.together(self.last[0].node, first.node):
                heading, kind = self._heading(first, low, start)
                if kind is None:
                    return self.last[1], self.last[2]
        heading, kind = self._heading(first, low, start)
        if kind is not None:
            return heading, "generic:heading" if kind == "related" else "other"
        by_class = self._by_class(group)
        return (heading, by_class) if by_class else (None, self._by_flow(group))

    def _heading(self, card: Card, low: int, high: int) -> tuple[str | None, Kind | None]:
        """Return what stands nearest before a card and reads as a heading, and what it says."""
        heading: str | None = None
        for index in range(high - 1, low - 1, -1):
            unit = self.sheet.units[index]
            kind = self.cards.kinds.get(index)
            near = self.cards.together(unit.node, card.node)
            if unit.node == self.cards.headline or (kind is None and is_running(unit) and not near):
                break
            titled = unit.tag[0] == "h"
            if len(unit.text) > HEADING or not (kind or titled or unit.weight <= 60):
                continue
            if kind is not None:
                self.used.add(index)
            elif near or titled:
                kind = kind_of(unit.text)
            if kind or (near and heading is None):
                heading = unit.text
            if kind or titled:
                return heading, kind
        return heading, None

    def _by_class(self, group: list[Card]) -> str:
        sheet = self.sheet
        node = group[0].node
        for _ in range(8):
            if node < 0 or sheet.inside(self.cards.region, node) or sheet.tag[node] in TOP:
                return ""
            words = sheet.words[node]
            if "tag-" in words or "category-" in words:
                words = _TERMS.sub("", words)
            if len(words) >= 6:
                if _names_other(words):
                    return ""
                if _names_related(words):
                    return "generic:class:related"
            node = sheet.parent[node]
        return ""

    def _by_flow(self, group: list[Card]) -> str:
        """Say whether cards stand between paragraphs of the body, as nothing but teasers do: an aside, a line
        with a heading, or paragraphs and items of a list that are links and nothing else.
        """
        sheet = self.sheet
        node = group[0].node
        if node == self.cards.region or not sheet.inside(node, self.cards.region):
            return ""
        plain = all(self._is_plain(card) for card in group)
        inner = range(node, sheet.end[node])
        marked = any(
            sheet.boxed[n] or sheet.tag[n] in _HEADINGS or _names_title(sheet.words[n]) for n in inner
        )
        if not (plain or marked or all(map(_has_photo, group))):
            return ""
        if len(group) > (_MOST_IN_LIST if plain else _MOST_IN_FLOW) or not all(map(self._is_story, group)):
            return ""
        if not sheet.roles(node) <= _IN_FLOW or _names_other(sheet.words[node]):
            return ""
        look = (sheet.tag[node], sheet.words[node])
        if self.first_text >= sheet.unit_start[node]:
            return ""
        if self.last_text < sheet.unit_end[group[-1].node] and look not in self.looks:
            return ""
        self.looks.add(look)
        return "generic:flow"

    def _is_plain(self, card: Card) -> bool:
        line = self.sheet.units[card.unit]
        if self.sheet.tag[card.node] not in {"p", "li"}:
            return False
        label, colon, rest = line.text.replace("：", ":", 1).partition(":")
        return line.linked > 0.95 * len(line.text) or (
            bool(colon) and len(label) <= _LABEL and line.linked >= len(rest.strip())
        )

    def _is_story(self, card: Card) -> bool:
        """Say whether a card that nothing announces is one: on this host, not paid for, no mere label."""
        label = self.sheet.units[self.sheet.unit_start[card.node]].text
        lines = self.sheet.units[card.unit : card.last + 1]
        if _ADVERT.match(label[:40].lower()):
            return False
        if "newsletter" in card.mark or not self.cards.addresses.same_host(card.href):
            return False
        return max(line.weight for line in lines) >= _PLAIN_TITLE


def _has_photo(card: Card) -> bool:
    """Say whether a photo stands in a card's link."""
    return any(link.find(".//img") is not None for link in card.links)


def _overlaid(cards: Cards, used: set[int]) -> list[Box]:
    """Return the boxes whose headlines are no links: the link lies over the card, or is a button below it."""
    sheet = cards.sheet
    used = used | {card.unit for card in cards.cards}
    boxes: list[Box] = []
    for index, kind in cards.kinds.items():
        unit = sheet.units[index]
        if kind != "related" or index in used or len(unit.text) > 70:
            continue
        if unit.linked > 0.5 * len(unit.text) or cards.is_chrome(unit.node) or len(boxes) >= _MOST_BOXES:
            continue
        found = _linked_below(cards, unit.node, index)
        if found:
            boxes.append(Box(unit.text, "generic:heading", found))
    return boxes


def _linked_below(cards: Cards, node: int, heading: int) -> list[Card]:
    """Return cards for the links in the smallest element around a heading that has any."""
    sheet = cards.sheet
    for above in sheet.ancestors(node)[:5]:
        if cards.holds_article(above) or sheet.good[above] > MOST_CARDS * TEASER:
            return []
        marks: dict[str, list[etree._Element]] = {}
        for link in islice(sheet.elements[above].iter("a"), 100):
            mark = cards.addresses.mark(link.get("href", ""))
            if mark is not None and mark[:2] != "//":
                marks.setdefault(mark, []).append(link)
        if marks:
            return _cards_of(sheet, above, heading, marks) if len(marks) <= MOST_CARDS else []
    return []


def _cards_of(sheet: Sheet, box: int, heading: int, marks: dict[str, list[etree._Element]]) -> list[Card]:
    """Return a card for each address: the largest element without another and without the heading."""
    places = {sheet.elements[node]: node for node in range(box, sheet.end[box])}
    cards = []
    for mark, links in marks.items():
        link: etree._Element | None = links[0]
        while link is not None and link not in places:
            link = link.getparent()
        node = places[link] if link is not None else box
        unit = sheet.unit_start[node]
        cards.append(Card(mark, links[0].get("href", ""), unit, unit, links, node))
    nodes = [card.node for card in cards]
    for card in cards:
        first = card.node
        while (above := sheet.parent[card.node]) > box:
            if sheet.unit_start[above] <= heading < sheet.unit_end[above]:
                break
            if any(node != first and sheet.inside(node, above) for node in nodes):
                break
            card.node = above
    return cards
