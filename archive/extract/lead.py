"""The standfirst: chapô, sapo, Vorspann, entradilla. Displayed between headline and body, in a style of its own.

Evidence (98 leads): it equals the meta description on 65 % of pages only, so it is read from the page; class words
name it in two thirds of layouts; otherwise it is a short heading or a bold paragraph directly below the headline.
Where the page shows none, there is none: the first paragraph of the body is never repeated as a lead.
"""

from __future__ import annotations

import re

from archive.extract.found import Found, article_nodes, key
from archive.extract.page import ParsedPage, ld_text
from archive.extract.sheet import Sheet, Unit, is_lead_words
from archive.text import text_of, weight

_NOT_LEAD = re.compile(
    r"^(?:by |von |par |por |di |updated|published|publié|veröffentlicht|©|foto|photo|image|bild|copyright|advertis|share)",
    re.IGNORECASE,
)
_MIN, _MAX = 30, 1200


def descriptions(parsed: ParsedPage) -> list[str]:
    """Return what the page states as its description."""
    out = [ld_text(node.get("description")) for node in article_nodes(parsed)[:2]]
    out += [parsed.first_meta(name) or "" for name in ("og:description", "description", "twitter:description")]
    return [text for text in dict.fromkeys(out) if text]


def _agrees(text: str, claims: list[str]) -> bool:
    mine = key(text)
    for claim in claims:
        other = key(claim.rstrip(" .…"))
        if len(other) > 20 and len(mine) > 20 and (mine.startswith(other[:200]) or other.startswith(mine[:200])):
            return True
    return False


def lead(
    parsed: ParsedPage, sheet: Sheet, headline: int, region: int, title: str | None
) -> tuple[Found[str | None], list[Unit]]:
    """Return the lead and the units that it covers."""
    claims = descriptions(parsed)
    start = headline if headline >= 0 else 0
    first_body = _first_text(sheet, region, start)
    by_class = _by_class(sheet, headline, region, title, first_body)
    if by_class is not None:
        return Found(text_of(sheet.elements[by_class]), "generic:class:lead"), _units_in(sheet, by_class)
    between = _between(sheet, start, title, claims)
    if between:
        return Found(between[0].text, "generic:between"), between
    return Found(None), []


def _units_in(sheet: Sheet, node: int) -> list[Unit]:
    return sheet.units[sheet.unit_start[node] : sheet.unit_end[node]] or [u for u in sheet.units if u.node == node]


def _first_text(sheet: Sheet, region: int, start: int) -> int:
    for unit in sheet.units[sheet.unit_start[region] : sheet.unit_end[region]]:
        if unit.node > start and unit.weight >= 100 and not sheet.boxed[unit.node] and unit.tag in {"p", "div"}:
            return unit.node
    return len(sheet.elements)


def _by_class(sheet: Sheet, headline: int, region: int, title: str | None, first_body: int) -> int | None:
    """Return the element that class words name a standfirst, near the headline and not in a box."""
    low = max(0, headline - 40) if headline >= 0 else 0
    high = sheet.end[region] if region else len(sheet.elements)
    title_key = key(title or "")
    for node in range(low, high):
        words = sheet.words[node]
        if len(words) < 4 or not is_lead_words(words) or sheet.role[node] == "related":
            continue
        above = sheet.parent[node]
        if (above >= 0 and sheet.boxed[above]) or sheet.role[node] in {"newsletter", "comment", "nav", "footer", "caption"}:
            continue
        if node > first_body + 25:
            break
        if headline >= 0 and sheet.inside(headline, node):
            continue  # a wrapper that holds the headline too
        text = text_of(sheet.elements[node])
        amount = weight(text)
        if not _MIN <= amount <= _MAX or key(text) == title_key or _NOT_LEAD.match(text):
            continue
        units = _units_in(sheet, node)
        if sum(unit.linked for unit in units) > 0.6 * len(text):
            continue
        return node
    return None


def _between(sheet: Sheet, start: int, title: str | None, claims: list[str]) -> list[Unit]:
    """Return the unit directly below the headline that has a style of its own: a heading, or a bold paragraph."""
    title_key = key(title or "")
    looked = 0
    for position, unit in enumerate(sheet.units):
        if unit.node <= start or sheet.boxed[unit.node] or unit.weight < _MIN or key(unit.text) == title_key:
            continue
        looked += 1
        if looked > 4 or unit.weight > _MAX:
            break
        if unit.link_share > 0.5 or _NOT_LEAD.match(unit.text):
            continue
        following = sheet.units[position + 1 : position + 12]
        others = [u for u in following if u.tag == unit.tag and u.weight > 60 and not sheet.boxed[u.node]]
        bold = unit.strong >= 0.9 * len(unit.text)
        if unit.tag in {"h2", "h3", "h4"} and looked <= 2 and (unit.weight > 60 or _agrees(unit.text, claims)):
            return [unit]
        if bold and unit.weight > 60 and looked <= 2 and not all(u.strong >= 0.9 * len(u.text) for u in others[:3]):
            return [unit]
        if _agrees(unit.text, claims) and _own_style(sheet, unit, others):
            return [unit]
        if unit.weight >= 100:
            break
    return []


def _own_style(sheet: Sheet, unit: Unit, others: list[Unit]) -> bool:
    """Say whether a unit stands in another element kind or parent than the paragraphs that follow."""
    if not others:
        return True
    parents = {sheet.parent[other.node] for other in others[:4]}
    return sheet.parent[unit.node] not in parents
