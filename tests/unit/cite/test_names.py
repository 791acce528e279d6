"""Names are parted only where it is sure which part is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cite.names import name_of


@pytest.mark.parametrize(
    ("whole", "lang", "given_", "family"),
    [
        ("Mireille Aubrac", "fr", "Mireille", "Aubrac"),
        ("Jean-Pierre Dupont-Lefèvre", "fr", "Jean-Pierre", "Dupont-Lefèvre"),
        ("Anna Müller", "de-AT", "Anna", "Müller"),
        ("Liam O’Connor", "en", "Liam", "O’Connor"),
        ("Łukasz Wiśniewski", "pl", "Łukasz", "Wiśniewski"),
        ("Mireille AUBRAC", "fr", "Mireille", "AUBRAC"),
        ("AUBRAC Mireille", None, "Mireille", "AUBRAC"),
        ("NGUYEN Van An", "fr", "Van An", "NGUYEN"),
        ("Gabriel GARCÍA MÁRQUEZ", "es", "Gabriel", "GARCÍA MÁRQUEZ"),
        ("VAN DER BELLEN Alexander", "de", "Alexander", "VAN DER BELLEN"),
        ("JD Vance", "en", "JD", "Vance"),
    ],
)
def test_a_name_is_parted(whole, lang, given_, family):
    name = name_of(whole, lang)
    assert (name.whole, name.given, name.family) == (whole, given_, family)


@pytest.mark.parametrize(
    ("whole", "lang"),
    [
        ("Nguyễn Văn An", "vi"),
        ("Trần Bích", "fr"),
        ("Nguyen An", "fr"),
        ("Thanh Nga", "fr"),
        ("Xuân Tùng", "en"),
        ("Đặng Thai", "en"),
        ("Bùi Thơm", "fr"),
        ("毛泽东", "zh"),
        ("毛泽东", "fr"),
        ("Mao Zedong", "fr"),
        ("Wang Xiaoming", "en"),
        ("Kim Min-seok", "en"),
        ("山田 太郎", "ja"),
        ("Orbán Viktor", "hu"),
        ("محمد عبد الله", "ar"),
        ("نجيب محفوظ", "ar"),
        ("สมชาย ใจดี", "th"),
        ("Иван Петров", "ru"),
        ("Budi Santoso", "id"),
        ("Mireille Aubrac", "vi"),
        ("Mireille Aubrac", None),
        ("Jean de La Fontaine", "fr"),
        ("Ludwig van Beethoven", "de"),
        ("Von Trotta", "de"),
        ("Le Monde", "fr"),
        ("Al Jazeera", "en"),
        ("El Watan", "fr"),
        ("Gabriel García Márquez", "es"),
        ("Agence Reuters", "fr"),
        ("Rédaction Sport", "fr"),
        ("Associated Press", "en"),
        ("Deutsche Presse-Agentur", "de"),
        ("AFP Paris", "fr"),
        ("BBC News", "en"),
        ("Mireille A.", "fr"),
        ("J. D. Salinger", "en"),
        ("CNN Brasil", "pt-br"),
        ("ANSA Roma", "it"),
        ("Le MONDE", "fr"),
        ("MIREILLE AUBRAC", "fr"),
        ("Mireille AUBRAC Paris", "fr"),
        ("mireille aubrac", "fr"),
        ("Voltaire", "fr"),
        ("", "fr"),
        ("Mireille Aubrac, Paris", "fr"),
        ("Марина Smith", "en"),
    ],
)
def test_a_name_stays_whole(whole, lang):
    name = name_of(whole, lang)
    assert (name.whole, name.given, name.family) == (whole, "", "")


@given(st.text(max_size=60), st.sampled_from(["fr", "vi", "zh", "ar", "th", None, "", "-"]))
def test_no_word_is_lost_or_made_up(whole, lang):
    name = name_of(whole, lang)
    assert name.whole == whole
    if name.family:
        assert sorted(f"{name.given} {name.family}".split()) == sorted(whole.split())
