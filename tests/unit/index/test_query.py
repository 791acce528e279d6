"""The query language: what is understood, what is refused, and that nothing reaches SQLite raw."""

# ruff: noqa: RUF043, RUF005  (tables of cases)
from __future__ import annotations

import sqlite3

import pytest

from archive.errors import QueryError
from archive.index.fold import TOKENIZE
from archive.index.query import idle_stars, parse, plain_operators, unknown_fields


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", ""),
        ("  \n", ""),
        ("Hanoï", '"hanoi"'),
        ("Hanoï sommet", '("hanoi") AND ("sommet")'),
        ("Hanoï AND sommet", '("hanoi") AND ("sommet")'),
        ('"Nations Unies"', '"nations unies"'),
        ("« Nations Unies »", '"nations unies"'),
        ("“Nations Unies”", '"nations unies"'),
        ("cyber*", '"cyber"*'),
        ('"nations un"*', '"nations un"*'),
        ("a OR b", '("a") OR ("b")'),
        ("a -b", '("a") NOT (("b"))'),
        ("a NOT b", '("a") NOT (("b"))'),
        ("l'ONU", '"l onu"'),
        ("vice-premier", '"vice premier"'),
        ("C++", '"c"'),
        ("*abc", '"abc"'),
        ("AND", '"and"'),
        ("title:", '"title"'),
        ("title:vote", '{title} : ("vote")'),
        ("Caption:vote", '{captions} : ("vote")'),
        ("title:(a OR b)", '{title} : (("a") OR ("b"))'),
        ("http://a.example/x", '"http a example x"'),
        ("联合国", '"联合 合国"'),
        ("人", '"人"*'),
        ("联合国*", '"联合 合国"'),
        ("COVID病毒", '"covid 病毒"'),
        ("2024年", '"2024 年"*'),
        ("gaz title:-vote", '("gaz") NOT (({title} : ("vote")))'),
        ("gaz -title:vote", '("gaz") NOT (({title} : ("vote")))'),
        ("gaz title: -vote port", '(("gaz") AND ("port")) NOT (({title} : ("vote")))'),
        ("联合国 caption:-(人 OR 病毒)", '("联合 合国") NOT (({captions} : (("人"*) OR ("病毒"))))'),
        ('gaz lead:-"Nations Unies"', '("gaz") NOT (({lead} : ("nations unies")))'),
        ("gaz lead:title:-vote", '("gaz") NOT (({lead} : ({title} : ("vote"))))'),
        ("gaz AND title:-vote", '("gaz") NOT (({title} : ("vote")))'),
        ("title:vote-éclair", '{title} : ("vote eclair")'),
        ("الله", '"الله"'),
        ("في", '"في"'),
        ('"حكومة"', '"حكومه"'),
        ("NEAR(الحكومة مجلس)", 'NEAR("الحكومه" "مجلس", 10)'),
        ("NEAR(cyber* loi, 5)", 'NEAR("cyber"* "loi", 5)'),
        ("NEAR(gaz Việt, 25)", 'NEAR("gaz" "viet", 25)'),
    ],
)
def test_understood(text, match):
    assert parse(text).match == match


def test_fields_chosen_from_outside():
    assert parse("vote", ("title", "caption")).match == '{title captions} : ("vote")'
    with pytest.raises(QueryError, match="unknown field 'titre'"):
        parse("vote", ("titre",))


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("l'ONU AND (x OR", 14, "OR has nothing after it"),
        ("(a b", 1, "never closed"),
        ("a)", 2, "closes nothing"),
        ('le "vote', 4, "never closed"),
        ("-a", 1, "only words to leave out"),
        ("NOT a", 1, "only words to leave out"),
        ("a OR", 3, "OR has nothing after it"),
        ("OR a", 1, "OR has nothing before it"),
        ("a AND OR b", 3, "AND has nothing after it"),
        ("title:-port", 7, "only words to leave out"),
        ("a -title:-port", 3, "left out twice"),
        ("a NOT -b", 3, "left out twice"),
        ("a -NOT b", 3, "left out twice"),
        ("a NOT NOT b", 3, "left out twice"),
        ("NEAR(a b", 1, "never closed"),
        ("NEAR(a b, c)", 1, "no number"),
    ],
)
def test_refused_with_the_place_and_a_hint(text, place, word):
    with pytest.raises(QueryError) as error:
        parse(text)
    message = str(error.value)
    assert f"at character {place}:" in message
    assert word in message
    assert ";" in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["+++", "…", "()", "\x00", "-- --", "’"])
def test_without_a_letter_there_is_nothing_to_search(text):
    with pytest.raises(QueryError, match="nothing to search for|only words"):
        parse(text)


def test_size_has_a_limit():
    with pytest.raises(QueryError, match="too long"):
        parse("a " * 5000)
    with pytest.raises(QueryError, match="parentheses"):
        parse("(" * 100 + "a" + ")" * 100)


@pytest.fixture(scope="module")
def table():
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, lead, body, captions, tokenize='{TOKENIZE}')")
    yield db
    db.close()


@pytest.mark.parametrize(
    "text",
    [
        "l'ONU",
        "Hanoï (VNA)",
        "C++",
        "vice-premier",
        "*abc",
        "AND",
        "title:",
        "a:b",
        '"a""b"',
        "^a",
        "a^2",
        "{title}:a",
    ]
    + [
        "a + b",
        "- a",
        "NEAR",
        "NEAR(a)",
        "title:lead:x",
        "(" * 20 + "a" + ")" * 20,
        "a " * 200,
        "-(a b) c",
        "ก็",
        "\u0301a",
    ]
    + ["rowid:1", "articles_fts:x", "a\x00b", "%x_[]", "ﷺ", "𞤀𞤁", "👍 a", 'title:"x"*', "a OR (b -c) d*"],
)
def test_every_query_that_parses_is_valid_fts5(table, text):
    table.execute("SELECT rowid FROM t WHERE t MATCH ?", (parse(text).match,)).fetchall()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("autor:Nguyen", ("autor",)),
        ("sommet (AUTEUR:Dupont OR a -titel:Gipfel)", ("AUTEUR", "titel")),
        ('autor:"Nguyễn Văn An" autor:An', ("autor",)),
        ("autor:(An OR Bình)", ("autor",)),
        ("автор:Иванов", ("автор",)),
        ("المؤلف:حسن", ("المؤلف",)),
        ("título:«la paz»", ("título",)),
        ("sommet titre:-port", ("titre",)),
    ],
)
def test_what_looks_like_a_field_and_is_none(text, names):
    assert unknown_fields(text) == names
    assert parse(text).match


@pytest.mark.parametrize(
    "text",
    [
        "Paris: la ville", "Paris : la ville", "title:sommet caption:(a OR b)", "https://a.example/x", "12:30", "12h:30",
        '"autor:Nguyen"', "«autor:Nguyen»", "a::b", "x:y", "localhost:8000", "Psaume:23", "北京:和平", "Covid-19:bilan", "Hà Nội: một ngày",
    ],
)  # fmt: skip
def test_a_colon_in_ordinary_text_is_no_field(text):
    assert unknown_fields(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gaz or pétrole", (("or", "OR"),)),
        ("gaz Or (pétrole and charbon) not nucléaire", (("Or", "OR"), ("and", "AND"), ("not", "NOT"))),
        ("联合国 or 河内 or title:人", (("or", "OR"),)),
        ("برلمان or حكومة", (("or", "OR"),)),
        ('gaz OU "pétrole brut"', (("OU", "OR"),)),
        ("điện HOẶC dầu", (("HOẶC", "OR"),)),
        ("газ ИЛИ нефть", (("ИЛИ", "OR"),)),
        ("gaz OR pétrole", ()),
        ('gaz "or" pétrole', ()),
        ("l'or et la mine", ()),
        ("mines d'or", ()),
        ("or", ()),
        ("or blanc", ()),
        ("LIBERTÉ ET JUSTICE", ()),
        ("Öl oder Gas", ()),
    ],
)
def test_words_that_look_like_operators(text, words):
    assert plain_operators(text) == words
    assert parse(text).match


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ('"renov*"', (("renov*", True),)),
        ("«đổi m*» cyber*", (("đổi m*", True),)),
        ('"ren* port" *vision', (("ren* port", True), ("*vision", False))),
        ("联合*国", (("联合*国", False),)),
        ('cyber* "nations un"* NEAR(gaz* loi, 3) C** "a * b" * 5 * 3', ()),
    ],
)
def test_stars_that_do_nothing(text, stars):
    assert idle_stars(text) == stars
    assert parse(text).match


@pytest.mark.parametrize("word", ["حكومة", "الحكومة", "والحُكُومَة", "بالحكومة", "للحكومة", "حكومة*"])
def test_an_arabic_word_is_looked_for_with_its_article_and_without(word):
    """In whichever form it is typed, the same forms are found."""
    star = "*" if word.endswith("*") else ""
    forms = {f'"{on}حكومه"{star}' for on in ("", "ال", "وال", "فال", "بال", "كال", "لل")}
    assert set(parse(word).match.strip("()").split(" OR ")) == forms
    assert len(parse(word).needles) == 7
    assert parse(f"{word} -title:الرئيس قمة", ("lead",)).match.startswith("{lead} : ((")


@pytest.mark.parametrize("word", ["والد", "بالون", "كالسيوم", "لله", "البته", "حكومت", "گفت", "پاکستان"])
def test_what_only_looks_like_an_article_is_still_found_as_it_stands(word):
    assert parse(f'"{word}"').match in parse(word).match
