"""`hemeroteca capture` of addresses that cannot all be had, and addresses as people type them."""

from __future__ import annotations

import json
import socket
import socketserver
import threading

import pytest

from tests.e2e.pages import hemeroteca, serve
from tests.stored_pages import STORIES, page_of

PAGES = {f"/{story.lang}/article-{story.lang}-1.html": page_of(story) for story in STORIES}
ROBOTS = "User-agent: *\nDisallow: /riêng/\n".encode()


@pytest.fixture(scope="module")
def place():
    """Host and port of a paper that speaks plain http."""
    with serve() as pages:
        for path, body in PAGES.items():
            pages.put(path, body)
        pages.put("/robots.txt", ROBOTS, "text/plain")
        pages.put(
            "/",
            '<html><head><title>Tap chi</title></head><body><a href="/fr/article-fr-1.html">1</a></body></html>',
        )
        pages.put("/500.html", "sorry", status=500)
        yield pages.base_url.removeprefix("http://")


@pytest.fixture
def said(tmp_path):
    (tmp_path / "hemeroteca.toml").write_text("allow_private = true\ndelay = 0.0\n", encoding="utf-8")

    def call(*words, **options):
        return hemeroteca(*words, at=tmp_path, **options)

    return call


def unused_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_each_address_that_could_not_be_had_is_named_with_its_reason(place, said):
    refused = f"http://127.0.0.1:{unused_port()}/x"
    urls = [
        f"http://{place}{path}"
        for path in ("/vi/article-vi-1.html", "/500.html", "/404.html", "/riêng/1.html")
    ]
    result = said("capture", *urls, refused)
    assert result.returncode == 3, result.stderr
    assert "4 of 5 addresses could not be had:" in result.stderr
    for line in (
        f"http://{place}/500.html: status 500",
        f"http://{place}/404.html: status 404",
        f"http://{place}/ri%C3%AAng/1.html: robots.txt forbids it to",
        f"{refused}: robots.txt could not be had: connection refused",
    ):
        assert line in result.stderr
    runs = said("runs", "--failed")
    assert f"\n      http://{place}/500.html: status 500\n" in runs.stdout


def test_the_names_are_bounded(place, said):
    urls = "".join(f"http://{place}/không-{number}.html\n" for number in range(25))
    result = said("capture", "-", "--json", input=urls)
    assert result.returncode == 1
    (summary,) = json.loads(result.stdout)
    assert len(summary["detail"].splitlines()) == 12
    assert "25 of 25 addresses" in summary["detail"]
    assert "and 15 more" in summary["detail"]


def test_addresses_as_they_are_typed_and_what_is_none(place, said):
    result = said("capture", f"{place}/vi/article-vi-1.html", "ftp://a.example/x", "không phải", "--json")
    assert result.returncode == 3, result.stderr
    (summary,) = json.loads(result.stdout)
    assert summary["status"] == "done"
    assert summary["counts"]["articles"] == 1
    assert "'ftp://a.example/x' is not an http or https URL" in result.stderr
    assert "'không phải' is not an http or https URL" in result.stderr
    none = said("capture", "ftp://a.example/x", "mailto:ban@bao.example")
    assert none.returncode == 2
    assert none.stderr.count("is not an http or https URL") == 2
    draft = said("sites", "new", place, "--samples", "0", "--dry-run")
    assert draft.returncode == 0, draft.stderr
    assert place in draft.stdout


class HangsUp(socketserver.BaseRequestHandler):
    """Reads, and closes the connection with bytes unread: a reset."""

    def handle(self):
        self.request.recv(1)


@pytest.fixture(scope="module")
def deaf():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), HangsUp)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("port", ["place", "deaf"])
def test_a_port_that_speaks_plain_http_is_told_in_words(port, request, said):
    url = f"https://{request.getfixturevalue(port)}/vi/article-vi-1.html"
    result = said("capture", url)
    assert result.returncode == 1
    assert f"{url}: robots.txt could not be had: " in result.stderr
    assert "a server that speaks plain http is asked with http:// in front" in result.stderr
    for repr_of_python in ("twisted", "Failure", "<", "["):
        assert repr_of_python not in result.stderr
