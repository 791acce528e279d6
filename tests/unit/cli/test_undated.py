"""Articles whose pages state no date: the day of capture that stands in for one is never taken for one."""

from __future__ import annotations

import csv
import json

import pytest

from tests.stored_pages import HOST, PROFILE, START, STORIES, capture_of, make_collection, page_of, write

UNDATED = {
    story.lang: f"{HOST}/{story.lang}/article-{story.lang}-77.html" for story in STORIES if story.lang != "fr"
}


def undated_page(story):
    lines = page_of(story, 77).splitlines(keepends=True)
    return b"".join(line for line in lines if b"published_time" not in line).replace(
        b"<body>", b"</head><body>"
    )


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    """Ten articles with dates in October, four without, captured on 1 November."""
    settings = make_collection(tmp_path_factory.mktemp("undated") / "press", 2, profile=PROFILE)
    pages = {story.lang: undated_page(story) for story in STORIES}
    write(settings, [capture_of(url, pages[lang], START) for lang, url in UNDATED.items()])
    return settings


@pytest.mark.parametrize("lang", UNDATED)
def test_the_listing_says_which_day_it_shows(lang, run, press):
    shown = run("search", "--lang", lang, "--since", "2026-10-02", settings=press)
    lines = [line.strip() for line in shown.stdout.splitlines() if f"· {HOST}" in line]
    assert sorted("no date, captured 2026-11-01" in line for line in lines) == [False, True]
    found = json.loads(run("search", "--lang", lang, "--json", settings=press).stdout)
    days = {(hit["published"], hit["day"], hit["day_of"]) for hit in found["hits"]}
    assert (None, "2026-11-01", "capture") in days
    assert ("2026-10-02T08:00:00+07:00", "2026-10-02", "publication") in days


@pytest.mark.parametrize("form", [(), ("--count",), ("--json",), ("--ids",)])
def test_a_filter_by_days_says_how_many_it_judged_by_their_capture(form, run, press):
    asked = run("search", "--since", "2026-11", *form, settings=press)
    if form != ("--ids",):
        assert "4 of them without a date" in asked.stderr
    assert "without a date" not in run("search", "--until", "2026-10-31", *form, settings=press).stderr
    assert "without a date" not in run("search", *form, settings=press).stderr


def test_counts_by_period_leave_days_of_capture_out(run, press):
    found = json.loads(
        run("search", "--per", "month", "--facet", "year,month", "--json", settings=press).stdout
    )
    assert found["periods"] == [{"period": "2026-10", "count": 10}]
    assert found["facets"]["year"] == [{"value": "2026", "count": 10}]
    assert found["facets"]["month"] == [{"value": "2026-10", "count": 10}]
    assert (found["total"], found["undated"]) == (14, 4)
    shown = run(
        "search", "网络犯罪", "--per", "day", "--facet", "month", "--limit", "9", settings=press
    ).stdout.splitlines()
    told = [line.split() for line in shown if "no date" in line and "·" not in line]
    assert told == [["1", "no", "date"], ["no", "date", "1"]]
    assert not any(line.startswith("2026-11-01") for line in shown)
    alone = run("search", "--since", "2026-11", "--per", "month", settings=press)
    assert (alone.exit_code, "no date" in alone.stdout) == (0, True)


@pytest.mark.parametrize("lang", UNDATED)
def test_show_and_export_state_no_date(lang, run, press, tmp_path):
    shown = run("show", UNDATED[lang], settings=press).stdout
    assert "published     no date on the page; first captured 2026-11-01\n" in shown
    document = json.loads(run("show", UNDATED[lang], "--json", settings=press).stdout)
    assert document["published"] is None
    assert document["versions"][0]["first_captured_at"].startswith("2026-11-01")
    exported = run("export", "--lang", lang, "--since", "2026-10-02", "-o", "-", settings=press)
    assert "1 of them without a date" in exported.stderr
    rows = {one["published"]: one["captured_at"] for one in map(json.loads, exported.stdout.splitlines())}
    assert rows.keys() == {None, "2026-10-02T08:00:00+07:00"}
    assert rows[None].startswith("2026-11-01")
    target = tmp_path / "table.csv"
    assert run("export", "--lang", lang, "-o", target, settings=press).exit_code == 0
    with target.open(encoding="utf-8", newline="") as file:
        assert {row["published"] for row in csv.DictReader(file)} >= {"", "2026-10-02T08:00:00+07:00"}


def test_the_span_of_a_site_says_how_many_have_no_date(run, press):
    assert "2026-10-01 … 2026-11-01 (4 without a date)" in run("stats", settings=press).stdout
    assert json.loads(run("stats", "--json", settings=press).stdout)["sites"][0]["undated"] == 4
