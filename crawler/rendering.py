"""One page in the browser: its requests are answered by us, its scripts get their time, its DOM is taken.

The page itself is not fetched again: the browser gets the answer that is in the archive. What its scripts
ask for goes through `Network`, which archives before it answers. The DOM is serialized in a world of its own,
in which the page's scripts have changed nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from attrs import define, field, frozen

from archive.model import Truncation
from archive.sites.render import Render

QUIET_SECONDS = 0.5
"""A page without a selector to wait for is ready when nothing has been fetched for so long."""
_LOOK_SECONDS = 0.05
_GRACE_SECONDS = 5.0
_FETCHED = frozenset(("Script", "XHR", "Fetch", "Stylesheet", "Preflight"))
_ON_REQUEST = {"images": "Image", "fonts": "Font", "media": "Media"}
_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_GIVEN = frozenset(
    ("content-type", "location", "content-security-policy", "x-content-type-options", "timing-allow-origin")
)
"""Headers that a page is told, with those of access control. No cookies: nothing is kept between pages."""
_LOST = frozenset((
    "cookie", "host", "user-agent", "accept-encoding", "content-length", "connection", "referer",
    "upgrade-insecure-requests",
))  # fmt: skip
_STATE = """({loaded: document.readyState === 'complete',
  found: SELECTOR === null || document.querySelector(SELECTOR) !== null})"""
_DOCUMENT = """(() => {
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\\n' : '';
  const text = type + (document.documentElement ? document.documentElement.outerHTML : '');
  return {text: text.slice(0, LIMIT), length: text.length, at: document.URL};
})()"""


class RenderError(Exception):
    """The browser gave no DOM: it crashed, or the page let nothing through."""


class RenderStoppedError(Exception):
    """The crawl ends: the page is rendered another time."""


@frozen
class Answer:
    """What the browser is told."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


@frozen
class Asked:
    """What a page asks for."""

    url: str
    method: str
    kind: str
    """Script, XHR, Fetch, Stylesheet …"""
    headers: dict[str, str]


class Network(Protocol):
    """Who answers a page's requests."""

    async def fetch(self, asked: Asked) -> Answer | None:
        """Fetch and archive; None where there is no answer. Raises only what ends the crawl."""

    def delay(self, url: str) -> float:
        """Seconds that a request to this host may have to wait for its turn."""

    def stopped(self) -> bool:
        """Whether the crawl ends."""


@frozen
class Taken:
    """The DOM of a page."""

    html: bytes = field(repr=False)
    truncated: Truncation | None
    requests: int
    left_out: int


@define(eq=False, slots=False)  # Playwright notes on an object which of its methods listens
class PageInBrowser:
    """See the module. `render` does all there is to do."""

    cdp: Any
    url: str
    first: Answer
    rules: Render
    network: Network
    is_allowed: Callable[[str], bool]
    """Whether a host may be asked."""
    most_bytes: int
    """Of the DOM, and of all that the page fetches."""
    requests: int = 0
    left_out: int = 0
    _bytes: int = 0
    _under_way: int = 0
    _last: float = field(factory=time.monotonic)
    _deadline: float = 0.0
    _given: bool = False
    _tasks: set[asyncio.Task[None]] = field(factory=set)
    _fatal: BaseException | None = None

    async def render(self) -> Taken:
        """Render. Raises RenderError, RenderStoppedError, and what the network raises."""
        self._deadline = time.monotonic() + self.rules.timeout
        self.cdp.on("Fetch.requestPaused", self._paused)
        try:
            await self._send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
            frame = (await self._send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
            navigation = asyncio.ensure_future(self.cdp.send("Page.navigate", {"url": self.url}))
            try:
                ready = await self._wait(navigation, frame)
            finally:
                navigation.cancel()
                await asyncio.gather(navigation, return_exceptions=True)
            return await self._take(frame, ready=ready)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # its requests

    def _paused(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._answer(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, event: dict[str, Any]) -> None:
        request, kind = event["request"], event.get("resourceType", "Other")
        asked = Asked(request["url"], request["method"], kind, _headers(request["headers"]))
        try:
            if kind == "Document" and not self._given:  # the page itself: nothing else is there to ask yet
                self._given = True
                answer: Answer | None = self.first
            else:
                answer = await self._fetch(asked)
            await self._reply(event["requestId"], kind, answer)
        except Exception as error:  # noqa: BLE001 - of the network: it ends the crawl; of a page that is gone: nothing
            if self._fatal is None and not _is_of_browser(error):
                self._fatal = error

    async def _fetch(self, asked: Asked) -> Answer | None:
        if not self._may(asked):
            self.left_out += 1
            return None
        self.requests += 1
        self._under_way += 1
        self._deadline += self.network.delay(asked.url)
        try:
            answer = await self.network.fetch(asked)
        finally:
            self._under_way -= 1
            self._last = time.monotonic()
        if answer is not None:
            self._bytes += len(answer.body)
            if self._bytes > self.most_bytes:
                self.left_out += 1
                return None
        return answer

    def _may(self, asked: Asked) -> bool:
        kinds = _FETCHED | {_ON_REQUEST[name] for name in self.rules.load}
        try:
            parts = urlsplit(asked.url)
            host = parts.netloc.rpartition("@")[2].lower()
        except ValueError:
            return False
        return (
            asked.kind in kinds
            and asked.method in _METHODS
            and parts.scheme in ("http", "https")
            and self.requests < self.rules.requests
            and self._bytes <= self.most_bytes
            and self.is_allowed(host)
        )

    async def _reply(self, request_id: str, kind: str, answer: Answer | None) -> None:
        if answer is None:
            # A page that wants to go elsewhere stays: other words would put an error page in its place.
            reason = "Aborted" if kind == "Document" else "BlockedByClient"
            await self.cdp.send("Fetch.failRequest", {"requestId": request_id, "errorReason": reason})
            return
        headers = [
            {"name": name, "value": value}
            for name, value in answer.headers
            if name.lower() in _GIVEN or name.lower().startswith("access-control-")
        ]
        body = base64.b64encode(answer.body).decode("ascii")
        told = {
            "requestId": request_id,
            "responseCode": answer.status,
            "responseHeaders": headers,
            "body": body,
        }
        await self.cdp.send("Fetch.fulfillRequest", told)

    # its time

    async def _wait(self, navigation: asyncio.Future[Any], frame: str) -> bool:
        """Return whether the page is ready; False when its time is up."""
        selector, world = self.rules.wait_for, None
        look = _STATE.replace("SELECTOR", "null" if selector is None else json.dumps(selector))
        while (left := self._deadline - time.monotonic()) > 0:
            if self.network.stopped():
                raise RenderStoppedError("the crawl ends")
            if self._fatal is not None:
                raise self._fatal
            await asyncio.sleep(_LOOK_SECONDS)
            if not navigation.done() or self._is_busy():
                continue
            try:
                world = world or await self._world(frame, left)
                state = await self._evaluate(look, world, left)
            except TimeoutError:
                return False
            except Exception as error:
                raise RenderError(_words(error)) from error
            if state["found"] and (state["loaded"] or selector is not None) and not self._is_busy():
                return True
        return False

    def _is_busy(self) -> bool:
        return self._under_way > 0 or time.monotonic() - self._last < QUIET_SECONDS

    async def _take(self, frame: str, *, ready: bool) -> Taken:
        try:
            await self._send("Fetch.disable")
            if not ready:
                # A script that never ends is ended: what it has left of the page can still be had.
                await self._send("Page.stopLoading")
                await self._send("Runtime.terminateExecution")
            world = await self._world(frame, _GRACE_SECONDS)
            found = await self._evaluate(
                _DOCUMENT.replace("LIMIT", str(self.most_bytes // 4)), world, _GRACE_SECONDS * 2
            )
        except Exception as error:
            raise RenderError(f"the browser gave no page: {_words(error)}") from error
        if found["at"].startswith("chrome-error:"):
            raise RenderError("the browser shows an error page of its own")
        text: str = found["text"]
        truncated: Truncation | None = None if ready else "time"
        if found["length"] > self.most_bytes // 4:
            truncated = "length"
        return Taken(text.encode("utf-8", "replace"), truncated, self.requests, self.left_out)

    async def _world(self, frame: str, seconds: float) -> int:
        told = {"frameId": frame, "worldName": "archive"}
        world = await asyncio.wait_for(self.cdp.send("Page.createIsolatedWorld", told), seconds)
        return int(world["executionContextId"])

    async def _evaluate(self, expression: str, world: int, seconds: float) -> dict[str, Any]:
        told = {"expression": expression, "contextId": world, "returnByValue": True}
        result = await asyncio.wait_for(self.cdp.send("Runtime.evaluate", told), seconds)
        if "exceptionDetails" in result:
            raise RenderError(result["exceptionDetails"].get("text", "a script of ours failed"))
        return dict(result["result"]["value"])

    async def _send(self, method: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
        return dict(await asyncio.wait_for(self.cdp.send(method, told or {}), _GRACE_SECONDS) or {})


def _headers(told: dict[str, str]) -> dict[str, str]:
    """Return what is passed on: not who asks, which is ours to say, nor what the wire decides."""
    return {
        name: value
        for name, value in told.items()
        if name.lower() not in _LOST and not name.lower().startswith("sec-")
    }


def _words(error: Exception) -> str:
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return (said or ("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__))[:200]


def _is_of_browser(error: Exception) -> bool:
    return type(error).__module__.startswith("playwright")
