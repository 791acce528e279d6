"""A newspaper of the smallest kind, for tests that count requests and kill crawls: three sections, pages, a
feed, a sitemap."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECTIONS = {"politique": "Politique", "the-gioi": "Thế giới", "经济": "经济"}
_TEXTS = {
    "politique": (
        "La gare de Hanoï accueille le train numéro {n}",
        "Le train numéro {n} est arrivé à l’heure, a déclaré lundi le chef de la gare centrale.",
    ),
    "the-gioi": (
        "Chuyến tàu số {n} đã về đến ga Hà Nội đúng giờ",
        "Chuyến tàu số {n} đã về đến ga đúng giờ, trưởng ga Hà Nội cho biết hôm thứ Hai.",
    ),
    "经济": (
        "第{n}次列车准时抵达河内火车站",
        "河内站站长星期一表示，第{n}次列车准时抵达车站，旅客们对此表示满意，货物也已全部卸下。",
    ),
}


class Paper:
    """What is asked for stands in `asked`; `wait` seconds go by before each answer, which comes once the gate
    is open.
    """

    def __init__(self, articles: int, wait: float = 0.0) -> None:
        self.articles = articles
        self.wait = wait
        self.gate = threading.Event()
        self.gate.set()
        self.asked: Counter[str] = Counter()
        self.base_url = ""
        self.robots = "User-agent: *\nDisallow: /interdit/\n"
        self.status: dict[str, int] = {}
        self.moved: dict[str, str] = {}

    def paths(self) -> list[str]:
        """Return the paths of all articles."""
        return [f"/{list(SECTIONS)[n % 3]}/bai-viet-{10_000 + n}.html" for n in range(self.articles)]

    def listed(self, section: str) -> list[str]:
        return [path for path in self.paths() if path.startswith(f"/{section}/")]

    def title(self, path: str) -> str:
        _, section, name = path.split("/")
        return _TEXTS[section][0].format(n=name.split("-")[-1].removesuffix(".html"))

    def answer(self, path: str) -> tuple[str, bytes] | None:
        path, _, query = path.partition("?")
        if path == "/robots.txt":
            return "text/plain", f"{self.robots}Sitemap: {self.base_url}/sitemap.xml\n".encode()
        if path == "/":
            menu = "".join(f'<a href="/{slug}/">{name}</a>' for slug, name in SECTIONS.items())
            return (
                "text/html; charset=utf-8",
                f"<html lang=fr><title>La Gare</title><body><nav>{menu}</nav></body></html>".encode(),
            )
        if path == "/sitemap.xml":
            return (
                "application/xml",
                f"<urlset>{''.join(f'<url><loc>{self.base_url}{one}</loc></url>' for one in self.paths())}</urlset>".encode(),
            )
        section = path.strip("/")
        if section in SECTIONS:
            return "text/html; charset=utf-8", self._list(section, int(query.partition("=")[2] or 1)).encode()
        return ("text/html; charset=utf-8", self._article(path).encode()) if path in self.paths() else None

    def _list(self, section: str, page: int) -> str:
        stories = self.listed(section)
        shown = stories[(page - 1) * 8 : page * 8]
        cards = "".join(
            f'<div class="card"><h3><a href="{one}">{self.title(one)}</a></h3></div>' for one in shown
        )
        more = f'<a rel="next" href="?page={page + 1}">»</a>' if page * 8 < len(stories) else ""
        return f"<html><title>{SECTIONS[section]}</title><body><h1>{SECTIONS[section]}</h1>{cards}{more}</body></html>"

    def _article(self, path: str) -> str:
        _, section, name = path.split("/")
        text = _TEXTS[section][1].format(n=name)
        body = "".join(f"<p>{text} {number}. {text}</p>" for number in range(6))
        head = f"<title>{self.title(path)}</title><meta property=og:type content=article><meta property=article:published_time content=2026-11-20T08:00:00+07:00>"
        return f"<html><head>{head}</head><body><article><h1>{self.title(path)}</h1>{body}</article></body></html>"


@contextmanager
def serve(paper: Paper, host: str = "127.0.0.1") -> Iterator[Paper]:
    """Answer for a paper on a free port of a loopback address."""
    from urllib.parse import unquote

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(self.path)
            paper.asked[path] += 1
            paper.gate.wait(120)
            if paper.wait:
                time.sleep(paper.wait)
            answer = paper.answer(path)
            status = paper.status.get(path, 200 if answer else 404)
            kind, body = answer if answer and status == 200 else ("text/plain", b"non")
            if path in paper.moved:
                status, body = 301, b""
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if path in paper.moved:
                self.send_header("Location", paper.moved[path])
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # killed crawls hang up
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    paper.base_url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield paper
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
