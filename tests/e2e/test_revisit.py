"""A newspaper that edits what it has published, crawled under a clock that is set for each run."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from archive.model import StoredCapture
from bench.crawled import live
from tests.e2e.crawling import archived, crawl, faults, live_and_rebuilt
from tests.newsroom import MORNING, Newsroom, serve


@pytest.fixture(scope="module")
def newsroom():
    return Newsroom(seed=5, articles_per_section=1, later=2, pace=1, sections=["fr", "vi", "zh", "ar"])


def collection(tmp_path, site):
    (tmp_path / "c" / "sites").mkdir(parents=True)
    (tmp_path / "c" / "sites" / "newsroom.toml").write_text(site.newsroom.profile_toml(), encoding="utf-8")
    return tmp_path / "c"


def run(folder, site, moment, **options):
    site.newsroom = site.newsroom.at(moment)
    (summary,) = crawl(folder, "newsroom", moment=moment.isoformat(), **options)
    assert summary["status"] in ("done", "partly"), summary
    return summary["counts"]


def visits(folder):
    with closing(sqlite3.connect(folder / "frontier.db")) as frontier:
        return frontier.execute("SELECT * FROM visit ORDER BY id").fetchall()


def test_edits_are_caught_and_nothing_else_makes_a_version(tmp_path):
    """The simulated month's crawl, at a smaller size: half a day of two editions, with edits at random ages."""
    found = live(
        tmp_path / "c", hours=4, seed=2, sections=["fr", "th", "zh"], later=6, pace=0.5, habits="portal"
    )
    assert found.edits >= 5
    assert found.caught >= 0.95 * found.edits
    assert found.versions == found.expected
    assert found.rechecks < found.fixed
    assert found.not_modified
    assert faults(tmp_path / "c") == []
    live_rows, rebuilt = live_and_rebuilt(tmp_path / "c")
    assert {name: rows for name, rows in live_rows.items() if rows != rebuilt[name]} == {}


def test_an_edit_is_a_version_and_a_304_is_a_revisit_record(tmp_path, newsroom):
    later = MORNING + timedelta(hours=3)
    with serve(newsroom) as site:
        folder = collection(tmp_path, site)
        first = run(folder, site, later)
        stories = {story.article.url: story for story in site.newsroom.stories}
        assert first["new_articles"] == len(stories)
        young = {url for url, story in stories.items() if story.published > MORNING}
        assert len(young) > 5
        # Nothing is due yet a minute later, and lists are not sent twice.
        before = len(site.log)
        again = run(folder, site, later + timedelta(minutes=1))
        assert "rechecks" not in again
        sent = {hit.target for hit in site.log[before:] if hit.status == 200}
        assert sent == {"/robots.txt", "/atom.xml"}  # whose date of change is always now
        assert {hit.status for hit in site.log[before:]} == {200, 304}
        assert again["listed"] == first["listed"]  # read from the archive
        # An hour later all young ones are due; those that were edited are new versions.
        edited = {urlsplit(edit.url).path for edit in newsroom.edits if later < edit.moment}
        end = max(edit.moment for edit in newsroom.edits) + timedelta(hours=1)
        before = len(site.log)
        counts = run(folder, site, end)
        asked = Counter(hit.target for hit in site.log[before:])
        conditional = [hit for hit in site.log[before:] if hit.target in stories]
        assert all("if-none-match" in hit.headers for hit in conditional)
        assert counts["rechecks"] == len(conditional)
        assert young <= set(asked)
        assert counts["new_versions"] == len({url for url in edited if url in asked})
        assert counts["rechecks"] == counts["new_versions"] + counts["unchanged"]
    records = [one for one in archived(folder) if isinstance(one, StoredCapture)]
    found_by = {one.capture.found.by for one in records if urlsplit(one.capture.url).path in stories}
    assert "revisit" in found_by
    with closing(sqlite3.connect(folder / "index.db")) as index:
        confirmed = index.execute(
            "SELECT c.record_type, c.refers_to IS NOT NULL, c.version_id = a.version_id, c.inherited FROM captures c"
            " JOIN articles a ON a.id = c.article_id WHERE c.status = 304"
        ).fetchall()
    assert set(confirmed) <= {("revisit", 1, 1, 1)}
    assert confirmed
    assert faults(folder) == []
    live_rows, rebuilt = live_and_rebuilt(folder)
    assert {name: rows for name, rows in live_rows.items() if rows != rebuilt[name]} == {}


def test_a_lost_queue_is_made_anew_from_the_archive(tmp_path, newsroom):
    """frontier.db is gone: the index tells the same of every article, and nothing is fetched for it."""
    with serve(newsroom) as site:
        folder = collection(tmp_path, site)
        for hours in (3, 4, 5, 7):
            run(folder, site, MORNING + timedelta(hours=hours))
        kept = {row[2]: row[3:] for row in visits(folder)}
        (folder / "frontier.db").unlink()
        before = len(site.log)
        counts = run(folder, site, MORNING + timedelta(hours=7, minutes=1))
        stories = {story.article.url for story in site.newsroom.stories}
        assert counts["known"] == len(kept) == len(stories)
        assert not stories & {hit.target for hit in site.log[before:]}
        made = {row[2]: row[3:] for row in visits(folder)}
        assert set(made) == set(kept)
        for article, values in kept.items():
            assert made[article][1:] == pytest.approx(values[1:], abs=1e-3, rel=0), article


def test_pages_that_are_never_the_same_twice_give_no_versions(tmp_path):
    """Counters in the text, ads, white space: the pages are sent each time, and are what they were."""
    newsroom = Newsroom(seed=5, articles_per_section=1, later=2, pace=1, layout="modern", ages={})
    with serve(newsroom) as site:
        site.noise = True
        folder = collection(tmp_path, site)
        first = run(folder, site, MORNING + timedelta(hours=3))
        before = len(site.log)
        counts = run(folder, site, MORNING + timedelta(hours=9))
        stories = {story.article.url for story in site.newsroom.stories}
        again = [hit for hit in site.log[before:] if hit.target in stories]
        assert {hit.status for hit in again} == {200}
        assert len(again) == counts["rechecks"] == counts["unchanged"] > 10
    with closing(sqlite3.connect(folder / "index.db")) as index:
        assert index.execute("SELECT count(*), sum(versions) FROM articles").fetchone() == (
            first["articles"],
            first["articles"],
        )
        # As displayed, the counter is there; it only does not make a version.
        counted = index.execute("SELECT count(*) FROM articles WHERE body LIKE '%Advertisement%'").fetchone()
        assert counted == (first["articles"],)
        shown = index.execute(
            "SELECT count(DISTINCT payload_digest) FROM captures WHERE found_by = 'revisit'"
        ).fetchone()
    assert shown == (len(again),)
