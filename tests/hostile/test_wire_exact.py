"""Every route of the hostile server, over http and https, directly and through a proxy: what was captured is
what the server logged, in both directions."""

import gzip
from datetime import UTC, datetime

import pytest

from tests.hostile.exact import (
    ABORTED,
    ELSEWHERE,
    FAILURES,
    LARGE,
    MAX_BODY,
    TRUNCATED,
    Row,
    compare,
    crawl,
    never_arrived,
    survey,
)
from tests.hostile.server import GZIPPED, PAGE, ROUTES, Server

ROUTE_NAMES = sorted(path.removeprefix("/") for path in ROUTES)


@pytest.fixture(scope="module")
def surveyed(certificate):
    started = datetime.now(UTC)
    rows, outcome = survey(certificate)
    outcome["started"] = started
    return rows, outcome


def rows_of(surveyed, route) -> list[Row]:
    rows = [row for row in surveyed[0] if row.route == route]
    assert rows
    return rows


@pytest.mark.parametrize("route", [name for name in ROUTE_NAMES if name != "robots.txt"])
def test_both_directions_are_exact(surveyed, route):
    rows = rows_of(surveyed, route)
    assert [str(row) for row in rows if not (row.request and row.response)] == []
    assert {row.scheme for row in rows} == {"http", "https"}
    if route not in {"stale", "excess-bytes"}:
        assert {row.via for row in rows} >= ({"none", "proxy"} if route not in ELSEWHERE else set())


@pytest.mark.parametrize("route", [name for name in ROUTE_NAMES if name not in ABORTED | {"robots.txt"}])
def test_nothing_is_missing_where_the_server_said_it_all(surveyed, route):
    assert all(row.whole for row in rows_of(surveyed, route))


@pytest.mark.parametrize("route", [name for name in ROUTE_NAMES if name != "robots.txt"])
def test_truncation_and_failure_are_named(surveyed, route):
    for row in rows_of(surveyed, route):
        capture = row.capture
        failure = capture["failure"]
        if never_arrived(capture) and not row.hit.sent:
            continue  # see test_a_dead_kept_connection_is_a_failure_and_the_page_still_comes
        assert capture["truncated"] == TRUNCATED.get(route), row
        assert (failure and failure["code"]) == FAILURES.get(route), (str(row), failure)


def test_the_proxy_was_used(surveyed):
    assert surveyed[1]["tunnels"] > 20
    assert surveyed[1]["forwarded"] > 10


def test_facts_of_the_connection(surveyed):
    for row in surveyed[0]:
        capture = row.capture
        if "from=" not in row.hit.target and row.route != "moved-again":  # redirects keep the proxy
            host = capture["url"].split("/")[2].split(":")[0]
            assert capture["ip"] == (None if row.via == "proxy" else host)
        version = "http/1.0" if row.route in {"close-delimited", "icy"} else "http/1.1"
        assert capture["protocol"][0] == version
        assert capture["protocol"][1:] == (["tls/1.3"] if row.scheme == "https" else []), str(row)
        assert bool(capture["cipher"]) == (row.scheme == "https")
        assert capture["duration_ms"] >= 0
        assert capture["fetched_at"] >= str(surveyed[1]["started"])


def test_interim_heads_stand_apart(surveyed):
    for row in rows_of(surveyed, "early-hints"):
        assert row.capture["interim"].startswith(b"HTTP/1.1 103")
        assert row.capture["head"].startswith(b"HTTP/1.1 200")
    for row in rows_of(surveyed, "continue-first"):
        assert row.capture["interim"].count(b"HTTP/1.1 10") == 2
        assert row.capture["body"] == PAGE


def test_heads_end_with_the_blank_line(surveyed):
    for row in surveyed[0]:
        head = row.capture["head"]
        if head and row.route not in FAILURES:
            assert head.endswith((b"\r\n\r\n", b"\n\n")), str(row)
            assert b"\r\n\r\n" not in head[:-4]


def test_bodies_are_as_sent(surveyed):
    for row in rows_of(surveyed, "gzipped"):
        assert row.capture["body"] == GZIPPED
    for row in rows_of(surveyed, "gzipped-chunks-trailers"):
        assert row.capture["body"].endswith("X-Sum: été\r\nX-Other: 2\r\n\r\n".encode())


@pytest.mark.parametrize("route", sorted(LARGE))
def test_large_bodies_are_cut_near_the_bound(surveyed, route):
    for row in rows_of(surveyed, route):
        assert MAX_BODY < len(row.capture["body"]) < MAX_BODY + 70_000


def test_excess_bytes_are_no_part_of_the_message(surveyed):
    for route in ("excess-bytes", "excess-in-one-write"):
        for row in rows_of(surveyed, route):
            assert row.hit.excess
            assert row.capture["body"] == PAGE


def test_posted_bodies_are_in_the_request(surveyed):
    for row in rows_of(surveyed, "posted"):
        assert row.capture["request"].endswith("q=Hà Nội&x=越南".encode())


def test_what_came_goes_on_to_the_spider(surveyed):
    bodies = {}
    for response in surveyed[1]["responses"]:
        route = response["url"].split("/", 3)[3].split("?")[0]
        bodies.setdefault(route, []).append(response)
        assert response["stored"] == response["url"]
    assert bodies.keys() == set(ROUTE_NAMES) - FAILURES.keys() - {
        "moved",
        "found",
        "moved-again",
        "robots.txt",
    }
    for route in ("cut-length", "reset-in-body", "hang-in-body", "cut-chunk", "bad-chunk-size", *LARGE):
        assert len(bodies[route]) == 4
        for response in bodies[route]:
            assert response["status"] == 200
            assert response["flags"] == ["dataloss"]
            whole = PAGE if route not in LARGE else b"N" * 8_000_000
            assert whole.startswith(response["body"])
            assert response["body"]
    for route in (
        "plain",
        "icy",
        "latin1-name",
        "padded-chunk-sizes",
        "long-header",
        "in-chunks",
        "length-and-chunks",
        "excess-bytes",
        "lf-only",
    ):
        assert all(response["body"] == PAGE for response in bodies[route])
    assert all(gzip.decompress(response["body"]) == PAGE for response in bodies["gzip-then-chunked"])


def test_failures_reach_the_errback(surveyed):
    failed = {error["url"].split("/", 3)[3].split("?")[0] for error in surveyed[1]["errors"]}
    assert failed == FAILURES.keys()


def test_redirects_tell_how_they_were_found(surveyed):
    (row,) = [
        row
        for row in rows_of(surveyed, "plain")
        if row.hit.target == "/plain?from=found"
        and row.scheme == "http"
        and row.hit.received.startswith(b"GET /")
    ]
    found = row.capture["found"]
    assert found["by"] == "redirect"
    assert found["hop"] == "RR"
    assert found["via"].endswith("/moved-again")


def test_a_dead_kept_connection_is_a_failure_and_the_page_still_comes(certificate):
    """The server reads the second request on a kept connection and hangs up: Twisted asks again."""
    with Server(certificate=certificate) as server:
        jobs = [
            {"url": server.url(scheme, "/stale"), "then": [{"url": server.url(scheme, "/plain")}]}
            for scheme in ("http", "https")
        ]
        outcome = crawl({"requests": jobs, "private_hosts": ["127.0.0.1"]})
        rows = compare(server, outcome["captures"])
    assert outcome["errors"] == []
    for scheme in ("http", "https"):
        first, dead, alive = (row for row in rows if row.scheme == scheme)
        assert first.whole
        assert (dead.hit.number, dead.hit.sent) == (2, b"")
        assert dead.request
        assert dead.capture["failure"]["code"] == -3
        assert dead.capture["head"] == b""
        assert alive.hit.connection != dead.hit.connection
        assert alive.request
        assert alive.whole
        assert alive.capture["failure"] is None


def test_sixty_at_once(certificate):
    """Concurrent and mixed, over few kept connections: no exchange takes bytes of another."""
    mixed = [
        "plain",
        "gzipped",
        "in-chunks",
        "odd-case",
        "excess-in-one-write",
        "missing",
        "no-content",
        "cut-length",
    ]
    with Server(certificate=certificate) as server:
        jobs = [
            {"url": server.url(("http", "https")[at % 2], f"/{mixed[at % len(mixed)]}?n={at}")}
            for at in range(64)
        ]
        outcome = crawl(
            {
                "requests": jobs,
                "private_hosts": ["127.0.0.1"],
                "settings": {"CONCURRENT_REQUESTS_PER_DOMAIN": 6},
            }
        )
        rows = compare(server, outcome["captures"])
        connections = {hit.connection for hit in server.hits}
    assert len(rows) == 64
    assert [str(row) for row in rows if not (row.request and row.whole)] == []
    assert len(connections) < 56  # some were kept
    assert len(outcome["responses"]) == 64
