"""`hemeroteca stats` and `hemeroteca runs`."""

from __future__ import annotations

from typing import Any

import click

from archive.index.results import RunRow
from archive.index.search import Search
from hemeroteca.console import (
    count_of,
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
from hemeroteca.options import command, existing, reports


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
                f"  {visible(site.site):<28}{count_of(site.articles, 'article'):>16}  {site.first_day} … "
                f"{site.last_day}"
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
    with Search.open(existing().index_path) as index:
        rows = index.runs(site=site, failed=failed, limit=limit)
    if not put_rows(rows, form, _line):
        say("no such run")
        return 4
    return 0


def _line(run: RunRow) -> str:
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in run.counts.items() if value)
    status = run.status if run.status in ("done", "running") else click.style(run.status, fg="red")
    parts: list[Any] = [
        run.started_at[:19],
        f"{run.kind:<9}",
        visible(run.site or "-"),
        status,
        visible(counts),
    ]
    return "  ".join(parts) + (f"\n    {visible(run.detail)}" if run.detail else "")
