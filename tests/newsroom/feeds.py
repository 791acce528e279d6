"""Machine-readable pages: robots.txt, RSS, Atom, sitemaps, the load-more endpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson

from tests.newsroom.articles import Section, Story
from tests.newsroom.layouts.markup import PAPER, esc, lines, page_of, pages_of, thumbnail
from tests.newsroom.newsroom import Newsroom


def robots(newsroom: Newsroom) -> str:
    """Return robots.txt: everything but /private/."""
    delay = f"Crawl-delay: {newsroom.crawl_delay:g}\n" if newsroom.crawl_delay is not None else ""
    return f"User-agent: *\nDisallow: /private/\n{delay}\nSitemap: {newsroom.url('/sitemap.xml')}\n"


def rss(newsroom: Newsroom, section: Section) -> str:
    """Return the section's RSS 2.0 feed; descriptions are escaped HTML, as feeds have them."""
    items = []
    for story in newsroom.in_section(section)[:20]:
        it = story.article
        text = esc(f"<p>{esc(it.lead)}</p>") if it.lead else ""
        when = format_datetime(story.published)
        people = "".join(f"<dc:creator>{esc(name)}</dc:creator>" for name in it.authors)
        items.append(
            f'<item><title>{esc(it.title)}</title><link>{newsroom.url(it.url)}</link><guid isPermaLink="false">{it.key}</guid>'
            f"<pubDate>{when}</pubDate>{people}<description>{text}</description></item>"
        )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{PAPER} - {esc(section.name)}</title><link>{newsroom.url(section.path)}</link>
<description>{esc(section.name)}</description><language>{section.lang}</language>
{lines(items)}
</channel></rss>
"""


def atom(newsroom: Newsroom) -> str:
    """Return the Atom feed (RFC 4287) of the thirty newest stories."""
    entries = []
    for story in newsroom.newest(30):
        it = story.article
        entries.append(
            f'<entry><title>{esc(it.title)}</title><link rel="alternate" href="{newsroom.url(it.url)}"/><id>tag:newsroom,2024:{it.key}</id>'
            f"<published>{it.published}</published><updated>{it.modified or it.published}</updated>"
            f'<summary type="text">{esc(it.lead)}</summary></entry>'
        )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>{PAPER}</title><id>tag:newsroom,2024:all</id>
<updated>{newsroom.moment.isoformat()}</updated><link rel="self" href="{newsroom.url("/atom.xml")}"/>
{lines(entries)}
</feed>
"""


def months(newsroom: Newsroom) -> list[str]:
    """Return the months that have stories, "2024-10"."""
    return sorted({f"{story.published:%Y-%m}" for story in newsroom.stories})


def sitemap_index(newsroom: Newsroom) -> str:
    """Return the sitemap index: a month each, and the news sitemap."""
    paths = [f"/sitemaps/news-{month}.xml" for month in months(newsroom)] + ["/sitemaps/google-news.xml"]
    entries = lines(f"<sitemap><loc>{newsroom.url(path)}</loc></sitemap>" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}\n</sitemapindex>\n'


def sitemap(newsroom: Newsroom, month: str) -> str | None:
    """Return the sitemap of a month, with titles in CDATA; None for a month without stories."""
    stories = [story for story in newsroom.stories if f"{story.published:%Y-%m}" == month]
    return _urlset(newsroom, stories) if stories else None


def news_sitemap(newsroom: Newsroom) -> str:
    """Return the news sitemap: the last two days."""
    return _urlset(
        newsroom,
        [story for story in newsroom.stories if story.published > newsroom.moment - timedelta(days=2)],
    )


def _urlset(newsroom: Newsroom, stories: list[Story]) -> str:
    entries = lines(
        f"<url><loc> {newsroom.url(story.article.url)} </loc><lastmod>{story.article.modified or story.article.published}</lastmod>"
        f"<news:news><news:publication><news:name>{PAPER}</news:name><news:language>{story.section.lang}</news:language></news:publication>"
        f"<news:publication_date>{story.article.published}</news:publication_date><news:title><![CDATA[{story.article.title}]]></news:title></news:news></url>"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}\n</urlset>\n'
    )


def load_more(newsroom: Newsroom, section: Section, page: int) -> bytes:
    """Return a page of the load-more endpoint: relative addresses, dates as seconds, teasers as HTML."""
    contents = [
        {
            "content_id": story.number, "title": story.article.title, "description": f"<p>{esc(story.article.lead)}</p>",
            "date": int(story.published.timestamp()), "avatar_url": thumbnail(story), "url": story.article.url,
        }
        for story in page_of(newsroom, section, page)
    ]  # fmt: skip
    more = page < pages_of(newsroom, section)
    return orjson.dumps({"error_code": 0, "data": {"contents": contents, "load_more": more}})


def http_date(moment: datetime) -> str:
    """Return a moment as HTTP writes it (RFC 9110 §5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
