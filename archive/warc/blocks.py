"""Extractions, articles and runs as JSON, and back (cattrs and orjson; schema 1)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from attrs import frozen
from cattrs.preconf.orjson import OrjsonConverter, make_converter

from archive.model import Article, Extraction
from archive.summary import RunSummary
from archive.warc.fields import parse_date, utc, warc_date

SCHEMA = 1

_T = TypeVar("_T")


class UnreadableJsonError(ValueError):
    """Not JSON of ours, or of a later schema."""


@frozen(kw_only=True)
class StoredJson:
    """What an extraction record holds."""

    extraction: Extraction
    captured_at: datetime
    url: str


@lru_cache(maxsize=1)
def _converter() -> OrjsonConverter:
    converter = make_converter(unstruct_collection_overrides={tuple: list})
    converter.register_unstructure_hook(datetime, warc_date)
    converter.register_structure_hook(datetime, lambda value, _: _moment(value))
    return converter


def _moment(value: Any) -> datetime:
    moment = parse_date(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError(f"'{value}' is not a date")
    return utc(moment)


def article_to_dict(article: Article) -> dict[str, Any]:
    """Return the article as plain lists and dicts, keys in the order of the type's fields."""
    return dict(_converter().unstructure(article))


def extraction_to_json(extraction: Extraction) -> bytes:
    """Return {"verdict", "article", "issues", "provenance"} as JSON."""
    return _dump(_converter().unstructure(extraction))


def extraction_from_json(data: bytes) -> Extraction:
    """Undo `extraction_to_json`. Keys that a later minor version adds are left out.

    Raises UnreadableJsonError.
    """
    return _structure(_load(data), Extraction)


def extraction_body(extraction: Extraction, url: str, captured_at: datetime) -> bytes:
    """Return the block of an extraction record."""
    return _dump(
        {
            "schema": SCHEMA,
            "captured_at": warc_date(captured_at),
            "url": url,
            "extraction": _converter().unstructure(extraction),
        }
    )


def read_extraction_body(data: bytes) -> StoredJson:
    """Undo `extraction_body`. Raises UnreadableJsonError, also for a schema of a later version."""
    value = _load(data)
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise UnreadableJsonError("not an extraction of schema 1")
    return _structure(value, StoredJson)


def run_to_json(run: RunSummary) -> bytes:
    """Return a run summary as JSON, times in ISO 8601."""
    return _dump({"schema": SCHEMA, **_converter().unstructure(run)})


def run_from_json(data: bytes) -> RunSummary:
    """Undo `run_to_json`. Raises UnreadableJsonError."""
    return _structure(_load(data), RunSummary)


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a lone surrogate, which no UTF-8 can hold
        return orjson.dumps(_without_surrogates(value))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list | tuple) else value


def _load(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UnreadableJsonError(f"not JSON: {error}") from error


def _structure(value: Any, kind: type[_T]) -> _T:
    try:
        return _converter().structure(value, kind)
    except Exception as error:  # cattrs raises a group of whatever its hooks raise
        raise UnreadableJsonError(f"not a {kind.__name__}: {error}") from error
