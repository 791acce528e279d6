"""Words in every script, and what differs between two texts word by word.

A word is what its script parts with spaces; Chinese, Japanese, Thai, Lao, Khmer and Burmese are compared by
the character, each with the marks that belong to it: half a syllable is not legible. Korean has spaces, and
is cut into pairs for the index only (archive.index.fold).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Literal

from attrs import frozen

from archive.diff.alignment import Budget, common
from archive.index.fold import is_unspaced

Op = Literal["same", "removed", "added"]
Token = tuple[str, str]
"""A word as it is compared, and as it stands in the text: with the space that follows it."""

_LEGIBLE = 0.3
"""Share of the characters that two texts must have in common to be compared by the word; below that, the
words in common are chance, and each text is read better whole."""

_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_BEFORE = "เแโใไເແໂໃໄ"
"""Thai and Lao vowels that are written before their consonant."""
_AFTER = "ะาำๅະາຳຽ"
"""Thai and Lao vowels that stand after it, letters to Unicode."""
_JOINERS = "\u1039\u17d2"
"""Burmese virama and Khmer coeng: the consonant that follows is written below."""


class _Kinds(dict[int, str]):
    """What `str.translate` asks: the kind of each character, as one letter. Filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        kind = self[code] = _kind(chr(code))
        return kind


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    for kind, there in (
        ("s", char.isspace()),
        ("v", char in _BEFORE),
        ("j", char in _JOINERS),
        ("m", char in _AFTER or category[0] == "M" or category == "Cf"),
        ("d", category == "Nd"),
        ("u", is_unspaced(char) and not any(first <= ord(char) <= last for first, last in _HANGUL)),
        ("w", category[0] in "LN" or category == "Co"),
        ("i", char in ".,:/\u066b\u066c"),
    ):
        if there:
            return kind
    return "p"


_KINDS = _Kinds()
_WORD = re.compile(r"(?:v?u(?:ju|[jm])*|[wd](?:[wdjm]|(?<=d)i(?=d))*|[^s])s*|s+")
"""Over kinds: a syllable or character, a word or number ("1.250,5", "20:15"), or one other sign."""


def tokens(text: str) -> list[Token]:
    """Return the words of a text; put together, their second parts are the text."""
    found = []
    for match in _WORD.finditer(text.translate(_KINDS)):
        word = text[match.start() : match.end()]
        found.append((_compared(word), word))
    return found


def _compared(word: str) -> str:
    bare = word.rstrip()
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)


@frozen
class Run:
    """A stretch of a text that both sides have, or only one."""

    op: Op
    text: str


def whole(op: Op, text: str) -> tuple[Run, ...]:
    """Return a text as one run; none where it is empty."""
    return (Run(op, text),) if text else ()


def runs(old: str, new: str, budget: Budget) -> tuple[Run, ...]:
    """Return what differs word by word. Without what was added the runs are the old text (white space as in
    the new one), without what was removed the new one.
    """
    if old == new:
        return whole("same", new)
    before, after = tokens(old), tokens(new)
    pairs = common([word for word, _ in before], [word for word, _ in after], budget)
    stretches = _joined(_stretches(pairs, len(before), len(after)))
    shared = sum(len(text) for start, end, _, _, same in stretches if same for _, text in before[start:end])
    if 2 * shared < _LEGIBLE * (len(old) + len(new)):
        return (*whole("removed", old), *whole("added", new))
    found: list[Run] = []
    for start, end, begin, stop, same in stretches:
        removed = "".join(text for _, text in before[start:end])
        if removed and start and begin and not after[begin - 1][1][-1:].isspace():
            _, last = before[start - 1]  # the space before what was removed went with it
            removed = last[len(last.rstrip()) :] + removed
        added = "".join(text for _, text in after[begin:stop])
        found += whole("same", added) if same else _change(removed, added)
    return tuple(
        Run(op, "".join(run.text for run in group)) for op, group in groupby(found, key=lambda run: run.op)
    )


_Stretch = tuple[int, int, int, int, bool]
"""Places in old, places in new, and whether they hold the same."""


def _stretches(pairs: list[tuple[int, int]], size: int, other_size: int) -> list[_Stretch]:
    found: list[_Stretch] = []
    at, other = 0, 0
    for place, number in (*pairs, (size, other_size)):
        if place > at or number > other:
            found.append((at, place, other, number, False))
        if place < size and number < other_size:
            if found and found[-1][4]:
                start, _, begin, _, _ = found.pop()
                found.append((start, place + 1, begin, number + 1, True))
            else:
                found.append((place, place + 1, number, number + 1, True))
        at, other = place + 1, number + 1
    return found


def _joined(stretches: list[_Stretch]) -> list[_Stretch]:
    """Join two changes with the few words between them, where both are at least twice as long: what rewritten
    sentences have in common by chance ("de", "的") only hinders reading.
    """
    found: list[_Stretch] = []
    for stretch in stretches:
        found.append(stretch)
        while len(found) > 2 and not found[-1][4]:
            first, middle, last = found[-3:]
            between = middle[1] - middle[0]
            if 2 * between > min(_length(first), _length(last)):
                break
            found[-3:] = [(first[0], last[1], first[2], last[3], False)]
    return found


def _length(stretch: _Stretch) -> int:
    start, end, begin, stop, _ = stretch
    return max(end - start, stop - begin)


def _change(removed: str, added: str) -> tuple[Run, ...]:
    """Return a change; the space that both its sides end in is none."""
    if removed[-1:].isspace() and added[-1:].isspace():
        bare = added.rstrip()
        return (*whole("removed", removed.rstrip()), *whole("added", bare), Run("same", added[len(bare) :]))
    return (*whole("removed", removed), *whole("added", added))
