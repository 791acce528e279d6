"""The region: the element in which the text of the article stands.

How: running text (a sentence or more, few links) outside boxes is summed over the tree; from the root the
walk goes down into the child that holds nearly all of it and stops where several siblings share it, because
many papers part a body over sibling containers (text, advert, text; free part, metered part). Then it goes up
again while what stands beside the region is set in the type of the region: paragraphs of one class are one
text, wherever they stand. Text that comes after a run of links counts for less each time: below the article
stand other stories and the publisher's address, and they may be longer than a short article.
"""

from __future__ import annotations

import re

from archive.extract.phrases import READ_ALSO
from archive.extract.sheet import Sheet, Unit, is_running

_NO_TEXT = re.compile(r"[^\w\s]*©|\W{0,3}copyright\b", re.IGNORECASE)
"""How the lines on rights begin that stand on every page of a paper."""
_DESCEND = 0.82
"""Share of a region's running text that a child must hold to be the region itself."""
_BEFORE = 300
"""Running text in paragraphs directly before a region that makes them a part of it: more than a lead."""
_DOUBT = 0.35
"""How much of its worth text keeps for each such run above it."""
GAP = 300
"""Linked characters between two running texts that make the second doubtful: a box of links."""


def region_of(sheet: Sheet, after: int, worths: list[tuple[float, float]]) -> int:
    """Return the index of the element that holds the body; `after` is the headline's index or -1,
    `worths` are those of the units (see `worth`).
    """
    score = _scores(sheet, worths)
    node = _article_around(sheet, score, after)
    while True:
        best, value, others = -1, 0.0, []
        for child in sheet.children(node):
            if score[child] > value:
                best, value = child, score[child]
            if score[child] > 0:
                others.append(child)
        if best < 0 or value < _DESCEND * score[node] or _has_twin(sheet, score, best, others):
            break
        if sheet.tag[best] in {"p", "blockquote", "li", "span"}:
            break
        node = best
    return _widened(sheet, node, after)


def worth(sheet: Sheet, after: int) -> list[tuple[float, float]]:
    """Return for each unit (how much running text of an article it is, how far to trust its place: 1, then
    less for each run of links passed); (0, …) where it is none.
    """
    out: list[tuple[float, float]] = []
    trust, linked, begun = 1.0, 0, False
    first = sheet.unit_end[after] if after >= 0 else 0
    for index, unit in enumerate(sheet.units):
        value = 0.0
        if not is_running(unit):
            linked += unit.linked if begun else 0
        elif (
            not sheet.boxed[unit.node]
            and not _NO_TEXT.match(unit.text)
            and not READ_ALSO.match(unit.text.lower())
        ):
            value = float(min(unit.weight - unit.linked, 1500)) / (2 if unit.tag == "li" else 1)
            if index < first:
                value /= 4  # before the headline: seldom body
            else:
                trust *= _DOUBT if linked > GAP else 1.0
                begun, linked = True, 0
        out.append((value, trust))
    return out


def _scores(sheet: Sheet, worths: list[tuple[float, float]]) -> list[float]:
    """Return how much of it each element holds."""
    score = [0.0] * len(sheet.elements)
    for unit, (value, trust) in zip(sheet.units, worths, strict=True):
        score[unit.node] += value * trust
    for index in range(len(score) - 1, 0, -1):
        score[sheet.parent[index]] += score[index]
    return score


def _article_around(sheet: Sheet, score: list[float], headline: int) -> int:
    """Return the `<article>` of the headline, where it holds a fair share of the text; else the root."""
    for above in sheet.ancestors(headline) if headline >= 0 else ():
        if sheet.tag[above] == "article" and score[above] >= max(500, 0.15 * score[0]):
            return above
    return 0


def _has_twin(sheet: Sheet, score: list[float], best: int, others: list[int]) -> bool:
    """Say whether a sibling has the class of the best child and running text: two parts of one body."""
    words = sheet.words[best].split()
    if not words or sheet.tag[best] == "article":
        return False
    return any(
        other != best and sheet.tag[other] == sheet.tag[best] and sheet.words[other].split()[:1] == words[:1]
        and score[other] >= 0.04 * score[best] for other in others
    )  # fmt: skip


def _type_of(sheet: Sheet, units: list[Unit]) -> tuple[str, str] | None:
    """Return the type, (tag, class), in which most of the running text is set; None where it has no class."""
    amounts: dict[tuple[str, str], int] = {}
    for unit in units:
        if is_running(unit) and not sheet.boxed[unit.node]:
            kind = (unit.tag, sheet.words[unit.node])
            amounts[kind] = amounts.get(kind, 0) + unit.weight
    best = max(amounts, key=amounts.__getitem__, default=None)
    return best if best is not None and best[1].strip() else None


def _widened(sheet: Sheet, node: int, after: int) -> int:
    """Return the region with what stands beside it in the same type, or in paragraphs directly before it."""
    kind = _type_of(sheet, sheet.units[sheet.unit_start[node] : sheet.unit_end[node]])
    while True:
        above = sheet.parent[node]
        if above < 0 or sheet.tag[above] in {"body", "html"} or sheet.tag[node] == "article":
            return node
        beside = [
            unit
            for start, end in (
                (sheet.unit_start[above], sheet.unit_start[node]),
                (sheet.unit_end[node], sheet.unit_end[above]),
            )
            for unit in sheet.units[start:end]
            if unit.node > after and is_running(unit) and not sheet.boxed[unit.node]
        ]
        before = sum(
            unit.weight
            for unit in beside
            if unit.node < node and sheet.parent[unit.node] == above and unit.tag == "p"
        )
        if before < _BEFORE and not any((unit.tag, sheet.words[unit.node]) == kind for unit in beside):
            return node
        node = above
