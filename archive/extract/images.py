"""Images of a page: where each stands in the sheet, and the best address that it has.

Evidence (381 pages, 3,015 images around the body): one in five has no address in `src`, or a data: URL, and
keeps it in a `data-` attribute; one in four states its sizes in a `srcset`, one in thirty only in the
`<source>` elements of its `<picture>`; one in ten stands whole in a `<noscript>` behind an empty twin.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import attrs
from lxml import etree

from archive.extract.found import key
from archive.extract.page import ParsedPage, plain
from archive.extract.sheet import Sheet
from archive.extract.words import word_test
from archive.text import squash
from archive.urls import absolute

_SOURCES = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-full-src",
    "data-image",
    "data-url",
    "data-hi-res-src",
)
_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-src-set")
_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:,+|\s+([^\s,]*)[^,]*,?|$)")
"""A URL of a srcset and its descriptor. Commas stand in URLs too; white space may be missing after them."""
_WIDTH = re.compile(r"(\d{1,7}(?:\.\d{1,7})?|\.\d{1,7})([wx]),?$")
_DESCRIPTOR = re.compile(r"(?:\d{1,7}(?:\.\d{1,7})?|\.\d{1,7})[wx],?")
_FILE = re.compile(r"^[^\s\"'<>{}]+\.(?:jpe?g|png|webp|avif)(?:\?\S*)?$", re.IGNORECASE)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_names_centred = word_test(
    r"(?:^|\s)(?:(?:text|txt|align|has-text-align|f)[-_]?)?cent(?:er|re)(?:ed)?(?:\s|$)"
)
_FILE_NAME = re.compile(
    r"^[\w%.()~ -]+\.(?:jpe?g|png|gif|webp|avif)$|^(?=[\w-]*\d{3})[\w-]+$|(?:hinh anh|hình ảnh|ảnh|image"
    r"|photo|img|bild)\s*#?\d*$",
    re.IGNORECASE,
)
_MAX_IMAGES = 2_000


@attrs.define
class Images:
    """The images of a sheet in the order of the elements that they stand in."""

    elements: list[etree._Element]
    at: list[int]
    """Index in the sheet of the nearest element around each."""
    twins: dict[etree._Element, etree._Element]
    """Image → the same image in a `<noscript>` behind it."""

    def within(self, sheet: Sheet, node: int) -> range:
        """Return the numbers of the images in an element."""
        return range(bisect_left(self.at, node), bisect_left(self.at, sheet.end[node]))

    def below(self, sheet: Sheet, image: int) -> int:
        """Return the element right below the largest that holds an image, no other and no text; -1 where
        there is none.
        """
        node = self.at[image]
        if sheet.unit_end[node] > sheet.unit_start[node] or len(self.within(sheet, node)) > 1:
            return -1
        while (above := sheet.parent[node]) >= 0 and sheet.unit_end[above] == sheet.unit_start[above]:
            if len(self.within(sheet, above)) > 1:
                return -1
            node = above
        line = sheet.end[node]
        return line if line < len(sheet.elements) and sheet.parent[line] == above else -1


def is_centred(element: etree._Element) -> bool:
    """Say whether an element sets what it holds in the middle: a photo with its caption, no paragraph."""
    return (
        element.tag == "center"
        or element.get("align") == "center"
        or _CENTRED.search(element.get("style") or "") is not None
        or _names_centred(element.get("class") or "")
    )


def images_of(sheet: Sheet, low: int, high: int) -> Images:
    """Number the images that stand in a span of elements, counting pixels left out."""
    found: list[tuple[int, etree._Element]] = []
    twins: dict[etree._Element, etree._Element] = {}
    number = dict(zip(sheet.elements[low:high], range(low, high), strict=True))
    for root in _roots(sheet, low, high):
        for element in root:
            if element.get("width") in {"0", "1"} or len(found) >= _MAX_IMAGES:
                continue
            above: etree._Element | None = element
            hidden = False
            while above is not None and above not in number:
                hidden = hidden or above.tag == "noscript"
                above = above.getparent()
            if above is None:
                continue
            at = number[above]
            if hidden and found and at <= found[-1][0] + 1 and found[-1][1] not in twins:
                twins[found[-1][1]] = element
            else:
                found.append((at, element))
    found.sort(key=lambda pair: pair[0])
    return Images([element for _, element in found], [at for at, _ in found], twins)


def _roots(sheet: Sheet, low: int, high: int) -> Iterator[Iterator[etree._Element]]:
    """Yield the images of a span: those below its largest elements, and loose ones in what is larger."""
    node = low
    while node < high:
        if sheet.end[node] <= high:
            yield sheet.elements[node].iter("img", "amp-img")
            node = sheet.end[node]
        else:
            yield sheet.elements[node].iterchildren("img", "amp-img")
            node += 1


def best_of_set(srcset: str) -> tuple[str | None, float]:
    """Return the URL of the widest candidate of a srcset and its width (0 where it states none)."""
    words = srcset.split()
    if len(words) < 400 and all(_DESCRIPTOR.fullmatch(word) for word in words[1::2]) and not len(words) % 2:
        pairs = [*zip(words[::2], words[1::2], strict=True)]
    else:
        pairs = _CANDIDATE.findall(srcset)
    best, most = None, -1.0
    for url, width in pairs:
        found = _WIDTH.match(width)
        size = float(found[1]) * (1000 if found[2] == "x" else 1) if found else 0.0
        if size > most and not url.startswith("data:"):
            best, most = url, size
    return best, max(most, 0.0)


def _addresses(image: etree._Element) -> Iterator[str | None]:
    """Yield the addresses that an image may have, the best first."""
    for name in _SETS:
        if image.get(name):
            yield best_of_set(image.get(name, ""))[0]
    above = image.getparent()
    while above is not None and above.tag == "source":  # libxml2 lets what follows a source stand in it
        above = above.getparent()
    sources: list[tuple[str | None, float]] = []
    if above is not None and above.tag == "picture":
        sources += [
            best_of_set(one.get("srcset") or one.get("data-srcset") or "") for one in above.iter("source")
        ]
        sources.sort(key=lambda pair: -pair[1])
        if sources and sources[0][1] > 0:
            yield sources[0][0]
    for name in (*_SOURCES, "src"):
        yield image.get(name)
    for name, value in image.items():
        if name.startswith("data-") and len(value) < 2_000 and _FILE.match(value):
            yield value
    for address, _ in sources:
        yield address


def image_url(parsed: ParsedPage, images: Images, image: etree._Element) -> str | None:
    """Return the best URL of an image: srcset's widest, lazy attributes, src; never a data: URL."""
    twin = images.twins.get(image)
    for one in (image,) if twin is None else (image, twin):
        for value in _addresses(one):
            if value and not value.startswith("data:") and (found := absolute(parsed.base_url, value)):
                return found
    return None


def alt_of(image: etree._Element) -> str | None:
    """Return the alternative text of an image, as displayed."""
    return plain(image.get("alt") or "") or None


def alt_as_caption(alt: str | None, title: str | None) -> str | None:
    """Return an alt text where it serves as a caption: no file name, not the title, not "… ảnh 1"."""
    text = squash(alt)
    if len(text) < 15 or _FILE_NAME.search(text):
        return None
    mine, other = key(text), key(title or "")
    if other and (mine == other or mine.startswith(other) or other.startswith(mine)):
        return None
    return text
