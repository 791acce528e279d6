"""`hemeroteca import`: WARC and WACZ files of other crawlers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archive.counting import count_of
from hemeroteca.commands.verify import fault_line
from hemeroteca.console import plain, progress, put, put_json, put_line, say, visible
from hemeroteca.options import command, dry_run, existing, jobs_option, processors, reports

FAILED, USAGE, PARTLY = 1, 2, 3
_SHOWN = 20
"""Faults printed; --json has them all."""


@command("import")
@click.argument("paths", metavar="WARC_OR_WACZ...", nargs=-1, required=True, type=click.Path(path_type=Path))
@dry_run
@jobs_option
@reports
def import_(paths: tuple[Path, ...], dry_run: bool, jobs: int | None, form: str | None) -> int:
    """Copy WARC files of other crawlers into the collection, index them and extract their pages.

    The copies are never edited; the same bytes are taken once. Of a damaged file every sound record is taken,
    what is wrong with it is told (as by verify), and the exit code is 3.
    """
    from archive.errors import HemerotecaError, UsageError
    from archive.files import in_words
    from archive.importing import import_file

    settings = existing()
    taken, failed, missing = [], [], 0
    with progress("Copying") as step:
        for path in paths:
            try:
                for imported in import_file(settings, path, dry_run=dry_run):
                    taken.append(imported)
                    step(len(taken), imported.file)
                    if form is None:
                        state = (
                            "there already"
                            if imported.state == "known"
                            else "would be taken"
                            if dry_run
                            else "taken"
                        )
                        put(f"{visible(imported.source)} → {visible(imported.file)} ({state})")
            except (HemerotecaError, OSError) as error:
                failed.append(in_words(error, path))
                missing += isinstance(error, UsageError)
                say(f"hemeroteca: {visible(failed[-1])}")
    fresh = [imported.file for imported in taken if imported.state == "taken"]
    report = None
    faults: list[dict[str, Any]] = []
    if dry_run:
        faults = _faults([path for path in (Path(one.source) for one in taken) if path.is_file()])
    elif fresh:
        faults = _faults([settings.collection / name for name in fresh])
        report = _extract(settings, fresh, jobs or processors())
    if form:
        value: dict[str, Any] = {
            "files": plain(taken),
            "failed": failed,
            "faults": faults,
            "extracted": report.counts if report else None,
        }
        (put_json if form == "json" else put_line)(value)
    if report:
        say(f"{count_of(report.new, 'page')} extracted from {count_of(len(fresh), 'file')}")
    for fault in faults[:_SHOWN]:
        say(fault_line(fault))
    if faults:
        more = f"{len(faults) - _SHOWN} more; " if len(faults) > _SHOWN else ""
        say(
            f"{more}what can be read would be taken in"
            if dry_run
            else f"{more}what could be read is taken in; hemeroteca verify tells the same"
        )
    if failed:
        return PARTLY if taken else (USAGE if missing == len(failed) else FAILED)
    return PARTLY if faults or (report and report.unreadable) else 0


def _faults(paths: list[Path]) -> list[dict[str, Any]]:
    """Return what is wrong with the files: the time to ask for another copy is now."""
    from archive.warc.verify import faults_only

    found = []
    with progress("Verifying") as step:
        for number, path in enumerate(paths, 1):
            found += [{**plain(fault), "file": path.name, "note": False} for fault in faults_only(path)]
            step(number, path.name)
    return found


def _extract(settings: Any, files: list[str], jobs: int) -> Any:
    from archive.index.store import Index
    from archive.reextract import Options, reextract

    with (
        Index.open(settings.index_path, create=True, timeout=settings.lock_seconds) as index,
        progress("Extracting") as step,
    ):
        return reextract(
            settings, index, Options(files=files, missing_only=True, jobs=jobs), kind="import", progress=step
        )
