"""Lists that die, rest and come back, over simulated weeks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.index.sources import dump, load
from crawler.discovery.sources import BEFORE_REST, LONGEST_REST, SourceBook, reasons_of, words_of

START = datetime(2026, 11, 1, tzinfo=UTC)
FEED, MAP, PAGE = (
    "https://báo.example/rss.xml",
    "https://báo.example/sitemap.xml",
    "https://báo.example/kinh-te/",
)


def simulate(days, answers, *, every=timedelta(hours=1)):
    """Crawl hourly; `answers(url, moment)` → outcome. Return requests by URL and the last states."""
    states, asked, now = (), {FEED: [], MAP: [], PAGE: []}, START
    while now < START + timedelta(days=days):
        book = SourceBook(states, now, [FEED, MAP, PAGE])
        for url, role in ((FEED, "feed"), (MAP, "sitemap"), (PAGE, "section")):
            if not book.rests(url):
                asked[url].append(now)
                book.note(url, role, answers(url, now), newest=now.isoformat())
        states = book.states(now)
        now += every
    return asked, {state.url: state for state in states}


@pytest.mark.parametrize(
    ("outcome", "most"), [("gone", 12), ("failed", 18), ("unreadable", 18), ("empty", 36), ("stale", 36)]
)
def test_a_dead_list_costs_a_few_requests_a_month_and_the_others_none(outcome, most):
    asked, states = simulate(30, lambda url, _: outcome if url == FEED else "good")
    assert BEFORE_REST < len(asked[FEED]) <= most
    assert len(asked[MAP]) == len(asked[PAGE]) == 30 * 24
    longest = max(later - earlier for earlier, later in zip(asked[FEED], asked[FEED][1:], strict=False))
    assert longest <= LONGEST_REST[outcome] + timedelta(hours=1)
    assert "times in a row; asked again after 2026-1" in words_of(states[FEED])


def test_a_list_that_comes_back_is_asked_every_time_again():
    back = START + timedelta(days=2)
    asked, states = simulate(6, lambda url, now: "failed" if url == FEED and now < back else "good")
    found = next(moment for moment in asked[FEED] if moment >= back)
    assert found - back <= timedelta(days=2)  # never longer than it was away
    assert (
        sum(moment > found for moment in asked[FEED])
        == (START + timedelta(days=6) - found) / timedelta(hours=1) - 1
    )
    assert (states[FEED].bad_in_row, states[FEED].rests_until) == (0, None)


def test_a_site_that_is_down_altogether_is_asked_as_ever():
    asked, _ = simulate(3, lambda *_: "failed")
    assert len(asked[FEED]) == len(asked[MAP]) == len(asked[PAGE]) == 72


def test_a_feed_months_behind_the_others_is_stale_and_an_old_sitemap_is_not():
    book = SourceBook((), START, [FEED, MAP, PAGE])
    book.note(FEED, "feed", "good", newest="2026-05-01")
    book.note(MAP, "sitemap", "good", newest="2019-05-01")
    book.note(PAGE, "section", "good", newest="2026-10-31T20:00:00+07:00")
    assert [(one.url, one.outcome) for one in book.states(START)] == [
        (PAGE, "good"), (FEED, "stale"), (MAP, "good"),
    ]  # fmt: skip


def test_dated_sitemaps_count_as_one_and_the_best_of_them_speaks():
    names = {
        f"https://b.example/2026-{month}.xml": "https://b.example/{year}-{month}.xml" for month in (10, 11)
    }
    book = SourceBook((), START, list(names), names)
    book.rename("https://b.example/2026-07.xml", "https://b.example/2026-11.xml")
    book.note("https://b.example/2026-11.xml", "sitemap", "gone")
    book.note("https://b.example/2026-10.xml", "sitemap", "good", newest="2026-10-31")
    book.note("https://b.example/2026-07.xml", "sitemap", "gone")
    (state,) = book.states(START)
    assert (state.url, state.outcome, state.newest) == (
        "https://b.example/{year}-{month}.xml",
        "good",
        "2026-10-31",
    )


def test_what_was_guessed_and_is_not_there_is_not_asked_again_soon():
    book = SourceBook((), START, [PAGE])
    book.note(MAP, "sitemap", "gone", guessed=True)
    states = book.states(START)
    assert book.retired(states) == []
    assert SourceBook(states, START + timedelta(days=13), [PAGE]).rests(MAP)
    assert not SourceBook(states, START + timedelta(days=15), [PAGE]).rests(MAP)


def test_the_reason_is_given_of_what_gives_nothing():
    book = SourceBook((), START, [FEED, PAGE])
    book.note(FEED, "feed", "gone", detail="status 410")
    book.note(PAGE, "section", "good")
    assert reasons_of(book.states(START)) == {FEED: "is not there (status 410)"}


def test_retiring_is_told_once():
    states, told = (), []
    for hour in range(6):
        now = START + timedelta(days=hour)
        book = SourceBook(states, now, [FEED, PAGE])
        for url, outcome in ((FEED, "gone"), (PAGE, "good")):
            if not book.rests(url):
                book.note(url, "feed", outcome)
        states = book.states(now)
        told.append([state.url for state in book.retired(states)])
    assert told == [[], [], [FEED], [], [], []]


@given(st.lists(st.sampled_from(["good", "gone", "failed", "empty", "unreadable"]), max_size=12))
def test_states_survive_the_index(outcomes):
    states = ()
    for number, outcome in enumerate(outcomes):
        book = SourceBook(states, START + timedelta(days=20 * number))
        book.note(FEED, "feed", outcome, detail="chỉ là thử – 试验", newest="2026-10-01")
        states = book.states(START + timedelta(days=20 * number))
    assert load(dump(states)) == states
