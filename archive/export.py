"""Articles to files. One article is one document (a plain dict); a format turns documents into bytes.

A further format is one more function in `FORMATS`; citations have theirs in `archive.cite.formats`. Beside
each file stands FILE.manifest.json: what was asked, how many articles, the file's digest, the WARC files that
hold their pages, so that a data set can be cited and checked.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import orjson

from archive.cite import formats as citations
from archive.errors import UsageError
from archive.files import ordinary_file, whole_file
from archive.index.evidence import evidence_of, files_behind
from archive.index.results import ArticleRow, CaptureRow
from archive.index.search import Search
from archive.parquet import ensure_installed, write_parquet
from archive.settings import Settings
from archive.warc.blocks import article_to_dict

Document = dict[str, Any]
Step = Callable[[int], None]

COLUMNS = (
    "id", "version", "site", "lang", "published", "modified", "title", "kicker", "lead", "body", "captions",
    "authors", "agency", "section", "tags", "dateline", "sign_off", "url", "canonical_url", "key",
    "published_raw", "captured_at",
    "warc_file", "warc_offset", "warc_length", "warc_record_id",
)  # fmt: skip
"""Of the CSV format; several authors and tags are parted by "; ", paragraphs and captions by an empty line.
"""


def document(
    search: Search, article: ArticleRow, number: int | None = None, capture: CaptureRow | None = None
) -> Document:
    """Return the article's JSON with id, version, captured_at and warc: where the bytes stand that show
    it, as `cite` names them.

    `number`: of the version; None: the current one. `capture`: another one that shows it.
    `url` is the URL as captured; the order of the keys is fixed.
    """
    evidence = evidence_of(search, article, number)
    captured_at = evidence.captured_at if evidence else None
    if capture is not None:
        captured_at = capture.fetched_at
    elif evidence is not None:
        capture = evidence.capture
    fields = article_to_dict(search.document(article, number))
    shown = search.version(article, number).number if number is not None else article.version
    place = None
    if capture is not None:
        place = {
            "file": capture.file,
            "offset": capture.offset,
            "length": capture.length,
            "record_id": capture.record_id,
        }
    return {
        "id": article.ref,
        "version": shown,
        "captured_at": captured_at,
        **fields,
        "warc": place,
    }


def write_jsonl(documents: Iterable[Document], out: IO[bytes]) -> int:
    """Write one article a line; return how many."""
    count = 0
    for one in documents:
        out.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
    return count


def write_csv(documents: Iterable[Document], out: IO[bytes]) -> int:
    """Write a table: a header line, UTF-8, RFC 4180; return how many articles."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    count = 0
    for one in documents:
        flat = _flat(one)
        writer.writerow([flat.get(name) for name in COLUMNS])
        count += 1
    text.flush()
    text.detach()
    return count


def _flat(one: Document) -> Document:
    warc = one["warc"] or {}
    return {
        **one,
        "body": "\n\n".join(block["text"] for block in one["blocks"]),
        "captions": "\n\n".join(photo["caption"] for photo in one["photos"] if photo["caption"]),
        "authors": "; ".join(one["authors"]),
        "tags": "; ".join(one["tags"]),
        "dateline": (one["dateline"] or {}).get("raw"),
        **{f"warc_{name}": value for name, value in warc.items()},
    }


FORMATS: dict[str, Callable[[Iterable[Document], IO[bytes]], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
"""Name → writer of documents; returns how many it wrote."""
NAMES = (*FORMATS, *citations.FILES)
"""All formats of files."""


def documents(search: Search, articles: Iterable[ArticleRow]) -> Iterator[Document]:
    """Yield the document of each article, current version."""
    for article in articles:
        yield document(search, article)


def write(
    search: Search,
    articles: Iterable[ArticleRow],
    form: str,
    out: IO[bytes],
    *,
    settings: Settings,
    step: Step | None = None,
) -> tuple[int, Counter[str]]:
    """Write articles in a format; return how many, and how many of them each WARC file stands behind.

    Raises UsageError for a format that is not written.
    """
    if form not in NAMES:
        raise UsageError(f"unknown format '{form}' (known: {', '.join(NAMES)})")
    if form == "parquet":
        ensure_installed()  # before the first article is read
    files: Counter[str] = Counter()
    told = _told(search, articles, files, step)
    if form in FORMATS:
        return FORMATS[form](documents(search, told), out), files
    from archive.cite.citing import Citing

    citing = Citing(search, settings)
    return citations.write(form, (citing.of(article) for article in told), out), files


def _told(
    search: Search, articles: Iterable[ArticleRow], files: Counter[str], step: Step | None
) -> Iterator[ArticleRow]:
    """Pass articles on, counting the WARC files behind them; of a revisit its own and its payload's."""
    for count, article in enumerate(articles, 1):
        files.update(files_behind(search, article))
        yield article
        if step:
            step(count)


class _Hashing(io.RawIOBase):
    """Passes bytes on, counting and hashing them."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__()
        self.out = out
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        self.out.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)


def manifest_of(path: Path) -> Path:
    """Return where the manifest of a file stands."""
    return path.with_name(path.name + ".manifest.json")


class _NothingError(Exception):
    """Nothing to write."""


def export_to_file(
    search: Search,
    articles: Iterable[ArticleRow],
    form: str,
    path: Path,
    *,
    settings: Settings,
    asked: Any,
    step: Step | None = None,
) -> Document:
    """Write articles to a file and its manifest beside it; both appear whole or not at all.

    Without any article, nothing is written: a file that stands there stays as it is. `asked` (plain
    JSON) goes into the manifest, which is returned. Raises UsageError, OSError.
    """
    manifest: Document = {}
    began = datetime.now(UTC)
    beside = manifest_of(path)
    try:
        with whole_file(beside) as note, whole_file(path) as file:
            hashing = _Hashing(file)
            out: Any = hashing  # which is only written to
            count, files = write(search, articles, form, out, settings=settings, step=step)
            manifest = {
                "schema": 1,
                "file": ordinary_file(path).name,
                "format": form,
                "articles": count,
                "bytes": hashing.size,
                "sha256": hashing.digest.hexdigest(),
                "exported_at": began.isoformat(timespec="seconds"),
                "asked": asked,
                "software": f"hemeroteca/{version('hemeroteca')}",
                "index_schema": search.migrations[-1],
                "warc_files": [{"file": name, "articles": files[name]} for name in sorted(files)],
            }
            if not count:
                raise _NothingError
            note.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
            note.flush()  # so that a full disk shows before the file is in its place
    except _NothingError:
        pass
    return manifest
