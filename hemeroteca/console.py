"""What commands print: data to stdout, everything else to stderr, both in UTF-8 whatever the locale."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import click

_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_HOSTILE_INLINE = re.compile(_HOSTILE.pattern[:-1] + "\t\n]")
_LINE_EVERY = 60.0


def utf8_streams() -> None:
    """Write UTF-8 whatever LC_ALL and PYTHONIOENCODING say: an archive of the world's press has no other
    choice.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def visible(text: object, *, lines: bool = False) -> str:
    r"""Return text that is safe on a terminal: control and direction-override characters are written as \x1b.

    Line ends and tabs pass where `lines` is set. What a page holds must not move a reader's cursor.
    """
    return (_HOSTILE if lines else _HOSTILE_INLINE).sub(_escaped, str(text))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def colour() -> bool | None:
    """Return False where NO_COLOR is set (no-color.org), else None: click asks the terminal."""
    return False if os.environ.get("NO_COLOR") else None


def coloured() -> bool:
    """Tell whether what is printed as data is coloured: on a terminal, unless NO_COLOR is set."""
    return colour() is None and sys.stdout.isatty()


def put(text: str = "") -> None:
    """Print one piece of data. Escape sequences of ours go to terminals only."""
    click.echo(text, color=colour())


def say(text: str) -> None:
    """Tell the person at the keyboard something that is not data."""
    click.echo(text, err=True, color=colour())


def strong(text: str) -> str:
    """Return text that terminals show in bold."""
    return click.style(text, bold=True)


def faint(text: str) -> str:
    """Return text that terminals show dimmed."""
    return click.style(text, dim=True)


def plain(value: Any) -> Any:
    """Return attrs objects, times and tuples as what JSON knows."""
    if hasattr(type(value), "__attrs_attrs__"):
        return {
            attribute.name: plain(getattr(value, attribute.name)) for attribute in type(value).__attrs_attrs__
        }
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def put_json(value: Any) -> None:
    """Print one JSON document, indented."""
    click.echo(_safe(json.dumps(plain(value), ensure_ascii=False, indent=2)))


def put_line(value: Any) -> None:
    """Print one line of JSON Lines."""
    click.echo(_safe(json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))))


def _safe(document: str) -> str:
    """Write what could move a reader's cursor as JSON escapes: the value stays the same."""
    return _HOSTILE.sub(lambda match: f"\\u{ord(match[0]):04x}", document)


def put_rows(rows: Iterable[Any], form: str | None, human: Any) -> int:
    """Print a list as a JSON array, JSON Lines, or by `human(row)`; return how many there were."""
    count = 0
    if form == "json":
        everything = [plain(row) for row in rows]
        put_json(everything)
        return len(everything)
    for row in rows:
        count += 1
        if form == "jsonl":
            put_line(row)
        else:
            put(human(row))
    return count


class Step(Protocol):
    """Reports progress: how much is done in all, and what is at hand."""

    def __call__(self, done: int, what: str = "") -> None:
        """Set the state; cheap enough to call for every record."""


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Step]:
    """Show a bar where stderr is a terminal, else one line a minute."""
    if sys.stderr.isatty():
        with _bar(title, total) as step:
            yield step
        return
    last = time.monotonic()

    def line(done: int, what: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY:
            last = time.monotonic()
            say(
                f"{title}: {done}"
                + (f" of {total}" if total else "")
                + (f", {visible(what)}" if what else "")
            )

    yield line


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Step]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total, what="")
        shown = 0.0

        def step(done: int, what: str = "") -> None:
            nonlocal shown
            if time.monotonic() - shown > 0.1:
                shown = time.monotonic()
                bar.update(task, completed=done, what=escape(visible(what)))

        yield step


def size_of(octets: int) -> str:
    """Write a number of bytes as people read it."""
    size = float(octets)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
