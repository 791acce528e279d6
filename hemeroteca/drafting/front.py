"""What a newspaper's front page and robots.txt tell: its name, hosts, lists, editions, pace."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

from attrs import field, frozen
from lxml import etree
from protego import Protego

from archive.errors import NothingFoundError
from archive.extract.page import ParsedPage, parse
from archive.index.results import CaptureRow
from archive.text import squash
from archive.urls import absolute
from crawler.addresses import is_private, literal_address
from crawler.discovery.links import Candidate, Scope
from crawler.discovery.sections import feed_links, feeds_of, sections_of
from crawler.discovery.sitemaps import sitemaps_of_robots
from crawler.discovery.stories import stories_of
from crawler.robots import LONGEST_DELAY
from hemeroteca.archived import Archived

_MOST_SECTIONS = 40
_MOST_EDITIONS = 40
_LONGEST_NAME = 120
_TITLE_PARTS = re.compile(r"\s[|–—:·»-]\s")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}")
_FRONT = frozenset(
    (
        "accueil",
        "à la une",
        "home",
        "homepage",
        "front page",
        "trang chủ",
        "inicio",
        "portada",
        "startseite",
        "início",
        "home page",
        "главная",
        "首页",
        "首頁",
        "الرئيسية",
        "หน้าแรก",
        "ホーム",
        "トップ",
        "홈",
    )
)


@frozen(kw_only=True, eq=False)
class Front:
    """A front page, read."""

    url: str
    """Where it was found at last, redirects followed."""
    host: str
    """With port, where it is not the scheme's."""
    scope: Scope
    title: str
    """The newspaper's name."""
    lang: str | None
    """As the page declares it."""
    sections: tuple[Candidate, ...]
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    """Those that robots.txt names."""
    stories: tuple[Candidate, ...]
    editions: tuple[tuple[str, str], ...]
    """(language, address) of its editions in other languages."""
    crawl_delay: float | None
    is_private: bool
    """Its address is a private one."""
    parsed: ParsedPage = field(repr=False)

    @property
    def name(self) -> str:
        """A name for the profile's file."""
        return re.sub(r"[^a-z0-9]+", "-", self.host.removeprefix("www.")).strip("-") or "site"


def read_front(archived: Archived, url: str, agent: str) -> Front:
    """Read the latest capture of a front page. `agent`: by which robots.txt knows us.

    Raises NothingFoundError where the archive has none that is a page.
    """
    row = archived.latest(url)
    if row is None:
        raise NothingFoundError(f"{url}: gave no page; see: hemeroteca runs")
    parsed = parse(archived.page(row))
    if parsed is None:
        raise NothingFoundError(f"{url}: the page is empty or cannot be decoded")
    robots = archived.robots(row.url)
    rules = robots.payload if robots is not None else b""
    host = urlsplit(row.url).netloc.rpartition("@")[2].lower()
    scope = Scope.of(None, row.url)
    lang = language_tag(parsed.declared_lang)
    return Front(
        url=row.url,
        host=host,
        scope=scope,
        title=_name_of(parsed) or host,
        lang=lang,
        sections=tuple(sections_of(parsed, scope)[:_MOST_SECTIONS]),
        feeds=tuple(feeds_of(parsed) or feed_links(parsed, scope)),
        sitemaps=tuple(sitemaps_of_robots(rules, robots.url)) if robots is not None else (),
        stories=tuple(stories_of(parsed, scope)),
        editions=_editions(parsed, lang),
        crawl_delay=_crawl_delay(rules, agent),
        is_private=_is_private(row),
        parsed=parsed,
    )


def language_tag(text: str | None) -> str | None:
    """Return a language as profiles spell it, None where it is no BCP 47 tag."""
    tag = squash(text).lower().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _is_private(row: CaptureRow) -> bool:
    address = literal_address(row.ip or "")
    return address is not None and is_private(address)


def _name_of(parsed: ParsedPage) -> str | None:
    """Return the newspaper's name: stated, or out of the front page's title, which may say "Home" first."""
    named = squash(parsed.first_meta("og:site_name"))
    parts = [part.strip() for part in _TITLE_PARTS.split(_title_in(parsed.tree))]
    name = named or next((part for part in parts if part and part.casefold() not in _FRONT), None)
    return name[:_LONGEST_NAME] if name else None


def _title_in(tree: etree._Element) -> str:
    return squash((tree.findtext(".//title") or "")[:1_000])


def _editions(parsed: ParsedPage, own: str | None) -> tuple[tuple[str, str], ...]:
    """Return the editions in other languages, by hreflang (RFC 8288) of links in head and page."""
    found: dict[str, str] = {}
    for element in parsed.tree.iter("link", "a"):
        lang = language_tag(element.get("hreflang"))
        url = absolute(parsed.base_url, element.get("href")) if lang else None
        if lang is None or url is None or lang.partition("-")[0] == (own or "").partition("-")[0]:
            continue
        if lang != "x-default" and len(found) < _MOST_EDITIONS:
            found.setdefault(lang, url)
    return tuple(found.items())


def _crawl_delay(rules: bytes, agent: str) -> float | None:
    """Return Crawl-delay of robots.txt as it is obeyed: bounded."""
    delay = Protego.parse(rules[: 512 << 10].decode("utf-8-sig", "ignore")).crawl_delay(agent)
    if delay is None or not math.isfinite(delay) or delay <= 0:
        return None
    return round(min(float(delay), LONGEST_DELAY), 3)
