"""The newspaper on loopback: HTTP/1.1 over asyncio in a thread of its own, with good manners and bad ones.

A bad manner is asked for by path (`/bad/slow:2/fr/economie/` is that page, two seconds late) or by
`site.manners["/fr/economie/*"] = "slow:2"`. `MANNERS` lists them.
"""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import attrs

from tests.newsroom.feeds import http_date
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.site import Pages, Reply

MANNERS = {
    "slow": "answers after N seconds (1)",
    "drip": "sends head and body in small pieces over N seconds (1)",
    "truncated": "names a Content-Length and closes after half of the body",
    "charset": "names a charset that the page is not in (iso-8859-1)",
    "loop": "redirects to itself for ever",
    "429": "429 with Retry-After: N (1)",
    "503": "503 with Retry-After: N (1)",
    "500": "500 with an HTML page",
    "odd": "header names in odd case, a folded header, a header twice, no reason phrase",
    "huge": "adds N megabytes of comment (16)",
    "reset": "resets the connection without an answer",
    "cut": "resets the connection in the middle of the head",
    "chunked": "sends the body in chunks, with an extension and a trailer",
    "close": "names no length and closes the connection at the end",
    "badgzip": "says gzip and sends something else",
    "empty": "200 without a body",
}
"""Manner → what it does; N comes after a colon. "503:2*1" keeps to the manner for one request only."""


@dataclass
class Hit:
    """One request that the server answered (or refused to)."""

    at: float
    """time.monotonic() when its head was read."""
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    status: int = 0
    manner: str | None = None
    connection: int = 0


@dataclass
class Site:
    """A running server. Switch `newsroom` while it runs to let time pass."""

    url: str
    _pages: Pages
    log: list[Hit] = field(default_factory=list)
    """Every request, oldest first."""
    manners: dict[str, str] = field(default_factory=dict)
    """Path, or pattern with * and ?, → manner."""
    gzip: bool = True
    """Compress for those who ask."""
    keep_alive: bool = True
    noise: bool = False
    """Every answer with a page is another one: a counter of readers in its text, ads, other white space."""

    @property
    def newsroom(self) -> Newsroom:
        """The state that is served."""
        return self._pages.newsroom

    @newsroom.setter
    def newsroom(self, newsroom: Newsroom) -> None:
        self._pages = Pages(newsroom.rebased(self.url))

    @property
    def paths(self) -> list[str]:
        """Targets of all requests so far."""
        return [hit.target for hit in self.log]

    def manner_for(self, path: str) -> str | None:
        """Return the manner for a path, counting down those that hold for some requests only."""
        for pattern, manner in list(self.manners.items()):
            if pattern != path and not fnmatch.fnmatchcase(path, pattern):
                continue
            plain, star, left = manner.partition("*")
            if star and int(left) <= 1:
                del self.manners[pattern]
            elif star:
                self.manners[pattern] = f"{plain}*{int(left) - 1}"
            return plain
        return None


class _Connection(asyncio.Protocol):
    """One connection: reads requests one after another, answers each."""

    number = 0

    def __init__(self, site: Site, open_connections: set[_Connection]) -> None:
        self.site, self.open, self.buffer = site, open_connections, b""
        self.busy: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        _Connection.number += 1
        self.id = _Connection.number
        self.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.work()

    def work(self) -> None:
        """Answer the requests that are wholly there; a manner that takes its time holds up the next."""
        while self.busy is None and b"\r\n\r\n" in self.buffer and not self.transport.is_closing():
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            first, *rest = head.decode("latin-1").split("\r\n")
            method, target, *_ = [*first.split(" "), "", ""]
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in rest)
            }
            hit = Hit(at=time.monotonic(), method=method, target=target, headers=headers, connection=self.id)
            self.site.log.append(hit)
            path = target.partition("?")[0]
            manner = self.site.manner_for(path)
            if path.startswith("/bad/"):
                manner, _, plain = target.removeprefix("/bad/").partition("/")
                target = "/" + plain
            hit.manner = manner
            if manner:
                self.busy = asyncio.get_running_loop().create_task(self.misbehave(hit, target, manner))
                self.busy.add_done_callback(self.done)
            else:
                self.send(hit, self.site._pages.get(target))

    def done(self, task: asyncio.Task[None]) -> None:
        """Go on with the next request."""
        self.busy = None
        if not task.cancelled() and task.exception() is None:
            self.work()

    def send(self, hit: Hit, reply: Reply) -> None:
        """Send an answer as a good server would."""
        head, body = self.message(hit, reply)
        self.transport.write(head + body)
        self.end(hit)

    def end(self, hit: Hit) -> None:
        """Close, if that was agreed."""
        if not self.site.keep_alive or hit.headers.get("connection", "").lower() == "close":
            self.transport.close()

    def message(self, hit: Hit, reply: Reply, *, length: bool = True) -> tuple[bytes, bytes]:
        """Return head and body for a reply: 304, gzip, HEAD, validators."""
        if self.site.noise and reply.content_type.startswith("text/html"):
            reply = _noisy(reply, len(self.site.log))
        headers = [("Date", http_date(self.site.newsroom.moment)), ("Server", "newsroom"), *reply.headers]
        status, body = reply.status, reply.body
        if status == 200:
            headers.append(("ETag", reply.etag))
            if reply.changed:
                headers.append(("Last-Modified", http_date(reply.changed)))
            known, since = hit.headers.get("if-none-match"), hit.headers.get("if-modified-since")
            if (known and reply.etag in known) or (
                not known and since and reply.changed and since == http_date(reply.changed)
            ):
                status, body = 304, b""
        if body:
            headers.append(("Content-Type", reply.content_type))
            if (
                self.site.gzip
                and "gzip" in hit.headers.get("accept-encoding", "")
                and not reply.content_type.startswith("image/")
            ):
                body = gzip.compress(body, 5, mtime=0)
                headers.append(("Content-Encoding", "gzip"))
            headers.append(("Vary", "Accept-Encoding"))
        if length and status != 304:
            headers.append(("Content-Length", str(len(body))))
        if not self.site.keep_alive:
            headers.append(("Connection", "close"))
        hit.status = status
        reason = HTTPStatus(status).phrase
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), b"" if hit.method == "HEAD" else body

    def abort(self) -> None:
        """Reset the connection: the peer sees ECONNRESET, not an end."""
        sock = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    async def misbehave(self, hit: Hit, target: str, manner: str) -> None:
        """Answer in a bad manner."""
        name, _, amount = manner.partition(":")
        reply = self.site._pages.get(target)
        if name in _REPLIES:
            self.send(hit, _REPLIES[name](reply, hit, amount))
        elif name == "slow":
            await asyncio.sleep(float(amount or 1))
            self.send(hit, reply)
        elif name in ("reset", "cut"):
            if name == "cut":
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht")
                await asyncio.sleep(0.05)
            self.abort()
        elif name in _WIRES:
            await _WIRES[name](self, hit, reply, amount)
        else:
            self.send(
                hit, Reply(status=500, body=f"no such manner: {manner}".encode(), content_type="text/plain")
            )


_COUNTERS = ("{} lượt xem", "{} vues", "阅读 {}", "{} مشاهدة", "เข้าชม {} ครั้ง", "Comments ({})")


def _noisy(reply: Reply, number: int) -> Reply:
    counter = _COUNTERS[number % len(_COUNTERS)].format(1_000 + number)
    ad = f'<p>Advertisement</p><div class="ad-slot" id="ad-{number}"><a href="/ads/{number}">-{number} %</a></div>'
    start, mark, rest = reply.body.partition(b'class="story-body"')
    text, end, more = rest.partition(b"</p>")
    body = start + mark + text + end + f"<p>{counter}</p>{ad}".encode() * bool(mark) + more
    body = body.replace(b"<p>", b"<p>" + b" \n\t" * (number % 3)).replace(
        b"</body>", f"<!-- {number} --></body>".encode()
    )
    return attrs.evolve(reply, body=body)


def _loop(reply: Reply, hit: Hit, amount: str) -> Reply:
    return Reply(status=302, headers=(("Location", hit.target),))


def _later(status: int, amount: str) -> Reply:
    return Reply(status=status, headers=(("Retry-After", amount or "1"),), body=b"<h1>Later, please</h1>")


def _huge(reply: Reply, hit: Hit, amount: str) -> Reply:
    filler = b"<!-- " + b"lorem ipsum " * (int(float(amount or 16) * 1_000_000) // 12) + b"-->"
    return Reply(body=reply.body.replace(b"<body", filler + b"<body", 1), content_type=reply.content_type)


def _error(reply: Reply, hit: Hit, amount: str) -> Reply:
    return Reply(status=500, body=b"<html><body><h1>Internal error</h1></body></html>")


def _charset(reply: Reply, hit: Hit, amount: str) -> Reply:
    return Reply(body=reply.body, content_type="text/html; charset=iso-8859-1")


def _empty(reply: Reply, hit: Hit, amount: str) -> Reply:
    return Reply(content_type="text/html")


_REPLIES: dict[str, Callable[[Reply, Hit, str], Reply]] = {
    "loop": _loop,
    "429": lambda reply, hit, amount: _later(429, amount),
    "503": lambda reply, hit, amount: _later(503, amount),
    "500": _error,
    "huge": _huge,
    "charset": _charset,
    "empty": _empty,
}


async def _drip(self: _Connection, hit: Hit, reply: Reply, amount: str) -> None:
    head, body = self.message(hit, reply)
    data = head + body
    step = -(-len(data) // 20)
    for at in range(0, len(data), step):
        self.transport.write(data[at : at + step])
        await asyncio.sleep(float(amount or 1) / 20)
    self.end(hit)


async def _truncated(self: _Connection, hit: Hit, reply: Reply, amount: str) -> None:
    head, body = self.message(hit, reply)
    self.transport.write(head + body[: len(body) // 2])
    self.transport.close()


async def _odd(self: _Connection, hit: Hit, reply: Reply, amount: str) -> None:
    head, body = self.message(hit, reply)
    names = head.decode("latin-1").split("\r\n")[1:-2]
    odd = "\r\n".join(line.swapcase().split(":", 1)[0] + ":" + line.split(":", 1)[1] for line in names)
    start = f"HTTP/1.1 {hit.status} \r\nX-Folded: one\r\n two\r\nset-COOKIE: a=1\r\nSet-Cookie: b=2\r\n"
    self.transport.write((start + odd + "\r\n\r\n").encode("latin-1") + body)
    self.end(hit)


async def _chunked(self: _Connection, hit: Hit, reply: Reply, amount: str) -> None:
    head, body = self.message(hit, reply, length=False)
    head = head[:-2] + b"Transfer-Encoding: chunked\r\nTrailer: X-Checked\r\n\r\n"
    chunks = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    coded = b"".join(
        b"%x;part=%d\r\n%s\r\n" % (len(chunk), place, chunk) for place, chunk in enumerate(chunks)
    )
    self.transport.write(head + coded + b"0\r\nX-Checked: yes\r\n\r\n")
    self.end(hit)


async def _close(self: _Connection, hit: Hit, reply: Reply, amount: str) -> None:
    head, body = self.message(hit, reply, length=False)
    self.transport.write(head[:-2] + b"Connection: close\r\n\r\n" + body)
    self.transport.close()


async def _badgzip(self: _Connection, hit: Hit, reply: Reply, amount: str) -> None:
    body = b"\x1f\x8b\x08\x00this is not gzip at all" * 20
    hit.status = 200
    self.transport.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        % len(body)
        + body
    )
    self.end(hit)


_WIRES = {
    "drip": _drip,
    "truncated": _truncated,
    "odd": _odd,
    "chunked": _chunked,
    "close": _close,
    "badgzip": _badgzip,
}


@contextlib.contextmanager
def serve(newsroom: Newsroom | None = None, *, port: int = 0, host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve a newsroom on loopback; yield the running `Site`, whose newsroom has the server's address."""
    loop = asyncio.new_event_loop()
    connections: set[_Connection] = set()
    listener = socket.create_server((host, port), backlog=256)
    url = f"http://{host}:{listener.getsockname()[1]}"
    site = Site(url=url, _pages=Pages((newsroom or Newsroom()).rebased(url)))

    async def start() -> asyncio.Server:
        return await loop.create_server(lambda: _Connection(site, connections), sock=listener)

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, name="newsroom", daemon=True)
    thread.start()

    async def stop() -> None:
        server.close()
        tasks = [connection.busy for connection in connections if connection.busy]
        for connection in list(connections):
            connection.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()
