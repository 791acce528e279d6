"""Boxes inside the region: set apart from the text, in a container of their own, under a heading of their own.

How: the paragraphs of a body stand in one kind of place (the chain of tags and classes between region and
paragraph); most of the text tells which. What stands elsewhere, in a container without a single paragraph of
the main kind, is foreign. A foreign container under a heading is a box (a card of another story, a glossary, an
explainer), and so is foreign text below the last paragraph with a run of links between them (the publisher's
address). Lists, quotes and tables directly among the paragraphs are no containers, and stay.
"""

from __future__ import annotations

from archive.extract.region import worth
from archive.extract.sheet import Sheet, is_running

_CONTAINERS = frozenset(
    {"div", "section", "aside", "article", "a", "details", "header", "footer", "nav", "dl"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_MAIN = 0.2
"""Share of the text that a kind of place must hold to be one of the body's."""
_MOST = 0.3
"""A container with more than this share of the body's text is a part of it, whatever its place."""

Place = tuple[tuple[str, str], ...]


def infoboxes(sheet: Sheet, region: int, headline: int) -> list[int]:
    """Return the outermost elements in the region that are boxes rather than text."""
    start, end = sheet.unit_start[region], sheet.unit_end[region]
    units = sheet.units[start:end]
    main, below_links, held = _main_places(sheet, region, headline)
    if not main:
        return []
    of_main = [unit.node in main for unit in units]
    counts = [0]
    for flag in of_main:
        counts.append(counts[-1] + flag)
    last = max(index for index, flag in enumerate(of_main) if flag)
    flow = main | {sheet.parent[node] for node in main}
    boxes: list[int] = []
    for index, unit in enumerate(units):
        if unit.node in main or not is_running(unit) or sheet.boxed[unit.node] or unit.tag in _CELLS:
            continue
        if boxes and sheet.inside(unit.node, boxes[-1]):
            continue
        node = _foreign(sheet, unit.node, region, counts, start)
        if sheet.tag[node] not in _CONTAINERS or sheet.inside(headline, node):
            continue
        inside = sheet.units[sheet.unit_start[node] : sheet.unit_end[node]]
        below = index > last and unit.node in below_links and sheet.parent[node] not in flow
        small = sum(u.weight for u in inside if is_running(u)) < _MOST * held
        if below or (small and any(u.tag in _HEADINGS for u in inside)):
            boxes.append(node)
    return boxes


def _main_places(sheet: Sheet, region: int, headline: int) -> tuple[set[int], set[int], float]:
    """Return the elements of the running units that stand in the body's kind of place, those of kinds that are
    first met below a run of links, and the body's amount of text; nothing where no kind of place is the body's.

    A kind that is first met below a run of links is the body's only if it holds more than any other.
    """
    places: dict[int, Place] = {}
    amounts: dict[Place, float] = {}
    doubtful: set[Place] = set()
    start, end = sheet.unit_start[region], sheet.unit_end[region]
    for unit, (value, trust) in zip(sheet.units[start:end], worth(sheet, headline)[start:end], strict=True):
        if value:
            place = places.get(unit.node) or places.setdefault(unit.node, _place(sheet, unit.node, region))
            if place not in amounts and trust < 1:
                doubtful.add(place)
            amounts[place] = amounts.get(place, 0.0) + value * trust
    total = sum(amounts.values())
    best = max(amounts, key=amounts.__getitem__, default=())
    main = {best, *(p for p, amount in amounts.items() if amount >= _MAIN * total and p not in doubtful)}
    held = sum(amounts[place] for place in main) if amounts else 0.0
    if held < 0.5 * total or not amounts:
        return set(), set(), 0.0
    return (
        {node for node, place in places.items() if place in main},
        {node for node, place in places.items() if place in doubtful},
        held,
    )


def _place(sheet: Sheet, node: int, region: int) -> Place:
    chain = []
    while node > region:
        chain.append((sheet.tag[node], sheet.elements[node].get("class") or ""))
        node = sheet.parent[node]
    return tuple(chain)


def _foreign(sheet: Sheet, node: int, region: int, counts: list[int], start: int) -> int:
    """Return the outermost element around a node, inside the region, that holds no paragraph of the main kind."""
    above = sheet.parent[node]
    while above > region and counts[sheet.unit_end[above] - start] == counts[sheet.unit_start[above] - start]:
        node, above = above, sheet.parent[above]
    return node
