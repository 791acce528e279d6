"""One connection, teed below Twisted's parser and above TLS: what goes over it becomes exchanges.

`WireProtocol` keeps what is written while a request is sent and what is received, and learns from
`_finishResponse(rest)` and `connectionLost` where the message ends. `_WireParser` tells where a head ends,
skips 1xx heads and reads a few heads that Twisted refuses.
"""

# mypy: disable-error-code="no-untyped-call, union-attr"
# Twisted's classes are half typed, and a connection without a transport is not one.

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure as TxFailure
from twisted.web.http import _ChunkedTransferDecoder, _IdentityTransferDecoder

from archive.model import Truncation
from crawler.exchange import CLOSED, NO_HANDSHAKE, UNPARSABLE, Exchange, Trace

HEAD_LIMIT = 512 << 10
"""Bytes after which a response head that does not end is given up."""
TAG = "_hemeroteca_trace"
"""Attribute of Twisted's request that holds its Trace."""


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


class WireProtocol(_LenientHTTP11ClientProtocol):
    """One connection; keeps what one exchange after the other sends and receives."""

    _exchange: Exchange | None = None
    _max_body = 0
    _used = False
    _finishing = False
    _handshake_timer: Any = None

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
        """Open an exchange, and send."""
        if self._state != "QUIESCENT":
            return super().request(request)
        trace: Trace = getattr(request, TAG)
        exchange = self._exchange = trace.begin(self, reused=self._used)
        if not self._used and ISSLTransport.providedBy(self.transport):
            self._await_handshake(exchange, trace.handshake_seconds)
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

    def _await_handshake(self, exchange: Exchange, seconds: float) -> None:
        """Give up a server that says nothing to TLS, long before one that takes its time for an answer."""
        from twisted.internet import reactor

        clock: Any = reactor
        self._handshake_timer = clock.callLater(seconds, self._handshake_is_late, exchange)

    def _handshake_is_late(self, exchange: Exchange) -> None:
        handle: Any = self.transport.getHandle()
        if handle is not None and handle.get_cipher_name() is None:
            self.leave(exchange, truncated="time", broken=NO_HANDSHAKE)
            self.transport.abortConnection()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Keep what came, and let it be parsed."""
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
        """End the exchange: whole where its body runs to the end of the connection."""
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
        if self._handshake_timer is not None and self._handshake_timer.active():
            self._handshake_timer.cancel()
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


class WireFactory(_LenientHTTP11ClientFactory):
    """Makes connections for Scrapy's pool."""

    noisy = False

    def buildProtocol(self, addr: Any) -> WireProtocol:  # noqa: ARG002, N802 - Twisted's names
        """Make one."""
        return WireProtocol(self._quiescentCallback)
