"""Read the boxes that a profile declares: photos, links to other articles, stories of a section page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from attrs import frozen
from lxml import etree

from archive.extract.credits import split_credit, strip_label
from archive.extract.page import ParsedPage
from archive.extract.rules import DateValue, Rules
from archive.model import Photo, RelatedLink
from archive.sites.schema import PhotoRules, RelatedRules, Site
from archive.sites.sources import Rule
from archive.text import squash, text_of
from archive.urls import absolute

_IMAGE_ATTRIBUTES = (
    "data-large-src",
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-photo-original-src",
    "src",
)
_DOUBLED_HOST = re.compile(r"^https?://[^/?#]*?(https?://.+)$", re.DOTALL)
_FILE_NAME = re.compile(r"[\w\-.()%+@ ]{1,200}\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|heic)", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:hình ảnh|hình|ảnh|hinh anh|anh|photo|image|foto|imagen|图|图片|圖片|รูป(?:ภาพ)?|صورة)\s*\d{1,3}\.?"
)
_ALT = re.compile(r"attr\(\s*alt\s*\)|@alt\b|attr\(\s*title\s*\)|@title\b")
_MOST_CARDS = 1_000

_images = etree.XPath("descendant-or-self::*[self::img or self::amp-img or self::source]")
_links = etree.XPath("descendant-or-self::a[@href]")


@frozen(kw_only=True)
class Story:
    """One story of a section page."""

    url: str
    """Absolute; that of the article itself where the list links to a copy (AMP)."""
    title: str | None = None
    date: str | None = None
    """ISO 8601, as `Article.published`."""
    teaser: str | None = None
    image: str | None = None


def image_url(base: str, raw: str | None) -> str | None:
    """Return the absolute address of an image; None for placeholders (`data:`) and what is no address.

    A host written twice (`https://a.examplehttps://a.example/b.jpg`, seen on real pages) counts once.
    """
    text = squash(raw)
    if not text or text[:5].lower() == "data:":
        return None
    doubled = _DOUBLED_HOST.match(text)
    while doubled:
        text = doubled[1]
        doubled = _DOUBLED_HOST.match(text)
    return absolute(base, text)


def is_caption(text: str, title: str | None, *, alt: bool) -> bool:
    """Say whether a text can be a caption: not a file name, not the title again, not "ảnh 3" (of an alt)."""
    if not text or _FILE_NAME.fullmatch(unquote(text)):
        return False
    known = squash(title).casefold()
    plain_text = text.casefold()
    if known and plain_text == known:
        return False
    numbered = _NUMBERED.search(plain_text)
    if numbered and numbered.end() == len(plain_text):
        rest = plain_text[: numbered.start()].strip(" -–—:|,.")
        return bool(rest) and not alt and rest != known
    return True


def photos(rules: Rules, layout: PhotoRules, title: str | None) -> tuple[Photo, ...]:
    """Read the photos of the page, each image once."""
    found: list[Photo] = []
    seen: set[str] = set()
    for box in rules.nodes(layout.each)[:_MOST_CARDS]:
        url = _image_of(rules, layout.image, box)
        caption, credit = _caption_of(rules, layout.caption, box, title)
        own = rules.first(layout.credit, box)
        if own:
            credit = strip_label(own.text) or credit
        alt = next((alt for node in _images(box) if (alt := squash(node.get("alt")))), None)
        if (url is None and caption is None) or (url or f"caption:{caption}") in seen:
            continue
        seen.add(url or f"caption:{caption}")
        found.append(Photo(url=url, caption=caption, credit=credit, alt=alt))
    return tuple(found)


def related(rules: Rules, layout: RelatedRules, site: Site) -> tuple[RelatedLink, ...]:
    """Read the links to other articles, in page order; the first of equal articles counts."""
    found: list[RelatedLink] = []
    page = rules.parsed.page.url
    seen = {site.key_for(page) or site.plain_url(page)}
    boxes: dict[etree._Element, str | None] = {}
    for card in rules.nodes(layout.each)[:_MOST_CARDS]:
        url = _link_of(rules, layout.link, card, site)
        title = _title_of(rules, layout.title, card)
        if url is None or not title or (site.key_for(url) or url) in seen:
            continue
        seen.add(site.key_for(url) or url)
        teaser = rules.first(layout.teaser, card)
        caption, credit = _caption_of(rules, layout.caption, card, title)
        found.append(
            RelatedLink(
                url=url,
                title=title,
                teaser=teaser.text if teaser else None,
                photo_caption=caption,
                photo_credit=credit,
                box=_heading_of(rules, layout.box, card, boxes),
                position=len(found) + 1,
            )
        )
    return tuple(found)


def stories(parsed: ParsedPage, site: Site) -> list[Story]:
    """Read a section page by the profile's [discover.stories]; [] where it has none. Each article once.

    The first mention gives the order; what it lacks (a teaser, a date) is taken from later ones.
    """
    layout = site.discover.stories
    if layout is None:
        return []
    rules = Rules(parsed, lang=site.lang, timezone=site.timezone)
    found: list[Story] = []
    for card in rules.nodes(layout.each)[:_MOST_CARDS]:
        url = _link_of(rules, layout.link, card, site)
        if url is None:
            continue
        date = rules.date(layout.date, card)
        teaser = rules.first(layout.teaser, card)
        found.append(
            Story(
                url=url,
                title=_title_of(rules, layout.title, card),
                date=date.iso if isinstance(date, DateValue) else None,
                teaser=teaser.text if teaser else None,
                image=_image_of(rules, layout.image, card),
            )
        )
    return merge(found, site)


def merge(found: Iterable[Story], site: Site) -> list[Story]:
    """Return each article once, in order of first mention, with what any mention tells of it."""
    merged: dict[str, Story] = {}
    for story in found:
        key = site.key_for(story.url) or story.url
        first = merged.setdefault(key, story)
        if first is not story:
            merged[key] = Story(
                url=first.url,
                title=first.title or story.title,
                date=first.date or story.date,
                teaser=first.teaser or story.teaser,
                image=first.image or story.image,
            )
    return list(merged.values())


def _image_of(rules: Rules, rule: Rule | None, box: etree._Element) -> str | None:
    base = rules.parsed.base_url
    if rule is not None:
        return next((url for value in rules.values(rule, box) if (url := image_url(base, value.text))), None)
    for node in _images(box):
        for name in _IMAGE_ATTRIBUTES:
            raw = node.get(name)
            url = image_url(base, raw) if raw else None
            if url:
                return url
    return None


def _link_of(rules: Rules, rule: Rule | None, card: etree._Element, site: Site) -> str | None:
    base = rules.parsed.base_url
    if rule is not None:
        hrefs = (value.text for value in rules.values(rule, card))
    else:
        hrefs = (node.get("href", "") for node in _links(card))
    url = next((url for href in hrefs if (url := absolute(base, href))), None)
    return site.plain_url(url) if url else None


def _title_of(rules: Rules, rule: Rule | None, card: etree._Element) -> str | None:
    if rule is not None:
        found = rules.first(rule, card)
        return found.text if found else None
    return next((text for node in _links(card) if (text := text_of(node))), None)


def _caption_of(
    rules: Rules, rule: Rule | None, box: etree._Element, title: str | None
) -> tuple[str | None, str | None]:
    for value in rules.values(rule, box):
        if is_caption(value.text, title, alt=bool(_ALT.search(value.source.text))):
            caption, credit = split_credit(value.text)
            return caption or None, credit or None
    return None, None


def _heading_of(
    rules: Rules, rule: Rule | None, card: etree._Element, known: dict[etree._Element, str | None]
) -> str | None:
    """Read the heading in the nearest element around the card that has one."""
    if rule is None:
        return None
    passed: list[etree._Element] = []
    heading: str | None = None
    for outer in card.iterancestors():
        if outer in known:
            heading = known[outer]
            break
        passed.append(outer)
        found = rules.first(rule, outer)
        if found:
            heading = found.text
            break
    known.update(dict.fromkeys(passed, heading))
    return heading
