"""Options that many commands share, and the collection they are about."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import NothingFoundError, UsageError
from archive.settings import Settings, find_collection, load_settings

if TYPE_CHECKING:
    from archive.index.search import Search

_COLLECTION = "hemeroteca.collection"
_DEBUG = "hemeroteca.debug"
_last: dict[str, Any] = {}
"""What the options of this process said, for errors that are reported after click's context is gone."""


def _remember(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if ctx.parent is None:
            _last.clear()
        if value:
            ctx.meta[key] = _last[key] = value

    return callback


def _common() -> list[click.Parameter]:
    return [
        click.Option(
            ["-C", "--collection"],
            metavar="DIR",
            expose_value=False,
            is_eager=True,
            type=click.Path(path_type=Path),
            callback=_remember(_COLLECTION),
            help="The collection's folder. Default: $HEMEROTECA_COLLECTION, else the nearest folder at or "
            "above this one "
            "that holds hemeroteca.toml, else this one.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_remember(_DEBUG),
            help="Show tracebacks of errors.",
        ),
    ]


_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(click.Command):
    """A command with -C and --debug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"context_settings": _HELP, **kwargs})
        self.params += _common()


class Group(click.Group):
    """A group of such commands."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"context_settings": _HELP, **kwargs})
        self.params += _common()


Group.group_class = Group


def command(name: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function."""
    return click.command(name, cls=Command)


def group(name: str) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of a function."""
    return click.group(name, cls=Group)


def reports(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json and --jsonl; the function gets `form`: None, "json" or "jsonl"."""
    function = click.option("--jsonl", "form", flag_value="jsonl", help="Print one JSON object a line.")(
        function
    )
    return click.option("--json", "form", flag_value="json", help="Print one JSON document.")(function)


def dry_run(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --dry-run."""
    return click.option("--dry-run", is_flag=True, help="Write nothing; say what would be done.")(function)


def jobs_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --jobs."""
    return click.option(
        "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes to use. Default: one a processor."
    )(function)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def debugging() -> bool:
    """Tell whether --debug was given."""
    return bool(_last.get(_DEBUG))


def collection_folder(given: Path | None) -> Path:
    """Return the folder of the collection: given, -C, $HEMEROTECA_COLLECTION, a folder above, or this one."""
    ctx = click.get_current_context(silent=True)
    named = given or (ctx.meta.get(_COLLECTION) if ctx else _last.get(_COLLECTION))
    named = named or os.environ.get("HEMEROTECA_COLLECTION")
    return Path(named) if named else find_collection(Path.cwd())


def settings_of(**options: Any) -> Settings:
    """Return the collection's settings, options of the command line over all else. Raises SettingsError."""
    return load_settings(collection_folder(None).absolute(), **options)


def is_collection(folder: Path) -> bool:
    """Tell whether anything of a collection stands there."""
    return any((folder / name).exists() for name in ("hemeroteca.toml", "index.db", "warc"))


def existing(**options: Any) -> Settings:
    """Return the settings of a collection that is there.

    Raises UsageError (exit 2) where the folder is missing, NothingFoundError (exit 4) where it holds none.
    """
    folder = collection_folder(None)
    if not folder.is_dir():
        raise UsageError(f"{folder.absolute()}: no such folder; look at -C, or at HEMEROTECA_COLLECTION")
    if not is_collection(folder):
        raise NothingFoundError(
            f"{folder.absolute()}: no collection here; name one with -C DIR, or make one with: hemeroteca "
            f"init"
        )
    return settings_of(**options)


def ensure_sites(settings: Settings, index: Search, names: Iterable[str]) -> None:
    """Raise UsageError for the first site that neither the index nor a profile knows, with the nearest names.

    To be asked where nothing was found: an empty answer about a misspelled site would be taken for a fact.
    """
    from archive.sites.registry import Registry

    seen: set[str] | None = None
    for name in names:
        if index.runs(site=name, limit=1):
            continue
        seen = {site.site for site in index.stats().sites} if seen is None else seen
        if name not in seen:
            Registry.load(settings.sites_folder, strict=False).get(name)


def lines_of(stream: Iterable[str]) -> Iterator[str]:
    """Yield the entries of a list of URLs or ids: one a line, blank lines and lines that begin with # left
    out.
    """
    for line in stream:
        entry = line.strip().removeprefix("\ufeff")
        if entry and not entry.startswith("#"):
            yield entry


def with_stdin(arguments: Iterable[str]) -> list[str]:
    """Return the arguments, `-` replaced by what stdin lists."""
    entries: list[str] = []
    for argument in arguments:
        entries += lines_of(sys.stdin) if argument == "-" else [argument]
    return entries


def moment(text: str | None, what: str) -> Any:
    """Return an aware UTC datetime of an ISO 8601 text (no zone: UTC). Raises UsageError."""
    from datetime import UTC, datetime

    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text.strip())
    except (ValueError, AttributeError) as error:
        raise UsageError(f"{what}: '{text}' is not an ISO 8601 time such as 2026-11-23T08:15:00Z") from error
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
