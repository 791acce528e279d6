"""Datelines and sign-offs as agencies print them, in their languages."""

from __future__ import annotations

import pytest

from archive.extract.dateline import agency_in_sign_off, dateline, sign_off


@pytest.mark.parametrize(
    ("text", "raw", "place", "agency"),
    [
        ("Hamburg (dpa/lno) – Trotz", "Hamburg (dpa/lno) –", "Hamburg", "dpa"),
        ("Madrid, 26 dic (EFE).- El", "Madrid, 26 dic (EFE).-", "Madrid", "EFE"),
        ("(ANSA) - ROMA, 26 DIC - Il", "(ANSA) - ROMA, 26 DIC -", "ROMA", "ANSA"),
        ("МОСКВА, 26 декабря. /ТАСС/. Премьер", "МОСКВА, 26 декабря. /ТАСС/.", "МОСКВА", "TASS"),
        ("МОСКВА, 26 дек - РИА Новости. През", "МОСКВА, 26 дек - РИА Новости.", "МОСКВА", "RIA Novosti"),
        ("New Delhi, Dec 26 (PTI) The prime", "New Delhi, Dec 26 (PTI)", "New Delhi", "PTI"),
        ("(서울=연합뉴스) 홍길동 기자 = 정부는", "(서울=연합뉴스) 홍길동 기자 =", "서울", "Yonhap"),
        ("【北京共同】中国", "【北京共同】", "北京", "Kyodo"),
        ("【ソウル時事】韓国", "【ソウル時事】", "ソウル", "Jiji"),
        ("[東京 26日 ロイター] - 日銀", "[東京 26日 ロイター] -", "東京", "Reuters"),
        ("باريس 26 ديسمبر (رويترز) - قال", "باريس 26 ديسمبر (رويترز) -", "باريس", "Reuters"),
        ("القاهرة - رويترز - قال", "القاهرة - رويترز -", "القاهرة", "Reuters"),
        ("ปักกิ่ง, 26 ธ.ค. (ซินหัว) -- วัน", "ปักกิ่ง, 26 ธ.ค. (ซินหัว) --", "ปักกิ่ง", "Xinhua"),
        ("नई दिल्ली, 26 दिसंबर (भाषा) प्रधान", "नई दिल्ली, 26 दिसंबर (भाषा)", "नई दिल्ली", "PTI"),
        ("Hà Nội (TTXVN) - Chiều", "Hà Nội (TTXVN) -", "Hà Nội", "VNA"),
        ("Rio de Janeiro, 26 dez 2024 (Lusa) – O", "Rio de Janeiro, 26 dez 2024 (Lusa) –", "Rio de Janeiro", "Lusa"),
        ("BEIJING, Dec. 26 (Xinhua) -- China", "BEIJING, Dec. 26 (Xinhua) --", "BEIJING", "Xinhua"),
        ("ANKARA (AA) - Cumhur", "ANKARA (AA) -", "ANKARA", "Anadolu"),
    ],
)  # fmt: skip
def test_datelines_in_many_languages(text, raw, place, agency):
    found = dateline(text)
    assert found is not None
    assert (found.raw, found.place, found.agency) == (raw, place, agency)


@pytest.mark.parametrize(
    "text",
    [
        "Der Mann sagte am 3. Mai (dpa) wie erwartet nichts.",
        "Paris - Le président - a dit",
        "Le chef de l'État (Renaissance) a dit",
        "(photo) - x",
        "a" * 5000,
        "(" * 500,
    ],
)
def test_sentences_are_no_datelines(text):
    assert dateline(text) is None


@pytest.mark.parametrize(
    ("text", "off", "agency"),
    [
        ("sagte sie. (mit dpa/AFP)", "(mit dpa/AFP)", "dpa"),
        ("dijo el ministro. EFE", "EFE", "EFE"),
        ("сказал он. /ТАСС/", "/ТАСС/", "TASS"),
        ("말했다. (끝)", "(끝)", None),
        ("said. /ANI", "/ANI", "ANI"),
        ("un accord. -AVI", "-AVI", "VNA"),
        ("in the year (2019)", None, None),
        ("He left for Paris. Then", None, None),
    ],
)
def test_sign_offs_and_who_signs(text, off, agency):
    assert sign_off(text) == off
    assert agency_in_sign_off(sign_off(text)) == agency
