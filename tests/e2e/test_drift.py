"""A breakage is told in the first run after it: by exit code, in `runs`, in `sites drift`, to a webhook; and in the WARC."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from archive.model import StoredRun
from bench.drift import start
from tests.e2e.crawling import archived, crawl, live_and_rebuilt
from tests.e2e.pages import hemeroteca
from tests.newsroom.breakages import BrokenPages
from tests.newsroom.newsroom import MORNING, Newsroom
from tests.newsroom.server import serve
from tests.newsroom.site import Pages, Reply
from tests.unit.crawler.test_telling import webhook

STEP = timedelta(hours=30)
RUNS = 6


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A collection after six ordinary runs; the summaries; the server, as it will be at the seventh."""
    folder = tmp_path_factory.mktemp("drift") / "press"
    newsroom = Newsroom(seed=5, articles_per_section=4, sections=("fr", "zh"), later=14)
    with serve(newsroom) as site:
        start(site.newsroom, folder)
        (folder / "hemeroteca.toml").write_text(
            'log_format = "json"\nmetrics_file = "log/SITE.prom"\n', encoding="utf-8"
        )
        summaries = []
        for number in range(RUNS):
            site.newsroom = site.newsroom.at(MORNING + STEP * number)
            summaries += crawl(folder, "newsroom", allow_private=False)
        before = Pages(site.newsroom)
        site.newsroom = site.newsroom.at(MORNING + STEP * RUNS)
        site._pages = BrokenPages(Pages(site.newsroom), "redesign", before)
        yield folder, summaries


def test_ordinary_runs_raise_nothing_and_leave_figures(lived):
    _, summaries = lived
    assert [summary["alarms"] for summary in summaries] == [[]] * RUNS
    assert all(summary["status"] == "done" for summary in summaries)
    assert summaries[0]["observed"]["fill:title"] == summaries[0]["observed"]["articles"] == 16
    assert summaries[-1]["observed"]["new"] >= 3


def test_a_redesign_is_told_everywhere(lived):
    folder, _ = lived
    with webhook() as (address, got):
        done = hemeroteca("crawl", "newsroom", at=folder, environment={"HEMEROTECA_ALARM_WEBHOOK": address})
    assert done.returncode == 3, done
    assert "redesign: " in done.stderr
    (told,) = got
    assert [alarm["code"] for alarm in told["alarms"]] == ["redesign"]
    assert told["site"] == "newsroom"

    rows = [
        json.loads(line) for line in hemeroteca("runs", "newsroom", "--jsonl", at=folder).stdout.splitlines()
    ]
    assert [[alarm["code"] for alarm in row["alarms"]] for row in rows] == [["redesign"], *[[]] * RUNS]
    shown = hemeroteca("runs", "newsroom", at=folder).stdout
    assert "redesign: " in shown.splitlines()[1]

    drift = hemeroteca("sites", "drift", at=folder)
    assert drift.returncode == 3
    assert "redesign" in drift.stdout
    (whole,) = json.loads(hemeroteca("sites", "drift", "newsroom", "--json", at=folder).stdout)
    assert whole["earlier_runs"] == RUNS
    assert whole["figures"]["layout:?"] == {"now": 1.0, "usual": None}

    (record,) = [
        one.run
        for one in archived(folder)
        if isinstance(one, StoredRun) and one.run.run_id == rows[0]["run_id"] and one.run.alarms
    ]
    assert record.observed["layout:?"] == record.observed["articles"]
    log = [
        json.loads(line) for line in (folder / "log" / "crawl.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [entry["alarms"][0]["code"] for entry in log if "alarms" in entry] == ["redesign"]
    metrics = (folder / "log" / "newsroom.prom").read_text(encoding="utf-8")
    assert 'hemeroteca_crawl_articles_total{site="newsroom"}' in metrics

    live, rebuilt = live_and_rebuilt(folder)
    assert live["runs"] == rebuilt["runs"]


def test_a_feed_that_died_is_told_once_rests_and_is_told_again_when_it_is_back(tmp_path):
    folder, told = tmp_path / "press", []
    newsroom = Newsroom(seed=5, articles_per_section=4, sections=("fr", "vi"), later=14)
    with serve(newsroom) as site, webhook() as (address, got):
        start(site.newsroom, folder)
        feed = f"{site.newsroom.base_url}/atom.xml"

        def run(number, *, dead=False, **more):
            got.clear()
            site.newsroom = site.newsroom.at(MORNING + STEP * number)
            if dead:
                site._pages = BrokenPages(Pages(site.newsroom), "dead feed", Pages(site.newsroom))
            options = {"settings": {"alarm_webhook": address}, "allow_private": False, **more}
            (summary,) = crawl(folder, "newsroom", **options)
            told.append([(one["alarms"], one["over"]) for one in got])
            return summary

        for number in range(5):
            assert run(number)["alarms"] == []
        dying = [run(number, dead=True) for number in range(5, 8)]
        for summary in dying:
            assert [(one["code"], one["subject"]) for one in summary["alarms"]] == [("list_dead", feed)]
            assert summary["observed"][f"list:{feed}"] == -1
        resting = [run(number, dead=True) for number in (8, 9)]
        drift = hemeroteca("sites", "drift", at=folder)
        (drifting,) = json.loads(hemeroteca("sites", "drift", "--json", at=folder).stdout)
        later = (datetime.now(UTC) + timedelta(hours=7)).isoformat()
        tried = run(10, dead=True, moment=later)
        much_later = (datetime.now(UTC) + timedelta(hours=20)).isoformat()
        back = run(11, moment=much_later)
    for summary in resting:
        assert (summary["alarms"], summary["status"], summary["counts"]["resting"]) == ([], "done", 1)
        assert f"list:{feed}" not in summary["observed"]
    assert [alarm["code"] for alarm in tried["alarms"]] == ["list_dead"]
    assert (back["alarms"], back["observed"][f"list:{feed}"] > 0) == ([], True)
    assert [len(one) for one in told] == [0] * 5 + [1] + [0] * 5 + [1]
    assert [alarm["subject"] for alarm in told[5][0][0]] == [feed]
    assert told[-1] == [([], [f"list_dead {feed}"])]
    assert drift.returncode == 0, drift
    assert f"at rest: feed {feed} is not there (status 410), 3 times in a row, last good 2" in drift.stdout
    assert [state["url"] for state in drifting["resting"]] == [feed]
    assert drifting["resting"][0]["good_at"]


def test_a_wall_is_named_where_no_article_is_fetched_and_hides_no_redesign_later(tmp_path):
    folder = tmp_path / "press"
    newsroom = Newsroom(seed=5, articles_per_section=4, sections=("zh", "vi"), later=18)
    with serve(newsroom) as site:
        start(site.newsroom, folder)

        def run(number, breakage=""):
            site.newsroom = site.newsroom.at(MORNING + STEP * number)
            if breakage:
                site._pages = BrokenPages(Pages(site.newsroom), breakage, Pages(site.newsroom))
            (summary,) = crawl(folder, "newsroom", allow_private=False)
            return summary

        ordinary = [run(number) for number in range(5)]
        silent = run(4, "wall everywhere")
        walled = run(5, "wall everywhere")
        mended = [run(number) for number in (6, 7)]
        redesigned = run(8, "redesign")
    assert [summary["alarms"] for summary in [*ordinary, *mended]] == [[]] * 7
    assert silent["observed"].get("pages", 0) == 0, "only lists were asked"
    for summary in (silent, walled):
        assert [(one["code"], one["subject"]) for one in summary["alarms"]] == [("consent_wall", "")]
        assert "lists show one and the same text and name no article" in summary["alarms"][0]["detail"]
    assert [one["code"] for one in redesigned["alarms"]] == ["redesign"]


def test_a_list_that_rests_as_behind_the_others_has_no_alarm_while_nobody_asks_it(tmp_path):
    folder = tmp_path / "press"
    newsroom = Newsroom(seed=5, articles_per_section=4, sections=("fr", "ar"), later=14)
    with serve(newsroom) as site:
        start(site.newsroom, folder)
        feed = f"{site.newsroom.base_url}/atom.xml"

        def run(number, *, old=False):
            site.newsroom = site.newsroom.at(MORNING + STEP * number)
            if old:
                site._pages = YearsBehind(site.newsroom, before)
            (summary,) = crawl(folder, "newsroom", allow_private=False)
            return summary

        for number in range(5):
            assert run(number)["alarms"] == []
        before = Pages(site.newsroom)
        behind = [run(number, old=True) for number in (5, 6, 7)]
        hits = len([hit for hit in site.log if hit.target == "/atom.xml"])
        resting = [run(number, old=True) for number in (8, 9)]
        assert len([hit for hit in site.log if hit.target == "/atom.xml"]) == hits
        shown = hemeroteca("sites", "show", "newsroom", at=folder).stdout
    for summary in behind:
        assert [one["subject"] for one in summary["alarms"]] == [feed]
    assert [one["code"] for one in behind[0]["alarms"]] == ["list_stale"], "in the first run"
    told = behind[-1]["alarms"][0]["detail"]
    for summary in resting:
        assert (summary["alarms"], summary["status"]) == ([], "done")
        assert f"list:{feed}" not in summary["observed"]
    assert "is behind the others" in told + shown
    assert "is behind the others (nothing since 2019-03-02)" in shown


class YearsBehind(Pages):
    """The newspaper whose feed shows what it showed `before`, as of 2019."""

    def __init__(self, newsroom: Newsroom, before: Pages) -> None:
        super().__init__(newsroom)
        self._before = before

    def get(self, target: str) -> Reply:
        if target != "/atom.xml":
            return super().get(target)
        reply = self._before.get(target)
        old = re.sub(rb"<(updated|published)>[^<]*", rb"<\1>2019-03-02T08:00:00Z", reply.body)
        return attrs.evolve(reply, body=old)
