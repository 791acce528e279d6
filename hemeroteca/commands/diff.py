"""`hemeroteca diff`: what an edit changed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from archive.errors import NothingFoundError, UsageError
from archive.index.results import ArticleRow, ExtractionRow, VersionRow
from archive.index.search import Search
from hemeroteca.commands.article import article_of, one_of
from hemeroteca.console import plain, put, put_json, put_line, say, strong, visible
from hemeroteca.options import command, existing, reports

if TYPE_CHECKING:
    from archive.diff.articles import Comparison
    from archive.diff.passages import Change
    from archive.index.evidence import Evidence
    from archive.model import Article

_RANGE = re.compile(r"(?:([1-9][0-9]{0,17})?(\.\.))?([1-9][0-9]{0,17})?")
_SEVERAL = frozenset(("blocks", "captions", "credits", "authors", "tags"))


@frozen
class _Side:
    """One version, the reading that its fields come from, and the record that is cited for it."""

    version: VersionRow
    reading: ExtractionRow | None
    evidence: Evidence | None
    article: Article


@command("diff")
@click.argument("article", metavar="ID_OR_URL")
@click.argument("versions", metavar="[A..B]", required=False)
@click.option(
    "-U",
    "--context",
    type=click.IntRange(0),
    metavar="N",
    default=1,
    show_default=True,
    help="Unchanged paragraphs to show around a change.",
)
@reports
def diff(article: str, versions: str | None, context: int, form: str | None) -> None:
    """Show what an edit changed: two versions of an article, field by field, word by word.

    A and B are numbers that `hemeroteca versions` lists; without them, the last two versions that captures
    show. A alone is compared with the version before it, A.. with the last one, ..B with the first one.

    [-removed-] and {+added+} words are coloured on a terminal; ~ is a changed paragraph, > one that moved.
    White space, counters of readers, labels of ads and “2 hours ago” make no difference, as they make no
    version; related links belong to captures, not to versions.

    --json: id, url, before and after (version, current, captures, first_captured_at, last_captured_at,
    content_digest, url, record_id and captured_at of the capture that cite names, extractor, layout),
    fields (name → list of changes) and coarse (true where texts were too large to align all of it). A change
    has: change (changed, moved, removed or added), before and after ({position, text, kind} or null), words
    ([{op: same, removed or added; text}]). `before` is null where there is only one version. --jsonl: a line
    a change, with id, field and versions.
    """
    asked = _range(versions)
    with Search.open(existing().index_path) as search:
        row = article_of(search, one_of(article), follow=asked is None)
        older, newer = _chosen(row, search.versions(row), asked)
        before = _side(search, row, older) if older else None
        after = _side(search, row, newer)
    from archive.diff.articles import compare

    found = compare(before.article if before else after.article, after.article)
    if form == "json":
        put_json(_document(row, before, after, found))
    elif form == "jsonl":
        for field in found.fields:
            for change in field.changes:
                numbers = [side.version.number for side in (before, after) if side]
                put_line({"id": row.ref, "versions": numbers, "field": field.name, **_change(change)})
    else:
        _page(row, before, after, found, context)
    _remarks(row, before, after, found)


def _range(text: str | None) -> tuple[int | None, int | None, bool] | None:
    """Return (A, B, whether there were two dots); None where nothing was asked for. Raises UsageError."""
    if text is None:
        return None
    match = _RANGE.fullmatch(text.strip())
    if match is None or not match[0]:
        raise UsageError(
            f"'{text}' is no range of versions: 1..3, 1.. (to the last), ..3 (from the first) or 3 (what it "
            f"changed); they count from 1"
        )
    first, dots, last = match.groups()
    return (int(first) if first else None, int(last) if last else None, bool(dots))


def _chosen(
    row: ArticleRow, versions: list[VersionRow], asked: tuple[int | None, int | None, bool] | None
) -> tuple[VersionRow | None, VersionRow]:
    """Return the two versions to compare, by the order in which captures showed them.

    That is not always the order of their numbers: a better reading of the first capture has a new number
    (docs/decisions/0002). What no capture shows any more counts only where it is named, or nothing else is
    there. Raises NothingFoundError.
    """
    by_number = {version.number: version for version in versions}
    shown = [version for version in versions if version.captures]
    line = sorted(shown, key=lambda version: (version.first_captured_at, version.number))
    if len(shown) < 2:
        line = [*(version for version in versions if not version.captures), *shown]
    first, last, dots = asked or (None, None, False)
    for number in (first, last):
        if number is not None and number not in by_number:
            known = ", ".join(map(str, by_number))
            raise NothingFoundError(f"{row.ref} has no version {number} (there are: {known})")
    if dots:
        return by_number[first] if first else line[0], by_number[last] if last else line[-1]
    newer = by_number[last] if last else line[-1]
    older = line[line.index(newer) - 1] if newer in line[1:] else _reading_before(newer, versions)
    if older is None and last:
        raise NothingFoundError(f"{row.ref} has no version before version {last}")
    return older, newer


def _reading_before(newer: VersionRow, versions: list[VersionRow]) -> VersionRow | None:
    """Return what a version with none before it was read as earlier: of its own capture, if there is such."""
    earlier = [version for version in versions if version.number < newer.number]
    return max(
        earlier,
        key=lambda version: (version.first_captured_at <= newer.first_captured_at, version.number),
        default=None,
    )


def _side(search: Search, row: ArticleRow, version: VersionRow) -> _Side:
    from archive.index.evidence import evidence_of
    from archive.index.keys import without_clock

    article = search.document(row, version.number)
    reading = search.extraction(version.source_id)
    if reading is not None:
        article = without_clock(article, datetime.fromisoformat(reading.captured_at))
    return _Side(version, reading, evidence_of(search, row, version.number), article)


def _document(row: ArticleRow, before: _Side | None, after: _Side, found: Comparison) -> dict[str, Any]:
    return {
        "id": row.ref,
        "url": row.url,
        "before": _version(before) if before else None,
        "after": _version(after),
        "fields": {field.name: [_change(it) for it in field.changes] for field in found.fields},
        "coarse": found.coarse,
    }


def _version(side: _Side) -> dict[str, Any]:
    version, reading, evidence = side.version, side.reading, side.evidence
    return {
        "version": version.number,
        "current": bool(version.current),
        "captures": version.captures,
        "first_captured_at": version.first_captured_at,
        "last_captured_at": version.last_captured_at,
        "content_digest": version.content_digest,
        "url": version.url,
        "record_id": evidence.record_id if evidence else None,
        "captured_at": evidence.captured_at if evidence else None,
        "extractor": reading.extractor if reading else None,
        "layout": reading.layout if reading else None,
    }


def _change(change: Change) -> dict[str, Any]:
    return dict(plain(change))


def _page(row: ArticleRow, before: _Side | None, after: _Side, found: Comparison, context: int) -> None:
    from hemeroteca.edits import edit_lines

    put(f"{strong(row.ref)}  {strong(visible(after.article.title or '(no title)'))}")
    if before:
        put(f"--- {_heading(before)}")
    put(f"+++ {_heading(after)}")
    for field in found.fields:
        put()
        put(strong(field.name))
        for line in edit_lines(field.passages, context=context, numbered=field.name in _SEVERAL):
            put(line)
    if not found.fields:
        put("no difference")


def _heading(side: _Side) -> str:
    version, evidence = side.version, side.evidence
    mark = "*" if version.current else ""
    captured = evidence.captured_at if evidence else version.first_captured_at
    seen = f"first captured {captured[:19]} UTC"
    replaced = "" if version.captures else ", replaced by a later reading"
    record = f"  {visible(evidence.record_id)}" if evidence else ""
    return f"version {version.number}{mark}  {seen}{replaced}{record}"


def _remarks(row: ArticleRow, before: _Side | None, after: _Side, found: Comparison) -> None:
    """Say what the differences themselves do not."""
    if before is None:
        say(f"{row.ref} has one version only")
        return
    if found.coarse:
        say("the texts are too large to be aligned throughout: some of it is told as removed and added")
    rules = [_rules(side.reading) for side in (before, after)]
    if found.fields and rules[0] != rules[1]:
        say(
            f"version {before.version.number} was read by {rules[0]}, version {after.version.number} by "
            f"{rules[1]}: what differs may be the reading, and no edit"
        )


def _rules(reading: ExtractionRow | None) -> str:
    if reading is None:
        return "an unknown extractor"
    layout = f" with layout {reading.layout} ({(reading.layout_digest or '')[:8]})" if reading.layout else ""
    return visible(reading.extractor + layout)
