"""What `sites drift` says of a run: what is usual comes from runs without an alarm for it, and chance is no comfort."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from archive.index.store import Index
from archive.model import StoredRun
from archive.summary import Alarm, RunSummary
from tests.unit.index.stories import location

START = datetime(2026, 11, 1, tzinfo=UTC)


def summary(number: int, articles: int, dated: int, alarms: tuple[Alarm, ...] = ()) -> RunSummary:
    moment = START + timedelta(hours=number)
    counted = {"pages": articles, "articles": articles, "fill:title": articles, "fill:published": dated}
    return RunSummary(
        run_id=f"{number:03}", kind="crawl", site="báo", started_at=moment, finished_at=moment,
        status="partly" if alarms else "done", alarms=alarms,
        observed={name: float(value) for name, value in counted.items()},
    )  # fmt: skip


def drift(
    run, settings, last: RunSummary, *, broken: int = 12
) -> tuple[int, str, dict[str, float | None], list[str]]:
    """Return exit code and words of `sites drift`, what it takes for usual, and what is unlike it."""
    lost = (Alarm(code="field_lost", subject="published", detail="0 of 5"),)
    runs = [
        *(summary(number, 5, 5) for number in range(8)),
        *(summary(number, 5, 0, lost) for number in range(8, 8 + broken)),
        last,
    ]
    with Index.open(settings.index_path) as index:
        index.put_all(
            StoredRun(location=location(one.run_id, number), run=one) for number, one in enumerate(runs)
        )
    shown = run("sites", "drift", "báo", settings=settings)
    (whole,) = json.loads(run("sites", "drift", "báo", "--json", settings=settings).stdout)
    usual = {name: value["usual"] for name, value in whole["figures"].items()}
    return shown.exit_code, shown.stdout, usual, whole["unlike"]


def test_what_is_usual_comes_from_runs_without_an_alarm_for_it(run, fresh):
    code, words, usual, unlike = drift(run, fresh, summary(40, 5, 0))
    assert code == 3
    assert "field_lost published: 0 of 5 articles have published, before 9" in words
    assert (usual["fill:published"], unlike) == (1.0, ["fill:published"])


def test_one_article_without_a_field_is_not_as_ever(run, fresh):
    code, words, _, unlike = drift(run, fresh, summary(40, 1, 0), broken=0)
    assert (code, unlike) == (0, ["fill:published"])
    assert "as ever" not in words
    assert "fill:published 0%, usually 100%: too little to tell it from chance" in words


def test_an_ordinary_run_is_as_ever(run, fresh):
    code, words, _, unlike = drift(run, fresh, summary(40, 4, 4))
    assert (code, unlike) == (0, [])
    assert "as ever" in words
