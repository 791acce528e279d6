"""`hemeroteca verify`: the archive against its own digests, the index against the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archive.counting import count_of
from archive.errors import IndexStoreError, NothingFoundError, UsageError
from archive.settings import Settings
from hemeroteca.console import Step, plain, progress, put, put_json, put_line, say, visible
from hemeroteca.options import collection_folder, command, existing, is_collection, reports, settings_of

INTEGRITY = 5


@command("verify")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--notes", is_flag=True, help="Show what is unusual without being wrong, too.")
@reports
def verify(paths: tuple[Path, ...], notes: bool, form: str | None) -> int:
    """Check every digest of every WARC file, and every index row against its record.

    With PATHs only those files or folders, which may lie outside the collection; where it has no index, their
    digests alone. Exit code 5 on any fault, 4 for a folder without a WARC file.
    """
    settings, files = _chosen(paths)
    counts: Counter[str] = Counter()
    found: list[dict[str, Any]] = []
    with progress("Verifying") as step:
        for fault in _faults(settings, files, whole=not paths, step=step):
            counts["notes" if fault["note"] else "faults"] += 1
            if fault["note"] and not notes and form != "json":
                continue
            if form == "json":
                found.append(fault)
            elif form == "jsonl":
                put_line(fault)
            else:
                put(fault_line(fault))
    if form == "json":
        faults = [fault for fault in found if not fault["note"]]
        put_json(
            {
                "files": len(files),
                "faults": faults,
                "notes": [fault for fault in found if fault["note"]],
                "ok": not faults,
            }
        )
    verdict = count_of(counts["faults"], "fault") if counts["faults"] else "no fault"
    more = (
        f", {count_of(counts['notes'], 'note')}" + ("" if notes else " (--notes shows them)")
        if counts["notes"]
        else ""
    )
    say(f"{count_of(len(files), 'WARC file')} verified: {verdict}{more}")
    return INTEGRITY if counts["faults"] else 0


def _chosen(paths: tuple[Path, ...]) -> tuple[Settings | None, list[Path]]:
    """Return the collection, if there is one, and the files to verify."""
    from archive.warc.reader import WARC_ENDINGS, warc_files

    if not paths:
        here = existing()
        return here, warc_files(here.collection)
    settings = settings_of() if is_collection(collection_folder(None)) else None
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = [file for file in sorted(path.rglob("*")) if file.name.endswith((*WARC_ENDINGS, ".open"))]
            if not found and not _is_new_collection(path):
                raise NothingFoundError(f"{path}: no WARC file in this folder")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise UsageError(f"{path}: no such file or folder")
    return settings, [file.absolute() for file in files]


def _is_new_collection(folder: Path) -> bool:
    """Tell whether a folder is a collection in which nothing was archived yet."""
    from archive.index.search import Search

    if not is_collection(folder):
        return False
    index = folder / "index.db"
    try:
        with Search.open(index) as search:
            return search.status().files == 0
    except IndexStoreError:
        return not index.exists() and (folder / "hemeroteca.toml").is_file()


def _faults(
    settings: Settings | None, files: list[Path], *, whole: bool, step: Step
) -> Iterator[dict[str, Any]]:
    from archive.warc.reader import file_name
    from archive.warc.verify import verify_file

    names = set()
    for number, path in enumerate(files):
        step(number, path.name)
        shown = str(path)
        if settings is not None and path.is_relative_to(settings.warc_folder):
            shown = file_name(path, settings.collection)
            names.add(shown)
        for fault in verify_file(path):
            url = fault.url
            if url is None and shown in names and settings is not None and not fault.is_note:
                url = _url_at(settings, shown, fault.offset)
            yield {**plain(fault), "file": shown, "url": url, "note": fault.is_note}
    if settings is not None and not whole and names and not settings.index_path.is_file():
        say(f"{settings.index_path}: no index here; the digests alone were checked")
    elif settings is not None and (whole or names):
        from archive.fixity import verify_index

        for row in verify_index(settings, None if whole else names, step):
            yield {**plain(row), "note": row.is_note}


def _url_at(settings: Settings, file: str, offset: int) -> str | None:
    """Return the address of a record whose own header cannot be read, where the index knows it."""
    from archive.index.search import Search

    try:
        with Search.open(settings.index_path) as search:
            return search.url_at(file, offset)
    except IndexStoreError:
        return None  # told by the verification of the index


def fault_line(fault: dict[str, Any]) -> str:
    """Return a fault as people read it."""
    place = f" at byte {fault['offset']}" if fault["offset"] is not None else ""
    record = f" {visible(fault['record_id'])}" if fault["record_id"] else ""
    url = f" {visible(fault['url'])}" if fault["url"] else ""
    kind = "note" if fault["note"] else "FAULT"
    return f"{kind} {fault['code']}: {visible(fault['file'])}{place}{record}{url}: {visible(fault['detail'])}"
