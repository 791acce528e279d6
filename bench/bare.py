"""What a user would write without Hemeroteca, as a yardstick: Scrapy at its default settings.

python -m bench.bare URL            crawl, keep nothing
python -m bench.bare URL --keep     the usual recipe: + warcio in a middleware, parsel rules, sqlite-utils upserts
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Any

import scrapy
import sqlite_utils
from scrapy.crawler import AsyncCrawlerProcess
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


class BareSpider(scrapy.Spider):
    """Follow lists and articles; look at nothing."""

    name = "bare"
    base: str

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(f"{self.base}/list/0.html", callback=self.parse_list)

    def parse_list(self, response: Any) -> Iterator[Any]:
        for href in response.css("article.story h2 a::attr(href)").getall():
            yield response.follow(href, callback=self.parse_article)
        for href in response.css("a.next::attr(href)").getall():
            yield response.follow(href, callback=self.parse_list)

    def parse_article(self, response: Any) -> Any:
        """Nothing: the cost of crawling alone."""


class KeepingSpider(BareSpider):
    """The usual recipe: six selectors an article."""

    name = "keeping"

    def parse_article(self, response: Any) -> Any:
        return {
            "url": response.url,
            "title": response.css("h1 ::text").get(),
            "lead": response.css('meta[name="description"]::attr(content)').get(),
            "published": response.css('meta[property="article:published_time"]::attr(content)').get(),
            "body": "\n".join("".join(p.css("::text").getall()) for p in response.css("p")),
            "caption": response.css("figcaption ::text").get(),
        }


class WarcioMiddleware:
    """Write each response as Scrapy has it, below decompression."""

    def __init__(self) -> None:
        self.writer = WARCWriter(open("naive.warc.gz", "wb"), gzip=True)  # noqa: PTH123

    def process_response(self, request: Any, response: Any) -> Any:
        headers = [
            (k.decode("latin-1"), v.decode("latin-1")) for k, vs in response.headers.items() for v in vs
        ]
        head = StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            request.url, "response", payload=BytesIO(response.body), http_headers=head
        )
        self.writer.write_record(record)
        return response


class UpsertPipeline:
    """One upsert an item, full-text search kept by triggers."""

    def __init__(self) -> None:
        self.db = sqlite_utils.Database("naive.db")
        self.table = self.db.table("articles", pk="url")
        self.table.create(
            {"url": str, "title": str, "lead": str, "published": str, "body": str, "caption": str}, pk="url"
        )
        self.table.enable_fts(["title", "lead", "body", "caption"], create_triggers=True)

    def process_item(self, item: Any) -> Any:
        self.table.upsert(item, pk="url")
        return item


def main() -> None:
    """Crawl the site of the first argument."""
    keep = "--keep" in sys.argv
    settings: dict[str, Any] = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    if keep:
        settings |= {
            "DOWNLOADER_MIDDLEWARES": {WarcioMiddleware: 995},
            "ITEM_PIPELINES": {UpsertPipeline: 300},
        }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(KeepingSpider if keep else BareSpider)
    process.crawl(crawler, base=sys.argv[1])
    process.start()
    assert crawler.stats is not None
    print("responses:", crawler.stats.get_value("downloader/response_status_count/200"))


if __name__ == "__main__":
    main()
