"""Layout "modern": semantic HTML, JSON-LD, time[datetime], figures, a box of cards with teasers."""

from __future__ import annotations

import attrs

from archive.model import Article, Block, Photo
from tests.newsroom.articles import Section, Story
from tests.newsroom.layouts.markup import (
    PAPER,
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

_TAGS = {"paragraph": "p", "subhead": "h2", "quote": "blockquote", "item": "li"}


def shown(newsroom: Newsroom, story: Story) -> Article:
    """Return the article as this layout shows it: everything; `published` is read from a time element."""
    article = newsroom.known(story)
    return attrs.evolve(article, published_raw=article.published)


def article(newsroom: Newsroom, story: Story) -> str:
    """Render the page of an article."""
    it = newsroom.known(story)
    labels = story.section.language.labels
    kicker = f'<p class="kicker">{esc(it.kicker)}</p>' if it.kicker else ""
    lead = f'<p class="standfirst">{_typeset(it.lead, it.lang)}</p>' if it.lead else ""
    people = ", ".join(f'<a rel="author" href="/about/">{esc(name)}</a>' for name in it.authors)
    byline = f'<p class="byline">{esc(labels["by"])}{people}</p>' if it.authors else ""
    changed = (
        f'<time class="updated" datetime="{it.modified}">{esc(labels["updated"])}</time>'
        if it.modified
        else ""
    )
    tags = "".join(f'<li><a href="{tag_path(story.section, tag)}">{esc(tag)}</a></li>' for tag in it.tags)
    main = f"""<article class="story-full" data-id="{it.key}">
<nav class="breadcrumb"><a href="/">{esc(labels["home"])}</a> › <a class="here" href="{story.section.path}">{esc(it.section)}</a></nav>
<header>{kicker}
<h1 class="headline">{_typeset(it.title, it.lang)}</h1>
{lead}
<div class="meta">{byline}
<p class="dates">{esc(labels["published"])} <time class="published" datetime="{it.published}">{visible_date(story.published)}</time> {changed}</p></div>
{_share(labels["share"])}
</header>
<div class="story-body">
{_body(newsroom, story, it)}
</div>
<section class="tags"><h4>{esc(labels["tags"])}</h4><ul>{tags}</ul></section>
{_share(labels["share"])}
</article>
<section class="newsletter-box"><form action="/subscribe/" method="post"><p>{esc(labels["newsletter"])}</p><input type="email" name="mail" aria-label="e-mail"><button>{esc(labels["subscribe"])}</button></form></section>
{_more(newsroom, story)}"""
    return _frame(newsroom, story.section, it.title or "", main, _head(newsroom, story, it))


def _body(newsroom: Newsroom, story: Story, it: Article) -> str:
    parts: list[str] = []
    photos = [_figure(photo, story) for photo in it.photos]
    if photos:
        parts.append(photos.pop(0))
    inline = newsroom.inline_of(story)
    previous = ""
    for place, block in enumerate(it.blocks):
        if previous == "item" != block.kind:
            parts.append("</ul>")
        if block.kind == "item" != previous:
            parts.append('<ul class="facts">')
        parts.append(_block(block, it, story.section, link=place == 1))
        previous = block.kind
        if place == 2 and inline:
            labels = story.section.language.labels
            parts.append(
                f'<aside class="read-also"><h4>{esc(labels["read_also"])}</h4>'
                f'<div class="one"><a href="{inline.article.url}">{esc(inline.article.title)}</a></div></aside>'
            )
        if place == 3:
            parts.append(_advert(story.section))
        if block.kind == "paragraph" and place >= 3 and photos:
            parts.append(photos.pop(0))
    return lines(parts + photos)


def _block(block: Block, it: Article, section: Section, *, link: bool) -> str:
    text = _typeset(block.text, it.lang)
    if link and block.kind == "paragraph" and it.tags and esc(it.tags[0]) in text:
        tag = esc(it.tags[0])
        text = text.replace(tag, f'<a href="{tag_path(section, it.tags[0])}">{tag}</a>', 1)
    name = _TAGS[block.kind]
    return f"<{name}>{text}</{name}>"


def _figure(photo: Photo, story: Story) -> str:
    alt = f' alt="{esc(photo.alt)}"' if photo.alt else ""
    credit = credit_line(photo, story.section.language)
    caption = f'<span class="words">{esc(photo.caption)}</span>' if photo.caption else ""
    caption += f' <span class="credit">{esc(credit)}</span>' if credit else ""
    return f'<figure><img src="{photo.url}"{alt} width="640" height="426">' + (
        f"<figcaption>{caption}</figcaption></figure>" if caption else "</figure>"
    )


def card(story: Story, classes: str = "card") -> str:
    """Render a story as a card: thumbnail, linked title, teaser, time."""
    it = story.article
    teaser = f'<p class="teaser">{esc(it.lead)}</p>' if it.lead else ""
    return (
        f'<article class="{classes}" data-id="{it.key}"><a class="thumb" href="{it.url}"><img src="{thumbnail(story)}" alt="{esc(card_alt(story))}"></a>'
        f'<h3><a href="{it.url}">{esc(it.title)}</a></h3>{teaser}<time datetime="{it.published}">{visible_date(story.published)}</time></article>'
    )


def _more(newsroom: Newsroom, story: Story) -> str:
    cards = lines(card(other) for other in newsroom.more_of(story))
    return f'<section class="more"><h2><a href="{story.section.path}">{esc(story.section.language.labels["more"])}</a></h2>\n{cards}\n</section>'


def _head(newsroom: Newsroom, story: Story, it: Article) -> str:
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": it.title, "datePublished": it.published,
        "dateModified": it.modified or it.published, "inLanguage": it.lang, "articleSection": it.section,
        "author": [{"@type": "Person", "name": name} for name in it.authors] or {"@type": "Organization", "name": PAPER},
        "publisher": {"@type": "Organization", "name": PAPER}, "mainEntityOfPage": it.url,
        "image": [photo.url for photo in it.photos],
    }  # fmt: skip
    image = it.photos[0].url if it.photos else newsroom.url("/images/logo.png")
    return f"""<link rel="canonical" href="{it.canonical_url}">
<meta property="og:type" content="article"><meta property="og:title" content="{esc(it.title)}">
<meta property="og:url" content="{it.url}"><meta property="og:image" content="{image}">
<meta name="description" content="{esc(it.lead or it.blocks[0].text)}">
<meta property="article:published_time" content="{it.published}">
<script type="application/ld+json">{script_json(data)}</script>"""


def _share(label: str) -> str:
    return f'<ul class="share-bar" aria-label="{esc(label)}"><li><a href="/about/?share=mail">{esc(label)}</a></li><li><a href="#print">⎙</a></li></ul>'


def _advert(section: Section) -> str:
    return f'<div class="ad-slot"><p>{esc(section.language.labels["advert"])}</p><script>window.slots=(window.slots||[]).concat(["mid"])</script></div>'


def _typeset(text: str | None, lang: str | None) -> str:
    """Escape; in French with no-break spaces where a typesetter puts them."""
    out = esc(text)
    if lang == "fr":
        for mark in (":", "?", "»", "%"):
            out = out.replace(f" {mark}", f"&nbsp;{mark}")
        out = out.replace("« ", "«&nbsp;")
    return out


def listing(newsroom: Newsroom, section: Section, number: int) -> str:
    """Render list page `number`: on the first a top block, whose stories stand in the list again."""
    stories = page_of(newsroom, section, number)
    labels = section.language.labels
    top = (
        '<div class="top-block">' + lines(card(story, "card listed top") for story in stories[:2]) + "</div>"
        if number == 1
        else ""
    )
    cards = lines(card(story, "card listed") for story in stories)
    pager = ""
    if number > 1:
        pager += f'<a rel="prev" href="{section.path}?page={number - 1}">{esc(labels["previous"])}</a> '
    if number < pages_of(newsroom, section):
        pager += f'<a rel="next" href="{section.path}?page={number + 1}">{esc(labels["next"])}</a>'
    main = f'<h1 class="section-title">{esc(section.name)}</h1>{top}<div class="list">{cards}</div><nav class="pager">{pager}</nav>'
    return _frame(newsroom, section, section.name, main)


def plain(newsroom: Newsroom, section: Section, title: str, stories: list[Story], text: str = "") -> str:
    """Render any other page: front pages, tag pages, "about"."""
    words = f"<p>{esc(text)}</p>" if text else ""
    cards = lines(card(story, "card listed") for story in stories)
    main = f'<h1 class="section-title">{esc(title)}</h1>{words}<div class="list">{cards}</div>'
    return _frame(newsroom, section, title, main)


def _frame(newsroom: Newsroom, section: Section, title: str, main: str, head: str = "") -> str:
    labels = section.language.labels
    menu = "".join(
        f'<li><a href="{other.path}">{esc(other.name)}</a></li>'
        for other in newsroom.sections
        if other.lang == section.lang
    )
    editions = " ".join(
        f'<a href="/{lang}/" hreflang="{lang}">{lang}</a>'
        for lang in dict.fromkeys(s.lang for s in newsroom.sections)
    )
    popular = "".join(
        f'<li><a href="{story.article.url}">{esc(story.article.title)}</a></li>'
        for story in most_read(newsroom, section)
    )
    return f"""<!DOCTYPE html>
<html lang="{section.lang}"{direction(section.language)}>
<head><meta charset="utf-8"><title>{esc(title)} | {PAPER}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="alternate" type="application/rss+xml" href="/rss/{section.lang}-{section.slug}.xml">
{head}
<style>.ad-slot{{min-height:250px}} .kicker::after{{content:" —"}}</style>
{TRACKER}</head>
<body>
<header class="masthead"><a class="logo" href="/">{PAPER}</a><div class="editions">{editions}</div>
<nav class="main-menu"><ul>{menu}<li><a href="/weather/">{esc(labels["weather"])}</a></li><li><a href="/search/">{esc(labels["search"])}</a></li></ul></nav></header>
<div class="cookie-banner" role="dialog"><p>Cookies? Mmh.</p><button>OK</button></div>
<main>
{main}
</main>
<aside class="side-column"><h2>{esc(labels["most_read"])}</h2><ol class="most-read">{popular}</ol>{_advert(section)}</aside>
<footer class="site-footer"><p>© 2024 {PAPER}. {esc(labels["rights"])}.</p><a href="/about/">{esc(labels["about"])}</a> <a href="/contact/">{esc(labels["contact"])}</a> <a href="/private/drafts.html">·</a></footer>
</body></html>
"""
