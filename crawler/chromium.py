"""The browser that renders pages: the system's Chromium, without a way to the network.

It is started with a proxy and name rules that lead nowhere: what a page asks for, this program fetches for
it (crawler.rendering), and whatever else a page tries (WebSockets, WebRTC, workers, pop-ups) ends in nothing.
Playwright is imported when the first page is to be rendered.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import Any

from archive.errors import BrowserError
from archive.settings import Settings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AT_ONCE = 2
"""Pages rendered at the same time, in all crawls of a process."""
_CLOSING_SECONDS = 10.0
_OPENING_SECONDS = 60.0
_NOWHERE = (
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name before Chromium 117
    "--js-flags=--max-old-space-size=512",
)


def find_browser(settings: Settings) -> str:
    """Return the path of the browser. Raises BrowserError: what is missing, and how to get it."""
    if find_spec("playwright") is None:
        raise BrowserError("rendering needs the browser extra: pip install 'hemeroteca[browser]'")
    for name in [settings.browser] if settings.browser else NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    if settings.browser:
        raise BrowserError(
            f"browser = {settings.browser!r}: no such program; name a Chromium, or leave it out"
        )
    raise BrowserError(
        "rendering needs a Chromium: apt-get install chromium, or name one with browser = in hemeroteca.toml"
    )


class Chromium:
    """One browser for all sites of a process; started when first needed, closed with the last crawl."""

    def __init__(self, settings: Settings, agent: str) -> None:
        """`agent`: what pages see as navigator.userAgent: as in the requests that are made for them."""
        self._settings = settings
        self._agent = agent
        self._playwright: Any = None
        self._browser: Any = None
        self._starting = asyncio.Lock()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._users = 0

    @property
    def name(self) -> str:
        """Browser and version, once it has been started."""
        return f"Chromium/{self._browser.version}"

    def join(self) -> None:
        """Say that a crawl may need it."""
        self._users += 1

    async def part(self) -> None:
        """Say that a crawl is over; after the last one the browser is closed."""
        self._users -= 1
        if self._users <= 0:
            await self._close()

    async def start(self) -> None:
        """Start it where it does not run (any more). Raises BrowserError."""
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return
            await self._close()
            path = find_browser(self._settings)
            try:
                await self._launch(path)
            except Exception as error:
                await self._close()
                raise BrowserError(self._why(path, error)) from error

    async def _launch(self, path: str) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=self._settings.browser_sandbox,
            args=list(_NOWHERE),
            env={name: value for name, value in os.environ.items() if not name.startswith("HEMEROTECA_")},
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
            timeout=_OPENING_SECONDS * 1000,
        )

    def _why(self, path: str, error: Exception) -> str:
        if self._settings.browser_sandbox and hasattr(os, "geteuid") and os.geteuid() == 0:
            return (
                f"{path} does not run as root with its sandbox: crawl as another user, or set"
                " browser_sandbox = false"
            )
        words = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return f"{path} could not be started: {words[:200]}"

    @asynccontextmanager
    async def page(self) -> AsyncIterator[tuple[Any, Any]]:
        """Give an empty page, in a profile of its own, and its line to the DevTools. Raises BrowserError."""
        async with self._room:
            await self.start()
            context = await self._browser.new_context(
                user_agent=self._agent, accept_downloads=False, service_workers="block"
            )
            try:
                page = await context.new_page()
                context.on("page", lambda other: asyncio.ensure_future(_shut(other)))
                yield page, await context.new_cdp_session(page)
            finally:
                await self._dismiss(context)

    async def _dismiss(self, context: Any) -> None:
        """Close a page; where it does not let itself be closed, the browser goes with it."""
        try:
            await asyncio.wait_for(context.close(), _CLOSING_SECONDS)
        except Exception:  # noqa: BLE001 - whatever hangs there, the next page gets a fresh browser
            await self._close()

    async def _close(self) -> None:
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        if browser is not None:
            with suppress(Exception):
                await asyncio.wait_for(browser.close(), _CLOSING_SECONDS)
        if playwright is not None:
            with suppress(Exception):
                await asyncio.wait_for(playwright.stop(), _CLOSING_SECONDS)


async def _shut(page: Any) -> None:
    with suppress(Exception):
        await page.close()
