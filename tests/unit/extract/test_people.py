"""Authors and agencies: names out of strings, bylines by where they stand."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archive.extract import extract
from archive.extract.agencies import agency_of
from archive.extract.names import clean_names
from archive.model import Page
from tests.unit.extract.test_generic_fields import PARAGRAPHS, URL

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SITES = frozenset({"lequotidien", "tageszeitung"})


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Von Anna Müller (dpa), Berlin", ["Anna Müller"]),
        ("Von unserem Korrespondenten Max Muster", ["Max Muster"]),
        ("Lars Fischer ist Chemiker und Redakteur.", ["Lars Fischer"]),
        ("Richard Precht im Gespräch mit Karin Fischer", ["Richard Precht", "Karin Fischer"]),
        ("von Dr. Max Kolter", ["Dr. Max Kolter"]),
        ("Kolumne von Emma von Bergen", ["Emma von Bergen"]),
        ("Text: Peter Müller, Fotos: Hans Huber", ["Peter Müller"]),
        ("By JANE DOE and JOHN O'NEIL", ["JANE DOE", "JOHN O'NEIL"]),
        ("By Ann Lee, Senior Reporter, and Bo Chan", ["Ann Lee", "Bo Chan"]),
        ("By April Glover, Sports Editor", ["April Glover"]),
        ("Steffan Rhys Deputy Content Director", ["Steffan Rhys"]),
        ("Gaston Newson", ["Gaston Newson"]),
        ("By Nur Aisyah", ["Nur Aisyah"]),
        ("Par Marie d'Ormesson et Jean-Paul L. avec AFP", ["Marie d'Ormesson", "Jean-Paul L."]),
        ("Chus del Pino, Martí Abad (Enviado especial)", ["Chus del Pino", "Martí Abad"]),
        ("Por Ana de Souza e João da Silva", ["Ana de Souza", "João da Silva"]),
        ("di Mario Rossi", ["Mario Rossi"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("聯合日報／ 記者林文祥／澎湖報導", ["林文祥"]),
        ("記者林文祥、陳美玲／台北報導", ["林文祥", "陳美玲"]),
        ("記者林文祥台北報導", ["林文祥"]),
        ("南方日报记者 张三 李红", ["张三", "李红"]),
        ("文／林文祥 圖／王大同", ["林文祥"]),
        ("南海新闻记者 陈锐海", ["陈锐海"]),
        ("磯谷 智仁", ["磯谷 智仁"]),
        ("מערכת האתר", []),
        ("Piotr Wilk Dziennikarz Kuriera", ["Piotr Wilk"]),
        ("Tác giả: Nguyễn Văn Anh", ["Nguyễn Văn Anh"]),
        ("Phóng viên Trần Thị Bình", ["Trần Thị Bình"]),
        ("本报记者李四 王五", ["李四", "王五"]),
        ("作者：张三", ["张三"]),
        ("山田太郎", ["山田太郎"]),
        ("홍길동 기자", ["홍길동"]),
        ("بقلم: محمد حسن", ["محمد حسن"]),
        ("โดย สมชาย ใจดี", ["สมชาย ใจดี"]),
        ("नेहा शर्मा", ["नेहा शर्मा"]),
        ("Oleh Budi Santoso", ["Budi Santoso"]),
        ("Theo Müller", ["Theo Müller"]),
        ("Martin Gram Martin Gram", ["Martin Gram"]),
        ("Ursula von der Leyen", ["Ursula von der Leyen"]),
        ("JUAN DE LA CRUZ", ["JUAN DE LA CRUZ"]),
        ("Anna Müller (Text), Max Huber (Bild), beide Quotidien", ["Anna Müller"]),
        ("Par Jeanne Roux (photos) et Luc Petit", ["Luc Petit"]),
        ("Иван Петров, Пётр Сидоров (фото)", ["Иван Петров"]),
        ("Anna Müller (Text und Fotos)", ["Anna Müller"]),
        ("Anna Müller, Druck- und Verlagshaus Müller GmbH", ["Anna Müller"]),
        ("Marie S. A. Dupont", ["Marie S. A. Dupont"]),
        ("Jean Le Pen", ["Jean Le Pen"]),
    ],
)
def test_names_in_strings(raw, names):
    assert clean_names(raw, SITES) == names


@pytest.mark.parametrize(
    "raw",
    ["Redaktion Tageszeitung", "Le Quotidien", "AFP", "Leitender Redakteur", "New York", "Alle Artikel", "WATCH LIVE",
     "Theo TTXVN", "新华社", "编辑部", "연합뉴스", "กองบรรณาธิการ ข่าว", "12.05.2024", "https://x.example/a", "@handle", "",
     "Stadt der Superlative", "ESCUCHA LA NOTICIA", "Updated 9:22 PM EST, Mon November 6", "LEQUOTIDIEN Provence",
     "Port-Neuf Verlag und Druck GmbH & Co. KG"],
)  # fmt: skip
def test_no_names(raw):
    assert clean_names(raw, SITES) == []


def test_one_word_is_a_name_only_where_a_person_is_stated():
    assert clean_names("Dominique", SITES) == []
    assert clean_names("Dominique", SITES, single=True) == ["Dominique"]
    assert clean_names("Redaktion", SITES, single=True) == []
    assert clean_names("lno", SITES, single=True) == []


def read(inner, head="", lang="fr", text="fr"):
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[text])
    html = (
        f'<html lang="{lang}"><head><title>Une réunion importante à Hanoï</title><meta property="og:site_name"'
        f' content="Le Quotidien"><meta property="og:type" content="article">{head}</head><body><main><article>'
        f"{inner.replace('[text]', paragraphs)}</article></main></body></html>"
    )
    return extract(Page(url=URL, payload=html.encode(), content_type=None, fetched_at=NOW))


H1 = "<h1>Une réunion importante à Hanoï</h1>"


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        # a class word, with the role beside the name
        (H1 + '<div class="byline"><a href="/x">Léa Martin</a> <span>Grand reporter</span></div>[text]', ("Léa Martin",)),
        # a label alone, generated class words
        (H1 + '<p class="css-1nw5r4g">Kolumne von Lars Brunckhorst</p>[text]', ("Lars Brunckhorst",)),
        # a class word run together by a capital, a role before the name
        (H1 + '<div class="authorLine"><div><span>Quotidien-Redakteur <a href="/x">Lars Brunckhorst</a></span></div></div>[text]',
         ("Lars Brunckhorst",)),
        # a link to an author's page
        (H1 + '<p class="x7"><a href="/auteurs/lea-martin">Léa Martin</a></p>[text]', ("Léa Martin",)),
        # place and shape: beside the date
        (H1 + '<div class="x1">Léa Martin | 20.11.2026</div>[text]', ("Léa Martin",)),
        (H1 + '<div class="x1">Léa Martin</div><div class="x2">20 novembre 2026</div>[text]', ("Léa Martin",)),
        # HTML's own element for it, even where a figure wraps the head
        (H1 + "<figure><figcaption>Chapô.<address>Von Hannah Ritz, Redakteurin</address></figcaption></figure>[text]", ("Hannah Ritz",)),
        # name and role run together
        (H1 + '<div class="author"><span class="name">Léa Martin</span><span class="role">Grand reporter</span></div>[text]', ("Léa Martin",)),
        # whom to ask, and how often it was read
        (H1 + "[text]<p>Contact :</p><p>Paul Dupont</p>", ()),
        (H1 + "[text]<p>Léa Martin</p><p>Nombre de lectures : 312</p>", ("Léa Martin",)),
        # above the headline
        ('<p class="author">Par Léa Martin</p>' + H1 + "[text]", ("Léa Martin",)),
        # after the text, and as its last line
        (H1 + '[text]<div class="author-box"><h3 class="author-box__name">Léa Martin</h3></div>', ("Léa Martin",)),
        (H1 + "[text]<p>Léa MARTIN</p>", ("Léa MARTIN",)),
        # the story's author, not those whom the text quotes or other stories' authors
        (H1 + '<p class="author">Léa Martin</p>[text]<p class="quote-author">Paul Dupont</p>', ("Léa Martin",)),
        (H1 + '<p class="author">Von: Léa Martin</p><p class="author">Übersetzt von: Paul Dupont</p>[text]', ("Léa Martin",)),
        # the photographer is none, nor are a caption's people
        (H1 + '<figure><img src="a.jpg"><figcaption class="author">Foto: Paul Dupont</figcaption></figure>[text]', ()),
        # a section beside the date is none
        (H1 + '<div class="kicker">Real Madrid</div><time datetime="2026-11-20">20.11.2026</time>[text]', ()),
        (H1 + "[text]", ()),
    ],
)  # fmt: skip
def test_bylines_by_where_they_stand(inner, names):
    assert read(inner).article.authors == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("〔記者林文祥／澎湖報導〕[]", ("林文祥",)),
        ("南方网广州11月20日电 (记者 张三 李红)[]", ("张三", "李红")),
        ("[](本报记者 张三)", ("张三",)),
        ("[남도신문=최은영 기자] []", ("최은영",)),
        ("(부산=남도통신) 최은영 기자 = []", ("최은영",)),
        ("[]（山本花）", ("山本花",)),
        ("[]（敬称略）", ()),
        ("[]（資料写真）", ()),
    ],
)
def test_east_asian_papers_sign_in_the_text(text, names):
    sentence = "市政府周四提交了一项期待已久的法律草案，预计将在年底前审议，部长对媒体表示希望加快进程，反对派则批评该文本草率。"
    assert read(f"{H1}<div><p>{text.replace('[]', sentence)}</p></div>").article.authors == names


def ld(**fields):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "x", **fields})}</script>'


def test_authors_of_json_ld_by_reference():
    graph = {
        "@graph": [
            {"@type": "NewsArticle", "headline": "x", "author": {"@id": "#p1"}},
            {"@type": "Person", "@id": "#p1", "name": "Léa Martin"},
        ]
    }
    found = read(H1 + "[text]", f'<script type="application/ld+json">{json.dumps(graph)}</script>')
    assert found.article.authors == ("Léa Martin",)
    assert found.provenance.origins["authors"] == "generic:ld:author"
    loop = {
        "@graph": [
            {"@type": "NewsArticle", "author": {"@id": "#p"}},
            {"@type": "Person", "@id": "#p", "name": {"@id": "#p"}},
        ]
    }
    assert (
        read(H1 + "[text]", f'<script type="application/ld+json">{json.dumps(loop)}</script>').article.authors
        == ()
    )


def test_a_byline_that_names_more_than_json_ld_wins():
    head = ld(author={"@type": "Person", "name": "Léa Martin"})
    assert read(H1 + '<p class="byline">Par Léa Martin et Paul Dupont</p>[text]', head).article.authors == (
        "Léa Martin",
        "Paul Dupont",
    )
    other_line = '<p class="byline">Léa Martin</p><p class="byline">Los Gallardos</p>'
    assert read(H1 + other_line + "[text]", head).article.authors == ("Léa Martin",)


def test_updates_of_a_live_blog_do_not_speak_for_the_page():
    update = {
        "@type": "BlogPosting",
        "headline": "Bang",
        "articleBody": "x",
        "datePublished": "2026-11-21T20:00:00Z",
        "author": {"@type": "Person", "name": "Paul Dupont"},
    }
    head = f'<script type="application/ld+json">{json.dumps({"@type": "LiveBlogPosting", "headline": "Live", "datePublished": "2026-11-20T08:00:00+01:00", "author": {"@type": "Person", "name": "Léa Martin"}, "liveBlogUpdate": [update] * 3})}</script>'
    found = read(H1 + "[text]", head).article
    assert (found.published, found.authors) == ("2026-11-20T08:00:00+01:00", ("Léa Martin",))


@pytest.mark.parametrize(
    ("inner", "agency"),
    [
        (H1 + '<p class="byline">Par AFP</p>[text]', "AFP"),
        (H1 + '<p class="meta">Quelle: dpa Sport</p>[text]', None),
        (H1 + '<p class="meta">Quelle: dpa</p>[text]', "dpa"),
        (H1 + "<p>来源：新华社</p>[text]", "Xinhua"),
        (H1 + "<p>Nguồn: TTXVN</p>[text]", "VNA"),
        (H1 + "[text]<p>Un dernier paragraphe assez long pour compter, dit le ministre au soir de la réunion. (AFP)</p>", "AFP"),
        (H1 + "[text]", None),
    ],
)  # fmt: skip
def test_the_agency_by_where_it_stands(inner, agency):
    found = read(inner).article
    assert found.agency == agency
    assert found.authors == ()


def test_agencies_by_their_names():
    assert agency_of("Agence vietnamienne d'Information") == "VNA"
    assert agency_of("Deutsche Presse-Agentur") == "dpa"
    assert [agency_of(name) for name in ("ロイター", "로이터", "رويترز", "Рейтер", "路透社")] == [
        "Reuters"
    ] * 5
    assert agency_of("Petra") is None  # a first name, unless in capitals
    assert agency_of("PETRA") == "Petra"
    assert agency_of("x" * 500) is None


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        # named a teaser, but it holds the byline and nothing else
        (H1 + '<div class="teaser-small__metadata"><p class="byline__author">VON <a href="/autoren/m">MAX GATTER</a> am 21. April 2026</p></div>[text]', ("MAX GATTER",)),
        (H1 + '[text]<div class="teaser"><h4><a href="/a">Andere Geschichte</a></h4><p class="author">Von Max Gatter</p></div>', ()),
        # another story's card: one link around its headline and its author
        (H1 + '[text]<div><a href="/otra"><p>Otra historia del mismo día</p><h6>Por Ana Robles</h6></a></div>', ()),
        # where a text came from is no author
        (H1 + '<p class="byline">1.12.2026 | Quelle: Shanghai Electric | Von Max Gatter</p>[text]', ("Max Gatter",)),
        (H1 + '<p class="byline">Nguồn: Trần Văn Minh</p>[text]', ()),
        (H1 + '<p class="byline">Источник: Новая Заря</p>[text]', ()),
        # one word: behind a label, and a link to an author's page
        (H1 + '<p>Par <a href="/auteur/dominique">Dominique</a></p>[text]', ("Dominique",)),
        (H1 + '<p>Par <a href="/auteur/redaction">Rédaction</a></p>[text]', ()),
        (H1 + '<p>By <a href="/author/example">Example.com</a></p>[text]', ()),
        (H1 + '<p class="author"><a href="/monde">Monde</a></p>[text]', ()),
    ],
)  # fmt: skip
def test_bylines_of_the_page_and_of_others(inner, names):
    assert read(inner).article.authors == names


def test_a_stated_account_yields_to_the_byline():
    byline = H1 + '<div class="author">Naufal Zuhdi</div>[text]'
    assert read(byline, ld(author={"@type": "Person", "name": "Heryadi"})).article.authors == (
        "Naufal Zuhdi",
    )
    alone = read(H1 + "[text]", ld(author={"@type": "Person", "name": "Heryadi"}))
    assert alone.article.authors == ("Heryadi",)
    in_han = read(byline, ld(author={"@type": "Person", "name": "王小明"}))  # one word by its script
    assert in_han.article.authors == ("王小明",)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('By <span class="author">Mary Celik</span> [time]', ("Mary Celik",)),
        ('<span class="author-name">Mireille Çelik</span> [time]', ("Mireille Çelik",)),
        ("Par <span class=auteur>Mireille Çelik</span> et <span class=auteur>Ngô Bảo</span> [time]",
         ("Mireille Çelik", "Ngô Bảo")),
        ('Von Jörg Öztürk <span class="date">10. November 2026</span>', ("Jörg Öztürk",)),
        ("Publié le [time] par Mireille Çelik", ("Mireille Çelik",)),
        ("[time] Przez Łucja Żak", ("Łucja Żak",)),
        ('<span class="tac-gia">Nguyễn Thị Hạnh</span> [time] <span>5 phút đọc</span>', ("Nguyễn Thị Hạnh",)),
        ('<span class="autor">María Núñez</span> <span>4 min de lectura</span>', ("María Núñez",)),
        ('作者：<span class="author">李四</span> [time]', ("李四",)),
        ('<span class="author">山田太郎</span> [time]', ("山田太郎",)),
        ('<span class="author">محمد حسن</span> [time]', ("محمد حسن",)),
        ('Автор: <span class="author">Иван Петров</span> [time]', ("Иван Петров",)),
        ("Zeynep Çağlar [time]", ("Zeynep Çağlar",)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("box", ["sig", "meta", "date", "post-meta"])
def test_an_author_who_shares_the_line_with_a_date(line, names, box):
    time = '<time datetime="2026-11-10T08:10:00+01:00">10/11/2026 08:10</time>'
    article = read(f'{H1}<div class="{box}">{line.replace("[time]", time)}</div>[text]').article
    assert article.authors == names


@pytest.mark.parametrize(
    "line", ["Par <span class=auteur>AFP</span> [time]", "AFP, [time]", "Par l’AFP – [time]"]
)
def test_an_agency_that_shares_the_line_with_a_date_is_no_author(line):
    time = '<time datetime="2026-11-10">10 novembre 2026</time>'
    article = read(f'{H1}<div class="meta">{line.replace("[time]", time)}</div>[text]').article
    assert article.authors == ()
