"""When: published and modified, with the string that they were read from.

Order: JSON-LD of the page's own article, meta, time elements and lines around the headline, lines at the
text's end, the address, the page's own data. Evidence (263 pages): the first that JSON-LD or meta states is
the right day on 93 of 100 pages that state one, but one page in nine states none. With JSON-LD and meta
hidden, what is shown gives the right day on 90 of 100. Where the statements name several days (one page in
70 with the first of them not shown), the one that the page shows to the minute is right. The zone is what
other extractors throw away. A date of the site's chrome or of a card is no date, and what stands after
"Updated" is not when a story was published.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from attrs import field, frozen

from archive.dates import plausible, read_date, tells_time
from archive.extract.page import ParsedPage
from archive.extract.sheet import Sheet
from archive.extract.shown import COUNTED, Shown, shown_dates
from archive.extract.stated import about_page
from archive.extract.words import word_test
from archive.urls import host_of

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "pubdate",
    "publishdate",
    "publish-date", "publish_date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date",
    "dcterms.date",
    "dc.date.created", "dc.created", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article.published", "published_time", "published_time_telegram",
    "publication_date",
    "article:published", "og:published_time", "date.release", "last-modified-date-published",
    "rnews:datepublished",
    "shareaholic:article_published_time", "pub_date", "publisheddate", "originalpublicationdate",
    "published_at",
    "article_date_original", "bt:pubdate", "og:pubdate", "og:release_date", "article:create_at",
    "datecreated",
    "video:release_date", "citation_publication_date", "citation_date", "displaydate", "ptime",
    "_pubtime", "apub:time",
    "weibo:article:create_at", "epoch-publish-date", "publishedon", "published", "created", "creation_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified",
    "dc.date.modified", "og:article:modified_time", "article:modified", "revision_date",
    "article:update_at",
    "weibo:article:update_at", "modified_time", "updated_time",
)  # fmt: skip
_names_published = word_test(
    r"^(?!.*(?:modif|update|expir|until|unpubl|publisher|publication-?(?:name|id|type))).*(?:publi|pubdate)"
)
"""Names of meta that only one paper or system has: "govuk:first-published-at", "content_publisheddate"."""
_ISO_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?!\d)")
_ABSOLUTE = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)|年.{1,4}月")
"""Has a year; else it counts from the capture ("2 hours ago") or leaves the year out ("6月24日")."""
_TWO_ORDERS = re.compile(r"(0?[1-9]|1[0-2])([./-])(0?[1-9]|1[0-2])(?=\2(?:19|20)\d\d(?!\d))")
"""Day and month, or month and day."""
_DAY_FIRST = frozenset({
    "gb", "uk", "ie", "au", "nz", "in", "pk", "bd", "lk", "np", "my", "sg", "hk", "za", "zw", "zm", "bw",
    "na", "ls", "sz", "ng", "gh", "ke", "ug", "tz", "rw", "mw", "sl", "gm", "mu", "mt", "cy", "jm", "tt",
    "bb", "bs", "gy", "bz", "ag", "dm", "gd", "lc", "vc", "kn", "fj", "pg", "ae", "qa", "kw", "bh", "om",
    "sa", "eg", "il", "th", "vn", "id",
})  # fmt: skip
"""Countries of papers in English that write 31/12/2026; not those that many an address elsewhere borrows."""
_URL_DAY = re.compile(
    r"[/_-]((?:19|20)\d\d)(?P<sep>[/_-]?)(0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)(?P=sep)"
    r"(0?[1-9]|[12]\d|3[01])(?=[/_.-]|$|[a-z])",
    re.IGNORECASE,
)
_DATA_DATE = re.compile(rb"20\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_DATA_NAME = re.compile(
    rb"""["'\s_-](?:date_?published|published_?(?:at|on|date|time|_?timestamp)|publish_?(?:date|time|ed_time)"""
    rb"""|publication_?date|pub_?dat(?:e|um)|first_?published(?:_?(?:at|date|time))?|date_?created|created_?at"""
    rb"""|release_?date)(?:\\?["'])?\s*[=:]\s*\\?["']?$""",
    re.IGNORECASE,
)
_STATE_BYTES = 1_500_000
_MAX_DATA_DATES = 2_000
_OFFSETS = frozenset({-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765})
"""Minutes of the zones that are no whole hours."""


@frozen
class When:
    """Dates of an article and their rules."""

    published: str | None = None
    published_raw: str | None = None
    published_rule: str = ""
    modified: str | None = None
    modified_rule: str = ""
    problem: str | None = None
    """An issue code: date_unparsed or date_implausible."""


@frozen
class _Read:
    iso: str
    raw: str
    rule: str

    @property
    def has_time(self) -> bool:
        return "T" in self.iso

    @property
    def zoned(self) -> bool:
        return self.has_time and re.search(r"[+-]\d\d:\d\d$", self.iso) is not None

    @property
    def day(self) -> date:
        return date.fromisoformat(self.iso[:10])


@frozen
class _Reader:
    """Reads date strings of one page."""

    lang: str | None
    timezone: str | None
    now: datetime
    isos: dict[str, str | None] = field(factory=dict)
    """Strings read so far, with what they gave: pages state and show the same again and again."""

    def read(self, rule: str, raw: str) -> _Read | None:
        if raw not in self.isos:
            self.isos[raw] = read_date(raw, lang=self.lang, timezone=self.timezone, now=self.now)
        iso = self.isos[raw]
        return _Read(iso, raw, rule) if iso is not None else None


def when(
    parsed: ParsedPage,
    sheet: Sheet,
    headline: int,
    region: int,
    *,
    lang: str | None,
    timezone: str | None,
    title: str | None = None,
) -> When:
    """Return published and modified."""
    reader = _Reader(_english_of(parsed, lang), timezone, parsed.page.fetched_at)
    shown = shown_dates(sheet, headline, region)
    stated = _stated(parsed, title)
    modified, modified_rule = _modified(parsed, title, shown, reader)
    found, problem, raw_seen = _published(parsed, stated, shown, reader)
    if found is None:
        return When(published_raw=raw_seen, modified=modified, modified_rule=modified_rule, problem=problem)
    published = found.iso
    if timezone is None:
        published = _in_shown_zone(found, shown.published, reader)
    return When(published, found.raw, found.rule, modified, modified_rule)


def _english_of(parsed: ParsedPage, lang: str | None) -> str | None:
    """Return the language, British for English where the day comes before the month.

    The country of the address decides, for themes leave "en-US" on papers anywhere; else what the page says.
    """
    if lang != "en":
        return lang
    country = host_of(parsed.page.url).rpartition(".")[2]
    region = (parsed.declared_lang or "").lower().replace("_", "-").partition("-")[2]
    return "en-gb" if country in _DAY_FIRST or region in _DAY_FIRST else lang


def _published(
    parsed: ParsedPage, stated: list[tuple[str, str]], shown: Shown, reader: _Reader
) -> tuple[_Read | None, str | None, str | None]:
    """Return the best date, or what was wrong with the first that was seen."""
    problem: str | None = None
    ordered = [(rule, _in_shown_order(raw, shown.published, reader)) for rule, raw in stated]
    own = _of_its_own(parsed)
    candidates = [*_shown_first(ordered, shown.published, reader), *shown.published, *own]
    late: list[_Read] = []
    first: _Read | None = None
    for rule, raw in candidates:
        if first is not None and (
            first.zoned or (first.rule.startswith("generic:line") and rule != first.rule)
        ):
            break
        found = reader.read(rule, raw)
        if found is None:
            problem = problem or "date_unparsed"
        elif not plausible(found.iso, reader.now):
            problem = "date_implausible"
        elif first is None:
            if _ABSOLUTE.search(raw):
                first = found
            else:
                late.append(found)
        else:
            first = _more_exact(first, found)
    if first is None or first.rule == "generic:line":
        named = _by_address(parsed, reader)
        if named is not None and (first is None or abs((named.day - first.day).days) > 2):
            first = named
    first = first or _in_data(parsed, reader)
    if first is None:
        first = next(
            (
                r
                for rule, raw in shown.updated
                if (r := reader.read(rule, raw)) and plausible(r.iso, reader.now)
            ),
            None,
        )
    if first is None and late:
        first = _with_year(parsed, late[0], reader)
    return first, problem, candidates[0][1] if problem else None


def _in_shown_order(raw: str, lines: list[tuple[str, str]], reader: _Reader) -> str:
    """Swap the first two numbers of "11/01/2023" where the page shows the other of its two days."""
    numbers = _TWO_ORDERS.match(raw)
    if numbers is None:
        return raw
    swapped = f"{numbers[3]}{numbers[2]}{numbers[1]}{raw[numbers.end(3) :]}"
    mine, other = reader.read("", raw), reader.read("", swapped)
    if mine is None or other is None or mine.day == other.day:
        return raw
    shown = [found.day for rule, text in lines if (found := reader.read(rule, text)) is not None]
    return swapped if other.day in shown and mine.day not in shown else raw


def _shown_first(
    stated: list[tuple[str, str]], lines: list[tuple[str, str]], reader: _Reader
) -> list[tuple[str, str]]:
    """Put the statement that the page shows, to the minute, before the others where they name several days.

    A story that is published anew keeps its first day in some of its meta; a system that computes with
    UTC shows UTC and states the zone of the paper beside it. Of several hours of one day, stated without a
    zone, one may be of UTC: the one that the page shows is the paper's.
    """
    if len(stated) < 2 or not lines:
        return stated
    found = [reader.read(rule, raw) for rule, raw in stated]
    read = [one.iso[:16] if one else "" for one in found]
    days = {iso[:10] for iso in read if iso}
    naive = found[0] is not None and found[0].has_time and not found[0].zoned
    if len(days) < 2 and not (naive and len({iso for iso in read if "T" in iso}) > 1):
        return stated
    shown = [one.iso[:16] for rule, text in lines if (one := reader.read(rule, text))]
    if read[0] in shown or (len(days) > 1 and read[0][:10] in {iso[:10] for iso in shown}):
        return stated
    at = next((at for at, iso in enumerate(read) if "T" in iso and iso in shown), 0)
    return [stated[at], *stated[:at], *stated[at + 1 :]]


def _with_year(parsed: ParsedPage, found: _Read, reader: _Reader) -> _Read:
    """Give a shown date without a year ("6月24日") the year that the page's markup names for its day."""
    if COUNTED.search(found.raw):
        return found
    month, day = f"{found.day.month:02}", f"{found.day.day:02}"
    pattern = re.compile(rf"(?<!\d)(20\d\d)([-/.]?){month}(?:\2){day}(?!\d)".encode())
    years = {int(match[1]) for match in islice(pattern.finditer(parsed.page.payload[:_STATE_BYTES]), 100)}
    if len(years) != 1:
        return found
    iso = f"{years.pop()}{found.iso[4:]}"
    return _Read(iso, found.raw, found.rule) if plausible(iso, reader.now) else found


def _more_exact(first: _Read, other: _Read) -> _Read:
    """Return the one that says more of the same moment: a zone, a time of day. A day that meta states
    without a time (often the printed paper's) yields to the time that the page shows of a day beside it.
    """
    if first.day == other.day:
        if other.zoned or (other.has_time and not first.has_time):
            return other
    elif (
        not first.has_time
        and other.has_time
        and first.rule.startswith("generic:meta")
        and other.rule in {"generic:time", "generic:class:date"}
        and abs((first.day - other.day).days) == 1
    ):
        return other
    return first


def _in_shown_zone(found: _Read, lines: list[tuple[str, str]], reader: _Reader) -> str:
    """Return a time stated in UTC in the zone that the displayed time betrays: the same instant, their day.

    Content systems state 02:25Z for what the page shows as 9:25 pm of the day before. The difference counts
    only where it is the offset of a zone to the minute.
    """
    if not found.iso.endswith("+00:00"):
        return found.iso  # none, or a zone that the page chose
    stated = datetime.fromisoformat(found.iso)
    utc = stated.astimezone(UTC).replace(second=0, microsecond=0)
    for rule, text in lines:
        if not tells_time(text):
            continue
        shown = read_date(text, lang=reader.lang, now=reader.now)
        if shown is None or "T" not in shown:
            continue
        local = datetime.fromisoformat(shown)
        if local.tzinfo is not None or (rule == "generic:line" and not local.minute):
            continue  # another event's hour, as likely
        minutes = round((local.replace(tzinfo=UTC) - utc).total_seconds() / 60)
        if -720 <= minutes <= 840 and (minutes % 60 == 0 or minutes in _OFFSETS):
            return stated.astimezone(dt.timezone(timedelta(minutes=minutes))).isoformat()
    return found.iso


def _stated(parsed: ParsedPage, title: str | None) -> list[tuple[str, str]]:
    """Return what JSON-LD and meta state."""
    out: list[tuple[str, str]] = []
    nodes = about_page(parsed, title)
    for name in ("datePublished", "dateCreated", "uploadDate"):
        out += [(f"generic:ld:{name}", text) for node in nodes[:4] if (text := _date_text(node.get(name)))]
    if not out:
        others = (text for node in parsed.ld if (text := _date_text(node.get("datePublished"))))
        out += [("generic:ld:datePublished", text) for text in others][:1]
    for name in _PUBLISHED:
        out += [(f"generic:meta:{name}", value) for value in parsed.meta.get(name, ())[:1]]
    return out


def _of_its_own(parsed: ParsedPage) -> list[tuple[str, str]]:
    """Return what meta states under a name that only this paper or its system has."""
    return [
        (f"generic:meta:{name}", values[0])
        for name, values in parsed.meta.items()
        if values and name not in _PUBLISHED and _names_published(name) and _ISO_DAY.match(values[0])
    ][:1]


def _date_text(value: object) -> str:
    """Return a JSON-LD date as text: a string, a number, {"@value": …} or the first of a list."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value else ""


def _by_address(parsed: ParsedPage, reader: _Reader) -> _Read | None:
    """Read the day in the page's address: /2024/12/26/, /2024-12-26-…, /20241226/, /2024/dec/26/."""
    for url in (parsed.page.url, parsed.canonical_href):
        for found in _URL_DAY.finditer(url.partition("?")[0][:500]):
            year, separator, month, day = found[1], found["sep"], found[3], found[4]
            if not separator and (len(month) < 2 or len(day) < 2):
                continue
            number = month if month.isdigit() else str(_SHORT.index(month.lower()) + 1)
            read = reader.read("generic:url", f"{year}-{number:0>2}-{day:0>2}")
            if read is not None and plausible(read.iso, reader.now):
                return read
    return None


_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _in_data(parsed: ParsedPage, reader: _Reader) -> _Read | None:
    """Read the date in the page's own data (`"publishedAt": "…"` in a script, `data-pubdate="…"`), where
    all that stand there are of one day: with more, they are of other stories.
    """
    payload = parsed.page.payload[:_STATE_BYTES]
    found = {
        match[0].decode("ascii")
        for match in islice(_DATA_DATE.finditer(payload), _MAX_DATA_DATES)
        if _DATA_NAME.search(payload[max(0, match.start() - 40) : match.start()])
    }
    if not found or len({raw[:10] for raw in found}) > 1:
        return None
    read = reader.read("generic:data", max(found, key=lambda raw: (len(raw), raw)))
    return read if read is not None and plausible(read.iso, reader.now) else None


def _modified(parsed: ParsedPage, title: str | None, shown: Shown, reader: _Reader) -> tuple[str | None, str]:
    for rule, raw in _modified_candidates(parsed, title, shown):
        found = reader.read(rule, raw)
        if found is not None and plausible(found.iso, reader.now):
            return found.iso, rule
    return None, ""


def _modified_candidates(parsed: ParsedPage, title: str | None, shown: Shown) -> Iterator[tuple[str, str]]:
    for node in about_page(parsed, title)[:3]:
        raw = _date_text(node.get("dateModified"))
        if raw:
            yield "generic:ld:dateModified", raw
    for name in _MODIFIED:
        raw = parsed.first_meta(name) or ""
        if raw:
            yield f"generic:meta:{name}", raw
    yield from shown.updated
