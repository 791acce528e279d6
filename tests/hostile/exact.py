"""Crawl every route of the hostile server and compare what was captured with what the server logged."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.server import ROUTES, Hit, Proxy, Server

ROOT = Path(__file__).resolve().parents[2]
SLOW = {"hang-in-head", "hang-in-body", "hang-at-once"}
LARGE = {"too-large", "too-large-chunked"}
REDIRECTS = {"moved", "found"}
METHODS = {"posted": "POST", "head-only": "HEAD"}
ELSEWHERE = {"stale", "moved-again", "robots.txt", "excess-bytes"}
"""Asked for by other routes, or not here."""
TRUNCATED = {
    "cut-length": "disconnect",
    "cut-chunk": "disconnect",
    "cut-head": "disconnect",
    "reset-in-body": "disconnect",
    "too-large": "length",
    "too-large-chunked": "length",
    "endless-head": "length",
    "hang-in-head": "time",
    "hang-in-body": "time",
    "two-lengths": "unspecified",
    "bad-chunk-size": "unspecified",
    "garbage": "unspecified",
    "http09": "unspecified",
}
FAILURES = {
    "cut-head": -3,
    "endless-head": -3,
    "hang-in-head": -4,
    "hang-at-once": -4,
    "empty-reply": -404,
    "garbage": -404,
    "http09": -404,
    "two-lengths": -404,
}
ABORTED = {*LARGE, "bad-chunk-size", "endless-head", "two-lengths", "garbage", "http09"}
"""We hang up before the server has said all: a prefix is what there is to be had."""
MAX_BODY = 200_000


def crawl(job: dict[str, Any], timeout: float = 90) -> dict[str, Any]:
    """Do one job in a Scrapy process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.hostile.crawl"],
        input=json.dumps(job).encode(),
        capture_output=True,
        timeout=timeout,
        check=False,
        cwd=ROOT,
    )
    if process.returncode != 0 or not process.stdout:
        raise AssertionError(f"crawl failed ({process.returncode}):\n{process.stderr.decode()[-4000:]}")
    outcome: dict[str, Any] = json.loads(process.stdout)
    outcome["log"] = process.stderr.decode()
    for capture in outcome["captures"]:
        for name in ("request", "head", "body", "interim"):
            capture[name] = base64.b64decode(capture[name])
    for response in outcome["responses"]:
        response["body"] = base64.b64decode(response["body"])
    return outcome


def route_jobs(server: Server, scheme: str, proxy: str | None = None) -> list[dict[str, Any]]:
    """Return the requests that visit every route once."""
    jobs = []
    for path in ROUTES:
        name = path.removeprefix("/")
        if name in ELSEWHERE:
            continue
        meta: dict[str, Any] = {"download_maxsize": MAX_BODY, "download_timeout": 4 if name in SLOW else 20}
        if proxy:
            meta["proxy"] = proxy
        job = {"url": server.url(scheme, f"{path}?via={'proxy' if proxy else 'none'}"), "meta": meta}
        if name in METHODS:
            job["method"] = METHODS[name]
        if name == "posted":
            job["body"] = "q=Hà Nội&x=越南"
        if name in REDIRECTS:
            job["redirect"] = True
        jobs.append(job)
    return jobs


@dataclass
class Row:
    """One exchange of one route: was it captured exactly?"""

    route: str
    scheme: str
    via: str
    request: bool
    response: bool
    whole: bool
    capture: dict[str, Any] | None
    hit: Hit | None

    def __str__(self) -> str:
        verdict = {True: "exact", False: "NOT EXACT"}
        size = (
            len(self.capture["interim"] + self.capture["head"] + self.capture["body"]) if self.capture else 0
        )
        part = "" if self.whole else " (prefix)"
        return (
            f"{self.route:28} {self.scheme:5} {self.via:5} request {verdict[self.request]:9} "
            f"response {verdict[self.response]:9}{part} {size:7} bytes"
        )


def compare(server: Server, captures: list[dict[str, Any]]) -> list[Row]:
    """Match captures and hits, both in order for each URL; what has no match is not exact."""
    rows: list[Row] = []
    waiting: dict[tuple[str, str], list[dict[str, Any]]] = {}
    ours = {f":{port}/": scheme for scheme, port in server.ports.items()}
    for capture in captures:
        scheme = next((name for mark, name in ours.items() if f"{server.host}{mark}" in capture["url"]), None)
        if scheme is not None:
            target = "/" + capture["url"].split("/", 3)[3]
            waiting.setdefault((scheme, target), []).append(capture)
    for hit in list(server.hits):
        queue = waiting.get((hit.scheme, hit.target), [])
        while hit.sent and queue and never_arrived(queue[0]):
            queue.pop(0)
        capture = queue.pop(0) if queue else None
        rows.append(_row(hit, capture))
    rows += [_row(None, one) for queue in waiting.values() for one in queue if not never_arrived(one)]
    return rows


def never_arrived(capture: dict[str, Any]) -> bool:
    """Tell whether this went out on a dead kept connection, and again on a new one."""
    failure = capture["failure"]
    return bool(failure and failure["reason"].startswith("the kept connection was dead"))


def _row(hit: Hit | None, capture: dict[str, Any] | None) -> Row:
    some = hit.target if hit else "/" + capture["url"].split("/", 3)[3] if capture else ""
    name = some.split("?")[0].removeprefix("/")
    row = Row(
        route=name,
        scheme=hit.scheme if hit else capture["url"].split(":")[0] if capture else "",
        via="proxy" if "via=proxy" in some else "none",
        request=False,
        response=False,
        whole=False,
        capture=capture,
        hit=hit,
    )
    if hit is None or capture is None:
        return row
    got = capture["interim"] + capture["head"] + capture["body"]
    row.request = capture["request"] == hit.received
    row.whole = got == hit.sent
    row.response = row.whole or (name in ABORTED and hit.sent.startswith(got) and bool(got))
    return row


def survey(certificate: Path) -> tuple[list[Row], dict[str, Any]]:
    """Visit every route over http and https, directly and through a proxy."""
    with (
        Server(certificate=certificate) as server,
        Server("127.0.0.2", certificate) as other,
        Server("127.0.0.3", certificate) as third,
        Proxy() as proxy,
    ):
        jobs = []
        for scheme in ("http", "https"):
            jobs += route_jobs(server, scheme)
            jobs += route_jobs(server, scheme, proxy.url)
            then = [{"url": other.url(scheme, "/plain?after=stale")}]
            jobs.append({"url": other.url(scheme, "/stale"), "then": then})
            # Alone on its connection: late bytes would rightly be read as the answer to another request.
            jobs.append({"url": third.url(scheme, "/excess-bytes")})
        outcome = crawl({"requests": jobs, "private_hosts": ["127.0.0.1", "127.0.0.2", "127.0.0.3"]})
        rows = [row for each in (server, other, third) for row in compare(each, outcome["captures"])]
        outcome["tunnels"], outcome["forwarded"] = proxy.tunnels, proxy.forwarded
    return rows, outcome
