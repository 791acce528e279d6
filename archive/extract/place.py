"""The headline by its place, where the page marks none and names itself only: the line that heads the text.

How: the text begins with the first of two running lines of one type; the smallest element around it that
holds a line above it is the story's, and its first line (or the one that class words name a heading) is the
headline. A line of links, of the paper's name, a byline or a date is none. Evidence: all 381 pages mark or
state their headline, so this is for pages of a kind that the kit does not have: old templates and small
papers, whose `<title>` is the paper's name on every page.
"""

from __future__ import annotations

import re

from archive.extract.found import key
from archive.extract.names import has_label
from archive.extract.sheet import Sheet, Unit, is_running
from archive.extract.words import word_test

_names_heading = word_test(
    r"(?:^|[^a-z])(?:h[1-6]|title|heading|headline|hed|titel|titre|titulo|titolo|judul|baslik|nadpis|tytul|tieude"
    r"|biaoti)(?:$|[^a-z])"
)
_names_paper = word_test(r"(?:^|[^a-z])(?:logo|brand|masthead|nameplate|site-?(?:name|title))(?:$|[^a-z])")
_DATED = re.compile(r"\b(?:19|20|25)\d\d\b.{0,12}$|\d{1,2}[.:h]\d\d|\d\s*[年월년]")
_FRONT = re.compile(r"(?:(?:https?:)?//[^/?#]+/?|/)(?:index\.\w+)?", re.IGNORECASE)
_OUTSIDE = frozenset({"nav", "footer", "related", "comment", "consent", "form", "aside"})
_SHORTEST, _LONGEST = 10, 300


def is_nameplate(sheet: Sheet, unit: Unit) -> bool:
    """Say whether a line is the paper's name on top of its pages: by class, or linked to the front page."""
    chain = sheet.ancestors(unit.node)[:3]
    if any(len(sheet.words[node]) > 3 and _names_paper(sheet.words[node]) for node in chain):
        return True
    if unit.linked < 0.9 * len(unit.text):
        return False
    element = sheet.elements[unit.node]
    link = next(element.iter("a"), None)
    if link is None:
        link = next(element.iterancestors("a"), None)
    return link is not None and _FRONT.fullmatch(link.get("href", "").strip()) is not None


def by_place(sheet: Sheet, sites: set[str], *, known: bool) -> int:
    """Return the element of the line that heads the text, -1 if there is none.

    `sites`: keys of what is the paper's name; `known`: it is that for sure, and not by its length alone.
    """
    text = _text(sheet)
    if text < 0:
        return -1
    lines = [unit for unit in sheet.units[:text] if _may_head(sheet, unit, sites)]
    for above in sheet.ancestors(sheet.units[text].node)[1:]:
        if sheet.tag[above] in {"body", "html"} and not known:
            return -1
        inside = [unit for unit in lines if sheet.inside(unit.node, above)]
        if inside:
            named = (u for u in inside if u.tag in {"h2", "h3"} or _names_heading(sheet.words[u.node]))
            return next(named, inside[0]).node
    return -1


def _text(sheet: Sheet) -> int:
    """Return the index of the first of two running lines of one type in one element; -1 if none is."""
    seen: dict[tuple[int, str, str], int] = {}
    for index, unit in enumerate(sheet.units):
        if is_running(unit) and not sheet.boxed[unit.node]:
            kind = (sheet.parent[unit.node], unit.tag, sheet.words[unit.node])
            if kind in seen:
                return seen[kind]
            seen[kind] = index
    return -1


def _may_head(sheet: Sheet, unit: Unit, sites: set[str]) -> bool:
    return (
        _SHORTEST <= unit.weight <= _LONGEST
        and unit.link_share < 0.5
        and not sheet.boxed[unit.node]
        and sheet.unit_end[unit.node] - sheet.unit_start[unit.node] == 1
        and key(unit.text) not in sites
        and not has_label(unit.text)
        and not _DATED.search(unit.text)
        and not is_nameplate(sheet, unit)
        and not sheet.roles(unit.node) & _OUTSIDE
    )
