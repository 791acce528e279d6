"""Speed and memory, beside what a user would run instead. Ratios within one run; CPU of whole processes.

    python -m bench.speed [--pages 1000] [--rounds 3] [--only crawl|reextract]

Crawl: the same loopback site of real pages by bare Scrapy at its defaults (keeps nothing), by the usual recipe (Scrapy,
warcio, parsel, sqlite-utils upserts), by Hemeroteca archiving only, and by Hemeroteca doing the full job.
Re-extraction: a WARC of the same pages, several times over under other hosts so that the work outweighs the start, by
Hemeroteca on one and two processes, beside trafilatura on one. What starting costs is told apart.
Contestants take turns within a round; medians over rounds. Floors that must hold are at the end; exit 1 if one does not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bench.measure import PYTHON, Figures, median, run
from bench.site import find_pages, served, write_site

PROFILE = """
name = "bench"
domains = ["{host}"]
lang = "en"
article_id = '/a/(\\d+)\\.html$'
[discover]
sections = ["{base}/list/0.html"]
[discover.stories]
each = "css:article.story"
link = "css:h2 a::attr(href)"
title = "css:h2 a"
[politeness]
delay = 0.0
concurrency = 16
"""

T = TypeVar("T")

LAYOUT = """
[[layout]]
id = "bench"
probe = "html"
title = ["css:h1", "meta:og:title", "css:title"]
lead = ["meta:description", "meta:og:description"]
published = ["ld:datePublished", "ld:NewsArticle.datePublished", "meta:article:published_time", "css:time::attr(datetime)"]
modified = ["ld:dateModified", "meta:article:modified_time"]
authors = ["meta:author", "css:[rel=author]"]
section = "meta:article:section"
tags = "meta:article:tag"
canonical = "css:link[rel=canonical]::attr(href)"
kicker = []
agency = []
lang = "css:html::attr(lang)"
paragraphs = "css:p"
[layout.photos]
each = "css:figure"
caption = "css:figcaption"
[layout.related]
each = "css:aside article"
link = "css:a::attr(href)"
title = "css:a"
"""
"""A site that has a profile: every field by rules, what the usual recipe reads and a little more."""

STARTING = "hemeroteca, started for nothing"
TRAFILATURA_PAGES = 200
"""Enough to know its pace by; all would take minutes."""

FLOORS = {
    "crawl + archive, CPU over bare Scrapy": ("at most", 1.0),
    "the full job with a profile, CPU over bare Scrapy": ("at most", 2.0),
    "the full job without a profile, CPU over bare Scrapy": ("at most", 2.0),
    "memory with three times the pages, over once": ("at most", 1.15),
    "re-extraction, CPU-s per 1,000 pages": ("at most", 10.0),
    "re-extraction, two processes over one (wall)": ("at least", 1.7),
}


def apart(work: Callable[..., T], *arguments: object) -> T:
    """Work in a process of its own: a large parent's memory would count as the peak of every child it starts."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        return executor.submit(work, *arguments).result()


def describe_pages() -> tuple[str, float]:
    """Return where the pages come from and their mean size in kB."""
    source, pages = find_pages()
    return source, sum(len(html) for _, html in pages) / len(pages) / 1000


def new_collection(folder: Path, base: str = "http://127.0.0.1:1", layout: str = "") -> Path:
    """Make an empty collection whose one profile is the benchmark's site."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sites").mkdir(parents=True)
    (folder / "hemeroteca.toml").write_text(
        "allow_private = true\nconcurrency = 16\nconcurrency_per_host = 16\nmax_depth = 100000\n"
    )
    (folder / "sites" / "bench.toml").write_text(
        PROFILE.format(host=base.removeprefix("http://"), base=base) + layout
    )
    return folder


def hemeroteca(folder: Path, *arguments: str, **settings: str) -> Figures:
    """Run the command line on a collection."""
    return run([PYTHON, "-m", "hemeroteca", "-C", str(folder), *arguments], cwd=folder, env=settings)


def captured(folder: Path) -> int:
    """Return how many captures a collection's index counts: a contestant that fetched less has not run the race."""
    import sqlite3

    with sqlite3.connect(folder / "index.db") as db:
        return int(
            db.execute("select count(*) from captures where status = 200 and url like '%/a/%'").fetchone()[0]
        )


def crawl_rounds(work: Path, count: int, rounds: int) -> dict[str, list[Figures]]:
    """Let all contestants crawl the site in turn."""
    site, empty = work / f"site-{count}", work / "site-1"
    apart(write_site, site, count)
    apart(write_site, empty, 1)
    results: dict[str, list[Figures]] = {}
    with served(site) as base, served(empty) as nowhere:
        contestants: dict[str, Callable[[], Figures]] = {
            "bare Scrapy (keeps nothing)": lambda: run(
                [PYTHON, "-m", "bench.bare", base], cwd=work, env=here()
            ),
            "Scrapy + warcio + parsel + sqlite-utils": lambda: naive(work, base),
            "hemeroteca, archive only": lambda: ours(work, base, count, extract=False),
            "hemeroteca, full job, site with a profile": lambda: ours(work, base, count, layout=LAYOUT),
            "hemeroteca, full job, no profile": lambda: ours(work, base, count),
            "bare Scrapy, started for one page": lambda: run(
                [PYTHON, "-m", "bench.bare", nowhere], cwd=work, env=here()
            ),
            "hemeroteca, started for one page": lambda: ours(work, nowhere, 1),
        }
        for _ in range(rounds):
            for name, contestant in contestants.items():
                results.setdefault(name, []).append(contestant())
    return results


def here() -> dict[str, str]:
    """Let a process started elsewhere find this package."""
    return {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}


def naive(work: Path, base: str) -> Figures:
    """Run the usual recipe in a folder of its own."""
    folder = work / "naive"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return run([PYTHON, "-m", "bench.bare", base, "--keep"], cwd=folder, env=here())


def ours(work: Path, base: str, count: int, *, extract: bool = True, layout: str = "") -> Figures:
    """Crawl with Hemeroteca into a new collection and check that it has all pages."""
    folder = new_collection(work / "collection", base, layout)
    figures = hemeroteca(folder, "crawl", "bench", HEMEROTECA_EXTRACT=str(extract).lower())
    if captured(folder) != count:
        raise RuntimeError(f"{captured(folder)} of {count} pages captured")
    return figures


def write_pages(folder: Path, least: int) -> int:
    """Write `least` pages or more as captures into a collection's WARC, as a crawl would have; return how many.

    Where there are fewer, they come again as those of another newspaper: its host takes the place of theirs.
    """
    import gzip
    from datetime import UTC, datetime

    from archive.model import Capture
    from archive.warc.writer import WarcInfo, WarcWriter

    _, pages = find_pages()
    info = WarcInfo(
        software="bench",
        operator="",
        contact="",
        user_agent="",
        robots="obey",
        hostname="localhost",
        run_id="bench",
        site="bench",
    )
    writer = WarcWriter(folder, info, prefix="bench", roll_over_bytes=10**9, fsync_seconds=60)
    copies = -(-least // len(pages))
    for copy, (url, html) in ((copy, page) for copy in range(copies) for page in pages):
        host = urlsplit(url).netloc
        other = f"copy{copy}.{host}" if copy else host
        body = gzip.compress(html.replace(host.encode(), other.encode()), 6)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write_capture(
            Capture(url=url.replace(host, other), fetched_at=datetime.now(UTC), head=head.encode(), body=body)
        )
    writer.close()
    return copies * len(pages)


TRAFILATURA = """
import sys
from fastwarc.warc import ArchiveIterator, WarcRecordType
from trafilatura import bare_extraction
limit = int(sys.argv[2])
for record in ArchiveIterator(open(sys.argv[1], "rb"), record_types=WarcRecordType.response, parse_http=True, auto_decode="all"):
    html = record.reader.read()
    bare_extraction(html, url=record.headers["WARC-Target-URI"], with_metadata=True)
    limit -= 1
    if not limit:
        break
"""


def reextract_rounds(work: Path, least: int, rounds: int) -> tuple[int, dict[str, list[Figures]]]:
    """Extract a WARC of the pages on one process, on two, and its first pages with trafilatura, in turn."""
    folder = new_collection(work / "again")
    count = apart(write_pages, folder, least)
    hemeroteca(folder, "index", "rebuild")
    unread = work / "unread.db"
    shutil.copy(folder / "index.db", unread)
    results: dict[str, list[Figures]] = {}
    warc = next((folder / "warc").rglob("bench-*.warc.gz"))
    for _ in range(rounds):
        for name, jobs in (("hemeroteca reextract, 1 process", 1), ("hemeroteca reextract, 2 processes", 2)):
            for path in (folder / "warc").rglob("*.warc.gz"):
                if path != warc:
                    path.unlink()
            for path in folder.glob("index.db*"):
                path.unlink()
            shutil.copy(unread, folder / "index.db")
            results.setdefault(name, []).append(hemeroteca(folder, "reextract", "--jobs", str(jobs)))
        nothing = hemeroteca(folder, "reextract", "--since", "2999-01-01")
        results.setdefault(STARTING, []).append(nothing)
        if find_spec("trafilatura"):
            figures = run([PYTHON, "-c", TRAFILATURA, str(warc), str(TRAFILATURA_PAGES)], cwd=work)
            results.setdefault("trafilatura, 1 process", []).append(figures)
    return count, results


def show(title: str, count: int, results: dict[str, list[Figures]]) -> dict[str, Figures]:
    """Print one table; return the medians. What was only started has its whole CPU and wall instead.

    `cores`: CPU over wall. Two processes that got less than two say that the machine was busy, not that they wait.
    """
    print(f"\n{title}")
    print(f"{'':<44}{'CPU-s/1,000':>12}{'pages/s':>9}{'RSS MiB':>9}{'cores':>7}")
    medians = {name: median(figures) for name, figures in results.items()}
    for name, figures in medians.items():
        if "started" in name:
            print(f"{name:<44}{figures.cpu:>10.2f} s{figures.wall:>7.2f} s{figures.rss:>9.0f}")
            continue
        done = TRAFILATURA_PAGES if "trafilatura" in name else count
        each, pace, cores = figures.cpu / done * 1000, done / figures.wall, figures.cpu / figures.wall
        print(f"{name:<44}{each:>12.2f}{pace:>9.0f}{figures.rss:>9.0f}{cores:>7.2f}")
    return medians


def main() -> int:
    """Run what was asked for; return 1 if a floor does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["crawl", "reextract"])
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    source, mean = apart(describe_pages)
    print(f"pages: {source}, mean {mean:.0f} kB of HTML")
    measured: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="hemeroteca-bench-") as name:
        work = Path(name)
        if arguments.only != "reextract":
            count = arguments.pages
            table = show(
                f"Crawl of {count} pages on loopback, median of {arguments.rounds}",
                count,
                crawl_rounds(work, count, arguments.rounds),
            )
            bare = table["bare Scrapy (keeps nothing)"].cpu
            measured["crawl + archive, CPU over bare Scrapy"] = table["hemeroteca, archive only"].cpu / bare
            ruled, generic = (
                table["hemeroteca, full job, site with a profile"],
                table["hemeroteca, full job, no profile"],
            )
            measured["the full job with a profile, CPU over bare Scrapy"] = ruled.cpu / bare
            measured["the full job without a profile, CPU over bare Scrapy"] = generic.cpu / bare
            usual = table["Scrapy + warcio + parsel + sqlite-utils"].cpu
            measured["the full job with a profile, CPU over the usual recipe"] = ruled.cpu / usual
            site = work / "long"
            apart(write_site, site, 3 * count)
            with served(site) as base:
                long = ours(work, base, 3 * count)
            measured["memory with three times the pages, over once"] = long.rss / generic.rss
        if arguments.only != "crawl":
            count, results = reextract_rounds(work, arguments.pages, arguments.rounds)
            table = show(f"Re-extraction of a WARC of {count} pages", count, results)
            one, two = table["hemeroteca reextract, 1 process"], table["hemeroteca reextract, 2 processes"]
            measured["re-extraction, CPU-s per 1,000 pages"] = one.cpu / count * 1000
            measured["re-extraction, two processes over one (wall)"] = one.wall / two.wall
            if other := table.get("trafilatura, 1 process"):
                theirs = other.wall / TRAFILATURA_PAGES
                measured["re-extraction, documents a second over trafilatura"] = theirs / (one.wall / count)
            else:
                print("trafilatura is not there to compare with: pip install --group bench")
    print()
    broken = 0
    for name, value in measured.items():
        side, floor = FLOORS.get(name, ("", None))
        holds = floor is None or (value <= floor if side == "at most" else value >= floor)
        broken += not holds
        print(
            f"{name:<60}{value:>7.2f}   {f'{side} {floor}' if floor else ''}{'' if holds else '   DOES NOT HOLD'}"
        )
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"at": time.strftime("%Y-%m-%d"), "figures": measured}, indent=1)
        )
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
