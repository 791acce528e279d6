"""Layouts, quite unlike each other. Each renders a story and says what of the known Article it shows."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from archive.model import Article
from tests.newsroom.articles import Section, Story
from tests.newsroom.layouts import awkward, magazine, modern, tables
from tests.newsroom.newsroom import Newsroom


@frozen
class Layout:
    """One way to put an article on a page."""

    name: str
    article: Callable[[Newsroom, Story], str]
    shown: Callable[[Newsroom, Story], Article]
    """The known Article without what this layout does not show: the expectation of every extraction."""
    listing: Callable[[Newsroom, Section, int], str] | None


LAYOUTS: dict[str, Layout] = {
    "modern": Layout("modern", modern.article, modern.shown, modern.listing),
    "tables": Layout("tables", tables.article, tables.shown, tables.listing),
    "magazine": Layout("magazine", magazine.article, magazine.shown, magazine.listing),
    "awkward": Layout("awkward", awkward.article, awkward.shown, awkward.listing),
    "amp": Layout("amp", magazine.amp, magazine.shown_amp, None),
}

__all__ = ["LAYOUTS", "Layout"]
