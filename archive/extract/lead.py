"""The standfirst: chapô, sapo, Vorspann, entradilla. Displayed between headline and body, in a style of
its own.

Evidence (98 leads): it equals the meta description on 65 % of pages only, so it is read from the page;
class words name it in two thirds of layouts; otherwise it is a short heading or a bold paragraph
directly below the headline. Where the page shows none, there is none: the first paragraph of the body
is never repeated as a lead.
"""

from __future__ import annotations

import re

from archive.extract.found import Found, key
from archive.extract.page import ParsedPage, ld_text
from archive.extract.roles import is_lead_words
from archive.extract.sheet import Sheet, Unit
from archive.extract.title import similarity
from archive.text import text_of, weight

_NOT_LEAD = re.compile(
    r"^(?:by |von |par |por |di |updated|published|publié|veröffentlicht|©|foto|photo|image|bild"
    r"|copyright|advertis|share)",
    re.IGNORECASE,
)
_WEAK = re.compile(r"summary|desc|intro|teaser|excerpt|abstract|spot|tagline|content")
"""Words that name other things as well: boxes of key points, meta descriptions, cards."""
_MIN, _MAX = 20, 1200
_NOT_ROLES = frozenset(
    {
        "newsletter",
        "comment",
        "nav",
        "footer",
        "caption",
        "related",
        "figure",
        "ad",
        "share",
        "credit",
        "hidden",
    }
)


def descriptions(parsed: ParsedPage) -> list[str]:
    """Return what the page states as its description."""
    out = [ld_text(node.get("description")) for node in parsed.articles[:2]]
    out += [
        parsed.first_meta(name) or "" for name in ("og:description", "description", "twitter:description")
    ]
    return [text for text in dict.fromkeys(out) if text]


def _agrees(text: str, claims: list[str]) -> bool:
    mine = key(text)
    for claim in claims:
        other = key(claim.rstrip(" .…"))
        if len(other) > 20 and len(mine) > 20 and (other[:150] in mine or mine[:150] in other):
            return True
    return False


def lead(
    parsed: ParsedPage, sheet: Sheet, headline: int, region: int, title: str | None
) -> tuple[Found[str | None], list[Unit]]:
    """Return the lead and the units that it covers."""
    claims = descriptions(parsed)
    start = headline if headline >= 0 else -1
    first = _first_text(sheet, region, max(start, 0))
    scored: list[tuple[float, int, str, str]] = []
    for node in _named(sheet, start, region, first):
        text = text_of(sheet.elements[node])
        score = (
            (2.0 if _WEAK.search(sheet.words[node].lower()) else 2.5)
            + (1.0 if _agrees(text, claims) else 0.0)
            - (0.0 if node > start else 2.0)
        )
        score += 1.0 if sheet.tag[node] in {"h2", "h3", "h4"} else 0.0
        score -= 0.05 * abs(node - start)
        scored.append((score, -node, text, "generic:class:lead"))
    for score, unit in _below(sheet, start, claims):
        scored.append((score, -unit.node, unit.text, "generic:below"))
    fit = [item for item in scored if item[0] >= 1.2 and _fits(item[2], title)]
    if not fit:
        return Found(None), []
    _, negative, text, rule = max(fit)
    units = sheet.units[sheet.unit_start[-negative] : sheet.unit_end[-negative]]
    return Found(text, rule), units or [unit for unit in sheet.units if unit.node == -negative]


def _fits(text: str, title: str | None) -> bool:
    """Say whether a text can be a lead: its length, not the title, no byline or label."""
    if not _MIN <= weight(text) <= _MAX or _NOT_LEAD.match(text):
        return False
    return not title or (
        similarity(text, title) < 0.6 and not (key(title) in key(text) and len(text) < 3 * len(title))
    )


def _first_text(sheet: Sheet, region: int, start: int) -> int:
    """Return the index of the first paragraph of running text below the headline."""
    for unit in sheet.units[sheet.unit_start[region] : sheet.unit_end[region]]:
        if (
            unit.node > start
            and unit.weight >= 100
            and not sheet.boxed[unit.node]
            and unit.tag in {"p", "div"}
        ):
            return unit.node
    return len(sheet.elements)


def _named(sheet: Sheet, start: int, region: int, first: int) -> list[int]:
    """Return the elements that class words name a standfirst, from a little above the headline to the first
    text.
    """
    out = []
    for node in range(max(0, start - 30), min(first + 8, len(sheet.elements))):
        words = sheet.words[node]
        if len(words) < 4 or not is_lead_words(words):
            continue
        if sheet.roles(node) & _NOT_ROLES:
            continue
        if sheet.inside(start, node) or sheet.inside(region, node):
            continue  # a wrapper of the headline or of the body
        units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        if sum(unit.linked for unit in units) <= 0.6 * sum(len(unit.text) for unit in units):
            out.append(node)
    return out


def _below(sheet: Sheet, start: int, claims: list[str]) -> list[tuple[float, Unit]]:
    """Return the first units below the headline with a score for a style of their own (heading, bold, other
    parent).
    """
    out: list[tuple[float, Unit]] = []
    looked = 0
    for position, unit in enumerate(sheet.units):
        if unit.node <= start or sheet.boxed[unit.node] or unit.weight < _MIN:
            continue
        if unit.link_share > 0.5 or _NOT_LEAD.match(unit.text):
            continue
        if sheet.unit_end[unit.node] - sheet.unit_start[unit.node] > 4:
            break  # text between the parts of a container, no element of its own
        looked += 1
        following = sheet.units[position + 1 : position + 14]
        others = [
            u for u in following if u.weight > 80 and not sheet.boxed[u.node] and u.tag in {"p", "div"}
        ][:4]
        score = 1.0 if _agrees(unit.text, claims) else 0.0
        score += 1.0 if unit.tag in {"h2", "h3", "h4"} and unit.weight > 40 else 0.0
        bold = unit.strong >= 0.9 * len(unit.text)
        score += (
            1.0
            if bold and unit.weight > 60 and not any(u.strong >= 0.9 * len(u.text) for u in others)
            else 0.0
        )
        score += 0.8 if others and _own_style(sheet, unit, others) else -0.5
        score += 0.5 if looked == 1 and start >= 0 and unit.node - start <= 8 and unit.weight > 60 else 0.0
        out.append((score - 0.15 * (looked - 1), unit))
        if looked >= 5 or (unit.weight >= 100 and score < 1.0):
            break
    return out


def _own_style(sheet: Sheet, unit: Unit, others: list[Unit]) -> bool:
    """Say whether a unit stands in another element kind, class or parent than the paragraphs that follow."""
    mine = (sheet.parent[unit.node], sheet.words[unit.node], unit.tag)
    return all((sheet.parent[other.node], sheet.words[other.node], other.tag) != mine for other in others)
