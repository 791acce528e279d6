"""What an operator meets on a bad day, as a shell shows it: a profile with a typo, closed hours, a page of scripts."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from crawler.ledger import Ledger, Mark
from crawler.schedule import Plan
from tests.e2e import pages
from tests.e2e.crawling import captured
from tests.e2e.pages import hemeroteca
from tests.e2e.paper import Paper, serve

PROFILE = """
name = "{name}"
domains = ["{host}"]
[discover]
sections = ["{url}/politique/"]
[politeness]
delay = 0
private_hosts = ["{host}"]
[schedule]
every = "30min"
"""


@pytest.fixture
def press(tmp_path):
    folder = tmp_path / "press"
    (folder / "sites").mkdir(parents=True)
    (folder / "hemeroteca.toml").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def papers(press):
    """Serve three papers with a profile each; that of the second has a typo."""
    with ExitStack() as stack:
        found = {}
        for number, name in enumerate(("báo-a", "hong", "日报")):
            paper = stack.enter_context(serve(Paper(6), f"127.0.0.{21 + number}"))
            host = paper.base_url.removeprefix("http://")
            text = PROFILE.format(name=name, host=host, url=paper.base_url)
            stem = ("bao-a", "hong", "ribao")[number]
            (press / "sites" / f"{stem}.toml").write_text(text, encoding="utf-8")
            found[stem] = paper
        broken = press / "sites" / "hong.toml"
        broken.write_text('couleur = "rouge"\n' + broken.read_text(encoding="utf-8"), encoding="utf-8")
        yield found


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_typo_in_one_profile_stops_that_site_alone(press, papers):
    done = hemeroteca("crawl", "bao-a", at=press)
    assert done.returncode == 0, done.stderr
    assert papers["bao-a"].asked.total() > 2
    done = hemeroteca("crawl", "--jsonl", at=press)
    assert done.returncode == 2
    assert "hong.toml: couleur: unknown key" in done.stderr
    states = {row["site"]: (row["status"], row["counts"].get("new_articles", 0)) for row in rows(done)}
    assert states == {"bao-a": ("done", 0), "hong": ("failed", 0), "ribao": ("done", 2)}
    url = papers["hong"].base_url + "/politique/"
    for words in (("crawl", url), ("crawl", "hong"), ("capture", url)):
        done = hemeroteca(*words, "--allow-private", at=press)
        assert done.returncode == 2
        assert "hong.toml: couleur: unknown key" in done.stderr
    assert not papers["hong"].asked
    listed = {row["name"]: row["mistakes"] for row in rows(hemeroteca("sites", "list", "--jsonl", at=press))}
    assert "couleur" in listed["hong"][0]
    assert listed["bao-a"] == []
    assert "hong " in (shown := hemeroteca("sites", "list", at=press).stdout)
    assert "broken: 1 mistake" in shown
    assert hemeroteca("sites", "check", "bao-a", at=press).returncode == 0
    assert hemeroteca("sites", "check", at=press).returncode == 2


def test_a_typo_in_one_profile_leaves_the_schedule_of_the_others(press, papers):
    upto = datetime.now(UTC) - timedelta(minutes=40)
    for site in papers:
        with Ledger(press / "schedule.db") as ledger:
            ledger.put_mark(site, "", Mark(Plan(site=site, rhythm="30min").digest, upto, None, None))
    done = hemeroteca("schedule", "run-due", "--jsonl", at=press)
    assert done.returncode == 3, done.stderr
    ended = {row["site"]: (row["exit_code"], row["reason"]) for row in rows(done)}
    assert (ended["bao-a"], ended["ribao"]) == ((0, None), (0, None))
    assert ended["hong"][0] is None
    assert "couleur: unknown key" in ended["hong"][1]
    skipped = rows(hemeroteca("schedule", "history", "hong", "--jsonl", at=press))
    assert {row["state"] for row in skipped} == {"skipped"}
    assert "couleur: unknown key" in skipped[0]["reason"]
    assert "not crawled: its profile is wrong" in hemeroteca("schedule", "list", at=press).stdout
    assert hemeroteca("schedule", "pause", "hong", at=press).returncode == 0
    assert sum(captured(press).values()) == sum(papers[name].asked.total() for name in ("bao-a", "ribao"))


TRACKED = """
name = "Cảng"
domains = ["{host}"]
article_id = '-(\\d{{4,}})\\.html$'
[discover]
sections = ["{url}/văn-hóa/"]
feeds = ["{url}/rss.xml"]
[politeness]
delay = 0
private_hosts = ["{host}"]
"""


def test_an_article_that_two_lists_spell_differently_is_fetched_once(press):
    with pages.serve("127.0.0.24") as paper:
        paths = [f"/văn-hóa/bến-cảng-{number}.html" for number in range(5001, 5009)]
        quoted = [quote(path) for path in paths]
        for path in quoted:
            title = f"Bến cảng đón chuyến tàu thứ {path[-6]}"
            text = f"{title}, giám đốc cảng cho biết hôm thứ Hai, hàng hóa đã được dỡ xong trước giờ trưa."
            body = "".join(f"<p>{text} {number}. {text}</p>" for number in range(6))
            paper.put(
                path,
                f"<html lang=vi><title>{title}</title><meta property=og:type content=article><body><article><h1>{title}</h1>{body}</article></body></html>",
            )
        spelled = [
            one if number % 2 else f"{one}?utm_source=trang-chu&fbclid=x" for number, one in enumerate(quoted)
        ]
        cards = "".join(f'<h3><a href="{one}">Bến cảng đón chuyến tàu mới</a></h3>' for one in spelled)
        paper.put("/v%C4%83n-h%C3%B3a/", f"<html><title>Văn hóa</title><main>{cards}</main>")
        items = "".join(
            f"<item><title>Bến cảng</title><link>{paper.url(one)}?utm_source=rss&amp;utm_medium=x</link></item>"
            for one in quoted
        )
        paper.put(
            "/rss.xml",
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>',
            "application/rss+xml",
        )
        host = paper.base_url.removeprefix("http://")
        (press / "sites" / "cang.toml").write_text(
            TRACKED.format(host=host, url=paper.base_url), encoding="utf-8"
        )
        done = hemeroteca("crawl", "cang", "--jsonl", at=press)
        assert done.returncode == 0, done.stdout
        assert {path: paper.asked[path] for path in quoted} == dict.fromkeys(quoted, 1)
        (row,) = rows(done)
        assert row["counts"]["new_articles"] == len(quoted)
        assert row["counts"]["listed"] == 2 * len(quoted)
        assert not [path for path in paper.asked if "utm_" in path]


SHELL = """<html lang="vi"><title>Báo Cảng</title><body><nav><a href="/thể-thao/">Thể thao</a> <a href="/kinh-tế/">Kinh tế</a>
</nav><main id="list"></main><script src="/app.js"></script></body></html>"""


def test_a_paper_in_which_no_article_is_found_says_so(press):
    with pages.serve("127.0.0.25") as paper:
        for path in ("/", "/th%E1%BB%83-thao/", "/kinh-t%E1%BA%BF/"):
            paper.put(path, SHELL)
        url = paper.url("/")
        done = hemeroteca("crawl", url, "--allow-private", at=press)
        assert done.returncode == 4, done
        (line,) = [line for line in done.stderr.splitlines() if "no article" in line]
        assert f"nothing_found {url}: no article: " in line
        assert f"hemeroteca sites new {url}) with [render]: docs/how-to/render-with-a-browser.md" in line
        (run,) = rows(hemeroteca("runs", "--jsonl", at=press))
        assert (run["status"], [alarm["code"] for alarm in run["alarms"]]) == ("failed", ["nothing_found"])
        assert hemeroteca("crawl", url, "--allow-private", "--limit", "3", at=press).returncode == 4


def test_a_paper_with_articles_that_has_nothing_new_is_no_empty_one(press, papers):
    for _ in range(2):
        done = hemeroteca("crawl", papers["bao-a"].base_url + "/", at=press)
        assert done.returncode == 0, done
    with serve(Paper(6), "127.0.0.26") as paper:
        for _ in range(2):
            done = hemeroteca("crawl", paper.base_url + "/", "--allow-private", at=press)
            assert done.returncode == 0, done


def test_a_paper_that_is_archived_only_is_no_empty_one(press, papers):
    for _ in range(2):
        done = hemeroteca("crawl", "bao-a", at=press, environment={"HEMEROTECA_EXTRACT": "false"})
        assert done.returncode == 0, done
    assert [run["alarms"] for run in rows(hemeroteca("runs", "bao-a", "--jsonl", at=press))] == [[], []]


def test_closed_hours_are_told(press, papers):
    now = datetime.now(UTC) + timedelta(hours=9)  # of Tokyo
    opens, closes = (f"{now + timedelta(hours=ahead):%H}:30" for ahead in (2, 4))
    profile = press / "sites" / "bao-a.toml"
    text = profile.read_text(encoding="utf-8").replace("delay = 0", f'delay = 0\nhours = "{opens}-{closes}"')
    profile.write_text('timezone = "Asia/Tokyo"\n' + text, encoding="utf-8")
    done = hemeroteca("crawl", "bao-a", at=press)
    assert done.returncode == 0, done.stderr
    said = f"outside its hours: 1 address waits for a run between {opens}–{closes} (Asia/Tokyo)"
    assert said in done.stderr
    assert said in hemeroteca("runs", "bao-a", at=press).stdout
    assert set(papers["bao-a"].asked) <= {"/robots.txt"}
    opened = text.replace(f'\nhours = "{opens}-{closes}"', "")
    profile.write_text('timezone = "Asia/Tokyo"\n' + opened, encoding="utf-8")
    done = hemeroteca("crawl", "bao-a", at=press)
    assert "outside its hours" not in done.stderr
    assert done.returncode == 0


def test_what_the_archive_knows_of_a_paper_without_a_profile(press):
    with serve(Paper(6), "127.0.0.27") as paper:
        url = paper.base_url + "/"
        assert hemeroteca("crawl", url, "--allow-private", at=press).returncode == 0
    for name in ("127.0.0.27", url):
        done = hemeroteca("sites", "show", name, "--jsonl", at=press)
        assert done.returncode == 0, done.stderr
        (row,) = rows(done)
        assert (row["name"], row["profile"], row["front"], row["articles"]) == ("127.0.0.27", None, url, 6)
        assert {source["role"] for source in row["sources"]} >= {"sitemap"}
    shown = hemeroteca("sites", "show", "127.0.0.27", at=press).stdout
    assert f"none; hemeroteca sites new {url}" in shown
    for name in ("127.0.0.27", url):
        done = hemeroteca("schedule", "set", name, "1h", at=press)
        assert done.returncode == 2
        assert f"hemeroteca sites new {url} makes one" in done.stderr
    assert "there is no site 'nhà'" in hemeroteca("sites", "show", "nhà", at=press).stderr
    # any capture can be looked at
    section = paper.base_url + "/the-gioi/"
    done = hemeroteca("show", section, "--html", at=press)
    assert (done.returncode, done.stdout) == (0, paper.answer("/the-gioi/")[1].decode())
    assert hemeroteca("show", section, "--headers", at=press).stdout.startswith("HTTP/1.1 200")
    assert hemeroteca("show", section, "--warc", at=press).stdout.startswith("WARC/1.1")
    assert hemeroteca("show", paper.base_url + "/sitemap.xml", "--html", at=press).stdout.startswith(
        "<urlset"
    )
    assert hemeroteca("show", section, at=press).returncode == 4
    assert hemeroteca("show", section, "--html", "--version", "1", at=press).returncode == 4
    assert hemeroteca("show", paper.base_url + "/nowhere", "--html", at=press).returncode == 4
