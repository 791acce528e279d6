"""Related links of pages without a profile: boxes by heading, class words and place, in many languages."""

from __future__ import annotations

import time

import pytest

from archive.extract import extract
from archive.extract.article_links import ArticleLinks
from archive.extract.box_headings import announces, kind_of
from archive.extract.page import parse
from archive.model import Page
from tests.unit.extract.test_generic_fields import NOW, PARAGRAPHS, URL, article, page, paragraphs

RELATED = [
    ("fr", "Voir plus"), ("fr", "Sur le même sujet"), ("de", "Mehr zum Thema:"), ("de", "Lesen Sie auch"),
    ("en", "Related articles"), ("en", "Our readers read next"), ("es", "Te puede interesar"), ("pt", "Leia também"),
    ("it", "Leggi anche"), ("nl", "Lees ook"), ("pl", "Czytaj także"), ("cs", "Související články"), ("sv", "Läs också"),
    ("fi", "Lue myös"), ("tr", "İlgili Haberler"), ("ru", "Читайте также"), ("uk", "Читайте також"), ("el", "Διαβάστε επίσης"),
    ("el", "ΣΧΕΤΙΚΑ ΑΡΘΡΑ"), ("el", "Διαβάστε ακόμη"),
    ("vi", "Tin liên quan"), ("id", "Baca juga"), ("th", "ข่าวที่เกี่ยวข้อง"), ("zh", "相关新闻"), ("zh", "延伸閱讀"), ("ja", "関連記事"),
    ("ko", "관련기사"), ("ar", "مواضيع ذات صلة"), ("fa", "مطالب مرتبط"), ("hi", "यह भी पढ़ें"), ("bn", "আরও পড়ুন"), ("he", "קראו גם"),
]  # fmt: skip
OTHER = [
    ("fr", "Les plus lus"), ("fr", "À la une"), ("de", "Meistgelesen"), ("de", "Neueste Artikel"), ("en", "Most read"),
    ("en", "Editor’s picks"), ("en", "Latest news"), ("es", "Lo más leído"), ("pt", "Mais lidas"), ("it", "I più letti"),
    ("nl", "Meest gelezen"), ("tr", "Çok Okunanlar"), ("ru", "Популярное"), ("vi", "Đọc nhiều"), ("id", "Terpopuler"),
    ("th", "ข่าวยอดนิยม"), ("zh", "热门新闻"), ("ja", "アクセスランキング"), ("ko", "많이 본 뉴스"), ("ar", "الأكثر قراءة"),
]  # fmt: skip


def link(n, title=None, href=None):
    return f'<a href="{href or f"/monde/un-autre-article-du-jour-{n}0001.html"}">{title or f"Un autre article du jour, numéro {n}"}</a>'


def story(inner="", after="", lang="fr"):
    """A page whose article has `inner` between its first and second paragraph, `after` below it."""
    first, *rest = PARAGRAPHS[lang]
    body = f"<p>{first}</p>{inner}" + "".join(f"<p>{text}</p>" for text in rest)
    return page(
        f"<main><article><h1>Une réunion importante à Hanoï</h1>{body}</article>{after}</main>", lang=lang
    )


def titles(found):
    return [(one.title, one.box) for one in found.related]


def body(found):
    return [block.text for block in found.blocks]


@pytest.mark.parametrize(("lang", "heading"), RELATED)
def test_a_box_under_a_heading(lang, heading):
    box = f'<div class="b1"><h2>{heading}</h2><ul><li>{link(1)}</li><li>{link(2)}</li></ul></div>'
    found = article(story(after=box))
    assert titles(found) == [(f"Un autre article du jour, numéro {n}", heading) for n in (1, 2)]
    assert [one.position for one in found.related] == [1, 2]
    assert body(found) == PARAGRAPHS["fr"]


@pytest.mark.parametrize(("lang", "heading"), OTHER)
def test_lists_that_stand_on_every_page_are_left_alone(lang, heading):
    box = f'<div class="b1"><h2>{heading}</h2><ul><li>{link(1)}</li><li>{link(2)}</li></ul></div>'
    wanted = f'<div class="b2"><h2>Voir plus</h2><ul><li>{link(3)}</li><li>{link(4)}</li></ul></div>'
    for after in (box + wanted, wanted + box):
        found = article(story(after=f"<section>{after}</section>"))
        assert titles(found) == [(f"Un autre article du jour, numéro {n}", "Voir plus") for n in (3, 4)]


def test_a_box_without_a_heading_has_class_words():
    box = f'<div class="article-related"><div>{link(1)}</div><div>{link(2)}</div></div>'
    found = article(story(after=box + f'<div class="stream"><div>{link(3)}</div><div>{link(4)}</div></div>'))
    assert titles(found) == [(f"Un autre article du jour, numéro {n}", None) for n in (1, 2)]


def test_class_words_of_a_posts_terms_say_nothing():
    box = f'<div class="post tag-related category-similar">{link(1)}</div><div class="post tag-related">{link(2)}</div>'
    assert article(story(after=f'<div class="stream">{box}</div>')).related == ()


@pytest.mark.parametrize(
    ("lang", "words"),
    [("fr", "Lire aussi : "), ("de", "Lesen Sie auch: "), ("vi", "Xem thêm: "), ("zh", "延伸阅读："), ("ar", "اقرأ أيضا: "),
     ("th", "อ่านเพิ่มเติม: "), ("en", "READ MORE | "), ("es", "» Lea también: "), ("nl", "Lees ook ")],
)  # fmt: skip
def test_a_line_between_paragraphs(lang, words):
    lang = lang if lang in PARAGRAPHS else "fr"
    for line in (f"<p>{words}{link(1)}</p>", f"<p><strong>{words}</strong>{link(1)}</p>"):
        found = article(story(inner=line, lang=lang))
        assert [one.title for one in found.related] == ["Un autre article du jour, numéro 1"]
        assert found.related[0].box == words.strip(" :：|»")
        assert body(found) == PARAGRAPHS[lang]
    if ":" in words or "：" in words:
        found = article(
            story(inner="<p>" + link(1, title=f"{words}Un autre article du jour") + "</p>", lang=lang)
        )
        assert [one.title for one in found.related] == ["Un autre article du jour"]


def test_a_paragraph_that_is_nothing_but_a_link():
    found = article(story(inner=f"<p>{link(1)}</p>"))
    assert titles(found) == [("Un autre article du jour, numéro 1", None)]
    assert (
        article(story(inner=f"<p>La ministre avait promis {link(1)} avant la fin du mois.</p>")).related == ()
    )
    assert article(story(inner=f"<p>{link(1, title='Voir la galerie')}</p>")).related == ()
    elsewhere = link(1, href="https://boutique.quotidien.example/un-article-en-vente-10001.html")
    assert article(story(inner=f"<p>{elsewhere}</p>")).related == ()


def test_cards_between_paragraphs_and_one_of_the_kind_after_them():
    card = '<div class="frett"><h5>Frétt af blaðinu</h5><h4>{}</h4></div>'
    inner = card.format(link(1))
    last = "<p>" + PARAGRAPHS["fr"][-1] + "</p>"
    html = story(inner=inner)
    found = article(html.replace(last, last + card.format(link(2))))
    assert [one.title for one in found.related] == [f"Un autre article du jour, numéro {n}" for n in (1, 2)]
    assert article(story().replace(last, last + card.format(link(2)))).related == ()


@pytest.mark.parametrize("label", ["Annonsørinnhold", "Anzeige", "Publicité", "广告"])
def test_a_card_that_is_paid_for_is_no_teaser(label):
    card = f'<div class="c"><span class="l">{label}</span><h4>{link(1)}</h4></div>'
    assert article(story(inner=card)).related == ()
    assert len(article(story(inner=card.replace(label, "Dossier"))).related) == 1


def test_a_list_of_links_in_the_text_needs_no_heading():
    items = "".join(f"<li>{link(n)}</li>" for n in (1, 2, 3))
    assert len(article(story(inner=f"<ul>{items}</ul>")).related) == 3
    found = article(story(inner=f"<p>Plus sur ce thème dans notre revue de la semaine :</p><ul>{items}</ul>"))
    assert len(found.related) == 3


@pytest.mark.parametrize(
    "card",
    [
        "<h2>Manifestation</h2><h1>{t}</h1>",
        "<h2>Manifestation à Hanoï, la suite :</h2><h3>{t}</h3>",
        '<span class="kicker">Monde</span><h3>{t}</h3><p>Un chapeau assez long pour être le résumé de l’article.</p>',
        '<h3><span class="card__kicker">Monde</span> {t}</h3>',
        '<div class="card__title">{t}</div><div class="card__time">12 h 30, mis à jour à 14 h</div>',
        "{t}",
    ],
)
def test_the_title_of_a_card(card):
    title = "Les syndicats appellent à manifester mardi"
    cards = "".join(
        f'<article class="c"><a href="/monde/un-autre-article-{n}0001.html">{card.format(t=title + f" ({n})")}</a></article>'
        for n in (1, 2)
    )
    found = article(story(after=f'<div class="b"><h2>Voir aussi</h2>{cards}</div>'))
    assert [one.title for one in found.related] == [f"{title} (1)", f"{title} (2)"]


def test_a_short_headline_in_a_heading_counts_and_a_cut_one_is_completed():
    cards = (
        f"<li><h3>{link(1, title='„Starkes Netz“')}</h3></li>"
        '<li><a href="/monde/un-autre-article-20001.html" title="Le sommet de Hanoï s’achève sur un accord historique">'
        "Le sommet de Hanoï s’achève sur un…</a></li>"
    )
    found = article(story(after=f'<div class="b"><h2>À lire aussi</h2><ul>{cards}</ul></div>'))
    assert [one.title for one in found.related] == [
        "„Starkes Netz“",
        "Le sommet de Hanoï s’achève sur un accord historique",
    ]


def test_teaser_caption_and_credit_of_each_card():
    def card(n):
        return (
            f'<li><a href="/monde/un-autre-article-{n}0001.html"><img src="/{n}.jpg" alt="La ministre numéro {n} à '
            f'l’Assemblée. Photo : AFP"></a><h3>{link(n)}</h3><p class="author">Par une rédactrice dont le nom est fort long</p>'
            f"<p>Le résumé de cet autre article numéro {n}, assez long.</p></li>"
        )

    found = article(story(after=f'<div class="b"><h2>Voir plus</h2><ul>{card(1)}{card(2)}</ul></div>'))
    assert [(one.teaser, one.photo_caption, one.photo_credit) for one in found.related] == [
        (
            f"Le résumé de cet autre article numéro {n}, assez long.",
            f"La ministre numéro {n} à l’Assemblée.",
            "AFP",
        )
        for n in (1, 2)
    ]


def test_links_that_lie_over_their_cards():
    def card(n):
        return f'<div class="card"><h3>Les syndicats appellent à manifester ({n})</h3><a class="overlay" href="/monde/un-autre-article-{n}0001.html"></a></div>'

    found = article(story(after=f'<div class="b"><h2>Voir aussi</h2><div>{card(1)}{card(2)}</div></div>'))
    assert titles(found) == [(f"Les syndicats appellent à manifester ({n})", "Voir aussi") for n in (1, 2)]


def test_columns_of_one_box_share_its_heading_and_the_next_box_has_its_own():
    columns = "".join(
        f'<div class="col"><div class="item">{link(n)}</div><div class="item">{link(n + 1)}</div></div>'
        for n in (1, 3)
    )
    sport = f'<h2>Sport</h2><div class="col"><div class="item">{link(5)}</div><div class="item">{link(6)}</div></div>'
    found = article(story(after=f"<section><h2>Sur le même thème</h2>{columns}{sport}</section>"))
    assert [one.title[-1] for one in found.related] == ["1", "2", "3", "4"]


def test_the_footer_of_the_article_is_no_frame_of_the_page():
    box = f"<footer><h2>Voir aussi</h2><div>{link(1)}</div><div>{link(2)}</div></footer>"
    html = story()
    assert len(article(html.replace("</article>", box + "</article>")).related) == 2
    assert article(html.replace("</main>", "</main>" + box)).related == ()
    assert article(html.replace("</main>", "</main>" + box.replace("footer", "nav"))).related == ()


def test_what_is_no_article_is_left_out_of_a_box():
    hrefs = [
        "/tags/politique-de-la-ville-et-des-champs", "/auteur/jean-de-la-fontaine-12345", "/monde/", "#haut",
        "https://www.autre-journal.example/un-article-d-ailleurs-123456.html", "/images/une-photo-du-jour-123456.jpg",
        URL, URL + "#commentaires", "mailto:redaction@quotidien.example", "javascript:void(0)", "/politique-economie-monde",
    ]  # fmt: skip
    items = "".join(f"<li>{link(9, href=href)}</li>" for href in hrefs)
    found = article(
        story(after=f'<div class="b"><h2>Voir aussi</h2><ul>{items}<li>{link(1)}</li></ul></div>')
    )
    assert [one.url for one in found.related] == [
        "https://www.quotidien.example/monde/un-autre-article-du-jour-10001.html"
    ]


def test_relative_links_follow_the_base():
    box = f'<div class="b"><h2>Voir aussi</h2><p>{link(1, href="un-autre-article-10001.html?utm_source=b")}</p><p>{link(2)}</p></div>'
    html = story(after=box).replace(
        "<head>", '<head><base href="https://www.quotidien.example/archives/2026/">'
    )
    urls = [one.url for one in article(html).related]
    assert urls[0].startswith("https://www.quotidien.example/archives/2026/un-autre-article-10001.html")


def test_a_story_that_two_boxes_show_counts_once():
    box = f'<div class="b"><h2>Voir aussi</h2><p>{link(1)}</p><p>{link(2)}</p></div>'
    again = f'<div class="b"><h2>Sur le même sujet</h2><p>{link(2)}</p><p>{link(3)}</p></div>'
    found = article(story(after=box + again))
    assert [(one.title[-1], one.box) for one in found.related] == [
        ("1", "Voir aussi"), ("2", "Voir aussi"), ("3", "Sur le même sujet"),
    ]  # fmt: skip


@pytest.mark.parametrize(("lang", "heading"), RELATED)
def test_words_for_related(lang, heading):
    assert kind_of(heading) == "related"


@pytest.mark.parametrize(("lang", "heading"), OTHER)
def test_words_for_other_lists(lang, heading):
    assert kind_of(heading) == "other"


def test_words_of_a_sentence_announce_nothing():
    for text in ("Le gouvernement a présenté un projet", "La ministre", "政府周四", "", "-", "Un dossier"):
        assert announces(text) is None


@pytest.mark.parametrize(
    ("href", "mark"),
    [
        ("/monde/un-autre-article-10001.html", "/monde/un-autre-article-10001.html"),
        ("/monde/un-autre-article-10001.html?utm_source=x#y", "/monde/un-autre-article-10001.html"),
        ("https://m.quotidien.example/monde/a-10001/", "/monde/a-10001"),
        ("//www.quotidien.example/2026/11/hanoi", "/2026/11/hanoi"),
        ("/article.php?id=123456", "/article.php?id=123456"),
        ("/monde/un-long-titre-sans-aucun-nombre", "/monde/un-long-titre-sans-aucun-nombre"),
        ("/monde/politique-de-ville", None),
        ("/tag/un-autre-article-10001", None),
        ("/videos/un-autre-article-10001.mp4", None),
        ("tel:+84123456789", None),
        ("", None),
        ("https://autre.example/x", "//autre.example/x"),
    ],
)
def test_addresses_as_articles_have_them(href, mark):
    parsed = parse(Page(url=URL, payload=b"<p>x</p>", content_type="text/html", fetched_at=NOW))
    assert ArticleLinks(parsed).mark(href) == mark


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" + '<a class="x" href="/monde/un-autre-article-10001.html">' + "un titre assez long pour un<br>" * 20_000 + "</a></div>",
        "".join(f'<h3>Voir aussi</h3><a href="/m/un-autre-article-{n:06}.html">un titre assez long</a><br>' for n in range(10_000)),
        "<div>" + "".join(f'<a href="/m/un-autre-article-{n:06}.html">un titre assez long pour un</a><br>' for n in range(10_000)),
        "<div>" * 900 + "".join(f'<p><a href="/m/un-autre-article-{n:06}.html">un titre assez long</a></p>' for n in range(5_000)),
    ],
)  # fmt: skip
def test_a_page_of_links_ends_soon(hostile):
    html = page(
        f"<main><article><h1>Une réunion importante à Hanoï</h1>{paragraphs()}</article>{hostile}</main>"
    )
    before = time.process_time()
    extract(Page(url=URL, payload=html.encode(), content_type="text/html", fetched_at=NOW))
    assert time.process_time() - before < 5


def test_a_link_without_words_of_its_own_is_no_fault():
    html = (
        "<html lang=fr><title>Le port</title><body><h1>Le port rouvre ses quais</h1><article>"
        + "".join(
            f"<p>Les pêcheurs ont repris la mer le {n} novembre, après des travaux.</p>" for n in range(30)
        )
        + '<p>Lire aussi : <a href="/2026/11/un-autre-sujet-12345.html"><svg><text>x</text></svg></a>'
        '<a href="/2026/11/un-autre-sujet-12345.html">Un autre sujet du jour, avec un long titre</a></p></article>'
    )
    page = Page(
        url="https://journal.example/2026/11/le-port-123456.html",
        payload=html.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=NOW,
    )
    assert extract(page).verdict == "article"


@pytest.mark.parametrize(
    ("own", "href", "is_one"),
    [
        ("/news/article/bkx11abcde", "/news/article/hkx3abcdq", True),
        ("/domaci/obec/r~abcdef12/", "/domaci/les/r~123abcde/", True),
        ("/news/article/bkx11abcde", "/news/premium", False),
        ("/news/article/bkx11abcde", "/news/category/video", False),
        ("/news/article/bkx11abcde", "/account/bkx22abcde/edit1x", False),
        ("/monde/une-reunion-importante", "/monde/abc123def", False),
    ],
)
def test_where_this_address_ends_in_an_id_so_do_others(own, href, is_one):
    url = f"https://www.quotidien.example{own}"
    payload = b"<html><body><p>x</p></body></html>"
    parsed = parse(Page(url=url, payload=payload, content_type="text/html", fetched_at=NOW))
    assert (ArticleLinks(parsed).mark(href) is not None) == is_one


@pytest.mark.parametrize("lang", sorted(PARAGRAPHS))
def test_cards_between_paragraphs_that_nothing_announces(lang):
    title = PARAGRAPHS[lang][-1][:40].strip()
    href = "/monde/un-autre-article-du-jour-10001.html"
    teaser = PARAGRAPHS[lang][1][: len(PARAGRAPHS[lang][1]) * 2 // 3]
    for card in (
        f'<div class="x1"><a class="x2" href="{href}"><p class="x2__title">{title}</p></a></div>',
        f'<div class="x1"><a href="{href}"><img src="/1.jpg">{title}</a></div>',
        f'<p><b>Mot :</b> <a href="{href}">{title}</a></p>',
        f'<div class="x1"><a class="x1-title" href="{href}">{title}</a><p class="x3">{teaser}…</p></div>',
    ):
        found = article(story(inner=card, lang=lang))
        assert [one.title for one in found.related] == [title], card
        assert body(found) == PARAGRAPHS[lang], card


@pytest.mark.parametrize(
    "headline",
    [
        "Top court hears the harbour case again",
        "Video game makers leave the old port",
        "Derniers marins du vieux port",
    ],
)
def test_a_headline_that_begins_as_a_list_of_its_own_would_is_a_card(headline):
    box = f"<section><h2>Read next</h2><div>{link(1)}</div><div><h3>{link(2, headline)}</h3></div><div>{link(3)}</div></section>"
    expected = ["Un autre article du jour, numéro 1", headline, "Un autre article du jour, numéro 3"]
    assert titles(article(story(after=box))) == [(title, "Read next") for title in expected]
