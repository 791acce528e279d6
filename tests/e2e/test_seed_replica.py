"""The three generations of one agency article, field by field, against what is expected of them."""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest

from archive.extract import extract
from archive.extract.declared import stories
from archive.extract.page import parse
from archive.model import Page
from archive.sites.registry import Registry
from crawler.discovery.links import Scope
from crawler.discovery.loadmore import first_urls, read_more
from tests.kit import SHARED, needs_shared

pytestmark = needs_shared
REPLICA = SHARED / "seed" / "replica"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGES = {"article.html": "zce-2024", "article_legacy.html": "details-2017", "article_amp.html": "amp"}


@pytest.fixture(scope="module")
def expected():
    return json.loads((REPLICA / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sites():
    return Registry.load()


def page_of(name, url):
    payload = (REPLICA / name).read_bytes()
    return Page(url=url, payload=payload, content_type="text/html; charset=utf-8", fetched_at=NOW)


@pytest.fixture(params=PAGES, ids=PAGES.get)
def extraction(request, expected, sites):
    return request.param, extract(page_of(request.param, expected["url"]), sites.for_url(expected["url"]))


def test_the_layout_is_recognised_and_all_went_well(extraction):
    name, found = extraction
    assert found.verdict == "article"
    assert found.provenance.layout == PAGES[name]
    assert found.provenance.site == "vietnamplus-fr"
    assert [issue for issue in found.issues if issue.severity != "info"] == []


def test_texts(extraction, expected):
    article = extraction[1].article
    assert article.title == expected["title"]
    assert article.lead == expected["lead"]
    assert [block.text for block in article.blocks] == expected["body"]
    assert {block.kind for block in article.blocks} == {"paragraph"}
    body = article.body
    assert not [text for text in expected["must_not_appear_in_body"] if f"\n{text}\n" in f"\n{body}\n"]


def test_newswire(extraction, expected):
    article = extraction[1].article
    dateline = article.dateline
    assert {"raw": dateline.raw, "place": dateline.place, "agency": dateline.agency} == expected["dateline"]
    assert article.sign_off == expected["signoff"]
    assert article.agency == expected["agency"]
    assert list(article.authors) == expected["authors"]
    assert article.lang == expected["language"]
    assert article.key == str(expected["article_id"])


def test_times(extraction, expected):
    name, found = extraction
    article = found.article
    published = datetime.fromisoformat(article.published)
    stated = datetime.fromisoformat(expected["published"])
    if name == "article_legacy.html":  # its template gives no seconds and no time of change
        assert published == stated.replace(second=0)
        assert article.modified is None
    else:
        assert article.published == expected["published"]
        assert article.modified == expected["modified"]
    assert published.utcoffset() == stated.utcoffset()


def test_section_and_tags_where_the_template_has_them(extraction, expected):
    name, found = extraction
    if name != "article_amp.html":
        assert found.article.section == expected["section"]["name"]
    if name == "article.html":
        assert list(found.article.tags) == expected["tags"]


def test_photos(extraction, expected):
    (photo,) = extraction[1].article.photos
    (stated,) = expected["captions"]
    assert (photo.caption, photo.credit) == (stated["caption_text"], stated["credit"])
    assert photo.url == stated["image_url"]


def test_related(extraction, expected):
    found = extraction[1].article.related
    shown = [(r.position, r.url, r.title, r.teaser, r.photo_caption, r.photo_credit, r.box) for r in found]
    assert shown == [
        (
            position,
            stated["url"],
            stated["title"],
            stated["teaser"],
            stated["image_caption_text"],
            stated["image_credit"],
            expected["related_heading"],
        )
        for position, stated in enumerate(expected["related"], 1)
    ]


def test_the_three_pages_are_one_article(expected, sites):
    site = sites.for_url(expected["url"])
    legacy = "https://fr.vietnamplus.vn/la-convention/237365.vnp"
    urls = dict(zip(PAGES, (expected["url"], legacy, expected["amp_url"]), strict=True))
    keys = {extract(page_of(name, url), site).article.key for name, url in urls.items()}
    assert keys == {str(expected["article_id"])}


def test_the_section_page_gives_its_stories(sites):
    stated = json.loads((REPLICA / "expected_section.json").read_text(encoding="utf-8"))
    site = sites.for_url(stated["url"])
    page = page_of("section.html", stated["url"])
    found = stories(parse(page), site)
    shown = [(int(site.key_for(s.url)), s.url, s.title, s.date, s.image) for s in found]
    keys = ("id", "url", "title", "date", "image_url")
    assert shown == [tuple(story[name] for name in keys) for story in stated["stories"]]
    assert extract(page, site).verdict == "listing"


def test_the_load_more_pages_give_the_same_stories(sites):
    stated = json.loads((REPLICA / "expected_section.json").read_text(encoding="utf-8"))
    site = sites.for_url(stated["url"])
    scope = Scope.of(site, stated["url"])
    section = parse(page_of("section.html", stated["url"]))
    assert first_urls(section, site) == [urljoin(stated["url"], stated["next"]["api"])]
    found, url = [], urljoin(stated["url"], "/api/morenews-zone-131-1.html")
    for number in (1, 2):
        data = (REPLICA / "api" / f"morenews-zone-131-{number}.html").read_bytes()
        more = read_more(data, url, stated["url"], scope, NOW)
        found += more.stories
        url = more.next_url
    assert url is None
    shown = {(int(site.key_for(s.url)), s.url, s.title, s.date) for s in found}
    assert shown == {
        tuple(story[name] for name in ("id", "url", "title", "date")) for story in stated["stories"]
    }


def test_site_rules_are_quick(expected, sites):
    site = sites.for_url(expected["url"])
    pages = [page_of(name, expected["url"]) for name in PAGES]
    for page in pages:
        extract(page, site)  # compiles the rules
    means = []
    for _ in range(5):
        start = time.process_time()
        for page in pages:
            extract(page, site)
        means.append((time.process_time() - start) / len(pages))
    assert statistics.median(means) < 0.02  # about 0.004 s; the rest is room for a busy machine
