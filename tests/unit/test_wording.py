"""What makes a version of an article, and what does not."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from archive.index.keys import content_digest
from archive.model import Article, Block, Photo, RelatedLink
from archive.wording import is_furniture, is_relative, wording

ARTICLE = Article(
    url="https://bao.example/a-1.html",
    canonical_url="https://bao.example/a-1.html",
    site="bao.example",
    key="1",
    title="Đường sắt tốc độ cao : « une première »",
    lead="高速铁路今日正式开工，总长约三百公里。",
    blocks=(
        Block(kind="paragraph", text="La ligne sera longue de 300 km, a déclaré le ministre."),
        Block(kind="paragraph", text="قال الوزير إن الخط سيكتمل خلال خمس سنوات."),
        Block(kind="quote", text="โครงการนี้จะแล้วเสร็จภายในห้าปี"),
    ),
    photos=(Photo(url="/1.jpg", caption="Ga Hà Nội, sáng 20/11.", credit="TTXVN"),),
    published="2026-11-20T08:00:00+07:00",
    published_raw="20/11/2026 08:00",
    modified="2026-11-20T09:30:00+07:00",
    authors=("Trần Văn Ngộ",),
)
AT = datetime(2026, 11, 20, 6, tzinfo=UTC)


def changed(**changes):
    return content_digest(attrs.evolve(ARTICLE, **changes), AT) != content_digest(ARTICLE, AT)


def blocks(*texts, kind="paragraph"):
    return tuple(Block(kind=kind, text=text) for text in texts)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Đường sắt tốc độ cao : « une seconde »"},
        {"title": None},
        {"lead": "高速铁路今日正式开工，总长约三百一十公里。"},
        {"blocks": ARTICLE.blocks[:2]},
        {"blocks": (*ARTICLE.blocks, Block(kind="paragraph", text="12 morts"))},
        {"blocks": (*ARTICLE.blocks[:2], attrs.evolve(ARTICLE.blocks[2], kind="paragraph"))},
        {"blocks": blocks("La ligne sera longue de 310 km, a déclaré le ministre.")},
        {"photos": (attrs.evolve(ARTICLE.photos[0], caption="Ga Huế, sáng 20/11."),)},
        {"photos": (attrs.evolve(ARTICLE.photos[0], credit="AFP"),)},
        {"authors": ("Trần Văn Ngộ", "Lê Thị Hoa")},
        {"authors": ()},
        {"published": "2026-11-20T08:05:00+07:00"},
        {"modified": "2026-11-20T11:00:00+07:00"},
    ],
)
def test_an_edit_is_a_version(changes):
    assert changed(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Đường sắt  tốc độ cao\u00a0: «\u202fune première\u00a0»"},
        {"title": "Đường sắt tốc độ cao : « une première »"},  # decomposed letters
        {"lead": "高速铁路今日正式开工， 总长约三百公里。"},
        {"blocks": (*ARTICLE.blocks, Block(kind="paragraph", text="1.234 lượt xem"))},
        {"blocks": (Block(kind="paragraph", text="12 Comments"), *ARTICLE.blocks)},
        {"blocks": (*ARTICLE.blocks[:1], Block(kind="paragraph", text="Publicité"), *ARTICLE.blocks[1:])},
        {
            "blocks": (
                *blocks("La ligne sera longue", "de 300 km, a déclaré le ministre."),
                *ARTICLE.blocks[1:],
            )
        },
        {"photos": (*ARTICLE.photos, Photo(url="/2.jpg"))},
        {"photos": (attrs.evolve(ARTICLE.photos[0], url="/resized/1.jpg?w=800", alt="Gare"),)},
        {"related": (RelatedLink(url="https://bao.example/a-2.html", title="Autre chose"),)},
        {"tags": ("đường sắt",)},
        {"section": "Kinh tế"},
        {"url": "https://bao.example/a-1.amp"},
    ],
)
def test_what_nobody_edited_is_none(changes):
    import unicodedata

    if changes.get("title", "").startswith("Đường sắt tốc độ cao : «"):
        changes = {"title": unicodedata.normalize("NFD", changes["title"])}
    assert not changed(**changes)


def test_a_time_counted_back_from_the_visit_is_none():
    first = attrs.evolve(ARTICLE, published="2026-11-20T10:00:00+07:00", published_raw="3 giờ trước")
    later = attrs.evolve(ARTICLE, published="2026-11-20T10:40:00+07:00", published_raw="il y a 4 heures")
    assert content_digest(first, AT) == content_digest(later, AT)


def test_a_server_that_states_its_clock_as_the_time_of_change():
    def page(at, modified):
        return content_digest(attrs.evolve(ARTICLE, modified=modified.isoformat()), at)

    later = AT + timedelta(hours=3)
    assert page(AT, AT - timedelta(seconds=1)) == page(later, later + timedelta(seconds=2))
    assert page(AT, AT - timedelta(minutes=1)) != page(later, later - timedelta(minutes=1))
    for odd in ("2026-11-20", "2026-11-20T09:30:00", "hier", "9999-12-31T23:59:59+00:00"):
        content_digest(attrs.evolve(ARTICLE, modified=odd), AT)


@pytest.mark.parametrize(
    "text",
    [
        "1.234 lượt xem", "12 bình luận", "Comments (12)", "3 min read", "1,2k vues", "2 minutes de lecture",
        "阅读 1234", "1234次阅读", "浏览量：5,678", "عدد المشاهدات: 55", "เข้าชม 1,234 ครั้ง", "조회수 1,234",
        "5 комментариев", "QUẢNG CÁO", "广告", "إعلان", "โฆษณา", "[Advertisement]",
    ],
)  # fmt: skip
def test_counters_and_labels_of_ads(text):
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "France 3 – 2 Brésil", "12 morts", "Le 12 mai", "10 người", "15 phút", "俄军称击落12架", "Nhiệt độ 39",
        "ผู้เสียชีวิต 12 คน", "12 blessés, 3 morts", "Comments", "", "12 Comments were deleted by the editor", "x" * 100,
    ],
)  # fmt: skip
def test_short_texts_that_are_news(text):
    assert not is_furniture(text)


@pytest.mark.parametrize(
    "raw",
    [
        "il y a 2 heures",
        "3 giờ trước",
        "5分钟前",
        "2 hours ago",
        "منذ 3 ساعات",
        "3 ชั่วโมงที่แล้ว",
        "Hier à 15:30",
    ],
)
def test_times_counted_back(raw):
    assert is_relative(raw)


@pytest.mark.parametrize(
    "raw",
    [None, "", "2026-11-20T08:37:00+07:00", "Hier, 26/12/2024", "12月26日", "Thứ Năm, 26/12/2024 08:37"],
)
def test_times_of_the_calendar(raw):
    assert not is_relative(raw)


def test_wording():
    assert wording(None) == wording(" \u200b\n") == ""
    assert wording("a\u00adb c") == "abc"
