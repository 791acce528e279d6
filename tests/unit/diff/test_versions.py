"""Two versions of an article: which paragraph is which, field by field."""

from __future__ import annotations

import random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.diff.alignment import STEPS, Budget
from archive.diff.articles import FIELDS, compare
from archive.diff.passages import align, of_texts
from archive.model import Article, Block, Dateline, Photo, RelatedLink

PARAGRAPHS = (
    "Hanoï (VNA) – Les délégations de plus de cent pays sont arrivées samedi dans la capitale.",
    "Chủ tịch nước nhấn mạnh đây là dấu mốc lịch sử trong hợp tác quốc tế về an ninh mạng.",
    "国家主席表示，这是打击网络犯罪国际合作的历史性一步，越南愿与各方加强合作。",
    "وقال الرئيس إن هذه خطوة تاريخية في التعاون الدولي ضد الجريمة الإلكترونية.",
    "ประธานาธิบดีกล่าวว่านี่เป็นก้าวประวัติศาสตร์ของความร่วมมือระหว่างประเทศ",
    "Les travaux se poursuivent dimanche avec des ateliers sur l’entraide judiciaire.",
)


def blocks(*texts, kind="paragraph"):
    return tuple(Block(kind=kind, text=text) for text in texts)


ARTICLE = Article(
    url="https://bao.example/a-1.html",
    canonical_url="https://bao.example/a-1.html",
    site="bao.example",
    key="1",
    lang="fr",
    title="Hanoï accueille le sommet",
    lead="高速铁路今日正式开工。",
    blocks=blocks(*PARAGRAPHS),
    photos=(
        Photo(url="/1.jpg", caption="Ga Hà Nội, sáng 20/11.", credit="TTXVN"),
        Photo(url="/2.jpg", caption="La salle des séances, samedi.", credit="VNA"),
    ),
    published="2026-11-20T08:00:00+07:00",
    published_raw="20/11/2026 08:00",
    authors=("Trần Văn Ngộ",),
    tags=("sommet", "ONU"),
    section="Monde",
    dateline=Dateline(raw="Hanoï (VNA) –"),
)
MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}


def edited(**changes):
    """Return what `compare` tells of these changes: field → [(change, place before, place after, words)]."""
    found = compare(ARTICLE, attrs.evolve(ARTICLE, **changes))
    return {
        field.name: [
            (
                it.change,
                it.before and it.before.position,
                it.after and it.after.position,
                "".join(MARKS[run.op].format(run.text) for run in it.words),
            )
            for it in field.changes
        ]
        for field in found.fields
    }


def test_an_article_does_not_differ_from_itself():
    assert edited() == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Hanoï\u00a0accueille  le sommet"},
        {"blocks": blocks(*PARAGRAPHS, "1.234 lượt xem", "Publicité")},
        {"blocks": blocks(PARAGRAPHS[0][:20], PARAGRAPHS[0][20:], *PARAGRAPHS[1:])},
        {"blocks": blocks(*PARAGRAPHS[:4], PARAGRAPHS[4] + " " + PARAGRAPHS[5])},
        {"related": (RelatedLink(url="/b", title="Voir plus"),)},
        {"photos": tuple(attrs.evolve(photo, url=f"/new{photo.url}", alt="x") for photo in ARTICLE.photos)},
        {"url": "https://bao.example/amp/a-1.html"},
        {"tags": ("ONU", "sommet")},
    ],
)
def test_what_makes_no_version_is_no_difference(changes):
    assert edited(**changes) == {}


def test_times_counted_back_from_the_visit_are_no_difference():
    old = attrs.evolve(ARTICLE, published="2026-11-20T08:00:00+07:00", published_raw="il y a 2 heures")
    new = attrs.evolve(ARTICLE, published="2026-11-20T08:07:00+07:00", published_raw="il y a 3 heures")
    assert compare(old, new).fields == ()
    assert [field.name for field in compare(ARTICLE, new).fields] == ["published"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"title": "Hanoï prépare le sommet"},
            {"title": [("changed", 1, 1, "Hanoï [-accueille-]{+prépare+} le sommet")]},
        ),
        ({"title": "Tout autre chose"}, {"title": [("changed", 1, 1, "[-Hanoï accueille le sommet-]{+Tout autre chose+}")]}),
        ({"lead": None}, {"lead": [("removed", 1, None, "[-高速铁路今日正式开工。-]")]}),
        ({"kicker": "ONU"}, {"kicker": [("added", None, 1, "{+ONU+}")]}),
        ({"authors": ("Lê Thị Hoa",)}, {"authors": [("changed", 1, 1, "[-Trần Văn Ngộ-]{+Lê Thị Hoa+}")]}),
        (
            {"authors": ("Lê Thị Hoa", "Trần Văn Ngộ")},
            {"authors": [("added", None, 1, "{+Lê Thị Hoa+}")]},
        ),
        (
            {"published": "2026-11-20T09:00:00+07:00"},
            {"published": [("changed", 1, 1, "[-2026-11-20T08:00:00+07:00-]{+2026-11-20T09:00:00+07:00+}")]},
        ),
        ({"modified": "2026-11-21"}, {"modified": [("added", None, 1, "{+2026-11-21+}")]}),
        ({"section": "Asie"}, {"section": [("changed", 1, 1, "[-Monde-]{+Asie+}")]}),
        (
            {"tags": ("ONU", "cyber")},
            {"tags": [("removed", 1, None, "[-sommet-]"), ("added", None, 2, "{+cyber+}")]},
        ),
        ({"dateline": None}, {"dateline": [("removed", 1, None, "[-Hanoï (VNA) –-]")]}),
        (
            {"photos": (ARTICLE.photos[0], attrs.evolve(ARTICLE.photos[1], credit="AFP"))},
            {"credits": [("changed", 2, 2, "[-VNA-]{+AFP+}")]},
        ),
        (
            {"photos": (attrs.evolve(ARTICLE.photos[0], caption="Ga Huế, sáng 20/11."), ARTICLE.photos[1])},
            {"captions": [("changed", 1, 1, "Ga [-Hà Nội-]{+Huế+}, sáng 20/11.")]},
        ),
        ({"photos": ARTICLE.photos[::-1]}, {"captions": [("moved", 1, 2, "Ga Hà Nội, sáng 20/11.")]}),
        (
            {"photos": ARTICLE.photos[1:]},
            {
                "captions": [("removed", 1, None, "[-Ga Hà Nội, sáng 20/11.-]")],
                "credits": [("removed", 1, None, "[-TTXVN-]")],
            },
        ),
        (
            {"canonical_url": "https://bao.example/b-1.html"},
            {"canonical_url": [("changed", 1, 1, "[-https://bao.example/a-1.html-]{+https://bao.example/b-1.html+}")]},
        ),
    ],
)  # fmt: skip
def test_every_field_is_told_by_itself(changes, found):
    assert edited(**changes) == found


def test_the_fields_come_in_the_order_of_a_page():
    assert list(edited(section="Asie", title="x", blocks=())) == ["title", "blocks", "section"]
    assert len(set(FIELDS)) == len(FIELDS)


def test_paragraphs_are_aligned_one_by_one():
    new = (
        PARAGRAPHS[0],
        PARAGRAPHS[1].replace("lịch sử", "quan trọng"),
        PARAGRAPHS[2].replace("历史性", "重要的"),
        "Un alinéa qui n’était pas là.",
        PARAGRAPHS[4].replace("ประวัติศาสตร์", "สำคัญ"),
        PARAGRAPHS[5],
    )
    assert edited(blocks=blocks(*new)) == {
        "blocks": [
            ("changed", 2, 2, PARAGRAPHS[1].replace("lịch sử", "[-lịch sử-]{+quan trọng+}")),
            ("changed", 3, 3, PARAGRAPHS[2].replace("历史性", "[-历史性-]{+重要的+}")),
            ("removed", 4, None, f"[-{PARAGRAPHS[3]}-]"),
            ("added", None, 4, "{+Un alinéa qui n’était pas là.+}"),
            ("changed", 5, 5, PARAGRAPHS[4].replace("ประวัติศาสตร์", "[-ประวัติศาสตร์-]{+สำคัญ+}")),
        ]
    }


@pytest.mark.parametrize("at", range(len(PARAGRAPHS)))
@pytest.mark.parametrize("to", range(len(PARAGRAPHS)))
def test_a_paragraph_that_moved_is_told_as_moved(at, to):
    order = [*PARAGRAPHS[:at], *PARAGRAPHS[at + 1 :]]
    order.insert(to, PARAGRAPHS[at])
    found = edited(blocks=blocks(*order)).get("blocks", [])
    assert {it[0] for it in found} <= {"moved"}
    assert len(found) == (at != to)
    if abs(at - to) > 1:
        assert found == [("moved", at + 1, to + 1, PARAGRAPHS[at])]


def test_a_paragraph_that_moved_and_was_edited_is_one():
    order = (PARAGRAPHS[5].replace("dimanche", "lundi"), *PARAGRAPHS[:5])
    assert edited(blocks=blocks(*order)) == {
        "blocks": [("moved", 6, 1, PARAGRAPHS[5].replace("dimanche", "[-dimanche-]{+lundi+}"))]
    }


def test_a_paragraph_that_became_a_quote_is_changed():
    new = (*ARTICLE.blocks[:2], attrs.evolve(ARTICLE.blocks[2], kind="quote"), *ARTICLE.blocks[3:])
    (field,) = compare(ARTICLE, attrs.evolve(ARTICLE, blocks=new)).fields
    (change,) = field.changes
    assert (change.change, change.before.kind, change.after.kind) == ("changed", "paragraph", "quote")
    assert [run.op for run in change.words] == ["same"]


def test_where_a_paragraph_was_parted_only_its_edits_are_told():
    first, second = "Une phrase entière. ", "Une deuxième, qui suit la première."
    old = attrs.evolve(ARTICLE, blocks=blocks(first + second, "Trois mots seulement."))
    new = attrs.evolve(ARTICLE, blocks=blocks(first.strip(), second, "Quatre mots seulement."))
    (field,) = compare(old, new).fields
    assert [(it.change, it.before.position, it.after.position) for it in field.changes] == [("changed", 2, 3)]


def test_all_passages_are_there_for_context():
    (field,) = compare(ARTICLE, attrs.evolve(ARTICLE, blocks=blocks(*PARAGRAPHS[1:]))).fields
    assert [it.change for it in field.passages] == ["removed", *["same"] * 5]


def test_where_white_space_counts_it_is_told():
    (change,) = align(of_texts(["a b"]), of_texts(["a\u00a0b"]), Budget(), key=str, positional=True)
    assert [(run.op, run.text) for run in change.words] == [("removed", "a b"), ("added", "a\u00a0b")]


TEXTS = st.lists(st.text(st.sampled_from("abc 中ภา"), min_size=1, max_size=8), max_size=8)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS, st.booleans())
def test_every_passage_is_told_once(old, new, positional):
    found = align(of_texts(old), of_texts(new), Budget(), key=str, positional=positional)
    assert [it.after.position for it in found if it.after] == list(range(1, len(new) + 1))
    assert sorted(it.before.position for it in found if it.before) == list(range(1, len(old) + 1))
    in_place = [it.before.position for it in found if it.change in {"same", "changed", "removed"}]
    assert in_place == sorted(in_place)
    if old == new:
        assert {it.change for it in found} <= {"same"}


SOME = st.none() | st.text(st.sampled_from("ab 中"), min_size=1, max_size=4)
ARTICLES = st.builds(
    attrs.evolve,
    st.just(ARTICLE),
    title=SOME,
    lead=SOME,
    blocks=st.lists(
        st.builds(
            Block, kind=st.sampled_from(["paragraph", "quote"]), text=st.sampled_from(["a", "b", "ab", "b a"])
        ),
        max_size=5,
    ).map(tuple),
    photos=st.lists(st.builds(Photo, url=st.just("/1.jpg"), caption=SOME, credit=SOME), max_size=3).map(
        tuple
    ),
    published=st.none() | st.just("2026-11-20"),
    authors=st.lists(st.sampled_from(["A", "B"]), max_size=3).map(tuple),
)


@settings(max_examples=500, deadline=None)
@given(ARTICLES, ARTICLES)
def test_two_versions_always_differ(old, new):
    found = compare(old, new)
    assert found.fields or old.content_digest == new.content_digest


def words_of(chance, count, vocabulary=3000):
    return [f"w{chance.randrange(vocabulary)}" for _ in range(count)]


def paragraphs(chance, size):
    return [" ".join(words_of(chance, 40)) for _ in range(size // 40)]


HOSTILE = {
    "one paragraph": lambda chance, size: [[" ".join(words_of(chance, size))] for _ in range(2)],
    "a word a paragraph": lambda chance, size: [words_of(chance, size) for _ in range(2)],
    "one paragraph again and again": lambda _chance, size: [["a"] * size, ["a"] * (size - 7) + ["b"]],
    "all edited, in another order": lambda chance, size: [
        (texts := paragraphs(chance, size)), [text.replace("1", "2", 3) for text in texts[::-1]]
    ],
    "no space at all": lambda chance, size: [
        ["".join(chr(0x4E00 + chance.randrange(300)) for _ in range(size))] for _ in range(2)
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_work_on_hostile_texts_grows_with_their_length(kind):
    counted = []
    for size in (20_000, 60_000):
        old, new = HOSTILE[kind](random.Random(3), size)
        budget = Budget()
        compare(*(attrs.evolve(ARTICLE, blocks=blocks(*texts)) for texts in (old, new)), budget)
        counted.append(budget.counted)
        assert budget.counted < STEPS + 150 * size
