"""The column `runs.sources`: how a site's lists were doing at the end of a run, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from archive.summary import SourceState

_MOMENTS = ("tried_at", "good_at", "rests_until")


def dump(sources: Iterable[SourceState]) -> str | None:
    """Return the JSON, None where there are none."""
    rows = [attrs.asdict(source) for source in sources]
    return json.dumps(rows, default=datetime.isoformat, ensure_ascii=False) if rows else None


def load(text: str | None) -> tuple[SourceState, ...]:
    """Undo `dump`."""
    return tuple(SourceState(**{**row, **_moments(row)}) for row in json.loads(text or "[]"))


def _moments(row: dict[str, Any]) -> dict[str, datetime | None]:
    return {name: datetime.fromisoformat(row[name]) if row.get(name) else None for name in _MOMENTS}
