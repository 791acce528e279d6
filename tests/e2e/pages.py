"""Fixed pages on a loopback port, and the command run beside them as a shell runs it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HEMEROTECA = [sys.executable, "-m", "hemeroteca"]


class Pages:
    """What a server answers: path → (status, headers, body). All else is 404; `asked` counts every path."""

    def __init__(self) -> None:
        self.base_url = ""
        self.routes: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: Counter[str] = Counter()

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.base_url + path

    def put(
        self,
        path: str,
        body: bytes | str,
        kind: str = "text/html; charset=utf-8",
        status: int = 200,
        **headers: str,
    ) -> str:
        """Answer with this at a path; return its address. A header's _ stands for -."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.routes[path] = (status, {"Content-Type": kind, **named}, data)
        return self.url(path)


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[Pages]:
    """Answer on a free port of a loopback address."""
    pages = Pages()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            pages.asked[self.path] += 1
            missing = (404, {"Content-Type": "text/plain"}, b"none")
            status, headers, body = pages.routes.get(self.path, missing)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # a crawl that has enough hangs up
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    pages.base_url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield pages
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hemeroteca(
    *arguments: object,
    at: Path,
    environment: dict[str, str] | None = None,
    preexec_fn: Callable[[], None] | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run the command in the folder `at`; its streams as text."""
    return subprocess.run(
        [*HEMEROTECA, *map(str, arguments)], cwd=at, capture_output=True, timeout=120, check=False,
        encoding="utf-8", env={**os.environ, **(environment or {})}, preexec_fn=preexec_fn, **options,
    )  # fmt: skip


_FORKS = """
import gc, json, os, sys
import archive.index.search, crawler.crawl, hemeroteca.commands.crawl, hemeroteca.commands.search
from hemeroteca.cli import main
gc.freeze()
for number, words in enumerate(json.load(sys.stdin)):
    child = os.fork()
    if child == 0:
        for descriptor, name in ((0, os.devnull), (1, f"{number}.out"), (2, f"{number}.err")):
            mode = os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT
            os.dup2(os.open(os.path.join(sys.argv[1], name) if descriptor else name, mode), descriptor)
        sys.argv = ["hemeroteca", *words]
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code)  # without taking all that was imported apart
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def hemerotecas(
    commands: list[tuple[object, ...]], *, at: Path, streams: Path
) -> list[subprocess.CompletedProcess[str]]:
    """Run many commands, each a process of its own, forked from one that has imported the program already.

    `streams`: a folder for what they print.
    """
    lines = [[str(word) for word in words] for words in commands]
    codes = subprocess.run(
        [sys.executable, "-c", _FORKS, str(streams)], cwd=at, input=json.dumps(lines), capture_output=True,
        timeout=120, check=True, text=True,
    ).stdout.split()  # fmt: skip
    return [
        subprocess.CompletedProcess(
            words, int(code), *((streams / f"{number}.{end}").read_text("utf-8") for end in ("out", "err"))
        )
        for number, (words, code) in enumerate(zip(lines, codes, strict=True))
    ]
