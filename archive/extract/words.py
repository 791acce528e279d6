"""Ask a pattern of class words and ids.

They are folded first and the patterns tell case apart: Python searches a long list of alternatives several
times faster so. Words run together by capitals ("authorLine") are asked parted as well. Answers are kept,
because a site's class words come again on every page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache


def word_test(pattern: str) -> Callable[[str], bool]:
    """Return a function that says whether a string of class words, whatever its case, has the pattern (which
    is written in lower case) in it.
    """
    search = re.compile(pattern).search
    part = re.compile(r"(?<=[a-z])(?=[A-Z])").sub

    @lru_cache(maxsize=16_384)
    def has(words: str) -> bool:
        lower = words.lower()
        if search(lower) is not None:
            return True
        return lower != words and search(part("-", words).lower()) is not None

    return has
