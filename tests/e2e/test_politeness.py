"""Servers that ask for less, and hours in which nothing is asked."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.e2e.crawling import captured, crawl, faults
from tests.newsroom import MORNING, Newsroom, serve


@pytest.fixture(scope="module")
def newsroom():
    return Newsroom(seed=7, articles_per_section=3, sections=["fr", "vi"])


def profile(folder, site, name, **more):
    (folder / "sites").mkdir(parents=True, exist_ok=True)
    text = site.newsroom.profile_toml()
    for key, value in more.items():
        text = text.replace("[politeness]\n", f"[politeness]\n{key} = {value}\n")
    (folder / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")


def queued(folder, site):
    with closing(sqlite3.connect(folder / "frontier.db")) as frontier:
        question = "SELECT count(*) FROM url WHERE site = ? AND kind = 'article' AND state = 'queued'"
        return frontier.execute(question, (site,)).fetchone()[0]


def test_retry_after_holds_all_of_a_host(tmp_path, newsroom):
    with serve(newsroom) as site:
        profile(tmp_path / "c", site, "newsroom")
        site.manners["/fr/*-a*.html"] = "429:3*1"
        (summary,) = crawl(tmp_path / "c", "newsroom")
        refused = next(hit for hit in site.log if hit.status == 429)
        # What was under way comes within a second; then it is quiet until the time is over.
        assert not [hit for hit in site.log if refused.at + 1.5 < hit.at < refused.at + 2.99]
        assert summary["status"] == "done", summary
        assert summary["counts"]["articles"] == len(site.newsroom.stories)


def test_a_host_that_is_left_alone_keeps_its_links_and_does_not_hold_up_others(tmp_path, newsroom):
    with serve(newsroom, host="127.0.0.5") as shut, serve(newsroom, host="127.0.0.6") as free:
        profile(tmp_path / "c", shut, "shut")
        profile(tmp_path / "c", free, "free")
        shut.manners["*.html"] = "503:7200"
        closed, done = crawl(tmp_path / "c", "shut", "free")
        assert done["status"] == "done"
        assert done["counts"]["articles"] == len(newsroom.stories)
        assert closed["status"] == "partly", closed
        assert "503" in closed["detail"]
        asked = {urlsplit(hit.target).path for hit in shut.log if hit.status == 503}
        assert len(asked) <= 8  # what was under way together
        assert queued(tmp_path / "c", "shut") == len(newsroom.stories)
        shut.manners.clear()
        (again,) = crawl(tmp_path / "c", "shut")
        assert again["status"] == "done"
        assert again["counts"]["articles"] == len(newsroom.stories)
    assert queued(tmp_path / "c", "shut") == 0
    assert faults(tmp_path / "c") == []


def test_hours(tmp_path, newsroom):
    """The newsroom's zone is seven hours ahead of UTC."""
    with serve(newsroom) as site:
        profile(tmp_path / "c", site, "newsroom", hours='"22:00-06:00"')
        (summary,) = crawl(tmp_path / "c", "newsroom", moment=MORNING.isoformat())  # noon there
        assert not site.log
        assert not captured(tmp_path / "c")
        night = MORNING + timedelta(hours=11)
        (summary,) = crawl(tmp_path / "c", "newsroom", moment=night.isoformat())
        assert summary["status"] == "done"
        assert summary["counts"]["articles"] == len(newsroom.stories)
