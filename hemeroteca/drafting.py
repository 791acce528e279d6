"""A first site profile, drafted from a newspaper's archived front page."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from attrs import evolve, frozen
from lxml import etree

from archive.errors import NothingFoundError
from archive.extract.page import ParsedPage, parse
from archive.http import payload_of
from archive.index.results import CaptureRow
from archive.index.search import Query, Search
from archive.model import Page
from archive.settings import Settings
from archive.urls import host_of
from archive.warc.reader import payload, read_capture
from crawler.addresses import is_private, literal_address
from crawler.discovery.article_ids import ArticleIds, guess_article_id
from crawler.discovery.links import Scope
from crawler.discovery.sections import feeds_of, generic_stories, sections_of

_MOST_SECTIONS = 40
_TITLE_PARTS = re.compile(r"\s[|–—:·»-]\s")
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
_SITEMAP = re.compile(rb"(?im)^\s*sitemap\s*:\s*(\S+)")


@frozen(kw_only=True)
class Draft:
    """What could be read off the front page."""

    name: str
    """For the file: sites/NAME.toml."""
    title: str
    domains: tuple[str, ...]
    lang: str | None
    sections: tuple[tuple[str, str], ...]
    """(address, name)."""
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    article_id: ArticleIds | None
    """None where the addresses show no clear pattern."""
    private: bool = False
    """Its address is a private one that was allowed."""
    articles: int = 0
    """Articles of its host that the collection has already."""


def draft_of(settings: Settings, url: str, *, private: bool = False) -> Draft:
    """Read the latest stored capture of a front page. `private`: private addresses were allowed.

    Raises NothingFoundError where there is none that is a page.
    """
    with Search.open(settings.index_path) as search:
        capture = _last_page(search, url)
        stored = read_capture(settings.collection, capture.location)
        body = payload(
            settings.collection,
            stored,
            settings.max_payload_bytes,
            lambda original: search.capture(original.record_id).location,
        )
        page = Page(
            url=capture.url,
            payload=body.data,
            content_type=capture.content_type,
            fetched_at=stored.capture.fetched_at,
        )
        parsed = parse(page)
        if parsed is None:
            raise NothingFoundError(f"{url}: the page is empty or cannot be decoded")
        draft = _draft(parsed, _sitemaps(settings, search, capture.url))
        known = search.search(Query(site=host_of(capture.url).removeprefix("www."), limit=0)).total
        address = literal_address(capture.ip or "")
        return evolve(draft, articles=known, private=private and address is not None and is_private(address))


def _last_page(search: Search, url: str) -> CaptureRow:
    """Return the latest capture of a URL that gave a page, redirects of it followed."""
    pages = [row for row in search.captures_of_url(url) if row.gave_page]
    if pages:
        return pages[-1]
    host = host_of(url).removeprefix("www.")
    reached = [
        row
        for row in search.captures_in_order()
        if row.found_by == "redirect" and row.status == 200 and row.host.removeprefix("www.") == host
    ]
    if reached:
        return max(reached, key=lambda row: row.fetched_at)
    raise NothingFoundError(f"{url}: gave no page; see: hemeroteca runs")


def _sitemaps(settings: Settings, search: Search, url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    for row in reversed(search.captures_of_url(f"{parts.scheme}://{parts.netloc}/robots.txt")):
        if row.status == 200 and row.record_type == "response":
            stored = read_capture(settings.collection, row.location)
            found = _SITEMAP.findall(payload_of(stored.capture, 512 << 10).data)
            return tuple(dict.fromkeys(address.decode("utf-8", "replace") for address in found))
    return ()


def _draft(parsed: ParsedPage, sitemaps: tuple[str, ...]) -> Draft:
    url = parsed.page.url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    scope = Scope.of(None, url)
    sections = [(it.url, it.title or "") for it in sections_of(parsed, scope)][:_MOST_SECTIONS]
    stories = [story.url for story in generic_stories(parsed, scope)]
    title = next(iter(parsed.meta.get("og:site_name", ())), None) or _name_in(parsed.tree) or host
    lang = (parsed.tree.get("lang") or "").strip().lower().replace("_", "-") or None
    name = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.")).strip("-") or "site"
    return Draft(
        name=name,
        title=" ".join(title.split()),
        domains=(host,),
        lang=lang if lang and re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", lang) else None,
        sections=tuple(sections),
        feeds=tuple(feeds_of(parsed)),
        sitemaps=sitemaps,
        article_id=guess_article_id(stories, [address for address, _ in sections]),
    )


def _name_in(tree: etree._Element) -> str | None:
    """Return the newspaper's name out of the title of its front page, which may say "Home" first."""
    parts = [part.strip() for part in _TITLE_PARTS.split(tree.findtext(".//title") or "")]
    return next((part for part in parts if part and part.casefold() not in _FRONT), None)


def toml_of(draft: Draft) -> str:
    """Return the draft as the text of a profile."""
    lines = [
        f"name = {_text(draft.title)}",
        f"domains = [{', '.join(map(_text, draft.domains))}]",
        f"# lang = {_text(draft.lang or 'fr')}      # only where pages do not say it: it overrides them",
        '# timezone = "Europe/Paris"',
        *_article_id(draft.article_id),
        "",
        "[discover]",
        *_list("sections", [(url, name) for url, name in draft.sections]),
        *_list("feeds", [(url, "") for url in draft.feeds]),
        *_list("sitemaps", [(url, "") for url in draft.sitemaps]),
        *_politeness(draft),
        "",
        "# Fields that are not declared are found by themselves. To declare some:",
        "# [[layout]]",
        '# id = "first"',
        '# probe = "css:article h1"',
        '# title = "css:article h1"',
        '# paragraphs = "css:article p"',
    ]
    return "\n".join(lines) + "\n"


def _politeness(draft: Draft) -> list[str]:
    if not draft.private:
        return []
    return [
        "",
        "[politeness]",
        *_list("private_hosts", [(host, "its address is a private one") for host in draft.domains]),
    ]


def _article_id(found: ArticleIds | None) -> list[str]:
    if found is None:
        return ["# article_id = '-(\\d+)\\.html$'      # finds the article's id in an address"]
    of = "all" if found.covered == found.stories else f"{found.covered} of"
    return [
        f"# Finds the article's id in an address: in {of} {found.stories} stories of the front page.",
        "# Pages in whose address it finds none are taken for lists.",
        f"article_id = '{found.pattern}'",
    ]


def _list(key: str, entries: list[tuple[str, str]]) -> list[str]:
    if not entries:
        return [f"# {key} = []"]
    return [
        f"{key} = [",
        *(f"  {_text(url)}," + (f"  # {_comment(name)}" if name else "") for url, name in entries),
        "]",
    ]


def _text(value: str | None) -> str:
    return json.dumps(value or "", ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:60]
