"""`hemeroteca show`, `versions` and `related`: one article."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from archive.counting import count_of
from archive.errors import NothingFoundError, UsageError
from archive.index.keys import read_ref
from archive.index.results import ArticleRow, CaptureRow, ExtractionRow, LinkedFrom, RelatedRow, VersionRow
from archive.index.search import Search
from archive.model import StoredCapture
from archive.settings import Settings
from hemeroteca.console import faint, plain, put, put_json, put_line, put_rows, say, strong, visible
from hemeroteca.options import command, existing, reports, with_stdin

_STORED = ("response", "revisit", "conversion")
_FORMS = {
    "text": "Title, lead and body only.",
    "json": "All fields, versions and origins as one JSON document.",
    "jsonl": "The same, one line an article.",
    "html": "The page as stored (decoded, not changed).",
    "headers": "The head of the server's answer as stored.",
    "warc": "The whole WARC record as stored.",
}


def _forms(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each form; of options that share a parameter the last would win in silence."""
    for name, told in reversed(_FORMS.items()):
        function = click.option(f"--{name}", is_flag=True, help=told)(function)
    return function


def _form_of(asked: dict[str, bool]) -> str | None:
    """Return the form that was asked for. Raises UsageError where there are several."""
    chosen = [name for name in _FORMS if asked[name]]
    if len(chosen) > 1:
        raise UsageError(f"only one of {', '.join(f'--{name}' for name in chosen)}")
    return chosen[0] if chosen else None


@command("show")
@click.argument("ids", metavar="ID_OR_URL...", nargs=-1, required=True)
@click.option(
    "--version",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="This version instead of the current one.",
)
@_forms
@click.option("--rules", is_flag=True, help="Show the rule that gave each field.")
def show(ids: tuple[str, ...], number: int | None, rules: bool, **forms: bool) -> None:
    """Show one article: every field, where it came from, its versions.

    ID is the id that search prints, or enough of its beginning; - reads ids from stdin. The WARC record id of
    a capture and the digest of a payload, as citations give them, show what that capture holds. An id from
    before a profile gave the article another one shows the article under its new id; with --version, as it
    was cited.
    --html, --headers and --warc show the record that cite names; of a URL that is no article's (a section, a
    feed, an error page), its latest capture.
    """
    form = _form_of(forms)
    settings = existing()
    names = with_stdin(ids)
    if not names:
        raise NothingFoundError("no id or URL on stdin")
    with Search.open(settings.index_path) as search:
        results = []
        for position, name in enumerate(names):
            capture = _record_called(search, name, number)
            if form in ("html", "headers", "warc"):
                _write(settings, search, capture or _capture_of(search, name, number), form)
                continue
            shown = number
            if capture is None:
                article = article_of(search, name, follow=number is None)
            else:
                article, shown = _shown_by(search, capture, name)
            if form in ("json", "jsonl"):
                results.append(_document(search, article, shown, name, capture))
            elif form == "text":
                _text(search, article, shown, first=position == 0)
            else:
                _page(search, article, shown, capture, rules=rules, first=position == 0)
        if form == "json":
            put_json(results[0] if len(results) == 1 else results)
        elif form == "jsonl":
            for result in results:
                put_line(result)


def article_of(search: Search, name: str, *, follow: bool = True) -> ArticleRow:
    """Return an article by id or URL. Of an old id: say the new one, and return the article under it, if that
    is to be followed.
    """
    article = search.article(name)
    new = search.successor(article)
    if new is None:
        return article
    as_it_was = f" (as it was: hemeroteca show {article.ref} --version {article.version})" if follow else ""
    say(f"{article.ref} is {new.ref} now: the same page, read with another profile{as_it_was}")
    return new if follow else article


def _record_called(search: Search, name: str, number: int | None) -> CaptureRow | None:
    """Return the capture that a record id or a payload digest names; None for ids and URLs of articles."""
    from archive.index.evidence import captures_called

    found = captures_called(search, name)
    if found is None:
        return None
    if number is not None:
        raise UsageError(f"{name} is one capture, which shows one version: leave --version out")
    if len(found) > 1:
        say(
            f"{visible(name)}: {len(found)} captures hold this payload; the first, of "
            f"{found[0].fetched_at[:19]} UTC, is {found[0].record_id}"
        )
    return found[0]


def _shown_by(search: Search, capture: CaptureRow, name: str) -> tuple[ArticleRow, int]:
    """Return the article that a capture shows, and the number of the version."""
    if capture.article_id is None:
        read = f"read as {capture.verdict}" if capture.verdict else "not read as a page"
        raise NothingFoundError(
            f"{name}: a capture of {capture.url}, but not an article ({read}); --html, --headers and --warc "
            f"show what it holds"
        )
    article = search.article_by_id(capture.article_id)
    return article, next(it.number for it in search.versions(article) if it.id == capture.version_id)


def _document(
    search: Search, article: ArticleRow, number: int | None, name: str, capture: CaptureRow | None
) -> dict[str, Any]:
    from archive.export import document
    from archive.index.evidence import reading_of

    reading = reading_of(search, article, number)
    asked = read_ref(name) or ""
    return {
        **document(search, article, number, capture),
        **({"formerly": asked} if len(asked) == len(article.ref) and asked != article.ref else {}),
        "provenance": _provenance(reading),
        "issues": [plain(issue) for issue in search.issues(reading.id)] if reading else [],
        "versions": [_version(version) for version in search.versions(article)],
    }


def _provenance(reading: ExtractionRow | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "site": reading.site,
        "layout": reading.layout,
        "layout_digest": reading.layout_digest,
        "extractor": reading.extractor,
        "extracted_at": reading.extracted_at,
        "record_id": reading.record_id,
        "origins": reading.origins,
    }


def _version(version: VersionRow) -> dict[str, Any]:
    names = (
        "number", "current", "captures", "first_captured_at", "last_captured_at", "first_extracted_at",
        "content_digest", "title", "published", "modified", "url",
    )  # fmt: skip
    value = {name: getattr(version, name) for name in names}
    value["current"] = bool(version.current)
    return value


def _text(search: Search, article: ArticleRow, number: int | None, *, first: bool) -> None:
    fields = search.document(article, number)
    parts = [fields.title, fields.lead, *(block.text for block in fields.blocks)]
    if not first:
        put("\n")
    put("\n\n".join(visible(part, lines=True) for part in parts if part))


def _page(
    search: Search,
    article: ArticleRow,
    number: int | None,
    capture: CaptureRow | None,
    *,
    rules: bool,
    first: bool,
) -> None:
    from archive.index.evidence import evidence_of, reading_of
    from archive.warc.blocks import article_to_dict
    from hemeroteca.fields import field_lines, issue_line

    reading = reading_of(search, article, number)
    evidence = None if capture else evidence_of(search, article, number)
    capture = evidence.capture if evidence else capture
    if not first:
        put()
    fields = article_to_dict(search.document(article, number))
    put(f"{strong(article.ref)}  {strong(visible(fields['title'] or '(no title)'))}")
    for line in field_lines(fields, reading.origins if rules and reading else None):
        put(line)
    if not fields["published"]:
        seen = article.first_captured_at[:10]
        put(f"{strong('published     ')}no date on the page; first captured {seen}")
    put()
    if reading is not None:
        layout = f"layout {visible(reading.layout)}" if reading.layout else "generic extractor"
        put(
            f"{'read':<14}{reading.extracted_at[:19]} by {visible(reading.extractor)}, site "
            f"{visible(reading.site)}, {layout}"
        )
        for issue in search.issues(reading.id):
            put(f"{'':<14}{issue_line(plain(issue))}")
    _origin(search, article, capture)


def _origin(search: Search, article: ArticleRow, capture: CaptureRow | None) -> None:
    if capture is not None:
        put(
            f"{'captured':<14}{capture.fetched_at[:19]} UTC, "
            + ("rendered" if capture.record_type == "conversion" else f"status {capture.status}")
            + f", run {visible(capture.run_id or '-')}"
        )
        if capture.record_type == "conversion":
            put(f"{'rendered from':<14} {visible(capture.refers_to or '-')}")
        put(f"{'warc':<14}{visible(capture.file)} @{capture.offset}+{capture.length}")
        put(f"{'record':<14}{visible(capture.record_id)}")
        put(f"{'payload':<14}{visible(capture.payload_digest or '-')}")
    versions = search.versions(article)
    shown = ", ".join(
        f"{version.number} ({version.first_captured_at[:10] if version.captures else 'replaced'})"
        + ("*" if version.current else "")
        for version in versions
    )
    put(f"{'versions':<14}{shown}; {count_of(article.captures, 'capture')}")


def _capture_of(search: Search, name: str, number: int | None) -> CaptureRow:
    """Return the capture that is cited for an article; of a URL that is no article's, its latest one."""
    from archive.index.evidence import evidence_of

    try:
        article = article_of(search, name, follow=number is None)
    except NothingFoundError:
        captures = [row for row in search.captures_of_url(name) if row.record_type in _STORED]
        if not captures or number is not None:
            raise
        return captures[-1]
    evidence = evidence_of(search, article, number)
    if evidence is None or evidence.capture is None:
        raise NothingFoundError(
            f"{article.ref}: the record that it was read from is in no WARC file of this collection"
        )
    return evidence.capture


def _write(settings: Settings, search: Search, capture: CaptureRow, form: str) -> None:
    """Write stored bytes to stdout, unchanged."""
    from archive.warc.reader import payload, read_bytes, read_capture

    if form == "warc":
        data = read_bytes(settings.collection, capture.location)
    else:
        stored = read_capture(settings.collection, capture.location)
        data = _head(settings, search, capture, stored)
        if form == "html":
            found = payload(
                settings.collection,
                stored,
                settings.max_payload_bytes,
                lambda original: search.capture(original.record_id).location,
            )
            data = found.data
            if not found.complete:
                say(f"hemeroteca: not whole: {visible(found.problem or '')}")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _head(settings: Settings, search: Search, capture: CaptureRow, stored: StoredCapture) -> bytes:
    """Return the head of the answer; of a rendering, that of the page that was rendered."""
    from archive.warc.reader import read_capture

    if capture.record_type != "conversion":
        return stored.capture.head
    page = search.capture(capture.refers_to or "")
    return read_capture(settings.collection, page.location).capture.head


@command("versions")
@click.argument("article", metavar="ID_OR_URL")
@reports
def versions(article: str, form: str | None) -> None:
    """List the versions of an article; replaced readings have no capture."""
    with Search.open(existing().index_path) as search:
        row = article_of(search, one_of(article))
        rows = search.versions(row)

    def line(version: dict[str, Any]) -> str:
        mark = "*" if version["current"] else " "
        seen = f"{version['first_captured_at'][:19]} … {version['last_captured_at'][:19]}"
        many = (
            count_of(version["captures"], "capture") if version["captures"] else "replaced by a later reading"
        )
        title = visible(version["title"] or "")
        return (
            f"{mark}{version['number']:>3}  {seen}  {many}  {faint(version['content_digest'][:12])}  {title}"
        )

    put_rows([_version(version) for version in rows], form, line)
    if form is None and len(rows) > 1:
        say(f"what changed: hemeroteca diff {row.ref} {rows[-2].number}..{rows[-1].number}")


@command("related")
@click.argument("article", metavar="ID_OR_URL")
@click.option("--out", "way", flag_value="out", help="Only the links in its boxes.")
@click.option("--in", "way", flag_value="in", help="Only the articles whose boxes lead to it.")
@reports
def related(article: str, way: str | None, form: str | None) -> int:
    """List the links between an article and others: the boxes such as “See also”."""
    with Search.open(existing().index_path) as search:
        row = article_of(search, one_of(article))
        out = search.related_out(row) if way != "in" else []
        into = search.related_in(row) if way != "out" else []
    if form == "json":
        put_json({name: plain(rows) for name, rows in (("out", out), ("in", into)) if way in (None, name)})
    elif form == "jsonl":
        for direction, rows in (("out", out), ("in", into)):
            for one in rows:
                put_line({"direction": direction, **plain(one)})
    else:
        for one in out:
            put(_out_line(one))
        for linking in into:
            put(_in_line(linking))
    if not out and not into:
        say("no links")
        return 4
    return 0


def _out_line(link: RelatedRow) -> str:
    there = strong(link.ref) if link.ref else "not archived"
    box = f"{visible(link.box)}: " if link.box else ""
    return f"→ {there}  {box}{visible(link.title)}  {faint(visible(link.url))}"


def _in_line(link: LinkedFrom) -> str:
    return f"← {strong(link.ref)}  {visible(link.title or '(no title)')}  {faint(visible(link.url))}"


def one_of(name: str) -> str:
    """Return the one id or URL that was named, or that stdin holds."""
    names = with_stdin([name])
    if len(names) != 1:
        raise UsageError(f"one id or URL is needed, stdin has {len(names)}")
    return names[0]
