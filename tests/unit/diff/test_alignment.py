"""What two sequences have in common, and what finding it costs."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.diff.alignment import STEPS, Budget, common, increasing


def longest(old, new):
    """The length of the longest common subsequence, by the table that everybody knows."""
    row = [0] * (len(new) + 1)
    for one in old:
        above = 0
        for place, other in enumerate(new, 1):
            above, row[place] = row[place], above + 1 if one == other else max(row[place], row[place - 1])
    return row[-1]


@settings(max_examples=300, deadline=None)
@given(st.text("abcd", max_size=40), st.text("abcd", max_size=40))
def test_the_least_edit_is_found(old, new):
    pairs = common(old, new, Budget())
    assert all(old[place] == new[other] for place, other in pairs)
    assert all(one < two and other < another for (one, other), (two, another) in pairwise(pairs))
    assert len(pairs) == longest(old, new)


@settings(max_examples=100, deadline=None)
@given(st.text("abcdefgh", max_size=40), st.text("abcdefgh", max_size=40))
def test_without_steps_left_the_pairs_are_fewer_and_still_right(old, new):
    budget = Budget(0)
    pairs = common(old, new, budget)
    assert all(old[place] == new[other] for place, other in pairs)
    assert all(one < two and other < another for (one, other), (two, another) in pairwise(pairs))
    if old == new:
        assert len(pairs) == len(old)
        assert not budget.coarse


@given(st.permutations(range(9)))
def test_the_longest_chain_increases(order):
    chain = increasing(enumerate(order))
    assert all(one < two and other < another for (one, other), (two, another) in pairwise(chain))
    assert len(chain) == longest(range(9), order)


def few_words(chance, size):
    return [chance.choice("ab") for _ in range(size)]


def shuffled(chance, size):
    return chance.sample(range(size), size)


def frequent_words(chance, size):
    return [int(chance.paretovariate(0.6)) for _ in range(size)]


HOSTILE = {
    "one word": lambda _chance, size: (["a"] * size, ["a"] * (size // 2) + ["b"] * (size // 2)),
    "two words": lambda chance, size: (few_words(chance, size), few_words(chance, size)),
    "shuffled": lambda chance, size: (list(range(size)), shuffled(chance, size)),
    "backwards": lambda _chance, size: (list(range(size)), list(range(size))[::-1]),
    "like a language": lambda chance, size: (frequent_words(chance, size), frequent_words(chance, size)),
    "an edit every few words": lambda _chance, size: (
        ["a", "b", "c", "d"] * (size // 4),
        ["a", "b", "x", "d"] * (size // 4),
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_work_grows_with_the_length_and_not_with_its_square(kind):
    chance = random.Random(4)
    counted = []
    for size in (10_000, 40_000):
        budget = Budget()
        common(*HOSTILE[kind](chance, size), budget)
        assert budget.left > -6 * size  # an attempt is given up soon after its span
        counted.append(budget.counted)
    # at most eight rounds of cutting, each of which looks at both sides ten times
    assert counted[0] <= STEPS + 8 * 10 * 2 * 10_000
    assert counted[1] <= STEPS + 8 * 10 * 2 * 40_000


def test_long_texts_with_many_edits_are_aligned_where_four_words_together_stand_once():
    chance = random.Random(7)
    old = [chance.choice("的一是在不了有和人这中大为上个国我以要他") for _ in range(20_000)]
    new = [chance.choice("时来用们") if place % 37 == 0 else char for place, char in enumerate(old)]
    budget = Budget()
    pairs = common(old, new, budget)
    assert len(pairs) > 0.97 * len(old) - len(old) / 37
    assert all(old[place] == new[other] for place, other in pairs)
