"""Section pages: their stories, their feeds, and (on a front page) the sections themselves.

With a profile, its `stories` rules say what a story is. Without, or where they find nothing, a story is a
link to the same site whose address looks like an article's, whose text looks like a headline, and which
stands where stories stand: in a heading, in a card, in a structure that repeats. Links in navigation,
footers, breadcrumbs, tags and pagers are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial

import attrs
from lxml import etree

from archive.dates import parse_date
from archive.extract.page import ParsedPage
from archive.text import squash, text_of, weight
from archive.urls import absolute, canonical
from crawler.discovery.links import MAX_LINKS, Candidate, Scope, is_mixed, is_service, url_likeness

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CARDS = frozenset(("article", "li", "section", "figure", "td"))
_NAVIGATION_TAGS = frozenset(("nav", "footer"))
_NAVIGATION_ROLES = frozenset(("navigation", "contentinfo", "menu", "menubar", "tablist"))
_NAVIGATION_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|footer|pagination|pager|paging|tags?"
    r"|tag-?list|social|share|lang(?:uages?)?|toolbar|topbar|sitemap|cookie|consent|login|ad|ads|advert|banner|sponsored|hashtags?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CARD_NAMES = re.compile(
    r"(?:^|[\s_-])(?:story|stories|card|teaser|item|post|article|entry|news"
    r"|headline|title|tit|titre|latest|media|block)s?(?:$|[\s_-])",
    re.IGNORECASE,
)
_FEED_ADDRESS = re.compile(
    r"/(?:rss|feed|feeds|atom|flux-?rss|rss-feeds?)(?:/[^?#]{0,80})?/?(?:\?|$)|\.(?:rss|atom|rdf)(?:\?|$)"
    r"|(?:rss|feed|atom)[^/?#]{0,40}\.(?:xml|json|php|aspx)(?:\?|$)|[?&](?:feed|format|output)=(?:rss2?|atom|feed)",
    re.IGNORECASE,
)
_FEED_TYPES = frozenset(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "text/rss+xml",
        "application/x-rss+xml",
    )
)
_GENERAL_TYPES = frozenset(("application/json", "text/xml", "application/xml"))
"""JSON Feed asks for the first of them, old feeds have the others; so have other things."""
_FEED_NAME = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
_HEADLINE, _SHORT_HEADLINE = 25, 12
"""Weights (archive.text.weight) from which a text is a headline by itself, or beside other evidence."""
MAX_SECTIONS = 60
_LOOK_UP = 8


@attrs.define
class _Anchors:
    """All links of a page to one address."""

    url: str
    likeness: int
    order: int
    title: str = ""
    in_heading: bool = False
    in_card: bool = False
    signature: tuple[str, ...] = ()
    date: str | None = None


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _elements_above(element: etree._Element, limit: int) -> Iterator[etree._Element]:
    for count, ancestor in enumerate(element.iterancestors()):
        if count == limit or ancestor.tag in ("body", "html"):
            return
        yield ancestor


def _is_navigation(element: etree._Element) -> bool:
    if element.tag in _NAVIGATION_TAGS or element.get("role") in _NAVIGATION_ROLES:
        return True
    names = _names(element)
    return bool(names.strip()) and bool(_NAVIGATION_NAMES.search(names))


def _in_navigation(anchor: etree._Element, memo: dict[etree._Element, bool]) -> bool:
    """Tell whether a link, or anything around it, is navigation. Each element is judged once a page."""
    path: list[etree._Element] = []
    answer = False
    for element in (anchor, *anchor.iterancestors()):
        if element.tag in ("body", "html"):
            break
        known = memo.get(element)
        if known is not None:
            answer = known
            break
        path.append(element)
        if _is_navigation(element):
            answer = True
            break
    for element in path:
        memo[element] = answer
    return answer


def _headline(anchor: etree._Element) -> str:
    """Return the text of a link; its title attribute where that says more (lists shorten headlines)."""
    text = text_of(anchor)
    title = squash(anchor.get("title"))
    if (
        title
        and (len(title) > len(text))
        and (not text or text.rstrip(".… ")[:20] == title[: min(20, len(text.rstrip(".… ")))])
    ):
        return title
    return text


def _signature(anchor: etree._Element) -> tuple[str, ...]:
    return tuple(
        str(ancestor.tag) + "." + (ancestor.get("class") or "").partition(" ")[0]
        for ancestor in _elements_above(anchor, 4)
    )


def _date_near(anchor: etree._Element, parse: partial[str | None]) -> str | None:
    """Return the date in the story's own box: the nearest ancestor with a <time>, if it holds one story
    only.
    """
    for ancestor in _elements_above(anchor, 5):
        times = list(ancestor.iter("time"))
        if len(times) > 1:
            return None
        if times:
            return parse(times[0].get("datetime") or text_of(times[0]))
    return None


def generic_stories(parsed: ParsedPage, scope: Scope) -> list[Candidate]:
    """Return the stories of a section page of which nothing is known, in page order."""
    by_url: dict[str, _Anchors] = {}
    memo: dict[etree._Element, bool] = {}
    parse = partial(
        parse_date,
        lang=None,
        timezone=scope.site.timezone if scope.site else None,
        now=parsed.page.fetched_at,
    )
    own = canonical(parsed.page.url)
    for order, anchor in enumerate(parsed.tree.iter("a")):
        if order >= MAX_LINKS:
            break
        url = absolute(parsed.base_url, anchor.get("href"))
        if url is None or not scope.contains(url):
            continue
        key = scope.key(url)
        known = by_url.get(key)
        if known is None:
            likeness = url_likeness(url, scope)
            if likeness == 0 or canonical(url) == own or _in_navigation(anchor, memo):
                continue
            known = by_url[key] = _Anchors(url=scope.plain(url), likeness=likeness, order=order)
        elif scope.is_twin(known.url) and not scope.is_twin(url):
            known.url = scope.plain(url)  # the article rather than its copy
        _weigh(known, anchor, parse)
    repeated = Counter(entry.signature for entry in by_url.values())
    stories = [entry for entry in by_url.values() if _is_story(entry, repeated)]
    return [
        Candidate(url=entry.url, title=entry.title or None, date=entry.date, position=position)
        for position, entry in enumerate(stories, 1)
    ]


def _weigh(entry: _Anchors, anchor: etree._Element, parse: partial[str | None]) -> None:
    text = _headline(anchor)
    above = list(_elements_above(anchor, _LOOK_UP))
    in_heading = any(one.tag in _HEADINGS for one in above) or any(True for _ in anchor.iter(*_HEADINGS))
    better = len(text) > len(entry.title) and not (entry.in_heading and not in_heading)
    if better or (in_heading and not entry.in_heading and text):
        heading = next(anchor.iter(*_HEADINGS), None)
        entry.title = text_of(heading) or text if heading is not None else text
        entry.signature = _signature(anchor)
    entry.in_heading |= in_heading
    entry.in_card |= any(one.tag in _CARDS or _CARD_NAMES.search(_names(one)) for one in above)
    entry.date = entry.date or _date_near(anchor, parse)


def _is_story(entry: _Anchors, repeated: Counter[tuple[str, ...]]) -> bool:
    length = weight(entry.title)
    if entry.likeness == 3:
        return length >= _SHORT_HEADLINE
    points = entry.likeness + entry.in_heading + entry.in_card + (entry.date is not None)
    points += (length >= _HEADLINE) + (repeated[entry.signature] >= 3)
    return length >= _SHORT_HEADLINE and points >= 4


def feeds_of(parsed: ParsedPage) -> list[str]:
    """Return the feeds that a page announces (`link rel=alternate`); those of comments are left out."""
    found: dict[str, None] = {}
    for element in parsed.tree.iter("link"):
        rel = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" not in rel or kind not in _FEED_TYPES | _GENERAL_TYPES:
            continue
        url, title = absolute(parsed.base_url, element.get("href")), element.get("title") or ""
        if url and kind in _GENERAL_TYPES and not (_FEED_ADDRESS.search(url) or _FEED_NAME.search(title)):
            continue
        if url and "comment" not in f"{url} {title}".lower():
            found[url] = None
    return list(found)[:20]


def feed_links(parsed: ParsedPage, scope: Scope) -> list[str]:
    """Return the feeds to which a page has plain links, by address; those of comments are left out."""
    found: dict[str, None] = {}
    for anchor in parsed.tree.iter("a"):
        url = absolute(parsed.base_url, anchor.get("href"))
        if url and scope.contains(url) and _FEED_ADDRESS.search(url) and "comment" not in url.lower():
            found[url] = None
    return list(found)[:40]


def sections_of(parsed: ParsedPage, scope: Scope) -> list[Candidate]:
    """Return the sections that a front page's navigation leads to, in page order."""
    found: dict[str, Candidate] = {}
    memo: dict[etree._Element, bool] = {}
    own = scope.key(parsed.page.url)
    for anchor in parsed.tree.iter("a"):
        url = absolute(parsed.base_url, anchor.get("href"))
        if url is None or not scope.contains(url) or "?" in url or not _in_navigation(anchor, memo):
            continue
        name = text_of(anchor) or squash(anchor.get("title"))
        key = scope.key(url)
        if key == own or key in found or not 2 <= len(name) <= 40 or not _may_be_section(url, scope):
            continue
        found[key] = Candidate(url=url, title=name, position=len(found) + 1, section=name)
        if len(found) == MAX_SECTIONS:
            break
    return list(found.values())


def _may_be_section(url: str, scope: Scope) -> bool:
    path = url.partition("://")[2].partition("/")[2].strip("/")
    if not path or path.count("/") > 2 or len(path) > 60 or url_likeness(url, scope) >= 2:
        return False
    path = f"/{path}/"
    return not (_NOT_SECTIONS.search(path) or is_service(path) or is_mixed(path))


_NOT_SECTIONS = re.compile(
    r"/(?:tags?|authors?|auteurs?|search|recherche|tim-kiem|login|register|connexion|account|abonn[^/]*|subscri[^/]*|newsletters?|contact[^/]*"
    r"|about[^/]*|a-propos|mentions-legales|privacy[^/]*|cookies?[^/]*|terms[^/]*|cgu|cgv|legal|impressum|datenschutz|faq|help|aide|rss[^/]*|feeds?"
    r"|jobs?|careers?|advertis[^/]*|sitemap[^/]*)(?:/|\.)|\.(?:pdf|xml|rss|jpe?g|png|zip|apk)/$",
    re.IGNORECASE,
)


def section_name(parsed: ParsedPage, scope: Scope | None = None, reached_by: str | None = None) -> str | None:
    """Return the name of a section: its only h1, else what links to it say, else what its title says.

    `reached_by`: the words of the link that led here. A title that is the paper's name, as all its sections
    may have it, names no section.
    """
    papers = {squash(value).casefold() for value in parsed.meta.get("og:site_name", [])}
    if scope is not None and scope.site is not None:
        papers.add(squash(scope.site.title).casefold())
    headings = [text for heading in parsed.tree.iter("h1") if (text := text_of(heading))]
    if len(headings) == 1 and len(headings[0]) <= 60 and headings[0].casefold() not in papers:
        return headings[0]
    named = reached_by or (_name_in_navigation(parsed, scope) if scope is not None else None)
    if named:
        return named
    titles = [value for value in parsed.meta.get("og:title", []) if value and len(value) <= 60]
    title = next((text_of(one) for one in parsed.tree.iter("title")), "")
    titles.append(squash(re.split(r"\s[|–—-]\s", title)[0]))
    return next((one for one in titles if 0 < len(one) <= 60 and one.casefold() not in papers), None)


def _name_in_navigation(parsed: ParsedPage, scope: Scope) -> str | None:
    """Return what the page's own navigation calls it; of later pages of a list what it calls the first."""
    own = scope.key(parsed.page.url.partition("?")[0])
    memo: dict[etree._Element, bool] = {}
    for anchor in parsed.tree.iter("a"):
        url = absolute(parsed.base_url, anchor.get("href"))
        if url is None or "?" in url or scope.key(url) != own or not _in_navigation(anchor, memo):
            continue
        name = text_of(anchor)
        if 2 <= len(name) <= 40 and _may_be_section(url, scope):
            return name
    return None
