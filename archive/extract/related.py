"""Related links: the cards of `link_boxes`, read: address, title, teaser, photo caption, credit.

A title is the card's heading, else its title element, else the link's text: the shortest that is one,
because a link around the whole card holds kicker and teaser too. Kickers, times and authors inside it are
left out by their class words.
"""

from __future__ import annotations

import re

from lxml import etree

from archive.extract.box_headings import announces
from archive.extract.credits import split_credit
from archive.extract.found import Found, key
from archive.extract.images import alt_as_caption
from archive.extract.link_boxes import Box, find_boxes
from archive.extract.link_cards import LEAD_IN, Card, Cards, is_heading
from archive.extract.page import ParsedPage, plain
from archive.extract.sheet import Sheet
from archive.extract.words import word_test
from archive.model import RelatedLink
from archive.text import squash, text_of, weight
from archive.urls import absolute

_names_title = word_test(r"(?:title|headline|hed)(?:$|[^a-z])")
_names_no_title = word_test(r"kicker|sub|over|dach|section|box")
_names_kicker = word_test(
    r"kicker|eyebrow|dachzeile|overline|topline|rubric|surtitre|badge|label|time|date|author|byline|category"
    r"|premium|duration",
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NO_TEASER = frozenset({"byline", "date", "kicker", "meta", "tags", "credit", "caption", "share"})
_MIN_TITLE = 18
_MIN_HEADING = 8
_MAX_TITLE = 250
_MAX_LINKS = 200
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")


def related(parsed: ParsedPage, sheet: Sheet, headline: int, region: int) -> Found[tuple[RelatedLink, ...]]:
    """Return the related links of the page in order, each URL once."""
    rule = ""
    out: dict[str, RelatedLink] = {}
    cards = Cards(parsed, sheet, headline, region)
    for box in find_boxes(cards):
        for card in box.cards:
            if card.mark[:2] == "//" or len(out) >= _MAX_LINKS:
                continue
            url = absolute(parsed.base_url, card.href)
            mark = cards.addresses.mark(url) if url else None  # of a relative link, its whole path
            if url is None or mark is None or mark in out:
                continue
            link = _read(sheet, box, card, url, len(out) + 1)
            if link is not None:
                rule = rule or box.rule
                out[mark] = link
    return Found(tuple(out.values()), rule)


def _read(sheet: Sheet, box: Box, card: Card, url: str, position: int) -> RelatedLink | None:
    title = _title(sheet, box, card)
    if title is None or len(title) > _MAX_TITLE:
        return None
    teaser = caption = credit = None
    if not card.lone and box.rule != "generic:inline":
        caption, credit = _caption(sheet.elements[card.node], title)
        teaser = _teaser(sheet, card, title, caption)
    return RelatedLink(
        url=url,
        title=title,
        teaser=teaser,
        photo_caption=caption,
        photo_credit=credit,
        box=box.heading,
        position=position,
    )


def _title(sheet: Sheet, box: Box, card: Card) -> str | None:
    """Return the headline of a card."""
    if not card.lone:
        title = _heading_title(sheet, box, card)
        if title is not None:
            return title
    texts = [_link_title(link) for link in card.links]
    long = [text for text in texts if weight(text) >= _MIN_TITLE]
    if not long:
        return None
    return _bare(min(long, key=len))


def _bare(text: str) -> str | None:
    """Return a headline without the words for a list before it; None where there is nothing else."""
    if announces(text) == "related":
        if is_heading(text):
            return None
        text = LEAD_IN.sub("", text)
    return text


def _heading_title(sheet: Sheet, box: Box, card: Card) -> str | None:
    """Return the text of the card's heading or title element. Of several: not one that ends in a colon (a
    kicker), the highest, the longest.
    """
    headings: list[tuple[bool, int, int, str]] = []
    named: list[str] = []
    for node in range(card.node, sheet.end[card.node]):
        tag = sheet.tag[node]
        heading = tag in _HEADINGS
        if not heading and not (_names_title(sheet.words[node]) and not _names_no_title(sheet.words[node])):
            continue
        text = _bare(_without_kicker(sheet.elements[node]))
        if text is None or weight(text) < _MIN_HEADING or text == box.heading:
            continue
        if heading:
            headings.append((text[-1] in ":：", int(tag[1]), -len(text), text))
        else:
            named.append(text)
    if headings:
        return min(headings)[3]
    return named[0] if named else None


def _link_title(link: etree._Element) -> str:
    text = _without_kicker(link)
    if len(text) < _MIN_HEADING or _CUT.search(text):
        whole = plain(link.get("title") or link.get("aria-label") or "")
        if len(whole) > len(text) and whole.startswith(_CUT.sub("", text)):
            return whole
    return text


def _without_kicker(element: etree._Element) -> str:
    if len(element) == 0:
        return text_of(element)
    bare = text_of(element, skip=lambda e: _names_kicker(e.get("class") or ""))
    return bare if len(bare) >= _MIN_HEADING else text_of(element)


def _caption(card: etree._Element, title: str) -> tuple[str | None, str | None]:
    """Return (photo caption, credit); an alt that repeats the title is no caption."""
    for image in card.iter("img", "amp-img"):
        alt = alt_as_caption(plain(image.get("alt") or ""), title)
        if alt:
            text, name = split_credit(alt)
            return text or None, name or None
    return None, None


def _teaser(sheet: Sheet, card: Card, title: str, caption: str | None) -> str | None:
    """Return the first line of the card that says more than its title."""
    mine = key(title)
    units = sheet.units[sheet.unit_start[card.node] : sheet.unit_end[card.node]]
    for unit in units:
        if unit.weight < 40 or unit.tag in _HEADINGS or unit.text == caption:
            continue
        text = key(unit.text)
        if mine in text:
            rest = _apart(sheet.elements[unit.node], mine) if len(text) > len(mine) + 40 else None
            if rest is not None:
                return rest
        elif text not in mine and sheet.role[unit.node] not in _NO_TEASER:
            return unit.text
    return None


def _apart(element: etree._Element, title: str) -> str | None:
    """Return the teaser where title and teaser are inline elements of one line."""
    for child in element.iter("span", "p", "div", "em", "small"):
        if len(child) == 0:
            text = squash(child.text)
            if weight(text) >= 40 and title not in key(text) and key(text) not in title:
                return text
    return None
