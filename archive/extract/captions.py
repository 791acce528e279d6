"""The text of a caption element, parted into caption and credit.

Evidence (381 pages, 499 captions with a credit in them): 39 % of the credits stand in an element that says so
(class, itemprop, `<cite>`), 27 % in an element without such a name that comes last and holds nothing but a
name, a bracket or a label; the rest in one run of text with the caption (credits.py). Buttons, counters and
hidden labels ("Image source, ") are no part of either.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from archive.extract.credits import has_agency, is_label, is_name, split_credit, strip_label, tidy
from archive.extract.words import word_test
from archive.text import BLOCK_TAGS, HIDDEN_TAGS, squash

names_credit = word_test(
    r"credit|kredit|copyright|(?:^|[^a-z])source|author|photographer|urheber|quelle|(?:^|[^a-z])rights|agency"
    r"|fuente|byline|licen[sc]e|(?:^|[^a-z])fonte|kilde|fotograf|(?:^|[^a-z])attribution|photoby|nachweis"
    r"|autor(?:$|[^a-z])|courtesy|owner|provider|distributor",
)
_names_caption = word_test(r"caption|legend|desc|title|text")
_names_button = word_test(
    r"icon|button|btn|toggle|counter|pagination|pager|screen-?reader|sr-only|visually-?hidden|zoom|fullscreen|label|share",
)
_MORE = re.compile(
    r"[>›→+]$|^\W*(?:(?:more|mehr|see|show|view|buy|purchas(?:e|ing)|licen[cs](?:e|ing)|zoom|enlarge|expand|agrandir|voir"
    r"|ampliar|ver|read|open|hide|close|visa mer|vis mer|xem|phóng to|powiększ|ingrandisci|büyüt"
    r"|förstora|forstørr|vergroot|увеличить|تكبير)\b|lizenz|vergrößer|放大|拡大|확대|ขยาย)",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"[\s(（\[|/–—-]*(?:©|\b(?:photo|foto|bild|image|credit|quelle|source)s?\s*:)?[\s)）\]|/]*$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…。！？।][\"”“»’')\]）」]*$")
_SIGN_OF_MORE = re.compile(r"\s*(?:more|mehr)?\s*[>›]{1,2}$")
_COUNTER = re.compile(r"\[\d{1,3}\s?/\s?\d{1,3}\]\s*|\d{1,3}\s/\s\d{1,3}\s+|Item \d+ of \d+\s+")
"""Which of how many photos: "[1/3]", "Item 1 of 3"."""
_PLAYER = re.compile(r"javascript|\bhtml ?5\b", re.IGNORECASE)
"""What a player says where it cannot play."""
_MAX_ELEMENTS = 400


def is_more(text: str) -> bool:
    """Say whether a text begins or ends as a button does that leads to more, or to the photo in full size."""
    return bool(_MORE.search(text))


def is_noise(element: etree._Element) -> bool:
    """Say whether an element in a caption is a button, a counter or hidden."""
    return (
        element.tag in {"button", "label"}
        or element.get("hidden") is not None
        or _names_button(element.get("class") or "")
    )


def displayed(element: etree._Element, skip: Callable[[etree._Element], bool] = is_noise) -> str:
    """Return the text of a small element on one line.

    Elements that follow each other without a space are set apart: style sheets do so.
    """
    out: list[str] = []
    stack: list[etree._Element | str] = [element]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
            continue
        if not isinstance(item.tag, str) or (item is not element and (item.tag in HIDDEN_TAGS or skip(item))):
            continue
        if item.tag == "br":
            out.append(" ")
            continue
        block = item.tag in BLOCK_TAGS and item is not element
        if block:
            out.append(" ")
            stack.append(" ")
        for child in item.iterchildren(reversed=True):
            if child.tail:
                stack.append(child.tail)
            elif child.getnext() is not None:
                stack.append(" ")
            stack.append(child)
        if item.text:
            out.append(item.text)
    return squash("".join(out))


def _words(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('itemprop') or ''}"


def is_credit(element: etree._Element) -> bool:
    """Say whether an element says that it is a credit, and not also a caption."""
    if element.tag == "cite":
        return True
    words = _words(element)
    return len(words) > 1 and names_credit(words)


def parted(element: etree._Element) -> tuple[str, str]:
    """Part the text of a caption element into (caption, credit), the photo's number and a player's words
    left out.
    """
    caption, credit = _parted(element)
    if _PLAYER.search(caption) and len(caption) < 200:
        return "", ""
    counter = _COUNTER.match(caption)
    return caption[counter.end() :] if counter else caption, credit


def _parted(element: etree._Element) -> tuple[str, str]:
    if len(element) == 0 and not is_credit(element):
        text = squash(element.text)
        return split_credit(_SIGN_OF_MORE.sub("", text) if text[-1:] in {">", "›"} else text)
    more = _link_to_more(element)

    def skip(one: etree._Element) -> bool:
        return one is more or is_noise(one)

    whole = displayed(element, skip)
    if whole[-1:] in {">", "›"}:
        whole = _SIGN_OF_MORE.sub("", whole)
    if not whole:
        return "", ""
    if is_credit(element) and not _names_caption(_words(element)):
        caption, credit = split_credit(whole)
        return (caption, credit) if credit or _is_prose(whole) else ("", strip_label(whole))
    named = _named_credits(element, whole)
    if named:
        credit = " / ".join(dict.fromkeys(text for text in (displayed(node) for node in named) if text))
        caption = _undangle(displayed(element, lambda one: one in named or skip(one)))
        if caption:
            return _without_credit(caption), strip_label(credit)
        inner, tail = (
            split_credit(credit) if len(named) == 1 else ("", "")
        )  # one "credit" element held it all
        return (inner, tail) if inner and tail else ("", strip_label(credit))
    caption, credit = split_credit(whole)
    last = _by_last_element(element, whole)
    if last is None or (caption and credit != last[1] and credit.endswith(last[1])):
        return caption, credit  # "Photo by Ann Lee on Unsplash": the last of two links is not all of it
    return last


def _without_credit(caption: str) -> str:
    """Return a caption without a second credit in it: "… (AP Photo/Jane Roe)" beside an element "AP"."""
    return split_credit(caption)[0]


def _undangle(caption: str) -> str:
    """Return a caption without the label or bracket that stood before the credit taken out of it."""
    bare = f"{caption[:-30]}{_DANGLING.sub('', caption[-30:])}".strip()
    return f"{bare})" if caption[len(bare) :].startswith(")") and bare.count("(") > bare.count(")") else bare


def _is_prose(text: str) -> bool:
    return len(text) > 60 and _END.search(text) is not None


def _named_credits(element: etree._Element, whole: str) -> list[etree._Element]:
    """Return the outermost elements in a caption that are named credit; not one that holds all the text."""
    out: list[etree._Element] = []
    all_of_it: list[etree._Element] = []
    for count, child in enumerate(element.iterdescendants()):
        if count >= _MAX_ELEMENTS:
            break
        if not isinstance(child.tag, str) or not is_credit(child) or is_noise(child):
            continue
        if any(above in out for above in child.iterancestors()):
            continue
        text = displayed(child)
        if is_label(text):
            continue
        if text == whole:
            all_of_it.append(child)
        elif text and len(text) < 160:
            out.append(child)
    return out or all_of_it[-1:]


def _by_last_element(element: etree._Element, whole: str) -> tuple[str, str] | None:
    """Part before the last element, if it holds nothing but what a credit can be."""
    node = element
    for _ in range(8):
        last = _last(node)
        if last is None:
            return None
        text = displayed(last)
        if text == whole:
            node = last
            continue
        head = whole[: -len(text)].rstrip() if whole.endswith(text) else ""
        if head and len(text) < 120 and _can_be_credit(last, text, head):
            caption = _undangle(head)
            return (tidy(caption), strip_label(text)) if caption else None
        node = last
    return None


def _last(node: etree._Element) -> etree._Element | None:
    """Return the child that the text of an element ends with; None if it ends with text of its own."""
    for child in node.iterchildren(reversed=True):
        if (child.tail or "").strip():
            return None
        if (
            isinstance(child.tag, str)
            and child.tag not in HIDDEN_TAGS
            and not is_noise(child)
            and displayed(child)
        ):
            return child
    return None


def _link_to_more(element: etree._Element) -> etree._Element | None:
    """Return the last element in a caption if it leads elsewhere ("more >", "Purchase Licensing Rights")."""
    node = element
    for _ in range(4):
        last = _last(node)
        if last is None:
            return None
        text = displayed(last)
        if last.tag in {"a", "span"} and len(text) < 60 and _MORE.search(text) and not has_agency(text):
            return last
        node = last
    return None


def _can_be_credit(last: etree._Element, text: str, head: str) -> bool:
    """Say whether the text of the last element in a caption is a credit."""
    caption, credit = split_credit(text)
    if credit and not caption:
        return True
    bare = text.strip("()（）[] ")
    if text != bare and text[0] in "(（[":
        return is_name(bare) and not bare[:1].islower()
    before = last.getprevious()
    apart = (
        before is not None
        and not (before.tail or "").strip()
        and before.tag != "br"
        and not before.get("href")
    )
    if not is_name(bare) or _END.search(bare):
        return False
    return _END.search(head) is not None or (apart and last.tag not in {"a", "b", "strong", "em", "i"})
