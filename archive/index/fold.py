"""One folding for every language, used on what is indexed and on what is asked.

NFKC, case, diacritics of alphabetic scripts (Hà Nội → ha noi, ё → е), letters that Unicode does not take
apart (đ œ æ ß ł ø ı), Arabic letter forms and vowel signs, digits of every script, apostrophes (l’ONU →
l onu).
Punctuation becomes space. Scripts written without spaces are cut into pairs of characters (联合国 → 联合 合国
国), the last character of a run standing alone, so that a word of any length is found: as a phrase of
pairs, or one character as a prefix.
Marks that carry a word (Thai, Lao, Khmer and Indic vowels, Japanese voicing) stay.

The index is only as good as this function is stable: whoever changes what it returns raises FOLD_VERSION.
"""
# ruff: noqa: E501  (long SQL, tables and texts are read better whole)

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate

FOLD_VERSION = "1"

URL_KEY_VERSION = "2"
"""The same for `keys.url_key`, which joins links to articles. It stands here because reading needs it at
once."""

TOKENIZE = "unicode61 remove_diacritics 2 categories ''L* N* Co M*''"
"""FTS5's tokenizer for folded text, quoted for use inside an SQL string. Marks are parts of words: by default
unicode61 cuts Thai and Hindi words at every vowel sign."""

_SPECIAL = {
    "đ": "d", "ð": "d", "þ": "th", "œ": "oe", "æ": "ae", "ß": "ss", "ł": "l", "ø": "o", "ı": "i", "ħ": "h",
    "ŋ": "n", "ŧ": "t", "ĸ": "k", "ə": "e",
    "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ک": "ك", "ٱ": "ا", "ـ": "",
}  # fmt: skip
_SPACES = "'’‘‛ʼʻʹˈ′‵`´ꞌ＇"
"""Apostrophes by any name; some of them are letters to Unicode."""

_ALPHABETIC_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5),
    (0x05C7, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4),
    (0x06E7, 0x06E8), (0x06EA, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
"""Latin, Greek, Cyrillic, Hebrew and Arabic marks: writing that leaves them out is common."""
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3005, 0x3007), (0x303B, 0x303B),
    (0x3041, 0x309F), (0x30A1, 0x30FF), (0x3105, 0x312F), (0x3130, 0x318F), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xA960, 0xA97F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Thai, Lao, Myanmar, Khmer, Kana, Bopomofo, Han, Hangul."""
_BEYOND = re.compile("[^\0-\u0dff]")


@cache
def _run_pattern() -> re.Pattern[str]:
    # compiling so wide a class costs milliseconds: only who meets such a script pays
    return re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSPACED) + "]+")


def _is_in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


class _Table(dict[int, str]):
    """What `str.translate` asks, filled as characters turn up: one look-up a character afterwards."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        return folded


def _fold_char(char: str) -> str:
    if char in _SPACES:
        return " "
    if unicodedata.category(char) == "Cf":  # soft hyphen, zero-width joiners and spaces, marks of direction
        return ""
    out: list[str] = []
    for piece in unicodedata.normalize("NFKC", char).casefold():
        parts = unicodedata.normalize("NFD", _SPECIAL.get(piece, piece))
        out.extend(_SPECIAL.get(part, part) for part in parts if not _is_in(ord(part), _ALPHABETIC_MARKS))
    folded = unicodedata.normalize("NFC", "".join(out))
    return "".join(_letter(part) for part in folded)


def _letter(char: str) -> str:
    """Return what is part of a word as it is, digits as 0 to 9, and a space for everything else."""
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return char if (category[0] in "LNM" or category == "Co") and char not in _SPACES else " "


_TABLE = _Table()
_ASCII = {code: _fold_char(chr(code)) for code in range(128)}


def base(text: str) -> str:
    """Fold character by character, without cutting into pairs. For text in NFC, `Folded` holds for it."""
    if text.isascii():
        return text.translate(_ASCII)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    folded = text.translate(_TABLE)
    if "\u3099" in folded or "\u309a" in folded:  # voicing marks of half-width kana stand apart
        folded = unicodedata.normalize("NFC", folded)
    return folded


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    if len(run) == 1:
        return f" {run} "
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    return f" {' '.join(pairs)} {run[-1]} "


def fold(text: str | None) -> str:
    """Return what the index holds for a text: words parted by spaces, pairs for unspaced scripts."""
    if not text:
        return ""
    folded = base(text)
    return folded if _BEYOND.search(folded) is None else _run_pattern().sub(_pairs, folded)


@lru_cache(maxsize=8192)
def is_unspaced(char: str) -> bool:
    """Say whether a folded character belongs to a script that is cut into pairs."""
    return _is_in(ord(char), _UNSPACED)


def pieces(word: str) -> list[str]:
    """Part a folded word where a script that is cut into pairs meets another."""
    out: list[str] = []
    for number, char in enumerate(word):
        if number and is_unspaced(char) == is_unspaced(word[number - 1]):
            out[-1] += char
        else:
            out.append(char)
    return out


class Folded:
    """A text in NFC, folded character by character, that knows where each folded character came from.

    Folded in pieces, so that the text is read at full speed and only the pieces asked about one by one.
    """

    _PIECE = 64

    def __init__(self, text: str) -> None:
        starts = range(0, len(text), self._PIECE)
        parts = [text[start : start + self._PIECE].translate(_TABLE) for start in starts]
        self.text = "".join(parts)
        self._source = text
        self._ends = list(accumulate(map(len, parts)))

    def origin(self, place: int) -> int:
        """Return which character of the text the folded character at this place came from."""
        piece = bisect_right(self._ends, place)
        at = self._ends[piece - 1] if piece else 0
        for position in range(piece * self._PIECE, len(self._source)):
            at += len(_TABLE[ord(self._source[position])])
            if at > place:
                return position
        raise IndexError(place)
