"""What an edit changed, as people read it: a line a paragraph, marks inside, colours on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from archive.diff.passages import Change, Passage, of_texts
from archive.diff.words import Run
from hemeroteca.console import coloured, faint, visible

_SIGNS = {"same": " ", "changed": "~", "moved": ">", "removed": "-", "added": "+"}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
_STYLES: dict[str, dict[str, Any]] = {
    "removed": {"fg": "red", "strikethrough": True},
    "added": {"fg": "green", "underline": True},
}
"""Not by colour alone: one man in twelve tells red from green badly."""
_ORDINARY = frozenset((None, "paragraph"))


def passages_of(value: Any) -> list[Passage]:
    """Return the passages of a field as it stands in JSON: a text, a list of texts, or a list of blocks."""
    if isinstance(value, str):
        return of_texts([value])
    return [
        Passage(position, one["text"], one["kind"]) if isinstance(one, dict) else Passage(position, one)
        for position, one in enumerate(value, 1)
    ]


def edit_lines(passages: Sequence[Change], *, context: int = 0, numbered: bool = True) -> Iterator[str]:
    """Yield the lines of one field: what changed, and so many unchanged passages around it.

    With `numbered` each has its sign (~ changed, > moved, - removed, + added) and its place on the page.
    """
    last = -1
    for number in _shown(passages, context):
        if last >= 0 and number > last + 1:
            yield faint("  …")
        last = number
        passage = passages[number]
        text = _told(passage) + _words(passage.words)
        if numbered:
            place = passage.after or passage.before
            text = f"{_SIGNS[passage.change]} {place.position if place else '':>3}  {text}"
        yield "  " + (faint(text) if passage.change == "same" else text)


def _shown(passages: Sequence[Change], context: int) -> list[int]:
    changed = [number for number, passage in enumerate(passages) if passage.change != "same"]
    shown: set[int] = set()
    for number in changed:
        shown.update(range(max(number - context, 0), min(number + context + 1, len(passages))))
    return sorted(shown)


def _told(passage: Change) -> str:
    """Return what the words do not show: where it stood, what it was."""
    before, after = passage.before, passage.after
    told = ""
    if passage.change == "moved" and before:
        told = f"(moved from {before.position}) "
    kinds = [side.kind for side in (before, after) if side]
    if len(set(kinds)) > 1:
        return f"{told}[{kinds[0]} → {kinds[1]}] "
    return told if kinds[0] in _ORDINARY else f"{told}[{kinds[0]}] "


def _words(runs: Sequence[Run]) -> str:
    return "".join(_marked(run) for run in runs)


def _marked(run: Run) -> str:
    text = visible(run.text)
    if run.op == "same":
        return text
    bare = text.strip()
    if not bare:
        return text
    before, _, after = text.partition(bare)
    if coloured():
        style = _STYLES[run.op]
        return before + click.style(bare, **style) + after
    begin, end = _MARKS[run.op]
    return f"{before}{begin}{bare}{end}{after}"
