"""What stands at which path of the newspaper: a pure function of the newsroom's state."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import field, frozen

from tests.newsroom import feeds, images
from tests.newsroom.articles import Section, Story
from tests.newsroom.layouts import LAYOUTS, modern
from tests.newsroom.layouts.markup import pages_of
from tests.newsroom.newsroom import Newsroom

_ARTICLE = re.compile(r"^/[a-z]{2}/[^/]+/(?:[^/]*-)?a(\d+)\.(html|amp)$")
_PLAIN = ("about", "contact", "weather", "search", "subscribe", "private/drafts.html")


@frozen(kw_only=True)
class Reply:
    """An answer before it goes on the wire."""

    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    body: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    changed: datetime | None = None
    """For Last-Modified."""

    @property
    def etag(self) -> str:
        """A strong validator: the digest of the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class Pages:
    """Answers for every path. Rendered pages are kept: the newsroom's state never changes."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._kept: dict[str, Reply] = {}
        self._sections = {section.path: section for section in newsroom.sections}

    def get(self, target: str) -> Reply:
        """Return the answer to a request target (path and query)."""
        reply = self._kept.get(target)
        if reply is None:
            parts = urlsplit(target)
            reply = self._make(parts.path, parse_qs(parts.query))
            if len(self._kept) < 20_000:
                self._kept[target] = reply
        return reply

    def _make(self, path: str, query: dict[str, list[str]]) -> Reply:
        for answer in (self._article, self._list, self._machine, self._image, self._other):
            reply = answer(path, query)
            if reply is not None:
                return reply
        return self._missing(path, 404)

    def _article(self, path: str, query: dict[str, list[str]]) -> Reply | None:
        found = _ARTICLE.match(path)
        story = self.newsroom.story(found[1]) if found else None
        if story is None or found is None:
            return None
        if found[2] == "amp":
            if story.section.layout != "magazine":
                return None
            return self._html(LAYOUTS["amp"].article(self.newsroom, story), story)
        html = LAYOUTS[story.section.layout].article(self.newsroom, story)
        encoding = (
            self.newsroom.encodings.get(story.section.lang) if story.section.layout == "tables" else None
        )
        return self._html(html, story, encoding)

    def _html(self, html: str, story: Story | None = None, encoding: str | None = None) -> Reply:
        changed = (
            datetime.fromisoformat(story.article.modified or story.article.published or "") if story else None
        )
        if encoding:  # such servers name no charset; the page does
            return Reply(
                body=html.encode(encoding, "xmlcharrefreplace"), content_type="text/html", changed=changed
            )
        return Reply(body=html.encode(), changed=changed)

    def _list(self, path: str, query: dict[str, list[str]]) -> Reply | None:
        found = re.fullmatch(r"(/[a-z]{2}/[^/]+/)(?:page/(\d+)/)?", path)
        section = self._sections.get(found[1]) if found else None
        if section is None or found is None:
            return self._front(path)
        if section.layout == "modern":
            number = (
                int(query["page"][0]) if query.get("page", ["1"])[0].isdecimal() and "page" in query else 1
            )
        else:
            number = int(found[2] or 1)
        if (found[2] and section.layout != "tables") or not 1 <= number <= pages_of(self.newsroom, section):
            return None
        listing = LAYOUTS[section.layout].listing
        assert listing is not None
        encoding = self.newsroom.encodings.get(section.lang) if section.layout == "tables" else None
        return self._html(listing(self.newsroom, section, number), None, encoding)

    def _front(self, path: str) -> Reply | None:
        room = self.newsroom
        if path == "/":
            return self._html(modern.plain(room, room.sections[0], "Accueil", room.newest(12)))
        editions = {f"/{section.lang}/": section for section in reversed(room.sections)}
        section = editions.get(path)
        if section is not None:
            stories = [
                story for story in room.newest(len(room.stories)) if story.section.lang == section.lang
            ][:12]
            return self._html(modern.plain(room, section, section.language.labels["home"], stories))
        found = re.fullmatch(r"/tag/([a-z]{2})/([^/]+)/", path)
        if found and f"/{found[1]}/" in editions:
            tag = unquote(found[2])
            stories = [s for s in room.stories if s.section.lang == found[1] and tag in s.article.tags]
            if stories:
                return self._html(modern.plain(room, editions[f"/{found[1]}/"], tag, stories))
        return None

    def _machine(self, path: str, query: dict[str, list[str]]) -> Reply | None:
        room = self.newsroom
        xml = "application/xml; charset=utf-8"
        if path == "/robots.txt":
            return Reply(body=feeds.robots(room).encode(), content_type="text/plain")
        if path == "/atom.xml":
            return Reply(body=feeds.atom(room).encode(), content_type="application/atom+xml")
        if path == "/sitemap.xml":
            return Reply(body=feeds.sitemap_index(room).encode(), content_type=xml)
        if path == "/sitemaps/google-news.xml":
            return Reply(body=feeds.news_sitemap(room).encode(), content_type=xml)
        found = re.fullmatch(r"/sitemaps/news-(\d{4}-\d\d)\.xml", path)
        if found:
            text = feeds.sitemap(room, found[1])
            return Reply(body=text.encode(), content_type=xml) if text else None
        for section in room.sections:
            if path == f"/rss/{section.lang}-{section.slug}.xml":
                return Reply(body=feeds.rss(room, section).encode(), content_type="application/rss+xml")
            more = re.fullmatch(rf"/api/more/{section.zone}/(\d+)\.json", path)
            if more:
                return Reply(
                    body=feeds.load_more(room, section, int(more[1])), content_type="application/json"
                )
        return None

    def _image(self, path: str, query: dict[str, list[str]]) -> Reply | None:
        found = re.fullmatch(r"/images/(?:thumb/)?(\d+)(?:-(\d))?\.(jpg|png)|/images/(logo)\.png", path)
        if not found:
            return None
        seed = int(found[1] or 7) + int(found[2] or 0)
        if found[3] == "jpg":
            return Reply(body=images.jpeg(seed), content_type="image/jpeg")
        return Reply(body=images.png(seed), content_type="image/png")

    def _other(self, path: str, query: dict[str, list[str]]) -> Reply | None:
        if path.startswith("/soft-404/"):
            return self._missing(path, 200)
        short = re.fullmatch(r"/a/(\d+)", path)
        story = self.newsroom.story(short[1]) if short else None
        if story is not None:
            return Reply(status=301, headers=(("Location", story.article.url),))
        if path == "/static/v0.js":
            return Reply(body=b"/* amp */", content_type="text/javascript")
        if path.strip("/") in _PLAIN:
            section = self.newsroom.sections[0]
            return self._html(modern.plain(self.newsroom, section, path.strip("/"), []))
        return None

    def _missing(self, path: str, status: int) -> Reply:
        section = next(
            (s for s in self.newsroom.sections if path.startswith(f"/{s.lang}/")), self.newsroom.sections[0]
        )
        html = modern.plain(self.newsroom, section, "404", [], section.language.labels["not_found"])
        return Reply(status=status, body=html.encode())


def section_of(newsroom: Newsroom, path: str) -> Section | None:
    """Return the section whose list page stands at a path."""
    return next((section for section in newsroom.sections if section.path == path), None)
