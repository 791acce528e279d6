"""Where captions stand: which element is one, which box holds one image and what is said of it.

Evidence (381 pages): three captions in four stand in a figcaption or an element named caption; the others in
a box with one image and a line or two that is named a photo, whose line the image repeats as its title, that
ends in a labelled credit or is set in the middle; and, where class names are made by a machine, in a line set
apart from the paragraphs around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from archive.extract.boxes import HEADINGS
from archive.extract.captions import displayed, is_more
from archive.extract.credits import is_name, split_credit, strip_label
from archive.extract.found import key
from archive.extract.images import Images, is_centred
from archive.extract.sheet import Sheet, Unit, is_running
from archive.extract.words import word_test

_names_caption = word_test(
    r"caption|(?:^|[^a-z])legende?(?:$|[^a-z])|bildunterschrift|bildtext|cutline|didascalia"
    r"|pie-?(?:de-)?foto|bu-text|(?:image|photo|img|picture|media)[-_]{0,2}desc"
    r"|fotoverantwortung|picture-?text|billedtekst|ujlead"
    r"|(?:image|img|photo|picture|foto|bild|media)-?(?:text|info|legend|title)(?:$|[^a-z])",
)
_names_photo = word_test(
    r"(?:^|[^a-z])(?:[a-z]*(?:photo|image|picture|foto|bild)|img|pic|imagen|hinh|photobox|wp-caption)(?:$|[^a-z])"
    r"|(?:photo|image|img|picture|foto)[-_]?(?:area|box|wrap|frame|block|holder|container)(?:$|[^a-z])",
)
_INLINE = frozenset({"span", "small", "em", "i"})
_CAPTION_TAGS = frozenset(
    {
        "div",
        "p",
        "span",
        "td",
        "small",
        "em",
        "i",
        "dd",
        "h5",
        "h6",
        "section",
        "caption",
        "figcaption",
        "footer",
    }
)
_OTHER_MEDIA = ("video", "iframe", "table", "blockquote", "audio", "pre", "object")
_BUTTON = 24
"""Characters of a button."""
_SET_APART = 300
"""Weight of a caption that only its place tells."""
_NEXT = 3
"""Lines among which the text goes on."""
_SHORT = 200
"""Weight of a caption that nothing but its place tells."""
_COUNTER = re.compile(r"\d+\s?/\s?\d+\D{0,12}$")
_MAX_LINES = 12
"""Lines of text in a caption."""


@attrs.frozen
class CaptionPlaces:
    """Tells where captions stand on one page."""

    sheet: Sheet
    images: Images

    def named(self, low: int, high: int) -> Iterator[int]:
        """Yield the figures, and what may be a caption by tag or name, in a span of elements."""
        sheet = self.sheet
        tags, starts, ends, words = sheet.tag, sheet.unit_start, sheet.unit_end, sheet.words
        for node in range(low, high):
            if tags[node] in {"figure", "figcaption"} or (
                len(words[node]) > 4
                and tags[node] in _CAPTION_TAGS
                and (0 < ends[node] - starts[node] <= _MAX_LINES or tags[node] in _INLINE)
                and _names_caption(words[node])
            ):
                yield node

    def is_caption(self, node: int) -> bool:
        """Say whether an element is a caption by tag, or by name: then short, no headings, no image in it."""
        sheet = self.sheet
        words, tag = sheet.words[node], sheet.tag[node]
        if tag == "figcaption":
            return True
        if (
            len(words) < 5
            or tag not in _CAPTION_TAGS
            or not _names_caption(words)
            or "audio" in words.lower()
        ):
            return False
        if tag in _INLINE:
            element = sheet.elements[node]
            above = element.getparent()
            return above is not None and above.tag != "a" and bool(displayed(element))
        units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        if not 1 <= len(units) <= _MAX_LINES or any(unit.tag in HEADINGS for unit in units):
            return False
        return not self.images.within(sheet, node)

    def captions_in(self, node: int) -> list[int]:
        """Return the outermost captions in an element: figcaptions, else what is named so."""
        sheet = self.sheet
        inside = range(node + 1, sheet.end[node])
        found = [n for n in inside if sheet.tag[n] == "figcaption"] or [
            n for n in inside if self.is_caption(n)
        ]
        return [n for n in found if not any(m != n and sheet.inside(n, m) for m in found)]

    def is_quotee(self, node: int) -> bool:
        """Say whether a caption stands behind a quotation and says whose it is."""
        before = self.sheet.elements[node].getprevious()
        return before is not None and next(before.iter("blockquote"), None) is not None

    def is_captioned(self, node: int) -> bool:
        """Say whether what an element says beside its one image may be a caption: a line or two, no link."""
        sheet = self.sheet
        units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        if not 1 <= len(units) <= 3 or any(unit.tag[0] == "h" or _leads_on(unit) for unit in units):
            return False
        return 15 <= sum(unit.weight for unit in units) <= 500

    def shows_something(self, node: int) -> bool:
        """Say whether a figure without an image has a place for one, which a script fills."""
        element = self.sheet.elements[node]
        if next(element.iter(*_OTHER_MEDIA), None) is not None:
            return False
        return any(child.tag not in {"figcaption", "style", "script"} for child in element)

    def is_box(self, node: int, image: int) -> bool:
        """Say whether an element holds one image and a line or two, and so is its caption.

        Its class says so, or the image repeats the line as its title.
        """
        sheet = self.sheet
        units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        if not self.is_captioned(node):
            return False
        if any(tag in {"figure", "figcaption"} for tag in sheet.tag[node : sheet.end[node]]):
            return False
        element = self.images.elements[image]
        if (
            _names_photo(sheet.words[node])
            or any(is_signed(unit.text) or _ends_signed(unit.text) for unit in units)
            or (len(units) == 1 and units[0].weight < _SHORT and is_centred(sheet.elements[node]))
            or _is_line_and_name(units)
        ):
            return not self.captions_in(node)
        said = (key(element.get("title") or ""), key(element.get("alt") or ""))
        text = key(units[0].text)
        return self.is_set_apart(node, units) or any(
            0 <= text.find(one) <= (_BUTTON if units[0].linked else 0) for one in said if len(one) >= 15
        )

    def is_set_apart(self, node: int, units: list[Unit]) -> bool:
        """Say whether a box without a telling name stands between paragraphs, its line in another type than
        theirs: so a picture and its caption look where class names are made by a machine.
        """
        sheet = self.sheet
        if sheet.boxed[node] or sum(unit.weight for unit in units) > _SET_APART or is_name(units[0].text):
            return False  # a name over a picture: whose box it is
        end = sheet.unit_end[node]
        text = [u for u in sheet.units[end : end + _NEXT] if is_running(u) and not sheet.boxed[u.node]]
        above = sheet.parent[node]
        own = {(unit.tag, sheet.words[unit.node]) for unit in units}
        return any(
            sheet.inside(unit.node, above) and (unit.tag, sheet.words[unit.node]) not in own for unit in text
        )

    def caption_below(self, image: int) -> int:
        """Return the element right below an image where it is one line that ends in a credit or is centred as
        the image is, else -1. Editors without a caption field write so, in Chinese papers most of all.
        """
        sheet, line = self.sheet, self.images.below(self.sheet, image)
        if line < 0 or sheet.tag[line] not in {"div", "p"} or self.images.within(sheet, line):
            return -1
        units = sheet.units[sheet.unit_start[line] : sheet.unit_end[line]]
        if len(units) != 1 or units[0].weight > 500 or units[0].linked:
            return -1
        centred = is_centred(sheet.elements[line]) and is_centred(sheet.elements[self.images.at[image]])
        is_caption = centred and units[0].strong < 0.9 * len(units[0].text)
        return line if is_caption or all(split_credit(units[0].text)) else -1


def is_counter(text: str) -> bool:
    """Say whether a line tells which photo of how many this is, and no more."""
    return _COUNTER.match(text) is not None


def _leads_on(unit: Unit) -> bool:
    """Say whether a line has a link that is more than a button to see the photo large."""
    return unit.linked > 0 and not (unit.linked <= _BUTTON and is_more(unit.text))


def is_signed(line: str) -> bool:
    """Say whether a line is a credit with its label: what stands beside it is a photo."""
    return len(line) < 120 and strip_label(line) != line and not split_credit(line)[0]


def _ends_signed(line: str) -> bool:
    """Say whether a line ends with a credit that wears a label: "Un port au matin. Photo : AFP"."""
    caption, credit = split_credit(line)
    if not caption or not credit:
        return False
    tail = line[len(caption) :].strip(" ()（）[]|/–—-.,;")
    return tail.endswith(credit) and len(tail) > len(credit)


def _is_line_and_name(units: list[Unit]) -> bool:
    """Say whether two lines are a caption and, below it, a name and nothing else: no class tells them."""
    if len(units) != 2 or any(unit.linked or len(unit.text) < 10 for unit in units):
        return False
    name = units[1].text.lstrip("/ ")
    return units[0].weight >= 15 and len(name) < 60 and is_name(name) and len(name.split()) > 1
