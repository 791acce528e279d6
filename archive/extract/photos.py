"""Photos with caption and credit: which elements of a page are photos of the article.

Evidence (119 pages with captions): figure > figcaption alone gives F1 64.5; where the others stand is told in
caption_places.py. A caption belongs to the nearest image that has none yet.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from lxml import etree

from archive.extract.boxes import Boxes
from archive.extract.caption_places import CaptionPlaces, is_counter, is_signed
from archive.extract.captions import displayed, is_noise, names_credit, parted
from archive.extract.credits import is_name, split_credit, strip_label
from archive.extract.found import Found, key
from archive.extract.images import Images, alt_of, image_url, images_of
from archive.extract.page import ParsedPage, plain
from archive.extract.sheet import Sheet
from archive.model import Photo

_MAX_PHOTOS = 200
_IN_BODY = 60
"""Elements above the body region in which a lead photo may stand."""
_BOX_TAGS = frozenset({"div", "p", "table", "td", "span", "section", "center", "dl", "li"})
_SIGNS = frozenset({"footer", "cite"})
"""What in a figure, beside its caption, says whose it is, as in a quotation: HTML's own elements for that."""
_FIGURE_LEVELS = 4
_BOX_LEVELS = 6


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
    places: CaptionPlaces
    drafts: list[_Draft] = attrs.field(factory=list)
    by_image: dict[int, _Draft] = attrs.field(factory=dict)
    orders: dict[int, dict[etree._Element, int]] = attrs.field(factory=dict)
    """Element with several images → place of everything in it, in document order."""
    held: list[int] = attrs.field(factory=list)

    def run(self, low: int, high: int) -> None:
        """Take the photos in a span of elements, in order."""
        sheet = self.sheet
        places = set(self.places.named(low, high))
        below: dict[int, int] = {}
        for image in range(len(self.images.at)):
            places.update(self.boxes_around(image, low))
            if (line := self.places.caption_below(image)) >= 0:
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
        if self.places.is_caption(node):
            return self.take_caption(node)
        within = self.images.within(sheet, node)
        if len(within) != 1 or tag not in _BOX_TAGS:
            return False
        if tag == "table" and sheet.good[node] < 600 and (captions := self.places.captions_in(node)):
            return self.add(node, captions, within, "generic:class:caption")
        if self.places.is_box(node, within[0]):
            return self.add(node, [node], within, "generic:class:caption")
        return False

    def take_figure(self, node: int) -> bool:
        sheet = self.sheet
        if next(sheet.elements[node].iter("blockquote"), None) is not None:
            return True  # a pull quote, and who is quoted
        within = self.images.within(sheet, node)
        captions = self.places.captions_in(node)
        if any(sheet.tag[inner] == "figure" for inner in range(node + 1, sheet.end[node])):
            return False
        if len(captions) > 1 and len(within) > 1:
            return False  # a gallery: each caption looks for its own image
        if not within and (not captions or not self.places.shows_something(node)):
            return False
        if not captions and len(within) == 1 and self.places.is_captioned(node):
            captions = [node]
        return self.add(node, captions, within, "generic:figure")

    def take_caption(self, node: int) -> bool:
        """Take a caption outside a figure, or one of several in it, with the nearest image."""
        holder, within = self.holder(node)
        if not within or self.places.is_quotee(node):
            return False
        free = [n for n in within if not (n in self.by_image and self.by_image[n].caption)]
        chosen = free[:1] if len(within) == 1 else self.nearest(free, holder, node)
        rule = "generic:figure" if self.sheet.tag[node] == "figcaption" else "generic:class:caption"
        if len(within) > 1 or not chosen:
            holder = node  # what else the holder says is of other photos
        return self.add(holder, [node], range(chosen[0], chosen[0] + 1) if chosen else range(0), rule, node)

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

    def add(self, holder: int, captions: list[int], within: range, rule: str, done: int = -1) -> bool:
        """Put a photo together, unless it stands in a box or a card of another story."""
        node = done if done >= 0 else holder
        if self.boxes.bar(node) or self.boxes.names_author(node):
            return True
        caption = credit = ""
        for one in captions:
            is_box = one == holder and done < 0
            text, name = (is_box and self.signed_lines(one)) or parted(self.sheet.elements[one])
            caption = caption or ("" if is_counter(text) else text)
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
        signed = [line for line in lines if is_signed(line)]
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
    images = images_of(sheet, low, high)
    boxes = Boxes(sheet, region, headline)
    search = _Search(parsed, sheet, images, boxes, CaptionPlaces(sheet, images))
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


def _range(sheet: Sheet, region: int, headline: int) -> tuple[int, int]:
    """Return the span of elements in which the article's photos stand: around headline and body."""
    low = region
    if headline >= 0 and not sheet.inside(headline, region):
        low = next((above for above in sheet.ancestors(region) if sheet.inside(headline, above)), region)
    return max(0, low - _IN_BODY), sheet.end[region]
