"""Scrapy middlewares, each made smaller than Scrapy's own: what the archive and the frontier do is not done
twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.codings import remove_coding
from crawler.exchange import NoHandshakeError
from crawler.politeness import LONGEST_WAIT, slot_host
from crawler.session import Session, session_of

ACCEPTED = b"gzip, deflate, br, zstd"


class PaceMiddleware:
    """Tells the pace of a host what its answers say, whoever asked (robots.txt too)."""

    def __init__(self, session: Session) -> None:
        """Work for one session."""
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        """Find the session of the crawler."""
        return cls(session_of(crawler))

    def process_response(self, request: Request, response: Response) -> Response:
        """Take note, and let the answer pass."""
        latency = float(request.meta.get("download_latency", 0.0))
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        pace = self._session.politeness.of(slot_host(request.url))
        pace.answered(time.monotonic(), response.status, latency, wait)
        return response


class RetryLaterMiddleware(RetryMiddleware):
    """Scrapy's retries, with the wait that the server asks for handed to the frontier."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | Response:
        """Note Retry-After (RFC 9110 §10.2.3) on the request that goes back to the frontier."""
        again = super().process_response(request, response)
        if isinstance(again, Request):
            wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            if wait is not None:
                if wait > LONGEST_WAIT:
                    return response
                again.meta["retry_after"] = wait
        return again

    def process_exception(
        self,
        request: Request,
        exception: Exception,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | Response | None:
        """Ask a server that says nothing to TLS once more, and no oftener: each time takes seconds."""
        if isinstance(exception, NoHandshakeError):
            request.meta["max_retry_times"] = 1
        return super().process_exception(request, exception)


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, a number or an HTTP date; None where it says nothing."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


class FrontierRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, without its Referer: the new request goes through the frontier like every other."""

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002
        """Send none: which page led here stands in the archive."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        pass


class AskingMiddleware:
    """Says in every request who asks and what is read, and how long it may take.

    One step in the place of four of Scrapy's (default headers, user agent, compression, timeout): each step
    costs every request as much as it does there.
    """

    def __init__(self, headers: Mapping[bytes, bytes], timeout: float) -> None:
        """`headers` that a request lacks; `timeout` in seconds."""
        self._headers = dict(headers)
        self._timeout = timeout

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AskingMiddleware:
        """Read DEFAULT_REQUEST_HEADERS, USER_AGENT and DOWNLOAD_TIMEOUT."""
        settings = crawler.settings
        headers = {
            name.encode("latin-1"): value.encode("latin-1")
            for name, value in settings.getdict("DEFAULT_REQUEST_HEADERS").items()
            if value is not None
        }
        headers[b"User-Agent"] = settings["USER_AGENT"].encode()
        headers[b"Accept-Encoding"] = ACCEPTED
        return cls(headers, settings.getfloat("DOWNLOAD_TIMEOUT"))

    def process_request(self, request: Request) -> None:
        """Complete a request."""
        for name, value in self._headers.items():
            request.headers.setdefault(name, value)
        request.meta.setdefault("download_timeout", self._timeout)


class BoundedCompressionMiddleware:
    """Decompresses only what Scrapy's own parts read (robots.txt).

    Pages, feeds and sitemaps are read from their capture (archive.http.payload_of), with the same bound.
    """

    def __init__(self, limit: int) -> None:
        """`limit`: bytes of a decompressed body."""
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BoundedCompressionMiddleware:
        """Read the bound from the settings."""
        return cls(crawler.settings.getint("HEMEROTECA_MAX_PAYLOAD"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Decompress what is not the spider's. Raises IgnoreRequest over the bound."""
        if "queued" in request.meta or not response.headers.get("Content-Encoding"):
            return response
        body = response.body
        codings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower().split(",")
        for coding in reversed([one.strip() for one in codings if one.strip() not in ("", "identity")]):
            body, _ = remove_coding(coding, body, self._limit + 1)
        if len(body) > self._limit:
            raise IgnoreRequest(f"{response.url} is larger than {self._limit} bytes when decompressed")
        response = response.replace(body=body)
        del response.headers["Content-Encoding"]
        return response
