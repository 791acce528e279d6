"""Names of authors, sections, tags and sites: one name, however it is spelled.

Newspapers write `Société` and `SOCIÉTÉ`, `Le Monde avec AFP` and `le monde avec afp`; people filter with
`societe`. A label is what such spellings share. Texts stay as they are in the tables: labels are made when
they are asked for.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache

from archive.index.fold import base

_KEPT = re.compile(r"([+#]+)")
"""Signs that tell names apart: C, C++, C#."""


@lru_cache(maxsize=16_384)
def label(text: str) -> str:
    """Return what all spellings of a name share: no case, no diacritics, no punctuation."""
    folded = "".join(part if at % 2 else base(part) for at, part in enumerate(_KEPT.split(text)))
    return " ".join(folded.split()) or text


def install_label(connection: sqlite3.Connection) -> None:
    """Give a connection `archive_label(text)`."""
    connection.create_function(
        "archive_label", 1, lambda text: label(text) if text else text, deterministic=True
    )
