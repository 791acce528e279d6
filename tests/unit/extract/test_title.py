"""The headline: which of several, and whether a kicker in it is part of it."""

from __future__ import annotations

import json

import pytest

from tests.unit.extract.test_people import read

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
