"""`hemeroteca sites drift`: what the last run of each site shows beside its earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

import click

from archive.counting import count_of
from archive.index.results import RunRow
from archive.index.search import Search
from archive.sites.registry import Registry
from crawler.comparing import case_of, counts, measure_of, past_runs
from crawler.discovery.sources import at_rest, words_of
from crawler.drift import Case, alarms
from crawler.habits import ALWAYS, MATERIAL
from hemeroteca.console import put, put_json, put_line, say, strong, visible
from hemeroteca.options import command, ensure_sites, existing, reports

PARTLY, NOTHING = 3, 4
_SHARES = ("fill:", "layout:")


@command("drift")
@click.argument("site", required=False)
@reports
def drift(site: str | None, form: str | None) -> int:
    """Compare the last whole run of each site, or of SITE, with its earlier ones and with its [expect].

    Exit code 3 where an alarm stands: a redesign, a dead feed, a consent wall … (docs/reference/alarms.md).
    “perhaps” is a run with a field far rarer than usual, in too few articles to tell it from chance.
    Lists that were retired and rest are named, with when they last were good. With SITE every figure is
    shown: now, and the usual one.
    """
    settings = existing()
    registry = Registry.load(settings.sites_folder, strict=False)
    with Search.open(settings.index_path) as index:
        runs = index.runs(site=site)
        if not runs and site is not None:
            ensure_sites(settings, index, [site])
    rows = [row for row in runs if counts(row)]
    last: dict[str, RunRow] = {}
    for row in rows:
        last.setdefault(row.site or "", row)
    if not last:
        _print([], form, whole=False)
        part = "only runs over a part of the site (--limit, --since, some addresses)" if runs else "no run"
        say(f"nothing to compare yet: {part}; a whole one is made by: hemeroteca crawl {site or 'SITE'}")
        return NOTHING
    found: list[dict[str, Any]] = []
    for name, row in sorted(last.items()):
        profile = registry.get(name) if name in registry else None
        past = past_runs(settings, name, case_of(row, (), profile).expect, before=row.started_at)
        found.append(_drift(row, case_of(row, past, profile)))
    _print(found, form, whole=site is not None)
    return PARTLY if any(one["alarms"] for one in found) else 0


def _drift(row: RunRow, case: Case) -> dict[str, Any]:
    figures = _figures(case)
    return {
        "site": row.site,
        "run_id": row.run_id,
        "started_at": row.started_at,
        "earlier_runs": len(case.past),
        "alarms": alarms(case),
        "resting": at_rest(row.sources),
        "unlike": _unlike(figures),
        "figures": {name: {"now": now, "usual": usual} for name, (now, usual) in figures.items()},
    }


def _figures(case: Case) -> dict[str, tuple[float | None, float | None]]:
    """Return each figure of the run with its usual value: shares as shares, the rest as medians."""
    now = _plain(case.figures)
    found = {}
    for name in sorted({*now, *(name for run in case.past for name in _plain(run.figures))}):
        usual = [plain[name] for one in measure_of(case, name) if name in (plain := _plain(one))]
        found[name] = (now.get(name), median(usual) if usual else None)
    return found


def _unlike(figures: Mapping[str, tuple[float | None, float | None]]) -> list[str]:
    """Return the shares that are far from where they always were, an alarm or none."""
    return [
        name
        for name, (now, usual) in figures.items()
        if name.startswith(_SHARES)
        and now is not None
        and usual is not None
        and usual >= ALWAYS
        and now <= usual - MATERIAL
    ]


def _plain(figures: Mapping[str, float]) -> dict[str, float]:
    articles = figures.get("articles", 0.0)
    return {
        name: round(value / articles, 3) if name.startswith(_SHARES) else value
        for name, value in figures.items()
        if articles or not name.startswith(_SHARES)
    }


def _print(found: list[dict[str, Any]], form: str | None, *, whole: bool) -> None:
    if form == "json":
        put_json(found)
        return
    for one in found:
        if form == "jsonl":
            put_line(one)
            continue
        runs = count_of(one["earlier_runs"], "earlier run")
        state = _state(one)
        put(f"{strong(visible(one['site']))}  {state}  run of {one['started_at'][:19]}, {runs}")
        for alarm in one["alarms"]:
            subject = f" {visible(alarm.subject)}" if alarm.subject else ""
            put(f"    {alarm.code}{subject}: {visible(alarm.detail)}")
        if not one["alarms"]:
            for name in one["unlike"]:
                value = one["figures"][name]
                shown = f"{_shown(name, value['now'])}, usually {_shown(name, value['usual'])}"
                put(f"    {visible(name)} {shown}: too little to tell it from chance")
        for source in one["resting"]:
            put(f"    at rest: {visible(words_of(source))}")
        if whole:
            for name, value in one["figures"].items():
                put(
                    f"    {visible(name):<48} {_shown(name, value['now']):>10}"
                    f"  usually {_shown(name, value['usual'])}"
                )


def _state(one: Mapping[str, Any]) -> str:
    if one["alarms"]:
        return click.style("look", fg="red")
    if one["unlike"]:
        return click.style("perhaps", fg="yellow")
    return "as ever" if one["earlier_runs"] else "first run"


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0%}" if name.startswith(_SHARES) else f"{value:,.0f}"
