"""The headline as displayed, and the kicker above it.

Evidence (265 titles of 306 publishers): the page's first h1 of some length is the headline on 97 %;
og:title and JSON-LD carry the site's name, a kicker, or a headline for search engines on one page in
four. So the displayed h1 wins, and the descriptions only choose between several.
"""

from __future__ import annotations

import re

from lxml import etree

from archive.extract.found import Found, key
from archive.extract.page import ParsedPage, ld_text, types_of
from archive.extract.place import by_place, is_nameplate
from archive.extract.sheet import Sheet, is_running
from archive.extract.words import word_test
from archive.text import squash, text_of
from archive.urls import bare_host, host_of

_SEPARATOR = re.compile(r"\s+(?:[|•·»«–—-]|::|\|\|)\s+|\s*[|｜_]\s*|\s+[>›]\s+")
_names_kicker = word_test(
    r"kicker|eyebrow|overline|dachzeile|topline|roofline|rubric|surtitre|antetitulo|spitzmarke"
    r"|pre-?title|pretitle"
    r"|catchline|prefix|supertitle|label|badge|category|section|tagline|flag|marker|paywall|plus-icon"
    r"|premium",
)
_names_overline = word_test(r"kicker|eyebrow|dachzeile|overline|surtitre")
_MAX = 400
"""Characters of the longest headline; what is longer is none."""
_NAME = 45
"""Characters of a paper's name, at most."""
_PAPERS = frozenset({"WebSite", "NewsMediaOrganization"})
_CHROME = frozenset({"nav", "footer", "related", "comment", "consent", "form", "aside"})


def similarity(first: str, second: str) -> float:
    """Return how much of two headlines is one, 0 … 1: share of common letter triples (pairs outside Latin
    script).

    Pairs do not do for Latin script: two unrelated English sentences share half of theirs.
    """
    a, b = key(first), key(second)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    size = 3 if a[0] < "\u0590" and b[0] < "\u0590" else 2
    pieces_a = {a[i : i + size] for i in range(len(a) - size + 1)} or {a}
    pieces_b = {b[i : i + size] for i in range(len(b) - size + 1)} or {b}
    return 2 * len(pieces_a & pieces_b) / (len(pieces_a) + len(pieces_b))


def stated(parsed: ParsedPage) -> list[tuple[str, str]]:
    """Return the headlines that the page states about itself, with their rules."""
    out = [("generic:ld:headline", ld_text(node.get("headline"))) for node in parsed.articles[:3]]
    out.append(("generic:meta:og:title", parsed.first_meta("og:title") or ""))
    out.append(("generic:meta:twitter:title", parsed.first_meta("twitter:title") or ""))
    out.append(("generic:title", parsed.title))
    return [(rule, value) for rule, value in out if 0 < len(value) <= _MAX]


def site_names(parsed: ParsedPage) -> list[str]:
    """Return the names that the paper goes by, for cutting them from titles."""
    names = [parsed.first_meta("og:site_name") or "", parsed.first_meta("application-name") or ""]
    for node in parsed.ld:
        if not _PAPERS.isdisjoint(types_of(node)):
            names.append(ld_text(node.get("name")))
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
        return (
            bool(mine)
            and len(part) < 45
            and any(mine == k or (len(k) > 3 and (k in mine or mine in k)) for k in keys)
        )

    spans = [(0, 0), *((m.start(), m.end()) for m in _SEPARATOR.finditer(title)), (len(title), len(title))]
    first, last = 0, len(parts) - 1
    longest = max(range(len(parts)), key=lambda i: len(parts[i]))
    while last > longest and (is_site(parts[last]) or any(is_site(p) for p in parts[longest + 1 : last])):
        last -= 1
    while first < min(last, longest) and is_site(parts[first]):
        first += 1
    return title[spans[first][1] : spans[last + 1][0]].strip() or title


def _parted(element: etree._Element, text: str) -> str:
    """Return the text of a heading with a space between kicker and headline where only a style parts them.

    Of two inline elements without a space between them the second then begins with a capital: "Lokales" and
    "Neue Straßenbahn". A letter or two in an element of their own are a drop cap.
    """
    while len(element) == 1 and not squash(element.text) and not squash(element[0].tail):
        element = element[0]
    for child in element:
        after = child.getnext()
        if child.tail or after is None:
            continue
        left, right = text_of(child), text_of(after)
        if (
            min(len(left), len(right)) > 3
            and right[0].isupper()
            and (left[-1].islower() or left[-1] in ":!?.")
        ):
            text = text.replace(left + right, f"{left} {right}", 1)
    return text


def _shown(element: etree._Element) -> str:
    """Return an h1's text without a kicker that stands inside it."""
    whole = text_of(element)
    bare = text_of(element, skip=lambda e: _names_kicker(e.get("class") or "") and len(text_of(e)) < 40)
    return bare if len(bare) > 10 else whole


def headline(parsed: ParsedPage, sheet: Sheet) -> tuple[Found[str | None], int]:
    """Return the headline and the index of the element that heads the text in the sheet (-1 if none does)."""
    found, at = _headline(parsed, sheet)
    if at < 0 or any(sheet.tag[node] == "nav" for node in sheet.ancestors(at)):
        at = _heading_of_text(sheet, at)  # the headline is not displayed, or as the end of a breadcrumb
    return found, at


def _heading_of_text(sheet: Sheet, at: int) -> int:
    """Return the last h1 or h2 above the first running text; `at` where there is none."""
    heading = at
    for unit in sheet.units:
        if is_running(unit) and not sheet.boxed[unit.node]:
            break
        if unit.tag in {"h1", "h2"} and unit.link_share < 0.5 and not sheet.roles(unit.node) & _CHROME:
            heading = unit.node
    return heading


def _headline(parsed: ParsedPage, sheet: Sheet) -> tuple[Found[str | None], int]:
    names = site_names(parsed)
    claims = [(rule, without_site(claim, names)) for rule, claim in stated(parsed)]
    wanted = [claim for _, claim in claims]
    sites = {key(name) for name in names} | _nameplate(sheet, parsed.title)
    first = _first_h1(sheet, claims, sites)
    if first >= 0:
        at = _in_text(sheet, first, wanted)
        return _aligned(sheet.elements[at if sheet.tag[at] == "h1" else first], claims), at
    best, likeness = -1, 0.6
    for index, tag in enumerate(sheet.tag):
        if tag in {"h2", "h3"} and not sheet.roles(index) & _CHROME:
            text = text_of(sheet.elements[index])
            mine = max((similarity(text, claim) for claim in wanted), default=0.0) if text else 0.0
            if mine > likeness:
                best, likeness = index, mine
    if best >= 0:
        return _aligned(sheet.elements[best], claims), best
    claims = [(rule, claim) for rule, claim in claims if len(claim) > _NAME or key(claim) not in sites]
    for rule, claim in claims:
        part, at = _displayed_part(sheet, claim)
        if at >= 0:
            return Found(part, rule), at
    if all(rule == "generic:title" and len(claim) < _NAME for rule, claim in claims):
        at = by_place(sheet, sites | {key(claim) for _, claim in claims}, known=not claims)
        if at >= 0:
            return Found(text_of(sheet.elements[at]), "generic:place"), at
    for rule, claim in claims:
        if rule != "generic:title" or "h1" not in sheet.tag:
            return Found(claim, rule), -1
    index = sheet.tag.index("h1") if "h1" in sheet.tag else -1
    text = text_of(sheet.elements[index]) if index >= 0 else ""
    return (Found(text, "generic:h1") if 0 < len(text) <= _MAX else Found(None)), index


def _first_h1(sheet: Sheet, claims: list[tuple[str, str]], sites: set[str]) -> int:
    """Return the first h1 of some length; a later one only where the first has nothing of what the page
    states, or the later one is word for word what it states.
    """
    found: list[tuple[int, str]] = []
    for index, tag in enumerate(sheet.tag):
        if tag == "h1":
            text = text_of(sheet.elements[index])
            if text and len(text) <= _MAX and key(text) not in sites:
                found.append((index, text))
    found = [item for item in found if len(item[1]) > 10] or found
    if not found:
        return -1
    exact = {key(claim) for rule, claim in claims if rule != "generic:title"}
    for index, text in found:
        if key(text) in exact:
            return index
    alike = [max((similarity(text, claim) for _, claim in claims), default=1.0) for _, text in found]
    if alike[0] < 0.2 and max(alike) > 0.5:
        return found[alike.index(max(alike))][0]
    return found[0][0] if alike[0] > 0.05 else -1


def _in_text(sheet: Sheet, index: int, wanted: list[str]) -> int:
    """Return where the headline stands: an h1 of the site's chrome (breadcrumb) repeats one that stands
    lower.
    """
    if not sheet.roles(index) & _CHROME:
        return index
    title = text_of(sheet.elements[index])
    for other in range(index + 1, _first_text(sheet)):
        if sheet.tag[other] in {"h1", "h2", "h3"} and not sheet.roles(other) & _CHROME:
            text = text_of(sheet.elements[other])
            if similarity(text, title) > 0.6 or any(similarity(text, claim) > 0.75 for claim in wanted):
                return other
    return index


def _first_text(sheet: Sheet) -> int:
    """Return the element of the first running text that stands in no box, else the end of the page."""
    texts = (unit.node for unit in sheet.units if is_running(unit) and not sheet.boxed[unit.node])
    return next(texts, len(sheet.elements))


def _aligned(element: etree._Element, claims: list[tuple[str, str]]) -> Found[str | None]:
    """Say whether a kicker inside the headline's element belongs to the headline: as the page states it.

    The statement also spells what stands between the two, which on the page is often a line end. A `<title>`
    alone does not count: it names the kicker as it names the section. A statement of all that is displayed
    goes before one of its end, and where the page marks the kicker, nothing is cut elsewhere.
    """
    whole = _parted(element, text_of(element))
    bare = _parted(element, _shown(element))
    if bare != whole:
        bare = re.sub(r"^[\s:\-–—|/•·]+", "", bare) or whole
    mine, inner = key(whole), key(bare)
    for rule, claim in claims:
        theirs = key(claim)
        if theirs == inner != mine:
            return Found(bare, "generic:h1")
        if theirs == mine and (rule != "generic:title" or bare == whole):
            return Found(claim if len(element) and rule != "generic:title" else whole, "generic:h1")
    for rule, claim in claims:
        tail = bare == whole and mine.endswith(key(claim)) and 0 < len(mine) - len(key(claim)) < 60
        if rule != "generic:title" and len(claim) > 15 and tail:
            return Found(claim, f"generic:h1+{rule.removeprefix('generic:')}")
    return Found(bare, "generic:h1")


def _displayed_part(sheet: Sheet, title: str) -> tuple[str, int]:
    """Return a stated headline as it stands on the page as a line, and where: whole, or without what a
    separator parts from it, the paper's name. (…, -1) where it stands nowhere.

    A name that ends the title and stands above its beginning is the paper's on top of the page.
    """
    spans = [(0, 0), *((m.start(), m.end()) for m in _SEPARATOR.finditer(title)), (len(title), len(title))]
    count = len(spans) - 1
    cuts = {title}
    for start, end in spans[1:count]:
        cuts |= {title[:start], title[end:]}
    by_key = {key(cut): cut.strip() for cut in cuts if key(cut)}
    longest = 2 * max(map(len, cuts))
    found: dict[str, int] = {}
    for unit in sheet.units:
        mine = key(unit.text) if len(unit.text) < longest and not sheet.boxed[unit.node] else ""
        if mine in by_key and not is_nameplate(sheet, unit):
            found.setdefault(by_key[mine], unit.node)
    if not found:
        return title, -1
    best = max(found, key=len)
    begins = [part for part in found if part != best and title.startswith(part) and found[part] > found[best]]
    best = max(begins, key=len, default=best)
    return best, found[best]


def _nameplate(sheet: Sheet, title: str) -> set[str]:
    """Return the key of the name that ends the `<title>` and stands as an h1 above the title's beginning."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2 or "h1" not in sheet.tag:
        return set()
    first = sheet.tag.index("h1")
    name = key(parts[-1])
    if not name or key(text_of(sheet.elements[first])) != name:
        return set()
    return {name} if _displayed_part(sheet, title)[1] > first else set()


def kicker(sheet: Sheet, at: int, title: str | None) -> Found[str | None]:
    """Return the short line directly above (or inside) the headline that class words call a kicker."""
    if at < 0 or not title:
        return Found(None)
    for node in range(max(0, at - 12), min(len(sheet.elements), at + 6)):
        if sheet.role[node] == "kicker" or _names_overline(sheet.words[node]):
            text = text_of(sheet.elements[node])
            if 2 < len(text) < 80 and key(text) != key(title) and key(title) not in key(text):
                return Found(text, "generic:class:kicker")
    return Found(None)
