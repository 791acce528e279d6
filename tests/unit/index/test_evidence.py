"""The record that is cited for a version: the first one that holds its bytes, whatever comes in later."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from archive.index.evidence import evidence_of, files_behind
from archive.index.search import Search
from archive.index.store import Index
from archive.model import RevisitOf
from tests.stored_pages import PROFILE, START, STORIES, capture_of, make_collection, page_of, url_of, write

PAGE = page_of(STORIES[1])
URL = url_of(STORIES[1])


@pytest.fixture
def press(tmp_path):
    return make_collection(tmp_path / "press", 1, profile=PROFILE)


def cited(press, number=None):
    with Search.open(press.index_path) as search:
        found = evidence_of(search, search.article(URL), number)
        return found.record_id, found.captured_at


def again(press, days, *, of=None, confirmed=False, payload=PAGE):
    """Archive the page once more; `of`: as a revisit of that capture, by its payload or `confirmed` by 304."""
    capture = capture_of(URL, payload, START + timedelta(days=days))
    if of is not None:
        digest = None if confirmed else of.payload_digest
        earlier = RevisitOf(
            record_id=of.location.record_id,
            url=of.capture.url,
            fetched_at=of.capture.fetched_at,
            payload_digest=digest,
        )
        capture = attrs.evolve(capture, revisit_of=earlier)
    if confirmed:
        capture = attrs.evolve(capture, head=b"HTTP/1.1 304 Not Modified\r\n\r\n", body=b"")
    (stored,) = write(press, [capture], extract=not confirmed)
    return stored


def test_captures_of_an_unchanged_page_do_not_move_its_citation(press):
    first = cited(press)
    assert first[1] == (START + timedelta(minutes=1)).isoformat()
    noise = PAGE + b"<!-- other bytes, the same text -->"
    later = again(press, 1, payload=noise)
    assert cited(press) == first
    again(press, 2, of=later)
    assert cited(press) == first
    edited = again(press, 3, payload=page_of(STORIES[1], title="Một tiêu đề khác"))
    assert cited(press, 1) == first
    assert (
        cited(press) == cited(press, 2) == (edited.location.record_id, edited.capture.fetched_at.isoformat())
    )
    again(press, 4, of=later, confirmed=True)
    assert cited(press) == cited(press, 1) == first


def test_of_a_revisit_the_record_that_holds_the_payload(press):
    """A later capture of other bytes does not take its place: what was cited stays cited."""
    edited = page_of(STORIES[1], title="Một tiêu đề khác")
    (holder,) = write(
        press, [capture_of(URL + "?utm_source=a", edited, START + timedelta(days=1))], extract=False
    )
    revisit = again(press, 2, of=holder, payload=edited)
    assert revisit.record_type == "revisit"
    named = (holder.location.record_id, holder.capture.fetched_at.isoformat())
    assert cited(press) == named
    again(press, 3, payload=edited + b"<!-- -->")
    assert cited(press) == named


def test_both_files_of_a_revisit_stand_behind_it(press):
    edited = page_of(STORIES[1], title="Một tiêu đề khác")
    (holder,) = write(press, [capture_of(URL, edited, START + timedelta(days=1))], extract=False)
    revisit = again(press, 2, of=holder, payload=edited)
    with Search.open(press.index_path) as search:
        files = files_behind(search, search.article(URL))
    assert files == {holder.location.file, revisit.location.file}
    assert len(files) == 2


def test_another_record_only_where_the_first_is_in_no_file_any_more(press):
    first = cited(press)
    later = again(press, 1, payload=PAGE + b"<!-- -->")
    with Search.open(press.index_path) as search:
        gone = search.capture(first[0])
    with Index.open(press.index_path) as index:
        index._db.execute("DELETE FROM captures WHERE id = ?", (gone.id,))
        index._db.commit()
    assert cited(press) == (later.location.record_id, later.capture.fetched_at.isoformat())
