"""Crawls of the newsroom, each in a process of its own: everything once, all fields, nothing for nothing."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest

from archive.model import StoredCapture, StoredExtraction, StoredFailure, StoredRun
from tests.e2e.crawling import ROOT, archived, captured, crawl, faults, live_and_rebuilt, start
from tests.e2e.paper import Paper
from tests.e2e.paper import serve as serve_paper
from tests.newsroom.layouts import LAYOUTS
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.server import serve

FIELDS = (
    "title",
    "kicker",
    "lead",
    "blocks",
    "photos",
    "related",
    "published",
    "authors",
    "section",
    "tags",
    "key",
    "lang",
)


def collection(tmp_path, site=None):
    (tmp_path / "c" / "sites").mkdir(parents=True, exist_ok=True)
    if site is not None:
        (tmp_path / "c" / "sites" / "newsroom.toml").write_text(
            site.newsroom.profile_toml(), encoding="utf-8"
        )
    return tmp_path / "c"


def articles_of(folder):
    """Return the extracted articles by URL."""
    return {
        one.extraction.article.url: one.extraction.article
        for one in archived(folder)
        if isinstance(one, StoredExtraction) and one.extraction.article is not None
    }


def shown_by(newsroom):
    return lambda story: LAYOUTS[story.section.layout].shown(newsroom, story)


@pytest.fixture(scope="module")
def newsroom():
    return Newsroom(seed=3, articles_per_section=7, page_size=3)


def test_a_paper_with_a_profile(tmp_path, newsroom):
    with serve(newsroom) as site:
        folder = collection(tmp_path, site)
        (summary,) = crawl(folder, "newsroom", allow_private=False)
        assert summary["status"] == "done", summary
        # What each layout shows of its articles is the expectation: an old layout shows no seconds, no teasers.
        known = {one.canonical_url: one for one in map(shown_by(site.newsroom), site.newsroom.stories)}
        asked = Counter(site.paths)
        assert {asked[urlsplit(url).path] for url in known} == {1}
        found = articles_of(folder)
        assert set(found) == set(known)
        assert summary["counts"]["articles"] == len(known)
        wrong = [
            (url, name, getattr(found[url], name), getattr(article, name))
            for url, article in known.items()
            for name in FIELDS
            if getattr(found[url], name) != getattr(article, name)
        ]
        assert wrong == []

        before = len(site.log)
        (again,) = crawl(folder, "newsroom", allow_private=False)
        assert again["status"] == "done"
        later = Counter(site.paths[before:])
        assert sum(later[urlsplit(url).path] for url in known) == 0
        assert later["/robots.txt"] == 1

        site.newsroom = site.newsroom.at(site.newsroom.moment + timedelta(days=30))
        before = len(site.log)
        crawl(folder, "newsroom", allow_private=False)
        new = {article.canonical_url for article in site.newsroom.articles} - set(known)
        later = Counter(site.paths[before:])
        assert new
        assert {later[urlsplit(url).path] for url in new} == {1}
        assert sum(later[urlsplit(url).path] for url in known) == 0
    assert faults(folder) == []
    live, rebuilt = live_and_rebuilt(folder)
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}
    how = {one.capture.found.by for one in archived(folder) if isinstance(one, StoredCapture)}
    assert {"seed", "section", "robots"} <= how
    runs = [one.run for one in archived(folder) if isinstance(one, StoredRun)]
    assert Counter(run.status for run in runs) == {"running": 3, "done": 3}


def test_a_paper_without_a_profile(tmp_path, newsroom):
    with serve(newsroom) as site:
        folder = collection(tmp_path)
        (summary,) = crawl(folder, f"{site.url}/")
        wanted = {article.canonical_url for article in site.newsroom.articles}
        asked = Counter(unquote(path.partition("?")[0]) for path in site.paths)
    assert summary["status"] in ("done", "partly"), summary
    found = articles_of(folder)
    assert wanted <= set(found) | {article.canonical_url for article in found.values()}
    assert {asked[unquote(urlsplit(url).path)] for url in wanted} == {1}
    assert summary["site"] == "127.0.0.1"


def test_robots_and_sitemaps_that_robots_names(tmp_path):
    paper = Paper(9)
    paper.robots = "User-agent: *\nDisallow: /politique/\n"
    with serve_paper(paper):
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/")
    forbidden = [path for path in paper.asked if path.startswith("/politique/")]
    assert forbidden == []
    assert summary["counts"]["precluded"] == 4  # the section and its three articles
    assert summary["counts"]["articles"] == 6
    codes = [one.capture.failure.code for one in archived(tmp_path / "c") if isinstance(one, StoredFailure)]
    assert codes == [-9998] * 4


def test_failures_are_tried_again_and_told_apart(tmp_path):
    paper = Paper(9)
    paper.status = {paper.paths()[0]: 500, paper.paths()[1]: 404}
    with serve_paper(paper):
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", settings={"timeout": 10})
        assert summary["status"] == "partly"
        assert "status 500" in summary["detail"]
        assert (summary["counts"]["failures"], summary["counts"]["gone"]) == (1, 1)
        assert paper.asked[paper.paths()[0]] == 3
        assert paper.asked[paper.paths()[1]] == 1
        paper.status = {}
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/")
        assert summary["status"] == "done"
        assert summary["counts"]["articles"] == 2


def test_nobody_answers(tmp_path):
    with serve_paper(Paper(1)) as paper:
        url = f"{paper.base_url}/"
    (summary,) = crawl(tmp_path / "c", url)
    assert summary["status"] == "failed"
    assert "nothing could be fetched" in summary["detail"]
    assert "refused" in summary["detail"].lower()


def test_private_addresses_are_refused(tmp_path):
    with serve_paper(Paper(3)) as paper:
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", allow_private=False)
    assert summary["status"] == "failed"
    assert "private address" in summary["detail"]
    assert not paper.asked


def test_redirects(tmp_path):
    paper = Paper(6)
    old, loop, away = "/politique/old-10001-name.html", paper.paths()[3], paper.paths()[4]
    with serve_paper(Paper(2), host="127.0.0.2") as other, serve_paper(paper):
        paper.moved = {paper.paths()[0]: old, loop: loop, away: f"{other.base_url}/{away}"}
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/")
    assert not other.asked
    assert paper.asked[old] == 1
    assert paper.asked[loop] == 1
    assert summary["counts"]["articles"] == 3
    assert (summary["counts"]["redirects_off_site"], summary["counts"]["redirect_loops"]) == (1, 1)
    found = {
        one.capture.found.by: one.capture.found
        for one in archived(tmp_path / "c")
        if isinstance(one, StoredCapture)
    }
    assert found["redirect"].hop.endswith("R")
    assert found["redirect"].via == paper.base_url + paper.paths()[0]


def test_limit_and_the_rest_in_the_next_run(tmp_path):
    with serve_paper(Paper(20)) as paper:
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", limit=5)
        assert summary["counts"]["articles"] == 5
        assert sum(paper.asked[path] for path in paper.paths()) == 5
        crawl(tmp_path / "c", f"{paper.base_url}/")
        assert {paper.asked[path] for path in paper.paths()} == {1}


class Dossiers(Paper):
    """Its menu leads to long reads that stand where sections stand."""

    NAMES = tuple(f"/dossier-{letter}/" for letter in "abcdefgh")

    def answer(self, path):
        if path == "/":
            menu = "".join(f'<a href="{name}">Dossier</a>' for name in self.NAMES)
            return "text/html", f"<html lang=fr><title>La Gare</title><nav>{menu}</nav></html>".encode()
        if path in self.NAMES:
            return "text/html; charset=utf-8", self._article(self.paths()[0]).encode()
        return super().answer(path)


def test_the_limit_holds_where_sections_are_articles(tmp_path):
    with serve_paper(Dossiers(20)) as paper:
        options = {"settings": {"concurrency_per_host": 8}, "limit": 5}
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", **options)
    read = [one.extraction for one in archived(tmp_path / "c") if isinstance(one, StoredExtraction)]
    assert sum(one.verdict == "article" for one in read) == 5
    assert summary["counts"]["articles"] == 5


def test_since(tmp_path, newsroom):
    with serve(newsroom) as site:
        folder = collection(tmp_path, site)
        moments = sorted(story.published for story in site.newsroom.stories)
        since = moments[len(moments) // 2]
        crawl(folder, "newsroom", since=since.isoformat())
        wanted = {
            site.newsroom.known(story).canonical_url
            for story in site.newsroom.stories
            if story.published >= since
        }
        assert set(articles_of(folder)) == wanted


def test_capture_takes_what_is_asked_for_and_nothing_else(tmp_path):
    with serve_paper(Paper(6)) as paper:
        urls = [paper.base_url + path for path in (paper.paths()[0], "/sitemap.xml", "/politique/")]
        for _ in range(2):
            (summary,) = crawl(tmp_path / "c", *urls, mode="capture")
            assert summary["kind"] == "capture"
            assert summary["status"] == "done"
            assert summary["counts"]["articles"] == 1
        assert {path: number for path, number in paper.asked.items() if path != "/robots.txt"} == {
            paper.paths()[0]: 2, "/sitemap.xml": 2, "/politique/": 2,
        }  # fmt: skip
        crawl(tmp_path / "c", f"{paper.base_url}/")
        assert paper.asked[paper.paths()[0]] == 2  # a crawl knows what was captured


def test_capture_names_what_is_not_there(tmp_path):
    with serve_paper(Paper(3)) as paper:
        missing = f"{paper.base_url}/không-có.html"
        (summary,) = crawl(tmp_path / "c", paper.base_url + paper.paths()[0], missing, mode="capture")
    assert (summary["status"], summary["counts"]["articles"]) == ("partly", 1)
    assert "1 of 2 addresses could not be had:\n" in summary["detail"]
    assert "kh%C3%B4ng-c%C3%B3.html: status 404" in summary["detail"]
    assert {
        one.capture.found.by
        for one in archived(tmp_path / "c")
        if isinstance(one, StoredCapture) and "sitemap" not in one.capture.url
    } >= {"user"}


def test_several_sites_in_one_process(tmp_path):
    with serve_paper(Paper(10), "127.0.0.3") as first, serve_paper(Paper(7), "127.0.0.4") as second:
        summaries = crawl(tmp_path / "c", f"{first.base_url}/", f"{second.base_url}/")
        assert [(one["site"], one["status"], one["counts"]["articles"]) for one in summaries] == [
            ("127.0.0.3", "done", 10),
            ("127.0.0.4", "done", 7),
        ]
    live, rebuilt = live_and_rebuilt(tmp_path / "c")
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}


def test_two_crawls_of_one_site_do_not_run_at_once(tmp_path):
    with serve_paper(Paper(20)) as paper:
        # However long the second takes to start, the first is still at it: it waits for an answer.
        paper.gate.clear()
        first = start(tmp_path / "c", f"{paper.base_url}/")
        while not paper.asked:
            assert first.is_alive()
        second = start(tmp_path / "c", f"{paper.base_url}/")
        code, _, error = second.end()
        paper.gate.set()
        assert "LockedError" in error
        assert code == 1
        _, out, _ = first.end()
        assert json.loads(out)["counts"]["articles"] == 20


def test_dry_run_touches_nothing(tmp_path):
    with serve_paper(Paper(3)) as paper:
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", dry_run=True)
    assert not paper.asked
    assert f"front {paper.base_url}/" in summary["detail"]
    assert list((tmp_path / "c").iterdir()) == []


def test_a_redesign_is_named(tmp_path, newsroom):
    with serve(newsroom) as site:
        folder = collection(tmp_path, site)
        profile = folder / "sites" / "newsroom.toml"
        text = re.sub(r"(?m)^articles = \d+", "articles = 999", profile.read_text(encoding="utf-8"))
        profile.write_text(text, encoding="utf-8")
        (summary,) = crawl(folder, "newsroom")
    assert summary["status"] == "partly"
    assert "expected at least 999 articles in the lists" in summary["detail"]


def test_scrapy_lists_and_crawls_profiles(tmp_path, newsroom):
    with serve(newsroom) as site:
        folder = collection(tmp_path, site)
        environment = {
            **os.environ,
            "HEMEROTECA_COLLECTION": str(folder),
            "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        }
        scrapy = [sys.executable, "-m", "scrapy"]
        listed = subprocess.run(
            [*scrapy, "list"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert "newsroom" in listed.stdout.split()
        done = subprocess.run(
            [*scrapy, "crawl", "newsroom"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert set(articles_of(folder)) == {article.canonical_url for article in site.newsroom.articles}
    assert not list((folder / "warc").rglob("*.open"))
    assert captured(folder)


def test_few_tasks_a_response_and_no_page_kept(tmp_path):
    """Scrapy's default makes 100 tasks a response (CONCURRENT_ITEMS) and keeps the tree of every selector."""
    with serve_paper(Paper(60)) as paper:
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", count=True)
    counts = summary["counts"]
    assert counts["articles"] == 60
    assert counts["tasks"] / counts["fetched"] < 20
    assert counts["trees"] == 0
