"""Exported articles as Parquet: the fields of `export --format jsonl`, typed, and the body as one text.

Needs pyarrow (`pip install 'hemeroteca[parquet]'`). What a newspaper stated stays text, as everywhere: a
column of times would have to make up a time where only a day is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import IO, Any

from archive.errors import UsageError

_ROWS = 1000
"""Articles a row group: so many are held in memory at once."""


def ensure_installed() -> Any:
    """Return pyarrow. Raises UsageError where it is not installed."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise UsageError("parquet needs pyarrow: pip install 'hemeroteca[parquet]'") from error
    return pa


def _schema(pa: Any) -> Any:
    text, texts = pa.string(), pa.list_(pa.string())

    def record(**columns: Any) -> Any:
        return pa.struct(list(columns.items()))

    def texts_of(*names: str) -> dict[str, Any]:
        return dict.fromkeys(names, text)

    return pa.schema(
        {
            "id": text,
            "version": pa.int32(),
            "captured_at": pa.timestamp("us", tz="UTC"),
            **texts_of("url", "canonical_url", "site", "key", "lang", "title", "kicker", "lead", "body"),
            "blocks": pa.list_(record(**texts_of("kind", "text"))),
            "photos": pa.list_(record(**texts_of("url", "caption", "credit", "alt"))),
            "related": pa.list_(
                record(
                    **texts_of("url", "title", "teaser", "photo_caption", "photo_credit", "box"),
                    position=pa.int32(),
                )
            ),
            **texts_of("published", "published_raw", "modified"),
            "authors": texts,
            **texts_of("agency", "section"),
            "tags": texts,
            "dateline": record(**texts_of("raw", "place", "agency")),
            "sign_off": text,
            "warc": record(file=text, offset=pa.int64(), length=pa.int64(), record_id=text),
        }
    )


def write_parquet(documents: Iterable[dict[str, Any]], out: IO[bytes]) -> int:
    """Write a Parquet file; return how many articles. Raises UsageError without pyarrow."""
    pa = ensure_installed()
    from pyarrow import parquet

    schema, rows, count = _schema(pa), map(_row, documents), 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, _ROWS)):
        yield batch


def _row(one: dict[str, Any]) -> dict[str, Any]:
    captured = one["captured_at"]
    return {
        **one,
        "captured_at": datetime.fromisoformat(captured) if captured else None,
        "body": "\n\n".join(block["text"] for block in one["blocks"]),
    }
