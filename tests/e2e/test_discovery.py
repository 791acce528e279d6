"""Looking back through every kind of list, measured by the requests that are made; dead lists; copies; how things were found."""

import sqlite3
import subprocess
import sys
from datetime import date

import pytest

from archive.index.search import Search
from archive.model import StoredCapture, StoredRun
from tests.e2e.crawling import archived, crawl, live_and_rebuilt
from tests.e2e.morgue import PAGE, Morgue
from tests.e2e.paper import Paper
from tests.e2e.paper import serve as serve_paper

SINCE = date(2026, 8, 1)


def profile(tmp_path, paper, discover, **more):
    folder = tmp_path / "c"
    (folder / "sites").mkdir(parents=True, exist_ok=True)
    host = paper.base_url.removeprefix("http://")
    keys = "".join(f"{name} = {value}\n" for name, value in more.items())
    text = (
        f'name = "La Morgue"\ndomains = ["{host}"]\n{keys}[discover]\n{discover}\n[politeness]\ndelay = 0.0\n'
    )
    (folder / "sites" / "morgue.toml").write_text(text.replace("BASE", f"http://{host}"), encoding="utf-8")
    return folder


def told_by(folder, *arguments):
    """Return what a command says."""
    argv = [sys.executable, "-m", "hemeroteca", "-C", str(folder), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout


def pages_asked(paper, start):
    return sorted(path for path in paper.asked if path.startswith(start))


def test_back_through_month_sitemaps_that_an_index_names(tmp_path):
    with serve_paper(Morgue()) as paper:
        folder = profile(tmp_path, paper, 'sitemaps = ["BASE/sitemaps/index.xml"]')
        crawl(folder, "morgue", since=f"{SINCE}T00:00:00+00:00")
    assert sorted(paper.requested()) == sorted(paper.since(SINCE))
    assert pages_asked(paper, "/sitemaps/month-") == [
        f"/sitemaps/month-2026-{month}.xml.gz" for month in ("08", "09", "10", "11")
    ]


def test_back_through_archive_pages_of_the_profile(tmp_path):
    with serve_paper(Morgue(dated=False)) as paper:
        discover = 'sections = ["BASE/numbered/"]\narchives = ["BASE/archives/{year}/{month:02}/"]'
        folder = profile(tmp_path, paper, discover)
        crawl(folder, "morgue")
        assert pages_asked(paper, "/archives/") == []
        crawl(folder, "morgue", since=f"{SINCE}T00:00:00+00:00")
    assert pages_asked(paper, "/archives/") == [
        f"/archives/2026/{month}/" for month in ("08", "09", "10", "11")
    ]
    assert set(paper.since(SINCE)) <= set(paper.requested())
    assert max(paper.asked.values()) <= 2


def test_back_through_numbered_pages_until_the_day(tmp_path):
    with serve_paper(Morgue()) as paper:
        folder = profile(tmp_path, paper, 'sections = ["BASE/numbered/"]')
        crawl(folder, "morgue", since="2025-08-01T00:00:00+00:00")
    wanted = paper.since(date(2025, 8, 1))
    assert len(wanted) > 6 * PAGE  # further than a daily crawl turns pages
    assert sorted(paper.requested()) == sorted(wanted)
    needed = -(-len(wanted) // PAGE)
    assert len(pages_asked(paper, "/numbered/")) in (needed, needed + 1)


def test_a_list_without_dates_is_as_old_as_its_articles(tmp_path):
    with serve_paper(Morgue(dated=False)) as paper:
        folder = profile(tmp_path, paper, 'sections = ["BASE/numbered/"]')
        crawl(folder, "morgue", since=f"{SINCE}T00:00:00+00:00")
        wanted, needed = paper.since(SINCE), -(-len(paper.since(SINCE)) // PAGE)
        assert set(wanted) <= set(paper.requested())
        assert len(pages_asked(paper, "/numbered/")) <= needed + 2
        assert len(paper.requested()) <= len(wanted) + 2 * PAGE
        before = dict(paper.asked)
        crawl(folder, "morgue", since=f"{SINCE}T00:00:00+00:00")
        again = {path: number - before.get(path, 0) for path, number in paper.asked.items()}
        assert sum(number for path, number in again.items() if path in wanted) == 0
        assert sum(number for path, number in again.items() if path.startswith("/numbered/")) <= needed + 2


@pytest.mark.parametrize("ends", [True, False])
def test_lists_that_end_and_lists_that_never_do(tmp_path, ends):
    with serve_paper(Morgue(dated=False, ends=ends)) as paper:
        folder = profile(tmp_path, paper, 'sections = ["BASE/numbered/"]')
        crawl(folder, "morgue", since="2010-01-01T00:00:00+00:00", settings={"extract": False})
    pages = -(-len(paper.days) // PAGE)
    assert sorted(paper.requested()) == sorted(paper.paths())
    assert len(pages_asked(paper, "/numbered/")) in (pages, pages + 1)


def test_older_links_with_a_date_in_the_query(tmp_path):
    with serve_paper(Morgue(front='<nav><a href="/older/">Anciennes</a></nav>')) as paper:
        crawl(tmp_path / "c", f"{paper.base_url}/", since=f"{SINCE}T00:00:00+00:00")
    assert sorted(paper.requested()) == sorted(paper.since(SINCE))
    assert len(pages_asked(paper, "/older/")) <= -(-len(paper.since(SINCE)) // PAGE) + 1


@pytest.mark.parametrize("scroll", ["json", "html"])
def test_endless_pages_of_a_paper_without_a_profile(tmp_path, scroll):
    with serve_paper(Morgue(scroll=scroll, front='<nav><a href="/scroll/">Défilement</a></nav>')) as paper:
        crawl(tmp_path / "c", f"{paper.base_url}/", since=f"{SINCE}T00:00:00+00:00")
        assert sorted(paper.requested()) == sorted(paper.since(SINCE))
        assert len(pages_asked(paper, "/api/")) <= -(-len(paper.since(SINCE)) // PAGE) + 1
    how = {
        one.capture.url: one.capture.found
        for one in archived(tmp_path / "c")
        if isinstance(one, StoredCapture) and "archives-du-port" in one.capture.url
    }
    assert {found.by for found in how.values()} == {"section", "loadmore"}
    assert {found.section for found in how.values()} == {"Défilement"}
    assert all(found.position and found.title and found.date for found in how.values())


def test_pages_of_an_application_are_read_from_their_data_and_turned(tmp_path):
    front = '<nav><a href="/application/">Application</a></nav>'
    with serve_paper(Morgue(front=front)) as paper:
        crawl(tmp_path / "c", f"{paper.base_url}/", since=f"{SINCE}T00:00:00+00:00")
    assert sorted(paper.requested()) == sorted(paper.since(SINCE))
    assert len(pages_asked(paper, "/application/")) <= -(-len(paper.since(SINCE)) // PAGE) + 1
    how = [
        one.capture.found
        for one in archived(tmp_path / "c")
        if isinstance(one, StoredCapture) and "archives-du-port" in one.capture.url
    ]
    assert {(found.by, found.section) for found in how} == {("section", "Application")}
    assert all(found.position and found.title and found.date for found in how)


def test_a_json_feed_of_the_type_of_all_json(tmp_path):
    front = '<link rel=alternate type="application/json" href="/wp-json/pages/1">'
    front += '<link rel=alternate type="application/json" href="/feed.json">'
    with serve_paper(Morgue(front=front)) as paper:
        crawl(tmp_path / "c", f"{paper.base_url}/")
    assert sorted(paper.requested()) == sorted(paper.paths()[:PAGE])
    assert paper.asked["/feed.json"] == 1
    assert "/wp-json/pages/1" not in paper.asked


def test_a_sitemap_that_nothing_names_is_found_and_looked_for_once(tmp_path):
    class Hidden(Morgue):
        def answer(self, path):
            return super().answer("/sitemaps/index.xml" if path == "/sitemap_index.xml" else path)

    with serve_paper(Hidden()) as paper:
        for _ in range(2):
            crawl(tmp_path / "c", f"{paper.base_url}/", since=f"{SINCE}T00:00:00+00:00")
    assert sorted(paper.requested()) == sorted(paper.since(SINCE))
    assert paper.asked["/sitemap.xml"] == 1
    assert paper.asked["/sitemap-index.xml"] == 0


def test_copies_for_phones_and_printers_are_one_article(tmp_path):
    paper = Morgue(front='<nav><a href="/older/">Anciennes</a></nav>')
    paper.twins = True
    with serve_paper(paper):
        crawl(tmp_path / "c", f"{paper.base_url}/", since="2026-10-20T00:00:00+00:00")
    asked = [path for path in paper.asked if "archives-du-port" in path]
    assert sorted(path.partition("?")[0] for path in asked) == sorted(paper.since(date(2026, 10, 20)))
    assert not [path for path in asked if "print" in path]


def test_dead_lists_are_named_retired_and_cost_nothing_more(tmp_path):
    discover = 'sections = ["BASE/numbered/"]\nfeeds = ["BASE/rss/mort.xml", "BASE/older/"]\nsitemaps = ["BASE/sitemaps/news.xml"]'
    with serve_paper(Morgue()) as paper:
        folder = profile(tmp_path, paper, discover)
        (first,) = crawl(folder, "morgue")
        assert first["status"] == "done"
        (_,) = crawl(folder, "morgue")
        (third,) = crawl(folder, "morgue")
        assert third["status"] == "partly"
        assert (
            f"feed {paper.base_url}/rss/mort.xml is not there (status 404), 3 times in a row"
            in third["detail"]
        )
        assert f"feed {paper.base_url}/older/ is no feed" in third["detail"]
        (fourth,) = crawl(folder, "morgue")
        assert fourth["status"] == "done"
        assert fourth["counts"]["resting"] == 2
        assert (paper.asked["/rss/mort.xml"], paper.asked["/older/"]) == (3, 3)
        assert paper.asked["/numbered/"] == 4
        told = {one["url"].removeprefix(paper.base_url): one for one in fourth["sources"]}
        assert {path: one["outcome"] for path, one in told.items()} == {
            "/numbered/": "good", "/older/": "unreadable", "/rss/mort.xml": "gone", "/sitemaps/news.xml": "good",
        }  # fmt: skip
        assert told["/rss/mort.xml"]["rests_until"]
    shown = told_by(folder, "sites", "show", "morgue")
    assert (
        f"dead         feed {paper.base_url}/rss/mort.xml is not there (status 404), 3 times in a row"
        in shown
    )
    assert f"lists at rest: {paper.base_url}/older/, {paper.base_url}/rss/mort.xml" in told_by(folder, "runs")
    with Search.open(folder / "index.db") as index:
        before = index.sources("morgue")
    live, rebuilt = live_and_rebuilt(folder)
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}
    with Search.open(folder / "index.db") as index:
        assert index.sources("morgue") == before
    last = [one.run for one in archived(folder) if isinstance(one, StoredRun)][-1]
    assert last.sources == before


def test_a_site_that_is_down_keeps_all_its_lists(tmp_path):
    paper = Paper(6)
    paper.status = {"/politique/": 500, "/sitemap.xml": 500}
    with serve_paper(paper):
        folder = profile(tmp_path, paper, 'sections = ["BASE/politique/"]\nsitemaps = ["BASE/sitemap.xml"]')
        for _ in range(4):
            crawl(folder, "morgue", settings={"timeout": 5})
        asked = dict(paper.asked)
        paper.status = {}
        (summary,) = crawl(folder, "morgue")
    assert asked["/politique/"] == 12  # each time, with the retries of every run
    assert summary["counts"]["articles"] == 6


def test_what_is_kept_of_how_an_article_was_found_is_in_the_index_too(tmp_path):
    with serve_paper(Morgue()) as paper:
        folder = profile(tmp_path, paper, 'sections = ["BASE/numbered/"]')
        crawl(folder, "morgue", since="2026-11-01T00:00:00+00:00")
    database = sqlite3.connect(folder / "index.db")
    try:
        rows = database.execute(
            "SELECT url, section, position, feed_date, found_by FROM captures WHERE url LIKE '%archives-du-port%' ORDER BY position"
        ).fetchall()
    finally:
        database.close()
    assert [(url.removeprefix(paper.base_url), *rest) for url, *rest in rows] == [
        (paper.path(number), "Numérotées", number + 1, paper.days[number].isoformat(), "section")
        for number in range(len(paper.since(date(2026, 11, 1))))
    ]


class Mixed(Paper):
    """Its robots.txt names a feed among the sitemaps; the feed holds whole pages; the sitemap is text in UTF-16."""

    def answer(self, path):
        stories = [f"{self.base_url}{one}" for one in self.paths()]
        if path == "/robots.txt":
            return "text/plain", b"\xef\xbb\xbfSitemap: /flux.xml\rsitemap:/plan.txt\r"
        if path == "/flux.xml":
            whole = "<description><![CDATA[<!doctype html><html><body><p>…</p></body></html>]]></description>"
            items = "".join(f"<item><link>{one}</link>{whole}</item>" for one in stories[::2])
            return "text/html", f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        if path == "/plan.txt":
            return "application/octet-stream", "\r\n".join(stories[1::2]).encode("utf-16")
        return super().answer(path) if path in self.paths() or path == "/" else None


def test_a_feed_named_as_a_sitemap_and_a_sitemap_of_plain_text(tmp_path):
    with serve_paper(Mixed(8)) as paper:
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/")
    assert {path: paper.asked[path] for path in paper.paths()} == dict.fromkeys(paper.paths(), 1)
    assert summary["counts"]["articles"] == 8
    good = {source["url"]: source["outcome"] for source in summary["sources"]}
    assert (good[f"{paper.base_url}/flux.xml"], good[f"{paper.base_url}/plan.txt"]) == ("good", "good")
