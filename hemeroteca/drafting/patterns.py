"""Sitemaps whose addresses hold the month: one pattern in the place of a list that grows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import frozen

from crawler.discovery.sitemaps import fill_pattern

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:([-_/]?)(1[0-2]|0?[1-9])(?:\2(3[01]|[12]\d|0?[1-9]))?)?(?!\d)")
_FEWEST = 2


@frozen(kw_only=True)
class DatedSitemaps:
    """A pattern of the rule language, and what speaks for it."""

    pattern: str
    covered: int
    """Addresses that it gives."""
    is_current: bool
    """Whether it gives an address for the present month (day, year) or the one before."""


def dated(urls: Iterable[str], now: datetime) -> list[DatedSitemaps]:
    """Return the patterns of the addresses that hold a date, those that give most of them first."""
    addresses = [url for url in dict.fromkeys(urls) if "{" not in url and "}" not in url]
    found: dict[str, set[str]] = defaultdict(set)
    for url in addresses:
        for pattern in _patterns(url):
            found[pattern].add(url)
    taken: set[str] = set()
    kept: list[DatedSitemaps] = []
    # 2024-10 has both spellings of the month: the one that more addresses have is meant.
    for pattern, covered in sorted(found.items(), key=lambda it: (-len(it[1]), "02" not in it[0], it[0])):
        if len(covered - taken) >= _FEWEST:
            current = any(url in covered for url in fill_pattern(pattern, None, now))
            kept.append(DatedSitemaps(pattern=pattern, covered=len(covered), is_current=current))
            taken |= covered
    return kept


def _patterns(url: str) -> Iterator[str]:
    start = max(url.find("/", url.find("://") + 3), 0)
    for match in _DATE.finditer(url, start):
        year, separator, month, day = match.groups()
        for padded in (True, False):
            parts = ["{year}"]
            parts += [_slot("month", padded=padded)] if month else []
            parts += [_slot("day", padded=padded)] if day else []
            pattern = f"{url[: match.start()]}{(separator or '').join(parts)}{url[match.end() :]}"
            if pattern.format(year=int(year), month=int(month or 1), day=int(day or 1)) == url:
                yield pattern


def _slot(name: str, *, padded: bool) -> str:
    return f"{{{name}:02}}" if padded else f"{{{name}}}"
