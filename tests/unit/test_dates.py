from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from archive.dates import parse_date, plausible, read_date

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATED = [
    ("2024-12-26T08:37:12+07:00", None, None, "2024-12-26T08:37:12+07:00"),
    ("2024-12-26T08:37:12.123Z", None, None, "2024-12-26T08:37:12+00:00"),
    ("2024-12-26T08:37:12+0700", None, None, "2024-12-26T08:37:12+07:00"),
    ("2024-12-26 08:37", "vi", "Asia/Ho_Chi_Minh", "2024-12-26T08:37:00+07:00"),
    ("2024-12-26 08:37", "vi", None, "2024-12-26T08:37:00"),
    ("2024-12-26", None, "Asia/Ho_Chi_Minh", "2024-12-26"),
    ("20241226T083712Z", None, None, "2024-12-26T08:37:12+00:00"),
    ("Thu, 26 Dec 2024 08:37:00 +0700", None, None, "2024-12-26T08:37:00+07:00"),
    ("1735177032", None, None, "2024-12-26T01:37:12+00:00"),
    ("1735177032000", None, None, "2024-12-26T01:37:12+00:00"),
    ("26/12/2024 08:37 GMT+7", "vi", None, "2024-12-26T08:37:00+07:00"),
    ("Publié le 26/12/2024 à 08h37", "fr", "Asia/Ho_Chi_Minh", "2024-12-26T08:37:00+07:00"),
    ("Le jeudi 26 décembre 2024 à 15h30", "fr", "Europe/Paris", "2024-12-26T15:30:00+01:00"),
    ("Đăng lúc: 08:37, 26/12/2024", "vi", "Asia/Ho_Chi_Minh", "2024-12-26T08:37:00+07:00"),
    ("Thứ Năm, 26/12/2024 08:37 (GMT+7)", "vi", None, "2024-12-26T08:37:00+07:00"),
    ("发布时间：2024年12月26日 08:37", "zh", "Asia/Shanghai", "2024-12-26T08:37:00+08:00"),
    ("2024. 12. 26. 오후 3:30", "ko", "Asia/Seoul", "2024-12-26T15:30:00+09:00"),
    ("٢٦ ديسمبر ٢٠٢٤", "ar", None, "2024-12-26"),
    ("๒๖ ธันวาคม ๒๕๖๗ 08:37 น.", "th", "Asia/Bangkok", "2024-12-26T08:37:00+07:00"),
    ("Veröffentlicht am 26. Dezember 2024, 08:37 Uhr", "de", "Europe/Berlin", "2024-12-26T08:37:00+01:00"),
    ("erstellt: 01. April 2025, 15:25 in: Gesellschaft | Kommentare: 0", "de", None, "2025-04-01T15:25:00"),
    ("December 26, 2024 8:37 pm EST", "en", None, "2024-12-26T20:37:00-05:00"),
    ("May 5, 2024 | 3:45 p.m.", "en", None, "2024-05-05T15:45:00"),
    ("05/09/2024", "fr", None, "2024-09-05"),
    ("05/09/2024", "en-us", None, "2024-05-09"),
    ("il y a 2 heures", "fr", "Europe/Paris", "2026-11-23T11:00:00+01:00"),
    ("hôm qua", "vi", "Asia/Ho_Chi_Minh", "2026-11-22"),
    ("3 days ago", "en", None, "2026-11-20"),
]


@pytest.mark.parametrize(("raw", "lang", "zone", "iso"), STATED)
def test_dates_as_newspapers_state_them(raw, lang, zone, iso):
    assert parse_date(raw, lang=lang, timezone=zone, now=NOW) == iso


@pytest.mark.parametrize(
    "raw", ["", None, "hello world", "Hanoï", "99999999999999", "31/02/2024", "a" * 5000, "\x00"]
)
def test_what_is_no_date(raw):
    assert parse_date(raw, lang="fr", now=NOW) is None


def test_the_range_ends_two_days_after_the_capture():
    assert parse_date("2026-11-25", now=NOW) == "2026-11-25"
    assert parse_date("2026-11-26", now=NOW) is None
    assert parse_date("1989-12-31", now=NOW) is None
    assert read_date("2031-01-01", now=NOW) == "2031-01-01"
    assert not plausible("2031-01-01", NOW)


def test_relative_dates_count_from_the_capture():
    earlier = datetime(2020, 3, 1, tzinfo=UTC)
    assert parse_date("hier", lang="fr", timezone="Europe/Paris", now=earlier) == "2020-02-29"
    assert parse_date("hier", lang="fr", timezone="Europe/Paris", now=NOW) == "2026-11-22"


def test_neither_zone_nor_locale_of_the_machine_matters():
    code = (
        "from tests.unit.test_dates import STATED, NOW\nfrom archive.dates import parse_date\n"
        "print([parse_date(r, lang=l, timezone=z, now=NOW) for r, l, z, _ in STATED])"
    )
    here = [iso for *_, iso in STATED]
    for zone, locale in (("Pacific/Auckland", "C"), ("America/Caracas", "vi_VN.UTF-8")):
        environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(here)
