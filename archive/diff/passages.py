"""Paragraphs, captions, names: which of one version is which of the other, and what differs between the two.

In this order: equal ones in the same order; equal ones elsewhere (moved); similar ones, by the words they
share (changed, or moved and changed). What is left was removed or added.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from os.path import commonprefix
from typing import Literal

import attrs
from attrs import field, frozen

from archive.diff.alignment import Budget, common, increasing
from archive.diff.words import Run, runs, whole
from archive.index.fold import fold
from archive.wording import wording

What = Literal["same", "changed", "moved", "removed", "added"]

_ALIKE = 0.35
"""Share of words (of pairs of characters, in scripts without spaces) from which on two paragraphs at the same
place are one that was changed."""
_ALIKE_ELSEWHERE = 0.6
"""The same for two at different places: agency reports resemble each other."""
_FREQUENT = 8
"""A word of more paragraphs than this says nothing about which of them is meant."""
_CANDIDATES = 3


@frozen
class Passage:
    """A paragraph, a caption, a name: one piece of a field."""

    position: int
    """1-based, as on the page: of the block, the photo, the name."""
    text: str
    kind: str | None = None
    """Of a block: paragraph, subhead, quote …"""


@frozen
class Change:
    """One passage, before and after."""

    change: What
    before: Passage | None
    after: Passage | None
    words: tuple[Run, ...] = field(repr=False)


def of_texts(texts: Iterable[str | None]) -> list[Passage]:
    """Return the passages of a field that is a text or several; empty ones keep their position."""
    return [Passage(position, text) for position, text in enumerate(texts, 1) if text]


def align(
    old: Sequence[Passage],
    new: Sequence[Passage],
    budget: Budget,
    *,
    key: Callable[[str], str] = wording,
    positional: bool = False,
) -> list[Change]:
    """Return every passage of both sides, unchanged ones too, in the order of the new one; what was removed
    stands where it stood.

    `key` says which texts are equal. With `positional`, as many as were removed at a place and put there are
    changes of each other, however different: a name, a credit.
    """
    before = [key(passage.text) for passage in old]
    after = [key(passage.text) for passage in new]
    budget.count(sum(map(len, before)) + sum(map(len, after)))
    pairs = dict(common(before, after, budget))
    parted = _parted_alike(old, new, (before, after), pairs) if key is wording else None
    if parted is not None:
        old, before = parted, [key(passage.text) for passage in parted]
        pairs = dict(common(before, after, budget))
    pairs |= _equal(before, after, pairs)
    pairs |= _similar(old, new, pairs, budget)
    in_place = dict(increasing(sorted(pairs.items())))
    elsewhere = {at: other for at, other in pairs.items() if at not in in_place}
    if positional:
        in_place |= _by_position(in_place, elsewhere, len(old), len(new))
    return list(_changes(old, new, in_place, elsewhere, partial(_words, key=key, budget=budget)))


Gap = tuple[range, range]


def _gaps(pairs: dict[int, int], size: int, other_size: int) -> Iterator[Gap]:
    """Yield what lies between the pairs, which increase."""
    at, other = 0, 0
    for place, number in (*sorted(pairs.items()), (size, other_size)):
        yield range(at, place), range(other, number)
        at, other = place + 1, number + 1


def _gap_of(pairs: dict[int, int], size: int, other_size: int) -> tuple[list[int], list[int]]:
    """Return for every place of both sides how many pairs stand before it."""
    before, after = [0] * size, [0] * other_size
    for number, (places, others) in enumerate(_gaps(pairs, size, other_size)):
        for place in places:
            before[place] = number
        for other in others:
            after[other] = number
    return before, after


def _left(taken: dict[int, int], size: int, other_size: int) -> tuple[list[int], list[int]]:
    others = set(taken.values())
    return [at for at in range(size) if at not in taken], [at for at in range(other_size) if at not in others]


def _parted_alike(
    old: Sequence[Passage], new: Sequence[Passage], keys: tuple[list[str], list[str]], pairs: dict[int, int]
) -> list[Passage] | None:
    """Return the old passages, parted as the new ones are where nothing else was changed: where a paragraph
    ends is white space. None where there is no such place.
    """
    parted: list[Passage] = []
    found = False
    for places, others in _gaps(pairs, len(old), len(new)):
        rows, columns = old[places.start : places.stop], new[others.start : others.stop]
        head = tail = (0, 0)
        if len({passage.kind for passage in (*rows, *columns)}) == 1:
            texts, wanted = keys[0][places.start : places.stop], keys[1][others.start : others.stop]
            head = _same_beginning(texts, wanted)
            rest = texts[head[0] :], wanted[head[1] :]
            tail = _same_beginning(*([text[::-1] for text in reversed(it)] for it in rest))
        parted += [attrs.evolve(rows[0], text=column.text) for column in columns[: head[1]]]
        parted += rows[head[0] : len(rows) - tail[0]]
        parted += [attrs.evolve(rows[-1], text=column.text) for column in columns[len(columns) - tail[1] :]]
        parted += old[places.stop : places.stop + 1]
        found |= head != (0, 0) or tail != (0, 0)
    return parted if found else None


def _same_beginning(texts: list[str], others: list[str]) -> tuple[int, int]:
    """Return how many of both say the same, put together, as far as both end at the same place."""
    length = len(commonprefix(["".join(texts), "".join(others)]))  # noqa: RUF071  # of texts, not of paths
    ends = {end: number for number, end in enumerate(accumulate(map(len, texts)), 1) if end <= length}
    both = [(ends[end], number) for number, end in enumerate(accumulate(map(len, others)), 1) if end in ends]
    return max(both, default=(0, 0))


def _equal(before: list[str], after: list[str], pairs: dict[int, int]) -> dict[int, int]:
    """Return pairs of equal passages among what is left."""
    left, right = _left(pairs, len(before), len(after))
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for place in left:
        waiting[before[place]].append(place)
    return {waiting[after[other]].popleft(): other for other in right if waiting.get(after[other])}


def _similar(
    old: Sequence[Passage], new: Sequence[Passage], pairs: dict[int, int], budget: Budget
) -> dict[int, int]:
    """Return pairs of passages that share enough words, the most alike first."""
    left = _left(pairs, len(old), len(new))
    here, there = _gap_of(dict(increasing(sorted(pairs.items()))), len(old), len(new))
    bags = {place: Counter(fold(old[place].text).split()) for place in left[0]}
    others = {other: Counter(fold(new[other].text).split()) for other in left[1]}
    holders: dict[str, list[int]] = defaultdict(list)
    for place, bag in bags.items():
        for word in bag:
            if len(holders[word]) <= _FREQUENT:
                holders[word].append(place)
    alike: list[tuple[float, int, int]] = []
    for other, bag in others.items():
        votes: Counter[int] = Counter()
        for word, many in bag.items():
            found = holders.get(word, ())
            for place in found if len(found) <= _FREQUENT else ():
                votes[place] += min(many, bags[place][word])
        budget.count(len(bag) * _FREQUENT)
        for place, _ in votes.most_common(_CANDIDATES):
            share = _share(bags[place], bag, budget)
            if share >= (_ALIKE if here[place] == there[other] else _ALIKE_ELSEWHERE):
                alike.append((-share, place, other))
    chosen: dict[int, int] = {}
    for _, place, other in sorted(alike):
        if place not in chosen and other in others:
            chosen[place] = other
            del others[other]
    return chosen


def _share(bag: Counter[str], other: Counter[str], budget: Budget) -> float:
    """Return which share of the words of both is in common (Dice)."""
    few, many = sorted((bag, other), key=len)
    budget.count(len(few))
    shared = sum(min(number, many[word]) for word, number in few.items() if word in many)
    return 2 * shared / (bag.total() + other.total())


def _by_position(
    in_place: dict[int, int], elsewhere: dict[int, int], size: int, other_size: int
) -> dict[int, int]:
    """Return pairs of what is left between the others, where as many were removed as were added."""
    found: dict[int, int] = {}
    moved = set(elsewhere.values())
    for places, others in _gaps(in_place, size, other_size):
        removed = [at for at in places if at not in elsewhere]
        added = [at for at in others if at not in moved]
        if len(removed) == len(added):
            found.update(zip(removed, added, strict=True))
    return found


def _changes(
    old: Sequence[Passage],
    new: Sequence[Passage],
    in_place: dict[int, int],
    elsewhere: dict[int, int],
    words: Callable[[str, str], tuple[Run, ...]],
) -> Iterator[Change]:
    came_from = {other: at for at, other in elsewhere.items()}
    for places, others in _gaps(in_place, len(old), len(new)):
        for at in places:
            if at not in elsewhere:
                yield Change("removed", old[at], None, whole("removed", old[at].text))
        for other in others:
            if other in came_from:
                before = old[came_from[other]]
                yield Change("moved", before, new[other], words(before.text, new[other].text))
            else:
                yield Change("added", None, new[other], whole("added", new[other].text))
        if places.stop < len(old):
            before, after = old[places.stop], new[others.stop]
            found = words(before.text, after.text)
            same = before.kind == after.kind and all(run.op == "same" for run in found)
            yield Change("same" if same else "changed", before, after, found)


def _words(old: str, new: str, key: Callable[[str], str], budget: Budget) -> tuple[Run, ...]:
    if key(old) == key(new):
        return whole("same", new)
    found = runs(old, new, budget)
    if all(run.op == "same" for run in found):  # only white space differs, and it counts
        return (*whole("removed", old), *whole("added", new))
    return found
