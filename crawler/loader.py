"""Each site profile is a spider: `scrapy list` names them, `scrapy crawl SITE` crawls one, in a collection.

The collection is $HEMEROTECA_COLLECTION, else the nearest folder at or above the working folder with
hemeroteca.toml, else the working folder.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive.errors import UsageError
from archive.settings import Settings, find_collection, load_settings
from archive.sites.registry import Registry


def collection_settings() -> Settings:
    """Return the settings of the collection that a bare `scrapy` command works in."""
    named = os.environ.get("HEMEROTECA_COLLECTION")
    return load_settings(Path(named) if named else find_collection(Path.cwd()))


def _spider_class(site: str, registry: Registry) -> type[Spider]:
    """Return NewsSpider for one site, which opens the archive by itself when a bare Scrapy starts it."""
    from crawler.settings import scrapy_settings
    from crawler.spiders.news import NewsSpider

    class SiteSpider(NewsSpider):
        name = site

        @classmethod
        def update_settings(cls, settings: BaseSettings) -> None:
            """Take the collection's settings in, over what `scrapy` knows."""
            ours = collection_settings()
            ours.log_folder.mkdir(parents=True, exist_ok=True)
            settings.setdict(scrapy_settings(ours), priority="spider")

        @classmethod
        def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
            """Open locks, archive, index and frontier; they close with the engine."""
            _move_in(crawler, site, registry)
            return super().from_crawler(crawler, *args, **kwargs)

    return SiteSpider


def _move_in(crawler: Crawler, site: str, registry: Registry) -> None:
    from crawler.crawl import open_house
    from crawler.plan import plan_crawl

    plan = plan_crawl(registry, [site], None, datetime.now(UTC))
    with ExitStack() as stack:
        house = stack.enter_context(open_house(collection_settings(), registry, plan))
        session = house.admit(crawler, plan[0])
        stack.callback(session.recorder.close)
        rest = stack.pop_all()

    async def move_out() -> None:
        await asyncio.get_running_loop().run_in_executor(None, session.recorder.close)
        rest.close()

    # weak=False: nobody else holds this function.
    crawler.signals.connect(move_out, signals.engine_stopped, weak=False)


class SiteLoader:
    """Scrapy's spider loader over the registry of profiles."""

    def __init__(self) -> None:
        """Read no profile yet: `hemeroteca crawl` has read them already."""
        self._registry: Registry | None = None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> SiteLoader:  # noqa: ARG003
        """Scrapy's way of making one."""
        return cls()

    @property
    def registry(self) -> Registry:
        """The built-in profiles and the collection's own."""
        if self._registry is None:
            self._registry = Registry.load(collection_settings().sites_folder, strict=False)
        return self._registry

    def load(self, spider_name: str) -> type[Spider]:
        """Return a spider class for a site. Raises KeyError, as Scrapy expects, with the nearest names."""
        try:
            site = self.registry.get(spider_name)
        except UsageError as error:
            raise KeyError(str(error)) from error
        return _spider_class(site.name, self.registry)

    def find_by_request(self, request: Request) -> list[str]:
        """Return the sites that a URL belongs to."""
        site = self.registry.for_url(request.url)
        return [site.name] if site is not None else []

    def list(self) -> list[str]:
        """Return the names of all sites. Last, because it hides the type for what stands below it."""
        return [site.name for site in self.registry]
