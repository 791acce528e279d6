"""The whole crawl over a few simulated days: real HTTP, real WARC files, real index, a clock set for each run."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.newsdays import PAPERS, lives

LOOK = timedelta(minutes=30)


@dataclass(frozen=True)
class Outcome:
    """What the crawls caught, beside a re-check of every article at every run."""

    runs: int
    articles: int
    edits: int
    """That were visible at one run at least, after the article had been captured."""
    caught: int
    rechecks: int
    not_modified: int
    fixed: int
    """Re-checks that the fixed way would have made."""
    versions: int
    expected: int
    """Distinct wordings that were captured, by the newspaper's own account."""


def ages_of(keys: Sequence[str], seed: int, habits: str) -> dict[str, tuple[float, ...]]:
    """Return when stories are edited, as a paper with these habits does."""
    paper = next(paper for paper in PAPERS if paper.name == habits)
    each = lives(paper, max(2, -(-len(keys) // paper.a_day)), seed)
    return {
        key: tuple(edit - life.published for edit in life.edits)
        for key, life in zip(keys, each, strict=False)
    }


def live(
    folder: Path,
    *,
    hours: float,
    seed: int,
    sections: Sequence[Any] | None = None,
    later: int = 8,
    pace: float = 3,
    habits: str = "daily",
) -> Outcome:
    """Let the newspaper live and crawl it every half hour; compare."""
    from tests.e2e.crawling import crawl
    from tests.newsroom import MORNING, Newsroom, serve

    script: dict[str, Any] = {
        "seed": seed, "articles_per_section": 1, "later": later, "pace": pace, "sections": sections
    }  # fmt: skip
    keys = [story.article.key for story in Newsroom(**script, moment=MORNING + timedelta(days=60)).stories]
    whole = Newsroom(**script, ages=ages_of(keys, seed, habits))
    moments = [MORNING + LOOK * number for number in range(int(timedelta(hours=hours) / LOOK))]
    rechecks = not_modified = 0
    with serve(whole) as site:
        (folder / "sites").mkdir(parents=True)
        (folder / "sites" / "newsroom.toml").write_text(site.newsroom.profile_toml(), encoding="utf-8")
        for moment in moments:
            site.newsroom = site.newsroom.at(moment)
            (summary,) = crawl(folder, "newsroom", moment=moment.isoformat())
            if summary["status"] not in ("done", "partly"):
                raise RuntimeError(f"the crawl of {moment} ended {summary['status']}: {summary['detail']}")
            rechecks += summary["counts"].get("rechecks", 0)
            not_modified += summary["counts"].get("not_modified", 0)
        edits: Mapping[str, list[datetime]] = defaultdict(list)
        for edit in site.newsroom.edits:
            edits[edit.key].append(edit.moment)
    return _compare(folder, moments, edits, rechecks, not_modified)


def _compare(
    folder: Path,
    moments: Sequence[datetime],
    edits: Mapping[str, list[datetime]],
    rechecks: int,
    not_modified: int,
) -> Outcome:
    with closing(sqlite3.connect(folder / "index.db")) as index:
        rows = index.execute(
            "SELECT a.key, a.versions, json_group_array(c.fetched_at) FROM articles a"
            " JOIN captures c ON c.article_id = a.id GROUP BY a.id"
        ).fetchall()
    sums: dict[str, int] = defaultdict(int)
    for key, versions, listed in rows:
        captures = sorted(datetime.fromisoformat(moment) for moment in json.loads(listed))
        changes = edits[key]
        sums["versions"] += versions
        # Which wording each capture shows: the number of edits before it.
        sums["expected"] += len({bisect_left(changes, moment) for moment in captures})
        looks = [moment for moment in moments if moment > captures[0]]
        sums["fixed"] += len(looks)
        for number, edit in enumerate(changes):
            if edit <= captures[0]:
                continue
            end = changes[number + 1] if number + 1 < len(changes) else moments[-1] + LOOK
            if any(edit <= moment < end for moment in looks):
                sums["edits"] += 1
                sums["caught"] += any(edit <= moment < end for moment in captures[1:])
    return Outcome(
        runs=len(moments), articles=len(rows), rechecks=rechecks, not_modified=not_modified, **sums
    )


def crawled(seed: int, hours: float = 24) -> bool:
    """Print what a live newspaper gave; True where enough was caught, and no version was made of nothing."""
    with tempfile.TemporaryDirectory(prefix="month-") as folder:
        found = live(Path(folder) / "c", hours=hours, seed=seed)
    print(
        f"{found.runs} runs over {hours:.0f} h, {found.articles} articles: {found.caught} of {found.edits} edits"
        f" that stood at a run caught ({found.caught / max(1, found.edits):.1%});"
        f" {found.rechecks:,} re-checks, {found.fixed:,} if every run asked for every article;"
        f" {found.not_modified:,} answers 304, lists included"
    )
    print(f"{found.versions} versions in the index, {found.expected} wordings captured")
    return found.caught >= 0.95 * found.edits and found.versions == found.expected
