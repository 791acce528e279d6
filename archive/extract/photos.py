"""Photos with caption and credit: which elements of a page are photos of the article.

Evidence (119 pages with captions): figure > figcaption alone gives F1 64.5. On 381 pages one caption in four
stands outside a figure: in an element named caption, or in a box with one image and a line or two that is
named a photo, whose line the image repeats as its title, or that holds a labelled credit. A caption belongs
to the nearest image that has none yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from lxml import etree

from archive.extract.boxes import HEADINGS, Boxes
from archive.extract.captions import displayed, is_more, is_noise, names_credit, parted
from archive.extract.credits import is_name, split_credit, strip_label
from archive.extract.found import Found, key
from archive.extract.images import Images, alt_of, image_url, images_of, is_centred
from archive.extract.page import ParsedPage, plain
from archive.extract.sheet import Sheet, Unit, is_running
from archive.extract.words import word_test
from archive.model import Photo

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
_MAX_PHOTOS = 200
_IN_BODY = 60
"""Elements above the body region in which a lead photo may stand."""
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
_INLINE = frozenset({"span", "small", "em", "i"})
_BOX_TAGS = frozenset({"div", "p", "table", "td", "span", "section", "center", "dl", "li"})
_OTHER_MEDIA = ("video", "iframe", "table", "blockquote", "audio", "pre", "object")
_SIGNS = frozenset({"footer", "cite"})
"""What in a figure, beside its caption, says whose it is, as in a quotation: HTML's own elements for that."""
_FIGURE_LEVELS = 4
_BOX_LEVELS = 6
_BUTTON = 24
"""Characters of a button."""
_SET_APART = 300
"""Weight of a caption that only its place tells."""
_NEXT = 3
"""Lines among which the text goes on."""
_SHORT = 200
"""Weight of a caption that nothing but its place tells."""
_COUNTER = re.compile(r"\d+\s?/\s?\d+\D{0,12}$")
"""Which photo of how many."""
_MAX_LINES = 12
"""Lines of text in a caption."""


@attrs.define
class _Draft:
    """A photo that is being put together."""

    image: int = -1
    """Its number in Images; -1 for none."""
    caption: str = ""
    credit: str = ""
    rule: str = ""


@attrs.define
class _Search:
    """What the search for photos knows."""

    parsed: ParsedPage
    sheet: Sheet
    images: Images
    boxes: Boxes
    drafts: list[_Draft] = attrs.field(factory=list)
    by_image: dict[int, _Draft] = attrs.field(factory=dict)
    orders: dict[int, dict[etree._Element, int]] = attrs.field(factory=dict)
    """Element with several images → place of everything in it, in document order."""
    held: list[int] = attrs.field(factory=list)

    def run(self, low: int, high: int) -> None:
        """Take the photos in a span of elements, in order."""
        sheet = self.sheet
        tags, starts, ends, words = sheet.tag, sheet.unit_start, sheet.unit_end, sheet.words
        places = {
            node
            for node in range(low, high)
            if tags[node] in {"figure", "figcaption"}
            or (
                len(words[node]) > 4
                and tags[node] in _CAPTION_TAGS
                and (0 < ends[node] - starts[node] <= _MAX_LINES or tags[node] in _INLINE)
                and _names_caption(words[node])
            )
        }
        below: dict[int, int] = {}
        for image in range(len(self.images.at)):
            places.update(self.boxes_around(image, low))
            if (line := self.caption_below(image)) >= 0:
                below[line] = image
        places.update(below)
        done = low
        for node in sorted(places):
            if len(self.drafts) >= _MAX_PHOTOS:
                break
            if node < done:
                continue
            image = below.get(node, -1)
            if (image >= 0 and self.take_below(node, image)) or self.take(node):
                done = sheet.end[node]

    def boxes_around(self, image: int, low: int) -> Iterator[int]:
        """Yield the elements around an image that have no other image in them and few lines of text."""
        sheet = self.sheet
        node = self.images.at[image]
        for _ in range(_BOX_LEVELS):
            if node < low or sheet.unit_end[node] - sheet.unit_start[node] > 3:
                break
            if len(self.images.within(sheet, node)) > 1:
                break
            if sheet.tag[node] in _BOX_TAGS:
                yield node
            node = sheet.parent[node]

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

    def take_below(self, node: int, image: int) -> bool:
        """Take the line below an image as its caption, unless the image has one."""
        known = self.by_image.get(image)
        if known is not None and known.caption:
            return False
        return self.add(node, [node], range(image, image + 1), "generic:below-image", node)

    def take(self, node: int) -> bool:
        """Take the photo that an element is or begins; say whether what is in it is done with."""
        sheet = self.sheet
        tag = sheet.tag[node]
        if tag == "figure":
            return self.take_figure(node)
        if self.is_caption(node):
            return self.take_caption(node)
        within = self.images.within(sheet, node)
        if len(within) != 1 or tag not in _BOX_TAGS:
            return False
        if tag == "table" and sheet.good[node] < 600 and (captions := self.captions_in(node)):
            return self.add(node, captions, within, "generic:class:caption")
        if self.is_box(node, within[0]):
            return self.add(node, [node], within, "generic:class:caption")
        return False

    def take_figure(self, node: int) -> bool:
        sheet = self.sheet
        if next(sheet.elements[node].iter("blockquote"), None) is not None:
            return True  # a pull quote, and who is quoted
        within = self.images.within(sheet, node)
        captions = self.captions_in(node)
        if any(sheet.tag[inner] == "figure" for inner in range(node + 1, sheet.end[node])):
            return False
        if len(captions) > 1 and len(within) > 1:
            return False  # a gallery: each caption looks for its own image
        if not within and (not captions or not self.shows_something(node)):
            return False
        if not captions and len(within) == 1 and self.is_captioned(node):
            captions = [node]
        return self.add(node, captions, within, "generic:figure")

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

    def take_caption(self, node: int) -> bool:
        """Take a caption outside a figure, or one of several in it, with the nearest image."""
        holder, within = self.holder(node)
        if not within or self.is_quotee(node):
            return False
        free = [n for n in within if not (n in self.by_image and self.by_image[n].caption)]
        chosen = free[:1] if len(within) == 1 else self.nearest(free, holder, node)
        rule = "generic:figure" if self.sheet.tag[node] == "figcaption" else "generic:class:caption"
        if len(within) > 1 or not chosen:
            holder = node  # what else the holder says is of other photos
        return self.add(holder, [node], range(chosen[0], chosen[0] + 1) if chosen else range(0), rule, node)

    def is_quotee(self, node: int) -> bool:
        """Say whether a caption stands behind a quotation and says whose it is."""
        before = self.sheet.elements[node].getprevious()
        return before is not None and next(before.iter("blockquote"), None) is not None

    def nearest(self, free: list[int], holder: int, caption: int) -> list[int]:
        """Return the last image before a caption, else the first behind it, of those in an element."""
        order = self.orders.get(holder)
        if order is None:
            order = {element: place for place, element in enumerate(self.sheet.elements[holder].iter())}
            self.orders[holder] = order
        here = order[self.sheet.elements[caption]]
        placed = sorted((order[self.images.elements[n]], n) for n in free)
        before = [n for place, n in placed if place < here]
        return before[-1:] or [n for _, n in placed[:1]]

    def holder(self, node: int) -> tuple[int, range]:
        """Return the nearest element around a caption that has images, and these."""
        above = node
        for _ in range(_FIGURE_LEVELS):
            if above < 0:
                break
            within = self.images.within(self.sheet, above)
            if within:
                return above, within
            above = self.sheet.parent[above]
        return node, range(0)

    def captions_in(self, node: int) -> list[int]:
        sheet = self.sheet
        inside = range(node + 1, sheet.end[node])
        found = [n for n in inside if sheet.tag[n] == "figcaption"] or [
            n for n in inside if self.is_caption(n)
        ]
        return [n for n in found if not any(m != n and sheet.inside(n, m) for m in found)]

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
            or any(_is_signed(unit.text) or _ends_signed(unit.text) for unit in units)
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

    def add(self, holder: int, captions: list[int], within: range, rule: str, done: int = -1) -> bool:
        """Put a photo together, unless it stands in a box or a card of another story."""
        node = done if done >= 0 else holder
        if self.boxes.bar(node) or self.boxes.names_author(node):
            return True
        caption = credit = ""
        for one in captions:
            is_box = one == holder and done < 0
            text, name = (is_box and self.signed_lines(one)) or parted(self.sheet.elements[one])
            caption = caption or ("" if _COUNTER.match(text) else text)
            credit = credit or name
        if self.boxes.is_card(node, captioned=bool(caption)):
            return True
        draft = next((self.by_image[n] for n in within if n in self.by_image), None)
        if draft is None or (caption and draft.caption):
            draft = _Draft(image=within[0] if within else -1, rule=rule)
            self.drafts.append(draft)
        for n in within:
            self.by_image[n] = draft
        draft.caption = draft.caption or caption
        draft.credit = draft.credit or credit or self.credit_beside(holder, captions, within, draft.caption)
        self.held.extend(captions)
        return True

    def signed_lines(self, node: int) -> tuple[str, str] | None:
        """Part a box of several lines of which one is a labelled credit."""
        sheet = self.sheet
        if sheet.unit_end[node] - sheet.unit_start[node] < 2:
            return None
        lines = [unit.text for unit in sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]]
        signed = [line for line in lines if _is_signed(line)]
        if len(signed) != 1:
            return None
        caption = split_credit(" ".join(line for line in lines if line not in signed))[0]
        return caption, strip_label(signed[0])

    def credit_beside(self, holder: int, captions: list[int], within: range, caption: str) -> str:
        """Return the credit that a holder of one photo states outside its caption."""
        sheet = self.sheet
        if sheet.end[holder] - holder > 80:
            return ""
        for node in range(holder + 1, sheet.end[holder]):
            if any(sheet.inside(node, one) or sheet.inside(one, node) for one in captions):
                continue
            signs = sheet.tag[holder] == "figure" and sheet.tag[node] in _SIGNS
            if (signs or names_credit(sheet.words[node])) and not is_noise(sheet.elements[node]):
                text = displayed(sheet.elements[node])
                if 1 < len(text) < 120 and not key(caption).endswith(key(text)):
                    return strip_label(text)
        for unit in sheet.units[sheet.unit_start[holder] : sheet.unit_end[holder]]:
            if len(unit.text) < 120 and not any(sheet.inside(unit.node, one) for one in captions):
                rest, credit = split_credit(unit.text)
                if credit and not rest:
                    return credit
                lies_over = sheet.tag[holder] == "figure" and bool(caption) and not unit.linked
                lies_over = lies_over and not any(map(str.isdigit, unit.text))
                if lies_over and is_name(unit.text) and key(unit.text) not in key(caption):
                    return unit.text  # a name that lies over the photo
        return self.credit_stated(within[0], caption) if within else ""

    def credit_stated(self, image: int, caption: str) -> str:
        """Return the credit that the attributes of an image state."""
        element = self.images.elements[image]
        for name in ("data-credit", "data-copyright", "data-photographer", "data-author", "title", "alt"):
            value = element.get(name)
            if not value or len(value) > 600:
                continue
            if name.startswith("data-"):
                return strip_label(plain(value))
            _, credit = split_credit(plain(value))
            if credit and key(credit) not in key(caption):
                return credit
        return ""


def photos(
    parsed: ParsedPage, sheet: Sheet, region: int, headline: int
) -> tuple[Found[tuple[Photo, ...]], list[int]]:
    """Return the photos of the article in order, and the elements that their captions stand in."""
    low, high = _range(sheet, region, headline)
    search = _Search(parsed, sheet, images_of(sheet, low, high), Boxes(sheet, region, headline))
    search.run(low, high)
    out: list[Photo] = []
    texts: set[str] = set()
    rule = ""
    for draft in search.drafts:
        image = search.images.elements[draft.image] if draft.image >= 0 else None
        url = image_url(parsed, search.images, image) if image is not None else None
        mark = key(draft.caption)
        if (mark and mark in texts) or not (url or draft.caption):
            continue
        texts.add(mark)
        rule = rule or draft.rule
        alt = alt_of(image) if image is not None else None
        out.append(Photo(url=url, caption=draft.caption or None, credit=draft.credit or None, alt=alt))
    return Found(tuple(out), rule), search.held


def _leads_on(unit: Unit) -> bool:
    """Say whether a line has a link that is more than a button to see the photo large."""
    return unit.linked > 0 and not (unit.linked <= _BUTTON and is_more(unit.text))


def _is_signed(line: str) -> bool:
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


def _range(sheet: Sheet, region: int, headline: int) -> tuple[int, int]:
    """Return the span of elements in which the article's photos stand: around headline and body."""
    low = region
    if headline >= 0 and not sheet.inside(headline, region):
        low = next((above for above in sheet.ancestors(region) if sheet.inside(headline, above)), region)
    return max(0, low - _IN_BODY), sheet.end[region]
