"""The simulated month at a smaller size: the policy catches what it promises, for less than others ask."""

from bench.month import CAUGHT, Fixed, Ladder, Ours, Tally, follow, holds
from bench.newsdays import APART, DAY, HOUR, PAPERS, Life, lives
from crawler.revisit import Limits

DAYS = 15


def test_the_policy_beside_the_baselines():
    ours, hourly, ladder = Tally(), Tally(), Tally()
    for paper in PAPERS[:2]:
        articles = lives(paper, DAYS, seed=4)
        ours += follow(articles, Ours(Limits()), DAYS)
        hourly += follow(articles, Fixed(HOUR), DAYS)
        ladder += follow(articles, Ladder(), DAYS)
    assert hourly.edits == ladder.edits == ours.edits > 500
    assert holds(ours, hourly)
    assert ours.caught > ladder.caught > hourly.caught
    assert not holds(hourly, hourly)


def test_what_counts_as_caught():
    """Looks are five minutes apart: the second edit hides the first from an hourly check, not from one in time."""
    life = Life(published=100.0, edits=(4000.0, 4000.0 + APART, 2 * DAY - 1))
    tally = follow([life], Fixed(HOUR), days=2)
    assert (tally.edits, len(tally.lags)) == (3, 1)
    assert len(follow([life], Fixed(300.0), days=2).lags) == 2
    early = Life(published=100.0, edits=(150.0,))  # before it was seen for the first time
    assert follow([early], Fixed(HOUR), days=1).edits == 0
    assert CAUGHT == 0.95


def test_papers_are_the_same_for_everybody():
    for paper in PAPERS:
        first = lives(paper, 3, seed=1)
        assert first == lives(paper, 3, seed=1) != lives(paper, 3, seed=2)
        assert len(first) == 3 * paper.a_day
        for life in first:
            gaps = [after - before for before, after in zip(life.edits, life.edits[1:], strict=False)]
            assert all(gap >= APART for gap in gaps)
            assert all(edit > life.published for edit in life.edits)
