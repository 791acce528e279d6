"""The download handler that keeps every exchange exactly as it went over the wire.

Scrapy shows a response after it was parsed: header names rewritten, chunks joined, failures without their
bytes, and never the request. Only the download handler sees everything (pages, robots.txt, redirects,
retries, media, failures), so the archive sits here: `WireHandler` tees the connection below Twisted's parser
and above TLS, makes one `Capture` of each exchange, and waits for the recorder's word that it is stored
before the response goes on.

How it hooks in (Scrapy 2.19, Twisted 26.10; every underscored name of theirs stands in this module and in
crawler.connection):

- `pool._factory` builds connections that tee what is sent and received (crawler.connection).
- The pool is wrapped for each request (`_RequestPool`), so that a direct connection, an HTTP proxy and a
  CONNECT tunnel all go through one place, and no marker header ever reaches the wire.

One Scrapy request may make two exchanges (a kept connection that the server had just closed). Bodies are cut
by us and not by Scrapy, at DOWNLOAD_MAXSIZE and DOWNLOAD_TIMEOUT, so that a cut page is archived, marked
truncated, and still handed on with what came.
"""

# mypy: disable-error-code="no-untyped-call"
# Twisted's classes are half typed.

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urldefrag

import attrs
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred, fail

from archive.model import Capture, Failure
from crawler.addresses import GuardedEndpoint, LateEndpoint, is_allowed, refuse_literal
from crawler.connection import TAG, WireFactory
from crawler.exchange import Trace, failure_of, found_of, in_our_words
from crawler.recorder import ArchiveStoppedError, recorder_of
from crawler.stopping import STOP_ASKED, TIME_IS_UP, StopAskedError

WIRE_SETTINGS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {"http": "crawler.wire.WireHandler", "https": "crawler.wire.WireHandler"},
    # A cut body goes on with what came: the capture says that it is truncated.
    "DOWNLOAD_FAIL_ON_DATALOSS": False,
    # The size warning would be ours to give, and the archive already says it.
    "DOWNLOAD_WARNSIZE": 0,
    # HTTP/1.1 is spoken through the asyncio reactor; the recorder's answers come back through its loop.
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
}
"""What Scrapy must be told for this module to work; crawler.settings takes it in."""

HANDSHAKE_SECONDS = 10.0


@attrs.frozen(eq=False)
class _Connection:
    """A pooled connection on loan to one request."""

    connection: Any
    trace: Trace

    def request(self, request: Any) -> Deferred[Any]:
        if self.trace.stopped():
            return fail(ArchiveStoppedError("the archive cannot be written: nothing more is fetched"))
        setattr(request, TAG, self.trace)
        return self.connection.request(request)  # type: ignore[no-any-return]


@attrs.frozen(eq=False)
class _RequestPool:
    """The handler's pool, as one request sees it."""

    pool: Any
    trace: Trace
    guarded_host: str | None

    @property
    def persistent(self) -> bool:
        return bool(self.pool.persistent)

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        if self.guarded_host is not None:
            endpoint = GuardedEndpoint(endpoint, self.guarded_host)
        deferred = self.pool.getConnection(key, endpoint)
        return deferred.addCallback(lambda connection: _Connection(connection, self.trace))  # type: ignore[no-any-return]


class _WireAgent(_ScrapyAgent):
    """Scrapy's agent over the wrapped pool, with our clock running a moment before its own."""

    def __init__(self, *, trace: Trace, guarded_host: str | None, **options: Any) -> None:
        super().__init__(**options)
        self._trace = trace
        self._guarded_host = guarded_host

    def _get_agent(self, request: Request, timeout: float) -> Any:
        from twisted.internet import reactor

        clock: Any = reactor
        self._trace.timer = clock.callLater(timeout, self._trace.time_is_up)
        agent: Any = super()._get_agent(request, timeout)
        agent._pool = _RequestPool(agent._pool, self._trace, self._guarded_host)  # noqa: SLF001 - see above
        agent._getEndpoint = partial(LateEndpoint, agent._getEndpoint)  # noqa: SLF001 - see above
        return agent


class WireHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler, with every exchange in the archive before its response goes on.

    In: `request.meta["found"]` (archive.model.Found) and "for_browser". Out: `request.meta["stored"]`, and so
    `response.meta["stored"]`: the StoredCapture, or StoredFailure, of the last exchange.

    Settings: HEMEROTECA_ALLOW_PRIVATE (bool), HEMEROTECA_HANDSHAKE_TIMEOUT (seconds), DOWNLOAD_MAXSIZE,
    DOWNLOAD_TIMEOUT. The spider may have `private_hosts`, a set of "host" or "host:port" that may be private.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler's recorder: without one there is no archive, and no handler."""
        super().__init__(crawler)
        self._pool._factory = WireFactory  # noqa: SLF001 - the hook
        self._recorder = recorder_of(crawler)
        self._allow_private = crawler.settings.getbool("HEMEROTECA_ALLOW_PRIVATE")
        self._handshake = crawler.settings.getfloat("HEMEROTECA_HANDSHAKE_TIMEOUT", HANDSHAKE_SECONDS)
        self._under_way: set[Deferred[Any]] = set()
        self._ends = self._cut = False
        self._recorder.on_stop(self._abort)
        crawler.signals.connect(self._end, STOP_ASKED)
        crawler.signals.connect(self._cut_off, TIME_IS_UP)

    async def download_request(self, request: Request) -> Response:
        """Fetch, archive, hand on. Raises what Scrapy's handler raises, ArchiveStoppedError, or
        PrivateAddressError; of the last two, and of a WarcWriteError, the spider sees no response.
        """
        if self._recorder.stopped:
            raise ArchiveStoppedError("the archive cannot be written: nothing more is fetched")
        if self._ends:
            raise StopAskedError
        request.meta.pop("stored", None)
        limit = request.meta.get("download_maxsize", self._default_maxsize)
        trace = Trace(
            max_body=limit, handshake_seconds=self._handshake, stopped=lambda: self._recorder.stopped
        )
        started_at, started = datetime.now(UTC), time.monotonic()
        response: Response | None = None
        error: Exception | None = None
        try:
            response = await self._fetch(request, trace)
        except Exception as caught:  # noqa: BLE001 - whatever it was, it is archived, then raised
            error = StopAskedError() if self._cut else in_our_words(caught, trace)
        finally:
            trace.close()
        if isinstance(error, ArchiveStoppedError) and not trace.exchanges:
            raise error
        elapsed = round((time.monotonic() - started) * 1000)
        await self._keep(request, self._captures(request, trace, error, started_at, elapsed))
        if error is not None:
            raise error
        assert response is not None
        return response

    async def _fetch(self, request: Request, trace: Trace) -> Response:
        agent = _WireAgent(
            trace=trace,
            guarded_host=self._guarded_host(request),
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=0,
            warnsize=0,
            fail_on_dataloss=False,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        asked = {key: request.meta[key] for key in _OURS_MEANWHILE if key in request.meta}
        request.meta.update(_OURS_MEANWHILE)
        deferred: Deferred[Response] | None = None
        try:
            with wrap_twisted_exceptions():
                deferred = agent.download_request(request)
                self._under_way.add(deferred)
                return await maybe_deferred_to_future(deferred)
        finally:
            for key in _OURS_MEANWHILE:
                del request.meta[key]
            request.meta.update(asked)
            if deferred is not None:
                self._under_way.discard(deferred)

    def _guarded_host(self, request: Request) -> str | None:
        """Return the host whose peer is to be looked at. Raises PrivateAddressError for a literal address."""
        url = urlparse_cached(request)
        host = url.hostname or ""
        allowed = getattr(self._crawler.spider, "private_hosts", ())
        if self._allow_private or is_allowed(host, url.port, allowed):
            return None
        refuse_literal(host)
        return None if request.meta.get("proxy") else host

    async def _keep(self, request: Request, captures: Iterator[Capture]) -> None:
        # In its own frame, so that no traceback keeps the bytes.
        for capture in captures:
            request.meta["stored"] = await self._recorder.keep(capture)

    def _captures(
        self, request: Request, trace: Trace, error: Exception | None, started_at: datetime, elapsed: int
    ) -> Iterator[Capture]:
        url, found = urldefrag(request.url)[0], found_of(request)
        proxied = bool(request.meta.get("proxy"))
        for exchange in trace.exchanges[:-1]:
            reason = f"the kept connection was dead ({exchange.broken}); asked again on a new one"
            yield exchange.capture(url, found, Failure(code=-3, reason=reason), proxied=proxied)
        last = trace.exchanges[-1] if trace.exchanges else None
        failure = None if error is None else failure_of(error, last)
        if last is not None:
            capture = last.capture(url, found, failure, proxied=proxied)
        else:
            capture = Capture(url=url, fetched_at=started_at, found=found, failure=failure)
            capture = attrs.evolve(capture, duration_ms=elapsed)
        if isinstance(error, StopAskedError):
            # The next run fetches it whole; a part of it would be taken for the page until then.
            capture = attrs.evolve(capture, head=b"", body=b"", interim=b"", truncated=None)
        yield attrs.evolve(capture, for_browser=True) if request.meta.get("for_browser") else capture

    def _end(self) -> None:
        """Let nothing more go out."""
        self._ends = True

    def _cut_off(self) -> None:
        """Let nothing go on."""
        self._ends = self._cut = True
        self._abort()

    def _abort(self) -> None:
        for deferred in list(self._under_way):
            deferred.cancel()


_OURS_MEANWHILE = {"download_maxsize": 0, "download_warnsize": 0, "download_fail_on_dataloss": False}
"""Bounds that Scrapy would read from the request; while it is under way they are ours."""
