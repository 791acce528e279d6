"""`sites new` against the generated newspaper, over real HTTP: what it asks for, what it writes, how that reads."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import pairwise

import attrs
import pytest
from click.testing import CliRunner

from archive.extract import extract
from archive.model import Page
from archive.sites.registry import Registry, check
from hemeroteca.cli import cli
from hemeroteca.drafting.evidence import near
from tests.newsroom import LAYOUTS, MORNING, Newsroom, all_sections, serve
from tests.newsroom.site import Pages, Reply


@pytest.fixture
def press(tmp_path):
    assert hemeroteca(tmp_path, "init").exit_code == 0
    (tmp_path / "hemeroteca.toml").write_text("delay = 0\n", encoding="utf-8")
    return tmp_path


def hemeroteca(folder, *words):
    """Run a command in this process: what it fetches, it fetches in others."""
    return CliRunner().invoke(cli, [*words, "-C", str(folder)])


def drafted(press, site, *words):
    """Draft a profile; return it, strictly loaded, its text, and the raw table."""
    result = hemeroteca(press, "sites", "new", f"{site.url}/", "--allow-private", "--name", "ambre", *words)
    assert result.exit_code == 0, result.stderr
    path = press / "sites" / "ambre.toml"
    text = path.read_text(encoding="utf-8")
    checked = hemeroteca(press, "sites", "check", "ambre")
    assert checked.exit_code == 0, checked.stderr
    return check(path, Registry.load().families), text, tomllib.loads(text)


def read(newsroom, story, profile):
    layout = LAYOUTS[story.section.layout]
    page = Page(
        url=newsroom.url(story.article.url),
        payload=layout.article(newsroom, story).encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=MORNING + timedelta(days=400),
    )
    return extract(page, profile), extract(page), layout.shown(newsroom, story)


@pytest.mark.parametrize("lang", ["fr", "zh", "th"])
def test_rules_where_the_generic_extractor_is_not_enough(press, lang):
    """The draft reads articles that it has not seen; the generic extractor does not."""
    with serve(Newsroom(seed=5, articles_per_section=10, sections=[lang], layout="awkward")) as site:
        profile, text, table = drafted(press, site, "--samples", "12")
        newsroom, asked = site.newsroom, site.paths
    (layout,) = table["layout"]
    assert {"title", "published", "section", "authors"} <= set(layout)
    assert layout["title"] == "css:div.teaser-line"
    assert layout["published"] == "css:div.tools::attr(data-time)"
    assert "12 of 12 samples agree; generic: 0" in text
    assert table["lang"] == lang
    unseen = [story for story in newsroom.stories if story.article.url not in asked]
    assert len(unseen) >= 6
    for story in unseen:
        with_rules, generic, known = read(newsroom, story, profile)
        assert with_rules.provenance.layout == layout["id"]
        assert with_rules.article.title == known.title != generic.article.title
        assert near(with_rules.article.published, known.published)
        assert with_rules.article.section == known.section
        assert set(with_rules.article.authors) == set(known.authors)
        assert {block.text for block in known.blocks} <= {block.text for block in with_rules.article.blocks}


@pytest.mark.parametrize("lang", ["fr", "vi", "ar"])
def test_no_rules_where_it_is(press, lang):
    """What the profile then gives is what the generic extractor gives, time zone apart."""
    with serve(Newsroom(seed=7, articles_per_section=6, sections=[lang], layout="modern")) as site:
        profile, text, table = drafted(press, site)
        newsroom = site.newsroom
    assert "layout" not in table
    assert "title: the generic extractor agrees with 8 of 8 samples" in text
    for story in newsroom.stories:
        with_profile, generic, known = read(newsroom, story, profile)
        same = attrs.evolve(generic.article, site="ambre", key=known.key)
        assert with_profile.article == same


def test_what_it_asks_for(press):
    """One front page, some lists, as many articles as were asked for, from both sections; all is archived."""
    with serve(Newsroom(seed=3, articles_per_section=8, sections=["vi"])) as site:
        drafted(press, site, "--samples", "5")
        asked, sections = site.paths, [section.path for section in site.newsroom.sections]
    articles = [path for path in asked if path.endswith(".html")]
    assert len(articles) == len(set(articles)) == 5
    assert all(any(path.startswith(section) for path in articles) for section in sections)
    assert len([path for path in asked if path == "/"]) == 1
    assert not [path for path in asked if path.startswith("/private/")]
    assert len(asked) <= 5 + 15
    assert hemeroteca(press, "verify").exit_code == 0
    with closing(sqlite3.connect(press / "index.db")) as db:
        kept = {url.removeprefix(site.url) for (url,) in db.execute("SELECT url FROM captures")}
        read_there = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    assert kept == set(asked)
    assert read_there == 5
    for name in ("ambre", "again"):
        run = hemeroteca(press, "sites", "new", f"{site.url}/", "--allow-private", "--name", name)
        assert run.exit_code == 2  # it is there already
        assert "ambre.toml" in run.stderr
    assert site.paths == asked


def test_without_samples_the_front_page_alone(press):
    with serve(Newsroom(seed=3, articles_per_section=8)) as site:
        _, text, table = drafted(press, site, "--samples", "0")
        asked = site.paths
    assert sorted(asked) == ["/", "/robots.txt"]
    assert table["discover"]["feeds"]
    assert table["discover"]["sitemaps"]
    assert "samples" not in text
    assert "expect" not in table


class Forbidden(Pages):
    """robots.txt closes one section, and asks for time."""

    def get(self, target: str) -> Reply:
        if target == "/robots.txt":
            closed = self.newsroom.sections[0].path
            return Reply(
                body=f"User-agent: *\nCrawl-delay: 0.25\nDisallow: {closed}\n".encode(),
                content_type="text/plain",
            )
        return super().get(target)


def test_robots_txt_is_obeyed(press):
    with serve(Newsroom(seed=3, articles_per_section=6, sections=["fr"])) as site:
        site._pages = Forbidden(site.newsroom)
        _, _, table = drafted(press, site)
        closed = site.newsroom.sections[0].path
        hits = [hit for hit in site.log if hit.target != "/robots.txt"]
    assert hits
    assert not [hit for hit in hits if hit.target.startswith(closed)]
    assert table["politeness"]["delay"] == 0.25
    gaps = [after.at - before.at for before, after in pairwise(hits)]
    assert min(gaps) > 0.2
    assert f"{site.url}/sitemap.xml" in table["discover"]["sitemaps"]  # nothing names it; it was looked for


def test_private_addresses_are_refused(press):
    with serve(Newsroom(seed=3, articles_per_section=2, sections=["fr"])) as site:
        result = hemeroteca(press, "sites", "new", f"{site.url}/", "--name", "ambre")
        assert result.exit_code == 1
        assert site.paths == []
    assert not (press / "sites" / "ambre.toml").exists()
    assert "Traceback" not in result.stderr


def test_sitemaps_of_months_become_a_pattern(press):
    now = datetime.now(UTC)
    months = (now.year - MORNING.year) * 12 + now.month - MORNING.month + 1
    newsroom = Newsroom(
        seed=3,
        articles_per_section=3,
        sections=["th"],
        moment=now,
        later=months * 3,
        pace=10 * 24,
        crawl_delay=0,
    )
    with serve(newsroom) as site:
        _, text, table = drafted(press, site, "--samples", "4")
    assert table["discover"]["sitemaps"] == [
        f"{site.url}/sitemaps/news-{{year}}-{{month:02}}.xml",
        f"{site.url}/sitemaps/google-news.xml",
    ]
    assert f"sitemaps in {site.url}/sitemap.xml" in text


def test_editions_and_zone(press):
    with serve(Newsroom(seed=5, articles_per_section=8, sections=["vi"])) as site:
        _, text, table = drafted(press, site)
    assert (table["lang"], table["timezone"]) == ("vi", "Asia/Ho_Chi_Minh")
    assert table["expect"]["fill"]["title"] == 0.9
    assert "/vi/kinh-te/ goes on at" in text
    (press / "sites" / "ambre.toml").unlink()
    with serve(Newsroom(seed=5, articles_per_section=6)) as site:
        _, text, table = drafted(press, site)
    assert "timezone" not in table
    assert "No time zone is certain" in text
    assert "lang" not in table
    assert all(f"# Edition in {lang}: {site.url}/{lang}/" in text for lang in ("vi", "en", "zh", "ar", "th"))


def test_two_templates_each_with_its_own_layout(press):
    """Rules for one template take nothing from the other, which needs none."""
    sections = all_sections()[:2]
    sections = (attrs.evolve(sections[0], layout="awkward"), attrs.evolve(sections[1], layout="modern"))
    with serve(Newsroom(seed=5, articles_per_section=10, sections=sections)) as site:
        profile, text, table = drafted(press, site, "--samples", "14")
        newsroom, asked = site.newsroom, site.paths
    assert [bool(layout.get("title")) for layout in table["layout"]] == [True, False]
    assert all(layout["probe"].startswith("css:") for layout in table["layout"])
    assert "Pages of this template need no rule." in text
    unseen = [story for story in newsroom.stories if story.article.url not in asked]
    assert len({story.section for story in unseen}) == 2
    for story in unseen:
        with_rules, generic, known = read(newsroom, story, profile)
        assert with_rules.article.title == known.title
        assert near(with_rules.article.published, known.published)
        assert not [issue for issue in with_rules.issues if issue.code == "layout_unknown"]
        if story.section.layout == "modern":
            same = attrs.evolve(generic.article, site="ambre", key=known.key)
            assert with_rules.article == same


class Moved(Pages):
    """The front page is somewhere else."""

    def get(self, target: str) -> Reply:
        if target == "/":
            return Reply(status=301, headers=(("Location", "/th/"),))
        return super().get(target)


def test_a_front_page_that_has_moved(press):
    with serve(Newsroom(seed=3, articles_per_section=4, sections=["th"])) as site:
        site._pages = Moved(site.newsroom)
        _, _, table = drafted(press, site, "--samples", "3")
    assert len(table["discover"]["sections"]) == 2
    assert table["lang"] == "th"


def test_lists_and_articles_that_cannot_be_had(press):
    """The draft is made of what is there, and says so."""
    with serve(Newsroom(seed=3, articles_per_section=6, sections=["fr"])) as site:
        site.manners |= {"/rss/*": "500", "/sitemap.xml": "truncated", "/fr/environnement/*.html": "reset"}
        _, text, table = drafted(press, site, "--samples", "6")
        articles = {path for path in site.paths if path.endswith(".html")}
    assert table["discover"]["feeds"]
    there = [path for path in articles if path.startswith("/fr/economie/")]
    assert 0 < len(there) < len(articles) == 6
    assert f"{len(there)} of 6 articles that were looked at could be read" in text


def test_dry_run_keeps_neither_profile_nor_pages(press):
    before = sorted(press.rglob("*"))
    with serve(Newsroom(seed=3, articles_per_section=3, sections=["zh"])) as site:
        words = ("sites", "new", f"{site.url}/", "--allow-private", "--dry-run", "--samples", "2")
        result = hemeroteca(press, *words)
    assert result.exit_code == 0
    assert tomllib.loads(result.stdout)["domains"] == [site.url.removeprefix("http://")]
    assert sorted(press.rglob("*")) == before
    assert "looked at and not kept" in result.stderr


class Plain(Pages):
    """Articles whose addresses say little, on lists whose markup says nothing; with `scripted`, lists that
    scripts build.
    """

    def __init__(self, newsroom: Newsroom, *, scripted: bool = False, listed: bool = True) -> None:
        super().__init__(newsroom)
        self.scripted, self.listed = scripted, listed
        self.stories = {f"/actu/{self._name(n)}": one for n, one in enumerate(newsroom.stories)}

    def _name(self, n: int) -> str:
        return f"le-titre-du-jour-numero-{5000 + n}.html" if self.scripted else f"story-{5000 + n}.html"

    def get(self, target: str) -> Reply:
        if target in self.stories:
            story = self.stories[target]
            return Reply(body=LAYOUTS[story.section.layout].article(self.newsroom, story).encode())
        if target == "/robots.txt":
            return Reply(body=b"User-agent: *\nAllow: /\n", content_type="text/plain")
        if target not in ("/", "/actu/"):
            return Reply(status=404, body=b"<h1>404</h1>")
        rows = [(path, escape(story.article.title)) for path, story in self.stories.items()]
        if not self.listed:
            rows = []
        if self.scripted:
            state = [{"url": path, "title": story.article.title} for path, story in self.stories.items()]
            data = json.dumps({"props": {"pageProps": {"articles": state}}}, ensure_ascii=False)
            cards = (
                f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{data}</script>'
            )
        else:
            cards = "".join(
                f'<div class=k7><h2><a href="{path}">{title}</a></h2></div>' for path, title in rows
            )
        page = f"<html><title>Journal</title><body><nav><a href=/actu/>Actu</a></nav>{cards}</body></html>"
        return Reply(body=f"<!doctype html><meta charset=utf-8>{page}".encode())


@pytest.mark.parametrize("lang", ["fr", "vi", "zh", "ar", "th"])
@pytest.mark.parametrize("scripted", [False, True], ids=["short addresses", "scripts"])
def test_articles_that_only_their_lists_tell(press, lang, scripted):
    """Addresses that say little, or lists that a script of the page builds: the articles are looked at."""
    with serve(Newsroom(seed=3, articles_per_section=6, sections=[lang])) as site:
        site._pages = Plain(site.newsroom, scripted=scripted)
        _, text, table = drafted(press, site, "--samples", "5")
        asked = [path for path in site.paths if path.endswith(".html")]
    assert len(asked) == 5
    assert "5 of 5 articles that were looked at could be read" in text
    assert table["article_id"] == r"-(\d{4,})\.html$"
    assert "Too few samples" not in text


def test_too_few_samples_are_said_and_can_be_given(press):
    with serve(Newsroom(seed=3, articles_per_section=6, sections=["fr"])) as site:
        site._pages = pages = Plain(site.newsroom, listed=False)
        words = ("sites", "new", f"{site.url}/", "--allow-private", "--name", "vide")
        run = hemeroteca(press, *words)
        assert run.exit_code == 0
        told = "Too few samples for rules: 0, and 3 are needed; draft again with --article URL"
        assert told in run.stderr
        assert told in (press / "sites" / "vide.toml").read_text(encoding="utf-8")
        (press / "sites" / "vide.toml").unlink()
        given = [word for path in list(pages.stories)[:4] for word in ("--article", site.url + path)]
        again = hemeroteca(press, *words, *given)
        assert "from 4 samples" in again.stderr
        assert "Too few" not in again.stderr
        (press / "sites" / "vide.toml").unlink()
        other = hemeroteca(press, *words, "--article", "http://other.example/a.html")
    assert other.exit_code == 1
    assert "http://other.example/a.html: not an address of" in other.stderr
