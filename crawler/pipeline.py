"""Pages to fields: the recorder's thread extracts, writes the record and the rows; then the link is done."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler

from archive.index.store import Index
from archive.model import StoredExtraction
from archive.process import Processor
from archive.warc.writer import WarcWriter
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

        def work(writer: WarcWriter, index: Index) -> StoredExtraction | None:
            return Processor(session.registry, writer, index, session.settings).process(
                item.stored, item.payload()
            )

        written = await session.recorder.run(work)
        verdict = written.extraction.verdict if written is not None else "listing"
        session.counts[_COUNTED.get(verdict, f"verdict_{verdict}")] += 1
        article = written.extraction.article if written is not None and verdict == "article" else None
        if article is not None:
            session.note_article(article)
        session.queue.settle(item.queued.id, "done", article=article is not None)
        return item
