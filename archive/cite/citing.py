"""Citations of a collection's articles: fields and captures from the index, papers' names from profiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.cite import Citation, line
from archive.cite.names import Name, name_of
from archive.errors import HemerotecaError
from archive.index.evidence import evidence_of
from archive.index.results import ArticleRow, CaptureRow
from archive.index.search import Search
from archive.settings import Settings
from archive.sites.registry import Registry

if TYPE_CHECKING:
    from archive.extract.page import ParsedPage

_LONGEST = 80
"""Characters of a paper's name; what is longer is a slogan or a headline."""
_PAPERS = frozenset({"NewsMediaOrganization", "Organization", "WebSite"})


class Citing:
    """Makes citations from an open index."""

    def __init__(self, search: Search, settings: Settings) -> None:
        self._search = search
        self._settings = settings
        self._registry = Registry.load(settings.sites_folder, strict=False)

    def of(self, article: ArticleRow, number: int | None = None) -> Citation:
        """Return the citation of a version, of the current one where none is named.

        Raises NothingFoundError for a version that is not there.
        """
        version = self._search.version(article, number)
        evidence = evidence_of(self._search, article, number)
        capture = evidence.capture if evidence else None
        newspaper, publisher = self._paper(version.site, version.url, capture)
        return Citation(
            ref=article.ref,
            version=version.number,
            site=version.site,
            newspaper=newspaper,
            publisher=publisher,
            authors=tuple(
                Name(whole) if whole.casefold() == newspaper.casefold() else name_of(whole, version.lang)
                for whole in map(line, version.authors)
                if whole
            ),
            agency=version.agency,
            title=version.title,
            section=version.section,
            lang=version.lang,
            published=version.published,
            modified=version.modified,
            url=version.url,
            captured_at=evidence.captured_at if evidence else None,
            archive=self._settings.operator or "Hemeroteca",
            record_id=evidence.record_id if evidence else None,
            record_type=capture.record_type if capture else None,
            refers_to=capture.refers_to if capture else None,
            payload_digest=capture.payload_digest if capture else None,
            file=capture.file if capture else None,
            offset=capture.offset if capture else None,
            length=capture.length if capture else None,
        )

    def _paper(self, site: str, url: str, capture: CaptureRow | None) -> tuple[str, str | None]:
        """Return the newspaper's name and publisher: of its profile; without one, what the page calls it."""
        if site in self._registry:
            profile = self._registry.get(site)
            return profile.title, profile.publisher
        page = self._page(url, capture)
        return next((name for name in _names(page) if len(name) <= _LONGEST), site) if page else site, None

    def _page(self, url: str, capture: CaptureRow | None) -> ParsedPage | None:
        """Return the page as stored; None where it cannot be read: the host does then, as for any site."""
        from archive.extract.page import parse  # it loads all of the extractor
        from archive.model import Page
        from archive.warc.reader import payload, read_capture

        if capture is None:
            return None
        folder, limit = self._settings.collection, self._settings.max_payload_bytes
        try:
            stored = read_capture(folder, capture.location, whole=False)
            data = payload(folder, stored, limit, lambda it: self._search.capture(it.record_id).location).data
        except HemerotecaError:
            return None
        return parse(Page(url=url, payload=data, content_type=capture.content_type, fetched_at=capture.time))


def _names(page: ParsedPage) -> Iterator[str]:
    """Yield what a page calls its paper, the surest first."""
    from archive.extract.page import ld_text, types_of

    yield from filter(None, [line(page.first_meta("og:site_name") or "")])
    for node in page.ld:
        publisher = node.get("publisher")
        named = publisher if isinstance(publisher, dict) else node
        if named is publisher or not _PAPERS.isdisjoint(types_of(node)):
            yield from filter(None, [line(ld_text(named.get("name")))])
