"""Words in every script, and the marks of an edit inside a paragraph."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.diff.alignment import Budget
from archive.diff.words import runs, tokens
from archive.wording import wording

MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}


def marked(old, new):
    return "".join(MARKS[run.op].format(run.text) for run in runs(old, new, Budget()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’ONU a 1.250,5 voix.", ["L", "’", "ONU", "a", "1.250,5", "voix", "."]),
        ("à 20:15, fin 2026.", ["à", "20:15", ",", "fin", "2026", "."]),
        ("Thủ tướng Phạm Minh", ["Thủ", "tướng", "Phạm", "Minh"]),
        ("Vie\u0302\u0323t Nam", ["Việt", "Nam"]),
        ("三百公里，完。", ["三", "百", "公", "里", "，", "完", "。"]),
        ("東京タワーは2026年", ["東", "京", "タ", "ワ", "ー", "は", "2026", "年"]),
        ("ภายในห้าปี เที่ยว", ["ภา", "ย", "ใน", "ห้า", "ปี", "เที่", "ย", "ว"]),
        ("서울에서 회의가", ["서울에서", "회의가"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("وقالَ الوزير", ["وقالَ", "الوزير"]),
        ("ភ្នំពេញ", ["ភ្នំ", "ពេ", "ញ"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
        ("٣٫٥ مليون", ["٣٫٥", "مليون"]),
        ("", []),
    ],
)
def test_a_word_is_what_its_script_makes_one(text, words):
    found = tokens(text)
    assert [word for word, _ in found] == words
    assert "".join(piece for _, piece in found) == text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "Le ministre de France a dit 1.250 morts.",
            "Le président de Russie a dit 1.260 morts hier.",
            "Le [-ministre-]{+président+} de [-France-]{+Russie+} a dit [-1.250-]{+1.260+} morts {+hier+}.",
        ),
        ("Hà Nội đăng cai lễ ký", "Hà Nội tổ chức lễ ký kết", "Hà Nội [-đăng cai-]{+tổ chức+} lễ ký {+kết+}"),
        ("总长约三百公里。", "总长约三百一十公里。", "总长约三百{+一十+}公里。"),
        ("会議は京都で開かれた", "会議は大阪で開かれた", "会議は[-京都-]{+大阪+}で開かれた"),
        ("แล้วเสร็จภายในห้าปี", "แล้วเสร็จภายในสามปี", "แล้วเสร็จภายใน[-ห้า-]{+สาม+}ปี"),
        ("قال الوزير إن الخط سيكتمل", "قال الرئيس إن الخط سيكتمل", "قال [-الوزير-]{+الرئيس+} إن الخط سيكتمل"),
        ("서울에서 회의가 열렸다", "서울에서 총회가 열렸다", "서울에서 [-회의가-]{+총회가+} 열렸다"),
        ("हिन्दी समाचार आज", "हिन्दी ख़बर आज", "हिन्दी [-समाचार-]{+ख़बर+} आज"),
        ("un deux trois", "un trois", "un [-deux -]trois"),
        ("un trois", "un deux trois", "un {+deux +}trois"),
        ("un", "", "[-un-]"),
        ("", "un", "{+un+}"),
        ("le même", "le même", "le même"),
        ("le\u00a0même", "le même", "le même"),
        ("Việt Nam hôm nay", "Vie\u0302\u0323t Nam hôm qua", "Vie\u0302\u0323t Nam hôm [-nay-]{+qua+}"),
    ],
)
def test_an_edit_is_marked_word_by_word(old, new, shown):
    assert marked(old, new) == shown


def test_texts_that_share_words_by_chance_are_shown_whole():
    assert marked("La pluie de mai est de retour", "Un accord de paix") == (
        "[-La pluie de mai est de retour-]{+Un accord de paix+}"
    )
    assert marked("他的讲话很长", "我们的城市") == "[-他的讲话很长-]{+我们的城市+}"


def test_few_words_between_two_long_changes_go_with_them():
    same = "Les délégations sont arrivées samedi dans la capitale vietnamienne pour ouvrir les travaux, a-t-on appris"
    assert marked(f"{same} mardi soir de source diplomatique.", f"{same} lundi matin de bonne part.") == (
        f"{same} [-mardi soir de source diplomatique-]{{+lundi matin de bonne part+}}."
    )


@settings(max_examples=300, deadline=None)
@given(*[st.text(st.sampled_from("ab ,.1é中国ภาห้เ\u0302ک"), max_size=30)] * 2)
def test_the_runs_are_both_texts(old, new):
    found = runs(old, new, Budget())
    assert "".join(run.text for run in found if run.op != "removed") == new
    assert wording("".join(run.text for run in found if run.op != "added")) == wording(old)
    assert all(run.text for run in found)
    assert all(one.op != two.op for one, two in pairwise(found))


def test_a_text_of_a_megabyte_takes_work_in_proportion():
    budget = Budget()
    old = "一二三四五六七八九十" * 35_000
    assert runs(old, old[::-1], budget)
    assert budget.counted < 100 * len(old)
