"""The bench's ablations take out what they say, and nothing that a reader sees."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.extract.page import parse
from archive.model import Page
from bench.ablation import ABLATIONS, ablated

HTML = """<html lang="vi"><head><meta name="description" content="tóm tắt"><link rel="canonical" href="/a">
<script type="application/ld+json">{"@type": "NewsArticle"}</script></head><body><div class="box lead" id="x" data-src="/a.jpg"
data-kind="y" itemprop="headline">Một <script>x()</script>hai</div></body></html>"""
PAGE = Page(
    url="https://bao.example/a",
    payload=HTML.encode(),
    content_type=None,
    fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def tree(page):
    parsed = parse(page)
    assert parsed is not None
    return parsed.tree


def test_metadata_goes_and_the_text_behind_it_stays():
    page = ablated(PAGE, ["metadata"])
    assert not list(tree(page).iter("meta", "script", "link"))
    assert "".join(tree(page).itertext()).split() == ["Một", "hai"]
    assert next(tree(page).iter("div")).get("itemprop") is None


def test_names_become_digests_and_images_keep_their_addresses():
    box = next(tree(ablated(PAGE, ["names"])).iter("div"))
    assert "lead" not in box.get("class")
    assert len(box.get("class").split()) == 2
    assert (box.get("data-src"), box.get("data-kind")) == ("/a.jpg", None)


def test_a_page_without_a_tree_is_as_it_was():
    empty = Page(url="https://bao.example/", payload=b"", content_type=None, fetched_at=PAGE.fetched_at)
    assert ablated(empty, list(ABLATIONS)) is empty
