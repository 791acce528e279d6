"""`hemeroteca sites`: profiles of newspapers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.counting import count_of
from archive.errors import NothingFoundError, ProfileError, UsageError
from archive.index.search import Search
from archive.model import Extraction, Page
from archive.settings import Settings
from archive.sites.profile import Site
from archive.sites.registry import BUILTIN, Registry
from archive.sites.registry import check as check_profile
from archive.summary import SourceState
from hemeroteca.commands.drift import drift
from hemeroteca.console import (
    faint,
    plain,
    put,
    put_json,
    put_line,
    put_rows,
    say,
    strong,
    visible,
)
from hemeroteca.options import dry_run, group, is_collection, moment, reports, settings_of

USAGE = 2
_NAME = re.compile(r"(?!\.)[a-z0-9._-]+", re.IGNORECASE | re.ASCII)


@group("sites")
def sites() -> None:
    """Site profiles: where a newspaper's articles are found and how its pages are read."""


sites.add_command(drift)


@sites.command("list")
@reports
def list_(form: str | None) -> int:
    """List the profiles: those that come with hemeroteca, and the collection's own."""
    registry = Registry.load(settings_of().sites_folder)
    rows = [_summary(site) for site in registry]

    def line(row: dict[str, Any]) -> str:
        own = "" if row["builtin"] else "  (own)"
        name = f"{row['name']:<24}"
        return f"{strong(name)} {row['lang'] or '-':<6} {visible(row['title'])}{own}"

    put_rows(rows, form, line)
    return 0


def _summary(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "title": site.title,
        "publisher": site.publisher,
        "domains": list(site.domains),
        "lang": site.lang,
        "timezone": site.timezone,
        "builtin": site.builtin,
        "path": str(BUILTIN / (site.path or "")) if site.builtin else site.path,
        "sections": list(site.discover.sections),
        "feeds": list(site.discover.feeds),
        "sitemaps": list(site.discover.sitemaps),
        "layouts": [
            {
                "id": layout.id,
                "from": layout.from_.isoformat() if layout.from_ else None,
                "until": layout.until.isoformat() if layout.until else None,
                "extends": layout.extends,
                "digest": layout.digest,
            }
            for layout in site.layouts
        ],
    }


@sites.command("show")
@click.argument("site")
@reports
def show(site: str, form: str | None) -> None:
    """Show one profile: hosts, lists, layouts, and where its file is."""
    settings = settings_of()
    row = _summary(Registry.load(settings.sites_folder).get(site))
    sources = _sources(settings, site)
    if form:
        (put_json if form == "json" else put_line)({**row, "sources": [plain(one) for one in sources]})
        return
    for name, value in row.items():
        if name == "layouts":
            for layout in value:
                span = (
                    f"{layout['from'] or '…'} – {layout['until'] or '…'}"
                    if layout["from"] or layout["until"]
                    else "any time"
                )
                put(
                    f"{strong('layout'):<12}    {visible(layout['id'])}  {span}  "
                    f"{faint(layout['digest'][:12])}"
                )
        elif isinstance(value, list):
            for entry in value:
                put(f"{strong(f'{name:<12}')} {visible(entry)}")
        elif value not in (None, ""):
            put(f"{strong(f'{name:<12}')} {visible(value)}")
    _show_ailing(sources)


def _show_ailing(sources: Iterable[SourceState]) -> None:
    """Say which lists give nothing, and when those that rest are asked again."""
    from crawler.discovery.sources import words_of

    for source in sources:
        if source.bad_in_row:
            state = "dead" if source.rests_until else "ailing"
            put(f"{strong(f'{state:<12}')} {visible(words_of(source))}")


def _sources(settings: Settings, site: str) -> tuple[SourceState, ...]:
    """Return how the lists of a site were doing at the end of its last crawl; nothing without an index."""
    if not settings.index_path.is_file():
        return ()
    with Search.open(settings.index_path) as index:
        return index.sources(site)


@sites.command("check")
@click.argument("site", required=False)
@click.option(
    "--page",
    metavar="FILE_OR_URL",
    help="Read this page with the profile: a saved file, or a URL that is archived.",
)
@click.option("--url", metavar="URL", help="Address of the saved file.")
@click.option("--fetched-at", metavar="ISO", help="When the saved file was fetched (default: now).")
@reports
def check(
    site: str | None, page: str | None, url: str | None, fetched_at: str | None, form: str | None
) -> int:
    """Compile every rule of one profile, or of all; exit code 2 where one is wrong, one line a mistake.

    With --page: each field as the profile reads it, with its rule, beside what the generic extractor gives.
    """
    settings = settings_of()
    mistakes, count = _mistakes(settings, site)
    if mistakes:
        if form:
            (put_json if form == "json" else put_line)({"profiles": count, "mistakes": mistakes})
        raise ProfileError(mistakes)
    if page is None:
        if form:
            (put_json if form == "json" else put_line)({"profiles": count, "mistakes": []})
        say(f"{count_of(count, 'profile')} without a mistake")
        return 0
    registry = Registry.load(settings.sites_folder)
    shown = _page(settings, page, url, fetched_at)
    profile = registry.get(site) if site else registry.for_url(shown.url)
    if profile is None:
        raise UsageError(f"{shown.url}: no profile has this host; name the SITE to read it with")
    return _compare(shown, profile, form)


def _mistakes(settings: Settings, name: str | None) -> tuple[list[str], int]:
    """Return the mistakes of one profile or of all, and how many profiles were compiled."""
    own = settings.sites_folder / f"{name}.toml"
    mistakes: list[str] = []
    families = Registry.load().families
    if name is not None and own.is_file():
        paths = [own]
        try:
            families = Registry.load(settings.sites_folder).families
        except ProfileError as error:
            mistakes += [line for line in error.mistakes if "/families/" in line]
    else:
        try:
            registry = Registry.load(settings.sites_folder)
        except ProfileError as error:
            return error.mistakes, 0
        families = registry.families
        chosen = [registry.get(name)] if name is not None else list(registry)
        paths = [BUILTIN / str(it.path) if it.builtin else Path(str(it.path)) for it in chosen]
    for path in paths:
        try:
            check_profile(path, families)
        except ProfileError as error:
            mistakes += error.mistakes
    return mistakes, len(paths)


def _page(settings: Settings, name: str, url: str | None, fetched_at: str | None) -> Page:
    if Path(name).is_file():
        from archive.saved import page_of_file

        if url is None:
            raise UsageError(f"--page {name}: a saved file needs its --url")
        now = moment(fetched_at, "--fetched-at") or datetime.now(UTC)
        return page_of_file(
            Path(name), url=url, fetched_at=now, content_type=None, limit=settings.max_payload_bytes
        )[0]
    if "://" not in name:
        raise UsageError(f"--page {name}: no such file")
    return _stored_page(settings, name)


def _stored_page(settings: Settings, url: str) -> Page:
    from hemeroteca.archived import Archived

    if not is_collection(settings.collection):
        raise NothingFoundError(
            f"{url}: no collection here that could hold it; save the page and give its file"
        )
    with Search.open(settings.index_path) as search:
        archived = Archived(settings, search)
        row = archived.latest(url)
        if row is None:
            raise NothingFoundError(f"{url}: not archived; hemeroteca capture {url} archives it")
        return archived.page(row)


def _compare(page: Page, site: Site, form: str | None) -> int:
    from archive.extract import extract

    declared, generic = (_plain(extract(page, profile)) for profile in (site, None))
    if form:
        (put_json if form == "json" else put_line)({"url": page.url, "profile": declared, "generic": generic})
        return 0
    _table(declared, generic)
    return 0


def _plain(extraction: Extraction) -> dict[str, Any]:
    from archive.warc.blocks import extraction_to_json

    value: dict[str, Any] = json.loads(extraction_to_json(extraction))
    return value


def _table(declared: dict[str, Any], generic: dict[str, Any]) -> None:
    from hemeroteca.fields import field_lines, issue_line

    layout = declared["provenance"]["layout"]
    put(f"{strong(declared['verdict'])} · layout {visible(layout) if layout else 'none: generic extractor'}")
    other = generic["article"] or {}
    for name, value in (declared["article"] or {}).items():
        if name in ("url", "site", "key"):
            continue
        if not value and not other.get(name):
            continue
        for line in field_lines({name: value}, declared["provenance"]["origins"]):
            put(line)
        if value != other.get(name):
            for line in field_lines({name: other.get(name)}) if other.get(name) else [f"{name:<14}(nothing)"]:
                put(faint(f"{'':<6}generic: {line}"))
    for issue in declared["issues"]:
        put(issue_line(issue))


@sites.command("new")
@click.argument("url")
@click.option("--name", metavar="NAME", help="Name of the profile (default: from the host).")
@click.option(
    "--samples",
    type=click.IntRange(0, 40),
    default=8,
    show_default=True,
    metavar="N",
    help="Articles to look at; 0: the front page alone.",
)
@click.option("--allow-private", is_flag=True, default=None, help="Allow private and loopback addresses.")
@dry_run
def new(url: str, name: str | None, samples: int, allow_private: bool | None, dry_run: bool) -> int:
    """Draft a profile for a newspaper from its front page, some of its lists and a sample of its articles.

    Each field of the samples is held against what feeds, sitemaps, lists and metadata say of it; a rule is
    written only where the generic extractor is not enough. All pages are archived. The draft is written to
    sites/NAME.toml, or, with --dry-run, to stdout.
    """
    from hemeroteca.drafting.draft import draft_of
    from hemeroteca.drafting.survey import read_again, survey
    from hemeroteca.drafting.toml import toml_of

    settings = settings_of()
    if not is_collection(settings.collection):
        raise NothingFoundError(f"{settings.collection}: no collection here; make one with: hemeroteca init")
    if name is not None:
        _refuse_existing(settings, name)
    found = survey(settings, url, samples=samples, allow_private=allow_private)
    draft = draft_of(found)
    text = toml_of(draft)
    if dry_run:
        put(text)
        return 0
    path = _refuse_existing(settings, name or draft.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    check_profile(path, Registry.load().families)
    put(str(path))
    say(
        f"{count_of(len(draft.sections), 'section')}, {count_of(len(draft.feeds), 'feed')}, "
        f"{count_of(len(draft.sitemaps), 'sitemap')}, {count_of(draft.rules, 'rule')} from "
        f"{count_of(draft.samples, 'sample')}. Look it through, then:"
    )
    say(f"hemeroteca crawl {path.stem} --limit 20")
    known = read_again(settings, path.stem, found)
    if known:
        say(
            f"{count_of(known, 'article')} of it stood here before the profile; to read"
            " them with it: hemeroteca reextract --stale"
        )
    return 0


def _refuse_existing(settings: Settings, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"--name '{name}': cannot be the name of a profile; "
            "use a-z, 0-9, dots and dashes, such as my-paper"
        )
    path = settings.sites_folder / f"{name}.toml"
    if path.exists():
        raise UsageError(f"{path}: there already; choose another --name, or edit it")
    return path
