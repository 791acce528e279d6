"""Rules → layouts: samples of one template share one, told by a probe that only their pages have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from attrs import frozen

from archive.extract.page import ParsedPage
from hemeroteca.drafting import places
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
    pages of a template that it is not for: where no probe tells them apart, it is left out.
    """
    rules = [one for one in judged if one.source is not None]
    if not rules:
        return ()
    names = [places.names_of(sample.parsed) for sample in samples]
    elsewhere = set().union(*(places.names_of(page) for page in lists))
    groups = _groups(rules, len(samples))
    probes = {group: _probe(group, names, elsewhere) for group in groups}
    if len(groups) > _MOST_LAYOUTS or any(probes[group] is None for group in groups if len(groups) > 1):
        rules = [one for one in rules if not one.lost]
        if not rules:
            return ()
        groups = _groups(rules, len(samples))
        probes = {group: _probe(group, names, elsewhere) for group in groups}
    made = [(group, [one for one in rules if not one.lost & group]) for group in groups]
    made.sort(key=lambda it: (not it[1], -len(it[0]), sorted(it[0])))
    return tuple(
        DraftedLayout(id=f"drafted-{number}", samples=group, probe=probes[group], rules=tuple(own))
        for number, (group, own) in enumerate(made, 1)
    )


def _groups(rules: Sequence[Judgement], count: int) -> list[frozenset[int]]:
    """Return the samples that have the same rules, together."""
    by_rules: dict[tuple[bool, ...], set[int]] = defaultdict(set)
    for place in range(count):
        by_rules[tuple(place in one.lost for one in rules)].add(place)
    return [frozenset(group) for group in by_rules.values()]


def _probe(group: frozenset[int], names: Sequence[set[str]], elsewhere: set[str]) -> str | None:
    """Return a selector that finds something on every page of a group, on no other sample and on no list."""
    common = set.intersection(*(names[place] for place in group)) - elsewhere
    for place, found in enumerate(names):
        if place not in group:
            common -= found
    ranked = sorted(common, key=lambda text: (not _TELLING.search(text), "#" in text, len(text), text))
    return ranked[0] if ranked else None
