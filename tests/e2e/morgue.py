"""A newspaper with a long past, for crawls that look back: the same stories behind every kind of list that papers have.

Named for the morgue, where a newspaper keeps its old clippings. A story every third day from 2017-01-02 on; a list page shows ten.
"""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from urllib.parse import parse_qs, quote, urlsplit

from tests.e2e.paper import Paper

FIRST, LAST = date(2017, 1, 2), date(2026, 11, 20)
PAGE = 10
TEXTS = (
    ("Les archives du port de pêche, boîte numéro {n}", "La capitainerie a ouvert lundi la boîte numéro {n} de ses archives, où dormaient les registres des chalutiers."),
    ("Kho lưu trữ của cảng cá mở hộp số {n}", "Ban quản lý cảng hôm thứ Hai đã mở hộp lưu trữ số {n}, nơi cất giữ sổ sách của các tàu đánh cá."),
    ("渔港档案馆今日开启第{n}号档案盒", "港务局星期一开启了第{n}号档案盒，里面保存着多年来渔船进出港口的登记簿和往来信件。"),
    ("أرشيف ميناء الصيد يفتح الصندوق رقم {n}", "فتحت سلطات الميناء يوم الاثنين الصندوق رقم {n} من أرشيفها حيث كانت سجلات سفن الصيد محفوظة."),
    ("หอจดหมายเหตุท่าเรือประมงเปิดกล่องที่ {n}", "ท่าเรือเปิดกล่องจดหมายเหตุหมายเลข {n} เมื่อวันจันทร์ ซึ่งเก็บสมุดทะเบียนเรือประมงไว้"),
)  # fmt: skip


class Morgue(Paper):
    """`dated`: lists show the days of their stories; `ends`: after the last page come empty ones, else the last page for ever;
    `scroll`: how the list at /scroll/ goes on ("json", "html"); `front`: what stands in the front page's head and body.
    """

    def __init__(
        self, *, dated: bool = True, ends: bool = True, scroll: str = "json", front: str = ""
    ) -> None:
        days = (LAST - FIRST).days // 3 + 1
        super().__init__(days)
        self.dated, self.ends, self.scroll, self.front = dated, ends, scroll, front
        self.days = [LAST - timedelta(days=3 * number) for number in range(days)]
        """Newest first, as the lists have them."""
        self.robots = "User-agent: *\nDisallow:\n"
        self.sitemap_in_robots = False
        self.twins = False
        """Lists name an AMP and a print copy of every story."""

    def path(self, number: int) -> str:
        return f"/port/archives-du-port-{10_000 + len(self.days) - number}.html"

    def paths(self) -> list[str]:
        return [self.path(number) for number in range(len(self.days))]

    def since(self, day: date) -> list[str]:
        """Return the paths of the stories of this day and after."""
        return [self.path(number) for number, its in enumerate(self.days) if its >= day]

    def requested(self, start: str = "/port/archives-du-port-") -> list[str]:
        return [path for path in self.asked if path.startswith(start)]

    def answer(self, path: str) -> tuple[str, bytes] | None:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        html, xml = "text/html; charset=utf-8", "application/xml"
        first, *rest = parts.path.strip("/").split("/")
        if path == "/":
            return html, self._page("La Morgue", self.front).encode()
        if path == "/robots.txt":
            named = f"Sitemap: {self.base_url}/sitemaps/index.xml\n" if self.sitemap_in_robots else ""
            return "text/plain", (self.robots + named).encode()
        if first == "numbered":
            return self._numbered(int(rest[1]) if len(rest) == 2 else 1)
        if first == "older":
            return self._older(query.get("before"))
        if first == "scroll":
            return html, self._page("Défilement", self._cards(range(PAGE)) + self._button(2)).encode()
        if first == "application":
            return html, self._application(int(query.get("page", "1"))).encode()
        if path == "/feed.json":
            return "application/json", self._json_feed().encode()
        if first == "api":
            return self._api(int(query.get("page", "1")))
        if first == "archives" and len(rest) == 2:
            return self._month(int(rest[0]), int(rest[1]))
        if parts.path == "/sitemaps/index.xml":
            return xml, self._index().encode()
        if first == "sitemaps" and rest[0].startswith("month-"):
            return "application/x-gzip", gzip.compress(self._sitemap(rest[0][6:13]).encode())
        if parts.path == "/sitemaps/news.xml":
            return xml, self._urlset(range(3)).encode()
        return (html, self._story(parts.path)) if parts.path in self._known else None

    @property
    def _known(self) -> dict[str, int]:
        if not hasattr(self, "_numbers"):
            self._numbers = {path: number for number, path in enumerate(self.paths())}
        return self._numbers

    def _page(self, title: str, body: str) -> str:
        return f"<!doctype html><html lang=fr><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"

    def _cards(self, numbers: range) -> str:
        cards = []
        for number in numbers:
            if number >= len(self.days):
                break
            path, title = self.path(number), TEXTS[number % 5][0].format(n=number)
            day = f"<time datetime={self.days[number]}></time>" if self.dated else ""
            twins = f'<a href="/amp{path}">AMP</a><a href="{path}?print=1">{title}</a>' if self.twins else ""
            cards.append(f'<div class="card">{twins}<h3><a href="{path}?utm_source=liste">{title}</a></h3>{day}</div>')  # fmt: skip
        return "".join(cards)

    def _numbered(self, page: int) -> tuple[str, bytes]:
        last = -(-len(self.days) // PAGE)
        shown = page if self.ends else min(page, last)
        body = self._cards(range((shown - 1) * PAGE, shown * PAGE))
        more = f"<a href='/numbered/page/{page + 1}/'>Suivant »</a>" if shown < last or not self.ends else ""
        return "text/html; charset=utf-8", self._page("Numérotées", body + more).encode()

    def _older(self, before: str | None) -> tuple[str, bytes]:
        start = next((n for n, day in enumerate(self.days) if before is None or day.isoformat() < before), 0)
        shown = range(start, start + PAGE)
        older = f"/older/?before={self.days[min(start + PAGE, len(self.days)) - 1]}"
        return "text/html; charset=utf-8", self._page("Anciennes", self._cards(shown) + f'<a href="{quote(older, safe="/?=")}">Articles plus anciens</a>').encode()  # fmt: skip

    def _button(self, page: int) -> str:
        return (
            f'<button class="btn load-more" data-url="/api/stories?page={page}&amp;per=10">Voir plus</button>'
        )

    def _api(self, page: int) -> tuple[str, bytes]:
        numbers = range((page - 1) * PAGE, page * PAGE)
        if self.scroll == "html":
            more = self._button(page + 1) if page * PAGE < len(self.days) else ""
            return "text/html; charset=utf-8", (self._cards(numbers) + more).encode()
        items = [
            {
                "id": number,
                "title": {"rendered": TEXTS[number % 5][0].format(n=number)},
                "link": self.path(number),
                "date": f"{self.days[number]}T08:00:00+07:00",
                "author": {"name": "Mireille Aubrac", "url": "/auteurs/mireille-aubrac"},
            }
            for number in numbers
            if number < len(self.days)
        ]
        answer = {
            "ok": True,
            "payload": {"items": items, "hasMore": page * PAGE < len(self.days)},
            "menu": [{"title": "Sport", "url": "/sport/"}],
        }
        return "application/json", json.dumps(answer, ensure_ascii=False).encode()

    def _application(self, page: int) -> str:
        """Return a page whose cards a script of the browser would build, of data that the page brings with it."""
        stories = [
            {
                "headline": TEXTS[number % 5][0].format(n=number),
                "href": self.path(number),
                "datePublished": f"{self.days[number]}T08:00:00+07:00",
            }
            for number in range((page - 1) * PAGE, min(page * PAGE, len(self.days)))
        ]
        menu = [{"title": "Le sport au port", "href": "/sport/"}]
        data = {"props": {"pageProps": {"menu": menu, "list": {"stories": stories}}}, "page": "/[section]"}
        text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        script = f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'
        number = f'<a href="/application/?page={page + 1}">Seite {page + 1}</a>'
        return self._page("Application", f'<div id="__next"></div>{number}{script}')

    def _json_feed(self) -> str:
        items = [
            {
                "id": str(n),
                "url": self.base_url + self.path(n),
                "date_published": f"{self.days[n]}T08:00:00+07:00",
            }
            for n in range(PAGE)
        ]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).replace("/", "\\/")

    def _month(self, year: int, month: int) -> tuple[str, bytes] | None:
        numbers = [n for n, day in enumerate(self.days) if (day.year, day.month) == (year, month)]
        if not numbers:
            return None
        return "text/html; charset=utf-8", self._page(
            f"{month}/{year}", self._cards(range(numbers[0], numbers[-1] + 1))
        ).encode()

    def _index(self) -> str:
        months = sorted({f"{day:%Y-%m}" for day in self.days})
        maps = [*(f"/sitemaps/month-{month}.xml.gz" for month in months), "/sitemaps/news.xml"]
        return f"<sitemapindex>{''.join(f'<sitemap><loc>{self.base_url}{one}</loc></sitemap>' for one in maps)}</sitemapindex>"

    def _sitemap(self, month: str) -> str:
        numbers = [n for n, day in enumerate(self.days) if f"{day:%Y-%m}" == month]
        return self._urlset(range(numbers[0], numbers[-1] + 1)) if numbers else "<urlset/>"

    def _urlset(self, numbers: range) -> str:
        return f"<urlset>{''.join(f'<url><loc>{self.base_url}{self.path(n)}</loc><lastmod>{self.days[n]}</lastmod></url>' for n in numbers)}</urlset>"

    def _story(self, path: str) -> bytes:
        number = self._known[path]
        title, text = (one.format(n=number) for one in TEXTS[number % 5])
        head = f"<title>{title}</title><meta property=og:type content=article><meta property=article:published_time content={self.days[number]}T08:00:00+07:00>"
        body = "".join(f"<p>{text} ({part})</p>" for part in range(6))
        return f"<html><head><meta charset=utf-8>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()
