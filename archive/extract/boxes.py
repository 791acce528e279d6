"""Boxes whose photos are no part of the article: cards of other stories, adverts, the author's portrait.

Evidence (381 pages): of 751 figures around the body 119 stand in such a box. A photo that opens large on a
click stands in a button, or in an element named after its lightbox: these are no forms, no consent dialogs.
"""

from __future__ import annotations

import attrs
from lxml import etree

from archive.extract.captions import is_credit
from archive.extract.sheet import Sheet
from archive.extract.words import word_test

_names_photo = word_test(r"(?:^|[^a-z])(?:image|img|photo|picture|figure|foto|bild)(?:$|[^a-z])")
HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_BAD_ROLES = frozenset(
    {"nav", "footer", "form", "consent", "comment", "newsletter", "related", "ad", "share", "teaser"}
)


@attrs.define
class Boxes:
    """Where the article stands, and which elements are known to be inside a box."""

    sheet: Sheet
    region: int
    headline: int
    barred: dict[int, bool] = attrs.field(factory=dict)

    def bar(self, node: int) -> bool:
        """Say whether an element stands in a box that is no part of the article."""
        sheet = self.sheet
        chain: list[int] = []
        answer = False
        while node >= 0:
            known = self.barred.get(node)
            if known is not None:
                answer = known
                break
            chain.append(node)
            node = sheet.parent[node]
        for one in reversed(chain):
            answer = answer or self._bars(one)
            self.barred[one] = answer
        return answer

    def _bars(self, node: int) -> bool:
        """Say whether an element is such a box itself."""
        sheet = self.sheet
        tag, role = sheet.tag[node], sheet.role[node]
        if role in _BAD_ROLES:
            # a photo that opens large on a click is a button, and its lightbox is no dialog
            within = node != self.region and sheet.inside(node, self.region)
            return not (
                (role == "form" and tag in {"button", "label"})
                or (role == "consent" and (within or "lightbox" in sheet.words[node].lower()))
            )
        if (tag in {"nav", "footer", "aside"} or role == "byline") and sheet.good[node] < 400:
            return tag != "aside" or not _names_photo(sheet.words[node])
        return tag in {"li", "a"} and self._has_linked_heading(node)

    def _has_linked_heading(self, node: int) -> bool:
        sheet = self.sheet
        units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        return any(unit.tag in HEADINGS and unit.linked > 0.7 * len(unit.text) for unit in units)

    def names_author(self, node: int) -> bool:
        """Say whether a figure shows who wrote the story: a time, an address or a link to an author in it."""
        sheet = self.sheet
        for inner in range(node, sheet.end[node]):
            if sheet.tag[inner] in {"time", "address"}:
                return True
            if sheet.role[inner] in {"byline", "date"} and not is_credit(sheet.elements[inner]):
                return True
        return False

    def is_card(self, node: int, *, captioned: bool) -> bool:
        """Say whether a figure stands in the card of another story: beside a heading, in a small element."""
        sheet = self.sheet
        if _linked_with_heading(sheet.elements[node]):
            return True
        above = sheet.parent[node]
        for _ in range(3):
            if above < 0 or sheet.inside(self.region, above):
                return False
            if self.headline >= 0 and sheet.inside(self.headline, above):
                return False
            if any(sheet.tag[child] in HEADINGS for child in range(above, sheet.end[above])):
                if not captioned:
                    return sheet.good[above] < 600
                return sheet.good[above] < 600 and self._has_linked_heading(above)
            above = sheet.parent[above]
        return False


def _linked_with_heading(element: etree._Element) -> bool:
    """Say whether an element stands in a link that has a heading in it."""
    above = element.getparent()
    for _ in range(2):
        if above is None:
            return False
        if above.tag == "a":
            return next(above.iter("h2", "h3", "h4"), None) is not None
        above = above.getparent()
    return False
