"""search: which counts and hits are printed."""

from __future__ import annotations

import json

from tests.stored_pages import HOST


def test_counts_stand_alone_unless_hits_are_asked_for(run, press):
    asked = ("search", "--lang", "fr,zh", "--facet", "lang", "--per", "month")
    alone = run(*asked, settings=press)
    assert alone.stdout.splitlines() == [
        "lang",
        "       2  fr",
        "       2  zh",
        "month",
        f"2026-10           4  {'█' * 40}",
    ]
    assert alone.stderr == "4 articles\n"
    for words, hits in (
        (("--limit", "1"), 1), (("--limit", "20"), 4), (("--sort", "oldest"), 4), (("--offset", "3"), 1), (("--limit", "0"), 0),
    ):  # fmt: skip
        shown = run(*asked, *words, settings=press).stdout
        assert shown.startswith(alone.stdout)
        assert shown.count(f" · {HOST}/") == hits
    lines = [json.loads(line) for line in run(*asked, "--jsonl", settings=press).stdout.splitlines()]
    assert lines == [
        {"facet": "lang", "value": "fr", "count": 2},
        {"facet": "lang", "value": "zh", "count": 2},
        {"per": "month", "period": "2026-10", "count": 4},
    ]
    both = [
        json.loads(line)
        for line in run(*asked, "--jsonl", "--limit", "2", settings=press).stdout.splitlines()
    ]
    assert both[:3] == lines
    assert all(line["ref"] for line in both[3:])
    assert (
        len(json.loads(run(*asked, "--json", settings=press).stdout)["hits"]) == 4
    )  # one document of everything
