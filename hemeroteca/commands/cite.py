"""`hemeroteca cite`: articles as footnotes and bibliographies name them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from archive.errors import NothingFoundError
from archive.index.search import Search
from hemeroteca.commands.article import article_of
from hemeroteca.console import plain, put_json, put_line, say, visible
from hemeroteca.options import command, existing, reports, with_stdin

if TYPE_CHECKING:
    from archive.cite import Citation

_FORMATS = ("text", "bibtex", "ris", "csl")
PARTLY = 3


@command("cite")
@click.argument("ids", metavar="ID_OR_URL...", nargs=-1, required=True)
@click.option(
    "--format",
    "style",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How: a line for a footnote, or what bibliography programs read.",
)
@click.option(
    "--version",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="This version instead of the current one.",
)
@reports
def cite(ids: tuple[str, ...], style: str, number: int | None, form: str | None) -> int:
    """Cite articles: author, title, newspaper, day of publication, address, and the archived copy.

    Of the copy: when it was captured (the date of access), which version it is, its WARC record and payload
    digest. The day of a capture never stands for one of publication. - reads ids from stdin; what is not
    there is named, and the others are cited (exit code 3). --json: each citation with what it is made of.
    """
    settings = existing()
    names = with_stdin(ids)
    if not names:
        raise NothingFoundError("no id or URL on stdin")
    from archive.cite.citing import Citing
    from archive.cite.formats import write

    found: dict[str, Citation] = {}
    missing: list[NothingFoundError] = []
    with Search.open(settings.index_path) as search:
        citing = Citing(search, settings)
        for name in names:
            try:
                citation = citing.of(article_of(search, name, follow=number is None), number)
            except NothingFoundError as error:
                missing.append(error)
            else:
                found[citation.key] = citation
    if not found and len(missing) == 1:
        raise missing[0]
    for gone in missing:
        say(f"hemeroteca: {visible(str(gone))}")
    if form == "json":
        put_json([_object(citation, style) for citation in found.values()])
    elif form == "jsonl":
        for citation in found.values():
            put_line(_object(citation, style))
    elif found:
        sys.stdout.flush()
        write(style, found.values(), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    if missing:
        return PARTLY if found else NothingFoundError.exit_code
    return 0


def _object(citation: Citation, style: str) -> dict[str, Any]:
    """Return a citation and what it is made of."""
    from archive.cite.formats import FORMATS, place

    names = (
        "version", "key", "site", "newspaper", "publisher", "title", "authors", "agency",
        "section", "lang", "published", "modified", "url", "captured_at", "archive",
    )  # fmt: skip
    return {
        "id": citation.ref,
        **{name: plain(getattr(citation, name)) for name in names},
        "warc": place(citation),
        "record_id": citation.record_id,
        "payload_digest": citation.payload_digest,
        "format": style,
        "citation": FORMATS[style](citation),
    }
