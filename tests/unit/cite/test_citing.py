"""Citations of what stands in a collection: the paper's name, the capture, the version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.cite.citing import Citing
from archive.errors import NothingFoundError
from archive.index.search import Search
from archive.warc.reader import read_capture, warc_files
from tests.stored_pages import (
    HOST,
    PROFILE,
    START,
    STORIES,
    capture_of,
    make_collection,
    page_of,
    url_of,
    write,
)


def citation_of(settings, url, number=None):
    with Search.open(settings.index_path) as search:
        return Citing(search, settings).of(search.article(url), number)


def archived(settings, html, path="/a-2026-10-01.html", host=HOST):
    body = "".join(f"<p>{text}</p>" for text in STORIES[0].paragraphs)
    page = html.format(body=f"<h1>{STORIES[0].title}</h1>{body}").encode()
    write(settings, [capture_of(host + path, page, START + timedelta(days=1))])
    return citation_of(settings, host + path)


def test_the_copy_that_is_cited_is_the_one_that_was_read(tmp_path):
    settings = make_collection(tmp_path / "press", 1, profile=PROFILE)
    citation = citation_of(settings, url_of(STORIES[2]))
    assert (citation.newspaper, citation.site, citation.archive) == ("Le Journal", "journal", "A library")
    assert (citation.title, citation.lang) == (STORIES[2].title, "zh")
    assert citation.published == "2026-10-01T08:00:00+07:00"
    with Search.open(settings.index_path) as search:
        row = search.capture(citation.record_id)
    stored = read_capture(settings.collection, row.location)
    assert stored.capture.fetched_at.isoformat() == citation.captured_at
    assert stored.payload_digest == citation.payload_digest
    assert (row.file, row.offset, row.length) == (citation.file, citation.offset, citation.length)


def test_each_version_is_cited_with_its_own_capture(tmp_path):
    settings = make_collection(tmp_path / "press", 1, profile=PROFILE)
    url, later = url_of(STORIES[0]), START + timedelta(days=3)
    write(settings, [capture_of(url, page_of(STORIES[0], title="Autre titre"), later)])
    first, second, current = (citation_of(settings, url, number) for number in (1, 2, None))
    assert (first.title, second.title) == (STORIES[0].title, "Autre titre")
    assert current == second
    assert (first.captured_at, second.captured_at) == (START.isoformat(), later.isoformat())
    assert len({first.record_id, second.record_id}) == len({first.payload_digest, second.payload_digest}) == 2
    assert first.key != second.key
    with pytest.raises(NothingFoundError, match="no version 3"):
        citation_of(settings, url, 3)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content=" Báo Mới\n ">', "Báo Mới"),
        ('<meta property="og:site_name" content="新华网">', "新华网"),
        (
            '<script type="application/ld+json">{{"@type":"NewsArticle","publisher":{{"name":"صحيفة الأخبار"}}}}</script>',
            "صحيفة الأخبار",
        ),
        ('<script type="application/ld+json">{{"@type":"WebSite","name":"ข่าวสด"}}</script>', "ข่าวสด"),
        ("", "journal.example"),
        (f'<meta property="og:site_name" content="{"slogan " * 20}">', "journal.example"),
    ],
)
def test_a_paper_without_a_profile_is_called_what_its_page_calls_it(head, name, tmp_path):
    settings = make_collection(tmp_path / "press", 1)
    html = (
        f'<html lang="fr"><head><meta property="og:type" content="article">{head}</head>'
        "<body><article>{body}</article></body></html>"
    )
    citation = archived(settings, html)
    assert (citation.newspaper, citation.site, citation.publisher) == (name, "journal.example", None)


def test_an_article_without_a_date_has_none_in_its_citation(tmp_path):
    settings = make_collection(tmp_path / "press", 1, profile=PROFILE)
    citation = archived(
        settings, '<html><body><article class="main">{body}</article></body></html>', "/article-fr-9"
    )
    assert citation.published is None
    assert citation.captured == "2026-11-02T08:00:00Z"


def test_a_missing_file_takes_no_citation_away(tmp_path):
    settings = make_collection(tmp_path / "press", 1)
    for path in warc_files(settings.collection):
        path.unlink()
    citation = citation_of(settings, url_of(STORIES[0]))
    assert citation.newspaper == "journal.example"
    assert citation.record_id


def test_a_broken_profile_takes_no_citation_away(tmp_path):
    settings = make_collection(tmp_path / "press", 1, profile=PROFILE)
    (settings.sites_folder / "journal.toml").write_text("name = ", encoding="utf-8")
    assert citation_of(settings, url_of(STORIES[0])).newspaper == "journal"
