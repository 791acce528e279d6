"""What one run sees of its site, in numbers that later runs can be compared with.

`Observer` gathers while the run goes; `observed()` gives flat names with figures, which stand in the run's
record and so in the archive:

    pages               pages that the lists call articles and that were read
    articles            those of them that are articles
    fill:FIELD          articles that have the field
    layout:ID           articles in this layout; `layout:?` in none that the profile knows
    text                median length of an article's text, characters
    unread              articles that were refused, are not there, or gave no answer
    same                pages that share the most common text, where it stands at several addresses
    lag                 median seconds from publication to capture, of new articles of the last days
    list:URL            stories that a list names; -1 where it answered with an error
    fresh:URL           those of them that are new
    alone:URL           those of the new ones that no other list names
    blank:URL           lists that show the same text as this one, which names no story; 1 for itself alone
    new                 new articles in the lists
    listed              stories that all lists name
    answers, refused    requests that were answered; those that were refused or got no answer
    forbidden           addresses that robots.txt forbids
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import nlargest
from statistics import median

import attrs
from attrs import define

from archive.model import Article, Extraction, StoredCapture

FIELDS = (
    "title", "kicker", "lead", "body", "photos", "captions", "related", "published", "modified", "authors",
    "agency", "section", "tags", "lang", "dateline", "sign_off",
)  # fmt: skip
MOST_LISTS = 300
"""Lists of a site that are watched one by one."""
RECENT = timedelta(days=3)
"""A new article that is older was not late: it is found by a look back."""
UNKNOWN_LAYOUT = "?"
_SHORTEST_WALL = 30
"""Characters; the empty page that a script fills is no wall."""
_MOST_KEYS = 50_000
_MOST_TEXTS = 1_000
"""Texts that are counted at a time. Beyond, the rarer half is forgotten: what stands on many pages comes
again (after lossy counting; Manku and Motwani, VLDB 2002).
"""


@define(eq=False)
class Observer:
    """Gathers what one run over one site sees."""

    counts: Counter[str] = attrs.field(factory=Counter)
    lists: dict[str, int] = attrs.field(factory=dict)
    fresh: dict[str, int] = attrs.field(factory=dict)
    _new: dict[int, str | None] = attrs.field(factory=dict)
    """Hash of a key → the only list that names it, None where there are several. Hashes: a run over a hundred
    thousand stories has no room for their addresses.
    """
    _blank: dict[str, int] = attrs.field(factory=dict)
    """List without a story → hash of its text."""
    _lengths: array[int] = attrs.field(factory=partial(array, "L"))
    _lags: array[float] = attrs.field(factory=partial(array, "d"))
    _texts: dict[int, tuple[int, str]] = attrs.field(factory=dict)
    """Hash of a text → at how many addresses it stood, and the last of them."""

    def listed(self, url: str, keys: Iterable[str], new: Iterable[str]) -> None:
        """Note what a list names: keys of its stories, and which of them nobody has named before.

        A later list that names the same new stories counts them as new, too.
        """
        if len(self._new) < _MOST_KEYS:
            self._new |= dict.fromkeys(map(hash, new), url)
        named = set(map(hash, keys))
        fresh = named & self._new.keys()
        self._new |= {key: None for key in fresh if self._new[key] != url}
        if url in self.lists or len(self.lists) < MOST_LISTS:
            self.lists[url] = max(self.lists.get(url, 0), 0) + len(named)
            self.fresh[url] = self.fresh.get(url, 0) + len(fresh)

    def list_is_blank(self, url: str, text: str) -> None:
        """Note the text of a page that should be a list and names no story."""
        if len(text) >= _SHORTEST_WALL and len(self._blank) < MOST_LISTS:
            self._blank[url] = hash(text)

    def list_failed(self, url: str) -> None:
        """Note that a list answered with an error, or not at all."""
        if len(self.lists) < MOST_LISTS:
            self.lists.setdefault(url, -1)

    def page_failed(self) -> None:
        """Note that an article was refused, is not there, or gave no answer."""
        self.counts["unread"] += 1

    def page(self, extraction: Extraction | None, capture: StoredCapture, *, known: bool = False) -> None:
        """Note what a page was read as. `known`: it was fetched before, so that it cannot be late."""
        url, fetched_at = capture.capture.url, capture.capture.fetched_at
        self.counts["pages"] += 1
        article = extraction.article if extraction is not None and extraction.verdict == "article" else None
        if extraction is None or article is None:
            self._note_text(capture.payload_digest or url, url)
            return
        self.counts["articles"] += 1
        for name in FIELDS:
            self.counts[f"fill:{name}"] += has_field(article, name)
        unknown = any(issue.code == "layout_unknown" for issue in extraction.issues)
        layout = UNKNOWN_LAYOUT if unknown else extraction.provenance.layout
        if layout is not None:
            self.counts[f"layout:{layout}"] += 1
        text = "\n".join(block.text for block in article.blocks)
        self._lengths.append(len(text))
        self._note_text(text or "empty", url)
        published = _instant(article.published)
        if published is not None and not known and timedelta() <= fetched_at - published < RECENT:
            self._lags.append((fetched_at - published).total_seconds())

    def _note_text(self, text: str, url: str) -> None:
        times, last = self._texts.get(hash(text), (0, ""))
        if last != url:
            self._texts[hash(text)] = times + 1, url
        if len(self._texts) > _MOST_TEXTS:
            most = nlargest(_MOST_TEXTS // 2, self._texts.items(), key=lambda item: item[1][0])
            self._texts = dict(most)

    def observed(self, counts: Counter[str]) -> dict[str, float]:
        """Return the figures. `counts`: those of the run."""
        found: dict[str, float] = {
            name: float(number)
            for name, number in self.counts.items()
            if number or name in ("pages", "articles") or name.startswith("fill:")
        }
        if self._lengths:
            found["text"] = float(median(self._lengths))
        if self._lags:
            found["lag"] = round(median(self._lags), 1)
        same = max((times for times, _ in self._texts.values()), default=0)
        if same > 1:
            found["same"] = float(same)
        found |= {f"list:{url}": float(number) for url, number in self.lists.items()}
        found |= {f"fresh:{url}": float(number) for url, number in self.fresh.items()}
        alone = Counter(url for url in self._new.values() if url is not None)
        found |= {f"alone:{url}": float(number) for url, number in alone.items() if url in self.lists}
        shown = Counter(self._blank.values())
        found |= {f"blank:{url}": float(shown[text]) for url, text in self._blank.items()}
        found |= {"new": float(len(self._new)), "listed": float(counts["listed"])}
        found |= {"answers": float(counts["fetched"]), "refused": float(counts["failures"])}
        found["forbidden"] = float(counts["precluded"])
        return dict(sorted(found.items()))


def has_field(article: Article, name: str) -> bool:
    """Tell whether an article has a field."""
    if name == "body":
        return bool(article.blocks)
    if name == "captions":
        return any(photo.caption for photo in article.photos)
    return bool(getattr(article, name))


def _instant(published: str | None) -> datetime | None:
    """Return a time of publication that is stated with its time of day; without a zone it is none."""
    if published is None or "T" not in published:
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
