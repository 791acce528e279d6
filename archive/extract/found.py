"""What a field module returns: the value and the rule that gave it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Generic, TypeVar

from attrs import frozen

from archive.extract.page import ParsedPage, types_of

T = TypeVar("T")
_ARTICLE = re.compile(
    r"(?:News|Reportage|Analysis|Opinion|Background|Blog|Tech|Scholarly|Review|AskPublic|Satirical)?Article$"
    r"|BlogPosting$|LiveBlogPosting$|Report$|Review$",
    re.IGNORECASE,
)


@frozen
class Found(Generic[T]):
    """A value and its rule ("generic:h1"); rule "" where nothing was found."""

    value: T
    rule: str = ""


def article_nodes(parsed: ParsedPage) -> list[dict[str, Any]]:
    """Return the JSON-LD objects of type Article and its kin, the one with most to say first."""
    nodes = [node for node in parsed.ld if any(_ARTICLE.search(kind) for kind in types_of(node))]
    nodes.sort(key=lambda n: (-("articleBody" in n), -("headline" in n), -("datePublished" in n)))
    return nodes


_KEEP = re.compile(r"[^\w]+")


def key(text: str) -> str:
    """Return letters and digits alone, folded: for asking whether two displayed texts are one."""
    return _KEEP.sub("", unicodedata.normalize("NFKC", text)).casefold()
