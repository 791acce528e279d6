"""What a field module returns: the value and the rule that gave it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Generic, TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Found(Generic[T]):
    """A value and its rule ("generic:h1"); rule "" where nothing was found."""

    value: T
    rule: str = ""


_KEEP = re.compile(r"[^\w]+")


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Return letters and digits alone, folded: for asking whether two displayed texts are one."""
    return _KEEP.sub("", unicodedata.normalize("NFKC", text)).casefold()
