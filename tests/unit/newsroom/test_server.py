"""The server: manners good and bad, as they go over the wire; a state that can be switched; a clean end."""

from __future__ import annotations

import gzip
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.newsroom import MANNERS, MORNING, Newsroom, Site, serve

ROOT = Path(__file__).resolve().parents[3]
ROOM = Newsroom(articles_per_section=2, sections=["fr", "zh"])
PATH = ROOM.stories[0].article.url


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(ROOM) as running:
        yield running


def connect(site: Site) -> closing[http.client.HTTPConnection]:
    return closing(http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=10))


def ask(site: Site, path: str, **headers: str):
    with connect(site) as connection:
        return ask_over(connection, path, **headers)


def ask_over(connection: http.client.HTTPConnection, path: str, **headers: str):
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    return answer, answer.read()


def raw(site: Site, path: str) -> bytes:
    """Return all that the server sends for one request, to the end of the connection."""
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while data := sock.recv(65536):
            received += data
        return received


def test_pages_gzip_keep_alive_and_the_log(site: Site):
    with connect(site) as connection:
        plain, body = ask_over(connection, PATH)
        packed, data = ask_over(connection, PATH, Accept_Encoding="br, gzip")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(data) == body
    assert site.newsroom.stories[0].article.title in body.decode().replace("&#x27;", "'").replace(
        "&nbsp;", " "
    )
    assert [(hit.target, hit.status) for hit in site.log] == [(PATH, 200)] * 2
    assert site.log[0].connection == site.log[1].connection
    assert site.log[0].at <= site.log[1].at <= time.monotonic()


def test_304_by_validator_and_by_date_and_a_new_page_after_an_edit(site: Site):
    edit = next(it for it in site.newsroom.edits if not it.silent)
    path = edit.url.removeprefix(site.newsroom.base_url)
    answer, body = ask(site, path)
    etag, changed = answer.headers["ETag"], answer.headers["Last-Modified"]
    for condition in ({"If_None_Match": etag}, {"If_Modified_Since": changed}):
        answer, empty = ask(site, path, **condition)
        assert (answer.status, empty, answer.headers["ETag"]) == (304, b"", etag)
    site.newsroom = site.newsroom.at(edit.moment)
    answer, new = ask(site, path, If_None_Match=etag)
    assert answer.status == 200
    assert new != body
    assert ask(site, path, If_Modified_Since=changed)[0].status == 200


def test_later_stories_come_while_it_runs(site: Site):
    later = site.newsroom.at(MORNING + timedelta(days=5))
    new = [article.url for article in later.articles if article not in site.newsroom.articles]
    path = next(url for url in new if "/zh/" in url).removeprefix(site.url)
    key = later.article(path).key
    if site.newsroom.story(key) is None:
        assert ask(site, path)[0].status == 404
    site.newsroom = later
    assert ask(site, path)[0].status == 200
    assert site.newsroom.base_url == site.url


def test_head_has_no_body(site: Site):
    with connect(site) as connection:
        connection.request("HEAD", PATH)
        answer = connection.getresponse()
        assert int(answer.headers["Content-Length"]) > 1000
        assert answer.read() == b""
        assert ask_over(connection, PATH)[0].status == 200


def test_every_manner_does_what_it_says(site: Site):
    good = raw(site, PATH).partition(b"\r\n\r\n")[2]
    done = set()

    def bad(manner: str) -> tuple[bytes, bytes]:
        done.add(manner.partition(":")[0])
        head, _, body = raw(site, f"/bad/{manner}{PATH}").partition(b"\r\n\r\n")
        return head, body

    started = time.monotonic()
    assert bad("slow:0.3")[1] == good
    assert bad("drip:0.3")[1] == good
    assert time.monotonic() - started >= 0.55
    head, body = bad("truncated")
    assert int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]) == len(good) > len(body) > 0
    assert b"charset=iso-8859-1" in bad("charset")[0]
    assert f"Location: /bad/loop{PATH}".encode() in bad("loop")[0]
    for status in ("429", "503"):
        assert f"HTTP/1.1 {status}".encode() in bad(f"{status}:7")[0]
        assert b"Retry-After: 7" in bad(f"{status}:7")[0]
    assert bad("500")[0].startswith(b"HTTP/1.1 500")
    head, body = bad("odd")
    assert b"HTTP/1.1 200 \r\nX-Folded: one\r\n two\r\n" in head
    assert head.lower().count(b"set-cookie:") == 2
    assert b"\r\ncONTENT-lENGTH:" in head
    assert body == good
    assert len(bad("huge:2")[1]) > 2_000_000
    head, body = bad("chunked")
    assert b"Transfer-Encoding: chunked" in head
    assert body.endswith(b"0\r\nX-Checked: yes\r\n\r\n")
    assert b";part=0\r\n" in body
    assert ask(site, f"/bad/chunked{PATH}")[1] == good
    head, body = bad("close")
    assert b"Content-Length" not in head
    assert body == good
    with pytest.raises(OSError, match=r"[Nn]ot a gzipped|invalid|Unknown|header"):
        gzip.decompress(bad("badgzip")[1][2:])
    assert bad("empty") == (bad("empty")[0], b"")
    for manner in ("reset", "cut"):
        done.add(manner)
        with pytest.raises(ConnectionResetError):
            raw(site, f"/bad/{manner}{PATH}")
    assert done == set(MANNERS)


def test_manners_by_mapping_for_some_requests_only(site: Site):
    site.manners["/fr/*"] = "503*2"
    assert [ask(site, "/fr/")[0].status for _ in range(3)] == [503, 503, 200]
    site.manners[PATH] = "429"
    assert ask(site, PATH)[0].status == 429
    assert ask(site, "/zh/")[0].status == 200
    assert [hit.manner for hit in site.log] == ["503", "503", None, "429", None]


def test_an_answer_under_way_does_not_hold_up_the_end():
    with serve(ROOM) as site:
        host, port = site.url.removeprefix("http://").split(":")
        sock = socket.create_connection((host, int(port)))
        sock.sendall(f"GET /bad/slow:60{PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while not site.log:
            time.sleep(0.01)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    sock.close()


def test_requests_sent_together_are_answered_in_order(site: Site):
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(
            b"".join(
                f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                for path in ("/bad/slow:0.2/robots.txt", "/nope", "/robots.txt")
            )
        )
        received = b""
        while received.count(b"Sitemap:") < 2:
            received += sock.recv(65536)
    assert received.index(b"Sitemap:") < received.index(b"404 Not Found")
    assert [hit.status for hit in site.log] == [200, 404, 200]


@pytest.mark.parametrize("way", ["SIGTERM", "SIGINT", "stdin"])
def test_the_program_says_where_it_is_and_ends_cleanly(way: str):
    command = [
        sys.executable,
        "-m",
        "tests.newsroom",
        "--port",
        "0",
        "--print-url",
        "--articles",
        "1",
        "--until-stdin-closes",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip()
        with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
            assert ask_over(connection, "/robots.txt")[0].status == 200
        if way == "stdin":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, way))
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
