"""Do the monitors see what breaks, and nothing else? `python -m bench.drift [--normal N] [--seed N]`.

Crawls the generated newspaper N times as it lives on (new articles, edits, quiet hours), then, from that same history,
once after each seeded breakage. Printed: alarms of the normal runs (there must be none), and for each breakage the
alarms of the first run after it. Exit code 1 for a false alarm or a breakage that is not named in that run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.e2e.crawling import crawl
from tests.newsroom.breakages import BREAKAGES, BrokenPages
from tests.newsroom.newsroom import MORNING, Newsroom
from tests.newsroom.server import Site, serve
from tests.newsroom.site import Pages

STEP = timedelta(hours=8)
FEWEST_NEW = 4
"""A breakage of articles can be seen where there are new articles: the run after it comes once there are so many."""


def codes(summary: dict[str, Any]) -> list[str]:
    """Return the alarms of a run, with what they are about."""
    return [f"{alarm['code']} {alarm['subject']}".strip() for alarm in summary["alarms"]]


def live(site: Site, folder: Path, runs: int) -> list[list[str]]:
    """Crawl as time goes by; return the alarms of each run."""
    found = []
    for number in range(runs):
        site.newsroom = site.newsroom.at(MORNING + STEP * number)
        (summary,) = crawl(folder, "newsroom", allow_private=False)
        found.append(codes(summary))
    return found


def break_it(site: Site, folder: Path, runs: int, name: str) -> dict[str, Any]:
    """Crawl a copy of the collection once after a breakage; return the run's summary."""
    copy = folder.with_name(f"{folder.name}-{name.replace(' ', '-')}")
    shutil.copytree(folder, copy)
    before = Pages(site.newsroom.at(MORNING + STEP * (runs - 1)))
    now, step = before, runs
    while len(now.newsroom.stories) < len(before.newsroom.stories) + FEWEST_NEW:
        now, step = Pages(site.newsroom.at(MORNING + STEP * step)), step + 1
    site._pages = BrokenPages(now, name, before)  # noqa: SLF001
    try:
        (summary,) = crawl(copy, "newsroom", allow_private=False)
    finally:
        site.newsroom = before.newsroom
        shutil.rmtree(copy)
    return summary


def start(newsroom: Newsroom, folder: Path) -> None:
    """Make the collection."""
    (folder / "sites").mkdir(parents=True)
    text = newsroom.profile_toml().replace("\narticles = ", "\narticles = 1 #")
    (folder / "sites" / "newsroom.toml").write_text(text, encoding="utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--normal", type=int, default=20)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(BREAKAGES))
    asked = parser.parse_args()
    began, missed = time.perf_counter(), 0
    later = int(STEP * (asked.normal + 4) / timedelta(hours=20)) + 2
    with tempfile.TemporaryDirectory() as scratch, serve(Newsroom(asked.seed, later=later)) as site:
        folder = Path(scratch) / "press"
        start(site.newsroom, folder)
        normal = live(site, folder, asked.normal)
        false = [(number, alarms) for number, alarms in enumerate(normal, 1) if alarms]
        print(f"{asked.normal} normal runs: {len(false)} false alarms {false or ''}")
        for name in asked.only:
            summary = break_it(site, folder, asked.normal, name)
            found, wanted = codes(summary), BREAKAGES[name][0]
            seen = any(alarm.split(" ")[0] == wanted for alarm in found)
            missed += not seen
            print(
                f"  {'seen  ' if seen else 'MISSED'} {name:<14} {summary['status']:<8} {'; '.join(found) or '-'}"
            )
            print(f"         {summary['detail']}")
    print(
        f"{len(asked.only) - missed} of {len(asked.only)} breakages named in the first run after them; {time.perf_counter() - began:.0f} s"
    )
    sys.exit(1 if missed or false else 0)


if __name__ == "__main__":
    main()
