"""Pages to fields: the recorder's thread extracts, writes the record and the rows; then the link is done."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen
from scrapy.crawler import Crawler

from archive.index import keys
from archive.index.sightings import Sighting
from archive.index.store import Index
from archive.model import Article, Extraction
from archive.process import Processor
from archive.warc.writer import WarcWriter
from crawler.rechecks import Outcome
from crawler.session import Session, session_of
from crawler.spiders.news import PageItem

_COUNTED = {"article": "articles", "listing": "listings"}


class ExtractPipeline:
    """The straight line of archive.process, on the thread that owns the archive."""

    def __init__(self, session: Session) -> None:
        """Work for one session."""
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExtractPipeline:
        """Find the session of the crawler."""
        return cls(session_of(crawler))

    async def process_item(self, item: Any) -> Any:
        """Extract one page. Raises what the recorder raises; the link then stays queued."""
        if not isinstance(item, PageItem):
            return item
        session = self._session
        if not session.settings.extract:
            session.queue.settle(item.queued.id, "done", article=item.queued.link.kind == "article")
            return item

        if item.queued.is_recheck and session.rechecks.is_same_page(item.queued, item.stored):
            session.note_check(item.queued, self._outcome(item, None, changed=False))
            return item

        def work(writer: WarcWriter, index: Index) -> Read:
            return read(Processor(session.registry, writer, index, session.settings), item)

        result = await session.recorder.run(work)
        session.counts[_COUNTED.get(result.verdict, f"verdict_{result.verdict}")] += 1
        if item.queued.link.kind == "article":
            session.observer.page(result.extraction, item.stored, known=item.queued.is_recheck)
        self._settle(item, result)
        return item

    def _settle(self, item: PageItem, result: Read) -> None:
        """Say what became of the link, and what is known of the article by now."""
        session, queued, article = self._session, item.queued, result.article
        if queued.is_recheck and article is None:
            session.settle(queued, "failed", f"no article any more: {result.verdict}")
        elif queued.is_recheck:
            session.note_check(queued, self._outcome(item, article, changed=result.is_new))
        else:
            if article is not None:
                session.counts[result.news] += 1
                session.note_published(article)
                at = item.stored.capture.fetched_at
                session.rechecks.first(queued, result.article_id, article, at, result.history)
            session.queue.settle(queued.id, "done", article=article is not None)

    def _outcome(self, item: PageItem, article: Article | None, *, changed: bool) -> Outcome:
        return self._session.rechecks.outcome(item.queued, item.stored, changed=changed, article=article)


@frozen(kw_only=True)
class Read:
    """What reading a page gave, beside what the archive had of the article."""

    extraction: Extraction | None = None
    """None for what is no page that is read: a feed, a sitemap."""
    article_id: int = 0
    is_new: bool = True
    """No capture has shown this wording before."""
    history: list[Sighting] = field(factory=list)
    """Captures of the article, this one included, where there were others before it."""

    @property
    def verdict(self) -> str:
        """What the page was found to be."""
        return self.extraction.verdict if self.extraction is not None else "listing"

    @property
    def article(self) -> Article | None:
        """The article, if it is one."""
        return self.extraction.article if self.extraction is not None else None

    @property
    def news(self) -> str:
        """Name of the count."""
        return "new_articles" if not self.history else "new_versions" if self.is_new else "unchanged"


def read(processor: Processor, item: PageItem) -> Read:
    """Extract a page; on the recorder's thread, whose index sees all that was written before."""
    extraction = processor.read(item.stored, item.payload())
    if extraction is None:
        return Read()
    article = extraction.article if extraction.verdict == "article" else None
    if article is None:
        processor.keep(extraction, item.stored)
        return Read(extraction=extraction)
    article_id = keys.article_id(article.site, article.key)
    known = processor.index.versions_of(article_id)
    processor.keep(extraction, item.stored)
    again = known and not item.queued.is_recheck
    return Read(
        extraction=extraction,
        article_id=article_id,
        is_new=not processor.index.versions_of(article_id) <= known,
        history=processor.index.sightings_of(article_id) if again else [],
    )
