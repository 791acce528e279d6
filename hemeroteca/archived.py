"""Pages and lists that are in the archive, by their address."""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import frozen

from archive.http import parse_head
from archive.index.results import CaptureRow
from archive.index.search import Search
from archive.model import Page
from archive.settings import Settings
from archive.urls import absolute
from archive.warc.reader import payload, read_capture

_REDIRECTS = 10


@frozen
class Archived:
    """Reads a collection: its index tells where, its WARC files tell what."""

    settings: Settings
    search: Search

    def latest(self, url: str) -> CaptureRow | None:
        """Return the latest capture of a URL that gave a page or a list, redirects followed; else None."""
        for _ in range(_REDIRECTS):
            rows = [row for row in self.search.captures_of_url(url) if row.status is not None]
            good = [row for row in rows if row.gave_page]
            if good:
                return good[-1]
            target = self._target(rows[-1]) if rows else None
            if target is None:
                return None
            url = target
        return None

    def page(self, row: CaptureRow) -> Page:
        """Return what extraction reads of a capture. Raises what reading the WARC raises."""
        stored = read_capture(self.settings.collection, row.location)
        body = payload(
            self.settings.collection,
            stored,
            self.settings.max_payload_bytes,
            lambda original: self.search.capture(original.record_id).location,
        )
        return Page(
            url=row.url,
            payload=body.data,
            content_type=row.content_type,
            fetched_at=stored.capture.fetched_at,
        )

    def robots(self, url: str) -> Page | None:
        """Return the robots.txt of a URL's host; None where the archive has none."""
        parts = urlsplit(url)
        row = self.latest(f"{parts.scheme}://{parts.netloc}/robots.txt")
        return self.page(row) if row is not None else None

    def _target(self, row: CaptureRow) -> str | None:
        """Return where a capture that is a redirect leads to."""
        if not 300 <= (row.status or 0) < 400 or row.status == 304:
            return None
        head = parse_head(read_capture(self.settings.collection, row.location).capture.head)
        named = next((value for name, value in head.headers if name.lower() == "location"), None)
        return absolute(row.url, named)
