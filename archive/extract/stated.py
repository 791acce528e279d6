"""Which of a page's JSON-LD articles is the page's own.

A page may carry many: the updates of a live blog, each with its own date and headline; the stories of the
boxes. The page's own comes first here: a live blog before its updates, then the one whose address or
headline is the page's, then the others as `ParsedPage.articles` has them. One page in 60 states another
article first.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from archive.extract.found import key
from archive.extract.page import ParsedPage, ld_text, types_of


def _addresses(node: dict[str, Any]) -> list[str]:
    out = []
    for name in ("url", "mainEntityOfPage", "@id"):
        value = node.get(name)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            out.append(value)
    return out


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def about_page(parsed: ParsedPage, title: str | None = None) -> list[dict[str, Any]]:
    """Return the JSON-LD articles, the page's own first, updates of a live blog and their like left out
    where another remains.
    """
    nodes = parsed.articles
    if len(nodes) < 2:
        return nodes
    parts = {
        id(part)
        for node in parsed.ld
        for name in ("liveBlogUpdate", "hasPart", "itemListElement", "mentions", "isPartOf", "relatedLink")
        for part in (node[name] if isinstance(node.get(name), list) else ())
    }
    own = _path(parsed.page.url)
    canonical = _path(parsed.canonical_href)
    wanted = key(title or "")

    def rank(node: dict[str, Any]) -> tuple[bool, bool, bool]:
        paths = {_path(url) for url in _addresses(node) if "#" not in url.rstrip("#")}
        here = bool(own) and (own in paths or (bool(canonical) and canonical in paths))
        named = bool(wanted) and key(ld_text(node.get("headline")) or ld_text(node.get("name"))) == wanted
        return "LiveBlogPosting" not in types_of(node), not (here or named), id(node) in parts

    return sorted((n for n in nodes if id(n) not in parts), key=rank) or sorted(nodes, key=rank)
