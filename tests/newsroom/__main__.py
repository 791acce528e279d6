"""Run the newspaper for people: `python -m tests.newsroom --port 8000`, then open it in a browser."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import datetime

from tests.newsroom.newsroom import LAYOUTS, Newsroom
from tests.newsroom.server import serve


def _wait_for_end_of_input(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def main() -> int:
    """Serve until SIGTERM or SIGINT, or until standard input closes where that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=5, help="articles a section")
    parser.add_argument("--layout", choices=LAYOUTS, help="one layout for all sections")
    parser.add_argument("--at", type=datetime.fromisoformat, help="state at a moment (ISO 8601 with zone)")
    parser.add_argument("--print-url", action="store_true", help="print the address alone, as the first line")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end with the process that started it"
    )
    options = parser.parse_args()
    newsroom = Newsroom(options.seed, options.articles, layout=options.layout)
    if options.at:
        newsroom = newsroom.at(options.at)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    if options.until_stdin_closes:
        threading.Thread(target=_wait_for_end_of_input, args=(ended,), daemon=True).start()
    with serve(newsroom, port=options.port) as site:
        print(
            site.url if options.print_url else f"{len(site.newsroom.stories)} articles at {site.url}",
            flush=True,
        )
        while not ended.wait(0.5):
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
