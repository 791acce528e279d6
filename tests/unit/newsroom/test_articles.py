"""The generator: same seed, same newspaper; texts that read like an agency's; edits and later stories."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta

import attrs
import pytest

from tests.newsroom import MORNING, Newsroom, bench_pages
from tests.newsroom.languages import LABELS, LANGUAGES

DIGEST = """
import hashlib
from tests.newsroom import bench_pages
print(hashlib.sha256(b"".join(url.encode() + page for url, page in bench_pages(3, 2))).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_in_another_process_zone_and_locale():
    here = hashlib.sha256(b"".join(url.encode() + page for url, page in bench_pages(3, 2))).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "99", "TZ": "America/Lima", "LC_ALL": "C"}
    there = subprocess.run(
        [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_another_seed_gives_other_texts_under_other_addresses():
    first, second = Newsroom(1), Newsroom(2)
    assert len({it.body for it in (*first.articles, *second.articles)}) == 120
    assert {it.key for it in first.articles} == {it.key for it in second.articles}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_are_whole_and_long_enough(lang: str):
    newsroom = Newsroom(7, 20, [lang], later=0)
    assert len(newsroom.articles) == 40
    for article in newsroom.articles:
        paragraphs = [block.text for block in article.blocks if block.kind == "paragraph"]
        assert len(paragraphs) >= 6
        assert len(set(paragraphs)) == len(paragraphs)
        assert 800 <= len(article.body) <= 4000, (article.url, len(article.body))
        texts = [article.title or "", article.lead or "", *(block.text for block in article.blocks)]
        for text in [*texts, *article.tags, *(photo.caption or "" for photo in article.photos)]:
            assert not re.search(r"[{}]|\s\.|None", text), article.url
            assert " ".join(text.split()) == text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_edition_has_every_kind_of_article(lang: str):
    newsroom = Newsroom(1, 12, [lang])
    articles = newsroom.articles
    opening = [article.blocks[0].text for article in articles]
    leads = [article.lead for article in articles]
    assert any(
        lead and text.endswith(lead) and text != lead for lead, text in zip(leads, opening, strict=True)
    )
    assert any(lead and lead not in text for lead, text in zip(leads, opening, strict=True))
    assert None in leads
    assert {block.kind for article in articles for block in article.blocks} == {
        "paragraph",
        "subhead",
        "quote",
        "item",
    }
    assert {len(article.photos) for article in articles} >= {0, 1, 2, 3}
    assert {len(article.authors) for article in articles} == {0, 1, 2}
    for name in ("kicker", "dateline", "modified"):
        assert {bool(getattr(article, name)) for article in articles} == {True, False}, name
    photos = [photo for article in articles for photo in article.photos]
    assert (
        {bool(photo.caption) for photo in photos} == {bool(photo.credit) for photo in photos} == {True, False}
    )
    assert any(photo.alt and photo.alt.endswith((".jpg", ".png")) for photo in photos)
    links = [link for article in articles for link in article.related]
    assert (
        {bool(link.teaser) for link in links} == {bool(link.photo_caption) for link in links} == {True, False}
    )
    assert {link.box for link in links} == {
        LANGUAGES[lang].labels["more"],
        LANGUAGES[lang].labels["read_also"],
    }


def test_every_edition_has_every_label():
    for language in LANGUAGES.values():
        assert set(language.labels) == set(LABELS), language.code


def test_titles_and_keys_are_unique_and_article_finds_by_url():
    newsroom = Newsroom(1, 40, ["fr", "th"])
    assert len({it.title for it in newsroom.articles}) == len({it.key for it in newsroom.articles}) == 160
    for article in newsroom.articles[::17]:
        assert newsroom.article(article.url) == article
    with pytest.raises(KeyError):
        newsroom.article("/fr/economie/a1.html")


def test_published_with_a_zone_of_its_own_and_before_the_present():
    newsroom = Newsroom()
    zones = set()
    for article in newsroom.articles:
        moment = datetime.fromisoformat(article.published or "")
        assert moment < MORNING
        zones.add(str(moment.utcoffset()))
    assert zones >= {"7:00:00", "1:00:00"}


def test_time_passes_edits_are_made_and_stories_come():
    now = Newsroom()
    earlier, later = now.at(MORNING - timedelta(days=20)), now.at(MORNING + timedelta(days=7))
    assert len(earlier.articles) < len(now.articles) < len(later.articles)
    assert earlier.edits == now.edits == later.edits
    assert {edit.field for edit in now.edits} >= {"title", "blocks", "photos", "lead", "authors"}
    assert {edit.silent for edit in now.edits} == {True, False}
    for edit in now.edits:
        before, after = edit.moment - timedelta(minutes=1), edit.moment
        old, new = (it.story(edit.key) for it in (now.at(before), now.at(after)))
        assert new is not None
        assert getattr(new.article, edit.field) == edit.after != edit.before
        if old is not None:
            assert getattr(old.article, edit.field) == edit.before
            same = attrs.evolve(new.article, **{edit.field: edit.before}, modified=old.article.modified)
            assert same == old.article
            assert (old.article.modified == new.article.modified) == edit.silent
        assert edit.url == now.url(new.article.url)


def test_another_address_changes_addresses_only():
    here, there = Newsroom(), Newsroom().rebased("https://newsroom.example")
    for first, second in zip(here.articles, there.articles, strict=True):
        assert second.url == first.url.replace("http://127.0.0.1", "https://newsroom.example")
        assert second.content_digest == first.content_digest
        assert all((photo.url or "").startswith("https://newsroom.example/") for photo in second.photos)
    assert here.rebased(here.base_url) is here
