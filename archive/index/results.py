"""What reading the index gives: plain frozen rows. Times are ISO 8601 in UTC (+00:00) unless stated ones."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

if TYPE_CHECKING:
    from archive.model import RevisitOf, WarcLocation
    from archive.summary import SourceState

Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces; True where it is what was searched for. Whoever shows it chooses marks and escapes."""


def _strings(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _object(text: str) -> dict[str, Any]:
    return dict(json.loads(text))


def _list(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


def _sources(text: str | None) -> tuple[SourceState, ...]:
    from archive.index.sources import load

    return load(text)


_COLUMNS: dict[type[Any], list[str]] = {}


def columns(kind: type[Any], alias: str = "") -> str:
    """Return the SELECT list whose rows make objects of this kind: `kind(*row)`."""
    names = _COLUMNS.get(kind)
    if names is None:
        names = _COLUMNS[kind] = [attribute.name for attribute in attrs.fields(kind)]
    return ", ".join(f"{alias}.{name}" if alias else name for name in names)


@frozen(eq=False)
class CaptureRow:
    """One capture: a response or revisit record. Columns as in the table `captures`."""

    id: int
    record_id: str
    record_type: str
    url: str
    url_key: str
    host: str
    fetched_at: str
    status: int | None
    content_type: str | None
    payload_digest: str | None
    body_bytes: int | None
    truncated: str | None
    refers_to: str | None
    refers_to_url: str | None
    refers_to_at: str | None
    ip: str | None
    duration_ms: int | None
    etag: str | None
    last_modified: str | None
    run_id: str | None
    found_by: str
    via: str | None
    hop: str
    section: str | None
    position: int | None
    feed_title: str | None
    feed_date: str | None
    file: str
    offset: int
    length: int
    extraction_id: int | None
    inherited: int
    verdict: str | None
    site: str | None
    article_id: int | None
    version_id: int | None
    for_browser: int

    @property
    def location(self) -> WarcLocation:
        """Where its record stands."""
        from archive.model import WarcLocation

        return WarcLocation(file=self.file, offset=self.offset, length=self.length, record_id=self.record_id)

    @property
    def gave_page(self) -> bool:
        """Whether it is a successful answer, or a rendering."""
        return self.record_type == "conversion" or 200 <= (self.status or 0) < 300

    @property
    def time(self) -> datetime:
        """Start of the fetch, aware UTC."""
        return datetime.fromisoformat(self.fetched_at)

    @property
    def payload_of(self) -> RevisitOf:
        """The capture that holds its payload: itself, or for a revisit the one it refers to."""
        from archive.model import RevisitOf

        if self.refers_to is None:
            return RevisitOf(
                record_id=self.record_id,
                url=self.url,
                fetched_at=self.time,
                payload_digest=self.payload_digest,
            )
        return RevisitOf(
            record_id=self.refers_to,
            url=self.refers_to_url or self.url,
            fetched_at=datetime.fromisoformat(self.refers_to_at) if self.refers_to_at else self.time,
            payload_digest=self.payload_digest,
        )


@frozen(eq=False)
class ExtractableRow:
    """One capture to read again, with what its current reading says; None there where it was never read."""

    record_id: str
    record_type: str
    url: str
    fetched_at: str
    status: int | None
    content_type: str | None
    refers_to: str | None
    file: str
    offset: int
    length: int
    extraction_record_id: str | None
    extracted_at: str | None
    verdict: str | None
    site: str | None
    extractor: str | None
    layout: str | None
    layout_digest: str | None
    result_digest: str | None

    @property
    def location(self) -> WarcLocation:
        """Where its record stands."""
        from archive.model import WarcLocation

        return WarcLocation(file=self.file, offset=self.offset, length=self.length, record_id=self.record_id)


@frozen(eq=False)
class ArticleRow:
    """One article, with the fields of its current version. Columns as in the table `articles`."""

    id: int
    ref: str
    site: str
    lang: str | None
    day: str
    sort_at: str
    first_captured_at: str
    last_captured_at: str
    captures: int
    versions: int
    version_id: int
    version: int
    extraction_id: int
    capture_id: int
    key: str
    url: str
    canonical_url: str
    url_key: str
    section: str | None
    agency: str | None
    published: str | None
    modified: str | None
    authors: tuple[str, ...] = field(converter=_strings)
    kicker: str | None
    title: str | None
    lead: str | None
    captions: str | None
    body: str = field(repr=False)


def _lengths(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((kind, length) for kind, length in json.loads(text))


@frozen(eq=False)
class VersionRow:
    """One version of an article. Columns as in the table `versions`; `blocks` put together from its two."""

    id: int
    article_id: int
    number: int
    current: int
    captures: int
    first_captured_at: str
    last_captured_at: str
    first_extracted_at: str
    content_digest: str
    source_id: int
    site: str
    key: str
    url: str
    canonical_url: str
    lang: str | None
    title: str | None
    kicker: str | None
    lead: str | None
    published: str | None
    published_raw: str | None
    published_at: str | None
    published_day: str | None
    modified: str | None
    authors: tuple[str, ...] = field(converter=_strings)
    agency: str | None
    section: str | None
    tags: tuple[str, ...] = field(converter=_strings)
    dateline: str | None
    dateline_place: str | None
    dateline_agency: str | None
    sign_off: str | None
    captions: str | None
    body: str = field(repr=False)
    blocks: tuple[Any, ...] = field(converter=_lengths, repr=False)

    def __attrs_post_init__(self) -> None:
        """Cut `body` into its blocks."""
        from archive.model import Block

        at, out = 0, []
        for kind, length in self.blocks:
            out.append(Block(kind=kind, text=self.body[at : at + length]))
            at += length + 2
        object.__setattr__(self, "blocks", tuple(out))


@frozen
class PhotoRow:
    """One photo of a version."""

    version_id: int
    position: int
    url: str | None
    caption: str | None
    credit: str | None
    alt: str | None


@frozen
class RelatedRow:
    """One link of a "see also" box; `ref` and what follows are those of the archived article it leads to."""

    extraction_id: int
    position: int
    url: str
    title: str
    teaser: str | None
    photo_caption: str | None
    photo_credit: str | None
    box: str | None
    place: int
    ref: str | None = None
    target_title: str | None = None
    target_published: str | None = None


@frozen
class LinkedFrom:
    """One article whose box leads to the article asked about; `url` is its own, `link_title` the link's."""

    ref: str
    site: str
    title: str | None
    published: str | None
    url: str
    link_title: str
    box: str | None
    captured_at: str


@frozen
class IssueRow:
    """One issue of one extraction; codes in `archive.model.ISSUE_CODES`."""

    extraction_id: int
    position: int
    code: str
    field: str | None
    detail: str | None
    severity: str


@frozen(eq=False)
class ExtractionRow:
    """One reading of one capture. `origins`: field → rule."""

    id: int
    record_id: str
    capture_record_id: str
    url: str
    captured_at: str
    extracted_at: str
    verdict: str
    site: str
    extractor: str
    layout: str | None
    layout_digest: str | None
    result_digest: str
    origins: dict[str, str] = field(converter=_object)
    article_id: int | None
    version_id: int | None
    current: int
    file: str
    offset: int
    length: int

    @property
    def location(self) -> WarcLocation:
        """Where its record stands."""
        from archive.model import WarcLocation

        return WarcLocation(file=self.file, offset=self.offset, length=self.length, record_id=self.record_id)


@frozen(eq=False)
class RunRow:
    """One run, as its last record tells it. `sources`: how the site's lists were doing at its end."""

    run_id: str
    kind: str
    site: str | None
    started_at: str
    finished_at: str | None
    status: str
    counts: dict[str, int] = field(converter=_object)
    detail: str | None
    slot: str | None
    skipped: tuple[dict[str, Any], ...] = field(converter=_list)
    observed: dict[str, float] = field(converter=_object)
    alarms: tuple[dict[str, str], ...] = field(converter=_list)
    sources: tuple[SourceState, ...] = field(converter=_sources)
    record_id: str
    file: str


@frozen
class Hit:
    """One article found; in `snippet` and `title_marked`, pieces of its text, matched words are marked."""

    ref: str
    site: str
    lang: str | None
    title: str | None
    title_marked: Pieces
    lead: str | None
    published: str | None
    day: str
    url: str
    version: int
    versions: int
    first_captured_at: str
    snippet: Pieces
    rank: float | None
    """bm25, smaller is better; None where there was nothing to rank by."""


def join(pieces: Pieces, before: str = "[", after: str = "]") -> str:
    """Return the pieces as one text, with these marks around what was searched for."""
    return "".join(f"{before}{text}{after}" if marked else text for text, marked in pieces)


@frozen
class Results:
    """The answer to one search."""

    total: int
    """Articles that match, whatever the limit."""
    hits: tuple[Hit, ...]
    match: str
    """The FTS5 MATCH string that was asked, folded; "" where there were only filters."""
    facets: dict[str, tuple[tuple[str, int], ...]] = field(factory=dict)
    """Facet → (value, articles), most first."""
    periods: tuple[tuple[str, int], ...] = ()
    """(2026, 2026-11 or 2026-11-23, articles), in time; of those that state a day."""
    undated: int | None = None
    """Articles that match and state no day of publication; None where nothing was asked about days."""


@frozen
class Stats:
    """The collection in numbers."""

    articles: int
    versions: int
    captures: int
    failures: int
    extractions: int
    files: int
    warc_bytes: int
    first_captured_at: str | None
    last_captured_at: str | None
    sites: tuple[SiteStats, ...]
    verdicts: dict[str, int]
    issues: dict[str, int]


@frozen
class SiteStats:
    """One site in numbers."""

    site: str
    articles: int
    versions: int
    captures: int
    first_day: str
    last_day: str
    last_captured_at: str
    undated: int


@frozen
class Status:
    """Whether the index can be relied on."""

    path: str
    files: int
    captures: int
    not_yet_extracted: int
    migrations: tuple[str, ...]
    fold_version: str
    fold_ok: bool
    """Made with this program's folding, URL keys and digests of wording: else rebuild."""
    canary_ok: bool
    """The full-text index still holds folded text: else rebuild."""
    missing_triggers: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Nothing needs a rebuild."""
        return self.fold_ok and self.canary_ok and not self.missing_triggers
