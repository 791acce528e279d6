"""robots.txt, obeyed (RFC 9309), for requests that wait together too, and kept as evidence.

Scrapy 2.14 to 2.19 let requests through that wait for the same robots.txt: all but the first waiter on its
shared Deferred get None, which means "no rules" (under `Disallow: /`, 8 of 10 concurrent URLs are fetched).
Here each waiter awaits one task and reads its result.

What else is done as the RFC says: 4xx means no rules (§2.3.1.3), 5xx and unreachable mean that everything is
forbidden (§2.3.1.4), asked again after a while; at most five redirects (§2.3.1.2); at least 500 KiB are read
(§2.5); no longer kept than 24 hours (§2.4). 429 is treated as 5xx: a server that asks for less is not taken
to allow everything. Crawl-delay, which is not in the RFC, is honoured up to two minutes.

The fetch goes through the download handler, so robots.txt is in the archive. A URL that is not fetched is a
fact of the archive too: a failure record, -9998 where a rule forbids it, -61 where robots.txt was not had.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

import attrs
from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.python import to_unicode

from archive.model import Capture, Failure, Found
from crawler.addresses import PrivateAddressError
from crawler.exchange import found_of
from crawler.reasons import reason_of
from crawler.recorder import ArchiveStoppedError, recorder_of

if TYPE_CHECKING:
    from scrapy import Spider

logger = logging.getLogger(__name__)

ROBOTS_SETTINGS: dict[str, Any] = {
    "ROBOTSTXT_OBEY": True,
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "crawler.robots.RobotsMiddleware": 100,
    },
}
"""What Scrapy must be told to obey robots.txt this way; crawler.settings takes it in.

ROBOTSTXT_USER_AGENT is the name that rules are looked up under; without it, the product token of USER_AGENT.
"""

SIZE_LIMIT = 500 << 10
REDIRECT_LIMIT = 5
KEPT_SECONDS = 24 * 3600.0
RETRY_SECONDS = 600.0
"""Until a robots.txt that could not be had is asked for again."""
LONGEST_DELAY = 120.0
_PRODUCT_TOKEN = re.compile(r"[A-Za-z_-]+")


class RobotsForbiddenError(IgnoreRequest):
    """Not fetched because of robots.txt; `failure` is what the archive says about it."""

    def __init__(self, failure: Failure) -> None:
        """Keep the failure."""
        super().__init__(f"Forbidden by robots.txt: {failure.reason}")
        self.failure = failure


@attrs.frozen(eq=False)
class Policy:
    """What one authority's robots.txt says."""

    expires: float
    """On the monotonic clock."""
    rules: Protego | None = None
    """None: no rules."""
    unreachable: str | None = None
    """Why robots.txt could not be had: everything is forbidden."""
    stands_aside: bool = False
    """The page's own fetch will tell what is wrong (a private address)."""

    def failure_for(self, url: str, agent: str) -> Failure | None:
        """Return why `url` is not to be fetched, None where it may be."""
        if self.stands_aside:
            return None
        if self.unreachable is not None:
            return Failure(code=-61, reason=f"robots.txt could not be had: {self.unreachable}")
        if self.rules is not None and not self.rules.can_fetch(url, agent):
            return Failure(code=-9998, reason=f"robots.txt forbids it to {agent}")
        return None

    def delay_for(self, agent: str) -> float | None:
        """Return Crawl-delay in seconds, bounded, None where none is stated."""
        delay = None if self.rules is None else self.rules.crawl_delay(agent)
        return None if delay is None else min(float(delay), LONGEST_DELAY)


class RobotsMiddleware(RobotsTxtMiddleware):
    """Takes the place of Scrapy's. Authorities are told apart by scheme, host and port (RFC 9309 §2.3)."""

    def __init__(self, crawler: Crawler) -> None:
        """Raise NotConfigured where ROBOTSTXT_OBEY is off, as Scrapy's does."""
        super().__init__(crawler)
        self._policies: dict[tuple[str, str], asyncio.Task[Policy]] = {}

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:  # noqa: ARG002
        """Let the request pass, or raise RobotsForbiddenError after the archive knows."""
        url = urlparse_cached(request)
        if request.meta.get("dont_obey_robotstxt") or url.scheme not in {"http", "https"}:
            return
        policy = await self._policy(request)
        agent = self._agent(request)
        delay = policy.delay_for(agent)
        if delay is not None:
            self._slow_down(request, delay)
        if url.path == "/robots.txt" and policy.unreachable is None:
            return
        failure = policy.failure_for(request.url, agent)
        if failure is None:
            return
        assert self._stats is not None
        self._stats.inc_value("robotstxt/forbidden")
        request.meta["stored"] = await recorder_of(self.crawler).keep(
            Capture(
                url=urldefrag(request.url)[0],
                fetched_at=datetime.now(UTC),
                found=found_of(request),
                failure=failure,
            )
        )
        raise RobotsForbiddenError(failure)

    async def _policy(self, request: Request) -> Policy:
        url = urlparse_cached(request)
        key = (url.scheme, url.netloc)
        task = self._policies.get(key)
        if task is None or (task.done() and _outdated(task)):
            task = self._policies[key] = asyncio.ensure_future(self._ask(request, f"{key[0]}://{key[1]}"))
        # Shielded: one waiter that is given up must not take the answer from the others.
        return await asyncio.shield(task)

    async def _ask(self, request: Request, authority: str) -> Policy:
        asked = Request(
            f"{authority}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            callback=NO_CALLBACK,
            meta={
                "dont_obey_robotstxt": True,
                "allow_offsite": True,
                "redirect_ttl": REDIRECT_LIMIT,
                "download_maxsize": SIZE_LIMIT,
                "found": Found(by="robots", via=request.url, hop="P"),
            },
        )
        assert self.crawler.engine is not None
        assert self._stats is not None
        self._stats.inc_value("robotstxt/request_count")
        now = time.monotonic()
        try:
            response = await self.crawler.engine.download_async(asked)
        except ArchiveStoppedError:
            raise
        except PrivateAddressError:
            return Policy(expires=now + RETRY_SECONDS, stands_aside=True)
        except IgnoreRequest as error:
            # More redirects than are followed: unavailable, as 4xx (§2.3.1.2).
            logger.info("%s: %s; taken as no rules", asked.url, error)
            return Policy(expires=now + KEPT_SECONDS)
        except Exception as error:  # noqa: BLE001 - any way of not being had is the same
            self._stats.inc_value(f"robotstxt/exception_count/{type(error).__name__}")
            reason = reason_of(error)
            logger.warning("%s could not be had, nothing is fetched there for now: %s", asked.url, reason)
            return Policy(expires=now + RETRY_SECONDS, unreachable=reason)
        finally:
            asked.meta.pop("stored", None)
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        return policy_of(response, now)

    def _agent(self, request: Request) -> str:
        if self._robotstxt_useragent:
            return self._robotstxt_useragent
        full = to_unicode(request.headers.get(b"User-Agent") or self._default_useragent or "*")
        match = _PRODUCT_TOKEN.match(full)
        return match[0] if match else full

    def _slow_down(self, request: Request, delay: float) -> None:
        """Hold the host's slot to `delay`, and the one that takes its place after it was idle."""
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        kept = downloader.per_slot_settings.setdefault(key, {})
        if kept.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")) < delay:
            # Without jitter, which would go below what was asked for.
            kept |= {"delay": delay, "jitter": 0.0}
        slot = downloader.slots.get(key)
        if slot is not None and slot.delay < delay:
            slot.delay, slot.jitter = delay, 0.0


def policy_of(response: Response, now: float) -> Policy:
    """Return what a robots.txt answer means (RFC 9309 §2.3.1)."""
    if 200 <= response.status < 300:
        text = response.body[:SIZE_LIMIT].decode("utf-8-sig", "ignore")
        return Policy(expires=now + KEPT_SECONDS, rules=Protego.parse(text))
    if response.status == 429 or response.status >= 500:
        return Policy(expires=now + RETRY_SECONDS, unreachable=f"status {response.status}")
    return Policy(expires=now + KEPT_SECONDS)


def _outdated(task: asyncio.Task[Policy]) -> bool:
    if task.cancelled() or task.exception() is not None:
        return True
    return task.result().expires < time.monotonic()
