"""Each site profile is a spider: `scrapy list` names them, `scrapy crawl SITE` crawls one, in a collection.

The collection is $HEMEROTECA_COLLECTION, else the nearest folder at or above the working folder with hemeroteca.toml, else
the working folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from archive.errors import UsageError
from archive.settings import Settings, find_collection, load_settings
from archive.sites.registry import Registry


def collection_settings() -> Settings:
    """Return the settings of the collection that a bare `scrapy` command works in."""
    named = os.environ.get("HEMEROTECA_COLLECTION")
    return load_settings(Path(named) if named else find_collection(Path.cwd()))


class SiteLoader:
    """Scrapy's spider loader over the registry of profiles."""

    def __init__(self, settings: BaseSettings) -> None:
        """Read no profile yet: `hemeroteca crawl` has read them already."""
        self._registry: Registry | None = None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> SiteLoader:
        """Scrapy's way of making one."""
        return cls(settings)

    @property
    def registry(self) -> Registry:
        """The built-in profiles and the collection's own."""
        if self._registry is None:
            self._registry = Registry.load(collection_settings().sites_folder)
        return self._registry

    def load(self, spider_name: str) -> type[Spider]:
        """Return a spider class for a site. Raises KeyError, as Scrapy expects, with the nearest names."""
        from crawler.spiders.news import NewsSpider

        try:
            site = self.registry.get(spider_name)
        except UsageError as error:
            raise KeyError(str(error)) from error
        return type("SiteSpider", (NewsSpider,), {"name": site.name})

    def find_by_request(self, request: Request) -> list[str]:
        """Return the sites that a URL belongs to."""
        site = self.registry.for_url(request.url)
        return [site.name] if site is not None else []

    def list(self) -> list[str]:
        """Return the names of all sites. Last, because it hides the type for what stands below it."""
        return [site.name for site in self.registry]
