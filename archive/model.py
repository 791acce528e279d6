"""The types that everything else speaks in. Frozen, keyword only, no behaviour beyond derived views.

Times are aware UTC `datetime` where the archive measured them (capture), and ISO 8601 strings where a
newspaper stated them (publication), because a newspaper may state a day without a time, or a time without
a zone, and the archive must not pretend to know more.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

import attrs
from attrs import field, frozen

from archive.summary import RunSummary
from archive.wording import is_furniture, is_relative, wording

Truncation = Literal["length", "time", "disconnect", "unspecified"]
"""Why a body is not whole: the values of WARC-Truncated (WARC 1.1 §5.13)."""

Verdict = Literal["article", "listing", "error_page", "empty", "undecodable", "bug"]
"""What a page was found to be. `bug`: the extractor itself failed; the record stays archived."""

BlockKind = Literal["paragraph", "subhead", "quote", "item", "table", "pre"]
DOM_TYPE = "text/html;charset=utf-8"
"""Content-Type of a conversion record: the document as a browser has it, serialized."""
Severity = Literal["error", "warning", "info"]
FoundBy = Literal[
    "seed", "section", "feed", "sitemap", "loadmore", "link", "redirect", "robots", "revisit", "user", "embed"
]


@frozen(kw_only=True)
class Found:
    """How a URL came to be fetched. Stored in the WARC metadata record of the capture.

    `hop` is Heritrix's letter path from the seed (L link, E embed, R redirect, P prerequisite, X speculative,
    M sitemap, "" for a seed: WARC 1.1 annotated §6.6, hopsFromSeed).
    """

    by: FoundBy = "seed"
    via: str | None = None
    """URL of the page, feed or sitemap that named it."""
    hop: str = ""
    section: str | None = None
    """Section name or URL in which the link stood."""
    position: int | None = None
    """1-based place in that list."""
    title: str | None = None
    """Headline as the list showed it."""
    date: str | None = None
    """Date as the feed or sitemap stated it, ISO 8601."""


@frozen(kw_only=True)
class Failure:
    """Why nothing, or not all, came back. `code` is Heritrix's negative fetch status.

    -1 DNS, -2 connect, -3 broken connection, -4 timeout, -5 unexpected (see `reason`), -404 empty or
    unparsable reply, -61 robots.txt could not be had, -5000 out of scope (private address), -7000 given up
    because the crawl was asked to end, -9998 robots.txt forbids it (Heritrix 3 docs, glossary, "Status
    codes").
    """

    code: int
    reason: str


@frozen(kw_only=True)
class RevisitOf:
    """The earlier capture that holds the payload of this one (WARC 1.1 §6.7)."""

    record_id: str
    """WARC-Record-ID of the response record, with `<urn:uuid:…>`."""
    url: str
    fetched_at: datetime
    payload_digest: str | None = None
    """As in WARC-Payload-Digest, "sha1:BASE32"; None if unknown (server-not-modified)."""


@frozen(kw_only=True, eq=False)
class Capture:
    """One exchange, exactly as it went over the wire.

    `request`, `head` and `body` are wire bytes after TLS: transfer and content coding are still on the body,
    excess bytes after the message are not part of it. `head` runs to and includes the blank line; it is empty
    where no response head came. A capture with a `failure` may still hold bytes.
    """

    url: str
    """As requested, fragment removed; absolute."""
    fetched_at: datetime
    """Aware UTC; the moment the request was started."""
    request: bytes = b""
    head: bytes = b""
    body: bytes = field(default=b"", repr=False)
    ip: str | None = None
    """Peer address; None behind a proxy."""
    protocol: tuple[str, ...] = ()
    """WARC-Protocol values, e.g. ("http/1.1", "tls/1.3")."""
    cipher: str | None = None
    truncated: Truncation | None = None
    interim: bytes = b""
    """1xx heads that came before the final response, as sent."""
    duration_ms: int | None = None
    """From the start of the request to the end of the message."""
    found: Found = Found()
    failure: Failure | None = None
    revisit_of: RevisitOf | None = None
    for_browser: bool = False
    """Fetched for a browser: a page whose fields are read from its rendering, or a part of one."""


@frozen(kw_only=True)
class WarcLocation:
    """Enough to read one record back without an index."""

    file: str
    """Path relative to the collection, POSIX, without any `.open` suffix: warc/2026/11/….warc.gz"""
    offset: int
    """Byte offset of the record's gzip member (or of the record in an uncompressed file)."""
    length: int
    """Bytes of that member on disk."""
    record_id: str
    """WARC-Record-ID with angle brackets: <urn:uuid:…>"""


@frozen(kw_only=True, eq=False)
class Page:
    """The only input of extraction, with a site profile."""

    url: str
    payload: bytes = field(repr=False)
    """Body with transfer and content coding removed."""
    content_type: str | None
    """Value of the Content-Type header, charset included, as sent."""
    fetched_at: datetime
    """Aware UTC. Relative dates and the choice of layout depend on it."""


@frozen(kw_only=True)
class Block:
    """One piece of body text as displayed: single spaces, no markup, no control characters."""

    kind: BlockKind
    text: str


@frozen(kw_only=True)
class Photo:
    """A photo of the article. `caption` carries neither credit nor label; `credit` no label."""

    url: str | None
    """Absolute; never a data: URL."""
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None


@frozen(kw_only=True)
class RelatedLink:
    """A link to another article in a box such as "Voir plus". Belongs to the capture, not to the version."""

    url: str
    title: str
    teaser: str | None = None
    photo_caption: str | None = None
    photo_credit: str | None = None
    box: str | None = None
    """Heading of the box."""
    position: int = 0
    """1-based, over all boxes of the page."""


@frozen(kw_only=True)
class Dateline:
    """The opening of an agency story: raw "Hanoï (VNA) –", place "Hanoï", agency "VNA"."""

    raw: str
    place: str | None = None
    agency: str | None = None


@frozen(kw_only=True)
class Article:
    """What a reader saw of one article at one capture. Every text is NFC-preserving, as displayed."""

    url: str
    """As captured."""
    canonical_url: str
    site: str
    """Profile name (file stem), else the host without "www."."""
    key: str
    """Article id from the profile's pattern, else the canonical URL. (site, key) identifies the article."""
    lang: str | None = None
    """BCP 47, lower-case primary subtag first: fr, vi, zh-hant."""
    title: str | None = None
    kicker: str | None = None
    lead: str | None = None
    """Standfirst, chapô, sapo; None where the page shows none."""
    blocks: tuple[Block, ...] = ()
    photos: tuple[Photo, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    published: str | None = None
    """ISO 8601: with the zone where the page (or the profile) gives one, date only where it gives no time."""
    published_raw: str | None = None
    """The string that `published` was read from."""
    modified: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    dateline: Dateline | None = None
    sign_off: str | None = None

    @property
    def body(self) -> str:
        """Block texts in order, one paragraph a line, parted by an empty line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def content_digest(self) -> str:
        """SHA-256 hex of what makes a version: title, lead, body, captions, authors, dates.

        Related links, tags, image URLs and section are left out on purpose: they change at every visit
        without the article having been edited. So do white space, counters, labels of ads, and times counted
        back from the visit (archive.wording).
        """
        body: list[str] = []
        kind = ""
        for block in self.blocks:
            if is_furniture(block.text):
                continue
            if block.kind != kind:  # where a paragraph ends is white space; what is a quote is not
                kind = block.kind
                body.append(f"\x1f{kind}\x1f")
            body.append(wording(block.text))
        captions = [(wording(photo.caption), wording(photo.credit)) for photo in self.photos]
        said = [f"{caption}\x1f{credit}" for caption, credit in captions if caption or credit]
        published = None if is_relative(self.published_raw) else self.published
        parts = [wording(self.title), wording(self.kicker), wording(self.lead), "".join(body), *said]
        parts += [*map(wording, self.authors), published or "", self.modified or ""]
        return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@frozen(kw_only=True)
class Issue:
    """Something a reader of the archive should know about one extraction. Codes: `ISSUE_CODES`."""

    code: str
    field: str | None = None
    detail: str | None = None
    severity: Severity = "warning"


ISSUE_CODES: dict[str, str] = {
    "layout_unknown": "The site has a profile, but no layout of it matches this page: probably redesigned.",
    "field_missing": "A field that the profile declares gave nothing.",
    "body_empty": "No body text was found on a page that looks like an article.",
    "date_unparsed": "A date is shown but could not be read; `published_raw` has it.",
    "date_implausible": "The date lies outside 1990 .. capture time + 2 days and was not taken.",
    "charset_guessed": "The declared encoding was missing or wrong; the text was decoded by detection.",
    "undecodable": "The payload is not text in any known encoding, or its content coding is broken.",
    "truncated": "The capture is not whole; fields may be missing.",
    "too_large": "The page is larger than the extractor reads; the rest was left out.",
    "too_deep": "The page nests deeper than the extractor follows.",
    "paywalled": "The page shows only part of the article to visitors.",
    "rule_failed": "A rule of the profile could not be applied to this page.",
    "extractor_bug": "The extractor failed; `detail` has the traceback. The record stays archived.",
}
"""Closed list; docs/reference/issues.md is generated from it."""


@frozen(kw_only=True)
class Provenance:
    """Which rules gave which field, so that a field can be argued about years later."""

    site: str
    layout: str | None = None
    """Layout id of the profile, None for the generic extractor alone."""
    layout_digest: str | None = None
    """SHA-256 hex of the layout merged with its family, and of those tried before it in vain; without a
    layout, of all that were tried; None without a profile."""
    extractor: str = ""
    """Name and number of the extractor: "hemeroteca/1"."""
    origins: dict[str, str] = field(factory=dict)
    """Field name → rule, e.g. "css:h1.article__title" or "generic:ld:headline"."""


@frozen(kw_only=True)
class Extraction:
    """The result of `extract()`. Always returned, never None, never raised for page content."""

    verdict: Verdict
    article: Article | None
    issues: tuple[Issue, ...] = ()
    provenance: Provenance

    def with_issue(self, issue: Issue) -> Extraction:
        """Return the same extraction with one more issue."""
        return attrs.evolve(self, issues=(*self.issues, issue))


@frozen(kw_only=True, eq=False)
class StoredCapture:
    """A capture as it stands in a WARC file."""

    capture: Capture
    location: WarcLocation
    """Of the response or revisit record."""
    record_type: Literal["response", "revisit", "conversion"]
    """A conversion is the DOM that a browser made of a page: UTF-8 HTML in `capture.body`, no head."""
    payload_digest: str | None = None
    """WARC-Payload-Digest as stored, "sha1:BASE32"."""
    run_id: str | None = None
    """From the file's warcinfo (isPartOf); None in foreign files."""
    converted_from: str | None = None
    """Of a conversion: WARC-Record-ID of the response or revisit that was rendered."""


@frozen(kw_only=True, eq=False)
class Rendering:
    """What a browser made of a page that is in the archive."""

    of: StoredCapture
    html: bytes = field(repr=False)
    """The document with its doctype, serialized, in UTF-8."""
    taken_at: datetime
    """Aware UTC."""
    duration_ms: int
    """From the start of rendering to that moment."""
    renderer: str
    """Browser and version."""
    requests: int = 0
    """Requests of the page that were fetched and archived, or answered from the archive."""
    left_out: int = 0
    """Requests of the page that were refused: other hosts, images, more than are allowed …"""
    truncated: Truncation | None = None
    """time: the page was not ready in time; length: the document is longer than is kept."""


@frozen(kw_only=True, eq=False)
class StoredFailure:
    """A fetch that gave no response head, as it stands in a WARC file (metadata record)."""

    capture: Capture
    """With `failure` set; `head` empty."""
    location: WarcLocation
    run_id: str | None = None


@frozen(kw_only=True, eq=False)
class StoredExtraction:
    """Extracted fields as they stand in a WARC file: a metadata record that refers to the capture."""

    extraction: Extraction
    capture_record_id: str
    """WARC-Record-ID of the response or revisit record that was read."""
    url: str
    """URL of that capture."""
    fetched_at: datetime
    """Of that capture."""
    extracted_at: datetime
    """WARC-Date of the metadata record, aware UTC."""
    location: WarcLocation


@frozen(kw_only=True, eq=False)
class StoredRun:
    """A run as it stands in a WARC file: one resource record at its start, one at its end."""

    run: RunSummary
    location: WarcLocation


@frozen(kw_only=True)
class StoredFile:
    """One WARC file of the collection, read or written to `size`."""

    file: str
    """As in WarcLocation.file."""
    size: int
    """Bytes up to which its records are known."""
    records: int
    warcinfo_id: str | None = None
    run_id: str | None = None
    started_at: datetime | None = None
    """WARC-Date of its first record."""


Stored = StoredCapture | StoredFailure | StoredExtraction | StoredRun | StoredFile
"""What the index is fed with, by a crawl and by a rebuild alike: that is why both give the same rows."""
