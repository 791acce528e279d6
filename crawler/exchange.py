"""One exchange as it grows on the wire, and the Capture it becomes, with a Failure where it went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import attrs
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from twisted.internet.error import ConnectError

from archive.model import Capture, Failure, Found, Truncation
from crawler.addresses import PrivateAddressError
from crawler.stopping import StopAskedError

CLOSED = "the server closed the connection"
UNPARSABLE = "unparsable"
NO_HANDSHAKE = "no answer to the TLS hello in time"


class NoHandshakeError(DownloadFailedError):
    """The server takes the connection and gives TLS no answer: it may speak plain http."""


class Line(Protocol):
    """The connection, as far as an exchange knows it."""

    def cut(self, exchange: Exchange, why: Truncation) -> None:
        """End a message before the server does."""

    def leave(self, exchange: Exchange, **end: Any) -> None:
        """End an exchange: nothing that comes later belongs to it."""


@attrs.define(eq=False)
class Exchange:
    """One request written to one connection, and what came back for it."""

    reused: bool
    """Sent on a kept connection."""
    started_at: datetime = attrs.field(factory=lambda: datetime.now(UTC))
    _started: float = attrs.field(factory=time.monotonic)
    sent: list[bytes] = attrs.field(factory=list)
    received: list[bytes] = attrs.field(factory=list)
    size: int = 0
    head_start: int = 0
    head_end: int | None = None
    excess: int = 0
    over: bool = False
    truncated: Truncation | None = None
    broken: str | None = None
    """Why the connection ended before the message did."""
    duration_ms: int = 0
    ip: str | None = None
    tls: str | None = None
    cipher: str | None = None
    handshake_missing: bool = False

    def add(self, data: bytes) -> None:
        """Keep received bytes."""
        self.received.append(data)
        self.size += len(data)

    def head_ended(self, offset: int, *, interim: bool) -> None:
        """Note where a head ended; after an interim (1xx) head the final one starts there."""
        if interim:
            self.head_start = offset
        else:
            self.head_end = offset

    @property
    def body_size(self) -> int:
        """Body bytes so far, as sent."""
        return 0 if self.head_end is None else self.size - self.head_end

    def end(self, *, excess: int = 0, truncated: Truncation | None = None, broken: str | None = None) -> None:
        """Close the exchange; only the first end counts."""
        if not self.over:
            self.over, self.excess, self.truncated, self.broken = True, excess, truncated, broken
            self.duration_ms = round((time.monotonic() - self._started) * 1000)

    def capture(self, url: str, found: Found, failure: Failure | None, *, proxied: bool) -> Capture:
        """Return the exchange as a Capture and let go of its bytes.

        Without a parsable head, `head` is what came up to a blank line, or all that came.
        """
        raw = b"".join(self.received)
        self.received.clear()
        raw = raw[: len(raw) - self.excess]
        end = _blank_line(raw, self.head_start) if self.head_end is None else self.head_end
        head = raw[self.head_start : end]
        version = "http/1.0" if head.startswith((b"HTTP/1.0", b"ICY ")) else "http/1.1"
        return Capture(
            url=url,
            fetched_at=self.started_at,
            request=b"" if self.handshake_missing else b"".join(self.sent),
            head=head,
            body=raw[end:],
            ip=None if proxied else self.ip,
            protocol=(version, self.tls) if self.tls else (version,),
            cipher=self.cipher,
            truncated=self.truncated if head else None,
            interim=raw[: self.head_start],
            duration_ms=self.duration_ms,
            found=found,
            failure=failure,
        )


def _blank_line(raw: bytes, start: int) -> int:
    """Return where the head ends by its first blank line, or the end of `raw`."""
    ends = [at + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := raw.find(mark, start)) >= 0]
    return min(ends, default=len(raw))


@attrs.define(eq=False)
class Trace:
    """All exchanges of one Scrapy request, and the bounds that hold for them."""

    max_body: int
    """Bytes of body, as sent; 0: no bound."""
    stopped: Callable[[], bool]
    handshake_seconds: float
    """Until a server that does not answer a TLS hello is given up."""
    exchanges: list[Exchange] = attrs.field(factory=list)
    line: Line | None = None
    timer: Any = None

    def begin(self, line: Line, *, reused: bool) -> Exchange:
        """Open the next exchange."""
        exchange = Exchange(reused=reused)
        self.exchanges.append(exchange)
        self.line = line
        return exchange

    def time_is_up(self) -> None:
        """Cut a body that is still coming; before the head, freeze and let Scrapy's own timeout speak."""
        if self.exchanges and self.line is not None:
            if self.exchanges[-1].head_end is not None:
                self.line.cut(self.exchanges[-1], "time")
            else:
                self.line.leave(self.exchanges[-1], truncated="time", broken="no answer in time")

    def close(self) -> None:
        """Stop the clock and freeze what is still open: data may go on arriving after an abort."""
        if self.timer is not None and self.timer.active():
            self.timer.cancel()
        if self.exchanges and self.line is not None:
            self.line.leave(self.exchanges[-1], truncated="unspecified", broken="given up")
        self.line = None


def found_of(request: Request) -> Found:
    """Return how this URL was found: what the request says, or the redirect that led here."""
    found = request.meta.get("found") or Found()
    redirects: list[str] = request.meta.get("redirect_urls") or []
    if not redirects:
        return found
    return attrs.evolve(found, by="redirect", via=redirects[-1], hop=found.hop + "R" * len(redirects))


def in_our_words(error: Exception, trace: Trace) -> Exception:
    """Return a more telling error where one exchange shows what went wrong."""
    last = trace.exchanges[-1] if trace.exchanges else None
    if last is None or isinstance(error, (PrivateAddressError, StopAskedError)):
        return error
    # What the server had to say to TLS stands in the error; here it had nothing to say, or hung up.
    if last.broken == NO_HANDSHAKE or (last.handshake_missing and "SSL" not in f"{last.broken} {error}"):
        return NoHandshakeError(last.broken or NO_HANDSHAKE)
    return error


def failure_of(error: Exception, exchange: Exchange | None) -> Failure:
    """Return Heritrix's code for what went wrong (archive.model.Failure) and one line of reason."""
    cause = error.__cause__ or error
    reason = " ".join(f"{type(error).__name__}: {error}".split()) or type(error).__name__
    if isinstance(error, (PrivateAddressError, StopAskedError)):
        return Failure(code=-5000 if isinstance(error, PrivateAddressError) else -7000, reason=str(error))
    if isinstance(error, CannotResolveHostError):
        return Failure(code=-1, reason=reason)
    if exchange is None:
        refused = (DownloadConnectionRefusedError, DownloadTimeoutError, ConnectError, TunnelError, OSError)
        return Failure(
            code=-2 if isinstance(error, refused) or isinstance(cause, refused) else -5, reason=reason
        )
    if exchange.handshake_missing:
        return Failure(code=-2, reason=f"TLS handshake failed: {exchange.broken or reason}")
    if isinstance(error, DownloadTimeoutError):
        return Failure(code=-4, reason=reason)
    broken = exchange.broken or reason
    if broken.startswith(UNPARSABLE):
        return Failure(code=-404, reason=broken)
    if not exchange.size and broken == CLOSED:
        return Failure(code=-404, reason=f"empty reply: {CLOSED}")
    return Failure(code=-5 if isinstance(error, IgnoreRequest) else -3, reason=broken)
