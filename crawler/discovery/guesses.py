"""Where papers have their sitemap and feed by custom: asked one after the other, where nothing names any."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

SITEMAPS = (
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/sitemap-index.xml",
    "/wp-sitemap.xml",
    "/news-sitemap.xml",
)
FEEDS = ("/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml")
GUESSED = "X"
"""Heritrix's letter for a hop that nothing named."""


def guess(role: Literal["sitemap", "feed"], url: str) -> str:
    """Return the first place to look at on the host of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{(SITEMAPS if role == 'sitemap' else FEEDS)[0]}"


def next_guess(role: str, url: str) -> str | None:
    """Return the place to look at after this one gave nothing; None where it was the last, or no guess."""
    parts = urlsplit(url)
    ladder = SITEMAPS if role == "sitemap" else FEEDS if role == "feed" else ()
    if parts.path not in ladder[:-1] or parts.query:
        return None
    return f"{parts.scheme}://{parts.netloc}{ladder[ladder.index(parts.path) + 1]}"
