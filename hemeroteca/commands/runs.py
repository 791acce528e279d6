"""`hemeroteca stats` and `hemeroteca runs`."""

from __future__ import annotations

from datetime import datetime

import click

from archive.counting import count_of, counted
from archive.index.results import RunRow
from archive.index.search import Search
from hemeroteca.console import (
    faint,
    put,
    put_json,
    put_line,
    put_rows,
    say,
    size_of,
    strong,
    visible,
)
from hemeroteca.options import command, ensure_sites, existing, reports
from hemeroteca.stranger import days_of


@command("stats")
@reports
def stats(form: str | None) -> None:
    """Show what the collection holds: articles, versions, captures, sites, verdicts, issues."""
    settings = existing()
    with Search.open(settings.index_path) as index:
        found = index.stats()
    if form:
        (put_json if form == "json" else put_line)(found)
        return
    for name in ("articles", "versions", "captures", "failures", "extractions"):
        put(f"{strong(f'{name:<14}')}{getattr(found, name):>12,}")
    put(f"{strong('WARC files    ')}{found.files:>12,}  {size_of(found.warc_bytes)}")
    if found.first_captured_at:
        put(
            f"{strong('captured      ')}{found.first_captured_at[:19]} … "
            f"{(found.last_captured_at or '')[:19]}"
        )
    for title, counts in (("Verdicts", found.verdicts), ("Issues", found.issues)):
        if counts:
            put(f"\n{strong(title)}")
            for name, number in counts.items():
                put(f"  {visible(name):<20}{number:>10,}")
    if found.sites:
        put(f"\n{strong('Sites')}")
        for site in found.sites:
            put(
                f"  {visible(site.site):<28}{count_of(site.articles, 'article'):>16}  {days_of(site)}"
                f"  {faint(count_of(site.captures, 'capture'))}"
            )


@command("runs")
@click.argument("site", required=False)
@click.option("--failed", is_flag=True, help="Only runs that failed, were interrupted, or did only a part.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="Show this many."
)
@reports
def runs(site: str | None, failed: bool, limit: int, form: str | None) -> int:
    """List the runs, latest first: crawls, captures, imports, re-extractions."""
    settings = existing()
    with Search.open(settings.index_path) as index:
        rows = index.runs(site=site, failed=failed, limit=limit, locks=settings.log_folder)
        if not rows and site is not None:
            ensure_sites(settings, index, [site])
    if not put_rows(rows, form, _line):
        say("no such run")
        return 4
    return 0


_COUNTS = (
    ("fetched", "fetched"),
    ("new_articles", "new"),
    ("new_versions", "changed"),
    ("unchanged", "unchanged"),
    ("failures", "error"),
    ("queued", "still queued"),
)
"""What a run's line tells of its counts; all of them stand in --json."""


def _line(run: RunRow) -> str:
    counts = run.counts
    told = [
        count_of(counts[name], word) if word == "error" else f"{counts[name]:,} {word}"
        for name, word in _COUNTS
        if counts.get(name)
    ]
    if run.kind in ("import", "reextract"):
        told = [counted(name, value) for name, value in run.counts.items() if value]
    status = run.status if run.status in ("done", "running") else click.style(run.status, fg="red")
    parts = [
        run.started_at[:19],
        f"{run.kind:<9}",
        visible(run.site or "-"),
        status,
        _took(run),
        ", ".join(told),
    ]
    lines = ["  ".join(visible(part) if part is not status else part for part in parts if part)]
    if run.slot:
        lines.append(faint(f"for the slot of {run.slot[:16]} UTC"))
    for gap in run.skipped:
        span = gap["first"][:16] + (f" … {gap['last'][:16]}" if gap["count"] > 1 else "")
        lines.append(
            faint(f"before it {count_of(gap['count'], 'slot')} skipped ({span}): {visible(gap['reason'])}")
        )
    for alarm in run.alarms:
        subject = f" {visible(alarm['subject'])}" if alarm["subject"] else ""
        lines.append(click.style(f"{alarm['code']}{subject}: {visible(alarm['detail'])}", fg="yellow"))
    if run.detail and not run.alarms:
        lines += visible(run.detail, lines=True).splitlines()
    resting = [source.url for source in run.sources if source.rests_until]
    if resting:
        lines.append(faint(f"lists at rest: {visible(', '.join(resting[:5]))}"))
    return "\n    ".join(lines)


def _took(run: RunRow) -> str:
    """Return how long a run took, as people say it."""
    if run.finished_at is None:
        return ""
    seconds = (
        datetime.fromisoformat(run.finished_at) - datetime.fromisoformat(run.started_at)
    ).total_seconds()
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.1f} h"
    )
