"""Arabic words with the article and without it: looked for together, when a query is read.

The article ال is written onto its noun, and و ف ب ك ل onto the article (والحكومة، للحكومة): of "الحكومة" and
"حكومة" a reader means the same word, which stands in an index in seven forms. They are put into the query;
the index holds what stands on the page, so that a quoted word is found only as it is written.

Only these are taken off, and only where three letters stay: الله is not له, and ألم is not م. Single letters
(و، ب، ل) are not: they begin too many roots.
"""

from __future__ import annotations

import re

_WRITTEN_ON = ("وال", "فال", "بال", "كال", "ال", "لل")
"""Longest first, for taking off; folded."""
_STAY = 3
_LETTERS = re.compile("[\u0621-\u063a\u0641-\u064a]{3,}")


def forms(word: str) -> tuple[str, ...]:
    """Return a folded word, and its other forms with and without the article; itself alone if not Arabic."""
    if not _LETTERS.fullmatch(word) or (word.startswith("ال") and len(word) < len("ال") + _STAY):
        return (word,)
    bare = next(
        (word[len(on) :] for on in _WRITTEN_ON if word.startswith(on) and len(word) >= len(on) + _STAY), word
    )
    return tuple(dict.fromkeys((word, bare, *(on + bare for on in _WRITTEN_ON))))
