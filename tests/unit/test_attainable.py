"""What can be found on a page at all: the bound that extraction is held against."""

from datetime import UTC, date, datetime

import pytest

from archive.model import Page
from bench.attainable import contents, has_day, main

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("2026-11-03T08:15:00Z", "en"),
        ("id=20261103_77", None),
        ("/2026/11/3/une-reunion", "fr"),
        ("Stand: 3.11.26, 9 Uhr", "de"),
        ("11/03/2026", "en"),
        ("le 3 novembre 2026 à 8h", "fr"),
        ("November 3, 2026", "en"),
        ("3 de noviembre de 2026", "es"),
        ("3 ноября 2026", "ru"),
        ("3 Kasım 2026", "tr"),
        ("2026年11月3日", "zh"),
    ],
)
def test_ways_to_write_a_day(text, lang):
    assert has_day(DAY, f"x {text} y", lang)
    assert not has_day(date(2026, 11, 5), f"x {text} y", lang)


def test_text_is_kept_apart_from_attributes_and_scripts():
    html = '<p title="attribut">đoạn <b>văn</b> một</p><script>let a = "kịch bản";</script>'
    shown, rest = contents(
        Page(
            url="https://bao.example/a", payload=html.encode(), content_type="text/html; charset=utf-8",
            fetched_at=datetime(2027, 1, 1, tzinfo=UTC),
        )
    )  # fmt: skip
    assert "đoạn văn một" in shown
    assert "kịch bản" not in shown
    assert "kịch bản" in rest
    assert "attribut" in rest


def test_without_a_kit_nothing_is_measured(tmp_path, capsys):
    assert main(["--kit", str(tmp_path)]) == 0
    assert "nothing measured" in capsys.readouterr().out
