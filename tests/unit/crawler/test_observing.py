"""What a run notes of its site: a text that stands at many addresses is counted, however long the run."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from archive.model import StoredCapture
from crawler.observing import Observer
from tests.unit.index.stories import capture

WALL = "sha256:nous-respectons-votre-vie-privée"


def seen(digest: str, url: str) -> StoredCapture:
    return capture("page", url, digest=digest)


def same(observer: Observer) -> float:
    return observer.observed(Counter()).get("same", 0.0)


def test_a_text_at_several_addresses_is_counted_once_an_address() -> None:
    observer = Observer()
    for url in ("https://báo.vn/a", "https://báo.vn/b", "https://báo.vn/b"):
        observer.page(None, seen(WALL, url))
    assert same(observer) == 2


@pytest.mark.parametrize("begins", [0, 6_000])
def test_a_wall_is_counted_among_thousands_of_texts(begins: int) -> None:
    observer = Observer()
    walls = 0
    for number in range(12_000):
        walled = number >= begins and number % 20 == 0
        walls += walled
        observer.page(None, seen(WALL if walled else f"sha256:{number}", f"https://paper.example/{number}"))
    assert walls * 0.98 <= same(observer) <= walls


def test_what_is_noted_does_not_grow_with_the_texts() -> None:
    observer = Observer()
    sizes = []
    for number in range(20_000):
        observer.page(None, seen(f"sha256:{number}", f"https://paper.example/{number}"))
        if number in (4_999, 19_999):
            sizes.append(
                sum(sys.getsizeof(getattr(observer, name)) for name in ("_texts", "_lengths", "_new"))
            )
    assert sizes[1] <= sizes[0] * 1.1


def test_stories_that_a_second_list_names_too_are_new_there_too() -> None:
    observer = Observer()
    observer.listed("https://báo.vn/rss", ["1", "2", "3"], ["2", "3"])
    observer.listed("https://báo.vn/kinh-tế", ["3", "4"], ["4"])
    figures = observer.observed(Counter())
    assert figures["new"] == 3
    assert (figures["fresh:https://báo.vn/rss"], figures["fresh:https://báo.vn/kinh-tế"]) == (2, 2)
    assert figures["list:https://báo.vn/rss"] == 3


def test_what_only_one_list_names_is_told_apart() -> None:
    observer = Observer()
    observer.listed("https://báo.vn/rss", ["1", "2", "3"], ["1", "2", "3"])
    observer.listed("https://báo.vn/kinh-tế", ["3", "4"], ["4"])
    observer.listed("https://báo.vn/kinh-tế", ["4"], [])
    figures = observer.observed(Counter())
    assert (figures["alone:https://báo.vn/rss"], figures["alone:https://báo.vn/kinh-tế"]) == (2, 1)


def test_lists_that_show_one_text_are_told_and_empty_ones_are_not() -> None:
    observer = Observer()
    wall = "Trước khi tiếp tục: chúng tôi dùng dữ liệu để cung cấp dịch vụ."
    for url, text in (
        ("a", wall),
        ("b", wall),
        ("c", "Chuyên mục này chưa có bài nào được đăng."),
        ("d", ""),
    ):
        observer.list_is_blank(f"https://báo.vn/{url}", text)
    figures = observer.observed(Counter())
    assert {name: figures[name] for name in figures if name.startswith("blank:")} == {
        "blank:https://báo.vn/a": 2, "blank:https://báo.vn/b": 2, "blank:https://báo.vn/c": 1,
    }  # fmt: skip
