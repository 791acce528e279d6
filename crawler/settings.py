"""Scrapy's settings, derived from the archive's: Scrapy's bag of strings is never a second source.

The names at the end of the module are what `scrapy list` and `scrapy crawl` need, through scrapy.cfg; the
rest comes with the spider, from the collection that crawler.loader finds. Importing this module reads no
file.

What is off, and why (CPU of Scrapy alone, per 1,000 pages, default 3.4 s): one item at a time instead of 100
tasks a response (0.80×), no <meta refresh> middleware, which decodes every body to text (0.66×), no
decompression of bodies that nobody but the extractor reads, which takes them from the capture (0.50×), no
counting of what the run's own summary counts, no lines for the log that its level leaves out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive.settings import Settings
from crawler.wire import WIRE_SETTINGS

_BASE: dict[str, Any] = {
    **WIRE_SETTINGS,
    "BOT_NAME": "hemeroteca",
    "SPIDER_LOADER_CLASS": "crawler.loader.SiteLoader",
    "SPIDER_MODULES": [],
    "SCHEDULER": "crawler.scheduler.FrontierScheduler",
    "CONCURRENT_ITEMS": 1,
    "COOKIES_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "AUTOTHROTTLE_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "DNSCACHE_ENABLED": True,
    "DOWNLOAD_DELAY_JITTER": 0,
    "RETRY_TIMES": 2,
    "REDIRECT_MAX_TIMES": 10,
    "MEMUSAGE_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "EXTENSIONS": {"crawler.monitors.RunMonitor": 10},
    "LOG_LEVEL": "INFO",
    "LOG_FORMATTER": "crawler.monitors.TerseFormatter",
    "DOWNLOADER_STATS": False,
    "ITEM_PIPELINES": {"crawler.pipeline.ExtractPipeline": 100},
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
        "crawler.robots.RobotsMiddleware": 100,
        "crawler.middlewares.AskingMiddleware": 400,
        "crawler.middlewares.RetryLaterMiddleware": 550,
        "crawler.middlewares.PaceMiddleware": 560,
        "crawler.middlewares.BoundedCompressionMiddleware": 590,
        "crawler.middlewares.FrontierRedirectMiddleware": 600,
    },
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
        "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
        "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    },
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    },
}


RENDER_SETTINGS: dict[str, Any] = {"crawler.render_middleware.RenderMiddleware": 50}
"""On top of DOWNLOADER_MIDDLEWARES where a profile asks for rendering: the last step before the spider."""


def user_agent(settings: Settings) -> str:
    """Return what we call ourselves: as set, else hemeroteca/VERSION (+contact)."""
    if settings.user_agent:
        return settings.user_agent
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("hemeroteca")
    except PackageNotFoundError:
        number = "0"
    return f"hemeroteca/{number}" + (f" (+{settings.contact})" if settings.contact else "")


def scrapy_settings(settings: Settings) -> dict[str, Any]:
    """Return all Scrapy settings of a run over this collection; a site's own delay and concurrency come on
    top.
    """
    chosen = dict(_BASE)
    chosen |= {
        "USER_AGENT": user_agent(settings),
        "ROBOTSTXT_OBEY": settings.obey_robots,
        "CONCURRENT_REQUESTS": settings.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.concurrency_per_host,
        "DOWNLOAD_DELAY": settings.delay,
        "DOWNLOAD_TIMEOUT": settings.timeout,
        "DOWNLOAD_MAXSIZE": settings.max_response_bytes,
        "HEMEROTECA_ALLOW_PRIVATE": settings.allow_private,
        "HEMEROTECA_HANDSHAKE_TIMEOUT": settings.handshake_timeout,
        "HEMEROTECA_MAX_PAYLOAD": settings.max_payload_bytes,
        "LOG_FILE": str(log_file(settings)),
    }
    if _has_uvloop():
        chosen["ASYNCIO_EVENT_LOOP"] = "uvloop.Loop"
    return chosen


def log_file(settings: Settings) -> Path:
    """Return where crawls log."""
    return settings.log_folder / ("crawl.jsonl" if settings.log_format == "json" else "crawl.log")


def _has_uvloop() -> bool:
    from importlib.util import find_spec

    return find_spec("uvloop") is not None


BOT_NAME = _BASE["BOT_NAME"]
SPIDER_LOADER_CLASS = _BASE["SPIDER_LOADER_CLASS"]
SPIDER_MODULES = _BASE["SPIDER_MODULES"]
TWISTED_REACTOR = _BASE["TWISTED_REACTOR"]
