"""Many small newspapers on loopback, one an address of 127.0.0.0/8, in a process of their own that notes every request.

Each has list pages under /list/N.html, newest first, stories under /a/N.html, and a robots.txt. Two kinds of bad manners
are given to some: `silent` never answers a story, `slow:S` takes S seconds for each answer. Started by `served`; when its
standard input closes it prints, as one line of JSON, what it saw of each address.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import Factory, define

from bench.measure import PYTHON

LIST_SIZE = 50
SICK_STORIES = 2
SPAN = 5
"""Requests in a row whose whole time is measured: one that was late makes the next look early."""
TEXTS = (
    ("fr", "Le port de pêche de Port-Ambre rouvre ses quais, numéro {n}", "Les chalutiers sont revenus lundi au quai nord, a déclaré la capitainerie du port, qui attend d’autres navires avant la fin de la semaine."),
    ("vi", "Cảng cá Hổ Phách mở lại cầu tàu, tin số {n}", "Các tàu đánh cá đã trở lại cầu cảng phía bắc hôm thứ Hai, ban quản lý cảng cho biết, và chờ thêm nhiều tàu khác trong tuần này."),
    ("zh", "琥珀港渔港码头重新开放，第{n}号消息", "港务局表示，渔船星期一已返回北码头，预计本周末之前还会有更多船只抵达，渔民们对修缮后的设施表示满意。"),
    ("ar", "إعادة فتح أرصفة ميناء الصيد، الخبر رقم {n}", "عادت سفن الصيد يوم الاثنين إلى الرصيف الشمالي، حسبما أعلنت سلطات الميناء، التي تنتظر سفنا أخرى قبل نهاية الأسبوع."),
    ("th", "ท่าเรือประมงเปิดใช้ท่าเทียบเรืออีกครั้ง ข่าวที่ {n}", "เรือประมงกลับมาที่ท่าเทียบเรือด้านเหนือเมื่อวันจันทร์ ตามที่ท่าเรือแถลง และรอเรือลำอื่นก่อนสิ้นสัปดาห์นี้"),
)  # fmt: skip


def host_of(number: int) -> str:
    """Return the loopback address of the Nth newspaper."""
    return f"127.0.{10 + number // 250}.{1 + number % 250}"


@define
class Paper:
    """One newspaper and what was asked of it."""

    number: int
    stories: int
    manner: str = ""
    times: list[float] = Factory(list)
    """When each request came; the last hundred thousand are few enough."""
    last_story: float = 0.0
    under_way: int = 0
    most_under_way: int = 0

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Return content type and body of a path."""
        if path == "/robots.txt":
            return "text/plain", b"User-agent: *\nDisallow: /private/\n"
        name, _, number = path.removesuffix(".html").strip("/").partition("/")
        if not number.isdigit():
            return None
        at = int(number)
        if name == "list" and at * LIST_SIZE < self.stories:
            return "text/html; charset=utf-8", self._list(at).encode()
        return (
            ("text/html; charset=utf-8", self._story(at).encode())
            if name == "a" and at < self.stories
            else None
        )

    def _text(self) -> tuple[str, str, str]:
        return TEXTS[self.number % len(TEXTS)]

    def _list(self, at: int) -> str:
        lang, title, _ = self._text()
        first, last = at * LIST_SIZE, min((at + 1) * LIST_SIZE, self.stories)
        cards = "".join(
            f'<article class="story"><h2><a href="/a/{n}.html">{title.format(n=n)}</a></h2></article>'
            for n in range(first, last)
        )
        more = f'<a rel="next" href="/list/{at + 1}.html">»</a>' if last < self.stories else ""
        return f"<!doctype html><html lang={lang}><meta charset=utf-8><title>{at}</title><body><h1>{at}</h1>{cards}{more}</body></html>"

    def _story(self, at: int) -> str:
        lang, title, text = self._text()
        head = f'<title>{title.format(n=at)}</title><meta property="article:published_time" content="2026-11-{1 + at % 23:02}T08:00:00+07:00">'
        body = "".join(f"<p>{text} ({self.number}-{at}-{part})</p>" for part in range(5))
        return f"<!doctype html><html lang={lang}><meta charset=utf-8>{head}<body><article><h1>{title.format(n=at)}</h1>{body}</article></body></html>"

    def told(self) -> dict[str, Any]:
        """Return what was seen: requests, the shortest time between two, when the last story was asked for."""
        spans = [later - first for first, later in zip(self.times, self.times[SPAN:], strict=False)]
        gaps = [later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False)]
        return {
            "host": host_of(self.number), "manner": self.manner, "requests": len(self.times), "least_gap": min(gaps, default=None), "least_span": min(spans, default=None),
            "first": self.times[0] if self.times else None, "last_story": self.last_story, "most_under_way": self.most_under_way,
        }  # fmt: skip


class _Connection(asyncio.Protocol):
    def __init__(self, paper: Paper, seen: list[int]) -> None:
        self.paper, self.seen, self.buffer = paper, seen, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.asked(head.split(b" ", 2)[1].decode("latin-1"))

    def asked(self, path: str) -> None:
        paper = self.paper
        self.seen[0] += 1
        if path != "/robots.txt":  # asked before the first page, outside the queue
            paper.times.append(time.monotonic())
        if path.startswith("/a/"):
            paper.last_story = time.monotonic()
        paper.under_way += 1
        paper.most_under_way = max(paper.most_under_way, paper.under_way)
        if paper.manner == "silent" and path.startswith("/a/"):
            return
        wait = float(paper.manner.partition(":")[2]) if paper.manner.startswith("slow") else 0.0
        if wait:
            asyncio.get_running_loop().call_later(wait, self.send, path)
        else:
            self.send(path)

    def send(self, path: str) -> None:
        self.paper.under_way -= 1
        kind, body = self.paper.answer(path) or ("", b"")
        status = f"200 OK\r\nContent-Type: {kind}" if kind else "404 Not Found"
        if not self.transport.is_closing():
            self.transport.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


async def _serve(count: int, stories: int, manners: dict[str, str]) -> None:
    loop = asyncio.get_running_loop()
    papers = [
        # Sick ones have few stories: what they do to the others shows soon, and they need not be waited for.
        Paper(
            number,
            min(stories, SICK_STORIES) if str(number) in manners else stories,
            manners.get(str(number), ""),
        )
        for number in range(count)
    ]
    seen = [0]
    port = 0
    for paper in papers:
        listener = socket.create_server((host_of(paper.number), port), backlog=128)
        port = listener.getsockname()[1]
        await loop.create_server(lambda paper=paper: _Connection(paper, seen), sock=listener)  # type: ignore[misc]
    print(port, flush=True)
    # Each line that comes in asks how many requests there were; the end of them asks for everything.
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(seen[0], flush=True)
    print(json.dumps([paper.told() for paper in papers]), flush=True)


class Served:
    """A running server of many papers."""

    def __init__(self, process: subprocess.Popen[str], port: int, count: int) -> None:
        self._process = process
        self.hosts = [f"{host_of(number)}:{port}" for number in range(count)]

    def seen(self) -> int:
        """Return how many requests have come so far, robots.txt included."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> list[dict[str, Any]]:
        """Stop; return what each paper saw."""
        out, _ = self._process.communicate(timeout=60)
        return list(json.loads(out.splitlines()[-1]))


@contextmanager
def served(count: int, stories: int, manners: dict[int, str] | None = None) -> Iterator[Served]:
    """Serve `count` papers of so many stories each; `manners` by number of the paper."""
    process = subprocess.Popen(
        [PYTHON, "-m", "bench.papers", str(count), str(stories), json.dumps(manners or {})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Served(process, int(process.stdout.readline()), count)
    finally:
        if process.poll() is None:
            process.stdin.close()
            process.wait(timeout=60)
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])))
