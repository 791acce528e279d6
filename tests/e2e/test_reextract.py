"""New rules, old bytes: what changes is written once, what does not is not."""

from __future__ import annotations

import sqlite3

import pytest
from attrs import evolve

from archive.errors import LockedError, UsageError
from archive.fixity import verify_index
from archive.index.search import Query, Search
from archive.index.store import Index
from archive.locks import hold
from archive.process import rebuild
from archive.reextract import Options, chosen_rows, reextract
from archive.sites.registry import Registry
from archive.warc.reader import warc_files
from archive.warc.verify import verify_file
from tests.stored_pages import (
    HOST,
    PROFILE,
    STORIES,
    capture_of,
    captures,
    make_collection,
    revisits_of,
    url_of,
    write,
)

BETTER = PROFILE + 'kicker = "css:div.rubrique"\n'


def again(settings, **options):
    changes = []
    with Index.open(settings.index_path, create=True) as index:
        report = reextract(settings, index, Options(**options), changed=changes.append)
    return report, changes


def rows(settings):
    """Every row of every table of the index."""
    database = sqlite3.connect(settings.index_path)
    try:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("articles_fts", "_sqlite", "sqlite_"))
        ]
        return {name: sorted(map(repr, database.execute(f"SELECT * FROM {name}"))) for name in names}
    finally:
        database.close()


def better(settings):
    (settings.sites_folder / "journal.toml").write_text(BETTER, encoding="utf-8")


@pytest.fixture
def press(tmp_path):
    return make_collection(tmp_path / "press", 2, profile=PROFILE)


def test_nothing_changed_writes_nothing(press):
    before = {path: path.read_bytes() for path in warc_files(press.collection)}
    report, changes = again(press)
    assert report.counts == {"read": 10, "changed": 0, "new": 0, "unchanged": 10, "unreadable": 0}
    assert changes == []
    assert {path: path.read_bytes() for path in warc_files(press.collection)} == before
    assert again(press, stale=True)[0].read == 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_better_profile_changes_every_article_once(tmp_path, jobs):
    press = make_collection(tmp_path / "press", 27, profile=PROFILE)  # 135 pages: more than one task
    before = {path: path.read_bytes() for path in warc_files(press.collection)}
    better(press)
    report, changes = again(press, jobs=jobs)
    assert report.counts == {"read": 135, "changed": 135, "new": 0, "unchanged": 0, "unreadable": 0}
    assert report.fields["kicker"] == 135
    assert changes[0].fields["kicker"] == (None, "Monde")
    assert [change.location.offset for change in changes] == sorted(
        change.location.offset for change in changes
    )
    # nothing that stood in the archive was touched
    after = {path: path.read_bytes() for path in warc_files(press.collection)}
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 1
    with Search.open(press.index_path) as search:
        assert {row.kicker for row in search.articles(Query(limit=0))} == {"Monde"}
        assert len(search.versions(search.article(url_of(STORIES[0])))) == 2
        assert search.runs()[0].counts["changed"] == 135
    assert again(press, jobs=jobs)[0].changed == 0
    assert again(press, stale=True)[0].read == 0
    assert [
        fault for path in warc_files(press.collection) for fault in verify_file(path) if not fault.is_note
    ] == []
    assert list(verify_index(press)) == []


def test_the_live_index_equals_a_rebuilt_one(press):
    better(press)
    again(press)
    live = rows(press)
    rebuild(press)
    assert rows(press) == live


def test_a_dry_run_tells_and_writes_nothing(press):
    better(press)
    before = rows(press)
    report, changes = again(press, dry_run=True)
    assert (report.changed, len(changes), report.run_id) == (10, 10, None)
    assert rows(press) == before
    assert len(warc_files(press.collection)) == 1


def test_site_since_files_and_fields_choose(press):
    better(press)
    assert again(press, dry_run=True, site="journal")[0].read == 10
    assert again(press, dry_run=True, since="2026-11-01T08:05:00+00:00")[0].read == 5
    assert again(press, dry_run=True, files=["warc/none.warc.gz"])[0].read == 0
    report, _ = again(press, fields=("lead",))
    assert (report.read, report.changed, report.unchanged) == (10, 0, 10)
    with pytest.raises(UsageError, match="journal"):
        again(press, site="jurnal")


def test_a_new_profile_reaches_pages_that_had_none(tmp_path):
    press = make_collection(tmp_path / "press", 1)
    (press.sites_folder / "journal.toml").write_text(PROFILE, encoding="utf-8")
    report, _ = again(press, site="journal")
    assert report.changed == 5
    with Search.open(press.index_path) as search:
        assert {row.site for row in search.articles(Query())} == {"journal"}


def test_pages_never_extracted_are_extracted(tmp_path):
    press = make_collection(tmp_path / "press", 1, extract=False)
    report, changes = again(press, stale=True)
    assert (report.new, report.changed) == (5, 0)
    assert all(change.new for change in changes)


def test_a_first_extraction_counts_the_same_fields_whether_or_not_someone_looks_at_them(tmp_path):
    press = make_collection(tmp_path / "press", 1, extract=False)
    with Index.open(press.index_path) as index:
        unseen = reextract(press, index, Options(dry_run=True))
        seen = reextract(press, index, Options(dry_run=True), changed=lambda _: None)
    assert unseen.new == seen.new == 5
    assert unseen.fields["title"] == 5
    assert unseen.fields == seen.fields


NEWER = """
[[layout]]
id = "newer"
probe = "css:main.story-2027"
title = "css:main.story-2027 h1"
"""


def test_listings_and_pages_of_older_layouts_are_stale_once(tmp_path):
    """What a layout tried in vain could have read is read again when that layout changes, and then no more."""
    head, first = PROFILE.split("[[layout]]")
    press = make_collection(tmp_path / "press", 1, profile=f"{head}{NEWER}[[layout]]{first}")
    cards = "".join(f'<li><a href="{url_of(story)}">{story.title}</a></li>' for story in STORIES)
    front = f'<html lang="vi"><head><title>Trang chủ</title></head><body><ul>{cards}</ul></body></html>'
    feed = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title></channel></rss>'
    when = captures(1)[0].fetched_at.replace(hour=23)
    write(
        press,
        [
            capture_of("https://journal.example/", front.encode(), when),
            evolve(
                capture_of("https://journal.example/tin.json", feed, when),
                head=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
            ),
        ],
    )
    with Search.open(press.index_path) as search:
        assert search.captures_of_url("https://journal.example/")[0].verdict == "listing"
    assert read_by(press) == []
    profile = press.sites_folder / "journal.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace("2027 h1", "2027 h2"), encoding="utf-8")
    assert len(read_by(press)) == 6
    assert again(press, stale=True)[0].read == 6
    assert read_by(press) == []
    assert again(press)[0].changed == 0
    profile.unlink()
    assert again(press, stale=True)[0].read == 6
    assert read_by(press) == []


def read_by(settings):
    """Return the addresses of the captures that `--stale` would read."""
    with Index.open(settings.index_path) as index:
        sites = Registry.load(settings.sites_folder)
        return [row.url for row in chosen_rows(index, sites, Options(stale=True))]


def test_an_index_that_is_gone_is_caught_up_first(press):
    press.index_path.unlink()
    better(press)
    assert again(press)[0].changed == 10


def test_a_broken_record_is_reported_and_the_others_are_done(press):
    better(press)
    path = warc_files(press.collection)[0]
    with Search.open(press.index_path) as search:
        place = search.captures_of_url(url_of(STORIES[1]))[0].location
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    path.write_bytes(data)
    report, _ = again(press)
    assert (report.changed, report.unreadable) == (9, 1)
    assert url_of(STORIES[1]) in report.problems[0]


def test_a_revisit_whose_original_is_lost_is_unreadable_and_keeps_its_fields(tmp_path):
    press = make_collection(tmp_path / "press", 1, profile=PROFILE)
    write(press, revisits_of(write(press, captures(1))))
    better(press)
    for path in warc_files(press.collection)[:2]:
        path.rename(tmp_path / path.name)
    rebuild(press)
    before = {path: path.read_bytes() for path in warc_files(press.collection)}
    report, changes = again(press)
    assert report.counts == {"read": 5, "changed": 0, "new": 0, "unchanged": 0, "unreadable": 5}
    assert changes == []
    assert all(
        f"{url_of(story)} (warc/" in problem and "in no WARC file" in problem
        for story, problem in zip(STORIES, report.problems, strict=True)
    )
    assert {path: path.read_bytes() for path in warc_files(press.collection)} == before
    with Search.open(press.index_path) as search:
        assert search.article(f"{HOST}/fr/article-fr-1.html").title == STORIES[0].title


def test_two_at_once_are_refused(press):
    with hold(press.log_folder / "reextract.lock", what="re-extraction"), pytest.raises(LockedError):
        again(press)


def test_a_revisit_is_left_to_its_original(press):
    """A capture whose payload is another's has that one's fields, and no record of its own."""
    from archive.model import RevisitOf

    first = write(press, captures(1)[:1])[0]
    later = evolve(
        first.capture,
        fetched_at=first.capture.fetched_at.replace(month=12),
        revisit_of=RevisitOf(
            record_id=first.location.record_id,
            url=first.capture.url,
            fetched_at=first.capture.fetched_at,
            payload_digest=first.payload_digest,
        ),
    )
    write(press, [later], extract=False)
    better(press)
    report, _ = again(press)
    assert report.unreadable == 0
    assert report.changed == 11
    with Search.open(press.index_path) as search:
        article = search.article(f"{HOST}/fr/article-fr-1.html")
        assert article.kicker == "Monde"
        assert article.captures == 3
