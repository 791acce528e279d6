"""Between an answer that is in the archive and the spider: pages that need a browser are rendered there.

What goes on to the spider in the answer's place is the rendering, a conversion record that refers to it. All
that the page's scripts ask for takes the way of every other request: robots.txt, the pace of the host, the
check of the address, the archive, and only then the browser.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import BrowserError, HemerotecaError
from archive.model import Capture, Failure, Found, Rendering, StoredCapture
from archive.process import is_page
from archive.sites.render import Render
from archive.urls import bare_host
from crawler.exchange import found_of
from crawler.politeness import slot_host
from crawler.recorder import ArchiveStoppedError
from crawler.rendering import Answer, Asked, PageInBrowser, RenderError, RenderStoppedError
from crawler.session import Session, session_of
from crawler.spiders.news import payload_from

_KEPT_BYTES = 32 << 20
"""Scripts and style sheets of a site that are kept for its other pages: they are fetched once a run."""
_SHARED = ("Script", "Stylesheet")


class NotRenderedError(IgnoreRequest):
    """A page was archived, but the browser made nothing of it."""


class RenderMiddleware:
    """Renders the answers to requests that ask for it (`meta["render"]`)."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Join the browser of the process."""
        assert session.browser is not None
        assert session.target.site is not None
        self._crawler = crawler
        self._session = session
        self._browser = session.browser
        self._rules: Render = session.target.site.render
        self._hosts = frozenset(self._rules.hosts)
        self._own = tuple(bare_host(domain) for domain in session.target.site.domains)
        self.kept = _Kept()
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderMiddleware:
        """Find the session of the crawler."""
        return cls(crawler, session_of(crawler))

    def _opened(self) -> None:
        self._browser.join()

    async def _closed(self) -> None:
        await self._browser.part()

    async def process_request(self, request: Request) -> None:
        """Have the browser ready before a page is fetched for it. Raises BrowserError: the crawl ends."""
        if request.meta.get("render"):
            try:
                await self._browser.start()
            except BrowserError as error:
                self._session.recorder.stop(error)
                raise

    async def process_response(self, request: Request, response: Response) -> Response:
        """Render a page. Raises NotRenderedError, ArchiveStoppedError, BrowserError."""
        stored = request.meta.get("stored")
        if not request.meta.get("render") or not isinstance(stored, StoredCapture) or not is_page(stored):
            return response
        began, started = datetime.now(UTC), time.monotonic()
        limit = self._session.settings.max_payload_bytes
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        first = Answer(response.status, headers, payload_from(response, stored, limit).data)
        network = _Network(self._crawler, self, stored)
        try:
            async with self._browser.page() as (_, line):
                page = PageInBrowser(
                    cdp=line,
                    url=stored.capture.url,
                    first=first,
                    rules=self._rules,
                    network=network,
                    is_allowed=self._allows(stored.capture.url),
                    most_bytes=limit,
                )
                taken = await page.render()
                name = self._browser.name
        except (RenderStoppedError, asyncio.CancelledError) as error:
            raise ArchiveStoppedError("the crawl ends: the page is rendered another time") from error
        except BrowserError as error:
            self._session.recorder.stop(error)
            raise
        except (HemerotecaError, IgnoreRequest):
            raise
        except Exception as error:
            await self._note_failure(request, stored, began, error)
            raise NotRenderedError(f"not rendered: {_words(error)}") from error
        rendering = Rendering(
            of=stored,
            html=taken.html,
            taken_at=datetime.now(UTC),
            duration_ms=round((time.monotonic() - started) * 1000),
            renderer=name,
            requests=taken.requests,
            left_out=taken.left_out,
            truncated=taken.truncated,
        )
        request.meta["stored"] = await self._keep(rendering)
        self._session.counts["rendered"] += 1
        return response

    async def _keep(self, rendering: Rendering) -> StoredCapture:
        def work(writer: object, index: object) -> StoredCapture:
            stored: StoredCapture = writer.write_rendering(rendering)  # type: ignore[attr-defined]
            index.put(stored)  # type: ignore[attr-defined]
            return stored

        return await self._session.recorder.run(work)

    async def _note_failure(
        self, request: Request, stored: StoredCapture, began: datetime, error: Exception
    ) -> None:
        await self._session.recorder.keep(
            Capture(
                url=stored.capture.url,
                fetched_at=began,
                found=found_of(request),
                failure=Failure(code=-5, reason=f"not rendered: {_words(error)}"),
            )
        )

    def _allows(self, url: str) -> Callable[[str], bool]:
        own = (*self._own, bare_host(urlsplit(url).netloc.lower()))

        def allows(host: str) -> bool:
            """Take the paper's own hosts, those below them, and those that the profile names."""
            bare = bare_host(host)
            below = any(bare == one or bare.endswith(f".{one}") for one in own)
            return below or host in self._hosts or host.partition(":")[0] in self._hosts

        return allows


class _Kept:
    """Scripts and style sheets fetched in this run, the least used go first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._bytes = 0

    def get(self, asked: Asked) -> Answer | None:
        answer = self._answers.get(asked.url) if asked.kind in _SHARED and asked.method == "GET" else None
        if answer is not None:
            self._answers.move_to_end(asked.url)
        return answer

    def put(self, asked: Asked, answer: Answer) -> None:
        if asked.kind not in _SHARED or asked.method != "GET" or answer.status != 200:
            return
        if asked.url not in self._answers:
            self._answers[asked.url] = answer
            self._bytes += len(answer.body)
        while self._bytes > _KEPT_BYTES:
            self._bytes -= len(self._answers.popitem(last=False)[1].body)


class _Network:
    """Answers what one page asks for, as crawler.rendering wants it."""

    def __init__(self, crawler: Crawler, middleware: RenderMiddleware, page: StoredCapture) -> None:
        self._crawler = crawler
        self._kept = middleware.kept
        self._page = page.capture

    async def fetch(self, asked: Asked) -> Answer | None:
        kept = self._kept.get(asked)
        if kept is not None:
            return kept
        request = Request(
            asked.url,
            method=asked.method,
            headers=asked.headers,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={
                "for_browser": True,
                "found": Found(by="embed", via=self._page.url, hop=self._page.found.hop + "E"),
                "dont_redirect": True,
                "dont_retry": True,
            },
        )
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except (ArchiveStoppedError, HemerotecaError):
            raise
        except Exception:  # noqa: BLE001 - refused or failed: the archive says why, the page gets nothing
            return None
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        answer = Answer(response.status, headers, response.body)
        self._kept.put(asked, answer)
        return answer

    def delay(self, url: str) -> float:
        engine = self._crawler.engine
        assert engine is not None
        slot = engine.downloader.slots.get(slot_host(url))
        return float(slot.delay if slot is not None else self._crawler.settings.getfloat("DOWNLOAD_DELAY"))

    def stopped(self) -> bool:
        return not self._crawler.crawling


def _words(error: Exception) -> str:
    said = " ".join(str(error).split())
    return said if isinstance(error, RenderError) else f"{type(error).__name__}: {said}"[:200]
