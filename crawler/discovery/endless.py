"""Lists that go on behind a button, of papers without a rule for it: where the button or the scrolling asks,
and what it is answered (JSON with stories, JSON with HTML, HTML).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from attrs import frozen
from lxml import etree

from archive.extract.embedded import walk
from archive.extract.page import ParsedPage
from archive.text import text_of
from archive.urls import absolute
from crawler.discovery.entries import MAX_ITEMS, candidates, is_address, is_story
from crawler.discovery.links import Scope
from crawler.discovery.loadmore import More, button_page
from crawler.discovery.paging import next_pages
from crawler.discovery.stories import stories_of

_ATTRIBUTES = (
    "data-next-url", "data-next-page-url", "data-load-more-url", "data-loadmore-url", "data-more-url",
    "data-ajax-url", "data-endpoint", "data-api-url", "data-api", "hx-get", "data-url", "data-href",
    "data-path", "data-src", "data-next",
)  # fmt: skip
_BUTTON = re.compile(
    r"load.?more|show.?more|view.?more|see.?more|more.?(?:posts|stories|news|articles)|infinite|endless|scroll"
    r"|voir.?plus|charger|plus.?d.articles|afficher.?plus"
    r"|ver.?m[aá]s|cargar|carregar|mais.?not[ií]cias|mehr.?(?:laden|anzeigen)"
    r"|xem.?thêm|tải.?thêm|xem-them|加载更多|加載更多|查看更多|もっと見る|더보기"
    r"|المزيد|โหลดเพิ่มเติม|ดูเพิ่มเติม|показать ещ[её]|загрузить",
    re.IGNORECASE,
)
_NEXT = ("next", "next_url", "nextUrl", "next_page_url", "nextPageUrl", "next_page", "nextPage", "more_url")
_FLAGS = ("has_more", "hasMore", "has_next", "hasNext", "hasNextPage", "load_more", "more", "is_more")
_PAGE = re.compile(r"page|paged|p|pg|trang|seite|pagina|pn|pageindex|page_no|pagenumber", re.IGNORECASE)
_OFFSET = re.compile(r"offset|start|skip|from|begin", re.IGNORECASE)
_PATH_PAGE = re.compile(r"(?<=[/_-])(\d{1,5})(?=(?:\.\w{2,5})?/?$)")
MAX_NODES = 20_000
"""Values of an answer that are looked at."""
MAX_BUTTONS = 3


@frozen
class _Lists:
    """What a JSON answer holds."""

    stories: list[dict[str, Any]]
    markup: str
    next_url: str | None
    ended: bool


def buttons_of(parsed: ParsedPage, scope: Scope) -> list[str]:
    """Return the addresses that the "load more" buttons of a page name, those of other sites left out."""
    found: dict[str, None] = {}
    for element in parsed.tree.iter("button", "a", "div", "section", "span", "ul"):
        href = next((value for name in _ATTRIBUTES if (value := element.get(name))), None)
        if href is None or len(href) > 2_000 or "{" in href or not _is_button(element):
            continue
        url = absolute(parsed.base_url, href)
        # One more page has a number somewhere; a share button or a photo has none.
        if url is not None and scope.contains(url) and (_turned(url, 1) or "cursor" in url or "after" in url):
            found[url] = None
        if len(found) == MAX_BUTTONS:
            break
    return list(found)


def _is_button(element: etree._Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-action') or ''}"
    if _BUTTON.search(names):
        return True
    return element.tag in ("button", "a", "span") and bool(_BUTTON.search(text_of(element)[:60]))


def read_endless(data: bytes, url: str, base: str, scope: Scope, now: datetime) -> More:
    """Read an answer of which nothing is known; empty where there are no stories in it. Never raises.

    `url` is that of the answer, `base` that of the page with the button.
    """
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] not in (b"{", b"["):
        return _of_markup(text, url, base, scope, now)
    try:
        answer: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return More()
    lists = _lists_of(answer, base, scope)
    found = candidates(lists.stories, base, scope, now)
    if not found and lists.markup:
        found = stories_of(button_page(lists.markup.encode("utf-8", "replace"), base, now), scope)
    following = None
    if found and not lists.ended:
        following = absolute(url, lists.next_url) if lists.next_url else _turned(url, len(found))
    return More(stories=tuple(found), next_url=following if following and scope.contains(following) else None)


def _of_markup(text: bytes, url: str, base: str, scope: Scope, now: datetime) -> More:
    if b"<a" not in text[: 1 << 20].lower():
        return More()
    parsed = button_page(text, base, now)
    found = stories_of(parsed, scope)
    named = buttons_of(parsed, scope) or next_pages(parsed, scope)
    following = named[0] if named else _turned(url, len(found))
    return More(stories=tuple(found), next_url=following if found else None)


def _lists_of(answer: Any, base: str, scope: Scope) -> _Lists:
    """Find the list with most stories, the longest HTML, and what says where it goes on."""
    best: list[dict[str, Any]] = []
    markup, following, ended = "", None, False
    for value in walk(answer, MAX_NODES):
        if isinstance(value, list):
            stories = [one for one in value[:MAX_ITEMS] if is_story(one, base, scope)]
            best = stories if len(stories) > len(best) else best
        elif isinstance(value, dict):
            following = following or next(
                (value[name] for name in _NEXT if is_address(value.get(name), base)), None
            )
            ended |= any(value[name] in (False, 0, "0", "false") for name in _FLAGS if name in value)
        elif isinstance(value, str) and "<a" in value and len(value) > len(markup):
            markup = value
    return _Lists(best, markup, following, ended)


def _turned(url: str, count: int) -> str | None:
    """Return the address of the page after: its number one higher, its offset as many stories further."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for at, (name, value) in enumerate(pairs):
        if value.isascii() and value.isdigit() and len(value) < 8:
            step = 1 if _PAGE.fullmatch(name) else count if _OFFSET.fullmatch(name) else 0
            if step:
                pairs[at] = (name, str(int(value) + step))
                return parts._replace(query=urlencode(pairs)).geturl()
    match = _PATH_PAGE.search(parts.path)
    if match is None:
        return None
    path = parts.path[: match.start()] + str(int(match[1]) + 1) + parts.path[match.end() :]
    return parts._replace(path=path).geturl()
