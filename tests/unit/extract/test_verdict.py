"""What a page is, on the labelled set: articles of odd shapes, lists of every kind, answers in a page's place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract
from archive.model import Page
from tests.kinds import WORDS, Kind, labelled

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def kinds() -> list[Kind]:
    return labelled()


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("verdict", ["article", "listing", "error_page"])
def test_every_labelled_page_is_what_it_is(kinds, lang, verdict):
    pages = [kind for kind in kinds if (kind.lang, kind.verdict) == (lang, verdict)]
    assert len(pages) >= 6
    wrong = {}
    for kind in pages:
        page = Page(url=kind.url, payload=kind.html.encode(), content_type="text/html", fetched_at=NOW)
        found = extract(page)
        assert (found.article is not None) == (found.verdict == "article")
        if found.verdict != kind.verdict:
            wrong[kind.name] = found.verdict
    assert wrong == {}


@pytest.mark.parametrize("address", ["/n/123", "/index.php?id=5", "/politique/", "/2024/12/26/"])
def test_the_address_alone_makes_no_article_a_list_and_no_list_an_article(kinds, address):
    for kind in kinds:
        if kind.lang == "fr" and kind.name in {"plain", "section", "section of bare links", "front page"}:
            page = Page(
                url=f"https://journal.example{address}",
                payload=kind.html.encode(),
                content_type=None,
                fetched_at=NOW,
            )
            assert extract(page).verdict == kind.verdict, (kind.name, address)
