"""Fetches that never came to an answer, and addresses that are not spoken to."""

import ipaddress
import socket
import time
from contextlib import contextmanager, suppress

import pytest

from crawler.addresses import is_private, literal_address
from tests.hostile.exact import crawl
from tests.hostile.server import Answer, Listeners, Proxy, Server, ok

PRIVATE = [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "[fe80::1]",
    "[fd00::1]",
    "0.0.0.0",
    "224.0.0.1",
    "127.0.0.1.",
]
PUBLIC = ["8.8.8.8", "[2606:4700::1111]", "1.1.1.1", "[::ffff:8.8.8.8]"]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_known_in_every_notation(host):
    address = literal_address(host)
    assert address is not None
    assert is_private(address)


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_pass(host):
    address = literal_address(host)
    assert address is not None
    assert not is_private(address)


@pytest.mark.parametrize(
    "host", ["fr.vietnamplus.vn", "localhost", "báo.vn", "1a.example", "", "0day.news", "999.1.1.1.1"]
)
def test_names_are_no_addresses(host):
    assert literal_address(host) is None


@contextmanager
def no_tls():
    """A port that answers a TLS hello with something else."""
    listeners = Listeners()

    def answer(sock: socket.socket) -> None:
        sock.recv(4096)
        sock.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        listeners.release(sock)

    yield listeners.listen("127.0.0.2", answer)
    listeners.close()


@contextmanager
def silence():
    """A port that takes a connection, and answers nothing."""
    listeners = Listeners()

    def hear(sock: socket.socket) -> None:
        with suppress(ConnectionError):
            while sock.recv(4096):
                pass
        listeners.release(sock)

    try:
        yield listeners.listen("127.0.0.2", hear)
    finally:
        listeners.close()


def test_silence_in_answer_to_tls_is_told_from_a_slow_answer(certificate):
    """Directly and in a tunnel; a server that takes longer for its answer than for the handshake is waited for."""
    with silence() as port, Proxy() as proxy, Server(certificate=certificate) as server:
        server.routes["/slow"] = slow
        silent = [f"https://127.0.0.2:{port}/{name}" for name in ("direct", "tunnel")]
        slow_ones = [server.url("https", f"/slow?via={name}") for name in ("direct", "tunnel")]
        requests = [
            {"url": url, "meta": {"download_timeout": 60} | ({"proxy": proxy.url} if "tunnel" in url else {})}
            for url in silent + slow_ones
        ]
        outcome = crawl(
            {
                "requests": requests,
                "private_hosts": ["127.0.0.1", "127.0.0.2"],
                "settings": {"HEMEROTECA_HANDSHAKE_TIMEOUT": 1.5},
            }
        )
    assert {error["url"]: error["type"] for error in outcome["errors"]} == dict.fromkeys(
        silent, "NoHandshakeError"
    )
    assert {answer["url"] for answer in outcome["responses"]} == set(slow_ones)
    failed = {one["url"]: one for one in outcome["captures"] if one["failure"]}
    assert set(failed) == set(silent)
    for capture in failed.values():
        assert capture["failure"]["code"] == -2
        assert "TLS" in capture["failure"]["reason"]
        assert capture["request"] == b""  # it never left TLS's own buffer


def slow(a: Answer) -> None:
    time.sleep(3)
    a.send(ok())


@pytest.fixture(scope="module")
def refused(certificate):
    """One crawl, nothing allowed but what stands in private_hosts; `localhost` resolves to a private address."""
    with socket.create_server(("127.0.0.2", 0)) as closed:
        refusing = closed.getsockname()[1]
    with Server(certificate=certificate) as server, no_tls() as no_tls_port:
        http, https = server.ports["http"], server.ports["https"]
        urls = {
            "dns": "http://no-such-host.invalid/",
            "name": f"http://localhost:{http}/plain?by=name",
            "tls-name": f"https://localhost:{https}/plain?by=name",
            "tls": f"https://127.0.0.2:{no_tls_port}/plain?by=tls",
            "port": f"http://127.0.0.2:{refusing}/",
        }
        urls |= {f"literal {host}": f"http://{host}:{http}/plain?by=literal" for host in PRIVATE}
        outcome = crawl(
            {
                "requests": [{"url": url, "meta": {"download_timeout": 10}} for url in urls.values()],
                "private_hosts": ["127.0.0.2"],
                "settings": {"DNS_TIMEOUT": 2},
            }
        )
        outcome["by_url"] = {capture["url"]: capture for capture in outcome["captures"]}
        outcome["urls"], outcome["server"] = urls, server
    return outcome


def capture_of(refused, name):
    return refused["by_url"][refused["urls"][name]]


def test_every_attempt_is_kept_once(refused):
    assert len(refused["captures"]) == len(refused["urls"]) == len(refused["errors"])
    assert refused["responses"] == []


@pytest.mark.parametrize("host", PRIVATE)
def test_literals_are_refused_before_connecting(refused, host):
    capture = capture_of(refused, f"literal {host}")
    assert capture["failure"]["code"] == -5000
    assert capture["request"] == b""


@pytest.mark.parametrize("name", ["name", "tls-name"])
def test_names_are_refused_by_where_they_lead(refused, name):
    capture = capture_of(refused, name)
    assert capture["failure"]["code"] == -5000
    assert "localhost" in capture["failure"]["reason"]
    assert capture["request"] == b""


def test_nothing_was_read_by_the_server(refused):
    assert refused["server"].hits == []


@pytest.mark.parametrize(
    ("name", "code", "word"), [("dns", -1, ""), ("port", -2, "refused"), ("tls", -2, "TLS")]
)
def test_failures_before_the_request(refused, name, code, word):
    capture = capture_of(refused, name)
    assert capture["failure"]["code"] == code
    assert word in capture["failure"]["reason"]
    assert capture["request"] == b""


def test_what_is_allowed_by_the_setting_or_the_spider_is_fetched(certificate):
    with Server(certificate=certificate) as server:
        job = {"requests": [{"url": server.url("http", "/plain")}]}
        everywhere = crawl({**job, "settings": {"HEMEROTECA_ALLOW_PRIVATE": True}})
        here = crawl({**job, "private_hosts": [f"127.0.0.1:{server.ports['http']}"]})
        elsewhere = crawl({**job, "private_hosts": ["127.0.0.1:1"]})
    assert len(everywhere["responses"]) == len(here["responses"]) == 1
    assert elsewhere["responses"] == []
    assert ipaddress.ip_address(everywhere["captures"][0]["ip"]).is_loopback
