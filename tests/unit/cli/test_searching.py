"""search: which counts and hits are printed, and what is said of a query that was perhaps meant otherwise."""

from __future__ import annotations

import json

import pytest

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


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("sommet or zebra",), "'or' was searched for as a word; OR in capitals takes either"),
        (
            ("Hanoï and sommet",),
            "'and' was searched for as a word; AND in capitals, or a space alone, asks for both",
        ),
        (("sommet OU zebra",), "'OU' was searched for as a word; OR in capitals"),
        (('"cyber*"',), 'the star in "cyber*" was not looked at; a star stands behind the quotes: "cyber"*'),
        (('"somm* de l’ONU"',), "of a phrase only the last word can be a beginning"),
        (
            ("*minalité",),
            "the star in *minalité was not looked at; a star stands at the end of a word: minalité*",
        ),
        (("--lang", "français"), "no article is in français; the codes here are ar, fr, th, vi, zh"),
        (("--lang", "Tiếng Việt,fr"), "no article is in Tiếng Việt; the codes"),
        (("sommet", "--lang", "de"), "no article is in de; the codes here are"),
        (("autor:An",), "no field is called autor"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",), ("--count",), ("--ids",)])
def test_what_was_perhaps_meant_is_told_in_one_line(words, hint, form, run, press):
    result = run("search", *words, *form, settings=press)
    assert result.exit_code in (0, 4)
    assert sum(hint in line for line in result.stderr.splitlines()) == 1, result.stderr
    assert hint not in result.stdout
    exported = run("export", *words, "-o", "-", settings=press)
    assert sum(hint in line for line in exported.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("sommet", "cyber*"),
        ("sommet OR zebra",),
        ("sommet", "--lang", "fr,de"),
        ('"nations un"*',),
        ("a or",),
    ],
)
def test_what_was_meant_is_told_of_nothing(words, run, press):
    told = run("search", *words, settings=press).stderr.splitlines()
    assert len(told) <= 1, told
