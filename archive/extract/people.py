"""Authors as names, and the agency.

Order: JSON-LD's author, the byline shown near the headline, meta, a byline elsewhere. Evidence (260 pages
with known authors): JSON-LD and meta name them on four pages of five, but also the paper, the desk, or one
of two authors; so a byline that holds all that JSON-LD names and more wins over it. Read from what is shown
alone, the lines around the headline (`archive.extract.byline`) give the right names on seven pages of ten.
The agency stands in the author's place, in the dateline, or after "Quelle:", "来源：", "Nguồn:".
"""

from __future__ import annotations

from typing import Any

from archive.extract.agencies import agency_of
from archive.extract.byline import bylines
from archive.extract.found import Found, key
from archive.extract.names import clean_names, without_label
from archive.extract.page import ParsedPage, plain, types_of
from archive.extract.sheet import Sheet
from archive.extract.stated import about_page
from archive.extract.title import site_names

_META = (
    "author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl",
    "cxenseparse:author",
    "dcterms.creator", "dc.contributor", "citation_author", "article:author_name", "og:article:author",
    "twitter:data1", "author_name", "authors", "article.author", "creator", "rbauthors", "vr:author",
)  # fmt: skip
_MAX_AUTHORS = 30


def _names(value: Any, by_id: dict[str, dict[str, Any]], depth: int = 0) -> list[tuple[str, str]]:
    """Return what a JSON-LD author value holds: (name, "person", "organization" or "")."""
    if depth > 3:
        return []
    if isinstance(value, str):
        return [(plain(value), "")] if not value.startswith(("http:", "https:")) else []
    if isinstance(value, dict):
        kinds = types_of(value)
        kind = (
            "organization"
            if any("Organization" in k for k in kinds)
            else "person"
            if "Person" in kinds
            else ""
        )
        name = value.get("name")
        if name is None and isinstance(value.get("@id"), str):
            named = by_id.get(value["@id"])
            return _names(named, by_id, depth + 1) if named is not None and named is not value else []
        if isinstance(name, str):
            return [(plain(name), kind)]
        if isinstance(name, list):
            return [(plain(item), kind) for item in name[:_MAX_AUTHORS] if isinstance(item, str)]
        return _names(name, by_id, depth + 1)
    if isinstance(value, list):
        return [found for item in value[:_MAX_AUTHORS] for found in _names(item, by_id, depth + 1)]
    return []


def _stated(
    parsed: ParsedPage, title: str | None, sites: frozenset[str]
) -> tuple[tuple[str, ...], list[str]]:
    """Return JSON-LD's names of persons, and all strings that stand in the author's place."""
    raw: list[str] = []
    by_id: dict[str, dict[str, Any]] = {}
    for node in parsed.ld:
        if isinstance(node.get("@id"), str) and "name" in node:
            by_id.setdefault(node["@id"], node)
    for node in about_page(parsed, title)[:3]:
        found = _names(node.get("author"), by_id) or _names(node.get("creator"), by_id)
        raw += [name for name, _ in found]
        names = [
            name
            for text, kind in found
            if kind != "organization"
            for name in clean_names(text, sites, single=kind == "person")
        ]
        if names:
            return _unique(names), raw
    return (), raw


def authors(
    parsed: ParsedPage, sheet: Sheet, headline: int, region: int, title: str | None = None
) -> tuple[Found[tuple[str, ...]], list[str]]:
    """Return the authors' names, and every raw string that stood in an author's place (for the agency)."""
    sites = frozenset(key(name) for name in site_names(parsed))
    stated, raw = _stated(parsed, title, sites)
    shown = bylines(sheet, headline, region, sites)
    raw += shown.raw
    named = _unique(shown.names)
    if stated:
        keys = {*map(key, stated)}
        for line in shown.lines if shown.sure else ():
            if keys < {*map(key, line)} or (
                len(stated) == 1 and " " not in stated[0] and _begins(line, stated[0])
            ):
                return Found(_unique(line), "generic:byline"), raw
        if shown.sure and named and all(" " not in name and name.isascii() for name in stated):
            return Found(named[:_MAX_AUTHORS], "generic:byline"), raw  # an account's name was stated
        return Found(stated, "generic:ld:author"), raw
    values = [v for m in _META for v in parsed.meta.get(m, ()) if not v.startswith(("http:", "https:", "@"))]
    raw += values
    if shown.sure and named:
        return Found(named[:_MAX_AUTHORS], "generic:byline"), raw
    described = _unique([n for value in values for n in clean_names(value, sites)])
    if described:
        return Found(described, "generic:meta:author"), raw
    if named:
        return Found(named[:6], "generic:byline"), raw
    return Found(()), raw


def _begins(line: list[str], word: str) -> bool:
    """Say whether a shown name is the stated first name and more."""
    return any(name.startswith(f"{word} ") for name in line)


def _unique(names: list[str]) -> tuple[str, ...]:
    out: dict[str, str] = {}
    for name in names:
        out.setdefault(key(name), name)
    return tuple(out.values())


def agency(raw: list[str], dateline_agency: str | None) -> Found[str | None]:
    """Return the agency: from the dateline, from an author's place, from nothing else (a photo's agency is
    the photo's).
    """
    if dateline_agency:
        return Found(dateline_agency, "generic:dateline")
    for text in raw:
        found = agency_of(text) or agency_of(without_label(text))
        if found:
            return Found(found, "generic:byline")
    return Found(None)
