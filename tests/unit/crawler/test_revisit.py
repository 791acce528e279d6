"""The policy, on its own: what makes an article due sooner or later, and that nothing can break it."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.revisit import (
    DAY,
    GIVE_UP,
    HOUR,
    RATE,
    VERIFY_EVERY,
    Evidence,
    Habits,
    Limits,
    after_check,
    after_failure,
    exposure,
    first_seen,
    is_conditional,
    next_check,
    rate_of,
)

NOW = 1_795_000_000.0
LIMITS = Limits()


def wait(evidence, habits=Habits(), limits=LIMITS):  # noqa: B008
    due = next_check(evidence, habits, limits)
    assert due is not None
    return due - evidence.checked


def test_a_young_article_is_due_sooner_than_an_old_one():
    ages = [0, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 200 * DAY]
    waits = [wait(first_seen(NOW, NOW - age)) for age in ages]
    assert waits == sorted(waits)
    assert waits[0] == LIMITS.least
    assert waits[-1] <= LIMITS.most


def test_an_edit_makes_it_young_again():
    old = first_seen(NOW - DAY, NOW - 3 * DAY)
    quiet, edited = after_check(old, NOW, changed=False), after_check(old, NOW, changed=True)
    assert wait(edited) < wait(quiet)
    stated = after_check(old, NOW, changed=True, edited=NOW - 5 * HOUR)
    assert stated.origin == NOW - 5 * HOUR
    assert after_check(old, NOW, changed=True, edited=NOW - 2 * DAY).origin == NOW  # before the last check


def test_the_site_and_the_article_set_the_steepness():
    article = first_seen(NOW, NOW - 2 * DAY)
    busy = Habits(checks=1000, changes=300, exposure=100.0)
    quiet = Habits(checks=1000, changes=3, exposure=100.0)
    assert quiet.rate < RATE < busy.rate
    assert wait(article, busy) < wait(article, quiet)
    often = Evidence(origin=NOW - 2 * DAY, checked=NOW, checks=20, changes=9, exposure=1.0)
    never = Evidence(origin=NOW - 2 * DAY, checked=NOW, checks=20, changes=0, exposure=1.0)
    assert rate_of(often, quiet) > rate_of(article, quiet) > rate_of(never, quiet)
    assert wait(often) < wait(never)


def test_the_estimator_is_the_published_one():
    """Cho and Garcia-Molina's -ln((n - X + 0.5) / (n + 0.5)), on the scale of exposure; bounded where all change."""
    rates = [
        Habits(checks=10_000, changes=changes, exposure=10_000.0).rate for changes in (0, 1000, 5000, 10_000)
    ]
    assert rates == sorted(rates)
    assert abs(rates[1] - 0.105) < 0.002  # -ln(0.9)
    assert abs(rates[2] - 0.693) < 0.002  # -ln(0.5): more than the changes seen, since some hid others
    assert rates[3] < 11


def test_answers_304():
    article = first_seen(NOW, NOW - DAY)
    for number in range(1, VERIFY_EVERY):
        assert is_conditional(article, Habits()) is True
        article = after_check(article, NOW + number, changed=False, confirmed=True)
    assert not is_conditional(article, Habits())  # servers err: look for oneself now and then
    assert is_conditional(after_check(article, NOW + 10, changed=False), Habits())
    sent = Evidence(origin=article.origin, checked=article.checked, checks=7, exposure=article.exposure)
    assert wait(article) > wait(sent)
    misled = after_check(article, NOW + 20, changed=True, misread=True)
    assert not is_conditional(misled, Habits())
    assert not is_conditional(first_seen(NOW), Habits().joined([misled]))


def test_failures_wait_longer_each_time_and_end():
    article, waits = first_seen(NOW, NOW - HOUR), []
    for _ in range(GIVE_UP - 1):
        article = after_failure(article)
        waits.append(wait(article))
    assert waits == sorted(waits)
    assert waits[0] >= 4 * HOUR
    assert next_check(after_failure(article), Habits(), LIMITS) is None
    assert after_check(article, NOW + DAY, changed=False).failed == 0


def test_what_is_too_old_is_left_alone():
    assert next_check(first_seen(NOW, NOW - 400 * DAY), Habits(), LIMITS) is None
    assert next_check(first_seen(NOW), Habits(), Limits(until=0)) is None
    assert first_seen(NOW, NOW + DAY).origin == NOW  # a time after the capture is a mistake


times = st.floats(0, 4e9)
evidence = st.builds(
    Evidence,
    origin=times, checked=times, checks=st.integers(0, 10**6), changes=st.integers(0, 10**6), exposure=st.floats(0, 1e6),
    confirmed=st.integers(0, 10**6), misread=st.integers(0, 10), failed=st.integers(0, 10),
)  # fmt: skip
habits = st.builds(
    Habits, checks=st.integers(0, 10**9), changes=st.integers(0, 10**9), exposure=st.floats(0, 1e9)
)


@given(evidence, habits, st.floats(1e-6, 1e3))
def test_a_check_is_never_due_before_its_time(one, site, risk):
    limits = Limits(risk=risk)
    due = next_check(one, site, limits)
    assert due is None or one.checked + limits.least <= due * (1 + 1e-9) + 1
    assert due is None or due <= one.checked + limits.most + 1


@given(evidence, times, st.booleans())
def test_evidence_only_grows(one, at, changed):
    later = after_check(one, at, changed=changed)
    assert later.checked >= one.checked
    assert later.exposure >= one.exposure
    assert exposure(later, later.checked) == 0
