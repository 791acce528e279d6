"""Citations: what a reader needs to find an article again, and to check that it is the one that was cited.

Beside author, headline, newspaper and day a citation names the archived copy: when it was captured, which
version it is, the WARC record that holds its bytes, and their digest. Nothing is guessed: the day of a
capture is never given for a day of publication, and a name whose parts are not sure stays whole.
"""

from __future__ import annotations

import re

from attrs import field, frozen

from archive.cite.names import Name

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029]+"  # line ends and controls: a field is one line in every format
)
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What turns the direction of text, perhaps beyond the field: nobody sees it, nobody can type it."""
_DAY = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?")
_KEY = re.compile(r"[^a-z0-9.]+")


def line(text: str) -> str:
    """Return a text on one line, without what is no text. Lone surrogates become U+FFFD."""
    whole = _TURNS.sub("", _UNSEEN.sub(" ", text))
    return " ".join(whole.encode("utf-8", "surrogatepass").decode("utf-8", "replace").split())


def day(stated: str | None) -> tuple[int, ...]:
    """Return year, month and day of an ISO 8601 text, as many of them as it states."""
    match = _DAY.match(stated or "")
    return tuple(int(part) for part in match.groups() if part) if match else ()


def _line(text: str | None) -> str | None:
    return (line(text) or None) if text else None


@frozen(kw_only=True)
class Citation:
    """One version of one article, as it is cited. Every text is one line."""

    ref: str
    version: int
    site: str
    newspaper: str = field(converter=line)
    """The paper's name: its profile's, else what the page says, else the host."""
    publisher: str | None = field(default=None, converter=_line)
    authors: tuple[Name, ...] = ()
    agency: str | None = field(default=None, converter=_line)
    title: str | None = field(default=None, converter=_line)
    section: str | None = field(default=None, converter=_line)
    lang: str | None = field(default=None, converter=_line)
    published: str | None = field(default=None, converter=_line)
    """As the page states it, ISO 8601; None where it states none."""
    modified: str | None = field(default=None, converter=_line)
    url: str = field(converter=line)
    """As captured."""
    captured_at: str | None = None
    """Of the first capture that shows the version (`archive.index.evidence`), ISO 8601, UTC."""
    archive: str = field(default="Hemeroteca", converter=line)
    """Who keeps the archive."""
    record_id: str | None = None
    """WARC-Record-ID of that capture, <urn:uuid:…>."""
    record_type: str | None = None
    refers_to: str | None = None
    """Of a revisit, the record that holds the payload; of a rendering, that of the page that was rendered."""
    payload_digest: str | None = None
    file: str | None = None
    offset: int | None = None
    length: int | None = None
    """Where the record stands; None where it is in no WARC file of the collection."""

    @property
    def key(self) -> str:
        """Its name in a bibliography: the same for ever, and no other version's."""
        return f"{_KEY.sub('-', self.site.lower()).strip('-.')}-{self.ref}-v{self.version}"

    @property
    def creators(self) -> tuple[Name, ...]:
        """The authors; where no person is named, the agency."""
        return self.authors or ((Name(self.agency),) if self.agency else ())

    @property
    def headline(self) -> str:
        """The title; in brackets that it has none."""
        return self.title or "[no title]"

    @property
    def captured(self) -> str | None:
        """When it was captured, to the second: 2026-11-24T00:39:37Z."""
        return f"{self.captured_at[:19]}Z" if self.captured_at else None

    @property
    def address(self) -> str:
        """The URL with nothing in it that ends one in a file: blanks, braces, backslashes, quotes."""
        return re.sub(r'[\s{}\\"<>^`|]', lambda match: f"%{ord(match[0]):02X}", self.url)

    @property
    def copy(self) -> str:
        """The archived copy in words: id, version, capture, record, digest."""
        parts = [f"{self.archive}, id {self.ref}, version {self.version}"]
        if self.captured:
            parts.append(f"captured {self.captured}")
        if self.record_id:
            kind = {"conversion": ", rendered from", "revisit": ", revisit of"}.get(self.record_type or "")
            behind = f"{kind} {self.refers_to}" if kind and self.refers_to else ""
            parts.append(f"WARC record {self.record_id}{behind}")
        if self.payload_digest:
            parts.append(f"payload {self.payload_digest}")
        return "; ".join(parts)

    @property
    def note(self) -> str:
        """The archived copy, and what the page states of its times and its agency."""
        parts = [f"Archived copy: {self.copy}."]
        parts.append(f"Published {self.published}." if self.published else "The page states no date.")
        if self.modified:
            parts.append(f"Modified {self.modified}.")
        if self.agency and self.authors:
            parts.append(f"Agency: {self.agency}.")
        return " ".join(parts)
