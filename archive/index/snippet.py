"""Where the words of a query stand in the original text: for highlighting, in every script.

FTS5's own snippet() counts tokens, and folding changes their number for pairs of characters; so the text is
folded again with a map back to its characters, and the needles are looked for in that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from archive.index.fold import Folded, is_unspaced, pieces
from archive.index.query import Needle
from archive.index.results import Pieces

_LENGTH = 200
"""Characters of a snippet, about two lines."""
_BEFORE = 50
"""Characters shown before the first match."""
_HALF_WIDTH = re.compile("[\u3041-\u3096\u30a1-\u30fe]?[\uff66-\uff9f]+")
_VOICING = frozenset("\uff9e\uff9f")


class Pattern:
    """One needle, ready to be looked for in folded text."""

    def __init__(self, needle: Needle) -> None:
        parts = [part for word in needle.words for part in pieces(word)]
        out = re.escape(parts[0])
        for before, part in pairwise(parts):
            # where two scripts meet, words are parted without a space
            out += (r"\s+" if is_unspaced(before[0]) == is_unspaced(part[0]) else r"\s*") + re.escape(part)
        self._pattern = re.compile(out)
        self._prefix = needle.prefix

    def finditer(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end): whole words, beginnings for a prefix, any place in unspaced scripts."""
        at = 0
        while match := self._pattern.search(folded, at):
            start, end = match.span()
            at = start + 1
            if start and _joined(folded[start - 1], folded[start]):
                continue
            if self._prefix:
                while end < len(folded) and _joined(folded[end - 1], folded[end]):
                    end += 1
            if end < len(folded) and _joined(folded[end - 1], folded[end]):
                continue
            yield start, end
            at = end


def _joined(before: str, after: str) -> bool:
    """Say whether two neighbours belong to one word: same kind of script, and one that has words."""
    return before != " " and after != " " and not is_unspaced(before) and not is_unspaced(after)


def patterns_of(needles: tuple[Needle, ...]) -> list[Pattern]:
    """Return what to look for."""
    return [Pattern(needle) for needle in needles if needle.words]


def _shown(text: str) -> str:
    """Return the text in NFC, and full-width each run of half-width kana in which one has a voicing mark:
    such a kana is two characters there, and one where it is folded.
    """
    return unicodedata.normalize("NFC", _HALF_WIDTH.sub(_joined_marks, text))


def _joined_marks(run: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", run[0]) if _VOICING & set(run[0]) else run[0]


def spans(text: str, patterns: list[Pattern]) -> list[tuple[int, int, int]]:
    """Return (start, end, needle) of every match, as places in the text (which has to be in NFC)."""
    folded = Folded(text)
    found = []
    for number, pattern in enumerate(patterns):
        for first, last in pattern.finditer(folded.text):
            start, end = folded.origin(first), folded.origin(last - 1) + 1
            while end < len(text) and unicodedata.combining(text[end]):  # marks that folding dropped
                end += 1
            found.append((start, end, number))
    return sorted(found)


def mark(text: str | None, patterns: list[Pattern]) -> Pieces:
    """Return the whole text in pieces."""
    if not text:
        return ()
    text = _shown(text)
    return _cut(text, spans(text, patterns), 0, len(text))


def snippet(texts: tuple[str | None, ...], patterns: list[Pattern]) -> Pieces:
    """Return about 200 characters of the text that shows most of the needles, the first one in doubt."""
    best: tuple[int, str, list[tuple[int, int, int]], int] | None = None
    for text in texts:
        if not text:
            continue
        text = _shown(text)  # noqa: PLW2901
        found = spans(text, patterns)
        score, start = _densest(found)
        if best is None or score > best[0]:
            best = (score, text, found, start)
        if not patterns:
            break
    if best is None:
        return ()
    _, text, found, first = best
    start = _word_start(text, first - _BEFORE) if first > _BEFORE else 0
    end = _word_end(text, start + _LENGTH)
    shown = _cut(text, found, start, end)
    before: Pieces = (("… ", False),) if start > 0 else ()
    after: Pieces = ((" …", False),) if end < len(text) else ()
    return before + shown + after


def _densest(found: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Return (number of different needles, place of the first) of the best window."""
    score, start = 0, 0
    for number, (at, _, _) in enumerate(found):
        inside = {
            needle for begin, _, needle in found[number : number + 40] if begin < at + _LENGTH - _BEFORE
        }
        if len(inside) > score:
            score, start = len(inside), at
    return score, start


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at, at + 25)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", at - 25, at)
    return space if space >= 0 else at


def _cut(text: str, found: list[tuple[int, int, int]], start: int, end: int) -> Pieces:
    out: list[tuple[str, bool]] = []
    at = start
    for begin, stop, _ in found:
        if begin < at or stop > end:
            continue
        if begin > at:
            out.append((text[at:begin].replace("\n\n", " "), False))
        out.append((text[begin:stop], True))
        at = stop
    if at < end:
        out.append((text[at:end].replace("\n\n", " "), False))
    return tuple(out)
