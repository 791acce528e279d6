"""`hemeroteca search`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import click
from attrs import evolve

from archive.counting import count_of
from archive.errors import UsageError
from archive.index.results import Hit, Results
from archive.index.search import FACETS, PERIODS, SORTS, Query, Search
from hemeroteca import periods
from hemeroteca.console import faint, plain, put, put_json, put_line, say, strong, visible
from hemeroteca.hints import say_hints
from hemeroteca.options import command, ensure_sites, existing, reports

NOTHING = 4


def listed(_ctx: click.Context, _parameter: click.Parameter, value: Any) -> tuple[str, ...]:
    """Read an option that takes several values: repeated, or parted by commas."""
    return tuple(part.strip() for text in value or () for part in text.split(",") if part.strip())


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def several(*names: str, help: str, metavar: str) -> Decorator:  # noqa: A002  # click's word
    """Make such an option."""
    return click.option(*names, multiple=True, callback=listed, metavar=metavar, help=help)


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow a search down."""
    for option in reversed(
        (
            several(
                "--in", "fields", metavar="FIELD,…", help="Only in these fields: title, lead, body, caption."
            ),
            several("--site", "site", metavar="SITE,…", help="Only of these sites."),
            several("--lang", "lang", metavar="LANG,…", help="Only in these languages (fr, vi, zh …)."),
            several("--section", "section", metavar="NAME,…", help="Only of these sections."),
            click.option(
                "--author",
                multiple=True,
                metavar="NAME",
                help="Only by this author (any case, with or without accents).",
            ),
            click.option("--tag", multiple=True, metavar="TAG", help="Only with this tag."),
            click.option(
                "--since",
                metavar="DATE",
                help="Published from this day on: 2024-12-31, 2024-12, 'last week', 'hier'.",
            ),
            click.option("--until", metavar="DATE", help="Published up to this day, itself included."),
            click.option("--captured-since", metavar="DATE", help="Seen by the archive from this day on."),
            click.option("--captured-until", metavar="DATE", help="Seen by the archive up to this day."),
        )
    ):
        function = option(function)
    return function


def query_of(words: tuple[str, ...], **options: Any) -> Query:
    """Return the query of a command line. Raises UsageError for a date that cannot be read."""
    text = os.fsencode(" ".join(words)).decode("utf-8", "replace")
    languages = options.get("lang", ())
    for first, last in (("since", "until"), ("captured_since", "captured_until")):
        named = [f"--{name.replace('_', '-')}" for name in (first, last)]
        since = periods.since(options.get(first), languages=languages, option=named[0])
        until = periods.until(options.get(last), languages=languages, option=named[1])
        if (
            since
            and until
            and max(len(since), len(until)) <= 10
            and since[: len(until)] > until[: len(since)]
        ):
            raise UsageError(f"{named[0]} {since} is after {named[1]} {until}: no day is both")
        options |= {first: since, last: until}
    return Query(text=text, **options)


def undated_note(query: Query, results: Results) -> str | None:
    """Say of how many articles a filter by days of publication judged a day of capture."""
    if not results.undated or not (query.since or query.until):
        return None
    return f"{results.undated:,} of them without a date: the day of their first capture stands in"


@command("search")
@click.argument("query", nargs=-1)
@filters
@click.option("--sort", type=click.Choice(SORTS), default="rank", show_default=True, help="Order.")
@several(
    "--facet",
    "facet",
    metavar="FACET,…",
    help=f"Count by: {', '.join(FACETS)}. Prints the counts; the articles too with --limit N.",
)
@click.option("--per", type=click.Choice(PERIODS), help="Count by period of publication, in the same way.")
@click.option("--count", "only_count", is_flag=True, help="Print only how many there are.")
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, metavar="N", help="Show this many."
)
@click.option("--offset", type=click.IntRange(0), default=0, metavar="N", help="Leave out the first N.")
@click.option("--ids", "only_ids", is_flag=True, help="Print the ids of all that match, one a line.")
@click.option("--explain", is_flag=True, help="Print the full-text query as SQLite gets it.")
@reports
@click.pass_context
def search(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    only_count: bool,
    only_ids: bool,
    explain: bool,
    form: str | None,
    **options: Any,
) -> int:
    """Search the articles; without a QUERY, list those that pass the filters.

    Words are found whatever their case and accents; "a phrase"; prefix*; a OR b; -without; title:word;
    NEAR(a b, 10). Chinese, Japanese, Korean and Thai words are found inside running text, Arabic words with
    their article and without (quoted: as written). Put a query that begins with a dash behind -- .
    """
    asked = query_of(query, **options)
    limited, hits_asked_for = _stated(ctx, "limit"), _stated(ctx, "limit", "offset", "sort")
    counts_alone = bool(asked.facet or asked.per) and not hits_asked_for and form != "json"
    settings = existing()
    with Search.open(settings.index_path) as index:
        if explain:
            put(index.explain(asked))
            return 0
        if only_ids:
            code = _ids(index, asked, form, limited=limited)
            say_hints(index, asked, found=code != NOTHING)
            return code
        results = index.search(evolve(asked, limit=0) if only_count or counts_alone else asked)
        if not results.total:
            ensure_sites(settings, index, asked.site)
        _print(results, asked, form, only_count=only_count)
        if not results.total and (form or not only_count):
            say(f"nothing matches {visible(asked.text) or 'these filters'}")
        if note := undated_note(asked, results):
            say(note)
        say_hints(index, asked, found=bool(results.total))
    return 0 if results.total else NOTHING


def _print(results: Results, asked: Query, form: str | None, *, only_count: bool) -> None:
    if form == "json":
        put_json(_document(results))
    elif form == "jsonl":
        for line in (*_counts(results, asked), *(_hit(hit) for hit in results.hits)):
            put_line(line)
    elif only_count:
        put(str(results.total))
    else:
        _page(results, asked)


def _stated(ctx: click.Context, *names: str) -> bool:
    """Tell whether the command line says one of these, be it the default."""
    return any(ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT for name in names)


def _ids(index: Search, query: Query, form: str | None, *, limited: bool) -> int:
    count = 0
    refs = []
    for ref in index.refs(query):
        if count < query.offset:
            count += 1
            continue
        if limited and count >= query.offset + query.limit:
            break
        count += 1
        if form == "json":
            refs.append(ref)
        else:
            put_line(ref) if form else put(ref)
    if form == "json":
        put_json(refs)
    return 0 if count else NOTHING


def _when(hit: Hit) -> str:
    """Return the day of publication as stated; where none is, say so: a day of capture is no such day."""
    return visible(hit.published or f"no date, captured {hit.day}")


def _text(pieces: Any) -> str:
    return "".join(piece[0] for piece in pieces)


def _hit(hit: Hit) -> dict[str, Any]:
    value: dict[str, Any] = plain(hit)
    value["snippet"] = _text(hit.snippet)
    value["day_of"] = "publication" if hit.published else "capture"
    del value["title_marked"]
    return value


def _counts(results: Results, query: Query) -> Iterator[dict[str, Any]]:
    """Yield each count by a facet or period as an object; that of articles without a date has no value."""
    for name, rows in results.facets.items():
        undated = [(None, results.undated)] if name in PERIODS and results.undated else []
        for value, count in (*rows, *undated):
            yield {"facet": name, "value": value, "count": count}
    if query.per:
        undated = [(None, results.undated)] if results.undated else []
        for period, count in (*results.periods, *undated):
            yield {"per": query.per, "period": period, "count": count}


def _document(results: Results) -> dict[str, Any]:
    return {
        "total": results.total,
        "match": results.match,
        "hits": [_hit(hit) for hit in results.hits],
        "facets": {
            name: [{"value": value, "count": count} for value, count in rows]
            for name, rows in results.facets.items()
        },
        "periods": [{"period": period, "count": count} for period, count in results.periods],
        "undated": results.undated,
    }


def _marked(pieces: Any) -> str:
    return "".join(
        strong(click.style(visible(text), fg="yellow")) if hit else visible(text) for text, hit in pieces
    )


def _page(results: Results, query: Query) -> None:
    for name, rows in results.facets.items():
        put(strong(name))
        for value, count in rows:
            put(f"{count:>8,}  {visible(value)}")
        if name in PERIODS and results.undated:
            put(f"{results.undated:>8,}  no date")
    if query.per and results.total:
        put(strong(query.per))
        most = max((count for _, count in results.periods), default=1)
        for period, count in results.periods:
            put(f"{visible(period):<10} {count:>8,}  {'█' * max(1, round(40 * count / most))}")
        if results.undated:
            put(f"{'no date':<10} {results.undated:>8,}")
    if (results.facets or results.periods) and results.hits:
        put()
    for hit in results.hits:
        title = _marked(hit.title_marked) if hit.title_marked else visible(hit.title or "(no title)")
        more = f" · {count_of(hit.versions, 'version')}" if hit.versions > 1 else ""
        put(f"{strong(hit.ref)}  {title}")
        put("    " + faint(f"{visible(hit.site)} · {_when(hit)}{more} · {visible(hit.url)}"))
        if hit.snippet:
            put("    " + _marked(hit.snippet))
    if results.total:
        shown = f"{len(results.hits)} of " if 0 < len(results.hits) < results.total else ""
        say(f"{shown}{count_of(results.total, 'article')}")
