"""The part of an address that is the article's id, guessed from the stories of a front page."""

from __future__ import annotations

import pytest

from crawler.discovery.article_ids import guess_article_id

HOST = "https://bao.example"
NAMES = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")


def addresses(form: str) -> list[str]:
    return [
        HOST + form.format(n=number, id=1_000_001 + 37 * number, name=name)
        for number, name in enumerate(NAMES)
    ]


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("/kinh-te/tin-{name}-so-post{id}.vnp", r"-post(\d{4,})\.vnp$"),
        ("/fr/economie/le-train-{name}-a{id}.html", r"-a(\d{4,})\.html$"),
        ("/{id}/le-train-{name}/", r"/(\d{5,})(?:/|$)"),  # a section is called by its year
        ("/actu/{id}-le-train-{name}", r"/(\d{4,})-"),
        ("/culture/article/2026/11/2{n}/le-train-{name}_{id}_3212.html", r"_(\d{4,})_"),
        ("/view.php?sid=5000&id={id}", r"[?&]id=(\d{4,})(?:&|$)"),
        ("/view.php?newsid={id}&utm_source=front", r"[?&]newsid=(\d{4,})(?:&|$)"),
        ("/news/articles/c4nq{n}x2z7jxo", r"/((?=[a-z]*\d)[0-9a-z]{8,})$"),
        ("/%E7%A4%BE%E4%BC%9A/{id}.htm", r"/(\d{4,})\.htm$"),
    ],
)  # fmt: skip
def test_a_clear_pattern_is_found(form, pattern):
    stories = addresses(form)
    found = guess_article_id(
        [*stories, f"{HOST}/page-speciale-de-la-redaction"], [f"{HOST}/kinh-te/", f"{HOST}/2026/"]
    )
    assert found is not None
    assert (found.pattern, found.covered, found.stories) == (pattern, 10, 11)


@pytest.mark.parametrize(
    "stories",
    [
        [],
        addresses("/tin-{name}-{id}.html")[:5],  # too few
        addresses("/2026/11/2{n}/le-train-de-{name}-arrive"),  # a date, and no number
        addresses("/dossier-4711/le-train-de-{name}-arrive"),  # a number that is the section's
        [*addresses("/tin-{name}-{id}.html"), *addresses("/blog/{name}-et-les-autres")],  # half of them
    ],
)  # fmt: skip
def test_what_is_not_clear_is_not_guessed(stories):
    assert guess_article_id(stories) is None


def test_a_pattern_that_sections_have_too_is_none():
    assert guess_article_id(addresses("/c/{id}.htm"), [f"{HOST}/c/20001.htm"]) is None
