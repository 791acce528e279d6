"""The newspaper's site: every link leads somewhere, feeds and sitemaps name every article, lists go on."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from archive.extract.page import ParsedPage, parse
from archive.model import Page
from archive.sites.profile import load_profile
from archive.sites.schema import Site
from crawler.discovery.feeds import read_feed
from crawler.discovery.links import Candidate, Scope
from crawler.discovery.loadmore import first_urls, read_more
from crawler.discovery.sitemaps import read_sitemap
from crawler.discovery.stories import next_page_of, stories_of
from tests.newsroom import LAYOUTS, Newsroom
from tests.newsroom.languages import LANGUAGES
from tests.newsroom.site import Pages

NOW = datetime(2024, 12, 31, tzinfo=UTC)


@cache
def pages() -> Pages:
    return Pages(Newsroom(articles_per_section=8, page_size=3, base_url="http://127.0.0.1:8123"))


@cache
def site() -> Site:
    return load_profile(pages().newsroom.profile_toml(), "newsroom", {})


def target(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_no_link_of_the_site_is_broken():
    room = pages().newsroom
    waiting, seen = ["/", "/sitemap.xml", "/robots.txt", "/atom.xml"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        reply = pages().get(path)
        assert reply.status == 200, path
        if reply.content_type.startswith("text/html"):
            tree = html.fromstring(reply.body, parser=html.HTMLParser(encoding="utf-8"))
            found = tree.xpath("//@href | //@src | //@data-src")
        elif b"<loc>" in reply.body:
            found = [
                text.strip() for text in etree.fromstring(reply.body).xpath("//*[local-name()='loc']/text()")
            ]
        else:
            found = []
        for link in found:
            url = urljoin(room.url(path), str(link))
            if url.startswith(room.base_url):
                waiting.append(target(url.partition("#")[0]))
    for article in room.articles:
        assert target(article.url) in seen
    assert any(path.endswith(".amp") for path in seen)
    assert any("?page=2" in path for path in seen)
    assert any(path.endswith("/page/3/") for path in seen)


def test_every_tag_is_closed_and_texts_are_escaped():
    room = pages().newsroom
    for name, layout in LAYOUTS.items():
        made = room.redesigned("magazine" if name == "amp" else name)
        for story in made.stories[::3]:
            page = layout.article(made, story)
            parser = html.HTMLParser()
            tree = html.fromstring(page, parser=parser)
            # libxml2 knows HTML 4 only, and takes newer elements for faults
            faults = [entry.message for entry in parser.error_log if not entry.message.startswith("Tag ")]
            assert not faults
            for tag in (
                "div",
                "p",
                "article",
                "section",
                "table",
                "tr",
                "td",
                "ul",
                "li",
                "figure",
                "a",
                "span",
            ):
                assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), (name, tag)
            assert (story.article.title or "") in " ".join(tree.text_content().split()).replace("\xa0", " ")


def read_list(path: str) -> tuple[ParsedPage, list[Candidate]]:
    url = pages().newsroom.url(path)
    reply = pages().get(path)
    parsed = parse(Page(url=url, payload=reply.body, content_type=reply.content_type, fetched_at=NOW))
    assert parsed is not None
    return parsed, stories_of(parsed, Scope.of(site(), url))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_pagination_and_load_more_give_every_story_with_title_and_date(lang: str):
    room = pages().newsroom
    for section in room.sections:
        if section.lang != lang:
            continue
        found: list[Candidate] = []
        path: str | None = section.path
        more: list[str] = []
        while path:
            parsed, stories = read_list(path)
            found += stories
            scope = Scope.of(site(), room.base_url)
            more += first_urls(parsed, site())
            path = next((target(url) for url in next_page_of(parsed, scope)), None)
        while more:
            url = more.pop()
            page = read_more(
                pages().get(target(url)).body, url, room.url(section.path), Scope.of(site(), url), NOW
            )
            found += page.stories
            more += [page.next_url] if page.next_url else []
        wanted = {room.url(it.article.url): it for it in room.in_section(section)}
        assert [it.url for it in found] == list(wanted), section
        for candidate in found:
            story = wanted[candidate.url]
            assert candidate.title == story.article.title
            shown = datetime.fromisoformat(candidate.date or "")
            assert 0 <= (story.published - shown).total_seconds() < 60


def test_feeds_name_the_stories_with_title_and_date():
    room = pages().newsroom
    for section in room.sections:
        path = f"/rss/{section.lang}-{section.slug}.xml"
        found = read_feed(pages().get(path).body, room.url(path), NOW)
        stories = room.in_section(section)
        assert [it.url for it in found] == [room.url(story.article.url) for story in stories]
        assert [it.title for it in found] == [story.article.title for story in stories]
        assert [datetime.fromisoformat(it.date or "") for it in found] == [
            story.published for story in stories
        ]
    atom = read_feed(pages().get("/atom.xml").body, room.url("/atom.xml"), NOW)
    assert [it.url for it in atom] == [room.url(story.article.url) for story in room.newest(30)]


def test_sitemaps_name_every_story_once():
    room = pages().newsroom
    index = read_sitemap(pages().get("/sitemap.xml").body, room.url("/sitemap.xml"), NOW)
    assert len(index.shards) == 4
    found: dict[str, str | None] = {}
    for shard in index.shards:
        for candidate in read_sitemap(pages().get(target(shard.url)).body, shard.url, NOW).pages:
            if "google-news" not in shard.url:
                assert candidate.url not in found
            found[candidate.url] = candidate.title
    assert found == {article.url: article.title for article in room.articles}


def test_aliases_redirects_and_pages_that_are_not_there():
    room = pages().newsroom
    story = room.stories[0]
    assert pages().get(f"/a/{story.number}").status == 301
    assert pages().get(f"/a/{story.number}").headers == (("Location", story.article.url),)
    other_slug = f"{story.section.path}quite-another-slug-a{story.number}.html"
    assert pages().get(other_slug).body == pages().get(story.article.url).body
    for path in (
        "/nope",
        "/fr/economie/x-a9.html",
        "/fr/economie/?page=99",
        "/vi/kinh-te/page/99/",
        "/tag/fr/rien/",
    ):
        reply = pages().get(path)
        assert (reply.status, reply.content_type) == (404, "text/html; charset=utf-8"), path
    soft = pages().get("/soft-404/anything.html")
    assert soft.status == 200
    assert LANGUAGES["fr"].labels["not_found"] in soft.body.decode()


def test_pictures_are_real():
    for seed in range(0, 260, 3):
        png = pages().get(f"/images/{seed}-2.png").body
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        at, kinds = 8, []
        while at < len(png):
            (length,) = struct.unpack(">I", png[at : at + 4])
            body = png[at + 4 : at + 8 + length]
            assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(body),)
            kinds.append(body[:4])
            at += 12 + length
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]
        assert grey(pages().get(f"/images/{seed}-1.jpg").body) == pytest.approx(
            (seed + 1) * 53 % 255 + 1, abs=1
        )


def grey(jpeg: bytes) -> float:
    """Decode the tone of a flat grey baseline JPEG of one block, by the standard's steps."""
    assert jpeg[:2] == b"\xff\xd8"
    assert jpeg[-2:] == b"\xff\xd9"
    at, quantum, codes = 2, 0, {}
    while jpeg[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
        data = jpeg[at + 4 : at + 2 + length]
        if jpeg[at + 1] == 0xDB:
            quantum = data[1]
        if jpeg[at + 1] == 0xC4 and data[0] == 0:
            code, symbols = 0, iter(data[17:])
            for size, count in enumerate(data[1:17], 1):
                for _ in range(count):
                    codes[f"{code:0{size}b}"] = next(symbols)
                    code += 1
                code <<= 1
        at += 2 + length
    (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
    bits = "".join(f"{byte:08b}" for byte in jpeg[at + 2 + length : -2].replace(b"\xff\x00", b"\xff"))
    prefix = next(code for code in codes if bits.startswith(code))
    extra = bits[len(prefix) : len(prefix) + codes[prefix]]
    value = int(extra, 2) if extra else 0
    if extra and extra[0] == "0":
        value -= (1 << len(extra)) - 1
    return value * quantum / 8 + 128
