"""A web server with every bad manner, on loopback, that logs exactly the bytes it read and sent.

Raw sockets and threads: no HTTP library comes between a route and the wire. Each route writes its answer by
hand. `Hit.received` is what the server read of one request, `Hit.sent` what it sent as the message (and
`Hit.excess` what it sent after the message's end): that is what a capture must equal.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PAGE = (
    "<!doctype html><html lang=vi><head><meta charset=utf-8><title>Hà Nội – Le Courrier</title></head><body>"
    "<p>Tổng Bí thư tiếp khách quốc tế.</p><p>Le Vietnam accélère sa transition énergétique.</p>"
    "<p>越南加快能源转型。</p><p>فيتنام تسرّع التحول في الطاقة.</p><p>เวียดนามเร่งการเปลี่ยนผ่านด้านพลังงาน</p>"
    + "<p>Một đoạn văn dài hơn một chút, để thân trang có chiều dài đáng kể.</p>" * 12
    + "</body></html>"
).encode()
GZIPPED = gzip.compress(PAGE, mtime=0)


@dataclass
class Hit:
    """One request that the server read, or began to read."""

    scheme: str
    target: str
    received: bytes
    connection: int
    number: int
    """1-based, on its connection."""
    sent: bytes = b""
    excess: bytes = b""


@dataclass
class Answer:
    """What a route writes to."""

    sock: socket.socket
    hit: Hit
    state: dict[str, int]
    keep: bool = False

    def send(self, data: bytes, *, excess: bool = False) -> None:
        """Log, then send: what was logged may be more than what arrived, never less."""
        if excess:
            self.hit.excess += data
        else:
            self.hit.sent += data
        self.sock.sendall(data)

    def wait_for_goodbye(self, seconds: float = 8.0) -> None:
        """Say nothing until the client hangs up."""
        self.sock.settimeout(seconds)
        with contextlib.suppress(OSError):
            while self.sock.recv(4096):
                pass

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        fileno = self.sock.detach()
        socket.socket(fileno=fileno).close()


ROUTES: dict[str, Callable[[Answer], None]] = {}


def route(function: Callable[[Answer], None]) -> Callable[[Answer], None]:
    ROUTES["/" + function.__name__.replace("_", "-")] = function
    return function


def ok(*lines: bytes, body: bytes = PAGE, status: bytes = b"HTTP/1.1 200 OK", eol: bytes = b"\r\n") -> bytes:
    """Return a message with a Content-Length, lines as given."""
    head = [status, *lines, b"Content-Length: %d" % len(body)]
    return eol.join(head) + eol * 2 + body


def chunked(body: bytes, size: int = 700, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    """Return `body` in chunks."""
    parts = [
        b"%x%b\r\n%b\r\n" % (len(body[at : at + size]), extension, body[at : at + size])
        for at in range(0, len(body), size)
    ]
    return b"".join(parts) + b"0\r\n" + trailers + b"\r\n"


HTML = b"Content-Type: text/html; charset=utf-8"


# -- heads ---------------------------------------------------------------------------------------------


@route
def plain(a: Answer) -> None:
    a.send(ok(HTML))
    a.keep = True


@route
def odd_case(a: Answer) -> None:
    a.send(ok(b"sErVeR: nGiNx", b"CONTENT-type:text/html", b"x-Case-KEPT:   spaced   "))
    a.keep = True


@route
def repeated_headers(a: Answer) -> None:
    a.send(ok(b"X-Dup: 1", b"Set-Cookie: a=1", HTML, b"x-dup: 2", b"SET-COOKIE: b=2", b"X-Dup: 1"))
    a.keep = True


@route
def folded_header(a: Answer) -> None:
    a.send(ok(b"X-Folded: one\r\n\t two\r\n   three", HTML))
    a.keep = True


@route
def latin1_value(a: Answer) -> None:
    a.send(ok("X-Redaction: Société générale".encode("latin-1"), HTML))
    a.keep = True


@route
def latin1_name(a: Answer) -> None:
    a.send(
        ok("X-Rédaction: Tòa soạn".encode("latin-1", "replace"), b"a name with spaces: 1", b": none", HTML)
    )
    a.keep = True


@route
def utf8_reason(a: Answer) -> None:
    a.send(ok(HTML, status="HTTP/1.1 200 Très bien – Tốt lắm".encode()))
    a.keep = True


@route
def no_colon(a: Answer) -> None:
    a.send(ok(b"this line has no colon", HTML))
    a.keep = True


@route
def lf_only(a: Answer) -> None:
    a.send(ok(HTML, eol=b"\n"))
    a.keep = True


@route
def no_reason(a: Answer) -> None:
    a.send(ok(HTML, status=b"HTTP/1.1 200"))
    a.keep = True


@route
def long_header(a: Answer) -> None:
    a.send(ok(b"X-Long: " + b"n" * 40_000, HTML))
    a.keep = True


@route
def icy(a: Answer) -> None:
    a.send(b"ICY 200 OK\r\n" + HTML + b"\r\n\r\n" + PAGE)


@route
def garbage(a: Answer) -> None:
    a.send(b"SSH-2.0-OpenSSH_9.2p1\r\n\x00\xff\x00rubbish")


@route
def http09(a: Answer) -> None:
    a.send(b"<html><body>no head at all</body></html>\n")


@route
def early_hints(a: Answer) -> None:
    a.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    time.sleep(0.05)
    a.send(ok(HTML))
    a.keep = True


@route
def continue_first(a: Answer) -> None:
    a.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + ok(HTML))
    a.keep = True


# -- bodies --------------------------------------------------------------------------------------------


@route
def gzipped(a: Answer) -> None:
    a.send(ok(HTML, b"Content-Encoding: gzip", body=GZIPPED))
    a.keep = True


@route
def in_chunks(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunked(PAGE))
    a.keep = True


@route
def padded_chunk_sizes(a: Answer) -> None:
    a.send(
        b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(PAGE, 90, b"   ")
    )
    a.keep = True


@route
def bad_chunk_size(a: Answer) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    a.send(head + chunked(PAGE)[:-5] + b"not a size\r\n" + b"N" * 400)


@route
def gzipped_chunks_trailers(a: Answer) -> None:
    head = HTML + b"\r\nContent-Encoding: gzip\r\ntransfer-encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    body = chunked(GZIPPED, 97, b' ;a="b;c"', "X-Sum: été\r\nX-Other: 2\r\n".encode())
    a.send(b"HTTP/1.1 200 OK\r\n" + head + body)
    a.keep = True


@route
def gzip_then_chunked(a: Answer) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    a.send(head + chunked(GZIPPED))
    a.keep = True


@route
def transfer_gzip_only(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nTransfer-Encoding: gzip\r\n\r\n" + GZIPPED)


@route
def length_and_chunks(a: Answer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n" + HTML + b"\r\n\r\n"
    a.send(head + chunked(PAGE))
    a.keep = True


@route
def same_length_twice(a: Answer) -> None:
    a.send(ok(HTML, b"Content-Length: %d" % len(PAGE)))
    a.keep = True


@route
def two_lengths(a: Answer) -> None:
    a.send(ok(HTML, b"Content-Length: 12"))


@route
def excess_bytes(a: Answer) -> None:
    a.send(ok(HTML))
    a.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", excess=True)
    a.keep = True


@route
def excess_in_one_write(a: Answer) -> None:
    message, more = ok(HTML), b"garbage after the end"
    a.hit.sent, a.hit.excess = message, more
    a.sock.sendall(message + more)
    a.keep = True


@route
def close_delimited(a: Answer) -> None:
    a.send(b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n\r\n" + PAGE)


@route
def dribble(a: Answer) -> None:
    for byte in ok(HTML, body=PAGE[:300]):
        a.send(bytes([byte]))
        time.sleep(0.0005)
    a.keep = True


# -- cut short -----------------------------------------------------------------------------------------


@route
def cut_length(a: Answer) -> None:
    a.send(ok(HTML)[:-500])


@route
def cut_chunk(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + HTML + b"\r\n\r\n" + chunked(PAGE)[:-900])


@route
def cut_head(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\nContent-Ty")


@route
def reset_in_body(a: Answer) -> None:
    a.send(ok(HTML)[:-700])
    time.sleep(0.1)  # let the client read what was sent: RST throws away what it has not
    a.reset()


@route
def empty_reply(_: Answer) -> None:
    return


@route
def too_large(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nContent-Length: 8000000\r\n\r\n")
    with contextlib.suppress(OSError):
        for _ in range(8000):
            a.send(b"N" * 1000)


@route
def too_large_chunked(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    with contextlib.suppress(OSError):
        for _ in range(8000):
            a.send(b"3e8\r\n" + b"N" * 1000 + b"\r\n")


@route
def endless_head(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(OSError):
        for at in range(100_000):
            a.send(b"X-%d: more\r\n" % at)


@route
def hang_in_head(a: Answer) -> None:
    a.send(b"HTTP/1.1 200 OK\r\nContent-T")
    a.wait_for_goodbye()


@route
def hang_in_body(a: Answer) -> None:
    a.send(ok(HTML)[:-200])
    a.wait_for_goodbye()


@route
def hang_at_once(a: Answer) -> None:
    a.wait_for_goodbye()


# -- semantics -----------------------------------------------------------------------------------------


@route
def no_content(a: Answer) -> None:
    a.send(b"HTTP/1.1 204 No Content\r\nX-Empty: yes\r\n\r\n")
    a.keep = True


@route
def not_modified(a: Answer) -> None:
    a.send(b'HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\nContent-Length: 999\r\n\r\n')
    a.keep = True


@route
def head_only(a: Answer) -> None:
    a.send(ok(HTML)[: -len(PAGE)])
    a.keep = True


@route
def moved(a: Answer) -> None:
    status = b"HTTP/1.1 301 Moved Permanently"
    a.send(ok(b"Location: /plain?from=moved", status=status, body=b"moved"))
    a.keep = True


@route
def found(a: Answer) -> None:
    a.send(ok(b"Location: moved-again", status=b"HTTP/1.1 302 Found", body="déplacé".encode()))
    a.keep = True


@route
def moved_again(a: Answer) -> None:
    a.send(ok(b"location: /plain?from=found", status=b"HTTP/1.1 307 Temporary", body=b""))
    a.keep = True


@route
def missing(a: Answer) -> None:
    a.send(ok(HTML, status=b"HTTP/1.1 404 Introuvable", body="<p>Không tìm thấy</p>".encode()))
    a.keep = True


@route
def unavailable(a: Answer) -> None:
    a.send(ok(b"Retry-After: 1", status=b"HTTP/1.1 503 Service Unavailable", body=b"later"))
    a.keep = True


@route
def posted(a: Answer) -> None:
    a.send(ok(HTML, body=b"<p>" + a.hit.received.partition(b"\r\n\r\n")[2] + b"</p>"))
    a.keep = True


@route
def stale(a: Answer) -> None:
    """Keep the connection, and hang up on the next request that comes over it."""
    a.send(ok(HTML))
    a.state["stale"] = 1
    a.keep = True


def robots(a: Answer) -> None:
    a.send(ok(b"Content-type: text/plain", body=b"User-agent: *\nDisallow: /forbidden\n"))
    a.keep = True


ROUTES["/robots.txt"] = robots


class Listeners:
    """Accepts connections on loopback, one thread each; at the end all are closed and all threads are over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: list[socket.socket] = []
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def listen(self, host: str, serve: Callable[[socket.socket], None]) -> int:
        """Serve what connects to a free port of `host`; return the port."""
        listening = socket.create_server((host, 0), backlog=128)
        self._listening.append(listening)
        self.spawn(lambda: self._accept(listening, serve))
        port: int = listening.getsockname()[1]
        return port

    def spawn(self, work: Callable[[], None]) -> threading.Thread:
        """Run `work` in a thread that `close` waits for."""
        thread = threading.Thread(target=work, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread

    def hold(self, sock: socket.socket) -> socket.socket:
        """Have `close` shut this socket down, if it is still open by then."""
        with self._lock:
            self._open.add(sock)
        return sock

    def release(self, sock: socket.socket) -> None:
        """Close a held socket."""
        with self._lock:
            self._open.discard(sock)
        sock.close()

    def close(self) -> None:
        """Hang up everywhere and wait for the threads."""
        with self._lock:
            sockets = [*self._listening, *self._open]
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for listening in self._listening:
            listening.close()

    def _accept(self, listening: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        with contextlib.suppress(OSError):  # shut down
            while True:
                sock = self.hold(listening.accept()[0])
                self.spawn(lambda sock=sock: serve(sock))  # type: ignore[misc]


class Server(Listeners):
    """Two ports of one address, http and https, and what came over them. Without a certificate, http only."""

    def __init__(self, host: str = "127.0.0.1", certificate: Path | None = None) -> None:
        super().__init__()
        self.host = host
        self.certificate = certificate
        self.routes = dict(ROUTES)
        self.hits: list[Hit] = []
        self.ports: dict[str, int] = {}
        self._connections = 0

    def __enter__(self) -> Self:
        self.ports["http"] = self.listen(self.host, lambda sock: self._serve(sock, "http", None))
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self.ports["https"] = self.listen(self.host, lambda sock: self._serve(sock, "https", context))
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def url(self, scheme: str, path: str) -> str:
        return f"{scheme}://{self.host}:{self.ports[scheme]}{path}"

    def hits_of(self, scheme: str, target: str) -> list[Hit]:
        """Return what was asked for exactly this path and query, in order."""
        with self._lock:
            return [hit for hit in self.hits if hit.scheme == scheme and hit.target == target]

    def _serve(self, sock: socket.socket, scheme: str, context: ssl.SSLContext | None) -> None:
        sock.settimeout(30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._connections += 1
            connection = self._connections
        try:
            if context is not None:
                plain_sock, sock = sock, context.wrap_socket(sock, server_side=True)
                self.hold(sock)
                self.release(plain_sock)
            self._converse(sock, scheme, connection)
        except OSError:
            pass
        finally:
            _say_goodbye(sock)
            self.release(sock)

    def _converse(self, sock: socket.socket, scheme: str, connection: int) -> None:
        state: dict[str, int] = {}
        for number, received in enumerate(_requests(sock), 1):
            target = received.split(b" ", 2)[1].decode("latin-1")
            if "://" in target:  # absolute form, through a proxy
                target = "/" + target.split("/", 3)[3]
            hit = Hit(scheme, target, received, connection, number)
            with self._lock:
                self.hits.append(hit)
            if state.get("stale"):
                return
            answer = Answer(sock, hit, state)
            self.routes[target.partition("?")[0]](answer)
            if not answer.keep:
                return


def _requests(sock: socket.socket) -> Iterator[bytes]:
    pending = b""
    while True:
        while b"\r\n\r\n" not in pending:
            data = sock.recv(65536)
            if not data:
                return
            pending += data
        head, _, rest = pending.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        length = lengths[0] if lengths else 0
        while len(rest) < length:
            data = sock.recv(65536)
            if not data:
                return
            rest += data
        yield head + b"\r\n\r\n" + rest[:length]
        pending = rest[length:]


def _say_goodbye(sock: socket.socket) -> None:
    """End politely: a TLS close_notify, then FIN, then time for the client to read."""
    with contextlib.suppress(OSError, ValueError):
        sock.settimeout(1)
        if isinstance(sock, ssl.SSLSocket):
            sock.unwrap()
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass


class Proxy(Listeners):
    """An HTTP proxy that passes bytes as they are: absolute-form requests, and CONNECT."""

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.tunnels = 0
        self.forwarded = 0

    def __enter__(self) -> Self:
        self.port = self.listen("127.0.0.1", self._serve)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _serve(self, sock: socket.socket) -> None:
        try:
            upstream = self._connect(sock)
            if upstream is not None:
                back = self.spawn(lambda: _pump(upstream, sock))
                _pump(sock, upstream)
                back.join(30)
                self.release(upstream)
        except OSError:
            pass
        finally:
            self.release(sock)

    def _connect(self, sock: socket.socket) -> socket.socket | None:
        first = b""
        while b"\r\n\r\n" not in first:
            data = sock.recv(65536)
            if not data:
                return None
            first += data
        method, target, _ = first.split(b" ", 2)
        authority = target if method == b"CONNECT" else target.split(b"/", 3)[2]
        host, port = authority.decode().rsplit(":", 1)
        upstream = self.hold(socket.create_connection((host, int(port)), 10))
        upstream.settimeout(None)
        if method == b"CONNECT":
            self.tunnels += 1
            sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        else:
            self.forwarded += 1
            upstream.sendall(first)
        return upstream


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:  # a reset on one side is a reset on the other
        with contextlib.suppress(OSError):
            sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            source.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RD)
    else:
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def make_certificate(path: Path, host: str = "127.0.0.1") -> Path:
    """Write a self-signed certificate and its key to one PEM file."""
    import ipaddress
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hostile.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path
