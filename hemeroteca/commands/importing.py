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

    The copies are never edited; the same bytes are taken once. An import that was interrupted is finished by
    the same command. Of a damaged file every sound record is taken, what is wrong with it is told (as by
    verify), and the exit code is 3.
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
    report, files = None, list[str]()
    faults: list[dict[str, Any]] = []
    if dry_run:
        faults = _faults([path for path in (Path(one.source) for one in taken) if path.is_file()])
    elif taken:
        # Files that are there already too: an import that was interrupted had not come so far.
        files = list(dict.fromkeys(imported.file for imported in taken))
        faults = _faults([settings.collection / name for name in files])
        report = _extract(
            settings, files, jobs or processors(), record=bool(fresh), damage=_said(faults, failed)
        )
    if form:
        value: dict[str, Any] = {
            "files": plain(taken),
            "failed": failed,
            "faults": faults,
            "extracted": report.counts if report else None,
        }
        (put_json if form == "json" else put_line)(value)
    if report and (fresh or report.new):
        say(f"{count_of(report.new, 'page')} extracted from {count_of(len(files), 'file')}")
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


def _said(faults: list[dict[str, Any]], failed: list[str]) -> str | None:
    """Return what was wrong as the run's record tells it, None where nothing was."""
    said = [
        f"{count_of(len(found), name)}, the first: {first}"
        for name, found, first in (
            ("fault", faults, fault_line(faults[0]).partition(": ")[2] if faults else ""),
            ("file refused", failed, failed[0] if failed else ""),
        )
        if found
    ]
    return "; ".join(said) or None


def _extract(settings: Any, files: list[str], jobs: int, *, record: bool, damage: str | None) -> Any:
    from archive.index.store import Index
    from archive.reextract import Options, reextract

    with (
        Index.open(settings.index_path, create=True, timeout=settings.lock_seconds) as index,
        progress("Extracting") as step,
    ):
        return reextract(
            settings,
            index,
            Options(files=files, missing_only=True, jobs=jobs),
            kind="import",
            record=record,
            damage=damage,
            progress=step,
        )
