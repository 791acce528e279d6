"""The download handler that keeps every exchange exactly as it went over the wire.

Scrapy shows a response after it was parsed: header names rewritten, chunks joined, failures without their
bytes, and never the request. Only the download handler sees everything (pages, robots.txt, redirects,
retries, media, failures), so the archive sits here: `WireHandler` tees the connection below Twisted's parser
and above TLS, makes one `Capture` of each exchange, and waits for the recorder's word that it is stored
before the response goes on.

How it hooks in (Scrapy 2.19, Twisted 26.10; every underscored name of theirs stands in this module):

- `pool._factory` builds `_WireProtocol`, which tees what is written while a request is sent and what is
  received, and learns from `_finishResponse(rest)` and `connectionLost` where the message ends.
- The pool is wrapped for each request (`_RequestPool`), so that a direct connection, an HTTP proxy and a
  CONNECT tunnel all go through one place, and no marker header ever reaches the wire.
- `_WireParser` tells where a head ends, skips 1xx heads and reads a few heads that Twisted refuses.

One Scrapy request may make two exchanges (a kept connection that the server had just closed). Bodies are cut
by us and not by Scrapy, at DOWNLOAD_MAXSIZE and DOWNLOAD_TIMEOUT, so that a cut page is archived, marked
truncated, and still handed on with what came.
"""

# mypy: disable-error-code="no-untyped-call, union-attr"
# Twisted's classes are half typed, and a connection without a transport is not one.

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urldefrag

import attrs
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure as TxFailure
from twisted.web.http import _ChunkedTransferDecoder, _IdentityTransferDecoder

from archive.model import Capture, Failure, Truncation
from crawler.addresses import GuardedEndpoint, LateEndpoint, is_allowed, refuse_literal
from crawler.exchange import CLOSED, UNPARSABLE, Exchange, Trace, failure_of, found_of
from crawler.recorder import ArchiveStoppedError, recorder_of

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

HEAD_LIMIT = 512 << 10
"""Bytes after which a response head that does not end is given up."""
_TAG = "_hemeroteca_trace"


class _TeeTransport:
    """The transport as a request sees it while it is written; what it writes is kept."""

    def __init__(self, transport: Any, sent: list[bytes]) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent.append(data)
        self._transport.write(data)

    def writeSequence(self, parts: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        self.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _LenientChunks(_ChunkedTransferDecoder):
    """Chunk sizes with spaces around them and extensions of any kind: only the size counts."""

    def _dataReceived_CHUNK_LENGTH(self) -> bool:  # noqa: N802 - Twisted's name
        end = self._buffer.find(b"\r\n")
        if end >= 0:
            self._buffer[:end] = self._buffer[:end].partition(b";")[0].strip(b" \t")
            self._start = 0
        return super()._dataReceived_CHUNK_LENGTH()


class _WireParser(_LenientHTTPClientParser):
    """Tells the exchange where heads end, and reads some heads that Twisted refuses.

    It takes the place of the parser that Twisted has just made, as Scrapy's own does.
    """

    MAX_LENGTH = 256 << 10
    _transferDecoders: dict[bytes, Any] = {b"chunked": _LenientChunks}  # noqa: N815, RUF012 - Twisted's
    exchange: Exchange

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 - Twisted's name
        """SHOUTcast's `ICY 200 OK` is HTTP/1.0 in all but name."""
        super().statusReceived(b"HTTP/1.0" + status[3:] if status.startswith(b"ICY ") else status)

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        """A name that is no token (Latin-1 letters, spaces) is nothing to Scrapy; the archive has it."""
        with suppress(ValueError, UnicodeError):
            super().headerReceived(name, value)

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        interim = 100 <= self.response.code < 200
        self.exchange.head_ended(self.exchange.size - len(self._buffer), interim=interim)
        self._settle_framing()
        super().allHeadersReceived()

    def _settle_framing(self) -> None:
        """RFC 9112 §6.3: the body is chunked when the last coding is, else it runs to the end."""
        values = self.connHeaders.getRawHeaders(b"Transfer-Encoding")
        if not values:
            return
        last = b",".join(values).split(b",")[-1].strip().lower()
        if last == b"chunked":
            self.connHeaders.setRawHeaders(b"Transfer-Encoding", [b"chunked"])
        else:
            self.connHeaders.removeHeader(b"Transfer-Encoding")
            self.connHeaders.removeHeader(b"Content-Length")
            self.connHeaders.setRawHeaders(b"Connection", [b"close"])


class _WireProtocol(_LenientHTTP11ClientProtocol):
    """One connection; keeps what one exchange after the other sends and receives."""

    _exchange: Exchange | None = None
    _max_body = 0
    _used = False
    _finishing = False

    @property
    def state(self) -> str:
        """What the pool asks before it lends a kept connection out.

        One on which bytes or the server's goodbye wait already is not fit: bytes after a message would be
        taken for the answer to the next request, and a goodbye means that it would never be answered.
        """
        if self._state == "QUIESCENT" and self._used and not self._finishing and self._something_waits():
            self._state = "ABORTING"
            self.transport.abortConnection()
        return self._state

    def _something_waits(self) -> bool:
        try:
            self.transport.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except (OSError, AttributeError):
            pass
        return True

    def request(self, request: Any) -> Deferred[Any]:
        if self._state != "QUIESCENT":
            return super().request(request)
        trace: Trace = getattr(request, _TAG)
        exchange = self._exchange = trace.begin(self, reused=self._used)
        self._used = True
        self._max_body = trace.max_body
        # From the class each time: the pool sends the same object again when a kept connection was dead.
        request.writeTo = lambda transport: type(request).writeTo(
            request, _TeeTransport(transport, exchange.sent)
        )
        transport: Any = self.transport
        exchange.ip = getattr(transport.getPeer(), "host", None)
        deferred = super().request(request)
        parser: Any = self._parser
        if parser is not None:
            parser.__class__ = _WireParser
            parser.exchange = exchange
        return deferred

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._parser is None:
            # Nobody asked. Not to be lent out again, not even while TLS says goodbye.
            self._state = "ABORTING"
            self.transport.abortConnection()
            return
        exchange = self._exchange
        if exchange is None or exchange.over:
            super().dataReceived(data)
            return
        exchange.add(data)
        super().dataReceived(data)
        if self._too_long(exchange):
            self.cut(exchange, "length")

    def _too_long(self, exchange: Exchange) -> bool:
        if exchange.head_end is None:
            return exchange.size > HEAD_LIMIT
        return 0 < self._max_body < exchange.body_size

    def cut(self, exchange: Exchange, why: Truncation) -> None:
        """End a message before the server does; the reader gets what came."""
        if exchange is not self._exchange or exchange.over:
            return
        self.leave(exchange, truncated=why, broken="cut by the archive")
        self.transport.abortConnection()
        self._disconnectParser(TxFailure(ConnectionAborted()))

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        exchange = self._exchange
        if exchange is not None:
            # Before the call: the pool may send the next request inside it.
            self.leave(exchange, excess=len(rest))
        if rest and self._currentRequest is not None:
            # What follows a message could be taken for the answer to the next request.
            self._currentRequest.persistent = False
        self._finishing = True
        super()._finishResponse(rest)
        self._finishing = False

    def _giveUp(self, reason: TxFailure) -> None:  # noqa: N802 - Twisted's name
        exchange = self._exchange
        if exchange is not None and not reason.check(ConnectionDone):
            self.leave(exchange, truncated="unspecified", broken=f"{UNPARSABLE}: {reason.getErrorMessage()}")
        super()._giveUp(reason)

    def connectionLost(self, reason: TxFailure = connectionDone) -> None:  # noqa: N802 - Twisted's name
        exchange = self._exchange
        if exchange is not None:
            if self._runs_to_the_end() and reason.check(ConnectionDone):
                self.leave(exchange)
            else:
                self.leave(exchange, truncated="disconnect", broken=_why(reason))
        super().connectionLost(reason)

    def _runs_to_the_end(self) -> bool:
        decoder = getattr(self._parser, "bodyDecoder", None)
        return isinstance(decoder, _IdentityTransferDecoder) and decoder.contentLength is None

    def leave(self, exchange: Exchange, **end: Any) -> None:
        """End an exchange: nothing that comes later belongs to it. Only the first end counts."""
        if exchange.over:
            return
        self._exchange = None
        exchange.end(**end)
        if not ISSLTransport.providedBy(self.transport):
            return
        handle = self.transport.getHandle()
        exchange.cipher = None if handle is None else handle.get_cipher_name()
        # Without a cipher the handshake never ended: what was written is still in TLS's own buffer.
        exchange.handshake_missing = exchange.cipher is None and not exchange.size
        if exchange.cipher is not None:
            exchange.tls = handle.get_protocol_version_name().lower().replace("tlsv", "tls/")


def _why(reason: TxFailure) -> str:
    if reason.check(ConnectionDone):
        return CLOSED
    return reason.getErrorMessage() or reason.type.__name__


class _WireFactory(_LenientHTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: Any) -> _WireProtocol:  # noqa: ARG002, N802 - Twisted's names
        return _WireProtocol(self._quiescentCallback)


@attrs.frozen(eq=False)
class _Connection:
    """A pooled connection on loan to one request."""

    connection: Any
    trace: Trace

    def request(self, request: Any) -> Deferred[Any]:
        if self.trace.stopped():
            return fail(ArchiveStoppedError("the archive cannot be written: nothing more is fetched"))
        setattr(request, _TAG, self.trace)
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

    Settings: HEMEROTECA_ALLOW_PRIVATE (bool), DOWNLOAD_MAXSIZE, DOWNLOAD_TIMEOUT. The spider may have
    `private_hosts`, a set of "host" or "host:port" that may be private.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler's recorder: without one there is no archive, and no handler."""
        super().__init__(crawler)
        self._pool._factory = _WireFactory  # noqa: SLF001 - the hook
        self._recorder = recorder_of(crawler)
        self._allow_private = crawler.settings.getbool("HEMEROTECA_ALLOW_PRIVATE")
        self._under_way: set[Deferred[Any]] = set()
        self._recorder.on_stop(self._abort)

    async def download_request(self, request: Request) -> Response:
        """Fetch, archive, hand on. Raises what Scrapy's handler raises, ArchiveStoppedError, or
        PrivateAddressError; of the last two, and of a WarcWriteError, the spider sees no response.
        """
        if self._recorder.stopped:
            raise ArchiveStoppedError("the archive cannot be written: nothing more is fetched")
        request.meta.pop("stored", None)
        limit = request.meta.get("download_maxsize", self._default_maxsize)
        trace = Trace(max_body=limit, stopped=lambda: self._recorder.stopped)
        started_at, started = datetime.now(UTC), time.monotonic()
        response: Response | None = None
        error: Exception | None = None
        try:
            response = await self._fetch(request, trace)
        except Exception as caught:  # noqa: BLE001 - whatever it was, it is archived, then raised
            error = caught
        finally:
            trace.close()
        if isinstance(error, ArchiveStoppedError):
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
        yield attrs.evolve(capture, for_browser=True) if request.meta.get("for_browser") else capture

    def _abort(self) -> None:
        """Let nothing go on once the archive has failed."""
        for deferred in list(self._under_way):
            deferred.cancel()


_OURS_MEANWHILE = {"download_maxsize": 0, "download_warnsize": 0, "download_fail_on_dataloss": False}
"""Bounds that Scrapy would read from the request; while it is under way they are ours."""
