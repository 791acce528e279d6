"""The headline as displayed, and the kicker above it.

Evidence (265 titles of 306 publishers): the page's first h1 of some length is the headline on 97 %; og:title and
JSON-LD carry the site's name, a kicker, or a headline for search engines on one page in four. So the displayed h1
wins, and the descriptions only choose between several.
"""

from __future__ import annotations

import re

from lxml import etree

from archive.extract.found import Found, article_nodes, key
from archive.extract.page import ParsedPage, ld_text
from archive.extract.sheet import Sheet
from archive.text import squash, text_of
from archive.urls import bare_host, host_of

_SEPARATOR = re.compile(r"\s+(?:[|•·»«–—-]|::|\|\|)\s+|\s*[|｜_]\s*|\s+[>›]\s+")
_KICKER = re.compile(
    r"kicker|eyebrow|overline|dachzeile|topline|roofline|rubric|surtitre|antetitulo|spitzmarke|pre-?title|pretitle"
    r"|catchline|prefix|supertitle|label|badge|category|section|tagline|flag|marker|paywall|plus-icon|premium",
    re.IGNORECASE,
)
_CHROME = frozenset({"nav", "footer", "related", "comment", "consent", "form", "aside"})
_find_title = etree.XPath("string((//head/title | //title)[1])")


def similarity(first: str, second: str) -> float:
    """Return how much of two headlines is one: share of common word pieces (bigrams of letters)."""
    a, b = key(first), key(second)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    pairs_a = {a[i : i + 2] for i in range(len(a) - 1)} or {a}
    pairs_b = {b[i : i + 2] for i in range(len(b) - 1)} or {b}
    return 2 * len(pairs_a & pairs_b) / (len(pairs_a) + len(pairs_b))


def stated(parsed: ParsedPage) -> list[tuple[str, str]]:
    """Return the headlines that the page states about itself, with their rules."""
    out = [("generic:ld:headline", ld_text(node.get("headline"))) for node in article_nodes(parsed)[:3]]
    out.append(("generic:meta:og:title", parsed.first_meta("og:title") or ""))
    out.append(("generic:meta:twitter:title", parsed.first_meta("twitter:title") or ""))
    out.append(("generic:title", squash(str(_find_title(parsed.tree)))))
    return [(rule, value) for rule, value in out if value]


def site_names(parsed: ParsedPage) -> list[str]:
    """Return the names that the paper goes by, for cutting them from titles."""
    names = [parsed.first_meta("og:site_name") or "", parsed.first_meta("application-name") or ""]
    for node in parsed.ld:
        publisher = node.get("publisher")
        if isinstance(publisher, dict):
            names.append(ld_text(publisher.get("name")))
    names.append(bare_host(host_of(parsed.page.url)))
    names.append(names[-1].partition(".")[0])
    return [name for name in names if len(key(name)) > 1]


def without_site(title: str, names: list[str]) -> str:
    """Cut the site's name (and the section before it) from the end or the start of a `<title>`."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    keys = [key(name) for name in names]

    def is_site(part: str) -> bool:
        mine = key(part)
        return bool(mine) and len(part) < 45 and any(mine == k or (len(k) > 3 and (k in mine or mine in k)) for k in keys)

    spans = [(0, 0), *((m.start(), m.end()) for m in _SEPARATOR.finditer(title)), (len(title), len(title))]
    first, last = 0, len(parts) - 1
    longest = max(range(len(parts)), key=lambda i: len(parts[i]))
    while last > longest and (is_site(parts[last]) or any(is_site(p) for p in parts[longest + 1 : last])):
        last -= 1
    while first < min(last, longest) and is_site(parts[first]):
        first += 1
    return title[spans[first][1] : spans[last + 1][0]].strip() or title


def _shown(element: etree._Element) -> str:
    """Return an h1's text without a kicker that stands inside it."""
    whole = text_of(element)
    bare = text_of(element, skip=lambda e: bool(_KICKER.search(f"{e.get('class') or ''}")) and len(text_of(e)) < 40)
    return bare if len(bare) > 10 else whole


def headline(parsed: ParsedPage, sheet: Sheet) -> tuple[Found[str | None], int]:
    """Return the displayed headline and its index in the sheet (-1 where it is not displayed)."""
    claims = stated(parsed)
    names = site_names(parsed)
    wanted = [without_site(claim, names) for _, claim in claims]
    candidates: list[tuple[float, int]] = []
    found_h1 = False
    for index, tag in enumerate(sheet.tag):
        if tag not in {"h1", "h2", "h3"}:
            continue
        text = text_of(sheet.elements[index])
        if not text or len(text) > 400:
            continue
        likeness = max((similarity(text, claim) for claim in wanted), default=0.0)
        if tag != "h1" and likeness < 0.6:
            continue
        score_first = 0.0
        chrome = bool(sheet.roles(index) & _CHROME)
        if tag == "h1" and not chrome and len(text) > 10 and (likeness > 0.3 or not wanted):
            found_h1 = True
            score_first = 0.5 if not any(sheet.tag[-item[1]] == "h1" and item[0] > 1 for item in candidates) else 0.0
        score = likeness + (0.35 if tag == "h1" else 0.0) - (0.6 if chrome else 0.05 if sheet.boxed[index] else 0.0)
        score += score_first
        score += 0.1 if len(text) > 10 else -0.4
        score += 0.1 if "itemprop" in sheet.elements[index].attrib else 0.0
        score += 0.1 if sheet.tag[sheet.parent[index]] == "header" or "head" in sheet.words[sheet.parent[index]] else 0.0
        candidates.append((score, -index))
    if found_h1:
        candidates = [item for item in candidates if sheet.tag[-item[1]] == "h1"]
    if candidates:
        score, negative = max(candidates)
        if score > 0.55 or not claims:
            return _aligned(sheet.elements[-negative], claims), -negative
    for (rule, _), cut in zip(claims, wanted, strict=True):
        if cut:
            return Found(cut, rule), _displayed_at(sheet, cut)
    return Found(None), -1


def _aligned(element: etree._Element, claims: list[tuple[str, str]]) -> Found[str | None]:
    """Say where the headline ends inside its element: the whole, or without kicker, as a stated headline has it."""
    whole = text_of(element)
    bare = re.sub(r"^[\s:\-–—|/•·]+", "", _shown(element)) or whole
    for rule, claim in claims:
        mine, theirs = key(whole), key(claim)
        if theirs == key(bare):
            return Found(bare, "generic:h1")
        if rule == "generic:ld:headline" and theirs == mine:
            return Found(whole if bare == whole else claim, "generic:h1")
        if rule != "generic:title" and len(claim) > 15 and mine.endswith(theirs) and len(mine) - len(theirs) < 60:
            return Found(claim, f"generic:h1+{rule.removeprefix('generic:')}")
    return Found(bare, "generic:h1")


def _displayed_at(sheet: Sheet, title: str) -> int:
    wanted = key(title)
    for unit in sheet.units:
        if len(unit.text) < 2 * len(title) and key(unit.text) == wanted and not sheet.boxed[unit.node]:
            return unit.node
    return -1


def kicker(sheet: Sheet, at: int, title: str | None) -> Found[str | None]:
    """Return the short line directly above (or inside) the headline that class words call a kicker."""
    if at < 0 or not title:
        return Found(None)
    for node in range(max(0, at - 12), min(len(sheet.elements), at + 6)):
        if sheet.role[node] == "kicker" or re.search(r"kicker|eyebrow|dachzeile|overline|surtitre", sheet.words[node]):
            text = text_of(sheet.elements[node])
            if 2 < len(text) < 80 and key(text) != key(title) and key(title) not in key(text):
                return Found(text, "generic:class:kicker")
    return Found(None)
