"""Samples of newspapers that need no server: pages as text, and what lists say of them."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.extract import extract
from archive.extract.page import parse
from archive.model import Page
from crawler.discovery.links import Candidate
from hemeroteca.drafting.survey import Mention, Sample

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOST = "https://journal.example"
PARAGRAPHS = {
    "fr": "Le conseil a décidé lundi de rouvrir le marché couvert après {n} mois de travaux et de débats.",
    "vi": "Hội đồng hôm thứ Hai quyết định mở lại khu chợ có mái che sau {n} tháng thi công và tranh luận.",
    "zh": "市议会星期一决定，经过{n}个月的施工和讨论之后，重新开放有顶棚的市场，商贩们对此表示欢迎。",
    "ar": "قرر المجلس يوم الاثنين إعادة فتح السوق المسقوفة بعد {n} شهرا من الأشغال والنقاش بين التجار.",
    "th": "สภาเมืองมีมติเมื่อวันจันทร์ให้เปิดตลาดในร่มอีกครั้งหลังจากก่อสร้างและถกเถียงกันนาน {n} เดือน",
}
TITLES = {
    "fr": "Le marché couvert rouvre après {n} mois de travaux",
    "vi": "Khu chợ có mái che mở lại sau {n} tháng thi công",
    "zh": "经过{n}个月施工有顶棚的市场重新开放",
    "ar": "السوق المسقوفة تفتح من جديد بعد {n} شهرا من الأشغال",
    "th": "ตลาดในร่มเปิดอีกครั้งหลังก่อสร้างนาน {n} เดือน",
}


def body_of(lang: str, n: int) -> str:
    return "".join(f"<p>{PARAGRAPHS[lang].format(n=n + step)}</p>" for step in range(0, 60, 10))


def title_of(lang: str, n: int) -> str:
    return TITLES[lang].format(n=n)


def page_of(html: str, n: int) -> Page:
    return Page(
        url=f"{HOST}/monde/article-{10_000 + n}.html",
        payload=html.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=NOW,
    )


def sample_of(html: str, n: int = 1, *mentions: Mention) -> Sample:
    page = page_of(html, n)
    parsed, article = parse(page), extract(page).article
    assert parsed is not None
    assert article is not None, "the page must be an article to the generic extractor"
    return Sample(page=page, parsed=parsed, article=article, mentions=mentions)


def feed(n: int, title: str | None = None, **said) -> Mention:
    date = said.pop("date", None)
    link = Candidate(url=f"{HOST}/monde/article-{10_000 + n}.html", title=title, date=date)
    return Mention(by="feed", via=f"{HOST}/rss.xml", link=link, **said)


def section(n: int, name: str) -> Mention:
    link = Candidate(url=f"{HOST}/monde/article-{10_000 + n}.html")
    return Mention(by="section", via=f"{HOST}/{name}/", link=link, section=name)
