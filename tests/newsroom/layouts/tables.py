"""Layout "tables": HTML 4 in tables, paragraphs parted by <br>, a visible date and no metadata at all."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from archive.model import Article, Block, Photo
from tests.newsroom.articles import HOME_ZONE, Section, Story
from tests.newsroom.layouts.markup import (
    PAPER,
    TRACKER,
    credit_line,
    direction,
    esc,
    lines,
    most_read,
    page_of,
    pages_of,
    tag_path,
    thumbnail,
    visible_date,
)  # fmt: skip
from tests.newsroom.newsroom import Newsroom


def shown(newsroom: Newsroom, story: Story) -> Article:
    """Return the article as this layout shows it.

    The time is home time to the minute, without a zone (the profile names it). No kicker, no date of change.
    Subheads, quotes and items are lines like others. The box of links has titles only, and the box in the
    text is not shown.
    """
    it = newsroom.known(story)
    raw = visible_date(story.published)
    moment = datetime.strptime(raw, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo(HOME_ZONE))
    links = [link for link in it.related if link.box == story.section.language.labels["more"]]
    return attrs.evolve(
        it,
        kicker=None,
        modified=None,
        published=moment.isoformat(),
        published_raw=raw,
        blocks=tuple(Block(kind="paragraph", text=block.text) for block in it.blocks),
        related=tuple(
            attrs.evolve(link, teaser=None, photo_caption=None, photo_credit=None, position=place)
            for place, link in enumerate(links, 1)
        ),
    )


def article(newsroom: Newsroom, story: Story) -> str:
    """Render the page of an article."""
    it = newsroom.known(story)
    labels = story.section.language.labels
    lead = f'<div class="sapo"><b>{esc(it.lead)}</b></div>' if it.lead else ""
    authors = "<br>".join(f'<b class="author">{esc(name)}</b>' for name in it.authors)
    tags = ", ".join(f'<a class="kw" href="{tag_path(story.section, tag)}">{esc(tag)}</a>' for tag in it.tags)
    links = "".join(
        f'<li><a href="{other.article.url}">{esc(other.article.title)}</a> <font color="gray">({visible_date(other.published)[:5]})</font></li>'
        for other in newsroom.more_of(story)
    )
    main = f"""<table width="100%" border="0"><tr><td class="path"><a href="/">{esc(labels["home"])}</a> &gt; <a href="{story.section.path}" class="cat">{esc(it.section)}</a></td>
<td class="date" align="right">{visible_date(story.published)}</td></tr></table>
<div class="ptitle"><font size="5">{esc(it.title)}</font></div>
{lead}
<div id="article_text">
{_body(story, it)}
</div>
<div align="right">{authors}</div>
<table class="tools"><tr><td><a href="/about/?print={it.key}">⎙</a></td><td><a href="/contact/?send={it.key}">{esc(labels["share"])}</a></td></tr></table>
<div class="keywords">{esc(labels["tags"])}: {tags}</div>
<table class="others" width="100%"><tr><td><b class="box-title">{esc(labels["more"])}</b></td></tr><tr><td><ul>{links}</ul></td></tr></table>"""
    return _frame(newsroom, story.section, it.title or "", main)


def _body(story: Story, it: Article) -> str:
    parts: list[str] = []
    tables = [_photo(photo, story) for photo in it.photos]
    for place, block in enumerate(it.blocks):
        if tables and place in (0, 2, 4):
            parts.append(tables.pop(0))
        text = esc(block.text)
        parts.append(
            f"<b>{text}</b>"
            if block.kind == "subhead"
            else f"- {text}"
            if block.text.startswith("-")
            else text
        )
        parts.append("<br><br>" if place % 3 else "<br/>\n&nbsp;<br/>")
        if place == 3:
            parts.append(
                f'<div class="qc"><font size="1">{esc(story.section.language.labels["advert"])}</font></div>'
            )
    return lines(parts + tables)


def _photo(photo: Photo, story: Story) -> str:
    alt = f' alt="{esc(photo.alt)}"' if photo.alt else ""
    words = f"{photo.caption} {credit_line(photo, story.section.language)}".strip() if photo.caption else ""
    caption = f'<tr><td align="center"><span class="caption">{esc(words)}</span></td></tr>' if words else ""
    return f'<table class="img" align="center"><tr><td><img src="{photo.url}" border="0"{alt}></td></tr>{caption}</table>'


def listing(newsroom: Newsroom, section: Section, number: int) -> str:
    """Render list page `number`, reached by /page/N/."""
    labels = section.language.labels
    rows = []
    for story in page_of(newsroom, section, number):
        it = story.article
        rows.append(
            f'<tr class="listed"><td><a href="{it.url}"><img src="{thumbnail(story)}" width="80" border="0" alt=""></a></td>'
            f'<td><a class="link-title" href="{it.url}">{esc(it.title)}</a><br><font size="1" class="when">{visible_date(story.published)}</font>'
            f'<br><span class="intro">{esc(it.lead)}</span></td></tr>'
        )
    pager = [
        f'<a href="{section.path}page/{page}/">{page}</a>'
        for page in range(1, pages_of(newsroom, section) + 1)
        if page != number
    ]
    if number < pages_of(newsroom, section):
        pager.append(f'<a class="next" href="{section.path}page/{number + 1}/">{esc(labels["next"])}</a>')
    main = f'<div class="ptitle-cat"><h2>{esc(section.name)}</h2></div><table class="list">{lines(rows)}</table><div class="pages">{" ".join(pager)}</div>'
    return _frame(newsroom, section, section.name, main)


def _frame(newsroom: Newsroom, section: Section, title: str, main: str) -> str:
    labels = section.language.labels
    menu = " | ".join(
        f'<a href="{other.path}">{esc(other.name)}</a>'
        for other in newsroom.sections
        if other.lang == section.lang
    )
    popular = "<br>".join(
        f'&bull; <a href="{story.article.url}">{esc(story.article.title)}</a>'
        for story in most_read(newsroom, section)
    )
    charset = newsroom.encodings.get(section.lang, "utf-8")
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html lang="{section.lang}"{direction(section.language)}>
<head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{esc(title)} - {PAPER}</title>
{TRACKER}</head>
<body bgcolor="#ffffff" topmargin="0">
<table width="1000" align="center" cellpadding="0"><tr><td colspan="3" class="top"><a href="/"><img src="/images/logo.png" alt="{PAPER}" border="0"></a></td></tr>
<tr><td colspan="3" class="menu-bar">{menu} | <a href="/weather/">{esc(labels["weather"])}</a></td></tr>
<tr><td width="160" valign="top" class="left-col"><b>{esc(labels["most_read"])}</b><br>{popular}<br><div class="qc"><font size="1">{esc(labels["advert"])}</font></div></td>
<td valign="top" id="content">
{main}
</td>
<td width="160" valign="top" class="right-col"><form action="/search/"><input name="q" size="12"><input type="submit" value="{esc(labels["search"])}"></form><p>{esc(labels["newsletter"])}</p></td></tr>
<tr><td colspan="3" class="bottom" align="center"><font size="1">© {PAPER}. {esc(labels["rights"])}. <a href="/about/">{esc(labels["about"])}</a> - <a href="/contact/">{esc(labels["contact"])}</a></font></td></tr></table>
</body></html>
"""
