"""A fake newspaper that renders known articles, so that the expectation is the input.

    newsroom = Newsroom(seed=1)
    with serve(newsroom) as site:
        ...                                   # crawl site.url
        site.newsroom = site.newsroom.at(…)   # a day later
    expected(site.newsroom, url)              # what every extraction must give

No text in it was taken from anybody: the bay, its towns and its people are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from archive.model import Article
from tests.newsroom.articles import MORNING, NAME, Edit, Section, Story
from tests.newsroom.layouts import LAYOUTS
from tests.newsroom.newsroom import Newsroom, all_sections
from tests.newsroom.server import MANNERS, Site, serve


def expected(newsroom: Newsroom, url: str) -> Article:
    """Return what the page at a URL shows of its known article. Raises KeyError for other pages."""
    path = urlsplit(url).path
    for story in newsroom.stories:
        if story.article.url == path:
            return LAYOUTS[story.section.layout].shown(newsroom, story)
        if path.endswith(".amp") and story.article.url == path.removesuffix(".amp") + ".html":
            return LAYOUTS["amp"].shown(newsroom, story)
    raise KeyError(url)


def bench_pages(seed: int = 1, articles_per_section: int = 20) -> Iterator[tuple[str, bytes]]:
    """Yield (url, html) of every article, in all layouts and languages."""
    newsroom = Newsroom(seed, articles_per_section, base_url="https://newsroom.example")
    for story in newsroom.stories:
        yield newsroom.url(story.article.url), LAYOUTS[story.section.layout].article(newsroom, story).encode()


__all__ = [
    "LAYOUTS",
    "MANNERS",
    "MORNING",
    "NAME",
    "Edit",
    "Newsroom",
    "Section",
    "Site",
    "Story",
    "all_sections",
    "bench_pages",
    "expected",
    "serve",
]
