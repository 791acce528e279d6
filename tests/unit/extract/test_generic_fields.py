"""The generic extractor on pages written here, in the ways that newspapers write theirs."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from archive.extract import extract
from archive.extract.images import best_of_set
from archive.model import Page
from tests.kit import SHARED, needs_shared

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://www.quotidien.example/monde/une-reunion-importante-a-hanoi-123456.html"
PARAGRAPHS = {
    "fr": [
        "Le gouvernement a présenté jeudi un projet de loi très attendu, qui doit être examiné avant la fin de l'année.",
        "« Nous voulons aller vite », a déclaré la ministre devant la presse, sans donner de calendrier précis.",
        "L'opposition dénonce un texte « bâclé » et demande qu'une commission soit réunie dès la semaine prochaine.",
        "Les syndicats, eux, appellent à manifester mardi dans toutes les grandes villes du pays.",
    ],
    "vi": [
        "Chính phủ hôm thứ Năm đã trình bày một dự luật được mong đợi từ lâu, dự kiến được xem xét trước cuối năm nay.",
        "Bộ trưởng cho biết trước báo giới rằng chính phủ muốn đi nhanh, nhưng không đưa ra thời gian biểu cụ thể nào.",
        "Phe đối lập chỉ trích văn bản này và yêu cầu một ủy ban họp ngay trong tuần tới để thảo luận kỹ hơn.",
    ],
    "zh": [
        "政府周四提交了一项期待已久的法律草案，预计将在年底前审议。部长对媒体表示，政府希望加快进程。",
        "反对派批评该文本草率，要求下周成立一个委员会进行讨论，并呼吁更多的公众参与和更透明的程序。",
        "工会则呼吁周二在全国各大城市举行示威活动，抗议这一计划，预计将有数万人参加。",
    ],
    "ar": [
        "قدمت الحكومة يوم الخميس مشروع قانون طال انتظاره، ومن المقرر أن يناقش قبل نهاية العام الحالي في البرلمان.",
        "وقالت الوزيرة أمام الصحافة إن الحكومة تريد المضي بسرعة، من دون أن تعطي جدولا زمنيا محددا لذلك.",
        "وانتقدت المعارضة هذا النص وطالبت بتشكيل لجنة تجتمع ابتداء من الأسبوع المقبل لمناقشته بالتفصيل.",
    ],
    "th": [
        "รัฐบาลได้เสนอร่างกฎหมายที่รอคอยมานานเมื่อวันพฤหัสบดี ซึ่งคาดว่าจะได้รับการพิจารณาก่อนสิ้นปีนี้",
        "รัฐมนตรีกล่าวต่อหน้าสื่อมวลชนว่ารัฐบาลต้องการดำเนินการอย่างรวดเร็ว โดยไม่ได้ให้กำหนดเวลาที่แน่นอน",
        "ฝ่ายค้านวิพากษ์วิจารณ์ร่างกฎหมายนี้และเรียกร้องให้มีการประชุมคณะกรรมการในสัปดาห์หน้าเพื่อหารือ",
    ],
}


def article(html, url=URL, now=NOW):
    result = extract(
        Page(url=url, payload=html.encode(), content_type="text/html; charset=utf-8", fetched_at=now)
    )
    assert result.verdict == "article", result
    return result.article


def page(inner, head="", lang="fr"):
    links = "".join(f'<li><a href="/rubrique/{n}/">Rubrique {n}</a></li>' for n in range(12))
    return (
        f'<html lang="{lang}"><head><title>Une réunion importante à Hanoï - Le Quotidien</title>'
        f'<meta property="og:site_name" content="Le Quotidien">{head}</head><body class="has-sidebar">'
        f'<nav class="main-menu"><ul>{links}</ul></nav>{inner}'
        "<footer>© 2026 Le Quotidien. Tous droits réservés, toute reproduction sans autorisation est interdite.</footer>"
        "</body></html>"
    )


def paragraphs(lang="fr"):
    return "".join(f"<p>{text}</p>" for text in PARAGRAPHS[lang])


@pytest.mark.parametrize("lang", sorted(PARAGRAPHS))
def test_title_lead_and_body_in_five_scripts(lang):
    lead = PARAGRAPHS[lang][0][:60] + "…"
    found = article(
        page(
            f'<article><h1>Une réunion importante à Hanoï</h1><p class="chapo">{lead}</p>'
            f"<div>{paragraphs(lang)}</div></article>",
            lang=lang,
        )
    )
    assert found.title == "Une réunion importante à Hanoï"
    assert found.lead == lead
    assert [block.text for block in found.blocks] == PARAGRAPHS[lang]
    assert found.lang == lang


def test_a_leftover_lang_does_not_make_thai_english():
    found = article(page(f"<h1>Une réunion importante à Hanoï</h1><div>{paragraphs('th')}</div>", lang="en"))
    assert found.lang == "th"


def test_the_first_paragraph_is_never_repeated_as_lead():
    first = PARAGRAPHS["fr"][0]
    head = f'<meta name="description" content="{first}">'
    found = article(page(f"<article><h1>Une réunion importante à Hanoï</h1>{paragraphs()}</article>", head))
    assert found.lead is None
    assert [block.text for block in found.blocks] == PARAGRAPHS["fr"]


def test_kicker_and_site_name_stand_apart():
    head = '<meta property="og:title" content="Une réunion importante à Hanoï - Le Quotidien">'
    found = article(
        page(
            '<article><h1><span class="kicker">Vietnam</span> <span>Une réunion importante à Hanoï</span></h1>'
            f"{paragraphs()}</article>",
            head,
        )
    )
    assert found.title == "Une réunion importante à Hanoï"
    assert found.kicker == "Vietnam"


def test_a_title_without_h1_loses_the_site():
    found = article(page(f"<article>{paragraphs()}</article>"))
    assert found.title == "Une réunion importante à Hanoï"


def test_boxes_stay_out_of_the_body_and_structure_stays_in():
    inner = f"""<main><h1>Une réunion importante à Hanoï</h1><article>
      <p>{PARAGRAPHS["fr"][0]}</p>
      <h2>Un calendrier serré</h2>
      <p>{PARAGRAPHS["fr"][1]}</p>
      <p><a href="/monde/un-autre-article-sur-le-sujet-99.html">Lire aussi : Un autre article sur le même sujet</a></p>
      <blockquote><p>Nous n'avons jamais vu une telle mobilisation dans le pays depuis dix ans.</p></blockquote>
      <ul><li>Première mesure : une hausse du budget de l'éducation.</li><li>Seconde mesure : la réforme.</li></ul>
      <div class="newsletter"><p>Inscrivez-vous à notre lettre quotidienne pour ne rien manquer de l'actualité du pays.</p></div>
      <p>{PARAGRAPHS["fr"][2]}</p>
      <div class="author-bio"><p>Jean Dupont est journaliste au Quotidien depuis vingt ans et suit la politique.</p></div>
      </article><section class="comments"><p>Je ne suis pas du tout d'accord avec cet article, il est partial !</p></section>
      </main>"""
    found = article(page(inner))
    assert [(block.kind, block.text) for block in found.blocks] == [
        ("paragraph", PARAGRAPHS["fr"][0]),
        ("subhead", "Un calendrier serré"),
        ("paragraph", PARAGRAPHS["fr"][1]),
        ("quote", "Nous n'avons jamais vu une telle mobilisation dans le pays depuis dix ans."),
        ("item", "Première mesure : une hausse du budget de l'éducation."),
        ("item", "Seconde mesure : la réforme."),
        ("paragraph", PARAGRAPHS["fr"][2]),
    ]


def test_text_parted_by_br_and_by_adverts():
    one, two, three, four = PARAGRAPHS["fr"]
    found = article(
        page(
            f'<h1>Une réunion importante à Hanoï</h1><div class="texte">{one}<br/><br/>{two}</div>'
            f'<div class="ad-slot">Publicité</div><div class="texte">{three}<br>{four}</div>'
        )
    )
    assert [block.text for block in found.blocks] == [one, two, three, four]


def test_text_behind_a_comment_is_text():
    one, two, three, _ = PARAGRAPHS["fr"]
    found = article(
        page(
            f"<h1>Une réunion importante à Hanoï</h1><div><p>{one}<!-- annonce --> {two}</p><p>{three}</p></div>"
        )
    )
    assert [block.text for block in found.blocks] == [f"{one} {two}", three]


def test_a_second_article_below_the_first_is_left_out():
    other = "".join(
        f"<p>Autre sujet, autre texte, paragraphe numéro {n}, assez long pour compter comme du texte.</p>"
        for n in range(9)
    )
    found = article(
        page(
            f"<article><h1>Une réunion importante à Hanoï</h1>{paragraphs()}</article>"
            f"<article><h1>Un tout autre article du jour</h1>{other}</article>"
        )
    )
    assert [block.text for block in found.blocks] == PARAGRAPHS["fr"]


def test_a_wrapper_named_like_a_box_is_no_box():
    found = article(
        page(
            f'<div class="content sidebar-grid"><h1>Une réunion importante à Hanoï</h1><div>{paragraphs()}</div></div>'
        )
    )
    assert [block.text for block in found.blocks] == PARAGRAPHS["fr"]


def test_a_body_in_json_ld_alone():
    node = {"@type": "NewsArticle", "headline": "Une réunion", "articleBody": "\n\n".join(PARAGRAPHS["fr"])}
    found = article(
        page("<h1>Une réunion</h1>", f'<script type="application/ld+json">{json.dumps(node)}</script>')
    )
    assert [block.text for block in found.blocks] == PARAGRAPHS["fr"]


def test_photos_captions_and_credits():
    inner = f"""<article><h1>Une réunion importante à Hanoï</h1>
      <figure><img src="data:image/gif;base64,R0lGOD" data-src="/i/une.jpg" alt="une.jpg"><figcaption>La ministre devant la presse.
        <span class="credit">Photo : VNA</span></figcaption></figure>
      <p>{PARAGRAPHS["fr"][0]}</p>
      <figure><picture><source srcset="/i/s.webp 400w, /i/l.webp 1600w"></picture><img srcset="/i/s.jpg 400w, /i/l.jpg 1600w" src="/i/s.jpg">
        <figcaption>Thủ tướng tại Hà Nội. Ảnh: TTXVN</figcaption></figure>
      <p>{PARAGRAPHS["fr"][1]}</p>
      <div class="article-photo"><img src="/i/3.jpg"/><br/><div>Une vue de Paris, le 12 août 2024. © AFP</div></div>
      <p>{PARAGRAPHS["fr"][2]}</p></article>"""
    found = article(page(inner))
    assert [(photo.url, photo.caption, photo.credit) for photo in found.photos] == [
        ("https://www.quotidien.example/i/une.jpg", "La ministre devant la presse.", "VNA"),
        ("https://www.quotidien.example/i/l.jpg", "Thủ tướng tại Hà Nội.", "TTXVN"),
        ("https://www.quotidien.example/i/3.jpg", "Une vue de Paris, le 12 août 2024.", "AFP"),
    ]
    assert [block.text for block in found.blocks] == PARAGRAPHS["fr"][:3]


@pytest.mark.parametrize(
    ("srcset", "best"),
    [
        ("/i/s.jpg 400w, /i/l.jpg 1600w", "/i/l.jpg"),
        ("/i/s.jpg 400w,/i/l.jpg 1600w,/i/m.jpg 800w", "/i/l.jpg"),
        ("/i/w_400,h_300/a.jpg 400w, /i/w_800,h_600/a.jpg 800w", "/i/w_800,h_600/a.jpg"),
        ("/i/a.jpg, /i/b.jpg 1.5x, /i/c.jpg 2x", "/i/c.jpg"),
        ("/i/a.jpg", "/i/a.jpg"),
        ("data:image/gif;base64,R0lGOD 2000w, /i/a.jpg 300w", "/i/a.jpg"),
        (" , ", None),
    ],
)
def test_the_widest_of_a_srcset(srcset, best):
    assert best_of_set(srcset)[0] == best


@pytest.mark.parametrize("filling", [" ,", ",", " ", "x", "a,", "a ", "1x "])
def test_a_long_srcset_ends_soon(filling):
    before = time.process_time()
    best_of_set("/i/a.jpg" + filling * 50_000 + "x")
    assert time.process_time() - before < 1


def test_related_links_with_teaser_and_caption():
    def card(n):
        return (
            f'<article class="story"><figure><a href="/monde/autre-{n}-article-post10{n}.html"><img src="/{n}.jpg" '
            f'alt="Le ministre numéro {n} prend la parole. Photo : VNA"></a></figure><h3><a href="/monde/autre-{n}-article-'
            f'post10{n}.html?utm_source=box">Un autre article du jour, numéro {n}</a></h3>'
            f"<p>Le résumé de cet autre article numéro {n}, assez long pour en être un.</p></article>"
        )

    inner = (
        f"<main><article><h1>Une réunion importante à Hanoï</h1>{paragraphs()}</article>"
        f'<div class="pack"><h3>Voir plus</h3>{card(1)}{card(2)}</div>'
        '<div class="pack"><h3>Les plus lus</h3><a href="/monde/tout-le-monde-lit-ceci-post77.html">Tout le monde lit ceci</a></div></main>'
    )
    found = article(page(inner))
    assert [(link.title, link.position, link.box) for link in found.related] == [
        ("Un autre article du jour, numéro 1", 1, "Voir plus"),
        ("Un autre article du jour, numéro 2", 2, "Voir plus"),
    ]
    assert found.related[0].url.startswith("https://www.quotidien.example/monde/autre-1-article-post101.html")
    assert found.related[0].teaser == "Le résumé de cet autre article numéro 1, assez long pour en être un."
    assert (found.related[0].photo_caption, found.related[0].photo_credit) == (
        "Le ministre numéro 1 prend la parole.",
        "VNA",
    )
    assert [block.text for block in found.blocks] == PARAGRAPHS["fr"]


def test_dates_people_and_agency():
    node = {
        "@type": "NewsArticle",
        "datePublished": "2026-11-20T02:25:00Z",
        "dateModified": "2026-11-20T05:00:00Z",
        "author": [
            {"@type": "Person", "name": "Par Marie Curie et Jean-Paul Dupont"},
            {"@type": "Organization", "name": "AFP"},
        ],
        "articleSection": "Monde",
        "keywords": "Vietnam, Loi",
        "isAccessibleForFree": "False",
    }
    inner = f'<article><h1>Une réunion importante à Hanoï</h1><p class="date">19/11/2026 21h25</p>{paragraphs()}</article>'
    html = page(inner, f'<script type="application/ld+json">{json.dumps(node)}</script>')
    result = extract(Page(url=URL, payload=html.encode(), content_type=None, fetched_at=NOW))
    found = result.article
    assert found.published == "2026-11-19T21:25:00-05:00"  # the same instant, in the zone that the page shows
    assert found.published_raw == "2026-11-20T02:25:00Z"
    assert found.modified == "2026-11-20T05:00:00+00:00"
    assert found.authors == ("Marie Curie", "Jean-Paul Dupont")
    assert found.agency == "AFP"
    assert (found.section, found.tags) == ("Monde", ("Vietnam", "Loi"))
    assert "paywalled" in [issue.code for issue in result.issues]
    assert result.provenance.origins["published"] == "generic:ld:datePublished"


def test_a_date_from_the_future_is_an_issue():
    html = page(
        f'<article><h1>Une réunion importante à Hanoï</h1><time datetime="2031-01-01T00:00Z">x</time>{paragraphs()}</article>'
    )
    result = extract(Page(url=URL, payload=html.encode(), content_type=None, fetched_at=NOW))
    assert result.article.published is None
    assert "date_implausible" in [issue.code for issue in result.issues]


@pytest.mark.parametrize(
    ("html", "verdict"),
    [
        ("<html><body></body></html>", "empty"),
        (
            "<html><title>Page introuvable</title><body><h1>Erreur 404</h1><p>Page introuvable.</p></body></html>",
            "error_page",
        ),
        (
            "<html><title>Không tìm thấy</title><body><h1>404</h1><p>Trang bạn yêu cầu không tồn tại.</p></body></html>",
            "error_page",
        ),
    ],
)
def test_pages_that_are_no_articles(html, verdict):
    result = extract(
        Page(url=URL, payload=html.encode(), content_type="text/html; charset=utf-8", fetched_at=NOW)
    )
    assert (result.verdict, result.article) == (verdict, None)


def test_a_section_front_is_a_listing():
    cards = "".join(
        f'<article><h2><a href="/monde/un-titre-assez-long-pour-un-article-{n}.html">Un titre assez long pour un article {n}</a></h2>'
        f"<p>Un court résumé de l'article {n}.</p></article>"
        for n in range(30)
    )
    html = page(f"<h1>Monde</h1>{cards}", '<meta property="og:type" content="website">')
    result = extract(
        Page(
            url="https://www.quotidien.example/monde/",
            payload=html.encode(),
            content_type=None,
            fetched_at=NOW,
        )
    )
    assert result.verdict == "listing"


@needs_shared
@pytest.mark.parametrize("name", ["article.html", "article_legacy.html", "article_amp.html"])
def test_the_replica_without_its_profile(name):
    folder = SHARED / "seed" / "replica"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    payload = (folder / name).read_bytes()
    found = extract(
        Page(url=expected["url"], payload=payload, content_type="text/html", fetched_at=NOW)
    ).article
    assert (found.title, found.lead, found.lang) == (expected["title"], expected["lead"], "fr")
    assert [block.text for block in found.blocks] == expected["body"]
    assert found.published[:16] == expected["published"][:16]
    assert [link.title for link in found.related] == [link["title"] for link in expected["related"]]
    assert [link.teaser for link in found.related] == [link["teaser"] for link in expected["related"]]
    assert [link.photo_credit for link in found.related] == [
        link.get("image_credit") for link in expected["related"]
    ]
    assert len(found.photos) == 1
    assert found.photos[0].credit == "VNA"
    assert (found.dateline.place, found.dateline.agency, found.sign_off, found.agency) == (
        "Hanoï",
        "VNA",
        "–VNA",
        "VNA",
    )
