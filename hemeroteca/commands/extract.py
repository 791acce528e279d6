"""`hemeroteca extract`: the fields of saved pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import click

from archive.counting import count_of
from archive.errors import UsageError
from archive.settings import Settings
from hemeroteca.console import progress, put, put_json, put_line, say, visible
from hemeroteca.options import command, dry_run, jobs_option, moment, processors, reports, settings_of

PARTLY = 3


@command("extract")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option(
    "--url",
    "urls",
    metavar="URL",
    multiple=True,
    help="Address of the page; once for all files, or once each.",
)
@click.option(
    "--fetched-at", metavar="ISO", help="When the page was fetched (default: now). Relative dates need it."
)
@click.option(
    "--content-type",
    metavar="TYPE",
    help="Content-Type that the server sent, such as 'text/html; charset=gbk'.",
)
@click.option("--manifest", metavar="IN.jsonl", help="List of pages, one JSON object a line; - is stdin.")
@click.option("--output", metavar="OUT.jsonl", help="Where the results of --manifest go; - is stdout.")
@dry_run
@jobs_option
@reports
def extract(
    files: tuple[str, ...],
    urls: tuple[str, ...],
    fetched_at: str | None,
    content_type: str | None,
    manifest: str | None,
    output: str | None,
    dry_run: bool,
    jobs: int | None,
    form: str | None,
) -> int:
    """Extract the fields of saved pages, HTML or .gz; no collection needed.

    A manifest line is {"id", "path", "url", "fetched_at", "content_type"}; the last two may be missing.
    Relative paths are looked for in the current folder, then beside the manifest. One line comes out for
    each that goes in, in order, for a blank or broken one too; blank lines at the end count for nothing.
    """
    now = moment(fetched_at, "--fetched-at") or datetime.now(UTC)
    settings = settings_of()
    if manifest is not None:
        if files or urls:
            raise UsageError("--manifest names its pages itself; leave FILE and --url out")
        if dry_run:
            return _plan(manifest, output or "-")
        return _manifest(manifest, output or "-", settings, now, jobs or processors())
    if not files:
        raise UsageError("name a FILE and its --url, or a --manifest")
    if output is not None:
        raise UsageError("--output belongs to --manifest; redirect stdout instead")
    if len(urls) not in (1, len(files)):
        raise UsageError(
            f"{files[0]}: needs its --url"
            if len(files) == 1
            else f"{len(files)} files need one --url for all, or {len(files)} of them"
        )
    for url in urls:
        if not _is_address(url):
            raise UsageError(f"--url {url}: not an address such as https://paper.example/article")
    addresses = urls * len(files) if len(urls) == 1 else urls
    return _files(list(zip(files, addresses, strict=True)), settings, now, content_type, form)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def _files(
    pages: list[tuple[str, str]],
    settings: Settings,
    now: datetime,
    content_type: str | None,
    form: str | None,
) -> int:
    from archive.saved import extract_saved, page_of_bytes
    from archive.sites.registry import Registry
    from archive.warc.blocks import extraction_to_json

    sites = Registry.load(settings.sites_folder)
    results: list[dict[str, Any]] = []
    for position, (name, url) in enumerate(pages):
        data = sys.stdin.buffer.read() if name == "-" else _read(name, settings.max_payload_bytes)
        page, problem = page_of_bytes(
            data, url=url, fetched_at=now, content_type=content_type, limit=settings.max_payload_bytes
        )
        found = json.loads(extraction_to_json(extract_saved(page, problem, sites)))
        results.append(found)
        if form == "jsonl":
            put_line({"file": name, **found})
        elif form is None:
            _show(name, found, first=position == 0, alone=len(pages) == 1)
    if form == "json":
        put_json(
            results[0]
            if len(pages) == 1
            else [{"file": name, **found} for (name, _), found in zip(pages, results, strict=True)]
        )
    return 0


def _read(name: str, limit: int) -> bytes:
    with _file(name) as file:
        return file.read(limit + 1)


def _file(name: str) -> IO[bytes]:
    """Open a file that was named. Raises UsageError where it is none."""
    if Path(name).is_dir():
        raise UsageError(f"{name}: is a folder; name its files, or list them in a --manifest")
    try:
        return Path(name).open("rb")
    except FileNotFoundError as error:
        raise UsageError(f"{name}: no such file; look at the path") from error


def _show(name: str, found: dict[str, Any], *, first: bool, alone: bool) -> None:
    from hemeroteca.fields import extraction_lines

    if not alone:
        put(("" if first else "\n") + f"== {visible(name)}")
    for line in extraction_lines(found):
        put(line)


@contextmanager
def written_whole(target: str) -> Iterator[IO[bytes]]:
    """Give a file that appears under its name only when the block ends well; `-` is stdout."""
    if target == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    from archive.files import whole_file

    with whole_file(Path(target)) as file:
        yield file


def _plan(source: str, target: str) -> int:
    if target != "-":
        from archive.files import ordinary_file

        ordinary_file(Path(target))
    from archive.saved import entries_of

    with _opened(source) as lines:
        say(f"would extract {count_of(sum(1 for _ in entries_of(lines)), 'page')} to {visible(target)}")
    return 0


def _manifest(source: str, target: str, settings: Settings, now: datetime, jobs: int) -> int:
    from archive.saved import ManifestOptions, extract_manifest

    beside = () if source == "-" else (Path(source).absolute().parent,)
    options = ManifestOptions(
        now=now,
        folders=(Path.cwd(), *beside),
        sites_folders=(settings.sites_folder,),
        limit=settings.max_payload_bytes,
    )
    done = unreadable = 0
    with _opened(source) as lines, written_whole(target) as out, progress("Extracting") as step:
        for line in extract_manifest(lines, options, jobs=jobs):
            out.write(line.json + b"\n")
            done += 1
            unreadable += not line.readable
            step(done)
    if unreadable:
        say(f"{count_of(done, 'page')}, of which {unreadable} could not be read: see their issues")
        return PARTLY
    say(count_of(done, "page") + " extracted")
    return 0


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
        return
    with _file(source) as file:
        yield file
