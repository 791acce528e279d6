"""`hemeroteca sites`: profiles of newspapers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from attrs import evolve

from archive.counting import count_of
from archive.errors import NothingFoundError, ProfileError, UsageError
from archive.index.search import Search
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
from hemeroteca.named_pages import Saved, named_page
from hemeroteca.options import dry_run, group, is_collection, reports, settings_of, with_stdin
from hemeroteca.stranger import Stranger, stranger

PARTLY, NOTHING = 3, 4
_NAME = re.compile(r"(?!\.)[a-z0-9._-]+", re.IGNORECASE | re.ASCII)


@group("sites")
def sites() -> None:
    """Site profiles: where a newspaper's articles are found and how its pages are read."""


sites.add_command(drift)


@sites.command("list")
@reports
def list_(form: str | None) -> int:
    """List the profiles: those that come with hemeroteca, and the collection's own."""
    registry = Registry.load(settings_of().sites_folder, strict=False)
    rows = [_summary(site) | {"mistakes": []} for site in registry]
    rows += [
        _summary(profile.remains) | {"mistakes": list(profile.mistakes)}
        for profile in registry.broken.values()
    ]
    rows.sort(key=lambda row: str(row["name"]))

    def line(row: dict[str, Any]) -> str:
        own = "" if row["builtin"] else "  (own)"
        if row["mistakes"]:
            own += (
                f"  broken: {count_of(len(row['mistakes']), 'mistake')}, hemeroteca sites check {row['name']}"
            )
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
    """Show one profile: hosts, lists, layouts, and where its file is; how its lists do.

    Of a paper that was crawled by its address and has no profile: what the archive knows of it.
    """
    settings = settings_of()
    registry = Registry.load(settings.sites_folder, strict=False)
    if site not in registry and site not in registry.broken:
        known = stranger(settings, site)
        if known is not None:
            _show_stranger(known, form)
            return
    row = _summary(registry.get(site))
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


def _show_stranger(known: Stranger, form: str | None) -> None:
    if form:
        (put_json if form == "json" else put_line)(known.as_json())
        return
    for name, value in known.lines():
        put(f"{strong(f'{name:<12}')} {visible(value)}")
    for source in known.sources:
        if not source.bad_in_row:
            put(f"{strong(f'{source.role:<12}')} {visible(source.url)}")
    _show_ailing(known.sources)


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
@click.argument("words", nargs=-1, metavar="[SITE] [URL|FILE]...")
@click.option("--page", "more", multiple=True, hidden=True, metavar="FILE_OR_URL")
@click.option("--url", metavar="URL", help="Address of a saved file (default: what the page says).")
@click.option("--fetched-at", metavar="ISO", help="When saved files were fetched (default: now).")
@reports
def check(
    words: tuple[str, ...], more: tuple[str, ...], url: str | None, fetched_at: str | None, form: str | None
) -> int:
    """Compile every rule of one profile, or of all; exit code 2 where one is wrong, one line a mistake.

    With pages (URLs that are archived, saved files, - for a list on stdin): each field as the profile reads
    it, with its rule, beside what the generic extractor gives; of several pages also a count a field.
    """
    settings = settings_of()
    site, names = _site_and_pages(settings, with_stdin(words))
    names += more
    mistakes, count = _mistakes(settings, site)
    if mistakes:
        if form:
            (put_json if form == "json" else put_line)({"profiles": count, "mistakes": mistakes})
        raise ProfileError(mistakes)
    if not names:
        if form:
            (put_json if form == "json" else put_line)({"profiles": count, "mistakes": []})
        say(f"{count_of(count, 'profile')} without a mistake")
        return 0
    return _compare_pages(settings, site, names, Saved(url, fetched_at), form)


def _site_and_pages(settings: Settings, words: list[str]) -> tuple[str | None, list[str]]:
    """Tell the profile from the pages: it is the first word, where that is neither an address nor a file."""
    if not words:
        return None, []
    first = words[0]
    is_profile = (settings.sites_folder / f"{first}.toml").is_file() or first in Registry.load()
    if is_profile or not ("://" in first or Path(first).is_file()):
        return first, words[1:]
    return None, words


def _mistakes(settings: Settings, name: str | None) -> tuple[list[str], int]:
    """Return the mistakes of one profile or of all, and how many profiles were compiled."""
    own = settings.sites_folder / f"{name}.toml"
    mistakes: list[str] = []
    families = Registry.load().families
    if name is not None and own.is_file():
        paths = [own]
        registry = Registry.load(settings.sites_folder, strict=False)
        families = registry.families
        if name in registry.broken:
            return list(registry.broken[name].mistakes), 1
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


def _compare_pages(
    settings: Settings, site: str | None, names: list[str], saved: Saved, form: str | None
) -> int:
    from hemeroteca.comparison import Compared, compare, page_lines, summary, summary_lines

    if saved.url is not None and len(names) > 1:
        raise UsageError("--url: names the address of one saved file; of several, each page must say its own")
    registry = Registry.load(settings.sites_folder, strict=False)
    pages: list[Compared] = []
    missing: list[str] = []
    for name in names:
        try:
            page = named_page(settings, name, saved)
        except NothingFoundError as error:
            if len(names) == 1:
                raise
            missing.append(str(error))
            continue
        pages.append(compare(page, _profile_of(registry, site, page.url)))
        if form == "jsonl":
            put_line(pages[-1].as_json())
        elif form is None:
            put("\n".join(page_lines(pages[-1])) + "\n" * (len(names) > 1))
    if form == "json":
        put_json({"pages": [page.as_json() for page in pages], "summary": summary(pages)})
    elif form is None and len(pages) > 1:
        put("\n".join(summary_lines(pages)))
    for line in missing:
        say(f"hemeroteca: {visible(line)}")
    return (PARTLY if pages else NOTHING) if missing else 0


def _profile_of(registry: Registry, site: str | None, url: str) -> Site:
    profile = registry.get(site) if site else registry.for_url(url)
    if profile is None:
        raise UsageError(f"{url}: no profile has this host; name the SITE to read it with")
    return profile


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
@click.option(
    "--article",
    "articles",
    multiple=True,
    metavar="URL",
    help="An article to look at, whatever lists name (repeatable).",
)
@click.option("--allow-private", is_flag=True, default=None, help="Allow private and loopback addresses.")
@dry_run
def new(
    url: str,
    name: str | None,
    samples: int,
    articles: tuple[str, ...],
    allow_private: bool | None,
    dry_run: bool,
) -> int:
    """Draft a profile for a newspaper from its front page, some of its lists and a sample of its articles.

    Each field of the samples is held against what feeds, sitemaps, lists and metadata say of it; a rule is
    written only where the generic extractor is not enough. All pages are archived, and the draft is written
    to sites/NAME.toml; with --dry-run the pages are looked at and forgotten, and the draft goes to stdout.
    """
    from archive.urls import typed
    from hemeroteca.drafting.draft import draft_of
    from hemeroteca.drafting.survey import read_again, survey
    from hemeroteca.drafting.toml import toml_of

    address = typed(url)
    if address is None:
        raise UsageError(f"'{url}' is not an http or https URL")
    settings = settings_of()
    if not is_collection(settings.collection):
        raise NothingFoundError(f"{settings.collection}: no collection here; make one with: hemeroteca init")
    if name is not None:
        _refuse_existing(settings, name)
    if not dry_run:
        _refuse_known(settings, address)
    with _apart(settings) if dry_run else nullcontext(settings) as place:
        found = survey(
            place,
            address,
            samples=samples,
            articles=articles,
            allow_private=allow_private,
            tell=lambda line: say(visible(line)),
        )
        draft = draft_of(found)
    text = toml_of(draft)
    if dry_run:
        put(text)
        say("the pages were looked at and not kept; without --dry-run they are archived")
        if draft.shortage is not None:
            say(draft.shortage)
        return 0
    _refuse_known(settings, found.front.url)
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
    if draft.shortage is not None:
        say(f"{draft.shortage} (take {path} away first)")
    return 0


@contextmanager
def _apart(settings: Settings) -> Iterator[Settings]:
    """Give a collection that is gone afterwards, with these settings and profiles: for pages of a dry run."""
    with TemporaryDirectory(prefix="hemeroteca-") as folder:
        if settings.sites_folder.is_dir():
            (Path(folder) / settings.sites_folder.name).symlink_to(settings.sites_folder.absolute())
        yield evolve(settings, collection=Path(folder))


def _refuse_known(settings: Settings, url: str) -> None:
    """Refuse a second profile of a host: no command could tell which of the two is meant."""
    registry = Registry.load(settings.sites_folder, strict=False)
    broken = registry.broken_for(url)
    known = broken.remains if broken is not None else registry.for_url(url)
    if known is not None and not known.builtin:
        raise UsageError(f"{url}: {known.path} is its profile already; edit it, or take it away first")


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
