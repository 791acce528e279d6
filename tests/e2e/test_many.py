"""Many sites in one crawl: bench.many at a smaller size, on loopback addresses of their own."""

import sqlite3

from bench.many import growth, memory, together
from bench.papers import SICK_STORIES


def test_each_site_is_asked_at_its_own_pace_and_sick_ones_hold_up_nobody(tmp_path):
    sites, pages, delay = 12, 10, 0.4
    crawl = together(tmp_path, sites, pages, delay, sick=True, timeout=3.0)
    assert crawl.missed == 0
    assert crawl.least_span >= 0.95 * delay
    # One after the other the sites would take twelve times as long. The silent one alone, which is asked in vain for its
    # stories, three times each and to the timeout, takes four times as long.
    assert crawl.slowest_healthy < 3 * crawl.asked_for
    assert crawl.wall > SICK_STORIES * 3 * 3.0
    database = sqlite3.connect(tmp_path / "together" / "index.db")
    try:
        rows = database.execute("SELECT site, count(*) FROM articles GROUP BY site").fetchall()
    finally:
        database.close()
    assert dict(rows) == {f"paper-{number:03}": pages for number in range(2, sites)} | {
        "paper-001": SICK_STORIES
    }


def test_memory_does_not_grow_with_the_urls(tmp_path):
    samples = memory(tmp_path, 20, 4_000, every=0.25)
    assert samples[-1].requests >= 4_000
    # Of so few the caches, which have a bound, are still filling in the first half.
    assert growth(samples, 0.4, 0.5) < 1.1
