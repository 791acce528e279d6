"""The standfirst: chapô, sapo, Vorspann, entradilla. Displayed between headline and body, in a style of
its own.

Evidence (98 leads): it equals the meta description on 65 % of pages only, so it is read from the page;
class words name it in two thirds of layouts; otherwise it is a short heading or a bold paragraph
directly below the headline, or the only bold one on top of the text (eight pages of 381 have such a one in
the body's own type). A place named for the lead that holds a photo is none. Where the page shows none,
there is none: the first paragraph of the body is never repeated as a lead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.extract.flow import Flow
from archive.extract.found import Found, key
from archive.extract.names import clean_names, without_label
from archive.extract.page import ParsedPage, ld_text
from archive.extract.phrases import NOISE
from archive.extract.roles import is_lead_words
from archive.extract.sheet import Sheet, Unit, is_running
from archive.extract.shown import tells_moment
from archive.extract.title import similarity
from archive.text import text_of, weight

_NOT_LEAD = re.compile(
    r"^(?:by |von |par |por |di |updated|published|publié|veröffentlicht|©|foto|photo|image|bild"
    r"|copyright|advertis|share)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\s+(?<=[.!?…»”“\"]\s)((?:von|by|par|por|di|da|door|av|af|od|przez)\s[^.!?…]{4,80}\.?)$", re.IGNORECASE
)
"""A byline as the last words of a lead. "Ein Kommentar von …" says more, and stays."""
_WORDS = re.compile(r"\b(?:and|und|et|y|e|og|och|en)\b")
"""What joins names."""
_WEAK = re.compile(r"summary|desc|intro|teaser|excerpt|abstract|spot|tagline|content")
"""Words that name other things as well: boxes of key points, meta descriptions, cards."""
_MIN, _MAX = 20, 1200
_LINKED = 0.3
"""Share of links in a line from which it is an offer rather than a standfirst."""
_LABELS = 2
"""Bars between section, date and author; a sentence has none."""
_INLINE = frozenset({"span", "strong", "b", "em", "i"})
_PHOTO = frozenset({"caption", "figure", "credit"})
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
    parsed: ParsedPage, flow: Flow, headline: int, title: str | None, captions: Sequence[int] = ()
) -> tuple[Found[str | None], list[Unit]]:
    """Return the lead and the units that it covers. `captions`: elements that hold a photo's caption."""
    sheet, region = flow.sheet, flow.region
    claims = descriptions(parsed)
    start = headline if headline >= 0 else -1
    first = _first_text(sheet, region, max(start, 0))
    scored: list[tuple[float, int, str, str, list[Unit]]] = []
    for node in _named(flow, start, first):
        units = [unit for unit in _with_fellows(sheet, node) if not sheet.roles(unit.node) & _PHOTO]
        if not units and sheet.unit_end[node] > sheet.unit_start[node]:
            continue  # a place for the lead photo, with its caption
        text = " ".join(unit.text for unit in units) or text_of(sheet.elements[node])
        score = (
            (2.0 if _WEAK.search(sheet.words[node].lower()) else 2.5)
            + (1.0 if _agrees(text, claims) else 0.0)
            - (0.0 if node > start else 2.0)
        )
        score += 1.0 if sheet.tag[node] in {"h2", "h3", "h4"} else 0.0
        score -= 0.05 * abs(node - start)
        scored.append((score, -node, text, "generic:class:lead", units))
    for score, units in _below(flow, start, claims):
        text = " ".join(unit.text for unit in units)
        scored.append((score, -units[0].node, text, "generic:below", units))
    held = {node for box in captions for node in range(box, sheet.end[box])}
    fit = [item for item in scored if item[0] >= 1.2 and -item[1] not in held and _fits(item[2], title)]
    if not fit:
        return Found(None), []
    _, _, text, rule, units = max(fit, key=lambda item: item[:3])
    return Found(_without_byline(text), rule), units


def _without_byline(text: str) -> str:
    """Return a lead without the byline that some print as its last words ("… verärgert. Von Ann Lee")."""
    byline = _BYLINE.search(text)
    if byline is None:
        return text
    named = clean_names(byline[1], frozenset())
    others = without_label(byline[1])
    for name in named:
        others = others.replace(name, " ")
    return text[: byline.start()] if named and not _WORDS.sub("", others).strip(" .,") else text


def _with_fellows(sheet: Sheet, node: int) -> list[Unit]:
    """Return the units of an element and of the paragraphs after it that are set in the same type."""
    end = sheet.unit_end[node]
    if sheet.tag[node] in _INLINE:  # its last line goes on behind it
        whole = text_of(sheet.elements[node])
        while end < len(sheet.units) and sheet.units[end].text in whole:
            end += 1
    if sheet.tag[node] not in {"p", "li"}:
        return sheet.units[sheet.unit_start[node] : end]
    after = sheet.end[node]
    while (
        after < len(sheet.elements)
        and sheet.parent[after] == sheet.parent[node]
        and (sheet.tag[after], sheet.words[after]) == (sheet.tag[node], sheet.words[node])
    ):
        end, after = sheet.unit_end[after], sheet.end[after]
    return sheet.units[sheet.unit_start[node] : end]


def _fits(text: str, title: str | None) -> bool:
    """Say whether a text can be a lead: its length, not the title, no byline or label."""
    if not _MIN <= weight(text) <= _MAX or _NOT_LEAD.match(text):
        return False
    if text.count(" | ") >= _LABELS or NOISE.match(text.lower()) or tells_moment(text):
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


def _named(flow: Flow, start: int, first: int) -> list[int]:
    """Return the elements that class words name a standfirst, from a little above the headline to the first
    text.

    Not below a paragraph of the body: "subhead" and "subheadline" name the standfirst with one paper and the
    headings between the paragraphs with another.
    """
    sheet, region = flow.sheet, flow.region
    begun = _body_begun(flow, start)
    out = []
    for node in range(max(0, start - 30), min(first + 8, len(sheet.elements))):
        words = sheet.words[node]
        if len(words) < 4 or not is_lead_words(words):
            continue
        if node > begun and not sheet.inside(node, begun):
            continue
        if sheet.roles(node) & _NOT_ROLES and not _is_foot_of_headline(sheet, node, start):
            continue
        if sheet.inside(start, node) or sheet.inside(region, node):
            continue  # a wrapper of the headline or of the body
        units = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        if sheet.good[node] > 0.5 * sheet.good[region] > 0 and len(units) > 1:
            continue  # the body, under a name that papers give to leads
        if sum(unit.linked for unit in units) <= 0.6 * sum(len(unit.text) for unit in units):
            out.append(node)
    return out


def _is_foot_of_headline(sheet: Sheet, node: int, headline: int) -> bool:
    """Say whether an element stands in nothing worse than the "footer" that follows on the headline."""
    if headline < 0 or sheet.roles(node) & _NOT_ROLES != {"footer"}:
        return False
    above = next((one for one in sheet.ancestors(node) if sheet.role[one] == "footer"), node)
    return sheet.tag[above] != "footer" and sheet.parent[above] == sheet.parent[headline]


def _body_begun(flow: Flow, start: int) -> int:
    """Return the index of the first paragraph below the headline that stands where the body stands."""
    sheet, region = flow.sheet, flow.region
    for unit in sheet.units[sheet.unit_start[region] : sheet.unit_end[region]] if flow.main else ():
        if unit.node > start and is_running(unit) and not sheet.boxed[unit.node] and flow.holds(unit.node):
            return unit.node
    return len(sheet.elements)


def _below(flow: Flow, start: int, claims: list[str]) -> list[tuple[float, list[Unit]]]:
    """Return the first texts below the headline with a score for a style of their own (heading, bold, other
    type or parent). Neighbours in one type are one text.
    """
    sheet = flow.sheet
    stated = {*map(key, claims)}
    out: list[tuple[float, list[Unit]]] = []
    groups = _groups(flow, start)
    for looked, (position, units) in enumerate(groups):
        first, amount = units[0], sum(unit.weight for unit in units)
        following = sheet.units[position + len(units) : position + len(units) + 13]
        others = [
            u for u in following if u.weight > 80 and not sheet.boxed[u.node] and u.tag in {"p", "div"}
        ][:4]
        text = " ".join(unit.text for unit in units)
        score = 1.0 if _agrees(text, claims) else 0.0
        score += 1.0 if first.tag in {"h2", "h3", "h4"} and amount > 40 else 0.0
        alone = all(map(_is_bold, units)) and amount > 60 and not any(map(_is_bold, others))
        score += 1.0 if alone else 0.0
        held = bool(flow.main) and flow.holds(first.node)
        score += 0.5 if not held and key(text) in stated else 0.0
        own = bool(others) and not held and _own_style(flow, first, others)
        if alone and others and all(other.node == first.node for other in others):
            own = True  # lines of one element: bold type is all the style that they can have
        if others or held:  # else nothing follows (a paywall) that it could differ from
            score += 0.8 if own or (alone and looked == 0 and others) else -0.5
        near = start >= 0 and first.node - start <= 8
        score += 0.5 if looked == 0 and near and amount > 60 else 0.0
        score += (
            0.6
            if own and amount > 60 and first.tag == "p" and flow.main and not flow.holds(first.node)
            else 0.0
        )
        out.append((score - 0.15 * looked, units))
    return out


def _groups(flow: Flow, start: int) -> list[tuple[int, list[Unit]]]:
    """Return the texts below the headline, as far as the first paragraph of the body: (index in the sheet's
    units, neighbours of one parent and type).
    """
    sheet = flow.sheet
    out: list[tuple[int, list[Unit]]] = []
    first = sheet.unit_end[start] if start >= 0 else 0
    for position, unit in enumerate(sheet.units[first:], first):
        if sheet.boxed[unit.node] or unit.weight < _MIN:
            continue
        if unit.link_share > _LINKED or _NOT_LEAD.match(unit.text):
            continue
        if sheet.unit_end[unit.node] - sheet.unit_start[unit.node] > 4:
            if not out and _is_bold(unit) and unit.weight > 60:
                out.append((position, [unit]))
            break  # text between the parts of a container, no element of its own
        held = bool(flow.main) and flow.holds(unit.node) and sheet.inside(unit.node, flow.region)
        last = out[-1][1][-1] if out else None
        if (
            last is not None
            and not held
            and last is sheet.units[position - 1]
            and _style(flow, last) == _style(flow, unit)
        ):
            out[-1][1].append(unit)
            continue
        if len(out) >= 5:
            break
        out.append((position, [unit]))
        if held or (not flow.main and unit.weight >= 100):
            break
    return out


def _is_bold(unit: Unit) -> bool:
    return unit.strong >= 0.9 * len(unit.text)


def _own_style(flow: Flow, unit: Unit, others: list[Unit]) -> bool:
    """Say whether a unit stands in another element kind, class or parent than the paragraphs that follow."""
    mine = _style(flow, unit)
    return all(_style(flow, other) != mine for other in others)


def _style(flow: Flow, unit: Unit) -> tuple[int, str, tuple[str, str]]:
    return flow.sheet.parent[unit.node], unit.tag, flow.type(unit.node)
