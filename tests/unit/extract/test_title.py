"""The headline: which of several, and whether a kicker in it is part of it."""

from __future__ import annotations

import json

import pytest

from archive.extract import extract
from archive.model import Page
from tests.unit.extract.test_people import NOW, read

TEXTS = {
    "de": "Der Gemeinderat hat am Montag nach langer Aussprache den neuen Haushalt beschlossen, der viele Ausgaben kürzt. ",
    "fr": "Le conseil municipal a voté lundi, après un long débat, le nouveau budget qui réduit de nombreuses dépenses. ",
    "pl": "Rada miejska po długiej debacie uchwaliła w poniedziałek nowy budżet, który ogranicza wiele wydatków miasta. ",
    "vi": "Hội đồng thành phố hôm thứ hai đã thông qua ngân sách mới sau phiên thảo luận dài về nhiều khoản chi. ",
}


def page(h1, lang, **stated):
    head = f"<title>{stated['title']}</title>" if "title" in stated else ""
    if "og" in stated:
        head += f'<meta property="og:title" content="{stated["og"]}">'
    if "ld" in stated:
        node = {"@type": "NewsArticle", "headline": stated["ld"]}
        head += f'<script type="application/ld+json">{json.dumps(node)}</script>'
    text = "".join(f"<p>{TEXTS[lang] * 2}</p>" for _ in range(4))
    return read(f"<article><h1>{h1}</h1>{text}</article>", head, lang=lang).article


@pytest.mark.parametrize(
    ("h1", "lang", "stated", "title"),
    [
        # marked as a kicker, and the browser's title alone has it
        ('<span class="dachzeile">Streit im Rat</span> <span class="headline">Haushalt wird gekürzt</span>', "de",
         {"title": "Streit im Rat: Haushalt wird gekürzt | Tagblatt", "og": "Haushalt wird gekürzt - Streit im Rat"},
         "Haushalt wird gekürzt"),
        # marked as a kicker, and the page states both as its headline
        ('<span class="kicker">Budget municipal</span> <span>La ville coupe dans ses dépenses</span>', "fr",
         {"og": "Budget municipal : la ville coupe dans ses dépenses"},
         "Budget municipal : la ville coupe dans ses dépenses"),
        # what is stated begins within the kicker: nothing is cut there
        ('<span class="kicker">Po sporze w radzie</span> <span>Miasto ogranicza wydatki na drogi</span>', "pl",
         {"og": "sporze w radzie: Miasto ogranicza wydatki na drogi"},
         "Miasto ogranicza wydatki na drogi"),
        # not marked: a statement of the whole goes before one of its end
        ("<small>Ngân sách</small> Thành phố cắt giảm nhiều khoản chi", "vi",
         {"ld": "Thành phố cắt giảm nhiều khoản chi", "og": "Ngân sách / Thành phố cắt giảm nhiều khoản chi"},
         "Ngân sách / Thành phố cắt giảm nhiều khoản chi"),
        # not marked, and the end alone is stated
        ("<small>Ngân sách</small> Thành phố cắt giảm nhiều khoản chi", "vi",
         {"ld": "Thành phố cắt giảm nhiều khoản chi"},
         "Thành phố cắt giảm nhiều khoản chi"),
        # nothing but the browser's title is stated, and a style alone parts the two
        ("<span>Diplomatie</span><span>Une réunion importante à Hanoï</span>", "fr", {},
         "Diplomatie Une réunion importante à Hanoï"),
        ("<span><b>Diplomatie :</b></span><span>Une réunion importante à Hanoï</span>", "fr", {},
         "Diplomatie : Une réunion importante à Hanoï"),
        # a drop cap is no kicker
        ("<span>U</span>ne réunion <span>impor</span><span>tante</span> à Hanoï", "fr", {}, "Une réunion importante à Hanoï"),
    ],
)  # fmt: skip
def test_a_kicker_inside_the_headline(h1, lang, stated, title):
    assert page(h1, lang, **stated).title == title


def test_a_lead_above_a_paywall_has_nothing_to_differ_from():
    lead = TEXTS["de"].strip()
    inner = (
        f'<main><header><h1>Haushalt wird gekürzt</h1><p class="text-xl">{lead}</p></header>'
        f"<section><ul><li>{TEXTS['de']}</li><li>{TEXTS['de'] * 2}</li></ul></section></main>"
    )
    head = f'<meta name="description" content="{lead}">'
    assert read(inner, head, lang="de").article.lead == lead


def bare(title, inner, lang, head=""):
    html = (
        f'<html lang={lang}><head><title>{title}</title><meta property="og:type" content="article">{head}'
        f"</head><body>{inner}</body></html>"
    )
    return extract(
        Page(url="http://127.0.0.5:8801/a/b.html", payload=html.encode(), content_type=None, fetched_at=NOW)
    ).article


TITLED = [
    ("fr", "Le théâtre rouvre ses portes", "Le Courrier de Brume"),
    ("en", "Theatre opens again", "The Brume Daily Courier and Evening Post"),
    ("vi", "Nhà hát mở cửa trở lại", "Báo Sương Mù"),
    ("de", "Das Theater öffnet wieder", "Nebelstädter Anzeiger"),
    ("ar", "المسرح يفتح أبوابه من جديد", "صحيفة الضباب"),
    ("zh", "剧院重新开放迎接市民", "雾城日报"),
    ("th", "โรงละครเปิดประตูอีกครั้ง", "หนังสือพิมพ์หมอก"),
    ("ru", "Театр снова открывает двери", "Туманный вестник"),
    ("tr", "Tiyatro kapılarını yeniden açıyor", "Sis Postası"),
]


def body(lang):
    text = TEXTS.get(lang, TEXTS["fr"])
    return f"<p>{text}</p><p>{text * 2}</p><p>{text * 3}</p>"


@pytest.mark.parametrize(("lang", "title", "paper"), TITLED)
@pytest.mark.parametrize("between", [" | ", " - ", " – ", " — "])
@pytest.mark.parametrize(
    "page",
    [
        "<div><b>{title}</b></div>{text}",
        "<div class=top>{paper}</div><div class=x>{title}</div><div>{text}</div>",
        "<h1>{paper}</h1><div>{title}</div>{text}",
        '<p><a href="/">{paper}</a></p><p>{title}</p><div>{text}</div>',
    ],
)
def test_the_paper_s_name_is_cut_where_the_headline_stands_without_it(lang, title, paper, between, page):
    article = bare(f"{title}{between}{paper}", page.format(title=title, paper=paper, text=body(lang)), lang)
    assert article.title == title
    assert article.lead is None


def test_a_headline_with_a_bar_of_its_own_is_whole():
    title = "Budget | La ville coupe dans ses dépenses"
    assert bare(title, f"<div>{title}</div>{body('fr')}", "fr").title == title
    section = f"{title} | Le Courrier de Brume"
    assert bare(section, f"<div>{title}</div>{body('fr')}", "fr").title == title


@pytest.mark.parametrize(("lang", "title", "paper"), TITLED)
@pytest.mark.parametrize(
    "page",
    [
        "<main><div class=tt>{title}</div><div class=ss>{lead}</div><div>12/11/2026 08:10</div>{text}</main>",
        "<article><div>{title}</div><div>{lead}</div><div class=texte>{text}</div></article>",
        "<div class=logo>{paper}</div><article><div>{title}</div><div>{lead}</div>{text}</article>",
        '<div><a href="/">{paper}</a></div><div class=w><div>{title}</div><div>{lead}</div>{text}</div>',
    ],
)
def test_a_headline_by_place_wins_over_a_title_that_names_the_paper(lang, title, paper, page):
    lead = f"{TEXTS.get(lang, TEXTS['fr'])[:70]} !"
    article = bare(paper, page.format(title=title, paper=paper, lead=lead, text=body(lang)), lang)
    assert article.title == title
