"""Every table and column of index.db, in words: the DDL and docs/reference/schema.md are both made from here.

Rows marked *derived* are computed by `refresh.py` from the others; everything else comes from one WARC record.
"""

# ruff: noqa: E501  (one line a column)
from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen


@frozen
class Column:
    """A column: name, SQLite type with its constraints, and what it means."""

    name: str
    kind: str
    doc: str


@frozen
class Table:
    """A table: what one row stands for, its columns, further constraints and indexes (name → columns)."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    constraints: tuple[str, ...] = ()
    indexes: Mapping[str, str] = MappingProxyType({})

    def ddl(self) -> list[str]:
        """Return the statements that create the table and its indexes."""
        lines = [f'"{column.name}" {column.kind}' for column in self.columns] + list(self.constraints)
        body = ",\n  ".join(lines)
        return [
            f'CREATE TABLE "{self.name}" (\n  {body}\n) STRICT',
            *(f'CREATE INDEX "{name}" ON "{self.name}" {columns}' for name, columns in self.indexes.items()),
        ]


def _columns(text: str) -> tuple[Column, ...]:
    """Read `name | type | meaning` lines."""
    rows = [
        [part.strip() for part in line.split("|", 2)] for line in text.strip().splitlines() if line.strip()
    ]
    return tuple(Column(name, kind, doc) for name, kind, doc in rows)


_WHERE = """
file | TEXT NOT NULL | WARC file, relative to the collection
offset | INTEGER NOT NULL | Byte offset of the record's gzip member in that file
length | INTEGER NOT NULL | Bytes of that member
"""

WARC_FILES = Table(
    "warc_files",
    "One WARC file of the collection, known up to `size`.",
    _columns("""
file | TEXT PRIMARY KEY | Path relative to the collection, without any `.open` suffix
size | INTEGER NOT NULL | Bytes up to which its records are in this index
records | INTEGER NOT NULL | Records up to there
warcinfo_id | TEXT | WARC-Record-ID of its warcinfo record
run_id | TEXT | Run that wrote it; empty for foreign files
started_at | TEXT | WARC-Date of its first record
"""),
)

CAPTURES = Table(
    "captures",
    "One answer of a server (a response or revisit record), or what a browser made of one (a conversion record).",
    _columns("""
id | INTEGER PRIMARY KEY | 60 bits of SHA-256 over the record id
record_id | TEXT NOT NULL | WARC-Record-ID, with angle brackets
record_type | TEXT NOT NULL | response, revisit or conversion (the DOM of a rendered page)
url | TEXT NOT NULL | As requested
url_key | TEXT NOT NULL | What all spellings of the URL share: no scheme, `www.`, tracking, last slash
host | TEXT NOT NULL | Host of the URL
fetched_at | TEXT NOT NULL | Start of the fetch, UTC; of a conversion: when it was taken
status | INTEGER | HTTP status; empty where the head had none, and of a conversion
content_type | TEXT | Content-Type as sent
payload_digest | TEXT | WARC-Payload-Digest, `sha1:BASE32`
body_bytes | INTEGER | Bytes of the body as sent; empty for a revisit
truncated | TEXT | Why the body is not whole (WARC-Truncated)
refers_to | TEXT | Of a revisit: WARC-Record-ID of the capture that holds the payload; of a conversion: of the page that was rendered
refers_to_id | INTEGER | Its id; that capture may be in no file of this collection
refers_to_url | TEXT | Its URL
refers_to_at | TEXT | Its time
ip | TEXT | Address that answered
duration_ms | INTEGER | Milliseconds from request to end of answer
etag | TEXT | ETag header
last_modified | TEXT | Last-Modified header
run_id | TEXT | Run that fetched it
found_by | TEXT NOT NULL | seed, section, feed, sitemap, loadmore, link, redirect, robots, revisit, user or embed
via | TEXT | URL that named it
hop | TEXT NOT NULL | Letter path from the seed (hopsFromSeed)
section | TEXT | Section in which the link stood
position | INTEGER | 1-based place in that list
feed_title | TEXT | Headline as the list showed it
feed_date | TEXT | Date as the list stated it
""" + _WHERE + """
extraction_id | INTEGER REFERENCES extractions(id) | *Derived.* Current extraction: its own, or for a revisit without one, that of the payload's capture
inherited | INTEGER NOT NULL DEFAULT 0 | *Derived.* 1 where the extraction is that of the payload's capture
verdict | TEXT | *Derived.* What the current extraction found the page to be
site | TEXT | *Derived.* Site of the current extraction
article_id | INTEGER REFERENCES articles(id) | *Derived.* Article that this capture shows
version_id | INTEGER REFERENCES versions(id) | *Derived.* Version that this capture shows
for_browser | INTEGER NOT NULL DEFAULT 0 | 1 where it was fetched for a browser: a page whose fields are read from its conversion, or a part of it
"""),
    indexes={
        "captures_url_key": "(url_key, fetched_at)",
        "captures_payload": "(payload_digest, fetched_at) WHERE record_type = 'response' AND truncated IS NULL",
        "captures_refers_to": "(refers_to_id) WHERE refers_to_id IS NOT NULL",
        "captures_article": "(article_id, fetched_at) WHERE article_id IS NOT NULL",
        "captures_place": "(file, offset)",
        "captures_time": "(fetched_at)",
    },
)  # fmt: skip

FAILURES = Table(
    "failures",
    "One fetch to which no answer came.",
    _columns("""
id | INTEGER PRIMARY KEY | 60 bits of SHA-256 over the record id
record_id | TEXT NOT NULL | WARC-Record-ID of the metadata record
url | TEXT NOT NULL | As requested
url_key | TEXT NOT NULL | As in captures
host | TEXT NOT NULL | Host of the URL
fetched_at | TEXT NOT NULL | Start of the fetch, UTC
code | INTEGER NOT NULL | Heritrix fetch status: -1 DNS, -2 connect, -3 broken, -4 timeout, -5000 out of scope, -7000 crawl asked to end, -9998 robots.txt …
reason | TEXT NOT NULL | In words
run_id | TEXT | Run that tried
found_by | TEXT NOT NULL | As in captures
via | TEXT | As in captures
duration_ms | INTEGER | Milliseconds until it was given up
""" + _WHERE),
    indexes={"failures_url_key": "(url_key, fetched_at)", "failures_run": "(run_id)", "failures_place": "(file, offset)"},
)  # fmt: skip

EXTRACTIONS = Table(
    "extractions",
    "One reading of one capture: which fields were found, by which rules. Older readings stay.",
    _columns(
        """
id | INTEGER PRIMARY KEY | 60 bits of SHA-256 over the record id
record_id | TEXT NOT NULL | WARC-Record-ID of the metadata record that holds the fields
capture_id | INTEGER NOT NULL | Capture that was read; its row may still be to come
capture_record_id | TEXT NOT NULL | Its WARC-Record-ID
url | TEXT NOT NULL | URL of that capture
captured_at | TEXT NOT NULL | Time of that capture, UTC
extracted_at | TEXT NOT NULL | Time of reading, UTC
verdict | TEXT NOT NULL | article, listing, error_page, empty, undecodable or bug
site | TEXT NOT NULL | Site profile, else the host
extractor | TEXT NOT NULL | Name and number of the extractor
layout | TEXT | Layout of the profile that matched
layout_digest | TEXT | SHA-256 of that layout merged with its family, and of those tried before it; without a layout, of all tried; empty without a profile
result_digest | TEXT NOT NULL | SHA-256 over everything found, rules included
origins | TEXT NOT NULL | JSON object: field → rule that gave it
article_id | INTEGER | Article it found; that row goes when no current reading finds it
version_id | INTEGER REFERENCES versions(id) | Version it found
current | INTEGER NOT NULL DEFAULT 0 | *Derived.* 1 for the latest reading of its capture
"""
        + _WHERE
    ),
    indexes={
        "extractions_capture": "(capture_id, extracted_at, record_id)",
        "extractions_article": "(article_id, captured_at) WHERE article_id IS NOT NULL",
        "extractions_version": "(version_id) WHERE version_id IS NOT NULL",
        "extractions_place": "(file, offset)",
    },
)

VERSIONS = Table(
    "versions",
    "One wording of one article: a new one when title, lead, body, captions, credits, authors or dates change.",
    _columns("""
id | INTEGER PRIMARY KEY | 60 bits of SHA-256 over site, key and content digest
article_id | INTEGER NOT NULL | Article
number | INTEGER | *Derived.* 1-based, by time of first extraction: never renumbered
current | INTEGER NOT NULL DEFAULT 0 | *Derived.* 1 for the version that the latest capture shows
captures | INTEGER NOT NULL DEFAULT 0 | *Derived.* Captures that show it; 0 where a later reading replaced it
first_captured_at | TEXT | *Derived.* First capture that shows it, UTC
last_captured_at | TEXT | *Derived.* Last capture that shows it, UTC
first_extracted_at | TEXT | *Derived.* Time of its first extraction, UTC
content_digest | TEXT NOT NULL | SHA-256 of what makes a version
source_id | INTEGER NOT NULL REFERENCES extractions(id) | Reading that gave the fields below: of its latest capture, the latest
source_order | TEXT NOT NULL | Time of that capture, of that reading, and its record id: the greatest wins
site | TEXT NOT NULL | Site profile, else the host
key | TEXT NOT NULL | The site's own article id, else the canonical URL
url | TEXT NOT NULL | As captured
canonical_url | TEXT NOT NULL | As the page or the URL rules say
lang | TEXT | BCP 47, lower case
title | TEXT | Headline
kicker | TEXT | Line above the headline
lead | TEXT | Standfirst
published | TEXT | As stated: ISO 8601, with zone or time only where the page gives them
published_raw | TEXT | The string it was read from
published_at | TEXT | Same for sorting: in UTC where a zone is stated
published_day | TEXT | Day as stated
modified | TEXT | As stated, ISO 8601
authors | TEXT NOT NULL | JSON array of names
agency | TEXT | News agency
section | TEXT | Section
tags | TEXT NOT NULL | JSON array
dateline | TEXT | Opening of an agency story, as displayed
dateline_place | TEXT | Place in it
dateline_agency | TEXT | Agency in it
sign_off | TEXT | Initials or source at the end
blocks | TEXT NOT NULL | JSON array of [kind, characters]: the pieces of `body`, parted there by an empty line
captions | TEXT | Captions of all photos, one a paragraph
body | TEXT NOT NULL | Text of all blocks, parted by an empty line
"""),
    indexes={"versions_article": "(article_id, number)"},
)

ARTICLES = Table(
    "articles",
    "One article, with the fields of its current version. The table to search, filter and count.",
    _columns("""
id | INTEGER PRIMARY KEY | 60 bits of SHA-256 over site and key
ref | TEXT NOT NULL UNIQUE | The id in twelve characters: what people cite
site | TEXT NOT NULL | Site profile, else the host
lang | TEXT | BCP 47, lower case
day | TEXT NOT NULL | Day of publication as stated, else of the first capture (`published` is NULL then)
sort_at | TEXT NOT NULL | Instant of publication (UTC where a zone is stated), else of the first capture
first_captured_at | TEXT NOT NULL | First capture that shows it, UTC
last_captured_at | TEXT NOT NULL | Last capture that shows it, UTC
captures | INTEGER NOT NULL | Captures that show it
versions | INTEGER NOT NULL | Versions known, replaced readings included
version_id | INTEGER NOT NULL REFERENCES versions(id) | Current version
version | INTEGER NOT NULL | Its number
extraction_id | INTEGER NOT NULL REFERENCES extractions(id) | Reading of the latest capture: its related links, issues and rules are the article's
capture_id | INTEGER NOT NULL | Latest capture
key | TEXT NOT NULL | The site's own article id, else the canonical URL
url | TEXT NOT NULL | As captured
canonical_url | TEXT NOT NULL | As the page or the URL rules say
url_key | TEXT NOT NULL | As in captures, of the canonical URL
section | TEXT | Section
agency | TEXT | News agency
published | TEXT | As stated, ISO 8601
modified | TEXT | As stated, ISO 8601
authors | TEXT NOT NULL | JSON array of names
kicker | TEXT | Line above the headline
title | TEXT | Headline
lead | TEXT | Standfirst
captions | TEXT | Captions of all photos
body | TEXT NOT NULL | Text of all blocks
"""),
    indexes={
        "articles_newest": "(sort_at, day, site, lang, first_captured_at)",
        "articles_site": "(site, sort_at)",
        "articles_url_key": "(url_key)",
        "articles_url": "(url)",
    },
)

PHOTOS = Table(
    "photos",
    "One photo of one version.",
    _columns("""
version_id | INTEGER NOT NULL REFERENCES versions(id) | Version
position | INTEGER NOT NULL | 1-based, in the order of the page
url | TEXT | Address of the image
caption | TEXT | Without credit and label
credit | TEXT | Without label
alt | TEXT | Alternative text
"""),
    ('PRIMARY KEY ("version_id", "position")',),
)

AUTHORS = Table(
    "authors",
    "One author of one version.",
    _columns("""
version_id | INTEGER NOT NULL REFERENCES versions(id) | Version
position | INTEGER NOT NULL | 1-based
name | TEXT NOT NULL | As displayed
"""),
    ('PRIMARY KEY ("version_id", "position")',),
    {"authors_name": "(name)"},
)

TAGS = Table(
    "tags",
    "One tag of one version.",
    _columns("""
version_id | INTEGER NOT NULL REFERENCES versions(id) | Version
position | INTEGER NOT NULL | 1-based
tag | TEXT NOT NULL | As displayed
"""),
    ('PRIMARY KEY ("version_id", "position")',),
    {"tags_tag": "(tag)"},
)

RELATED_LINKS = Table(
    "related_links",
    "One link of a box such as “Voir plus”, as one reading of one capture found it.",
    _columns("""
extraction_id | INTEGER NOT NULL REFERENCES extractions(id) | Reading
position | INTEGER NOT NULL | 1-based row, over all boxes of the page
url | TEXT NOT NULL | Address of the link
url_key | TEXT NOT NULL | As in captures: joins to the article that it leads to
title | TEXT NOT NULL | Text of the link
teaser | TEXT | Text below it
photo_caption | TEXT | Caption of its photo
photo_credit | TEXT | Credit of its photo
box | TEXT | Heading of the box
place | INTEGER NOT NULL | Position as the extractor gave it
"""),
    ('PRIMARY KEY ("extraction_id", "position")',),
    {"related_links_url_key": "(url_key)"},
)

ISSUES = Table(
    "issues",
    "One thing that a reader should know about one reading.",
    _columns("""
extraction_id | INTEGER NOT NULL REFERENCES extractions(id) | Reading
position | INTEGER NOT NULL | 1-based
code | TEXT NOT NULL | See the list of issues
field | TEXT | Field that it concerns
detail | TEXT | In words
severity | TEXT NOT NULL | error, warning or info
"""),
    ('PRIMARY KEY ("extraction_id", "position")',),
    {"issues_code": "(code)"},
)

RUNS = Table(
    "runs",
    "One run of a crawl, a capture, an import or a re-extraction, as its last record tells it.",
    _columns(
        """
run_id | TEXT PRIMARY KEY | Name of the run
kind | TEXT NOT NULL | crawl, capture, import or reextract
site | TEXT | Site, where the run was for one
started_at | TEXT NOT NULL | UTC
finished_at | TEXT | UTC; empty while it runs, and after a crash
status | TEXT NOT NULL | running, done, partly, failed or interrupted
counts | TEXT NOT NULL | JSON object: fetched, articles, new_versions, failures …
detail | TEXT | In words
slot | TEXT | Slot of the schedule that it was for, UTC
skipped | TEXT NOT NULL DEFAULT '[]' | JSON array: slots before it that were not run, with reasons
observed | TEXT NOT NULL DEFAULT '{}' | JSON object: shares, medians and list yields that later runs are compared with
alarms | TEXT NOT NULL DEFAULT '[]' | JSON array of {code, subject, detail}
record_id | TEXT NOT NULL | WARC-Record-ID of the resource record
"""
        + _WHERE
        + """
sources | TEXT | JSON list: feeds, sitemaps and sections of the site as the run left them, and which rest until when
"""
    ),
    indexes={"runs_started": "(started_at)"},
)

FACTS = Table(
    "facts",
    "What this file was made with.",
    _columns("""
name | TEXT PRIMARY KEY | fold_version, url_key_version, wording_version
value | TEXT NOT NULL | Its value
"""),
)

TABLES = (
    ARTICLES, VERSIONS, PHOTOS, AUTHORS, TAGS, CAPTURES, EXTRACTIONS, RELATED_LINKS, ISSUES, FAILURES, RUNS,
    WARC_FILES, FACTS,
)  # fmt: skip
"""In the order of the reference page."""

PLACED = (CAPTURES, FAILURES, EXTRACTIONS, RUNS)
"""Tables whose rows stand for one record of one WARC file."""
