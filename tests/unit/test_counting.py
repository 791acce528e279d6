from __future__ import annotations

import pytest

from archive.counting import count_of, counted


@pytest.mark.parametrize(
    ("number", "words", "text"),
    [
        (0, ("article",), "0 articles"),
        (1, ("article",), "1 article"),
        (2040, ("article",), "2,040 articles"),
        (1, ("address is", "addresses are"), "1 address is"),
        (3, ("address is", "addresses are"), "3 addresses are"),
        (1.0, ("minute",), "1 minute"),
        (1.5, ("minute",), "1.5 minutes"),
    ],
)
def test_a_number_with_its_word(number, words, text):
    assert count_of(number, *words) == text


@pytest.mark.parametrize(
    ("name", "one", "many"),
    [
        ("listings", "1 listing", "2 listings"),
        ("new_articles", "1 new article", "2 new articles"),
        ("redirect_loops", "1 redirect loop", "2 redirect loops"),
        ("verdict_error_page", "1 error page", "2 error pages"),
        ("verdict_empty", "1 empty page", "2 empty pages"),
        ("fetched", "1 fetched", "2 fetched"),
        ("not_modified", "1 not modified", "2 not modified"),
    ],
)
def test_a_count_of_a_run_by_its_name(name, one, many):
    assert (counted(name, 1), counted(name, 2)) == (one, many)
