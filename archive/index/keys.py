"""Identities in the index: derived from content, never from the order in which things were read.

An id is 60 bits of a SHA-256, so that rows of a rebuilt index equal those of a live one, and so that it fits
both SQLite's integers and twelve characters of Crockford's base32, which is what people see and cite ("ref").
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import attrs

from archive.model import Article, Extraction
from archive.urls import bare_host, canonical

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_BITS = 60
RENDERED = timedelta(seconds=10)
"""Between a stated time of change and the capture: less than that, and it was stated for the capture."""
_READ = str.maketrans({"o": "0", "i": "1", "l": "1", "-": ""})


def _id_of(*parts: str) -> int:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _BITS)


def article_id(site: str, key: str) -> int:
    """Return the id of an article: 0 ≤ id < 2**60."""
    return _id_of(site, key)


def version_id(site: str, key: str, content_digest: str) -> int:
    """Return the id of a version of an article: 0 ≤ id < 2**60."""
    return _id_of(site, key, content_digest)


def content_digest(article: Article, fetched_at: datetime) -> str:
    """Return the digest that tells the versions of an article apart, for one capture of it."""
    return without_clock(article, fetched_at).content_digest


def without_clock(article: Article, fetched_at: datetime) -> Article:
    """Return the article without a time of change that is the moment of the request itself: that is the
    server's clock, and such pages state another one at every visit.
    """
    if article.modified and len(article.modified) > len("2026-11-23"):
        with suppress(ValueError, TypeError, OverflowError):  # no ISO 8601; no zone
            if abs(fetched_at - datetime.fromisoformat(article.modified)) <= RENDERED:
                return attrs.evolve(article, modified=None)
    return article


@lru_cache(maxsize=2048)
def record_id_number(record_id: str) -> int:
    """Return the id of what stands in a WARC record (capture, failure, extraction): 0 ≤ id < 2**60."""
    return _id_of(record_id)


def ref_of(number: int) -> str:
    """Return an id as people see it: twelve characters of Crockford's base32, lower case."""
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(_BITS - 5, -1, -5))


def number_of(ref: str) -> int:
    """Return the id that a whole ref stands for."""
    number = 0
    for char in ref:
        number = number << 5 | _ALPHABET.index(char)
    return number


def refs_beginning(ref: str) -> tuple[int, int]:
    """Return the first and the last id whose refs begin so."""
    length = _BITS // 5
    return number_of(ref.ljust(length, _ALPHABET[0])), number_of(ref.ljust(length, _ALPHABET[-1]))


def read_ref(text: str) -> str | None:
    """Return a ref, or the beginning of one, in its one spelling; None if it cannot be one.

    Crockford's reading: case does not matter, o is 0, i and l are 1, hyphens are nothing.
    """
    ref = text.strip().lower().translate(_READ)
    return ref if 0 < len(ref) <= _BITS // 5 and all(char in _ALPHABET for char in ref) else None


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """Return what the spellings of one page's URL share: no scheme, `www.`, `m.`, tracking, last slash."""
    whole = canonical(url)
    _, mark, rest = whole.partition("://")
    if not mark:
        return whole
    host, slash, path = rest.partition("/")
    return (bare_host(host) + slash + path).rstrip("/")


def utc(moment: datetime) -> str:
    """Return an instant as the index stores it: ISO 8601, UTC as +00:00.

    Texts of this form sort in time, with and without a fraction of a second ("+" sorts before ".").
    """
    return moment.astimezone(UTC).isoformat()


_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _plain(thing: Any) -> Any:
    names = _NAMES.get(type(thing))
    if names is None:
        names = _NAMES[type(thing)] = tuple(attribute.name for attribute in attrs.fields(type(thing)))
    return {name: getattr(thing, name) for name in names}


def result_digest(extraction: Extraction) -> str:
    """Return SHA-256 hex over verdict, article, issues and provenance; no time of extraction in it.

    Two extractions with one digest need not both be kept.
    """
    import orjson

    try:
        data = orjson.dumps(extraction, default=_plain, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a lone surrogate, which no UTF-8 can hold; all else is spelled alike by both
        text = json.dumps(
            extraction, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        data = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()
