"""`hemeroteca index`: the search index, a cache of what stands in the WARC files."""

from __future__ import annotations

from archive.counting import count_of
from archive.errors import IndexLockedError, IndexStoreError, IntegrityError, SchemaTooNewError
from hemeroteca.console import progress, put, put_json, put_line, say, strong, visible
from hemeroteca.options import dry_run, existing, group, reports

INTEGRITY = 5
_SHOWN = 10
_TORN = (
    "its end is no whole record; the index has all that stands before it. "
    "hemeroteca verify says where; only another copy of the file can mend it"
)


@group("index")
def index() -> None:
    """The search index: status, rebuild, optimize. It can be deleted and rebuilt from the WARC files."""


@index.command("status")
@reports
def status(form: str | None) -> int:
    """Show whether the index can be relied on; exit code 5 where it has to be rebuilt."""
    from archive.index.search import Search
    from hemeroteca.behind import files_behind

    settings = existing()
    try:
        with Search.open(settings.index_path) as search:
            found = search.status()
    except IndexStoreError as error:
        if isinstance(error, SchemaTooNewError | IndexLockedError):
            raise
        raise IntegrityError(str(error)) from error
    behind = files_behind(settings)
    if form:
        from hemeroteca.console import plain

        value = {**plain(found), "ok": found.ok, "files_behind": behind.unread, "files_torn": behind.torn}
        (put_json if form == "json" else put_line)(value)
    else:
        put(f"{strong('index')}      {visible(found.path)}")
        torn = f", {len(behind.torn)} with a torn end" if behind.torn else ""
        unread = f"{len(behind.unread)} of them not wholly in the index"
        put(f"{strong('files')}      {found.files:,}, {unread}{torn}")
        put(f"{strong('captures')}   {found.captures:,}, {found.not_yet_extracted:,} of them not extracted")
        put(
            f"{strong('folding')}    "
            f"{'as this program folds' if found.fold_ok else 'of another version: rebuild'}"
        )
        put(
            f"{strong('full text')}  "
            f"{'folded, as it should be' if found.canary_ok else 'not folded: rebuild'}"
        )
        missing = ", ".join(found.missing_triggers)
        put(f"{strong('triggers')}   {'missing: ' + missing + ': rebuild' if missing else 'all there'}")
    if not found.ok:
        say("the index cannot be relied on: run hemeroteca index rebuild")
        return INTEGRITY
    if behind.unread:
        say(
            f"{count_of(len(behind.unread), 'file')} not in the index: any crawl or reextract takes them in, "
            f"or: hemeroteca index rebuild"
        )
    for file in behind.torn[:_SHOWN]:
        say(f"{visible(file)}: {_TORN}")
    if len(behind.torn) > _SHOWN:
        say(f"{len(behind.torn) - _SHOWN} more files with a torn end")
    return 0


@index.command("rebuild")
@dry_run
@reports
def rebuild(dry_run: bool, form: str | None) -> int:
    """Make the index anew from the WARC files alone. The old one stays until the new one is whole."""
    from archive.process import rebuild as make_anew
    from archive.warc.reader import warc_files

    settings = existing()
    if dry_run:
        files = warc_files(settings.collection)
        if form:
            (put_json if form == "json" else put_line)({"files": len(files), "dry_run": True})
        say(f"would make {settings.index_path} anew from {count_of(len(files), 'WARC file')}")
        return 0
    with progress("Rebuilding the index") as step:
        done = make_anew(settings, step)
    if form:
        (put_json if form == "json" else put_line)(done)
    say(f"{count_of(done.records, 'record')} of {count_of(done.files, 'WARC file')} in the new index")
    for file in done.torn:
        say(
            f"{visible(file)}: not all of it can be read, and no rebuild changes that; "
            f"hemeroteca verify says where"
        )
    if done.lost_originals:
        say(
            f"{count_of(done.lost_originals, 'revisit')} on captures that are in no WARC file here: "
            f"these pages cannot be read, and no rebuild changes that; hemeroteca verify names them"
        )
    if done.originals_elsewhere:
        say(
            f"{count_of(done.originals_elsewhere, 'revisit')} of other crawlers' files on captures that are "
            f"not in this collection; hemeroteca verify --notes names them"
        )
    return 3 if done.torn else 0


@index.command("optimize")
@dry_run
def optimize(dry_run: bool) -> None:
    """Make searches quicker after many changes: merge the full-text index, refresh statistics."""
    from archive.index.store import Index

    settings = existing()
    if dry_run:
        say(f"would merge the full-text index of {settings.index_path} and refresh its statistics")
        return
    with Index.open(settings.index_path, timeout=settings.lock_seconds) as opened:
        opened.optimize()
    say("optimized")
