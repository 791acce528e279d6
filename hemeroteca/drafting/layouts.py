"""Rules → layouts: samples of one template share one, told by a probe that only their pages have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import frozen

from archive.extract.page import ParsedPage
from hemeroteca.drafting import places
from hemeroteca.drafting.evidence import FEWEST
from hemeroteca.drafting.proving import Judgement
from hemeroteca.drafting.survey import Sample

_MOST_LAYOUTS = 6
_TELLING = re.compile(r"article|story|post|content|body|detail|text|read|entry|news", re.IGNORECASE)


@frozen(kw_only=True)
class DraftedLayout:
    """One [[layout]] of a draft."""

    id: str
    samples: frozenset[int]
    probe: str | None
    rules: tuple[Judgement, ...] = ()


def layouts_of(
    judged: Sequence[Judgement], samples: Sequence[Sample], lists: Iterable[ParsedPage]
) -> tuple[DraftedLayout, ...]:
    """Return the layouts for the rules that were found; none where the generic extractor is enough.

    A declared field that gives nothing is not asked of the generic extractor. So a rule must not reach the
    pages of a template that it is not for: where no probe tells them apart, it is left out. As in a profile,
    the first layout whose probe matches a sample has it.
    """
    rules = [one for one in judged if one.source is not None]
    names = [places.names_of(sample.parsed) for sample in samples] if rules else []
    elsewhere = set().union(*(places.names_of(page) for page in lists)) if rules else set()
    left = frozenset(range(len(samples)))
    drafted: list[tuple[frozenset[int], str | None]] = []
    waiting = [one for one in rules if one.lost]
    while waiting and len(drafted) < _MOST_LAYOUTS:
        first = max(waiting, key=lambda one: len(one.right & left))
        probe = _probe(*_home(first, waiting, left), names, elsewhere)
        if probe is None:  # alone it may be told apart
            probe = _probe(first.right & left, first.lost & left, names, elsewhere)
        if probe is None:
            rules.remove(first)
        else:
            here = frozenset(place for place in left if probe in names[place])
            drafted.append((here, probe))
            left -= here
        waiting = [
            one for one in waiting if one is not first and one in rules
            and one.lost & left and len(one.right & left) >= FEWEST
        ]  # fmt: skip
    if left and (drafted or rules):
        drafted.append((left, _probe(left, frozenset(), names, elsewhere)))
    made = [
        DraftedLayout(id=f"drafted-{number}", samples=here, probe=probe, rules=_rules_in(here, rules))
        for number, (here, probe) in enumerate(drafted, 1)
    ]
    return tuple(made) if any(layout.rules for layout in made) else ()


def _home(
    first: Judgement, rules: Iterable[Judgement], left: frozenset[int]
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the samples of the template that a rule is for, and those of others, by all rules that agree."""
    inside, outside = first.right & left, first.lost & left
    for one in rules:
        right, lost = one.right & left, one.lost & left
        if right & inside and not (inside | right) & (outside | lost):
            inside, outside = inside | right, outside | lost
    return inside, outside


def _rules_in(here: frozenset[int], rules: Iterable[Judgement]) -> tuple[Judgement, ...]:
    return tuple(one for one in rules if one.right & here and not one.lost & here)


def _probe(
    inside: frozenset[int], outside: frozenset[int], names: Sequence[set[str]], elsewhere: set[str]
) -> str | None:
    """Return a selector that finds something on every page inside, on none outside and on no list."""
    if not inside:
        return None
    common = set.intersection(*(names[place] for place in inside)) - elsewhere
    common -= set().union(*(names[place] for place in outside))
    ranked = sorted(common, key=lambda text: (not _TELLING.search(text), "#" in text, len(text), text))
    return ranked[0] if ranked else None
