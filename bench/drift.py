"""Do the monitors see what breaks, and nothing else? `python -m bench.drift [--normal N] [--seed N]`.

Crawls the generated newspaper N times as it lives on (new articles, edits, quiet hours), then, from that same history,
once after each seeded breakage. Then the same once more where something else was broken before, and mended: one broken
run and two normal ones later. Printed: alarms of the normal runs (there must be none), and for each breakage the alarms of
the first run after it. Exit code 1 for a false alarm or a breakage that is not named in that run.
"""

from __future__ import annotations

import argparse
import re
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

MENDED = 2
"""Normal runs between a breakage that was mended and the next one."""
EARLIER = ("wall everywhere", "redesign", "blocked", "frozen feed")
"""Breakages that come before others in the second pass."""


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


def with_news(site: Site, step: int) -> tuple[Pages, int, Pages]:
    """Return the newspaper at a step, the first step with enough news since then, and the newspaper there."""
    before = Pages(site.newsroom.at(MORNING + STEP * step))
    now = before
    while len(now.newsroom.stories) < len(before.newsroom.stories) + FEWEST_NEW:
        step += 1
        now = Pages(site.newsroom.at(MORNING + STEP * step))
    return before, step, now


def break_it(site: Site, folder: Path, step: int, name: str) -> tuple[dict[str, Any], int]:
    """Crawl once after a breakage that came after `step`; return the run's summary, and its step."""
    before, then, now = with_news(site, step)
    site._pages = BrokenPages(now, name, before)  # noqa: SLF001
    try:
        (summary,) = crawl(folder, "newsroom", allow_private=False)
    finally:
        site.newsroom = before.newsroom
    return summary, then


def break_all(site: Site, folder: Path, step: int, names: list[str]) -> int:
    """Crawl copies of the collection, once after each breakage; return how many were not named."""
    missed = 0
    for name in names:
        copy = folder.with_name(f"{folder.name}-{name.replace(' ', '-')}")
        shutil.copytree(folder, copy)
        summary, _ = break_it(site, copy, step, name)
        shutil.rmtree(copy)
        found, wanted = codes(summary), BREAKAGES[name][0]
        seen = any(alarm.split(" ")[0] == wanted for alarm in found)
        missed += not seen
        print(
            f"  {'seen  ' if seen else 'MISSED'} {name:<14} {summary['status']:<8} {'; '.join(found) or '-'}"
        )
        print(f"         {summary['detail']}")
    return missed


def mend(site: Site, folder: Path, step: int, name: str) -> tuple[int, list[str]]:
    """Break, and mend: one broken run, then normal ones; return their last step and their alarms."""
    _, step = break_it(site, folder, step, name)
    false = []
    for _ in range(MENDED):
        _, step, now = with_news(site, step)
        site.newsroom = now.newsroom
        (summary,) = crawl(folder, "newsroom", allow_private=False)
        false += codes(summary)
    return step, false


def start(newsroom: Newsroom, folder: Path) -> None:
    """Make the collection."""
    (folder / "sites").mkdir(parents=True)
    # Without floors: the history alone has to tell.
    text = re.sub(r"(?m)^(articles|fill) = ", r"# \1 = ", newsroom.profile_toml())
    (folder / "sites" / "newsroom.toml").write_text(text, encoding="utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--normal", type=int, default=20)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(BREAKAGES))
    parser.add_argument("--after", nargs="*", default=list(EARLIER), help="the second pass")
    asked = parser.parse_args()
    began = time.perf_counter()
    later = int(STEP * (asked.normal + 24) / timedelta(hours=20)) + 2
    with tempfile.TemporaryDirectory() as scratch, serve(Newsroom(asked.seed, later=later)) as site:
        folder = Path(scratch) / "press"
        start(site.newsroom, folder)
        normal = live(site, folder, asked.normal)
        false = [(number, alarms) for number, alarms in enumerate(normal, 1) if alarms]
        print(f"{asked.normal} normal runs: {len(false)} false alarms {false or ''}")
        last = asked.normal - 1
        missed = break_all(site, folder, last, asked.only)
        tried = len(asked.only)
        for earlier in asked.after:
            copy = folder.with_name("mended")
            shutil.copytree(folder, copy)
            step, alarms = mend(site, copy, last, earlier)
            print(
                f"after “{earlier}”, mended: {MENDED} normal runs, {len(alarms)} false alarms {alarms or ''}"
            )
            false += [(asked.normal + 1, alarms)] if alarms else []
            others = [name for name in asked.only if name != earlier]
            missed += break_all(site, copy, step, others)
            tried += len(others)
            shutil.rmtree(copy)
    print(
        f"{tried - missed} of {tried} breakages named in the first run after them; {time.perf_counter() - began:.0f} s"
    )
    sys.exit(1 if missed or false else 0)


if __name__ == "__main__":
    main()
