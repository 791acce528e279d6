"""Dates: which of a page's dates is the story's."""

from __future__ import annotations

import json

import pytest

from archive.extract import extract
from archive.extract.shown import part_labels
from archive.model import Page
from tests.unit.extract.test_people import H1, NOW, PARAGRAPHS, read


def ld(**fields):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "x", **fields})}</script>'


@pytest.mark.parametrize(
    ("inner", "lang", "published", "modified"),
    [
        (H1 + '<div class="date">Publié le 20/11/2026 à 08h15, mis à jour le 21/11/2026 à 10h00</div>[text]', "fr", "2026-11-20T08:15:00", "2026-11-21T10:00:00"),
        (H1 + '<p class="byline">Updated 20:49, 21 Nov 2026 Published 13:00, 20 Nov 2026</p>[text]', "en", "2026-11-20T13:00:00", "2026-11-21T20:49:00"),
        (H1 + '<p class="info">입력 2026.11.20. 오전 8:37 수정 2026.11.21. 오후 3:00</p>[text]', "ko", "2026-11-20T08:37:00", "2026-11-21T15:00:00"),
        (H1 + "<span>20.11.2026 - 15:30 | Son Güncelleme: 21.11.2026 - 09:00</span>[text]", "tr", "2026-11-20T15:30:00", "2026-11-21T09:00:00"),
        (H1 + '<div class="x">Thứ Sáu, 20/11/2026 08:37 (GMT+7)</div>[text]', "vi", "2026-11-20T08:37:00+07:00", None),
        (H1 + '<div class="time">发布时间：2026年11月20日 08:37</div>[text]', "zh", "2026-11-20T08:37:00", None),
        (H1 + '<div class="x">26 ดิถี</div><span>20 พ.ย. 2569 | 15:30 น.</span>[text]', "th", "2026-11-20T15:30:00", None),
        (H1 + '<div class="x">۲۹ آبان ۱۴۰۵ - ۱۵:۳۰</div>[text]', "fa", "2026-11-20T15:30:00", None),
        (H1 + '<div class="x">الجمعة 20 نوفمبر/تشرين الثاني 2026 - 15:30</div>[text]', "ar", "2026-11-20T15:30:00", None),
        (H1 + '<div class="x">令和8年11月20日 午後3時30分</div>[text]', "ja", "2026-11-20T15:30:00", None),
        (H1 + '<div class="x">20 नवंबर 2026, 03:30 PM IST</div>[text]', "hi", "2026-11-20T15:30:00", None),
        # only an update is shown: better than nothing
        (H1 + '<div class="date">Cập nhật: 20/11/2026 08:37</div>[text]', "vi", "2026-11-20T08:37:00", "2026-11-20T08:37:00"),
        # time elements: which is which stands in a label, a class or an itemprop
        (H1 + '<span>Published: </span><time datetime="2026-11-20T08:00:00+01:00">a</time> <span>Updated: </span><time datetime="2026-11-21T08:00:00+01:00">b</time>[text]', "en", "2026-11-20T08:00:00+01:00", "2026-11-21T08:00:00+01:00"),
        (H1 + '<time class="modified" datetime="2026-11-21T08:00:00Z">b</time><time datetime="2026-11-20T08:00:00Z">a</time>[text]', "en", "2026-11-20T08:00:00+00:00", "2026-11-21T08:00:00+00:00"),
        (H1 + '<div itemprop="datePublished" content="2026-11-20T08:00:00Z"></div>[text]', "en", "2026-11-20T08:00:00+00:00", None),
        # the date and author of a header's own footer
        (f'<header class="article-header">{H1}<footer class="article-meta"><p class="article-date">20.11.2026 | 14:10</p></footer></header>[text]', "de", "2026-11-20T14:10:00", None),
        # below the text
        (H1 + '[text]<div class="postmeta">Von Redaktion am 20/11/2026. Abgelegt unter Israel.</div>', "de", "2026-11-20", None),
        # a date that shares its line with the standfirst, an author, a source
        (H1 + '<p class="intro"><span class="date">20.11.2026, 15:30 Uhr</span>Am Freitag kamen die Minister in der Hauptstadt zusammen und berieten.</p>[text]', "de", "2026-11-20T15:30:00", None),
        (H1 + '<div class="sub"><a href="/r">Redio Nachrichten</a> - Das Gespräch mit der Ministerin - 20.11.2026 13:15 Uhr Redaktion: Anna Beispiel</div>[text]', "de", "2026-11-20T13:15:00", None),
        (H1 + '<footer class="document-byline">rédigé par Dominique — publié le 20/11/2026 à 06:00</footer>[text]', "fr", "2026-11-20T06:00:00", None),
        # small print named like a caption, a toolbar, a box of data beside the author
        (H1 + '<div class="text-caption gray"><time datetime="2026-11-20T14:24:00Z">x</time> Von Anna Beispiel</div>[text]', "de", "2026-11-20T14:24:00+00:00", None),
        (H1 + '<p class="type-caption">Published Nov 20, 2026</p>[text]', "en", "2026-11-20", None),
        (H1 + '<div class="story-toolbar"><time class="story-date" datetime="2026-11-20T14:24:00Z">x</time><a href="/s">Condividi</a></div>[text]', "it", "2026-11-20T14:24:00+00:00", None),
        (H1 + '<div class="time_area"><dl class="registration"><dt>입력 : </dt><dd>2026-11-20 02:37:08</dd></dl></div>[text]', "ko", "2026-11-20T02:37:08", None),
        # a story's day comes before that of the site's head, of a list of stories, of a quoted post
        ('<header><div class="top"><time datetime="2026-11-23 08:00">x</time></div>' + "<div class='item'><b>x</b></div>" * 30 + "</header>" + H1 + '<div class="dia">20 de novembro de 2026</div>[text]', "pt", "2026-11-20", None),
        ("<h6>Fri, Nov 20, 2026 page1</h6>" + H1 + "[text]" + "<i class='x'>.</i>" * 60 + "".join(f'<ul><li class="date_list">2026-11-{day}</li></ul>' for day in (12, 13, 14)), "en", "2026-11-20", None),
        (H1 + "[text]<blockquote><p>Something is on.</p>— Somebody (@somebody) November 20, 2026</blockquote>", "en", None, None),
        # a moment in the title of an abbreviation
        (H1 + '[text]<abbr class="published" itemprop="datePublished" title="2026-11-20T14:24:00Z">14:24</abbr>', "en", "2026-11-20T14:24:00+00:00", None),
        # how long ago
        (H1 + '<div class="article-time">vor 3 Tagen</div>[text]', "de", "2026-11-20", None),
        # neither the paper's head, nor its rights, nor when a video goes, nor another story's card
        ('<div class="masthead nav">Freitag, 20. November 2026</div>' + H1 + "[text]", "de", None, None),
        (H1 + '[text]<div class="date">© 2021 Zeitung, 12.11.2021</div>', "de", None, None),
        (H1 + '<p class="mediainfo date">Verfügbar bis 20.11.2026.</p>[text]', "de", None, None),
        (H1 + '[text]<div class="related"><a href="/x">Anderes</a> <time datetime="2026-11-20">x</time></div>', "de", None, None),
    ],
)  # fmt: skip
def test_shown_dates(inner, lang, published, modified):
    found = read(inner, lang=lang).article
    assert (found.published, found.modified) == (published, modified)


def test_meta_of_one_system_alone_tells_the_time_of_the_shown_day():
    meta = '<meta name="my:first-published-at" content="{}"><meta name="my:publisher" content="2026-11-20">'
    shown = H1 + "<dl class=metadata><dt>Published</dt><dd>20 November 2026</dd></dl>[text]"
    moment = "2026-11-20T09:30:00+00:00"
    assert read(shown, meta.format(moment), lang="en").article.published == moment
    assert read(shown, meta.format("2026-11-18T09:30:00Z"), lang="en").article.published == "2026-11-20"


def test_of_two_hours_without_a_zone_the_shown_one_is_the_papers():
    head = ld(datePublished="2026-11-20 14:00:00") + (
        '<meta property="article:published_time" content="2026-11-20 11:00:00">'
    )
    found = read(H1 + "<time>20.nov.2026 às 11h00</time>[text]", head, lang="pt").article
    assert found.published == "2026-11-20T11:00:00"


def test_a_day_that_opens_the_text():
    rest = (
        "Die Minister kamen am Freitag zusammen und berieten über die Häfen, die Fischer und die Märkte. " * 3
    )
    assert read(f"{H1}<p>20.11.26 - {rest}</p>[text]", lang="de").article.published == "2026-11-20"


def test_a_caption_s_day_is_the_picture_s():
    figure = '<div class="box"><img src="/a.jpg" width="600" height="400"><div class="caption">Am 20. November 2025</div></div>'
    assert read(H1 + figure + "[text]", lang="de").article.published is None


def test_a_day_of_meta_yields_to_the_time_that_the_page_shows():
    head = '<meta name="date" content="2026-11-21">'  # the printed paper's
    assert (
        read(H1 + "<time>20.11.2026, 12:01 Uhr</time>[text]", head, lang="de").article.published
        == "2026-11-20T12:01:00"
    )
    assert (
        read(H1 + "<time>02.11.2026, 12:01 Uhr</time>[text]", head, lang="de").article.published
        == "2026-11-21"
    )


def test_a_time_in_utc_is_given_in_the_zone_that_the_page_shows():
    head = ld(datePublished="2026-11-20T02:00:00Z")
    shown = H1 + '<div class="date">19 Nov 2026 - 9:00 p. m.</div>[text]'
    assert read(shown, head, lang="es").article.published == "2026-11-19T21:00:00-05:00"  # the same instant
    other = H1 + '<div class="date">19 Nov 2026 - 9:07 p. m.</div>[text]'
    assert read(other, head, lang="es").article.published == "2026-11-20T02:00:00+00:00"
    stated = ld(datePublished="2026-11-20T03:00:00+01:00")
    assert read(shown, stated, lang="es").article.published == "2026-11-20T03:00:00+01:00"


@pytest.mark.parametrize(
    "value", [["2026-11-20T08:00:00Z"], {"@type": "Date", "@value": "2026-11-20T08:00:00Z"}, 1795161600]
)
def test_dates_of_json_ld_in_odd_shapes(value):
    found = read(H1 + "[text]", ld(datePublished=value)).article
    assert found.published == "2026-11-20T08:00:00+00:00"


def test_the_page_s_own_article_among_several():
    nodes = [
        {"@type": "NewsArticle", "headline": "Autre", "articleBody": "x", "url": "https://www.quotidien.example/a", "datePublished": "2020-01-01"},
        {"@type": "NewsArticle", "headline": "Une réunion importante à Hanoï", "datePublished": "2026-11-20"},
    ]  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    assert read(H1 + "[text]", head).article.published == "2026-11-20"


def with_url(path, inner="", head=""):
    from datetime import UTC, datetime

    from archive.extract import extract
    from archive.model import Page
    from tests.unit.extract.test_generic_fields import PARAGRAPHS

    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS["fr"])
    html = f'<html lang="fr"><head><meta property="og:type" content="article">{head}</head><body><article>{H1}{inner}{text}</article></body></html>'
    url = f"https://www.quotidien.example{path}"
    return extract(
        Page(url=url, payload=html.encode(), content_type=None, fetched_at=datetime(2026, 11, 23, tzinfo=UTC))
    )


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2026/11/20/une-reunion-importante", "2026-11-20"),
        ("/monde/2026-11-20-une-reunion", "2026-11-20"),
        ("/monde/20261120/1234/une-reunion.html", "2026-11-20"),
        ("/news/2026/nov/20/une-reunion/", "2026-11-20"),
        ("/news/2026/11/", None),
        ("/monde/une-reunion-20269999-1.html", None),
        ("/monde/article20201212345", None),
    ],
)
def test_the_address_is_asked_where_the_page_says_nothing(path, day):
    found = with_url(path)
    assert found.article.published == day
    assert found.provenance.origins.get("published") == ("generic:url" if day else None)


def test_an_absolute_day_of_the_address_beats_what_counts_from_the_capture():
    ago = "<time>1 day ago</time>"
    assert with_url("/2026/11/12/une-reunion", ago).article.published == "2026-11-12"
    assert with_url("/monde/une-reunion", ago).article.published == "2026-11-22"


def test_the_page_s_own_data_come_last():
    one = '<script>window.state = {"publishedAt":"2026-11-20T08:00:00Z"}</script>'
    found = with_url("/monde/une-reunion", head=one)
    assert (found.article.published, found.provenance.origins["published"]) == (
        "2026-11-20T08:00:00+00:00",
        "generic:data",
    )
    assert (
        with_url("/monde/une-reunion", '<div data-pub_datum="2026-11-20"></div>').article.published
        == "2026-11-20"
    )
    two = one + '<script>x = {"publishedAt":"2026-11-02T08:00:00Z"}</script>'
    assert with_url("/monde/une-reunion", head=two).article.published is None


def test_labels_part_a_line():
    assert part_labels("20 mai 2024") == ("20 mai 2024", "")
    assert part_labels("Aktualisiert 21.05.2024") == ("", "Aktualisiert 21.05.2024")
    assert part_labels("เผยแพร่ 20/05/2567 ปรับปรุง 21/05/2567") == ("เผยแพร่ 20/05/2567", "ปรับปรุง 21/05/2567")
    assert part_labels("نشر 20/05/2024 آخر تحديث 21/05/2024") == ("نشر 20/05/2024", "آخر تحديث 21/05/2024")


@pytest.mark.parametrize(
    ("shown", "lang", "published"),
    [
        ("Erstellt am: 01.11.2026", "de", "2026-11-01T12:43:42"),
        ("Publié le 1er novembre 2026", "fr", "2026-11-01T12:43:42"),
        ("Ngày 11/01/2026", "vi", "2026-01-11T12:43:42"),
        ("", "de", "2026-01-11T12:43:42"),
    ],
)
def test_day_and_month_in_the_order_that_the_page_shows(shown, lang, published):
    head = '<meta name="date" content="11/01/2026 12:43:42">'
    found = read(f'{H1}<p class="date">{shown}</p>[text]', head, lang=lang).article
    assert found.published == published


@pytest.mark.parametrize(
    ("shown", "lang", "published"),
    [
        ("[06月24日 11時30分]", "ja", "2019-06-24T11:30:00"),
        ("6月24日 11:30", "zh", "2019-06-24T11:30:00"),
        ("[06月24日 午前11時30分]", "ja", "2019-06-24T11:30:00"),
    ],
)
def test_a_shown_date_without_a_year_takes_it_from_the_markup(shown, lang, published):
    line = f'{H1}<p class="date">{shown}</p>[text]'
    assert read(f'<div id="news20190624_7">{line}</div>', lang=lang).article.published == published
    both = f'<div id="news20190624_7" data-old="2018-06-24">{line}</div>'  # two years: neither is believed
    assert read(both, lang=lang).article.published[:4] not in {"2018", "2019"}


def test_a_time_of_a_line_betrays_the_zone_unless_it_is_a_full_hour():
    inner = H1 + "<span>Ariel Mamani 3/5/2022 22:41</span>[text]"
    found = read(inner, ld(datePublished="2022-05-04T02:41:00Z"), lang="es").article
    assert found.published == "2022-05-03T22:41:00-04:00"
    inner = H1 + "<span>Concierto: 3/5/2022 22:00</span>[text]"
    found = read(inner, ld(datePublished="2022-05-04T02:00:00Z"), lang="es").article
    assert found.published == "2022-05-04T02:00:00+00:00"


@pytest.mark.parametrize(
    ("shown", "lang", "published"),
    [
        ("04.02.2026 | 15:33 Uhr | Dana Muster", "de", "2026-02-04T15:33:00+01:00"),
        ("4 tháng 2, 2026 15:33", "vi", "2026-02-04T15:33:00+01:00"),
        ("2026年2月4日 15:33", "zh", "2026-02-04T15:33:00+01:00"),
        ("04.02.2026 | Dana Muster", "de", "2025-12-14T15:41:07+01:00"),  # a day of updates, as likely
        ("Mis à jour le 4 février 2026 à 15h33", "fr", "2025-12-14T15:41:07+01:00"),
        ("14/12/2025 15:41", "fr", "2025-12-14T15:41:07+01:00"),
    ],
)
def test_of_several_stated_days_the_one_that_the_page_shows_to_the_minute(shown, lang, published):
    head = (
        '<meta property="article:published_time" content="2025-12-14T15:41:07+01:00">'
        '<meta name="dc.date.issued" content="2026-02-04T15:33:00+01:00">'
    )
    assert read(f"{H1}<p>{shown}</p>[text]", head, lang=lang).article.published == published


def test_the_day_that_is_shown_in_utc_beside_a_statement_in_the_zone_of_the_paper():
    head = ld(datePublished="2026-05-05T21:00:00-05:00")
    head += '<meta property="article:published_time" content="2026-05-06T02:00:00.824Z">'
    inner = f'{H1}<div class="date">6 de mayo de 2026 - 2:00 a. m.</div>[text]'
    assert read(inner, head, lang="es").article.published == "2026-05-06T02:00:00+00:00"


@pytest.mark.parametrize(
    ("host", "lang", "published"),
    [
        ("news.example", "en", "2026-01-05"),
        ("news.example", "en-US", "2026-01-05"),
        ("news.example", "en-GB", "2026-05-01"),
        ("thenews.example.my", "en-US", "2026-05-01"),
        ("thenews.example.co.za", "en", "2026-05-01"),
        ("thenews.example.ph", "en", "2026-01-05"),
    ],
)
def test_english_has_the_day_first_where_its_country_has(host, lang, published):
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS["fr"])
    html = f"<html lang={lang}><body><article>{H1}<span class=date>01-05-2026</span>{text}</article></body></html>"
    page = Page(url=f"https://{host}/2/a.html", payload=html.encode(), content_type=None, fetched_at=NOW)
    assert extract(page).article.published == published
