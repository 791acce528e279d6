"""`hemeroteca crawl` and `hemeroteca capture`: what fetches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.counting import count_of, counted
from archive.errors import UsageError
from archive.settings import Settings
from archive.summary import Revisits, RunSummary, SkippedSlots
from hemeroteca import periods
from hemeroteca.cli import INTERRUPTED
from hemeroteca.console import plain, put, put_json, put_line, say, strong, visible
from hemeroteca.live import live
from hemeroteca.options import (
    command,
    dry_run,
    is_collection,
    lines_of,
    moment,
    reports,
    settings_of,
    with_stdin,
)

if TYPE_CHECKING:
    from archive.sites.broken import BrokenProfile
    from crawler.session import Occasion

FAILED, PARTLY, NOTHING = 1, 3, 4
_SHOWN = 10


def _fetching(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of all commands that fetch."""
    for option in (
        click.option(
            "--allow-private", is_flag=True, default=None, help="Allow private and loopback addresses."
        ),
        click.option(
            "--metrics-port",
            type=click.IntRange(1, 65535),
            metavar="PORT",
            help="Serve metrics in Prometheus' text form on 127.0.0.1:PORT while it runs.",
        ),
        click.option(
            "--delay", type=click.FloatRange(0), metavar="S", help="Seconds between two requests to a host."
        ),
    ):
        function = option(function)
    return function


@command("crawl")
@click.argument("targets", metavar="[SITE_OR_URL]...", nargs=-1)
@click.option("--since", metavar="DATE", help="Leave out what lists date before this day; look back to it.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Articles to fetch at most, a site.")
@click.option("--slot", metavar="ISO", hidden=True, help="Slot of the schedule that this run is for.")
@_fetching
@dry_run
@reports
def crawl(
    targets: tuple[str, ...],
    since: str | None,
    limit: int | None,
    slot: str | None,
    delay: float | None,
    allow_private: bool | None,
    metrics_port: int | None,
    dry_run: bool,
    form: str | None,
) -> int:
    """Crawl sites: find new articles, archive, extract and index them.

    SITE is the name of a profile (hemeroteca sites list), URL any newspaper's front page or section; without
    either, the profiles in the collection's sites/ folder. Ctrl-C stops; the same command goes on.
    """
    settings = _settings()
    chosen = with_stdin(targets)
    if targets and not chosen:
        raise UsageError("no site or URL on stdin; without - the profiles in sites/ are crawled")
    for_slot = moment(slot, "--slot")
    broken = _Broken()
    with live("Crawling", settings, port=metrics_port) as tell:
        from crawler.crawl import run

        summaries = run(
            settings,
            chosen,
            since=_moment(since),
            limit=limit,
            delay=delay,
            allow_private=allow_private,
            dry_run=dry_run,
            progress=tell,
            occasion=_occasion(settings, for_slot),
            on_broken=broken.append,
            on_begin=partial(_tell_new, settings, dry_run=dry_run),
        )
    if for_slot is not None:
        _note_told(settings, summaries)
    return broken.code(_report(summaries, form, dry_run=dry_run))


class _Broken(list["BrokenProfile"]):
    """The profiles that keep a site from being crawled; told at once: the crawl of the others may be long."""

    def append(self, profile: BrokenProfile) -> None:
        """Take one, and say what is wrong with it."""
        super().append(profile)
        for line in profile.mistakes:
            say(f"hemeroteca: {visible(line)}")
        say(f"hemeroteca: {visible(profile.name)}: not crawled until its profile is mended; the others are")

    def code(self, code: int) -> int:
        """Return the exit code of a command that went so for the others."""
        return UsageError.exit_code if self and code != INTERRUPTED else code


def _occasion(settings: Settings, slot: datetime | None) -> Occasion | None:
    """Return what the run's record says of the schedule: its slot, and the site's gaps before it."""
    if slot is None:
        return None
    from crawler.ledger import Ledger
    from crawler.session import Occasion

    def skipped(site: str) -> tuple[SkippedSlots, ...]:
        with Ledger(settings.schedule_path) as ledger:
            return tuple(ledger.untold(site))

    return Occasion(slot=slot, skipped=skipped)


def _note_told(settings: Settings, summaries: list[RunSummary]) -> None:
    from crawler.ledger import Ledger

    with Ledger(settings.schedule_path) as ledger:
        for summary in summaries:
            if summary.site is not None and summary.run_id:
                ledger.told(summary.site, summary.skipped)


@command("capture")
@click.argument("urls", metavar="URL...", nargs=-1)
@click.option("--from", "source", metavar="FILE", help="Take the URLs of a file, one a line; - is stdin.")
@_fetching
@dry_run
@reports
def capture(
    urls: tuple[str, ...],
    source: str | None,
    delay: float | None,
    allow_private: bool | None,
    metrics_port: int | None,
    dry_run: bool,
    form: str | None,
) -> int:
    """Archive these URLs as they are, without following links; index what is an article.

    - reads URLs from stdin.
    """
    wanted = with_stdin(urls) + (_listed(source) if source else [])
    if not wanted:
        raise UsageError("no URL: name some, or --from FILE, or - for stdin")
    wanted, refused = _read(wanted)
    settings = _settings()
    broken = _Broken()
    with live("Capturing", settings, port=metrics_port) as tell:
        from crawler.crawl import capture as archive_urls

        summaries = archive_urls(
            settings,
            wanted,
            delay=delay,
            allow_private=allow_private,
            dry_run=dry_run,
            progress=tell,
            on_broken=broken.append,
            on_begin=partial(_tell_new, settings, dry_run=dry_run),
        )
    return broken.code(_report(summaries, form, dry_run=dry_run)) or (PARTLY if refused else 0)


def _read(texts: list[str]) -> tuple[list[str], int]:
    """Return the URLs among the texts, and how many are none: each of those is told, up to a bound.

    Raises UsageError where all are none.
    """
    from archive.urls import typed

    urls = [url for text in texts if (url := typed(text)) is not None]
    others = [text for text in texts if typed(text) is None]
    lines = [f"'{visible(text)}' is not an http or https URL" for text in others[:_SHOWN]]
    if len(others) > _SHOWN:
        lines.append(f"nor are {len(others) - _SHOWN} more")
    if not urls:
        raise UsageError("\n".join(lines))
    for line in lines:
        say(f"hemeroteca: {line}")
    return urls, len(others)


def _settings() -> Settings:
    """Return the settings of the collection to fetch into; any folder that is there can become one."""
    settings = settings_of()
    if not settings.collection.is_dir():
        raise UsageError(f"{settings.collection}: no such folder; make a collection with: hemeroteca init")
    return settings


def _tell_new(settings: Settings, *, dry_run: bool) -> None:
    """Say where a folder becomes a collection: who stands in the wrong one is to see it before pages are
    fetched. What is refused makes none.
    """
    if not is_collection(settings.collection):
        makes = "without --dry-run a new one would be made there" if dry_run else "a new one is made there"
        say(f"no collection in {visible(settings.collection)}: {makes}, with the default settings")


def _listed(source: str) -> list[str]:
    if source == "-":
        return list(lines_of(sys.stdin))
    path = Path(source)
    if not path.is_file():
        raise UsageError(f"--from {source}: no such file; it takes a file with one URL a line, or -")
    try:
        with path.open(encoding="utf-8-sig") as file:
            return list(lines_of(file))
    except UnicodeDecodeError as error:
        raise UsageError(f"--from {source}: not UTF-8 text; it takes a file with one URL a line") from error


def _moment(since: str | None) -> datetime | None:
    said = periods.since(since)
    if said is None:
        return None
    day = datetime.fromisoformat(said if len(said) > 10 else (said + "-01-01")[:10]).astimezone()
    if day > datetime.now().astimezone():
        raise UsageError(f"--since {since}: lies in the future; a crawl looks back to that day")
    return day


def _report(summaries: list[RunSummary], form: str | None, *, dry_run: bool) -> int:
    if form == "json":
        put_json([plain(summary) for summary in summaries])
    for summary in summaries:
        if form == "jsonl":
            put_line(summary)
        elif form is None:
            _show(summary, dry_run=dry_run)
    states = {summary.status for summary in summaries}
    if "interrupted" in states:
        say("interrupted; what was fetched is archived, the same command goes on")
        return INTERRUPTED
    if summaries and all(_is_empty(summary) for summary in summaries):
        return NOTHING
    if states & {"failed", "partly"}:
        return FAILED if states == {"failed"} else PARTLY
    return 0


def _is_empty(summary: RunSummary) -> bool:
    return summary.status == "failed" and any(alarm.code == "nothing_found" for alarm in summary.alarms)


def _show(summary: RunSummary, *, dry_run: bool) -> None:
    if dry_run:
        put(strong(f"{visible(summary.site or '-')} would begin with"))
        put(visible(summary.detail or "nothing", lines=True))
        return
    counts = ", ".join(counted(name, value) for name, value in summary.counts.items() if value)
    put(f"{strong(visible(summary.site or '-'))}  {summary.status}: {visible(counts) or 'nothing fetched'}")
    if summary.revisits is not None and summary.revisits.known:
        put(f"  {_in_words(summary.revisits)}")
    if summary.detail:
        say(f"{visible(summary.site or '-')}: {visible(summary.detail, lines=True)}")


def _in_words(revisits: Revisits) -> str:
    """Say why an edit of a known article may not have been noticed: it was not due."""
    known = count_of(revisits.known, "known article")
    due, following = f"{revisits.due:,}" if revisits.due else "none", revisits.next_at
    if following is not None:
        return f"{known}: {due} due now, the next from {following:%Y-%m-%d %H:%M} UTC"
    return f"{known}: {due} due now" if revisits.due else f"{known}: none will be asked for again"
