"""Layout "magazine": a body over sibling boxes, lazy images, quotes set apart, load-more; and its AMP twin."""

from __future__ import annotations

import re

import attrs

from archive.model import Article, Block, Photo
from tests.newsroom.articles import Section, Story
from tests.newsroom.layouts.markup import (
    PAPER,
    PLACEHOLDER,
    TRACKER,
    card_alt,
    credit_line,
    direction,
    esc,
    lines,
    most_read,
    page_of,
    pages_of,
    script_json,
    tag_path,
    thumbnail,
    visible_date,
)  # fmt: skip
from tests.newsroom.newsroom import Newsroom


def tight(iso: str | None) -> str | None:
    """Return an ISO time with its zone written without a colon, as some publishing systems do."""
    return re.sub(r"([+-]\d\d):(\d\d)$", r"\1\2", iso) if iso else None


def shown(newsroom: Newsroom, story: Story) -> Article:
    """Return the article as this layout shows it: everything; the zone of `published` has no colon."""
    it = newsroom.known(story)
    return attrs.evolve(it, published_raw=tight(it.published))


def shown_amp(newsroom: Newsroom, story: Story) -> Article:
    """Return the article as the AMP twin shows it: at its own address, without the box in the text or teasers."""
    it = shown(newsroom, story)
    links = [link for link in it.related if link.box == story.section.language.labels["more"]]
    return attrs.evolve(
        it,
        url=amp_url(it.url),
        modified=None,
        tags=(),
        related=tuple(
            attrs.evolve(link, teaser=None, photo_caption=None, photo_credit=None, position=place)
            for place, link in enumerate(links, 1)
        ),
    )


def amp_url(url: str) -> str:
    """Return the address of the AMP twin."""
    return url.removesuffix(".html") + ".amp"


def article(newsroom: Newsroom, story: Story) -> str:
    """Render the page of an article."""
    it = newsroom.known(story)
    labels = story.section.language.labels
    kicker = f'<span class="over-title">{esc(it.kicker)}</span>' if it.kicker else ""
    lead = f'<div class="dek"><p>{esc(it.lead)}</p></div>' if it.lead else ""
    signed = "".join(f'<span class="signed-name">{esc(name)}</span> ' for name in it.authors)
    tags = " ".join(
        f'<a class="hashtag" href="{tag_path(story.section, tag)}">#{esc(tag)}</a>' for tag in it.tags
    )
    main = f"""<div class="longread" id="read-{it.key}">
<div class="hero"><div class="rubric"><a href="{story.section.path}">{esc(it.section)}</a></div>{kicker}<h1 class="display-title">{esc(it.title)}</h1>{lead}
<div class="signed">{signed}<span class="when">{visible_date(story.published)}</span></div></div>
{_chapters(newsroom, story, it)}
<div class="hashtags">{tags}</div>
</div>
<div class="sign-up"><strong>{esc(labels["newsletter"])}</strong> <a href="/subscribe/">{esc(labels["subscribe"])}</a></div>
<div class="next-reads"><h2 class="box-name">{esc(labels["more"])}</h2>{lines(_tile(other) for other in newsroom.more_of(story))}</div>"""
    return _frame(newsroom, story.section, it.title or "", main, _head(newsroom, story, it))


def _chapters(newsroom: Newsroom, story: Story, it: Article) -> str:
    """Cut the body every three blocks into boxes of its own, adverts and pictures between them."""
    figures = [_figure(photo, story) for photo in it.photos]
    out = [figures.pop(0)] if figures else []
    inline = newsroom.inline_of(story)
    for start in range(0, len(it.blocks), 3):
        inside = [
            _block(block, dateline=it.dateline.raw if it.dateline else None)
            for block in it.blocks[start : start + 3]
        ]
        if start == 3 and inline:
            label = esc(story.section.language.labels["read_also"])
            inside.append(
                f'<div class="see-also"><strong class="box-name">{label}</strong> <p><a href="{inline.article.url}">{esc(inline.article.title)}</a></p></div>'
            )
        out.append(f'<div class="chapter">{lines(inside)}</div>')
        if start == 0:
            out.append(
                f'<div class="sponsor"><span>{esc(story.section.language.labels["advert"])}</span></div>'
            )
        elif figures:
            out.append(figures.pop(0))
    return lines(out + figures)


def _block(block: Block, *, dateline: str | None) -> str:
    text = esc(block.text)
    if dateline and block.text.startswith(dateline):
        text = f"<em class='from'>{esc(dateline)}</em>{text[len(esc(dateline)) :]}"
    if block.kind == "subhead":
        return f'<h3 class="crosshead">{text}</h3>'
    if block.kind == "quote":
        return f'<div class="pulled"><blockquote><p>{text}</p></blockquote></div>'
    if block.kind == "item":
        return f'<ul class="dots"><li>{text}</li></ul>'
    return f"<p>{text}</p>"


def _words(photo: Photo, story: Story) -> str:
    credit = credit_line(photo, story.section.language)
    return f"{photo.caption} ({credit})" if photo.caption and credit else photo.caption or ""


def _figure(photo: Photo, story: Story) -> str:
    alt = f' alt="{esc(photo.alt)}"' if photo.alt else ""
    words = _words(photo, story)
    caption = f"<figcaption>{esc(words)}</figcaption>" if words else ""
    return (
        f'<figure class="wide"><img class="lazy" src="{PLACEHOLDER}" data-src="{photo.url}" srcset="{PLACEHOLDER} 320w" data-srcset="{photo.url}?w=320 320w, {photo.url} 1280w"{alt}>'
        f'<noscript><img src="{photo.url}"{alt}></noscript>{caption}</figure>'
    )


def _tile(story: Story, classes: str = "tile") -> str:
    it = story.article
    teaser = f'<span class="tile-text">{esc(it.lead)}</span>' if it.lead else ""
    return (
        f'<a class="{classes}" href="{it.url}"><img src="{PLACEHOLDER}" data-src="{thumbnail(story)}" alt="{esc(card_alt(story))}">'
        f'<span class="tile-title">{esc(it.title)}</span>{teaser}<span class="tile-date">{visible_date(story.published)}</span></a>'
    )


def _head(newsroom: Newsroom, story: Story, it: Article) -> str:
    graph = [
        {"@type": "Organization", "@id": "#paper", "name": PAPER, "url": newsroom.base_url},
        {"@type": "WebPage", "@id": it.url, "name": it.title, "datePublished": it.published},
        {
            "@type": ["Article", "NewsArticle"], "headline": it.title, "author": [{"@type": "Person", "name": name} for name in it.authors],
            "datePublished": tight(it.published), "publisher": {"@id": "#paper"}, "keywords": list(it.tags),
        },
    ]  # fmt: skip
    changed = f'<meta property="article:modified_time" content="{tight(it.modified)}">' if it.modified else ""
    return f"""<link rel="canonical" href="{it.canonical_url}"><link rel="amphtml" href="{amp_url(it.url)}">
<meta property="og:type" content="article"><meta property="og:title" content="{esc(it.title)} - {PAPER}">
<meta property="og:description" content="{esc(it.lead or "")}">
<meta property="article:published_time" content="{tight(it.published)}">{changed}
<meta property="article:section" content="{esc(it.section)}">
<script type="application/ld+json">{script_json({"@context": "https://schema.org", "@graph": graph})}</script>"""


def amp(newsroom: Newsroom, story: Story) -> str:
    """Render the AMP twin."""
    it = newsroom.known(story)
    photos = [
        f'<figure><amp-img src="{photo.url}" width="640" height="426" layout="responsive"'
        + (f' alt="{esc(photo.alt)}"' if photo.alt else "")
        + "></amp-img>"
        + (f"<figcaption>{esc(words)}</figcaption>" if (words := _words(photo, story)) else "")
        + "</figure>"
        for photo in it.photos
    ]
    lead = f'<p class="dek">{esc(it.lead)}</p>' if it.lead else ""
    kicker = f'<span class="over-title">{esc(it.kicker)}</span>' if it.kicker else ""
    names = "".join(f'<span class="signed-name">{esc(name)}</span>' for name in it.authors)
    blocks = lines(_block(block, dateline=None) for block in it.blocks)
    links = "".join(
        f'<li><a href="{other.article.url}">{esc(other.article.title)}</a></li>'
        for other in newsroom.more_of(story)
    )
    return f"""<!doctype html>
<html amp lang="{it.lang}"{direction(story.section.language)}>
<head><meta charset="utf-8"><script async src="/static/v0.js"></script><title>{esc(it.title)}</title>
<link rel="canonical" href="{it.canonical_url}"><meta name="viewport" content="width=device-width">
<style amp-boilerplate>body{{-webkit-animation:none}}</style></head>
<body><header><a href="/">{PAPER}</a></header>
<amp-sidebar id="menu" layout="nodisplay"><a href="{story.section.path}" class="rubric">{esc(it.section)}</a></amp-sidebar>
{kicker}<h1>{esc(it.title)}</h1>{lead}<div class="signed">{names}<time datetime="{tight(it.published)}">{visible_date(story.published)}</time></div>
<div class="amp-body">{lines(photos)}
{blocks}
</div>
<div class="amp-more"><h2 class="box-name">{esc(story.section.language.labels["more"])}</h2><ul>{links}</ul></div>
<footer>© {PAPER}</footer></body></html>
"""


def listing(newsroom: Newsroom, section: Section, number: int) -> str:
    """Render the list page: one page, the rest comes from the load-more endpoint."""
    tiles = lines(_tile(story, "tile listed") for story in page_of(newsroom, section, number))
    button = ""
    if number < pages_of(newsroom, section):
        label = esc(section.language.labels["load_more"])
        button = (
            f'<button class="load-more" data-zone="{section.zone}" data-page="{number + 1}">{label}</button>'
        )
    main = f'<div class="wall"><h1 class="wall-title">{esc(section.name)}</h1>{tiles}{button}</div>'
    return _frame(newsroom, section, section.name, main)


def _frame(newsroom: Newsroom, section: Section, title: str, main: str, head: str = "") -> str:
    labels = section.language.labels
    menu = "".join(
        f'<a href="{other.path}">{esc(other.name)}</a> '
        for other in newsroom.sections
        if other.lang == section.lang
    )
    popular = "".join(
        f'<div class="pop"><a href="{story.article.url}">{esc(story.article.title)}</a></div>'
        for story in most_read(newsroom, section)
    )
    return f"""<!doctype html>
<html lang="{section.lang}"{direction(section.language)} class="no-js">
<head><meta charset="UTF-8"/><title>{esc(title)}</title>{head}
{TRACKER}<noscript><style>.lazy{{display:none}}</style></noscript></head>
<body class="mag">
<div class="topline"><a href="/">{PAPER}</a><span class="burger">☰</span><div class="drawer">{menu}<a href="/search/">{esc(labels["search"])}</a></div></div>
<div class="page-wrap">
{main}
<div class="popular-now"><h4>{esc(labels["most_read"])}</h4>{popular}</div>
</div>
<div class="bottom-links"><a href="/about/">{esc(labels["about"])}</a><a href="/contact/">{esc(labels["contact"])}</a><small>{esc(labels["rights"])}</small></div>
<div class="sticky-share"><button>{esc(labels["share"])}</button></div>
</body></html>
"""
