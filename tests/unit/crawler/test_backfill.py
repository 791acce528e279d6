"""How old a list is."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.backfill import all_older, day_in, is_older, story_is_older
from crawler.discovery.links import Candidate

SINCE = datetime(2019, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2019/01/05/une-histoire", date(2019, 1, 5)),
        ("/politique/2019-01-05-une-histoire.html", date(2019, 1, 5)),
        ("/20190105/une-histoire", date(2019, 1, 5)),
        ("/world/2019/jan/05/a-story", date(2019, 1, 5)),
        ("/2019/02/a-story", date(2019, 2, 28)),
        ("/2019/02/30/a-story", None),
        ("/a-story-20190105", None),
        ("/201901/a-story", None),
        ("/a-story-2019", None),
        ("/?d=/2019/01/05/", None),
    ],
)
def test_days_in_addresses(path, day):
    assert day_in(f"https://j.example{path}") == day


def stories(*dates, path="/a-{n}"):
    return [Candidate(url=f"https://j.example{path.format(n=n)}", date=it) for n, it in enumerate(dates)]


def test_a_list_is_reached_when_all_its_dates_are_older():
    assert all_older(stories("2019-01-01", "2018-12-31T08:00:00+07:00", "2018-12-01"), SINCE)
    assert not all_older(stories("2019-01-01", "2019-01-20", "2018-12-01"), SINCE)
    assert not all_older(stories("2019-01-01", None, None), SINCE)  # one date of three says little
    assert all_older(stories("2019-01-01"), SINCE)
    assert not all_older([], SINCE)
    assert not all_older(stories("2019-01-01", "2019-01-01", "2019-01-01"), None)


def test_addresses_and_the_archive_date_what_the_list_does_not():
    assert all_older(stories(None, None, path="/2018/1{n}/21/une-histoire"), SINCE)
    undated = stories(None, None, None)
    known = {story.url: "2018-03-01T08:00:00+07:00" for story in undated}
    assert all_older(undated, SINCE, known)
    assert not all_older(undated, SINCE, {**known, undated[0].url: "2019-02-01"})


def test_a_day_in_the_address_is_not_taken_to_the_day():
    assert not story_is_older(Candidate(url="https://j.example/2019/01/13/a"), SINCE)
    assert story_is_older(Candidate(url="https://j.example/2019/01/12/a"), SINCE)
    assert not story_is_older(Candidate(url="https://j.example/2018/01/12/a", date="2019-02-01"), SINCE)


@given(st.text(max_size=60), st.none() | st.text(max_size=30))
def test_nothing_raises(path, stated):
    day_in(f"https://j.example/{path}")
    is_older(stated, SINCE)
