"""Where the text stands: region, flow, boxes, lead. Pages are written here, in several languages and scripts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract
from archive.model import Page

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TEXTS = {
    "fr": "Les pêcheurs du port ont repris la mer mardi matin, après six semaines de travaux sur le quai nord, {n}.",
    "vi": "Ngư dân ở bến cảng đã ra khơi trở lại sáng thứ Ba, sau sáu tuần sửa chữa cầu tàu phía bắc, lần {n}.",
    "zh": "经过六个星期的码头维修工程之后，港口的渔民们星期二清晨再次出海捕鱼，当地居民表示欢迎这一消息，第{n}次。",
    "ar": "عاد صيادو الميناء إلى البحر صباح الثلاثاء بعد ستة أسابيع من أعمال الترميم على الرصيف الشمالي، المرة {n}.",
    "th": "ชาวประมงที่ท่าเรือกลับออกทะเลอีกครั้งเมื่อเช้าวันอังคาร หลังการซ่อมแซมท่าเทียบเรือด้านเหนือนานหกสัปดาห์ ครั้งที่ {n}",
}


def read(body: str, lang: str = "fr"):
    html = f"<html lang={lang}><head><title>Port</title></head><body>{body}</body></html>"
    page = Page(
        url="https://journal.example/2026/11/le-port-rouvre-ses-quais-123.html",
        payload=html.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=NOW,
    )
    found = extract(page).article
    assert found is not None
    return found


def paragraphs(lang: str, count: int, name: str = "", start: int = 1) -> tuple[str, list[str]]:
    texts = [TEXTS[lang].format(n=n) for n in range(start, start + count)]
    attribute = f' class="{name}"' if name else ""
    return "".join(f"<p{attribute}>{text}</p>" for text in texts), texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_body_in_two_containers_is_one_text(lang):
    first, one = paragraphs(lang, 2, "txt")
    second, two = paragraphs(lang, 9, "txt", start=3)
    page = (
        f"<article><h1>Port Neuf</h1><div class=free>{first}</div><div class=meter>{second}</div></article>"
    )
    assert [block.text for block in read(page, lang).blocks] == one + two


@pytest.mark.parametrize("lang", ["fr", "zh", "ar"])
def test_a_text_goes_on_in_the_next_row_behind_a_box_that_would_end_it(lang):
    first, one = paragraphs(lang, 5, "t1")
    second, two = paragraphs(lang, 2, "t1", start=6)
    row = "<div class=r1><div class=r2><div class=r3><div class=r4><i>x1</i>{}</div></div></div></div>"
    box = "<div class=q1><div class=q2>Trending</div><ol><li><h3><a href=/a>Un autre sujet du jour</a></h3></li></ol></div>"
    page = f"<article><h1>Port Neuf</h1>{row.format(first)}{box}{row.format(second)}</article>"
    assert [block.text for block in read(page, lang).blocks] == one + two


def test_another_story_below_is_no_part_of_the_text():
    first, one = paragraphs("fr", 5, "t1")
    second, _ = paragraphs("fr", 3, "t1", start=6)
    row = "<div class=r1><div class=r2>{}</div></div>"
    other = f"<h2><a href=/b>Un autre sujet du jour</a></h2>{second}"
    page = f"<main><h1>Port Neuf</h1>{row.format(first)}<h3>Trending</h3>{row.format(other)}</main>"
    assert [block.text for block in read(page).blocks] == one


@pytest.mark.parametrize("lang", TEXTS)
def test_a_card_of_another_story_between_paragraphs_is_no_text(lang):
    body, texts = paragraphs(lang, 6)
    other = TEXTS[lang].format(n=77)
    halves = body.split("</p>")
    card = f"<div class=x9><div><h3>Un autre sujet du jour</h3><div><p>{other}</p></div></div></div>"
    page = f"<main><h1>Port Neuf</h1><div class=c>{'</p>'.join(halves[:3])}</p>{card}{'</p>'.join(halves[3:])}</div></main>"
    assert [block.text for block in read(page, lang).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_list_a_quote_and_a_table_among_the_paragraphs_stay(lang):
    body, _ = paragraphs(lang, 5)
    item, quote = TEXTS[lang].format(n=50), TEXTS[lang].format(n=51)
    page = (
        f"<h1>Port Neuf</h1><div>{body}<ul><li>{item}</li></ul><blockquote>{quote}</blockquote>"
        f"<table><tr><td>2025</td><td>120</td></tr></table><p>{TEXTS[lang].format(n=52)}</p></div>"
    )
    kinds = [block.kind for block in read(page, lang).blocks]
    assert kinds == ["paragraph"] * 5 + ["item", "quote", "table", "paragraph"]


def test_a_short_article_is_not_lost_to_the_address_below_a_run_of_links():
    body, texts = paragraphs("fr", 2)
    links = "".join(
        f"<div><a href=/2026/11/autre-sujet-du-jour-{n}.html>Un autre sujet du jour, numéro {n}, avec un long titre</a></div>"
        for n in range(10)
    )
    address = (
        "Le service des abonnements répond à toutes les questions du lundi au vendredi, de neuf heures à midi. "
        * 5
    )
    page = f"<div class=a><h1>Le port rouvre ses quais</h1><div class=b>{body}</div></div><div>{links}</div><div class=z><div>{address}</div></div>"
    assert [block.text for block in read(page).blocks] == texts


def test_a_label_that_returns_between_paragraphs_is_no_text():
    body, texts = paragraphs("fr", 6)
    page = f"<h1>Port Neuf</h1><article>{body.replace('</p>', '</p><p>Contenu de l’article</p>')}</article>"
    assert [block.text for block in read(page).blocks] == texts


def test_a_read_also_heading_in_the_middle_does_not_end_the_text():
    body, texts = paragraphs("fr", 8)
    halves = body.split("</p>")
    page = f"<h1>Port Neuf</h1><article>{'</p>'.join(halves[:6])}</p><h3>À lire aussi</h3>{'</p>'.join(halves[6:])}</article>"
    assert [block.text for block in read(page).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_lead_of_several_paragraphs_in_a_type_of_their_own(lang):
    lead, leads = paragraphs(lang, 2, "k7", start=90)
    body, texts = paragraphs(lang, 6, "k8")
    found = read(f"<article><h1>Port Neuf</h1><h2>Sujet</h2>{lead}{body}</article>", lang)
    assert found.lead == " ".join(leads)
    assert [block.text for block in found.blocks] == texts


def test_a_drop_cap_makes_no_lead():
    body, texts = paragraphs("fr", 6)
    found = read(f"<article><h1>Port Neuf</h1>{body.replace('<p>', '<p class=has-drop-cap>', 1)}</article>")
    assert found.lead is None
    assert [block.text for block in found.blocks] == texts


def test_a_paragraph_behind_the_wall_is_a_paragraph():
    body, texts = paragraphs("fr", 4)
    behind, more = paragraphs("fr", 2, "paywall", start=5)
    assert [
        b.text for b in read(f"<h1>Port Neuf</h1><article>{body}{behind}</article>").blocks
    ] == texts + more


def test_utility_classes_name_no_parts():
    body, texts = paragraphs("fr", 6, "print:break-inside-avoid md:hidden")
    assert [block.text for block in read(f"<h1>Port Neuf</h1><article>{body}</article>").blocks] == texts


@pytest.mark.parametrize(
    ("h1", "stated", "title"),
    [
        ("<span class=kicker>Port Neuf</span> Les quais rouvrent mardi", "Port Neuf : les quais rouvrent mardi", "Port Neuf : les quais rouvrent mardi"),
        ("<span class=kicker>Port Neuf</span> Les quais rouvrent mardi", "Les quais rouvrent mardi", "Les quais rouvrent mardi"),
        ("<ruby>港<rt>みなと</rt></ruby>の<ruby>漁師<rt>りょうし</rt></ruby>が海に戻る", "港の漁師が海に戻る", "港の漁師が海に戻る"),
    ],
)  # fmt: skip
def test_the_kicker_belongs_to_the_headline_where_the_page_says_so(h1, stated, title):
    body, _ = paragraphs("fr", 4)
    found = read(
        f'<meta property="og:title" content="{stated} - Le Journal"><meta property="og:site_name" content="Le Journal"><h1>{h1}</h1><article>{body}</article>'
    )
    assert found.title == title


def test_what_a_line_holds_for_readers_of_other_kinds_is_no_text():
    body, texts = paragraphs("fr", 4)
    hover = (
        '<p>Le maire <span class="person"><a class="person-tooltip" href="/x">Jean Faure</a><span class="person-tooltip-content">'
        "Jean Faure, 52 ans, maire depuis 2014</span></span> a promis que les travaux finiraient avant l’été"
        '<span class="visually-hidden"> (ouvre une nouvelle fenêtre)</span>, a-t-il dit mardi soir.</p>'
    )
    expected = "Le maire Jean Faure a promis que les travaux finiraient avant l’été, a-t-il dit mardi soir."
    assert [b.text for b in read(f"<h1>Port Neuf</h1><article>{body}{hover}</article>").blocks] == [
        *texts,
        expected,
    ]


@pytest.mark.parametrize("lang", TEXTS)
def test_a_heading_below_the_first_text_is_not_the_headline_of_the_breadcrumb(lang):
    body, texts = paragraphs(lang, 3)
    more, rest = paragraphs(lang, 6, start=4)
    gallery = "<h3>Galerie : le port rouvre ses quais mardi</h3>"
    page = f"<div class=breadcrumb><h1>Le port rouvre ses quais mardi</h1></div><div class=c>{body}{gallery}{more}</div>"
    found = [block.text for block in read(page, lang).blocks if block.kind == "paragraph"]
    assert found == texts + rest


@pytest.mark.parametrize("lang", TEXTS)
def test_a_heading_that_a_table_of_contents_leads_to_is_text(lang):
    body, _ = paragraphs(lang, 3)
    more, _ = paragraphs(lang, 3, start=4)
    heading = '<h3 class="subheading nav_le_quai_nord__1">Le quai nord</h3>'
    page = f"<article><h1>Port Neuf</h1>{body}{heading}{more}</article>"
    assert [block.text for block in read(page, lang).blocks if block.kind == "subhead"] == ["Le quai nord"]


@pytest.mark.parametrize(
    ("lang", "colon"), [("fr", " :"), ("vi", ":"), ("zh", "："), ("ar", ":"), ("th", ":")]
)
def test_a_line_that_leads_in_the_first_list_is_text(lang, colon):
    _, texts = paragraphs(lang, 6)
    lines = [f"{TEXTS[lang][start : start + 16].strip()}{colon}" for start in (0, 18)]
    lists = ["".join(f"<li>{text}</li>" for text in part) for part in (texts[:3], texts[3:])]
    inner = "".join(f"<p>{line}</p><ul>{items}</ul>" for line, items in zip(lines, lists, strict=True))
    found = [block.text for block in read(f"<article><h1>Port Neuf</h1>{inner}</article>", lang).blocks]
    assert found == [lines[0], *texts[:3], lines[1], *texts[3:]]


@pytest.mark.parametrize("name", ["a-inline-textbox", "article__textbox textbox--grey"])
@pytest.mark.parametrize("lang", TEXTS)
def test_a_box_of_text_is_no_part_of_the_body(lang, name):
    body, texts = paragraphs(lang, 6)
    halves = body.split("</p>")
    box = f'<div class="{name}"><p>{TEXTS[lang].format(n=77)}</p></div>'
    page = f"<article><h1>Port Neuf</h1>{'</p>'.join(halves[:3])}</p>{box}{'</p>'.join(halves[3:])}</article>"
    assert [block.text for block in read(page, lang).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_list_behind_the_wall_is_text_and_a_list_of_offers_on_it_is_not(lang):
    body, texts = paragraphs(lang, 4, "paywall")
    items = [f"{n} : {TEXTS[lang][:60].strip()}" for n in (71, 72)]
    listed = "".join(f"<li>{item}</li>" for item in items)
    offers = (
        '<ul class="paywall-benefits"><li>Tous les articles, pour un euro par mois, sans engagement</li></ul>'
    )
    page = f'<article><h1>Port Neuf</h1>{body}<ul class="paywall">{listed}</ul>{offers}<p class=paywall>{texts[0]} Fin.</p></article>'
    assert [block.text for block in read(page, lang).blocks] == [*texts, *items, f"{texts[0]} Fin."]


@pytest.mark.parametrize("lang", TEXTS)
def test_sections_headed_by_h1_are_one_text(lang):
    first, one = paragraphs(lang, 5)
    second, two = paragraphs(lang, 4, start=6)
    heading = TEXTS[lang].format(n=50)[:30]
    found = read(
        f"<article><h1>Le port rouvre ses quais</h1><div>{first}<h1>{heading}</h1>{second}</div></article>",
        lang,
    )
    assert [block.text for block in found.blocks if block.kind == "paragraph"] == one + two
    other = f"<article><h1>{heading}</h1><div>{second}</div></article>"
    found = read(
        f"<main><article><h1>Le port rouvre ses quais</h1><div>{first}</div></article>{other}</main>", lang
    )
    assert [block.text for block in found.blocks] == one


@pytest.mark.parametrize(
    ("lang", "label"),
    [("fr", "Dans le même port :"), ("vi", "Cùng bến cảng:"), ("zh", "另见："), ("ar", "من الميناء أيضا:")],
)
def test_a_line_that_is_a_label_and_a_link_is_no_text(lang, label):
    body, texts = paragraphs(lang, 5)
    other = TEXTS[lang].format(n=50)[:60]
    halves = body.split("</p>")
    line = f"<p><b>{label}</b> <a href=/2026/11/un-autre-sujet-124.html>{other}</a></p>"
    quoted = (
        f"<p>{label} {TEXTS[lang].format(n=51)} <a href=/2026/11/un-autre-sujet-125.html>{other[:20]}</a></p>"
    )
    page = (
        f"<h1>Port Neuf</h1><div>{'</p>'.join(halves[:2])}</p>{line}{quoted}{'</p>'.join(halves[2:])}</div>"
    )
    shown = [block.text for block in read(page, lang).blocks]
    assert [text for text in shown if text in texts] == texts
    assert len(shown) == len(texts) + 1  # the line that goes on after its label stays


def test_numbered_paragraphs_make_no_lead():
    texts = [TEXTS["zh"].format(n=n) for n in range(1, 7)]
    body = "".join(f'<p class="par{n}">{text}</p>' for n, text in enumerate(texts, 1))
    found = read(f"<article><h1>港口重新开放</h1><div>{body}</div></article>", "zh")
    assert found.lead is None
    assert [block.text for block in found.blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_text_that_stands_loose_beside_its_headline(lang):
    first, *texts = [TEXTS[lang].format(n=n) for n in range(1, 9)]
    rights = "<div class=x>© 2026 Le Port. " + TEXTS[lang].format(n=9) + "</div>"
    body = "<br>".join(texts)
    page = f"<div><div class=detail><span>20.11.2026</span><h3>Le port rouvre ses quais</h3><b>{first}</b><br><br>{body}</div>{rights}</div>"
    found = read(page, lang)
    assert found.lead == first
    assert [block.text for block in found.blocks] == texts


def test_editors_and_counters_are_no_text():
    body, texts = paragraphs("zh", 5)
    noise = "<p>原标题：港口重新开放</p>", "<p>(责编：李红、王立)</p>", "<p>Количество показов: 312</p>"
    found = read(
        f"<article><h1>港口重新开放</h1><div>{noise[0]}{body}{noise[1]}{noise[2]}</div></article>", "zh"
    )
    assert [block.text for block in found.blocks] == texts


def test_a_lead_of_two_lines_in_bold_and_a_caption_in_a_text_parted_by_br():
    texts = [TEXTS["zh"].format(n=n) for n in range(1, 7)]
    body = "<br><br>".join(texts)
    photo = "<span class=ph><div><img src=/1.jpg></div><em class=img_desc>码头上等待出海的渔民和他们的家人。[新华社]</em></span>"
    summary = "<strong class=media_summary>维修工程历时六个星期完成<br>当地居民对此表示欢迎</strong>"
    found = read(f"<h2>港口渔民再次出海捕鱼去了</h2><article>{summary}{photo}<br>{body}</article>", "zh")
    assert found.lead == "维修工程历时六个星期完成 当地居民对此表示欢迎"
    assert [(photo.caption, photo.credit) for photo in found.photos] == [
        ("码头上等待出海的渔民和他们的家人。", "新华社")
    ]
    assert [block.text for block in found.blocks] == texts


def test_offers_between_headline_and_text_are_no_lead():
    body, texts = paragraphs("fr", 5)
    offer = "<p class=app>Lisez-nous dans l'application, <a href=/a>je la télécharge</a> <a href=/b>en savoir plus</a></p>"
    letter = f"<div class=BaseNewsLetter_x>{TEXTS['fr'].format(n=50)} <a href=/n>Je m'inscris</a></div>"
    found = read(f"<article><h1>Le port rouvre ses quais</h1><div>{offer}{body}{letter}</div></article>")
    assert found.lead is None
    assert [block.text for block in found.blocks][-5:] == texts


def test_letters_of_a_hash_name_no_part():
    first, one = paragraphs("fr", 3)
    second, two = paragraphs("fr", 3, start=4)
    heading = (
        "<div class=sc-18fde0d6-0><h2 class=sc-f98b1ad2-0>Une traversée plus vieille que le pont</h2></div>"
    )
    found = read(
        f"<article><h1>Le port rouvre ses quais</h1><div>{first}</div>{heading}<div>{second}</div></article>"
    )
    assert [block.text for block in found.blocks] == [*one, "Une traversée plus vieille que le pont", *two]


def test_what_a_screen_reader_says_is_no_text():
    body, texts = paragraphs("fr", 4)
    said = '<p><span class="screen-reader-text">Liste 1 de 2</span></p><h2 class="screen-reader-text">Fin de la liste</h2>'
    halves = body.split("</p>")
    page = f"<article><h1>Le port rouvre ses quais</h1><div>{'</p>'.join(halves[:2])}</p>{said}{'</p>'.join(halves[2:])}</div></article>"
    assert [block.text for block in read(page).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_box_of_links_after_the_middle_does_not_end_a_body_in_sections(lang):
    first, one = paragraphs(lang, 4)
    second, two = paragraphs(lang, 3, start=5)
    box = (
        "<div class='text more'><p><b>Don't miss</b></p><p><b><a href=/2026/11/autre-sujet-124.html>"
        "Un port, une ville, un siècle de pêche</a> [Récit]</b></p></div>"
    )
    page = f"<article><h1>Port Neuf</h1><div class=text>{first}</div>{box}<div class=text>{second}</div></article>"
    assert [block.text for block in read(page, lang).blocks] == one + two


def test_another_article_below_such_a_box_is_not_taken_for_a_section():
    first, one = paragraphs("fr", 4)
    second, _ = paragraphs("fr", 3, start=5)
    page = (
        f"<main><article><h1>Port Neuf</h1><div class=text>{first}</div></article><h4>Read next</h4>"
        f"<article><div class=text>{second}</div></article></main>"
    )
    assert [block.text for block in read(page).blocks] == one


HIDDEN_STYLES = (
    "display:none",
    "border:0;clip:rect(0, 0, 0, 0);position:absolute",
    "position:absolute;clip: rect(1px 1px 1px 1px)",
    "clip-path:inset(50%)",
)


@pytest.mark.parametrize("style", HIDDEN_STYLES)
@pytest.mark.parametrize("lang", TEXTS)
def test_words_that_a_style_clips_away_are_no_text(lang, style):
    body, texts = paragraphs(lang, 5)
    link = f'<a href="/x">{{}}<span style="{style}">, nouvel onglet</span></a>'
    body = body.replace(texts[1], texts[1][:30] + link.format(texts[1][30:40]) + texts[1][40:])
    assert [b.text for b in read(f"<article><h1>Port Neuf</h1>{body}</article>", lang).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_paragraph_in_the_place_of_an_advert_is_text_and_what_stands_deeper_is_not(lang):
    body, texts = paragraphs(lang, 6)
    halves = body.split("</p>")
    own = f"<div class='banner'>{TEXTS[lang].format(n=77)}</div>"
    advert = f"<div class='banner'><div><p>{TEXTS[lang].format(n=88)}</p></div></div>"
    inner = f"{'</p>'.join(halves[:3])}</p>{own}{advert}{'</p>'.join(halves[3:])}"
    expected = [*texts[:3], TEXTS[lang].format(n=77), *texts[3:]]
    assert [b.text for b in read(f"<article><h1>Port Neuf</h1>{inner}</article>", lang).blocks] == expected


PLEAS = (
    "<p><b>Get in touch with our news team by emailing desk@journal.example.</b></p>",
    "<p><em>Get your news on the go, <a href='https://chat.example/x'>click here</a> to join our WhatsApp channel.</em></p>",
    "<p>- Advertisement -</p>",
    "<p>Pozostało jeszcze 70% artykułu</p>",
    "<p><strong>Читайте також</strong>: <a href='/2026/11/autre-124.html'>Чому старі мости тріщать</a></p>",
    "<p><strong>Čtěte také</strong>: <a href='/2026/11/autre-124.html'>Proč praskají staré mosty</a></p>",
)


@pytest.mark.parametrize("plea", PLEAS)
@pytest.mark.parametrize("lang", TEXTS)
def test_what_a_paper_asks_of_its_readers_is_no_text(lang, plea):
    body, texts = paragraphs(lang, 6)
    halves = body.split("</p>")
    page = (
        f"<article><h1>Port Neuf</h1>{'</p>'.join(halves[:4])}</p>{plea}{'</p>'.join(halves[4:])}</article>"
    )
    assert [block.text for block in read(page, lang).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_the_one_bold_paragraph_on_top_of_the_text_is_the_lead(lang):
    body, texts = paragraphs(lang, 5)
    lead = TEXTS[lang].format(n=77)
    photo = "<div>" * 9 + "<img src=/a.jpg>" + "</div>" * 9
    found = read(f"<main><h1>Port Neuf</h1>{photo}<div class=t><p><b>{lead}</b></p>{body}</div></main>", lang)
    assert (found.lead, [block.text for block in found.blocks]) == (lead, texts)


@pytest.mark.parametrize("lang", TEXTS)
def test_a_text_whose_paragraphs_are_bold_has_no_lead(lang):
    _, texts = paragraphs(lang, 5)
    body = "".join(f"<p><b>{text}</b></p>" for text in texts)
    found = read(f"<main><h1>Port Neuf</h1><div class=t>{body}</div></main>", lang)
    assert (found.lead, [block.text for block in found.blocks]) == (None, texts)


@pytest.mark.parametrize("lang", TEXTS)
def test_the_caption_of_a_lead_photo_is_no_lead(lang):
    body, _ = paragraphs(lang, 5)
    caption = TEXTS[lang].format(n=77)
    photo = f"<div class=Page-lead><figure><img src=/a.jpg><figcaption><p>{caption}</p></figcaption></figure></div>"
    found = read(f"<main><h1>Port Neuf</h1>{photo}<div class=t>{body}</div></main>", lang)
    assert (found.lead, found.photos[0].caption) == (None, caption)


LINK_BOXES = (
    "<div class=k1><h4>Temps forts</h4><ul><li><a href='#e1'>La mer</a></li><li><a href='#e2'>Le quai</a></li></ul></div>",
    "<section class=k2><h5>Le numéro du mois</h5><a href='/numero'><img src=/une.jpg alt=''></a></section>",
)


@pytest.mark.parametrize("box", LINK_BOXES)
@pytest.mark.parametrize("lang", TEXTS)
def test_a_heading_over_links_alone_is_no_subhead(lang, box):
    body, texts = paragraphs(lang, 6)
    halves = body.split("</p>")
    subhead = "<div class=sub><h2>Le quai nord</h2></div>"
    page = f"<article><h1>Port Neuf</h1>{'</p>'.join(halves[:2])}</p>{box}{'</p>'.join(halves[2:4])}</p>{subhead}{'</p>'.join(halves[4:])}</article>"
    assert [block.text for block in read(page, lang).blocks] == [*texts[:4], "Le quai nord", *texts[4:]]


@pytest.mark.parametrize(
    "heading",
    [
        "Les hele saken med abonnement",
        "Läs hela artikeln",
        "Bliv abonnent i dag",
        "Verder lezen?",
        "Word abonnee",
    ],
)
def test_an_offer_below_the_open_part_is_no_text(heading):
    body, texts = paragraphs("fr", 3)
    offer = f"<div class=ob><h2>{heading}</h2><ul><li>{TEXTS['fr'].format(n=88)}</li></ul><p>{TEXTS['fr'].format(n=99)}</p></div>"
    page = f"<article><h1>Port Neuf</h1><div class=bt>{body}</div>{offer}</article>"
    assert [block.text for block in read(page, "fr").blocks] == texts


@pytest.mark.parametrize(
    "line",
    [
        "rédigé le : 20/11/2026, 15:25 dans : Économie | Commentaires : 0",
        "Économie, Ports, À la une | Publié il y a 5 heures | Mis à jour il y a 2 heures | Par Jeanne Roux",
    ],
)
def test_a_line_about_when_and_where_is_no_lead(line):
    body, _texts = paragraphs("fr", 6)
    found = read(f"<article><h1>Port Neuf</h1><h3>{line}</h3>{body}</article>")
    assert found.lead is None


def test_a_name_that_a_machine_made_names_no_box():
    body, texts = paragraphs("fr", 6)
    page = f"<article><h1>Port Neuf</h1>{body.replace('<p>', '<p id=x4ad7c1>', 1)}</article>"
    assert [block.text for block in read(page).blocks] == texts


def test_a_line_that_begins_with_a_year_of_another_thing_may_be_the_lead():
    body, _ = paragraphs("fr", 5)
    line = "Créé en 1931, le pont du port a été réparé trois fois déjà."
    assert read(f"<main><h1>Port Neuf</h1><h2>{line}</h2><div class=t>{body}</div></main>").lead == line


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("inside", [True, False])
def test_a_line_right_below_the_headline_that_the_page_states_is_the_lead(lang, inside):
    body, texts = paragraphs(lang, 5)
    lead = TEXTS[lang][:38].strip()
    head = (
        f"<h1>Port Neuf</h1>{lead}<div>Jeanne Roux</div>"
        if inside
        else f"<h1>Port Neuf</h1><p class=q1>{lead}</p>"
    )
    stated = f'<meta property="og:description" content="{lead}">'
    found = read(f"{stated}<main><div class=q2>{head}</div><div class=t>{body}</div></main>", lang)
    assert (found.lead, [block.text for block in found.blocks]) == (lead, texts)


@pytest.mark.parametrize(("rule", "ends"), [("___", True), ("_ _ _", True), ("* * *", False)])
@pytest.mark.parametrize("lang", TEXTS)
def test_what_a_desk_adds_below_a_line_of_underscores_is_no_text(lang, rule, ends):
    body, texts = paragraphs(lang, 9)
    added = TEXTS[lang].format(n=77)
    page = f"<article><h1>Port Neuf</h1>{body}<h2>{rule}</h2><p>{added}</p></article>"
    found = [block.text for block in read(page, lang).blocks]
    assert (found[: len(texts)], added in found) == (texts, not ends)


def test_a_line_of_underscores_between_two_halves_ends_nothing():
    first, one = paragraphs("fr", 4)
    second, two = paragraphs("fr", 4, start=5)
    found = read(f"<article><h1>Port Neuf</h1>{first}<p>___</p>{second}</article>")
    assert [block.text for block in found.blocks] == one + two


@pytest.mark.parametrize("lang", TEXTS)
def test_the_open_and_the_closed_part_of_a_text_are_one_text(lang):
    first, one = paragraphs(lang, 3)
    second, two = paragraphs(lang, 6, start=4)
    plea = "<div class=subscriber-promo><p>Subscribe today and read all that our newsroom writes, for one crown.</p></div>"
    page = (
        f"<article><h1>Port Neuf</h1><div class=body><div class=subscriber-preview>{first}</div>{plea}"
        f"<div class=subscriber-only>{second}</div></div></article>"
    )
    found = read(page, lang)
    assert (found.lead, [block.text for block in found.blocks]) == (None, one + two)


@pytest.mark.parametrize("lang", TEXTS)
def test_a_text_in_many_containers_of_one_class_goes_on_below_a_box_among_them(lang):
    parts, texts = [], []
    for start in (1, 4, 7):
        part, own = paragraphs(lang, 3, start=start)
        parts.append(f"<div class=textpart>{part}</div>")
        texts += own
    box = '<div class=more><h4>Mehr zum Thema</h4><ul><li><a href="/a-1">Un autre sujet</a></li></ul></div>'
    page = f"<article><h1>Port Neuf</h1>{parts[0]}{parts[1]}{box}{parts[2]}</article>"
    assert [block.text for block in read(page, lang).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_heading_between_paragraphs_is_no_lead_whatever_its_class(lang):
    body, texts = paragraphs(lang, 6, "txt")
    halves = body.split("</p>")
    lead = f'<div class="intro">{TEXTS[lang].format(n=88)}</div>'
    heading = '<h2 class="subheadline">Six semaines de travaux</h2>'
    page = f"<article><h1>Port Neuf</h1>{lead}{'</p>'.join(halves[:2])}</p>{heading}{'</p>'.join(halves[2:])}</article>"
    found = read(page, lang)
    assert found.lead == TEXTS[lang].format(n=88)
    assert [block.text for block in found.blocks] == [*texts[:2], "Six semaines de travaux", *texts[2:]]


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(
    "lead",
    [
        '<ul class="footer"><li class="subtitle"><h2>{}</h2></li></ul>',
        '<p class="article-headers-shared-teaser">{}</p>',
    ],
)
def test_a_lead_in_the_foot_of_the_headline_or_of_a_shared_component(lang, lead):
    body, texts = paragraphs(lang, 6, "txt")
    page = f"<main><div class=head><h1>Port Neuf</h1>{lead.format(TEXTS[lang].format(n=88))}</div><div class=c>{body}</div></main>"
    found = read(page, lang)
    assert found.lead == TEXTS[lang].format(n=88)
    assert [block.text for block in found.blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
def test_a_caption_is_no_lead_whatever_its_class(lang):
    body, texts = paragraphs(lang, 6)
    photo = f'<p align="center"><img src="/1.jpg"></p><p class="desc" align="center">{TEXTS[lang].format(n=88)}</p>'
    found = read(f"<main><h1>Port Neuf</h1><div class=c>{photo}{body}</div></main>", lang)
    assert found.lead is None
    assert [photo.caption for photo in found.photos] == [TEXTS[lang].format(n=88)]
    assert [block.text for block in found.blocks] == texts


@pytest.mark.parametrize(
    "line",
    [
        "La suite après cette publicité",
        "Der Artikel wird nach dieser Anzeige fortgesetzt",
        "Continua após a publicidade",
        "Tekst gaat verder onder de foto",
        "Artikeln fortsätter efter annonsen",
        "Juttu jatkuu mainoksen jälkeen",
        "Beim Abspielen dieses Videos werden Daten an Dritte übertragen. Mit einem Klick stimmen Sie dem zu.",
        "Um dieses Video anzusehen, aktivieren Sie bitte JavaScript in Ihrem Browser.",
        "This report by The Harbour Press was first published Oct. 20, 2025.",
        "Lest auch: <a href='/a-1'>Un autre sujet du jour</a>",
    ],
)
@pytest.mark.parametrize("tag", ["p", "h4"])
def test_what_a_paper_says_of_adverts_and_videos_between_paragraphs_is_no_text(line, tag):
    body, texts = paragraphs("fr", 6)
    halves = body.split("</p>")
    page = f"<article><h1>Port Neuf</h1>{'</p>'.join(halves[:3])}</p><{tag}>{line}</{tag}>{'</p>'.join(halves[3:])}</article>"
    assert [block.text for block in read(page).blocks] == texts


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(
    "heading",
    ['<p class="font-bold text-xl">Notre indépendance</p>', '<div class="boxTitle">Notre indépendance</div>'],
)
def test_a_box_below_the_text_is_known_by_a_heading_that_its_class_makes_bold(lang, heading):
    body, texts = paragraphs(lang, 6)
    box = f'<div class="w-full bg-gray">{heading}<p>{TEXTS[lang].format(n=88)}</p></div>'
    halves = body.split("</p>")
    parts = [f"<div class=txt>{'</p>'.join(halves[n : n + 2])}</p></div>" for n in (0, 2, 4)]
    lead = f"<div class=top><p>{TEXTS[lang].format(n=77)}</p></div>"
    page = f"<main><h1>Port Neuf</h1>{lead}<div class=modules>{''.join(parts)}</div>{box}</main>"
    assert [block.text for block in read(page, lang).blocks] == texts


@pytest.mark.parametrize(
    ("lead", "left"),
    [
        ("Nach sechs Wochen fahren die Fischer wieder hinaus. <i>Von Anna Müller und Max Huber</i>", True),
        ("Après six semaines, les pêcheurs reprennent la mer. <i>Par Jeanne Roux.</i>", True),
        ("Nach sechs Wochen fahren die Fischer wieder hinaus. Von Hamburg aus gesehen ein Wunder", False),
        ("Nach sechs Wochen fahren die Fischer wieder hinaus. Ein Kommentar von Anna Müller", False),
    ],
)
def test_a_byline_behind_the_lead_is_no_part_of_it(lead, left):
    body, _ = paragraphs("fr", 6)
    whole = lead.replace("<i>", "").replace("</i>", "")
    page = f"<article><h1>Port Neuf</h1><p class=standfirst>{lead}</p><div>{body}</div></article>"
    assert read(page).lead == (lead[: lead.index(" <i>")] if left else whole)
