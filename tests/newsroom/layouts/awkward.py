"""Layout "awkward": everything stands where nobody looks for it, in names that say something else, and the page
states nothing about itself. Only lists and feeds tell what is what: a profile must say where it stands.
"""

from __future__ import annotations

import attrs

from archive.model import Article, Block
from tests.newsroom.articles import Section, Story
from tests.newsroom.layouts import modern
from tests.newsroom.layouts.markup import PAPER, direction, esc, home_time, lines
from tests.newsroom.newsroom import Newsroom


def shown(newsroom: Newsroom, story: Story) -> Article:
    """Return the article as this layout shows it: no kicker, photos, tags or links; a time in seconds.

    Subheads, quotes and items are paragraphs like others.
    """
    it = newsroom.known(story)
    return attrs.evolve(
        it,
        kicker=None,
        modified=None,
        published=home_time(story.published).isoformat(),
        published_raw=str(int(story.published.timestamp())),
        blocks=tuple(Block(kind="paragraph", text=block.text) for block in it.blocks),
        photos=(),
        related=(),
        tags=(),
    )


def article(newsroom: Newsroom, story: Story) -> str:
    """Render the page of an article: its only h1 is the paper's name, its title too."""
    it = newsroom.known(story)
    labels = story.section.language.labels
    names = "".join(f'<i class="q7">{esc(name)}</i> · ' for name in it.authors)
    body = lines(f'<div class="z">{esc(block.text)}</div>' for block in it.blocks)
    lead = f'<div class="promo-box"><span>{esc(it.lead)}</span></div>' if it.lead else ""
    return f"""<!doctype html>
<html lang="{story.section.lang}"{direction(story.section.language)}>
<head><meta charset="utf-8"><title>{PAPER}</title></head>
<body><div class="top"><h1>{PAPER}</h1><p class="claim">{esc(labels["newsletter"])}</p></div>
<div class="page"><div class="where"><b class="k3">{esc(it.section)}</b></div>
<div class="teaser-line" id="h-{it.key}"><span>{esc(it.title)}</span></div>
{lead}
<div class="tools" data-time="{int(story.published.timestamp())}">{names}</div>
<div class="comment-wrap">{body}</div></div>
<div class="end">{esc(labels["rights"])}</div></body></html>
"""


def listing(newsroom: Newsroom, section: Section, number: int) -> str:
    """Render a list page as the layout "modern" does."""
    return modern.listing(newsroom, section, number)
