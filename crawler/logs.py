"""Logs as JSON lines: one object a record, for programs that read them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LONGEST = 8_000
"""Characters of one message; addresses and error texts come from servers."""


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: time, level, logger, site, message, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        spider = getattr(record, "spider", None)
        if spider is not None:
            entry["site"] = getattr(spider, "name", None)
        for name in ("site", "run_id", "counts", "alarms"):
            if hasattr(record, name):
                entry[name] = getattr(record, name)
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)[-LONGEST:]
        return json.dumps(
            entry, default=str, separators=(",", ":")
        )  # escapes: a broken name cannot break a line


def log_json_lines(path: Path, level: str) -> None:
    """Have the process log to a file in JSON lines, from now on."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    handler.setLevel(level)
    root = logging.getLogger()
    root.setLevel(logging.NOTSET)
    root.addHandler(handler)
