"""A section that only a browser can show, and pages that mean it harm, in a real Chromium."""

import json
import shutil
import sqlite3

import pytest

from archive.http import payload_of
from archive.index.store import Index
from archive.model import StoredCapture, StoredExtraction
from archive.settings import load_settings
from tests.e2e.browser import SETTINGS, needs_browser, with_profile
from tests.e2e.crawling import archived, crawl, faults, live_and_rebuilt
from tests.e2e.pages import hemeroteca
from tests.newsroom.newsroom import Newsroom, all_sections
from tests.newsroom.scripted import ScriptedPages
from tests.newsroom.server import serve

pytestmark = [*needs_browser, pytest.mark.xdist_group("browser")]
PLACES = ("fr", "zh")
RENDER = '\n[render]\nsections = true\narticles = true\nwait_for = "article.story-full, div.list"\n'


def newsroom():
    sections = [it for it in all_sections("modern") if it.lang in PLACES][::2]
    return Newsroom(3, 2, sections)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser") / "c"
    with serve(newsroom()) as site:
        site._pages = ScriptedPages(site.newsroom, "/fr/")
        profile = site.newsroom.profile_toml() + RENDER
        # Lists only: what the feeds and the sitemap name would be found without a browser.
        lines = [it for it in profile.splitlines() if not it.startswith("sitemaps")]
        head, _, rest = "\n".join(lines).partition("feeds = [")
        profile = head + rest.partition("]")[2]
        with_profile(folder, profile)
        summaries = crawl(folder, "newsroom", settings=SETTINGS)
        yield folder, site, summaries[0]


def test_what_scripts_build_is_read(rendered):
    folder, site, summary = rendered
    assert summary["status"] == "done", summary
    articles = {
        one.extraction.article.key: one.extraction.article
        for one in archived(folder)
        if isinstance(one, StoredExtraction) and one.extraction.verdict == "article"
    }
    known = {one.key: one for one in site.newsroom.articles}
    assert set(articles) == set(known)
    for key, article in articles.items():
        assert article.title == known[key].title
        assert article.lead == known[key].lead
        assert article.blocks == known[key].blocks
        assert [photo.caption for photo in article.photos] == [photo.caption for photo in known[key].photos]


def test_wire_and_rendering_both_stand_in_the_archive(rendered):
    folder, site, _ = rendered
    assert faults(folder) == []
    captures = [one for one in archived(folder) if isinstance(one, StoredCapture)]
    by_id = {one.location.record_id: one for one in captures}
    conversions = [one for one in captures if one.record_type == "conversion"]
    assert len(conversions) == 2 + len(site.newsroom.articles)
    for one in conversions:
        page = by_id[one.converted_from]
        assert page.capture.url == one.capture.url
        assert page.capture.for_browser
        assert one.capture.truncated is None
        if "/fr/" in page.capture.url:
            assert b'<div id="page">' in one.capture.body
            if page.record_type == "response":
                assert b'<div id="app"></div>' in payload_of(page.capture, 1 << 20).data
    shown = {one.capture.url.partition("?")[0].removeprefix(site.url) for one in captures}
    assert {"/app/main.js", "/app/style.css", "/app/page.json"} <= shown
    assert not any(path.startswith("/images/") for path in shown)
    embedded = [one for one in captures if one.capture.found.by == "embed"]
    assert all(one.capture.for_browser and one.capture.found.hop.endswith("E") for one in embedded)
    # A script is fetched once a run; nothing but the paper's own host was asked.
    assert sum(one.capture.url.endswith("/app/main.js") for one in captures) == 1
    agents = {hit.headers["user-agent"] for hit in site.log}
    assert len(agents) == 1
    assert next(iter(agents)).startswith("hemeroteca/")


def test_rebuilt_and_read_again_it_is_the_same(rendered):
    folder, _, _ = rendered
    live, again = live_and_rebuilt(folder)
    assert {name for name, rows in live.items() if rows != again[name]} == set()
    done = hemeroteca("reextract", "--json", at=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["changed"] == told["new"] == told["unreadable"] == 0
    assert told["unchanged"] > 0
    assert hemeroteca("verify", at=folder).returncode == 0


def test_show_gives_the_rendering_and_what_it_was_made_from(rendered):
    folder, site, _ = rendered
    key = next(one.url for one in site.newsroom.articles if "/fr/" in one.url)
    page = hemeroteca("show", "--html", key, at=folder).stdout
    assert page.startswith("<!DOCTYPE html>\n<html")
    assert "story-body" in page
    record = hemeroteca("show", "--warc", key, at=folder).stdout
    assert "WARC-Type: conversion" in record
    assert hemeroteca("show", "--headers", key, at=folder).stdout.startswith("HTTP/1.1 200")
    said = hemeroteca("show", key, at=folder).stdout
    assert "rendered from" in said


def test_a_second_crawl_renders_again_and_finds_nothing_new(rendered, tmp_path):
    """The shell is a revisit of itself; what it is rendered to decides whether an article has changed."""
    kept, site, _ = rendered
    folder = tmp_path / "c"
    shutil.copytree(kept, folder)
    url = next(one.url for one in site.newsroom.articles if "/fr/" in one.url)
    (summary,) = crawl(folder, url, mode="capture", settings=SETTINGS)
    assert summary["counts"]["rendered"] == 1
    assert summary["counts"]["unchanged"] == 1
    captures = {one.location.record_id: one for one in archived(folder) if isinstance(one, StoredCapture)}
    (conversion,) = [
        one
        for one in captures.values()
        if one.record_type == "conversion" and one.run_id == summary["run_id"]
    ]
    assert captures[conversion.converted_from].run_id == summary["run_id"]
    live, again = live_and_rebuilt(folder)
    assert {name for name, rows in live.items() if rows != again[name]} == set()
    assert faults(folder) == []


def test_a_page_that_was_not_rendered_any_more_is_asked_for_again(rendered, tmp_path):
    """A run that was killed between page and rendering leaves a shell; nobody takes it for the article."""
    folder, site, _ = rendered
    copy = tmp_path / "c"
    shutil.copytree(folder, copy)
    (copy / "frontier.db").unlink()
    settings = load_settings(copy, {})
    database = sqlite3.connect(settings.index_path)
    # As if the rendering of one article had never been written.
    url = next(one.url for one in site.newsroom.articles if "/fr/" in one.url)
    conversions = "SELECT id FROM captures WHERE url = ? AND record_type = 'conversion'"
    with database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(f"DELETE FROM captures WHERE id IN ({conversions})", (url,))
    database.close()
    with Index.open(settings.index_path) as index:
        unread = [row.url for row in index.extractable(missing_only=True)]
    assert url not in unread
    (summary,) = crawl(copy, "newsroom", settings=SETTINGS)
    assert summary["counts"]["rendered"] == 2 + 1


def test_a_browser_that_does_not_start_ends_the_run_with_its_reason(tmp_path):
    (tmp_path / "hemeroteca.toml").write_text('browser = "/bin/false"\n', encoding="utf-8")
    (tmp_path / "sites").mkdir()
    with serve(newsroom()) as site:
        profile = site.newsroom.profile_toml() + RENDER
        (tmp_path / "sites" / "bao.toml").write_text(profile, encoding="utf-8")
        done = hemeroteca("crawl", "bao", "--allow-private", at=tmp_path)
    assert done.returncode == 1
    assert "/bin/false" in done.stderr
    (run,) = json.loads(hemeroteca("runs", "bao", "--json", at=tmp_path).stdout)
    assert run["status"] == "failed"
    assert "/bin/false" in run["detail"]
    assert run["finished_at"]
    live, rebuilt = live_and_rebuilt(tmp_path)
    assert live == rebuilt
    assert not faults(tmp_path)
