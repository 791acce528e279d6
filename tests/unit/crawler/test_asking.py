"""What every request says of us, and which lines the crawl's log is spared."""

from __future__ import annotations

import logging

import pytest
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from archive.settings import Settings
from crawler.middlewares import ACCEPTED, AskingMiddleware
from crawler.monitors import TerseFormatter
from crawler.settings import scrapy_settings

URL = "https://báo.example/tin-tức"


def crawler_of(tmp_path, **more):
    chosen = {**scrapy_settings(Settings(collection=tmp_path)), "EXTENSIONS": {}, **more}
    return get_crawler(settings_dict=chosen)


def test_a_request_says_who_asks_what_is_read_and_how_long_it_may_take(tmp_path):
    asking = AskingMiddleware.from_crawler(crawler_of(tmp_path, USER_AGENT="kho-báo/1", DOWNLOAD_TIMEOUT=7))
    request = Request(URL)
    asking.process_request(request)
    assert list(request.headers) == [b"Accept", b"User-Agent", b"Accept-Encoding"]
    assert request.headers[b"User-Agent"] == "kho-báo/1".encode()
    assert request.headers[b"Accept-Encoding"] == ACCEPTED
    assert request.meta["download_timeout"] == 7.0


def test_what_a_request_says_itself_stays(tmp_path):
    asking = AskingMiddleware.from_crawler(crawler_of(tmp_path))
    request = Request(URL, headers={"accept": "text/xml"}, meta={"download_timeout": 1})
    asking.process_request(request)
    assert request.headers.getlist("Accept") == [b"text/xml"]
    assert request.meta["download_timeout"] == 1


@pytest.mark.parametrize(
    ("level", "written"), [("INFO", False), ("DEBUG", True), (logging.WARNING, False), (logging.DEBUG, True)]
)
def test_a_line_a_page_is_made_only_where_the_log_takes_it(tmp_path, level, written):
    formatter = TerseFormatter.from_crawler(crawler_of(tmp_path, LOG_LEVEL=level))
    request, spider = Request(URL), Spider("báo")
    answer = Response(URL, request=request)
    assert (formatter.crawled(request, answer, spider) is not None) is written
    assert (formatter.scraped({}, answer, spider) is not None) is written
