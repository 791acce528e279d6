"""What two sequences have in common, in order, within a bounded amount of work.

Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986) finds the least edit, in time that grows with
the square of its size. So it is given up after a span that is linear in the input; the sequences are then cut
where elements stand once in both (the patience diff of Bram Cohen), and what lies between is tried again.
difflib is not used: its worst case is cubic, and its shortcut (autojunk) drops frequent words of long texts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence

STEPS = 1_000_000
"""Of Myers' algorithm in one comparison of two articles: some two seconds at the worst."""
_EDITS = 400
"""Elements removed and added that one attempt may find; rewritten paragraphs have fewer words."""
_A_SPAN = 200_000
_ROUNDS = 8
"""How often what lies between unique elements is cut again."""

Pair = tuple[int, int]


class Budget:
    """What one comparison may cost. Where it is used up, results are coarser, never wrong."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps
        self.counted = 0
        """All steps so far, those that only grow with the length of the texts included."""
        self.coarse = False
        """Whether something was left unaligned that more steps might have aligned."""

    def count(self, steps: int) -> None:
        """Note steps whose number is linear in the texts."""
        self.counted += steps

    def spend(self, steps: int) -> None:
        """Take steps from what is left."""
        self.left -= steps
        self.counted += steps


def common(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> list[Pair]:
    """Return pairs of places (in old, in new) that hold equal elements, both increasing."""
    numbers: dict[Hashable, int] = {}
    first = [numbers.setdefault(element, len(numbers)) for element in old]
    second = [numbers.setdefault(element, len(numbers)) for element in new]
    budget.count(len(first) + len(second))
    found: list[Pair] = []
    waiting = [(0, len(first), 0, len(second), 0)]
    while waiting:
        start, end, begin, stop, rounds = waiting.pop()
        while start < end and begin < stop and first[start] == second[begin]:
            found.append((start, begin))
            start, begin = start + 1, begin + 1
        while start < end and begin < stop and first[end - 1] == second[stop - 1]:
            end, stop = end - 1, stop - 1
            found.append((end, stop))
        if start == end or begin == stop:
            continue
        between = _least(first[start:end], second[begin:stop], budget)
        if between is not None:
            found += [(start + place, begin + other) for place, other in between]
            continue
        anchors = _anchors(first[start:end], second[begin:stop], budget) if rounds < _ROUNDS else []
        budget.coarse |= not anchors
        before = (start, begin)
        for place, other in (*anchors, (end - start, stop - begin)) if anchors else ():
            waiting.append((before[0], start + place, before[1], begin + other, rounds + 1))
            before = (start + place, begin + other)  # the anchor itself is the next gap's common beginning
    return sorted(found)


def _anchors(old: list[int], new: list[int], budget: Budget) -> list[Pair]:
    """Return the longest increasing chain of elements that stand exactly once in both: of four together, or,
    where no four do, of single ones. Few Chinese characters stand once in a text.
    """
    for together in (4, 1):
        budget.count(together * (len(old) + len(new)))
        places, others = _once(old, together), _once(new, together)
        found = increasing((place, others[it]) for it, place in places.items() if it in others)
        if found:
            return found
    return []


def _once(elements: list[int], together: int) -> dict[tuple[int, ...], int]:
    places: dict[tuple[int, ...], int] = {}
    for place, element in enumerate(zip(*(elements[start:] for start in range(together)), strict=False)):
        places[element] = place if element not in places else -1
    return {element: place for element, place in places.items() if place >= 0}


def increasing(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the longest chain of pairs that increases in both; given in order of the first, none twice."""
    heads: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    every = list(pairs)
    for number, (_, other) in enumerate(every):
        length = bisect_left(heads, other)
        before.append(chain[length - 1] if length else -1)
        if length == len(heads):
            heads.append(other)
            chain.append(number)
        else:
            heads[length], chain[length] = other, number
    longest = []
    at = chain[-1] if chain else -1
    while at >= 0:
        longest.append(every[at])
        at = before[at]
    return longest[::-1]


def _least(old: list[int], new: list[int], budget: Budget) -> list[Pair] | None:
    """Return the pairs of the least edit; None where finding it costs too much."""
    size, other_size = len(old), len(new)
    limit = min(budget.left, 4 * (size + other_size) + _A_SPAN)
    reach = {1: 0}
    """Diagonal → how far in old the furthest path on it has come."""
    trail: list[dict[int, int]] = []
    steps = 0
    for edits in range(min(size + other_size, _EDITS) + 1):
        trail.append({})
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
            )
            place = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            other = place - diagonal
            began = place
            while place < size and other < other_size and old[place] == new[other]:
                place, other = place + 1, other + 1
            steps += place - began + 1
            trail[edits][diagonal] = place
            if place >= size and other >= other_size:
                budget.spend(steps)
                return _walked(trail, size, other_size)
            if steps > limit:
                budget.spend(steps)
                return None
        reach.update(trail[edits])
    budget.spend(steps)
    return None


def _walked(trail: list[dict[int, int]], place: int, other: int) -> list[Pair]:
    """Walk the furthest paths back from the end; return what they have in common."""
    pairs: list[Pair] = []
    for edits in range(len(trail) - 1, -1, -1):
        diagonal = place - other
        if edits == 0:
            pairs += [(at, at) for at in range(place - 1, -1, -1)]
            break
        earlier = trail[edits - 1]
        down = diagonal == -edits or (
            diagonal != edits and earlier.get(diagonal - 1, -1) < earlier.get(diagonal + 1, -1)
        )
        previous = diagonal + 1 if down else diagonal - 1
        before = earlier[previous]
        began = before if down else before + 1
        pairs += [(at, at - diagonal) for at in range(place - 1, began - 1, -1)]
        place, other = before, before - previous
    return pairs[::-1]
