"""What is said means a span: its first day for --since, its last for --until."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.errors import UsageError
from hemeroteca.periods import since, until

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2024", "2024", "2024"),
        ("2024-12", "2024-12", "2024-12"),
        (" 2024-12-31 ", "2024-12-31", "2024-12-31"),
        ("yesterday", "2026-11-23", "2026-11-23"),
        ("hier", "2026-11-23", "2026-11-23"),
        ("hôm qua", "2026-11-23", "2026-11-23"),
        ("أمس", "2026-11-23", "2026-11-23"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("la semaine dernière", "2026-11-16", "2026-11-22"),
        ("上周", "2026-11-16", "2026-11-22"),
        ("mardi dernier", "2026-11-17", "2026-11-17"),
        ("décembre 2024", "2024-12-01", "2024-12-31"),
        ("tháng 12 năm 2024", "2024-12-01", "2024-12-31"),
        ("2024年12月", "2024-12-01", "2024-12-31"),
        ("February 2024", "2024-02-01", "2024-02-29"),
        ("5 mars 2024", "2024-03-05", "2024-03-05"),
    ],
)
def test_words_and_iso(said, first, last):
    assert (since(said, NOW), until(said, NOW)) == (first, last)


def test_a_time_stays_a_time():
    assert since("2026-11-23T08:00:00+07:00") == "2026-11-23T08:00:00+07:00"


def test_nothing_said_is_nothing():
    assert since(None) is until(None) is None


@pytest.mark.parametrize(
    "said", ["", "gibberish", "2024-13", "2024-02-30", "2026-11-23T99:00", "\x1b[?", "9" * 300]
)
def test_what_cannot_be_read_is_a_usage_error(said):
    with pytest.raises(UsageError, match="--since"):
        since(said, NOW)
