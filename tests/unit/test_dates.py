from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from archive.calendars import day_of, gregorian
from archive.dates import parse_date, plausible, read_date
from archive.months import named_day

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATED = [
    ("2024-12-26T08:37:12+07:00", None, None, "2024-12-26T08:37:12+07:00"),
    ("2024-12-26T08:37:12.123Z", None, None, "2024-12-26T08:37:12+00:00"),
    ("2024-12-26T08:37:12Z+07:00", None, None, "2024-12-26T08:37:12+07:00"),
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

SHOWN = [
    (
        "Posted October 20, 2025 6:14 pm3 min read",
        "en",
        "2025-10-20T18:14:00",
    ),  # two elements without a space
    ("Publié le jeudi 26 décembre 2024 à 15 h 30", "fr", "2024-12-26T15:30:00"),
    ("1er août 2024", "fr", "2024-08-01"),
    ("Publié le 26 déc. 2024 à 08:37, mis à jour le 27 déc. 2024 à 10:00", "fr", "2024-12-26T08:37:00"),
    ("Mis à jour le 27/12/2024 à 10h02", "fr", "2024-12-27T10:02:00"),
    ("Par Anne Lee, publié le 05 février 2025 à 18h00", "fr", "2025-02-05T18:00:00"),
    ("Thứ Năm, ngày 26 tháng 12 năm 2024 - 08:37", "vi", "2024-12-26T08:37:00"),
    ("26/12/2024 | 08:37 CH", "vi", "2024-12-26T20:37:00"),
    ("08:37 26/12/2024", "vi", "2024-12-26T08:37:00"),
    ("15 giờ 30, 26/12/2024", "vi", "2024-12-26T15:30:00"),
    ("Thứ Sáu, 26-12-2024, 15:30", "vi", "2024-12-26T15:30:00"),
    ("2024年12月26日 下午3:30", "zh", "2024-12-26T15:30:00"),
    ("2024年12月26日15时30分", "zh", "2024-12-26T15:30:00"),
    ("二〇二四年十二月二十六日", "zh", "2024-12-26"),
    ("民國113年12月26日", "zh-hant", "2024-12-26"),
    ("来源：新华网 2024-12-26 08:37:12", "zh", "2024-12-26T08:37:12"),
    ("2024/12/26 (木) 08:37", "ja", "2024-12-26T08:37:00"),
    ("令和6年12月26日 午後3時30分", "ja", "2024-12-26T15:30:00"),
    ("2024年12月26日(木) 18時00分", "ja", "2024-12-26T18:00:00"),
    ("입력 2024.12.26. 오전 8:37", "ko", "2024-12-26T08:37:00"),
    ("2024년 12월 26일 15시 30분", "ko", "2024-12-26T15:30:00"),
    ("입력: 2024-12-26 15:30 수정: 2024-12-27 09:00", "ko", "2024-12-26T15:30:00"),
    ("الخميس 26 ديسمبر 2024 - 15:30", "ar", "2024-12-26T15:30:00"),
    ("٢٦ كانون الأول ٢٠٢٤", "ar", "2024-12-26"),
    ("26 ديسمبر/ كانون الأول 2024", "ar", "2024-12-26"),
    ("نشر في: 26/12/2024 - 03:30 م", "ar", "2024-12-26T15:30:00"),
    ("۶ دی ۱۴۰۳ - ۱۵:۳۰", "fa", "2024-12-26T15:30:00"),
    ("پنجشنبه ۱۴۰۳/۱۰/۰۶ ۱۵:۳۰", "fa", "2024-12-26T15:30:00"),
    ("۲۶ دسامبر ۲۰۲۴", "fa", "2024-12-26"),
    ("26 ธ.ค. 2567 | 15:30 น.", "th", "2024-12-26T15:30:00"),
    ("วันพฤหัสบดีที่ 26 ธันวาคม พ.ศ. 2567 เวลา 15.30 น.", "th", "2024-12-26T15:30:00"),
    ("26/12/2567", "th", "2024-12-26"),
    ("26 декабря 2024, 15:30", "ru", "2024-12-26T15:30:00"),
    ("Опубликовано: 26.12.2024 в 15:30 (МСК)", "ru", "2024-12-26T15:30:00"),
    ("15:30, 26 дек. 2024", "ru", "2024-12-26T15:30:00"),
    ("Donnerstag, 26. Dezember 2024, 15.30 Uhr", "de", "2024-12-26T15:30:00"),
    ("26.12.24 – 15:30", "de", "2024-12-26T15:30:00"),
    ("Stand: 26. Dez. 2024 um 15:30 Uhr", "de", "2024-12-26T15:30:00"),
    ("1. Jänner 2024, 06:00", "de", "2024-01-01T06:00:00"),
    ("26 दिसंबर 2024, 03:30 PM IST", "hi", "2024-12-26T15:30:00"),
    ("२६ दिसम्बर २०२४", "hi", "2024-12-26"),
    ("Publish Date: Thu, 26 Dec 2024 03:30 PM (IST)", "hi", "2024-12-26T15:30:00"),
    ("Kamis, 26 Desember 2024 15.30 WIB", "id", "2024-12-26T15:30:00+07:00"),
    ("26 Des 2024, 15:30 WIB", "id", "2024-12-26T15:30:00+07:00"),
    ("Giriş Tarihi: 26 Aralık 2024 15:30", "tr", "2024-12-26T15:30:00"),
    ("26.12.2024 - 15:30 | Son Güncelleme: 27.12.2024 - 09:00", "tr", "2024-12-26T15:30:00"),
    ("26 ARALIK 2024", "tr", "2024-12-26"),
    ("2024. december 26. 15:30", "hu", "2024-12-26T15:30:00"),
    ("26 de diciembre de 2024 a las 15:30 hs", "es", "2024-12-26T15:30:00"),
    ("26 dic 2024 - 15:30 CET", "es", "2024-12-26T15:30:00+01:00"),
    ("26 de dezembro de 2024 às 15h30", "pt", "2024-12-26T15:30:00"),
    ("26/12/2024 15h30", "pt", "2024-12-26T15:30:00"),
    ("26 grudnia 2024, 15:30", "pl", "2024-12-26T15:30:00"),
    ("26 joulukuuta 2024 klo 15.30 | päivitetty", "fi", "2024-12-26T15:30:00"),
    ("26. desember 2024 kl. 15.30", "nb", "2024-12-26T15:30:00"),
    ("26 ธันวาคม 2567", "en", "2024-12-26"),
    ("26 Ιανουαρίου 2024, 15:30", "el", "2024-01-26T15:30:00"),
    ("ΠΕΜΠΤΗ 26 ΔΕΚΕΜΒΡΙΟΥ 2024", "el", "2024-12-26"),
    ("۱۲:۴۰ - ۰۱ آذر ۱۴۰۵", "fa", "2026-11-22T12:40:00"),
    ("26 בדצמבר 2024, 15:30", "he", "2024-12-26T15:30:00"),
    ("২৬ ডিসেম্বর ২০২৪, ১৫:৩০", "bn", "2024-12-26T15:30:00"),
    ("Lairenlakpam Warli / TIMESOFINDIA.COM / Apr 16, 2026, 14:04 IST", "en", "2026-04-16T14:04:00"),
    ("Von israel news am 21/02/2021. Abgelegt unter Israel.", "de", "2021-02-21"),
    ("PUBLISHED: 22:00 GMT, 26 September 2020", "en", "2020-09-26T22:00:00+00:00"),
    ("Updated20:49, 5 Aug 2024", "en", "2024-08-05T20:49:00"),
    ("6 May 2022 - 2:00 a. m.", "es", "2022-05-06T02:00:00"),
    ("hace 2 horas", "es", "2026-11-23T10:00:00+00:00"),
    ("2 giờ trước", "vi", "2026-11-23T10:00:00+00:00"),
    ("3小时前", "zh", "2026-11-23T09:00:00+00:00"),
    ("قبل 3 ساعات", "ar", "2026-11-23T09:00:00+00:00"),
    ("3시간 전", "ko", "2026-11-23T09:00:00+00:00"),
    ("3時間前", "ja", "2026-11-23T09:00:00+00:00"),
    ("2 saat önce", "tr", "2026-11-23T10:00:00+00:00"),
    ("2 jam lalu", "id", "2026-11-23T10:00:00+00:00"),
    ("vor 2 Stunden", "de", "2026-11-23T10:00:00+00:00"),
    ("2 часа назад", "ru", "2026-11-23T10:00:00+00:00"),
    ("2 घंटे पहले", "hi", "2026-11-23T10:00:00+00:00"),
    ("۲ ساعت پیش", "fa", "2026-11-23T10:00:00+00:00"),
    ("昨天 15:30", "zh", "2026-11-22T15:30:00+00:00"),
    ("heute, 15:30 Uhr", "de", "2026-11-23T15:30:00+00:00"),
]


@pytest.mark.parametrize(("raw", "lang", "iso"), SHOWN)
def test_dates_as_pages_show_them_in_many_languages(raw, lang, iso):
    assert parse_date(raw, lang=lang, now=NOW) == iso


@pytest.mark.parametrize(
    ("jalali", "gregorian"),
    [
        ((1400, 1, 1), "2021-03-21"),
        ((1399, 12, 30), "2021-03-20"),
        ((1404, 1, 1), "2025-03-21"),
        ((1357, 11, 22), "1979-02-11"),
        ((1408, 12, 30), "2030-03-20"),
    ],
)
def test_iran_s_solar_year_begins_in_march(jalali, gregorian):
    assert str(day_of(*jalali)) == gregorian


def test_years_of_other_calendars():
    assert gregorian("令和元年5月1日") == "2019年5月1日"
    assert gregorian("平成31年4月30日") == "2019年4月30日"
    assert gregorian("二〇二四年二月十日") == "2024年2月10日"
    assert day_of(2567, 12, 26) == date(2024, 12, 26)
    assert day_of(1446, 6, 24) is None or day_of(1446, 6, 24).year == 1446  # a lunar year is not Iran's
    assert parse_date("24/06/1446", lang="ar", now=NOW) is None
    assert day_of(1403, 13, 1) is None


def test_a_month_s_name_is_found_inside_a_line_and_in_the_wrong_language():
    assert named_day("Ann Lee / Apr 16, 2026, 14:04 IST", ("en",)) == (2026, 4, 16)
    assert named_day("Marchons le 26 mai 2024 !", ("fr",)) == (2024, 5, 26)
    assert named_day("12 Maybe 2024", ("en",)) is None
    assert named_day("26 décembre", ("fr",)) is None
    assert parse_date("26 ธันวาคม 2567", lang="en", now=NOW) == "2024-12-26"


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
