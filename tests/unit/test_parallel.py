"""Order is kept, errors are told, and a worker that dies takes nothing with it."""

from __future__ import annotations

import os

import pytest

from archive.parallel import Died, ordered


def double(pieces):
    return [2 * piece for piece in pieces]


def deadly(pieces):
    for piece in pieces:
        if piece == 13:
            os._exit(9)
    return [str(piece) for piece in pieces]


def refuse(_pieces):
    raise ValueError("not this")


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_work(jobs):
    assert list(ordered(double, iter(range(50)), jobs=jobs, together=4)) == [
        2 * number for number in range(50)
    ]
    assert list(ordered(double, [], jobs=jobs, together=4)) == []


def test_one_that_kills_its_process_is_reported_and_the_others_are_done():
    results = list(ordered(deadly, range(20), jobs=2, together=4))
    assert isinstance(results[13], Died)
    assert [result for place, result in enumerate(results) if place != 13] == [
        str(n) for n in range(20) if n != 13
    ]


def test_an_error_of_the_function_is_raised():
    with pytest.raises(ValueError, match="not this"):
        list(ordered(refuse, range(9), jobs=2, together=2))


def test_work_is_not_read_far_ahead():
    taken = []

    def pieces():
        for number in range(1000):
            taken.append(number)
            yield number

    results = ordered(double, pieces(), jobs=2, together=5)
    assert next(results) == 0
    assert len(taken) <= 5 * 2 * 3
    results.close()


def test_many_that_kill_their_process_are_reported_one_by_one():
    """Workers die while work is being handed out, and again as soon as the pool is made anew."""
    pieces = [13 if number % 3 == 0 else number for number in range(24)]
    results = list(ordered(deadly, pieces, jobs=2, together=1))
    assert [isinstance(result, Died) for result in results] == [piece == 13 for piece in pieces]
    assert [one for one in results if not isinstance(one, Died)] == [str(n) for n in pieces if n != 13]
