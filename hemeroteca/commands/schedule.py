"""`hemeroteca schedule`: when sites are crawled, and what became of it."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from archive.counting import count_of
from archive.errors import ProfileError, UsageError
from archive.settings import Settings
from archive.sites.registry import Registry
from archive.sites.rhythm import rhythm_problem
from crawler.declared import change, plans, schedule_path, section_address
from crawler.ledger import Ledger, SlotRow
from crawler.schedule import Plan, next_slot
from hemeroteca.commands.collection import toml_value
from hemeroteca.console import put, put_rows, say, strong, visible
from hemeroteca.options import dry_run, existing, group, reports

FAILED, PARTLY, NOTHING, INTERRUPTED = 1, 3, 4, 130


@group("schedule")
def schedule() -> None:
    """When sites are crawled: declare it, run what is due, see what became of it."""


def _site_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--section", metavar="SECTION", help="One section of the site: its address, or the end of its path."
    )(function)


@schedule.command("list")
@reports
def list_(form: str | None) -> int:
    """List what is scheduled: rhythm, next slot, and where it is declared."""
    settings = existing()
    now = datetime.now(UTC)
    with Ledger(settings.schedule_path) as ledger:
        rows = [_planned(plan, ledger, now) for plan in _plans(settings)]
    if not put_rows(rows, form, _plan_line):
        say("nothing is scheduled; hemeroteca schedule set SITE 1h")
    return 0


def _planned(plan: Plan, ledger: Ledger, now: datetime) -> dict[str, Any]:
    mark = ledger.mark(plan.site, plan.section)
    known = mark if mark is not None and mark.digest == plan.digest else None
    if plan.is_adaptive:
        following = known.planned if known else now
    else:
        following = next_slot(plan, known.upto if known else now)
    return {
        "site": plan.site,
        "section": plan.section or None,
        "every": plan.rhythm,
        "timezone": plan.timezone,
        "window": plan.window,
        "jitter": plan.jitter,
        "catch_up": plan.catch_up,
        "max_run": plan.max_run,
        "paused": plan.paused,
        "next": None if plan.paused else following,
        "waits_for": known.waits_for if known else None,
        "declared_in": plan.origin,
        "broken": plan.broken,
    }


def _name(site: str, section: str | None) -> str:
    return f"{site}  {section}" if section else site


def _plan_line(row: dict[str, Any]) -> str:
    moment = row["next"]
    local = f"next {moment.astimezone(ZoneInfo(row['timezone'])):%Y-%m-%d %H:%M %Z}" if moment else "paused"
    name = _name(row["site"], row["section"])
    extra = "".join(f"  {word} {row[word]}" for word in ("window", "waits_for") if row[word])
    extra += f"  not crawled: {row['broken']}" if row["broken"] else ""
    return f"{strong(visible(name))}  {visible(row['every'])}  {local}{visible(extra)}"


@schedule.command("set")
@click.argument("site")
@click.argument("every", metavar="EVERY")
@_site_option
@click.option("--timezone", metavar="ZONE", help="Zone of cron fields, days and window.")
@click.option("--window", metavar="FROM-TO", help='Times of day at which runs may begin: "06:00-23:00".')
@click.option("--jitter", metavar="SPAN", help="Begin up to so much later, each run by its own span.")
@click.option(
    "--catch-up", type=click.Choice(("once", "skip")), help="Of missed runs: make up for the last, or none."
)
@click.option("--max-run", metavar="SPAN", help="End a run after so much.")
@dry_run
def set_(site: str, every: str, section: str | None, dry_run: bool, **keys: str | None) -> int:
    """Crawl SITE by a rhythm: a span (30min, 1h, 1d), five cron fields ('15 6-22 * * *'), adaptive
    ('adaptive 10min-6h' sets its bounds), or off. Written to the collection's schedule.toml.
    """
    settings = existing()
    name, address = _named(settings, site, section)
    problem = rhythm_problem(every) if every != "off" else None
    if problem:
        raise UsageError(problem)
    values: dict[str, Any] = {key: value for key, value in keys.items() if value is not None}
    if section and values:
        raise UsageError(
            f"--{next(iter(values)).replace('_', '-')} is of the whole site; leave out --section"
        )
    values["every"] = None if every == "off" else every
    if every == "off":
        values |= dict.fromkeys(("timezone", "window", "jitter", "catch_up", "max_run", "paused"))
    if dry_run:
        written = ", ".join(
            f"{key} = {toml_value(value)}" for key, value in values.items() if value is not None
        )
        what = f"{name} {address}".rstrip()
        say(f"would write to {schedule_path(settings)}: {what}: {written or 'off'}")
        return 0
    change(settings, name, values, address)
    left = [plan for plan in _plans(settings) if (plan.site, plan.section) == (name, address)]
    if every == "off":
        what = _name(name, address)
        say(
            f"{what}: still scheduled by {left[0].origin}; to leave it out: hemeroteca schedule pause {name}"
            if left
            else f"{what}: not scheduled any more"
        )
    with Ledger(settings.schedule_path) as ledger:
        ledger.forget_plan(name, address)
        for plan in left:
            put(_plan_line(_planned(plan, ledger, datetime.now(UTC))))
    return 0


@schedule.command("pause")
@click.argument("site")
@dry_run
def pause(site: str, dry_run: bool) -> int:
    """Begin no more runs of SITE; slots that come due meanwhile are recorded as skipped."""
    return _set_paused(site, True, dry_run=dry_run)


@schedule.command("resume")
@click.argument("site")
@dry_run
def resume(site: str, dry_run: bool) -> int:
    """Go on with the runs of SITE, from its next slot."""
    return _set_paused(site, False, dry_run=dry_run)


def _set_paused(site: str, paused: bool, *, dry_run: bool) -> int:
    settings = existing()
    name, _ = _named(settings, site, None)
    mine = [plan for plan in _plans(settings) if plan.site == name]
    if not mine:
        raise UsageError(f"{site} is not scheduled; hemeroteca schedule set {shlex.quote(site)} 1h")
    if dry_run:
        say(f"would {'pause' if paused else 'resume'} {name}")
        return 0
    if not paused:
        _skip_paused(settings, [plan for plan in mine if plan.paused])
    change(settings, name, {"paused": paused})
    say(f"{name}: {'paused' if paused else 'goes on'}")
    return 0


def _skip_paused(settings: Settings, paused: Sequence[Plan]) -> None:
    """Record the slots that no scheduler has looked at since the pause: nobody makes up for them."""
    with Ledger(settings.schedule_path) as ledger:
        _dispatcher(settings, ledger, None).tick(paused, datetime.now(UTC))


@schedule.command("next")
@click.argument("site", required=False)
@click.option(
    "--count", type=click.IntRange(1, 1000), default=10, show_default=True, metavar="N", help="Slots."
)
@reports
def next_(site: str | None, count: int, form: str | None) -> int:
    """Show the next slots, of one site or of all, in the zone of each."""
    settings = existing()
    found: list[dict[str, Any]] = []
    with Ledger(settings.schedule_path) as ledger:
        for plan in _plans(settings):
            if plan.paused or site not in (None, plan.site):
                continue
            moment = _planned(plan, ledger, datetime.now(UTC))["next"]
            for _ in range(1 if plan.is_adaptive else count):
                local = moment.astimezone(ZoneInfo(plan.timezone))
                found.append({"slot": local, "site": plan.site, "section": plan.section or None})
                moment = moment if plan.is_adaptive else next_slot(plan, moment)
    if not found and site is not None:
        _registry(settings).get(site)
    found = sorted(found, key=lambda row: (row["slot"], row["site"]))[:count]

    def line(row: dict[str, Any]) -> str:
        return f"{row['slot']:%Y-%m-%d %H:%M:%S %Z}  {visible(_name(row['site'], row['section']))}"

    if not put_rows(found, form, line):
        say("nothing is scheduled")
        return NOTHING
    return 0


@schedule.command("run-due")
@dry_run
@reports
def run_due(dry_run: bool, form: str | None) -> int:
    """Crawl what is due, each site in a process of its own; end when nothing is due and nothing runs.

    Made to be called every minute, by cron or a systemd timer: calls that overlap share the work. Exit code 0
    where all went well or nothing was due, 1 where all runs failed, else 3.
    """
    settings = existing()
    if dry_run:
        return _tell_due(settings, form)
    from crawler.processes import Loop

    with Ledger(settings.schedule_path) as ledger:
        dispatcher = _dispatcher(settings, ledger, None)
        loop = Loop(dispatcher, lambda: _plans(settings))
        _end_with(loop)
        loop.run(forever=False)
    rows = [
        {
            "site": plan.site,
            "section": plan.section or None,
            "slot": slot,
            "exit_code": code,
            "reason": reason,
        }
        for plan, slot, code, reason in dispatcher.ended
    ]
    put_rows(rows, form, _ended_line)
    if loop.interrupted:
        return INTERRUPTED
    bad = [row for row in rows if row["exit_code"] != 0]
    return 0 if not bad else FAILED if len(bad) == len(rows) and all(_failed(row) for row in bad) else PARTLY


def _tell_due(settings: Settings, form: str | None) -> int:
    """Say what would be crawled now; nothing is begun and nothing noted."""
    now = datetime.now(UTC)
    with Ledger(settings.schedule_path) as ledger:
        rows = [_planned(plan, ledger, now) for plan in _plans(settings)]
    put_rows([row for row in rows if row["next"] is not None and row["next"] <= now], form, _plan_line)
    return 0


def _failed(row: dict[str, Any]) -> bool:
    return row["exit_code"] not in (0, PARTLY)


def _ended_line(row: dict[str, Any]) -> str:
    name = _name(row["site"], row["section"])
    return f"{row['slot']:%Y-%m-%d %H:%M:%S} UTC  {visible(name)}  {visible(row['reason'] or 'done')}"


@schedule.command("daemon")
@click.option(
    "--metrics-port", type=click.IntRange(1, 65535), metavar="PORT", help="Serve metrics on 127.0.0.1:PORT."
)
def daemon(metrics_port: int | None) -> int:
    """Crawl what comes due until SIGTERM or Ctrl-C, in the foreground: for containers and systemd."""
    from crawler.processes import Loop

    settings = existing()
    with Ledger(settings.schedule_path) as ledger:
        dispatcher = _dispatcher(settings, ledger, None)
        loop = Loop(dispatcher, lambda: _current(settings))
        loop.on_tick = lambda _: _tell(dispatcher)
        _end_with(loop)
        if metrics_port is not None:
            from crawler.gauges import CollectionState, serve

            serve(metrics_port, [CollectionState(settings)])
            say(f"metrics on http://127.0.0.1:{metrics_port}/metrics")
        planned = count_of(len(_plans(settings)), "schedule")
        say(f"{planned}; what is crawled is told here, what is found in log/")
        loop.run(forever=True)
    _tell(dispatcher)
    say("ended")
    return 0


def _current(settings: Settings) -> list[Plan]:
    """Return the plans; a file that is being edited wrongly must not end a daemon."""
    try:
        _current_plans[settings.collection] = _plans(settings)
    except ProfileError as error:
        say(f"hemeroteca: {visible(str(error), lines=True)}")
        say("hemeroteca: the schedules before this change still count")
    return _current_plans.get(settings.collection, [])


_current_plans: dict[Path, list[Plan]] = {}


def _tell(dispatcher: Any) -> None:
    for plan, slot, code, reason in dispatcher.ended:
        row = {"site": plan.site, "section": plan.section, "slot": slot, "exit_code": code, "reason": reason}
        say(_ended_line(row))
    dispatcher.ended.clear()


@schedule.command("history")
@click.argument("site", required=False)
@click.option("--skipped", is_flag=True, help="Only slots that were not run.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="Show this many."
)
@reports
def history(site: str | None, skipped: bool, limit: int, form: str | None) -> int:
    """List the slots that came due, latest first: what ran, and why the others did not."""
    settings = existing()
    with Ledger(settings.schedule_path) as ledger:
        rows = ledger.history(site, state="skipped" if skipped else None, limit=limit)
    if not rows and site is not None:
        _registry(settings).get(site)
    if not put_rows(rows, form, _slot_line):
        say("no slot has come due yet")
        return NOTHING
    return 0


def _slot_line(row: SlotRow) -> str:
    state = (
        row.state if row.state in ("ran", "running") and not row.reason else click.style(row.state, fg="red")
    )
    took = ""
    if row.started_at and row.finished_at:
        took = f"  {(row.finished_at - row.started_at).total_seconds():.0f} s"
    why = f"  {visible(row.reason)}" if row.reason else ""
    return f"{row.slot:%Y-%m-%d %H:%M:%S} UTC  {visible(_name(row.site, row.section))}  {state}{took}{why}"


@schedule.command("install")
@click.option("--systemd", is_flag=True, required=True, help="Print units for systemd.")
@click.option("--timer", is_flag=True, help="A timer that calls run-due every minute, in place of a daemon.")
@click.option(
    "--user", metavar="NAME", help="User that the service runs as. Default: a unit of your own (--user)."
)
def install(systemd: bool, timer: bool, user: str | None) -> int:  # noqa: ARG001  # the only kind there is
    """Print what makes the schedules run by themselves; nothing is written and nothing enabled."""
    from hemeroteca.units import systemd_units

    settings = existing()
    program = [*_program(), "-C", str(settings.collection.absolute())]
    put(systemd_units(program, settings.collection.absolute(), timer=timer, user=user))
    return 0


# what the commands share


def _registry(settings: Settings) -> Registry:
    """One profile with a mistake must not end the schedule of the others."""
    return Registry.load(settings.sites_folder, strict=False)


def _plans(settings: Settings) -> list[Plan]:
    return plans(settings, _registry(settings))


def _named(settings: Settings, site: str, section: str | None) -> tuple[str, str]:
    """Return the name under which a site is crawled, and the address of its section."""
    registry = _registry(settings)
    if site in registry.broken and not section:
        return site, ""
    if site not in registry:
        from crawler.plan import plan_crawl
        from hemeroteca.stranger import stranger

        known = stranger(settings, site)
        if known is not None and not (registry.for_url(site) or registry.broken_for(site)):
            raise UsageError(f"'{known.name}' has no profile, which schedules need; {known.advice} makes one")
        target = plan_crawl(registry, [site], None, datetime.now(UTC))[0]
        if target.broken is not None:
            return target.name, section_address(target.broken.remains, section) if section else ""
        if target.site is None:
            raise UsageError(f"'{site}' has no profile; hemeroteca sites new {shlex.quote(site)} makes one")
        site = target.name
    return site, section_address(registry.get(site), section) if section else ""


def _program() -> list[str]:
    return [sys.executable, "-m", "hemeroteca"]


def _dispatcher(settings: Settings, ledger: Ledger, holder: str | None) -> Any:
    from archive.locks import site_holder
    from crawler.dispatch import Dispatcher, new_holder
    from crawler.processes import CrawlProcess

    def begin(plan: Plan, slot: datetime) -> CrawlProcess:
        words = [
            *_program(),
            "-C",
            str(settings.collection),
            "crawl",
            plan.target,
            "--slot",
            slot.isoformat(),
        ]
        return CrawlProcess(words, settings.log_folder / "schedule.log")

    return Dispatcher(
        ledger=ledger,
        begin=begin,
        held=lambda site: site_holder(settings.log_folder, site) is not None,
        visits=lambda site: _visits(settings, site),
        room=settings.schedule_processes,
        holder=holder or new_holder(),
    )


def _visits(settings: Settings, site: str) -> list[Any]:
    from archive.index.search import Search
    from crawler.schedule import Visit

    if not settings.index_path.exists():
        return []
    with Search.open(settings.index_path) as index:
        rows = index.runs(site=site, limit=200)
    return [
        Visit(datetime.fromisoformat(row.started_at), row.counts.get("new_articles", 0))
        for row in reversed(rows)
        if row.kind == "crawl" and row.status in ("done", "partly")
    ]


def _end_with(loop: Any) -> None:
    """End in order at SIGINT and SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, loop.end)
