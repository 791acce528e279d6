"""Photos with caption and credit.

Evidence (119 pages): figure > figcaption alone gives F1 64.5; the rest are class words without figure,
galleries, and figures of related cards wrongly taken. The credit is an element named
credit/copyright/source/rights on most pages, else a tail pattern of the caption
(newswire.split_credit); its label is no part of it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from archive.extract.found import Found, key
from archive.extract.newswire import split_credit, strip_label
from archive.extract.page import ParsedPage, plain
from archive.extract.sheet import Sheet
from archive.extract.words import word_test
from archive.model import Photo
from archive.text import squash, text_of
from archive.urls import absolute

_names_credit = word_test(
    r"credit|copyright|(?:^|[^a-z])source|author|photograph|urheber|quelle|(?:^|[^a-z])rights|agency"
    r"|fuente|byline"
    r"|fotograf|(?:^|[^a-z])attribution|photoby|nachweis|autor(?:$|[^a-z])|courtesy|owner",
)
_names_caption = word_test(
    r"caption|(?:^|[^a-z])legende?(?:$|[^a-z])|bildunterschrift|bildtext|cutline|didascalia"
    r"|pie-?(?:de-)?foto|bu-text|image-?desc"
    r"|photo-?desc|img-?desc|fotoverantwortung|picture-?text|billedtekst|imagetext|media-?text|ujlead",
)
_names_photo = word_test(
    r"(?:^|[^a-z])(?:article-?photo|photo|image|img|picture|foto|bild|pic|imagen|hinh|photobox"
    r"|wp-caption)(?:$|[^a-z])",
)
_names_button = word_test(
    r"icon|button|btn|toggle|counter|screen-?reader|sr-only|visually-?hidden|zoom|fullscreen|label|share",
)
_FILE_NAME = re.compile(
    r"^[\w%.()~ -]+\.(?:jpe?g|png|gif|webp|avif)$|^[\w-]*\d{3,}[\w-]*$|(?:hinh anh|hình ảnh|ảnh|image"
    r"|photo|img|bild)\s*#?\d*$",
    re.IGNORECASE,
)
_SOURCES = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-full-src",
    "data-image",
    "data-url",
    "data-hi-res-src",
    "src",
)
_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:,+|\s+([^\s,]*)[^,]*,?|$)")
"""A URL of a srcset and its descriptor. Commas stand in URLs too; white space may be missing after them."""
_WIDTH = re.compile(r"(\d*\.?\d+)([wx])")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-src-set")
_find_images = etree.XPath(".//img | .//amp-img")
_find_sources = etree.XPath(".//source[@srcset or @data-srcset]")
_MAX_PHOTOS = 200
_IN_BODY = 60
"""Elements above the body region in which a lead photo may stand."""
_BAD_ROLES = frozenset(
    {"nav", "footer", "form", "consent", "comment", "newsletter", "related", "ad", "share", "teaser"}
)


def _best_of_set(srcset: str) -> str | None:
    """Return the URL of the widest candidate of a srcset."""
    best, most = None, -1.0
    for url, width in _CANDIDATE.findall(srcset):
        found = _WIDTH.fullmatch(width)
        size = float(found[1]) * (1000 if found[2] == "x" else 1) if found else 0.0
        if size > most and not url.startswith("data:"):
            best, most = url, size
    return best


def image_url(parsed: ParsedPage, holder: etree._Element) -> str | None:
    """Return the best URL of the image in an element: srcset's widest, lazy attributes, src; never a data:
    URL.
    """
    images = [holder] if holder.tag in {"img", "amp-img"} else _find_images(holder)
    for image in images:
        for name in _SETS:
            if image.get(name):
                best = _best_of_set(image.get(name, ""))
                if best and (found := absolute(parsed.base_url, best)):
                    return found
        for name in _SOURCES:
            value = image.get(name)
            if value and not value.startswith("data:") and (found := absolute(parsed.base_url, value)):
                return found
    for source in _find_sources(holder) if holder.tag not in {"img", "amp-img"} else ():
        best = _best_of_set(source.get("srcset") or source.get("data-srcset") or "")
        if best and (found := absolute(parsed.base_url, best)):
            return found
    return None


def _alt(holder: etree._Element) -> str | None:
    for image in [holder] if holder.tag in {"img", "amp-img"} else _find_images(holder):
        text = plain(image.get("alt") or "")
        if text:
            return text
    return None


def _class(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('itemprop') or ''}"


def _is_noise(element: etree._Element) -> bool:
    return element.tag in {"button", "label"} or _names_button(element.get("class") or "")


def caption_and_credit(element: etree._Element, lang: str | None) -> tuple[str, str]:
    """Part the text of a caption element into (caption, credit)."""
    credit_nodes = []
    for child in element.iterdescendants():
        if not isinstance(child.tag, str):
            continue
        if child.tag in {"small", "cite"} or _names_credit(_class(child)):
            text = text_of(child, _is_noise)
            if text and len(text) < 160:
                credit_nodes.append(child)
    outer = [
        node for node in credit_nodes if not any(above in credit_nodes for above in node.iterancestors())
    ]
    whole = text_of(element, _is_noise)
    caption = text_of(element, skip=lambda e: e in outer or _is_noise(e)) if outer else whole
    if outer:
        credit = " ".join(dict.fromkeys(text_of(node, _is_noise) for node in outer))
        caption = re.sub(
            r"[\s(（\[|/–—-]*(?:©|\b(?:photo|foto|bild|image|credit|quelle|source)s?\s*:)?[\s)）\]|/]*$",
            "",
            caption,
            flags=re.IGNORECASE,
        )
        if caption:
            return caption.strip(), strip_label(credit)
        inner, tail = split_credit(credit, lang)  # the "credit" element held it all
        return (inner, tail) if inner and tail else ("", strip_label(credit))
    return split_credit(whole, lang)


def photos(
    parsed: ParsedPage, sheet: Sheet, region: int, headline: int, lang: str | None
) -> tuple[Found[tuple[Photo, ...]], list[int]]:
    """Return the photos of the article in order, and the elements that their captions stand in."""
    low, high = _range(sheet, region, headline)
    out: list[Photo] = []
    used: set[int] = set()
    texts: set[str] = set()
    held: list[int] = []
    rule = ""
    for node in range(low, high):
        place = _place(sheet, node) if node not in used else None
        if place is None:
            continue
        holder, captions = place
        if _in_box(sheet, node):
            used.update(range(node, sheet.end[node]))
            continue
        element = sheet.elements[holder]
        if not _has_image(element) and (
            sheet.tag[node] == "figure" or not captions or not _near_image(sheet, node)
        ):
            continue
        photo = _photo(parsed, sheet, element, captions, lang)
        if not photo.caption and _is_card(sheet, node, region, headline):
            continue
        held.extend(captions)
        used.update(range(node, sheet.end[node]))
        mark = key(photo.caption or "")
        if (mark and mark in texts) or not (photo.url or photo.caption):
            continue
        texts.add(mark)
        rule = rule or ("generic:figure" if sheet.tag[node][:3] == "fig" else "generic:class:caption")
        out.append(photo)
    return Found(tuple(out[:_MAX_PHOTOS]), rule), held


def _place(sheet: Sheet, node: int) -> tuple[int, list[int]] | None:
    """Return (element that holds image and caption, its captions) where an element is, or begins, a photo."""
    tag = sheet.tag[node]
    if tag == "figure":
        return node, _captions_in(sheet, node)
    if tag == "table" and sheet.role[node] is None:
        captions = _captions_in(sheet, node)
        if captions:
            return node, captions
    if tag in {"div", "p", "table", "td", "span"} and _is_photo_box(sheet, node):
        return node, [node]
    if tag == "figcaption" or _is_caption(sheet, node):
        return _holder(sheet, node), [node]
    return None


def _range(sheet: Sheet, region: int, headline: int) -> tuple[int, int]:
    """Return the span of elements in which the article's photos stand: around headline and body."""
    low, high = region, sheet.end[region]
    if headline >= 0 and not sheet.inside(headline, region):
        for above in sheet.ancestors(region):
            if sheet.inside(headline, above):
                low = above
                break
        high = sheet.end[region]
    return max(0, low - _IN_BODY), high


def _has_image(element: etree._Element) -> bool:
    return any(True for _ in element.iter("img", "picture", "amp-img", "noscript", "source"))


def _near_image(sheet: Sheet, node: int) -> bool:
    above = sheet.parent[node]
    for _ in range(2):
        if above < 0:
            return False
        if _has_image(sheet.elements[above]):
            return True
        above = sheet.parent[above]
    return False


def _in_box(sheet: Sheet, node: int) -> bool:
    for above in sheet.ancestors(node):
        if sheet.role[above] in _BAD_ROLES:
            return True
        if sheet.tag[above] in {"nav", "footer", "aside"} and sheet.good[above] < 400:
            return True
        if (
            sheet.tag[above] == "li"
            and sheet.tag[node] != "figcaption"
            and any(sheet.tag[child] in {"h2", "h3", "h4"} for child in range(above, sheet.end[above]))
        ):
            return True
    return sheet.elements[node].getparent() is not None and any(
        a.tag == "a" for a in _close(sheet.elements[node])
    )


def _close(element: etree._Element) -> list[etree._Element]:
    """Return the first two ancestors: a figure inside a link with a headline is a card."""
    out = []
    for above in element.iterancestors():
        out.append(above)
        if len(out) == 2:
            break
    return [a for a in out if a.tag == "a" and any(True for _ in a.iter("h2", "h3", "h4"))]


def _is_caption(sheet: Sheet, node: int) -> bool:
    words = sheet.words[node]
    if len(words) < 4 or not _names_caption(words):
        return False
    return sheet.tag[node] in {
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
    }


def _is_photo_box(sheet: Sheet, node: int) -> bool:
    """Say whether an element named a photo holds one image and a line or two, and so is its caption."""
    if not _names_photo(sheet.words[node]):
        return False
    units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
    amount = sum(unit.weight for unit in units)
    if (
        not 1 <= len(units) <= 3
        or not 15 <= amount <= 500
        or any(unit.tag[0] == "h" or unit.linked for unit in units)
    ):
        return False
    return sum(1 for _ in sheet.elements[node].iter("img", "amp-img")) == 1


def _is_card(sheet: Sheet, node: int, region: int, headline: int) -> bool:
    """Say whether a figure stands in the card of another story: beside a heading, in a small element."""
    for above in sheet.ancestors(node)[1:4]:
        if sheet.inside(region, above) or (headline >= 0 and sheet.inside(headline, above)):
            return False
        if any(sheet.tag[child] in {"h2", "h3", "h4"} for child in range(above, sheet.end[above])):
            return sheet.good[above] < 600
    return False


def _captions_in(sheet: Sheet, node: int) -> list[int]:
    inside = range(node + 1, sheet.end[node])
    found = [n for n in inside if sheet.tag[n] == "figcaption"]
    if not found:
        found = [n for n in inside if _is_caption(sheet, n)]
    return [n for n in found if not any(m != n and sheet.inside(n, m) for m in found)]


def _holder(sheet: Sheet, node: int) -> int:
    above = sheet.parent[node]
    for _ in range(3):
        if above < 0:
            break
        if _has_image(sheet.elements[above]):
            return above
        above = sheet.parent[above]
    return max(0, sheet.parent[node])


def _photo(
    parsed: ParsedPage, sheet: Sheet, element: etree._Element, captions: list[int], lang: str | None
) -> Photo:
    caption = credit = ""
    for node in captions:
        text, name = caption_and_credit(sheet.elements[node], lang)
        caption = caption or text
        credit = credit or name
    if not credit:
        for child in element.iterdescendants():
            if isinstance(child.tag, str) and _names_credit(_class(child)):
                text = text_of(child, _is_noise)
                if 1 < len(text) < 120 and key(text) not in key(caption):
                    credit = strip_label(text)
                    break
    alt = _alt(element)
    return Photo(url=image_url(parsed, element), caption=caption or None, credit=credit or None, alt=alt)


def alt_as_caption(alt: str | None, title: str | None) -> str | None:
    """Return an alt text where it serves as a caption: no file name, not the title, not "… ảnh 1"."""
    text = squash(alt)
    if len(text) < 15 or _FILE_NAME.search(text):
        return None
    mine, other = key(text), key(title or "")
    if other and (mine == other or mine.startswith(other) or other.startswith(mine)):
        return None
    return text


def file_name(url: str) -> str:
    """Return the last part of a URL's path."""
    return urlsplit(url).path.rpartition("/")[2]
