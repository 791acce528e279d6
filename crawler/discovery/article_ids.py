"""Which part of a newspaper's addresses is the article's id, judged by the stories of one page. Pure.

An id is a run of digits, or of letters and digits, that stands at the same place of nearly every address and
is another in each. A year, a day, or the number of a section stand there too, but repeat.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

from attrs import frozen

from archive.urls import canonical

_FEWEST = 6
"""Stories from which on a pattern is no accident."""
_SHARE = 0.9
_NUMBER = re.compile(r"\d{4,}")
_MIXED = re.compile(r"(?<![0-9a-z])(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{8,}(?=$|/$|\.[a-z]+$)")
_BEFORE = re.compile(r"(?:[?&][A-Za-z_]+=|[/_.,-][a-z]{0,8})$")
_AFTER = re.compile(r"$|/$|\.[a-z]{2,5}$|[/_.,-]|&")
_PARTING = "-/_"
_KINDS = ((_NUMBER, (r"(\d{4,})", r"(\d{5,})")), (_MIXED, (r"((?=[a-z]*\d)[0-9a-z]{8,})",)))


@frozen(kw_only=True)
class ArticleIds:
    """A pattern for the profile's `article_id`, and what speaks for it."""

    pattern: str
    covered: int
    stories: int


def guess_article_id(stories: Iterable[str], others: Iterable[str] = ()) -> ArticleIds | None:
    """Return the pattern that finds an id of its own in nearly every story, and none in `others` (sections).

    None where there are too few stories, or no pattern is clear.
    """
    addresses = list(dict.fromkeys(canonical(url) for url in stories))
    if len(addresses) < _FEWEST:
        return None
    sections = [canonical(url) for url in others]
    found: dict[str, set[str]] = defaultdict(set)
    for url in addresses:
        for pattern in _patterns(url):
            found[pattern].add(url)
    # numbers before codes; of two that cover as much, the one that says more of what stands around the id
    best = sorted(
        found.items(), key=lambda it: (-len(it[1]), "?=" in it[0], it[0].startswith("[-"), -len(it[0]), it[0])
    )
    for pattern, covered in best:
        if len(covered) < _SHARE * len(addresses):
            return None
        compiled = re.compile(pattern)
        ids = {match[1] for url in covered if (match := compiled.search(url))}
        if len(ids) == len(covered) and not any(compiled.search(url) for url in sections):
            return ArticleIds(pattern=pattern, covered=len(covered), stories=len(addresses))
    return None


def _patterns(url: str) -> Iterator[str]:
    """Yield patterns for each part of an address that may be an id; each finds just that part."""
    start = max(url.find("/", url.find("://") + 3), 0)
    for token, groups in _KINDS:
        for match in token.finditer(url, start):
            before, after = _BEFORE.search(url[start : match.start()]), _AFTER.match(url, match.end())
            if before is None or after is None:
                continue
            for opening, group in product(_openings(before[0]), groups):
                pattern = f"{opening}{group}{_closing(before[0], after[0])}"
                found = re.search(pattern, url)
                if found is not None and found[1] == match[0]:
                    yield pattern


def _openings(before: str) -> Iterator[str]:
    """Yield what may stand before an id: exactly, and with any sign that parts words."""
    if before.endswith("="):
        yield f"[?&]{before[1:]}"
        return
    yield _escaped(before)
    if before[0] in _PARTING:
        yield f"[{_PARTING}]{_escaped(before[1:])}"


def _closing(before: str, after: str) -> str:
    if before.endswith("="):
        return "(?:&|$)"
    return {"": "$", "/": "(?:/|$)"}.get(after) or _escaped(after) + ("$" if after[1:] else "")


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\-", "-")
