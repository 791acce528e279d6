"""What a site profile may say. Each key has its reader and its words (docs/reference/profile.md)."""

# ruff: noqa: RUF009 -- attrs fields made by our own `key`, which ruff takes for a default

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import attrs
from attrs import field, frozen
from lxml import etree

from archive.sites import readers, rhythm
from archive.sites.readers import key, table, tables
from archive.sites.render import Render
from archive.sites.sources import Rule, Source
from archive.urls import without_tracking

LONGEST_MATCHED = 10_000
"""Characters of a value or URL that a profile's regular expression is run on."""


@frozen(kw_only=True)
class PhotoRules:
    """Photos: `each` finds their boxes, the other rules are read inside a box."""

    each: Rule | None = key(readers.RULE, "The boxes, one a photo.", required=True, example="css:figure")
    image: Rule | None = key(
        readers.RULE,
        "Address of the image. Not declared: data-large-src, data-src, … or src of the first image.",
    )
    caption: Rule | None = key(
        readers.RULE, "Caption; credit and label are split off.", example="css:figcaption"
    )
    credit: Rule | None = key(readers.RULE, "Credit, where it stands apart from the caption.")


@frozen(kw_only=True)
class RelatedRules:
    """Boxes of links to other articles."""

    each: Rule | None = key(
        readers.RULE, "The cards, one a link.", required=True, example="css:article.story"
    )
    link: Rule | None = key(readers.RULE, "Address. Not declared: the first link of the card.")
    title: Rule | None = key(readers.RULE, "Title. Not declared: text of the first link that has any.")
    teaser: Rule | None = key(readers.RULE, "Teaser.")
    caption: Rule | None = key(
        readers.RULE,
        "Caption of the card's photo (often its alt); file names, the title and numbers are not taken.",
    )
    box: Rule | None = key(
        readers.RULE, "Heading of the box: read in the card's ancestors, the nearest that has one."
    )


@frozen(kw_only=True)
class StoryRules:
    """Stories on a section page: `each` finds them, the other rules are read inside each."""

    each: Rule | None = key(readers.RULE, "The stories.", required=True, example="css:article.story")
    link: Rule | None = key(readers.RULE, "Address. Not declared: the first link.")
    title: Rule | None = key(readers.RULE, "Headline. Not declared: text of the first link that has any.")
    date: Rule | None = key(readers.RULE, "Date as the list shows it.")
    teaser: Rule | None = key(readers.RULE, "Teaser.")
    image: Rule | None = key(readers.RULE, "Address of the thumbnail.")


@frozen(kw_only=True)
class LoadMore:
    """An endpoint behind a "load more" button. Paths are keys of its JSON joined by dots: data.contents."""

    endpoint: str = key(
        readers.ENDPOINT,
        "Address; {zone} and {page} are filled in. May start with / (the section page's host).",
        required=True,
        default="",
    )
    zone: Rule | None = key(readers.RULE, "Where the section page names its {zone}.")
    first_page: int = key(
        readers.COUNT,
        "Number of the page that the section page itself shows; the one after it is asked for.",
        default=1,
    )
    items: str | None = key(readers.TEXT, "Path of the list of stories.", example="data.contents")
    html: str | None = key(
        readers.TEXT, "Path of a piece of HTML, read with the rules of stories, where there is no list."
    )
    url: str | None = key(readers.TEXT, "Path of a story's address, inside the story.", default="url")
    title: str | None = key(readers.TEXT, "Path of its headline.", default="title")
    date: str | None = key(
        readers.TEXT,
        "Path of its date (text, or seconds or milliseconds since 1970); not written: the usual names.",
    )
    teaser: str | None = key(readers.TEXT, "Path of its teaser (text or HTML).")
    image: str | None = key(readers.TEXT, "Path of its thumbnail's address.")
    more: str | None = key(readers.TEXT, "Path of a flag: false on the last page. An empty list ends it too.")


@frozen(kw_only=True)
class Discover:
    """Where new articles are found."""

    extends: str | None = key(readers.TEXT, "A family, whose [discover] gives what is not written here.")
    sections: tuple[str, ...] = key(readers.ADDRESSES, "Pages that list articles.", default=())
    feeds: tuple[str, ...] = key(readers.ADDRESSES, "RSS, Atom or JSON feeds.", default=())
    sitemaps: tuple[str, ...] = key(
        readers.SITEMAPS,
        "Sitemaps or sitemap indexes. {year}, {month} and {day} are filled in; {month:02} has two digits.",
        default=(),
    )
    archives: tuple[str, ...] = key(
        readers.SITEMAPS,
        "Pages that list the articles of a day, month or year: {year}, {month}, {day}. For crawl --since.",
        default=(),
        example="https://journal.example/archives/{year}/{month:02}/",
    )
    stories: StoryRules | None = key(table(StoryRules), "How to read a section page.")
    next_page: Rule | None = key(readers.RULE, "Link of a section page to its next page.")
    load_more: tuple[LoadMore, ...] = key(tables(LoadMore), "Endpoints that give more stories.", default=())


@frozen(kw_only=True)
class Politeness:
    """How gently the site is asked. What is not written comes from the collection's settings."""

    delay: float | None = key(readers.DELAY, "Seconds between two requests to one host.")
    concurrency: int | None = key(readers.POSITIVE, "Requests under way at once to one host.")
    hours: tuple[tuple[int, int], ...] = key(
        readers.HOURS,
        "Hours, in the profile's time zone, in which it may be asked; what is left waits for the next run.",
        default=(),
        example="22:00-06:00",
    )
    private_hosts: tuple[str, ...] = key(
        readers.DOMAINS,
        "Private or loopback hosts (with port, if any) that may be fetched for this site.",
        default=(),
    )


@frozen(kw_only=True)
class Revisit:
    """How its known articles are asked for again. What is not written comes from the settings."""

    risk: float | None = key(
        readers.NUMBER,
        "Edits to expect since the last capture of an article at which it is due: larger, fewer requests.",
        example="0.02",
    )
    least: float | None = key(
        rhythm.DURATION, "Span between two captures of an article, at least.", example="10min"
    )
    most: float | None = key(
        rhythm.DURATION, "Span between two captures of an article, at most.", example="30d"
    )
    until: float | None = key(
        rhythm.DURATION,
        "Span after its last change from which an article is left alone; 0s: never asked for again.",
        example="365d",
    )


@frozen(kw_only=True)
class Schedule:
    """When the site is crawled by `hemeroteca schedule`. A collection's schedule.toml has the same keys, in a
    table a site, and goes before the profile.
    """

    every: str | None = key(
        rhythm.RHYTHM,
        "Rhythm of the runs: a span, five cron fields, or adaptive (by what earlier runs found; between 15 "
        'minutes and a day, or as "adaptive 10min-6h" says).',
        example='"1h", "15 6-22 * * *"',
    )
    timezone: str | None = key(
        readers.ZONE, "Zone of cron fields, days and window. Not written: the site's, else UTC."
    )
    window: str | None = key(
        rhythm.WINDOW,
        "Times of day at which runs may begin; what falls outside waits until it opens.",
        example="06:00-23:00",
    )
    jitter: float | None = key(
        rhythm.DURATION, "Runs begin up to so much later, each by its own span; seconds in Python."
    )
    catch_up: str = key(
        rhythm.CATCH_UP,
        "Of runs that were missed: make up for the last (once), or wait for the next (skip).",
        default="once",
    )
    max_run: float | None = key(
        rhythm.DURATION, "A run is ended after so much; the next goes on with its queue.", example="2h"
    )
    paused: bool = key(rhythm.FLAG, "No runs for the time being.", default=False)
    sections: dict[str, str] = key(
        rhythm.RHYTHMS,
        "Rhythms of single sections, by their address or the end of its path.",
        default=attrs.Factory(dict),
        example='{ "/politique/" = "10min" }',
    )


@frozen(kw_only=True)
class Expect:
    """Floors for one run: a redesign shows here first."""

    articles: int | None = key(readers.COUNT, "Articles that a run should find at least.")
    fill: dict[str, float] = key(
        readers.SHARES,
        "Share of articles that should have a field, at least; of few articles, chance is allowed for.",
        default=attrs.Factory(dict),
    )
    since: date | None = key(
        readers.DAY,
        "Runs before this day are no measure for later ones: write it after a change that is to stay.",
    )


@frozen(kw_only=True, eq=False)
class Layout:
    """How pages of one template are read."""

    id: str = key(readers.TEXT, "Name of the layout; never given to another one.", required=True, default="")
    extends: str | None = key(
        readers.TEXT,
        "A layout of a family (family/layout) or of this file, whose keys count where none is written here.",
    )
    from_: date | None = key(readers.DAY, "First day (UTC) of captures that it may be used for.", name="from")
    until: date | None = key(readers.DAY, "Last day (UTC) of captures that it may be used for.")
    probe: tuple[Source, ...] = key(
        readers.PROBE,
        "Selectors that must all match a page of this layout (CSS; css: may be left out).",
        default=(),
    )
    title: Rule | None = key(readers.RULE, "Headline.", example="css:h1")
    kicker: Rule | None = key(readers.RULE, "Line above the headline.")
    lead: Rule | None = key(readers.RULE, "Standfirst, chapô, sapo.")
    published: Rule | None = key(
        readers.RULE, "Time of publication; the first value that can be read as a date wins."
    )
    modified: Rule | None = key(readers.RULE, "Time of the last change.")
    authors: Rule | None = key(readers.RULE, "Authors, one a value.")
    agency: Rule | None = key(readers.RULE, "News agency.")
    section: Rule | None = key(readers.RULE, "Section as the page names it.")
    tags: Rule | None = key(readers.RULE, "Keywords, one a value.")
    lang: Rule | None = key(readers.RULE, "Language, where it differs from the profile's.")
    canonical: Rule | None = key(readers.RULE, "Canonical address.")
    paragraphs: Rule | None = key(readers.RULE, "Paragraphs of the body.", example="css:.article-body > p")
    subheads: Rule | None = key(readers.RULE, "Subheads of the body.")
    quotes: Rule | None = key(readers.RULE, "Quotes set apart.")
    items: Rule | None = key(readers.RULE, "List items of the body.")
    drop: Rule | None = key(
        readers.RULE, "Parts of the body that are not its text; all sources count, not the first."
    )
    break_paragraphs: Rule | None = key(
        readers.RULE, "Box of a body whose paragraphs are parted by <br> only."
    )
    photos: PhotoRules | None = key(table(PhotoRules), "Photos.")
    related: RelatedRules | None = key(table(RelatedRules), "Links to other articles.")
    digest: str = field(default="")
    """SHA-256 hex over everything that can change a result (see `digest_of`)."""

    def covers(self, fetched_at: datetime) -> bool:
        """Tell whether a capture of that moment may have this layout."""
        day = fetched_at.astimezone(UTC).date()
        return not (self.from_ and day < self.from_) and not (self.until and day > self.until)

    def matches(self, tree: Any) -> bool:
        """Tell whether every probe finds something in the page."""
        return all(_found(probe, tree) for probe in self.probe)

    @property
    def declares_body(self) -> bool:
        """Tell whether the body is read by this layout (wholly) or by the generic extractor (wholly)."""
        return self.paragraphs is not None or self.break_paragraphs is not None


@frozen(kw_only=True, eq=False)
class Site:
    """One newspaper's profile. `name` is the profile's short name (file stem); the paper's own is `title`."""

    name: str
    title: str = key(readers.TEXT, "The newspaper's name.", name="name", required=True, default="")
    publisher: str | None = key(readers.TEXT, "Who publishes it.")
    domains: tuple[str, ...] = key(
        readers.DOMAINS,
        "Hosts of its pages, exactly; former hosts too. A port may follow: localhost:8000.",
        required=True,
        default=(),
    )
    lang: str | None = key(readers.TEXT, "Language of its articles (BCP 47).", example="fr")
    timezone: str | None = key(readers.ZONE, "Zone of times that name none.", example="Asia/Ho_Chi_Minh")
    article_id: re.Pattern[str] | None = key(
        readers.PATTERN,
        "Finds the article's id in an address: its first group that matched. One id, one article.",
    )
    rewrite: tuple[tuple[re.Pattern[str], str], ...] = key(
        readers.REWRITES,
        "Turns addresses of copies (AMP, mobile) into the article's own, in related links and lists.",
        default=(),
    )
    discover: Discover = key(table(Discover), "Where articles are found.", default=Discover())
    politeness: Politeness = key(table(Politeness), "How gently it is asked.", default=Politeness())
    revisit: Revisit = key(table(Revisit), "How known articles are asked for again.", default=Revisit())
    schedule: Schedule = key(table(Schedule), "When it is crawled.", default=Schedule())
    render: Render = key(table(Render), "Pages that need a browser.", default=Render())
    expect: Expect = key(table(Expect), "What a run should give.", default=attrs.Factory(Expect))
    layouts: tuple[Layout, ...] = key(
        tables(Layout), "Its templates, old and new.", name="layout", default=()
    )
    path: str | None = None
    """File it was read from."""
    builtin: bool = False

    def key_for(self, url: str) -> str | None:
        """Return the article id that an address holds, or None.

        A pattern is written for an article's own address, and often to its end: what lists append to say
        where the reader came from makes no other article.
        """
        if self.article_id is None:
            return None
        match = self.article_id.search(url[:LONGEST_MATCHED])
        if not match and "?" in url:
            match = self.article_id.search(without_tracking(url)[:LONGEST_MATCHED])
        if not match:
            return None
        return next((group for group in match.groups() if group), None) if match.re.groups else match[0]

    def plain_url(self, url: str) -> str:
        """Return the article's own address for that of a copy (AMP, mobile), by `rewrite`."""
        for pattern, replacement in self.rewrite:
            url = pattern.sub(replacement, url[:LONGEST_MATCHED])
        return url

    def layout_for(self, tree: Any, fetched_at: datetime) -> Layout | None:
        """Choose by capture time, then by probe; the first in the file's order wins."""
        return next((it for it in self.layouts if it.covers(fetched_at) and it.matches(tree)), None)

    def choice_digest(self, layout: Layout | None, fetched_at: datetime) -> str:
        """Return the digest of all that led to this layout (None: to none) for a capture of that moment.

        Of the layout itself where no other came before it; else of the layouts tried, too. So a reading is
        stale only where a rule that could have taken part in it has changed.
        """
        tried: list[str] = [] if layout is not None else [self._common_digest]
        for candidate in self.layouts:
            if candidate.covers(fetched_at):
                tried.append(candidate.digest)
                if candidate is layout:
                    break
        if layout is not None and len(tried) == 1:
            return layout.digest
        return hashlib.sha256("\n".join(tried).encode("ascii")).hexdigest()

    def digest_of(self, layout_id: str | None) -> str | None:
        """Return the present digest of a layout, None where the profile has it no more."""
        return self._digests.get(layout_id or "")

    @cached_property
    def _common_digest(self) -> str:
        return digest_in(self, Layout())

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {layout.id: layout.digest for layout in self.layouts}


def digest_in(site: Site, layout: Layout) -> str:
    """Return the digest of a layout as it stands in this profile."""
    return digest_of(
        layout,
        lang=site.lang,
        timezone=site.timezone,
        article_id=site.article_id.pattern if site.article_id else None,
        rewrite=[[pattern.pattern, to] for pattern, to in site.rewrite],
    )


def digest_of(
    layout: Layout, *, lang: str | None, timezone: str | None, article_id: str | None, rewrite: Any
) -> str:
    """Return the SHA-256 of all that can change what the layout gives, as canonical JSON.

    Not in it: `from` and `until` (closing an old layout must not make its extractions stale), `extends`, and
    how the file is written (comments, order, one source as text or as a list).
    """
    parts = _canonical(layout)
    parts |= {"lang": lang, "timezone": timezone, "article_id": article_id, "rewrite": rewrite}
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(table_: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, attribute in readers.keys_of(type(table_)).items():
        value = getattr(table_, attribute.name)
        if name in ("from", "until", "extends") or value is None or value == ():
            continue
        if isinstance(value, Rule):
            parts[name] = value.canonical()
        elif isinstance(value, tuple):
            parts[name] = [probe.text for probe in value]
        else:
            parts[name] = value if isinstance(value, str) else _canonical(value)
    return parts


def _found(probe: Source, tree: Any) -> bool:
    if probe.kind not in ("css", "xpath"):
        return False
    try:
        return bool(probe.xpath(tree))
    except etree.XPathError:
        return False
