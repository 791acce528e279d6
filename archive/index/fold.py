"""One folding for every language, used on what is indexed and on what is asked.

NFKC, case, diacritics of alphabetic scripts (Hà Nội → ha noi, ё → е), letters that Unicode does not take
apart (đ œ æ ß ł ø ı), Arabic letter forms and vowel signs, digits of every script, apostrophes (l’ONU → l onu).
Punctuation becomes space. Scripts written without spaces are cut into pairs of characters (联合国 → 联合 合国
国), the last character of a run standing alone, so that a word of any length is found: as a phrase of pairs, or
one character as a prefix.
Marks that carry a word (Thai, Lao, Khmer and Indic vowels, Japanese voicing) stay.

The index is only as good as this function is stable: whoever changes what it returns raises FOLD_VERSION.
"""

from __future__ import annotations

import re
import unicodedata

FOLD_VERSION = "1"

URL_KEY_VERSION = "1"
"""The same for `keys.url_key`, which joins links to articles. It stands here because reading needs it at once."""

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

_ALPHABETIC_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u303b\u3041-\u309f\u30a1-\u30ff\u3105-\u312f"
    "\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Inside of a character class: Thai, Lao, Myanmar, Khmer, Kana, Bopomofo, Han, Hangul."""
_RUN = re.compile(f"[{UNSPACED}]+")
_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")


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
        out.extend(_SPECIAL.get(part, part) for part in _ALPHABETIC_MARKS.sub("", parts))
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
    """Fold character by character, without cutting into pairs. For text in NFC, `char_map` holds for it."""
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
    return folded if folded.isascii() else _RUN.sub(_pairs, folded)


def is_unspaced(char: str) -> bool:
    """Say whether a folded character belongs to a script that is cut into pairs."""
    return _HAS_UNSPACED.match(char) is not None


def char_map(text: str) -> tuple[str, list[int]]:
    """Fold a text (in NFC) and say for each folded character which character of the text it came from."""
    out: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        folded = _TABLE[ord(char)]
        out.append(folded)
        origin.extend([position] * len(folded))
    return "".join(out), origin
