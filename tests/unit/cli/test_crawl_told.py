"""What a crawl says of the articles that it did not ask for again."""

from datetime import UTC, datetime

import pytest

from archive.summary import Revisits, RunSummary
from hemeroteca.commands.crawl import _show

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("revisits", "told"),
    [
        (Revisits(known=8, due=0, next_at=AT), "8 known articles: none due now, the next from 2026-11-23 08:30 UTC"),
        (Revisits(known=2040, due=1200, next_at=AT), "2,040 known articles: 1,200 due now, the next from 2026-11-23 08:30 UTC"),
        (Revisits(known=1, due=1), "1 known article: 1 due now"),
        (Revisits(known=8, due=0), "8 known articles: none will be asked for again"),
        (Revisits(known=0, due=0), None),
        (None, None),
    ],
)  # fmt: skip
def test_a_crawl_tells_when_known_articles_are_due(capsys, revisits, told):
    summary = RunSummary(
        run_id="r", kind="crawl", site="báo", started_at=AT, status="done", counts={"listed": 8}, revisits=revisits
    )  # fmt: skip
    _show(summary, dry_run=False)
    first, *more = capsys.readouterr().out.splitlines()
    assert first.endswith("done: 8 listed")
    assert [line.strip() for line in more] == ([told] if told else [])
