"""`hemeroteca export`: articles to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from archive.counting import count_of
from archive.errors import NothingFoundError, UsageError
from archive.index.results import ArticleRow
from archive.index.search import SORTS, Query, Search
from hemeroteca.commands.article import article_of
from hemeroteca.commands.search import filters, query_of, undated_note
from hemeroteca.console import plain, progress, put_json, put_line, say, size_of, visible
from hemeroteca.hints import say_hints
from hemeroteca.options import command, dry_run, existing, lines_of, reports

NOTHING = 4
_FORMATS = ("jsonl", "csv", "parquet", "bibtex", "ris", "csl")
_ENDINGS = {**{name: name for name in _FORMATS}, "bib": "bibtex"}
_PACKED = frozenset(("gz", "bz2", "xz", "zst", "zip"))


@command("export")
@click.argument("query", nargs=-1)
@filters
@click.option(
    "--ids", metavar="FILE", help="Export the articles with these ids or URLs, one a line; - is stdin."
)
@click.option("--sort", type=click.Choice(SORTS), default="oldest", show_default=True, help="Order.")
@click.option(
    "--format",
    "form_of_file",
    type=click.Choice(_FORMATS),
    help="Default: by the ending of FILE, else jsonl.",
)
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to; - is stdout.")
@click.option("--force", is_flag=True, help="Put the export in the place of a FILE that is there already.")
@dry_run
@reports
@click.pass_context
def export(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    ids: str | None,
    form_of_file: str | None,
    output: str,
    force: bool,
    dry_run: bool,
    form: str | None,
    **options: Any,
) -> int:
    """Write articles to a file, and what was asked to FILE.manifest.json beside it.

    Without a QUERY and filters: all of them. jsonl: one article a line, all fields, with id, version,
    captured_at and the place of its record. csv: a table. parquet: all
    fields, typed (needs the extra hemeroteca[parquet]). bibtex, ris, csl: citations, as cite gives them.
    A FILE that is there already is left as it is (exit code 2) without --force; one that cannot be written
    to its end does not appear.
    """
    from archive.export import export_to_file, write

    asked = query_of(query, **options)
    target = None if output == "-" else Path(output)
    chosen = _format_of(target, form_of_file)
    if ids is not None:
        _refuse_filters(ctx, asked)
    if target is None and form and not dry_run:
        raise UsageError(f"-o - prints the articles; --{form} reports on a file: leave one of them out")
    if target is not None and not force:
        _ensure_new(target)
    settings = existing()
    with Search.open(settings.index_path) as search:
        articles = _named(search, ids) if ids else search.articles(asked)
        _tell(search, asked)
        if dry_run:
            number = sum(1 for _ in articles)
            if form:
                plan = {"articles": number, "format": chosen, "output": output, "dry_run": True}
                (put_json if form == "json" else put_line)(plan)
            say(f"would export {count_of(number, 'article')} as {chosen} to {visible(output)}")
            return 0 if number else NOTHING
        if target is None:
            if ids:
                # An id that is not there is told before the first byte; texts are not held meanwhile.
                refs = [article.ref for article in articles]
                articles = (search.article(ref) for ref in refs)
            sys.stdout.flush()
            count, _ = write(search, articles, chosen, sys.stdout.buffer, settings=settings)
            sys.stdout.buffer.flush()
            return 0 if count else NOTHING
        with progress("Exporting") as step:
            manifest = export_to_file(
                search, articles, chosen, target, settings=settings, asked=_asked(asked, ids), step=step
            )
    if form:
        (put_json if form == "json" else put_line)(manifest)
    if not manifest["articles"]:
        say(f"nothing matches; {visible(output)} was not written")
        return NOTHING
    say(f"{count_of(manifest['articles'], 'article')}, {size_of(manifest['bytes'])}, in {visible(output)}")
    return 0


def _tell(search: Search, asked: Query) -> None:
    """Say before the writing what of the query may not be as it was meant."""
    found = search.search(evolve(asked, limit=0))
    say_hints(search, asked, found=bool(found.total))
    if note := undated_note(asked, found):
        say(note)


def _refuse_filters(ctx: click.Context, asked: Query) -> None:
    if asked != Query(sort=asked.sort):
        raise UsageError("--ids names the articles; leave the QUERY and the filters out, or --ids")
    if ctx.get_parameter_source("sort") is not click.core.ParameterSource.DEFAULT:
        raise UsageError("--ids gives the order, too; leave --sort out")


def _format_of(target: Path | None, stated: str | None) -> str:
    """Return the format of the file: as stated, else as its ending names it.

    Raises UsageError where the two contradict each other, and for an ending that names none that is written.
    """
    ending = target.suffix.removeprefix(".").lower() if target else ""
    if ending in _PACKED:
        raise UsageError(f"-o {target}: nothing is compressed here; write to - and pipe it into a program")
    named = _ENDINGS.get(ending)
    if stated is None and ending and named is None:
        offered = " or ".join(f"--format {name}" for name in _FORMATS)
        raise UsageError(f"-o {target}: no format is called '{ending}'; say {offered}")
    if stated is not None and named is not None and stated != named:
        raise UsageError(f"-o {target} is a name of {named}, and --format says {stated}: change one of them")
    return stated or named or "jsonl"


def _ensure_new(target: Path) -> None:
    """Raise UsageError where the export would take the place of a file, its own or its manifest's."""
    from archive.export import manifest_of
    from archive.files import ordinary_file

    ordinary_file(target)
    for path in (target, manifest_of(target)):
        if path.exists():
            raise UsageError(f"-o {target}: {path} is there already; take another name, or --force")


def _named(search: Search, source: str) -> Iterator[ArticleRow]:
    """Yield the articles of a list of ids or URLs.

    Raises NothingFoundError for the first that is not there.
    """
    if source == "-":
        yield from _articles(search, sys.stdin)
        return
    try:
        with Path(source).open(encoding="utf-8-sig") as file:
            yield from _articles(search, file)
    except FileNotFoundError as error:
        raise UsageError(f"--ids {source}: no such file; it takes a file with one id a line, or -") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--ids {source}: not UTF-8 text; it takes a file with one id a line") from error


def _articles(search: Search, lines: Iterable[str]) -> Iterator[ArticleRow]:
    for entry in lines_of(lines):
        try:
            yield article_of(search, entry)
        except NothingFoundError as error:
            raise NothingFoundError(f"{error} (nothing was written)") from error


def _asked(query: Query, ids: str | None) -> Any:
    if ids:
        return {"ids": ids}
    unset = Query()
    return {
        name: value
        for name, value in plain(query).items()
        if name not in ("limit", "offset", "marks", "facet", "per") and value != plain(getattr(unset, name))
    }
