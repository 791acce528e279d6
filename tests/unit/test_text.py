from __future__ import annotations

import pytest
from lxml import html

from archive.text import break_paragraphs, squash, text_of, weight


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  Hanoï \u00a0\u2009 2024\n\t", "Hanoï 2024"),
        ("Ver\u00adöffent\u200blichung\ufeff", "Veröffentlichung"),
        ("越通社\u3000河内", "越通社 河内"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("สวัสดี\u200bครับ", "สวัสดีครับ"),
        ("a\x00b\x07c\ud800", "abc"),
        (None, ""),
    ],
)
def test_squash_keeps_what_shows_and_nothing_else(raw, shown):
    assert squash(raw) == shown


def test_block_elements_and_breaks_part_words_and_inline_elements_do_not():
    node = html.fromstring(
        "<div>Thủ <b>tướ</b><i>ng</i><br>Hà Nội<p>một</p>hai<script>x()</script><!-- y --></div>"
    )
    assert text_of(node) == "Thủ tướng Hà Nội một hai"


def test_skip_leaves_an_element_out_but_not_what_follows():
    node = html.fromstring("<p>Photo <span class=credit>VNA</span> fin</p>")
    assert text_of(node, skip=lambda e: e.get("class") == "credit") == "Photo fin"


def test_paragraphs_parted_by_br():
    node = html.fromstring("<div>Un.<br/>Deux <b>trois</b>.<br><br>&nbsp;<br>اربعة</div>")
    assert break_paragraphs(node) == ["Un.", "Deux trois.", "اربعة"]


def test_characters_of_scripts_without_spaces_weigh_threefold():
    assert weight("abc") == 3
    assert weight("新华社") == 9
    assert weight("ไทย") == 9
    assert weight("été") == 3


def test_depth_is_no_danger():
    node = html.fromstring("<div>" + "<b>" * 240 + "tief" + "</b>" * 240 + "</div>")
    assert text_of(node) == "tief"
