"""A static news site on loopback, in a process of its own, fast enough never to be the limit.

Pages come from an evaluation kit's folder of real pages where there is one, else from the generated newsroom.
They are served gzipped under /a/N.html and listed, fifty at a time, under /list/N.html; no page links elsewhere.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import PYTHON

LIST_SIZE = 50


def kit_pages(kit: Path) -> list[tuple[str, bytes]]:
    """Return (url, html) of every page of a kit split, in the order of its gold file."""
    pages = []
    for line in (kit / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        path = kit / "pages" / f"{gold['id']}.html.gz"
        pages.append((gold["url"], gzip.decompress(path.read_bytes())))
    return pages


def newsroom_pages() -> list[tuple[str, bytes]]:
    """Return (url, html) of every article of the generated newsroom."""
    from tests.newsroom import bench_pages

    return list(bench_pages())


def find_pages() -> tuple[str, list[tuple[str, bytes]]]:
    """Return where the pages come from and the pages."""
    from tests.kit import SHARED

    kit = SHARED / "extraction" / "dev"
    if (kit / "gold.jsonl").is_file():
        return "the kit's real pages", kit_pages(kit)
    return "generated newsroom pages (no evaluation kit on this machine)", newsroom_pages()


def write_site(folder: Path, count: int) -> None:
    """Write `count` article pages, no two the same bytes, and their lists into `folder`."""
    _, pages = find_pages()
    folder.mkdir(parents=True)
    for number in range(count):
        html = pages[number % len(pages)][1] + f"\n<!-- page {number} -->".encode()
        (folder / f"a-{number}.gz").write_bytes(gzip.compress(html, 6))
    for number, start in enumerate(range(0, count, LIST_SIZE)):
        items = "".join(
            f'<article class="story"><h2><a href="/a/{n}.html">A story with a headline of usual length, number {n}</a></h2></article>'
            for n in range(start, min(start + LIST_SIZE, count))
        )
        following = (
            f'<a class="next" rel="next" href="/list/{number + 1}.html">next</a>'
            if start + LIST_SIZE < count
            else ""
        )
        page = f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>List {number}</title></head><body><main>{items}</main>{following}</body></html>"
        (folder / f"list-{number}.gz").write_bytes(gzip.compress(page.encode(), 6))


class _Server(asyncio.Protocol):
    folder: Path
    cache: dict[bytes, bytes] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.answer(head.split(b" ", 2)[1]))

    def answer(self, target: bytes) -> bytes:
        if target not in self.cache:
            path = self.folder / (target.decode().strip("/").replace("/", "-").removesuffix(".html") + ".gz")
            if path.is_file():
                body = path.read_bytes()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
            else:
                body, head = b"", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            self.cache[target] = head.encode() + body
        return self.cache[target]


async def _serve(folder: Path) -> None:
    _Server.folder = folder
    server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends when the benchmark closes our standard input, so that no server outlives it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a written site on a free loopback port; yield its base URL."""
    process = subprocess.Popen(
        [PYTHON, "-m", "bench.site", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(timeout=10)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
