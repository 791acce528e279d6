"""`hemeroteca reextract`: new rules, old bytes."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from archive.counting import count_of
from archive.errors import UsageError
from archive.settings import Settings
from hemeroteca import periods
from hemeroteca.commands.search import several
from hemeroteca.console import plain, progress, put, put_json, put_line, say, strong, visible
from hemeroteca.options import command, dry_run, existing, jobs_option, processors, reports

PARTLY = 3
_BESIDE = frozenset(("issues", "provenance"))
"""What a reading says of itself. --diff shows the page's own fields; --json and --jsonl have everything."""
_WORDED = frozenset(("title", "kicker", "lead", "blocks", "authors", "agency", "section", "tags", "sign_off"))
"""Fields that are texts, and are compared by the word."""


@command("reextract")
@click.argument("warcs", metavar="[WARC]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--site", metavar="SITE", help="Only pages of this site (a profile's name or a host).")
@click.option("--since", metavar="DATE", help="Only captures from this day on.")
@click.option(
    "--stale", is_flag=True, help="Only what another extractor or layout gave than would be used now."
)
@several("--fields", metavar="FIELD,…", help="Only a change of one of these fields counts.")
@dry_run
@click.option("--diff", is_flag=True, help="Print what changes, field by field.")
@jobs_option
@reports
def reextract(
    warcs: tuple[Path, ...],
    site: str | None,
    since: str | None,
    stale: bool,
    fields: tuple[str, ...],
    dry_run: bool,
    diff: bool,
    jobs: int | None,
    form: str | None,
) -> int:
    """Extract the collection's pages again from the WARC files. Nothing is fetched.

    An extraction record is written only where the result differs; old ones, and old versions, stay.
    """
    jobs = jobs or processors()
    if jobs > 1:
        from archive.parallel import make_ready

        make_ready("archive.reextract")
    from archive.index.store import Index
    from archive.reextract import FIELDS, Options
    from archive.reextract import reextract as extract_again

    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise UsageError(
            f"--fields: there is no field {', '.join(sorted(unknown))} (known: {', '.join(FIELDS)})"
        )
    settings = existing()
    options = Options(
        site=site,
        since=_instant(since),
        files=_names(settings, warcs) if warcs else None,
        stale=stale,
        fields=fields,
        dry_run=dry_run,
        jobs=jobs,
    )
    changes: list[Any] = []
    hidden = _BESIDE - set(fields)
    alike = 0

    def changed(change: Any) -> None:
        nonlocal alike
        if form == "json" and diff:
            changes.append(_change(change))
        elif form == "jsonl":
            put_line(_change(change))
        elif form is None and diff and change.fields.keys() <= hidden:
            alike += 1
        elif form is None and diff:
            _show(change, hidden)

    with (
        Index.open(settings.index_path, create=True, timeout=settings.lock_seconds) as index,
        progress("Extracting") as step,
    ):
        report = extract_again(settings, index, options, progress=step, changed=changed)
    if form == "json":
        value = {
            **report.counts,
            "fields": dict(report.fields),
            "seconds": round(report.seconds, 3),
            "run_id": report.run_id,
        }
        put_json(
            {
                **value,
                "dry_run": dry_run,
                "problems": report.problems,
                **({"changes": changes} if diff else {}),
            }
        )
    elif form is None:
        if alike:
            put(f"{count_of(alike, 'page')} with the same fields, by other rules or with other issues")
        _summary(report, dry_run=dry_run)
    for problem in report.problems:
        say(f"unreadable: {visible(problem)}")
    return PARTLY if report.unreadable else 0


def _instant(since: str | None) -> str | None:
    """Return the beginning of a day, of this machine's zone, as the index stores times."""
    from datetime import UTC, datetime

    said = periods.since(since)
    if said is None:
        return None
    whole = said if len(said) > 10 else (said + "-01-01")[:10]
    return datetime.fromisoformat(whole).astimezone(UTC).isoformat()


def _names(settings: Settings, paths: tuple[Path, ...]) -> list[str]:
    from archive.warc.reader import file_name

    names = []
    for path in paths:
        found = next((it for it in (path, settings.collection / path) if it.is_file()), None)
        if found is None:
            raise UsageError(f"{path}: no such file")
        found = found.absolute()
        if not found.is_relative_to(settings.collection):
            raise UsageError(
                f"{path}: not of the collection {settings.collection}; take it in first: hemeroteca import"
            )
        names.append(file_name(found, settings.collection))
    return names


def _change(change: Any) -> dict[str, Any]:
    return {
        "url": change.url,
        "captured_at": change.fetched_at,
        "warc": plain(change.location),
        "new": change.new,
        "fields": {
            name: {"before": before, "after": after} for name, (before, after) in change.fields.items()
        },
    }


def _show(change: Any, hidden: Collection[str]) -> None:
    put(
        f"{strong(visible(change.url))}  "
        f"{change.fetched_at[:19]}{'  (first extraction)' if change.new else ''}"
    )
    for name, (before, after) in change.fields.items():
        if name in hidden:
            continue
        put(f"  {name}")
        if name in _WORDED and before is not None and after is not None:
            _show_words(before, after)
            continue
        old, new = _lines(before), _lines(after)
        for line in [line for line in old if line not in new]:
            put(click.style(f"    - {line}", fg="red"))
        for line in [line for line in new if line not in old]:
            put(click.style(f"    + {line}", fg="green"))
        if sorted(old) == sorted(new):
            put("    (same parts in another order)")


def _show_words(before: Any, after: Any) -> None:
    """Print what changed as `hemeroteca diff` does; here white space counts: the result is another one."""
    from archive.diff.alignment import Budget
    from archive.diff.passages import align
    from hemeroteca.edits import edit_lines, passages_of

    several = isinstance(after, list)
    found = align(passages_of(before), passages_of(after), Budget(), key=str, positional=not several)
    for line in edit_lines(found, numbered=several):
        put(f"  {line}")


def _lines(value: Any) -> list[str]:
    """Return a field as lines, one an element."""
    if value is None:
        return []
    parts = (
        value
        if isinstance(value, list)
        else [f"{k}: {_word(v)}" for k, v in value.items()]
        if isinstance(value, dict)
        else [value]
    )
    return [visible(_word(part)) for part in parts]


def _word(part: Any) -> str:
    if isinstance(part, dict) and set(part) == {"kind", "text"}:
        return str(part["text"]) if part["kind"] == "paragraph" else f"[{part['kind']}] {part['text']}"
    return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)


def _summary(report: Any, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    speed = f" in {report.seconds:.1f} s" + (
        f", {report.read / report.seconds:,.0f} a second" if report.seconds > 0 and report.read else ""
    )
    put(
        f"{count_of(report.read, 'page')} read{speed}: {report.changed} {would}changed, {report.new} "
        f"{would}new, "
        f"{report.unchanged} unchanged" + (f", {report.unreadable} unreadable" if report.unreadable else "")
    )
    for name, number in report.fields.most_common():
        put(f"  {name:<16}{number:>8,}")
