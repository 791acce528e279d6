"""Many sites in one `crawl`: is each asked as slowly as it wants, does one hold up the others, does memory stay flat?

    python -m bench.many [--sites 50] [--pages 20] [--delay 1] [--urls 100000] [--only together|memory]

together: so many newspapers on loopback addresses, each with its own delay, crawled by one process; one never answers a story
and one takes two seconds for each answer. Printed: the shortest time between two requests to one host, the time of the whole
beside the time that the delay alone asks for, and how much later the healthy sites end for the sick ones.
memory: so many URLs over the same sites without a delay; the process's memory as it goes. Floors that must hold are
at the end; exit 1 if one does not.

Fifty sites a second apart are fifty requests a second, about half of what a process does on one core: with less delay it is the
machine that is measured.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from attrs import frozen

from bench.measure import PYTHON
from bench.papers import LIST_SIZE, SPAN, Served, served

PROFILE = """
name = "Paper {number}"
domains = ["{host}"]
article_id = '/a/(\\d+)\\.html$'
[discover]
sections = ["http://{host}/list/0.html"]
[discover.stories]
each = "css:article.story"
link = "css:h2 a::attr(href)"
title = "css:h2 a"
[politeness]
delay = {delay}
concurrency = {concurrency}
private_hosts = ["{host}"]
"""
SILENT, SLOW = "silent", "slow:2"


@frozen(kw_only=True)
class Together:
    """What a crawl of many sites at once was like."""

    wall: float
    asked_for: float
    """Seconds that the delay alone asks for: requests to one host, times the delay."""
    least_gap: float
    """Shortest time between two requests to one host, as the host saw them."""
    least_span: float
    """Shortest time of so many requests to one host in a row (papers.SPAN), a delay each."""
    slowest_healthy: float
    """Seconds from the first request of all to the last story of the slowest healthy site."""
    requests: int
    missed: int
    """Stories of healthy sites that were not asked for."""


@frozen(kw_only=True)
class Sample:
    """The process at one moment."""

    seconds: float
    requests: int
    rss: float
    """MiB."""


def new_collection(folder: Path, papers: Served, *, delay: float, concurrency: int, timeout: float) -> Path:
    """Make an empty collection with a profile for each paper."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sites").mkdir(parents=True)
    (folder / "hemeroteca.toml").write_text(f"max_depth = 100000\ntimeout = {timeout}\nextract = true\n")
    for number, host in enumerate(papers.hosts):
        text = PROFILE.format(number=number, host=host, delay=delay, concurrency=concurrency)
        (folder / "sites" / f"paper-{number:03}.toml").write_text(text)
    return folder


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Start `hemeroteca crawl` on a collection."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    argv = [PYTHON, "-m", "hemeroteca", "-C", str(folder), "crawl", "--jsonl"]
    with (folder / "bench.log").open("wb") as log:
        return subprocess.Popen(argv, cwd=folder, stdout=log, stderr=log, env=environment)


def together(
    work: Path, sites: int, pages: int, delay: float, *, sick: bool, timeout: float = 4.0
) -> Together:
    """Crawl many sites at once, with or without sick ones among them."""
    manners = {0: SILENT, 1: SLOW} if sick else {}
    with served(sites, pages, manners) as papers:
        folder = new_collection(work / "together", papers, delay=delay, concurrency=1, timeout=timeout)
        began = time.monotonic()
        process = start(folder)
        process.wait()
        wall = time.monotonic() - began
        seen = papers.end()
    healthy = [paper for paper in seen if not paper["manner"]]
    first = min(paper["first"] for paper in healthy)
    lists = -(-pages // LIST_SIZE)
    return Together(
        wall=wall,
        asked_for=(pages + lists - 1) * delay,
        least_gap=min(paper["least_gap"] for paper in seen if paper["least_gap"] is not None),
        least_span=min(paper["least_span"] for paper in seen if paper["least_span"] is not None) / SPAN,
        slowest_healthy=max(paper["last_story"] for paper in healthy) - first,
        requests=sum(paper["requests"] for paper in seen),
        missed=sum(max(0, pages + lists - paper["requests"]) for paper in healthy),
    )


def memory(work: Path, sites: int, urls: int, *, every: float = 1.0) -> list[Sample]:
    """Crawl so many URLs without a delay; return the process at moments."""
    samples: list[Sample] = []
    with served(sites, urls // sites) as papers:
        folder = new_collection(work / "memory", papers, delay=0.0, concurrency=4, timeout=60)
        began = time.monotonic()
        process = start(folder)
        while process.poll() is None:
            rss = _rss(process.pid)
            if rss:
                samples.append(Sample(seconds=time.monotonic() - began, requests=papers.seen(), rss=rss))
            time.sleep(every)
        samples.append(Sample(seconds=time.monotonic() - began, requests=papers.seen(), rss=samples[-1].rss))
    return samples


def _rss(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0
    )


def growth(samples: list[Sample], since: float = 0.1, until: float = 0.2) -> float:
    """Return the most memory of the last tenth of the requests over the most of an early part of them.

    Before that it is the start: imports, first pages, caches that fill up to their bound.
    """
    last = samples[-1].requests
    early = [one.rss for one in samples if since * last <= one.requests <= until * last]
    late = [one.rss for one in samples if one.requests >= 0.9 * last]
    return max(late) / max(early)


def _judge(name: str, value: float, least: float | None = None, most: float | None = None) -> bool:
    holds = (least is None or value >= least) and (most is None or value <= most)
    bound = f"at least {least:g}" if least is not None else f"at most {most:g}"
    print(f"  {'ok  ' if holds else 'FAIL'} {name}: {value:.3f} ({bound})")
    return holds


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--delay", type=float, default=1.0)
    parser.add_argument("--urls", type=int, default=100_000)
    parser.add_argument("--only", choices=("together", "memory"))
    asked = parser.parse_args()
    holds = []
    with tempfile.TemporaryDirectory(prefix="bench-many-") as name:
        work = Path(name)
        if asked.only != "memory":
            results = {
                sick: together(work, asked.sites, asked.pages, asked.delay, sick=sick)
                for sick in (False, True)
            }
            for sick, one in results.items():
                print(
                    f"{asked.sites} sites, {asked.pages} stories each, {asked.delay:g} s apart, {'one silent and one slow' if sick else 'all healthy'}:"
                )
                print(
                    f"  {one.requests} requests; whole crawl {one.wall:.1f} s, last story of a healthy site after {one.slowest_healthy:.1f} s, the delay alone asks for {one.asked_for:.1f} s; shortest time between two requests to a host {one.least_gap:.3f} s"
                )
                holds += [
                    _judge("shortest time of five requests in a row to a host, over their delays", one.least_span / asked.delay, least=0.95),
                    _judge("stories of healthy sites left out", one.missed, most=0),
                    _judge("time of the slowest healthy site over what the delay asks for", one.slowest_healthy / one.asked_for, most=1.15),
                ]  # fmt: skip
        if asked.only != "together":
            samples = memory(work, asked.sites, asked.urls)
            total = samples[-1]
            print(
                f"{asked.urls:,} URLs over {asked.sites} sites: {total.seconds:.0f} s, {total.requests / total.seconds:.0f} requests a second"
            )
            for share in (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
                at = next(one for one in samples if one.requests >= share * total.requests)
                print(f"  after {at.requests:>8,} requests: {at.rss:6.1f} MiB")
            holds.append(_judge("memory of the last tenth over the second tenth", growth(samples), most=1.1))
    return 0 if all(holds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
