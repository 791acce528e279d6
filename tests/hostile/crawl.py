"""One Scrapy process that does a job read from stdin and tells on stdout what it saw. A reactor cannot be
started twice, so every test that crawls runs this in a process of its own."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from archive.model import Capture, Found, StoredCapture, StoredFailure, WarcLocation
from crawler.recorder import attach
from crawler.robots import ROBOTS_SETTINGS
from crawler.wire import WIRE_SETTINGS


class ListRecorder:
    """Keeps captures in a list: the handler alone is under test."""

    def __init__(self) -> None:
        self.kept: list[Capture] = []
        self.stopped = False

    async def keep(self, capture: Capture) -> StoredCapture | StoredFailure:
        self.kept.append(capture)
        here = WarcLocation(file="list", offset=len(self.kept), length=0, record_id="<urn:uuid:0>")
        if not (capture.head or capture.body):
            return StoredFailure(capture=capture, location=here)
        return StoredCapture(capture=capture, location=here, record_type="response")

    def on_stop(self, call: Callable[[], None]) -> None:
        pass


class JobSpider(scrapy.Spider):
    name = "job"

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__()
        self.job = job
        self.private_hosts = set(job.get("private_hosts", ()))
        self.responses: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []

    async def start(self) -> Any:
        for spec in self.job["requests"]:
            yield self.request(spec)

    def request(self, spec: dict[str, Any]) -> scrapy.Request:
        meta = {"handle_httpstatus_all": "redirect" not in spec, **spec.get("meta", {})}
        if "found" in spec:
            meta["found"] = Found(**spec["found"])
        return scrapy.Request(
            spec["url"],
            method=spec.get("method", "GET"),
            body=spec.get("body", ""),
            meta=meta,
            callback=self.answered,
            errback=self.failed,
            dont_filter=True,
            cb_kwargs={"spec": spec},
        )

    def answered(self, response: scrapy.http.Response, spec: dict[str, Any]) -> Any:
        stored = response.meta["stored"]
        self.responses.append(
            {
                "url": response.url,
                "status": response.status,
                "body": base64.b64encode(response.body).decode(),
                "flags": response.flags,
                "stored": stored.capture.url,
                "at": datetime.now(UTC).timestamp(),
            }
        )
        yield from (self.request(each) for each in spec.get("then", ()))

    def failed(self, failure: Any) -> Any:
        spec = failure.request.cb_kwargs["spec"]
        self.errors.append(
            {"url": failure.request.url, "type": failure.type.__name__, "text": str(failure.value)}
        )
        yield from (self.request(each) for each in spec.get("then", ()))


def plain(capture: Capture) -> dict[str, Any]:
    """Return a capture as JSON can hold it."""
    values = attrs.asdict(capture)
    return {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in values.items()
    }


def main() -> None:
    job = json.load(sys.stdin)
    settings: dict[str, Any] = {
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_ENABLED": False,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
        "DOWNLOAD_DELAY": 0,
        "USER_AGENT": "hemeroteca/0 (+https://example.org/bot)",
        "COOKIES_ENABLED": False,
        **WIRE_SETTINGS,
        **(ROBOTS_SETTINGS if job.get("robots") else {}),
        **job.get("settings", {}),
    }
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(JobSpider)
    recorder: Any = ListRecorder()
    if job.get("collection"):
        from archive.settings import load_settings
        from archive.warc.records import WarcInfo
        from crawler.recorder import Recorder

        archive = load_settings(Path(job["collection"]), {}, **job.get("archive", {}))
        recorder = Recorder(archive, WarcInfo(software="test", run_id="run-1", site="job")).start()
        recorder.attach_to(crawler)
    else:
        attach(crawler, recorder)
    limit = job.get("file_size_limit")
    if limit:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    process.crawl(crawler, job=job)
    process.start()
    kept = recorder.kept if isinstance(recorder, ListRecorder) else []
    spider: Any = crawler.spider
    outcome = {
        "captures": [plain(capture) for capture in kept],
        "responses": spider.responses,
        "errors": spider.errors,
        "reason": crawler.stats.get_value("finish_reason"),
        "stats": {
            key: value for key, value in crawler.stats.get_stats().items() if isinstance(value, (int, str))
        },
        "failure": repr(getattr(recorder, "failure", None)),
    }
    json.dump(outcome, sys.stdout, default=str)


if __name__ == "__main__":
    main()
