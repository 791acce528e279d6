"""What goes wrong with newspapers, for monitors to notice: each changes what the server answers from now on."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from tests.newsroom.site import Pages, Reply

_ARTICLE = re.compile(r"^/[a-z]{2}/[^/]+/(?:[^/]*-)?a\d+\.html$")
_CONSENT = """<!doctype html><html lang="fr"><head><title>Votre vie privée</title></head><body><main><h1>Nous respectons votre
vie privée</h1><p>Avec nos 831 partenaires, nous utilisons des cookies pour mesurer l’audience et personnaliser les publicités
que vous voyez. Vous pouvez accepter, refuser ou choisir en détail, et changer d’avis à tout moment.</p>
<p>L’accès au site est gratuit après votre choix ; il est gardé treize mois.</p><button>Tout accepter</button></main></body></html>"""

_EVERYWHERE = """<!doctype html><html lang="vi"><head><title>Lựa chọn của bạn</title></head><body><h1>Trước khi tiếp tục</h1>
<p>Chúng tôi dùng các tệp nhỏ và dữ liệu khác để cung cấp dịch vụ, theo dõi sự cố, đo mức độ quan tâm của bạn đọc và lập thống kê
của trang. Nếu bạn chọn đồng ý tất cả, chúng tôi cũng dùng chúng để phát triển dịch vụ mới và hiển thị nội dung phù hợp với bạn.</p>
<p>Nếu bạn chọn từ chối tất cả, chúng tôi sẽ không dùng dữ liệu cho những mục đích ấy.</p>
<form action="/consent"><button>Đồng ý</button><button>Từ chối</button></form></body></html>"""

Break = Callable[[str, Reply, Pages], Reply]


def _articles(change: Callable[[Reply], Reply]) -> Break:
    def broken(path: str, reply: Reply, before: Pages) -> Reply:
        return change(reply) if _ARTICLE.match(path) and reply.status == 200 else reply

    return broken


def _edit(*replacements: tuple[bytes, bytes]) -> Callable[[Reply], Reply]:
    def change(reply: Reply) -> Reply:
        body = reply.body
        for pattern, to in replacements:
            body = re.sub(pattern, to, body)
        return attrs.evolve(reply, body=body)

    return change


def _shell(reply: Reply) -> Reply:
    title = re.search(rb"<title>.*?</title>", reply.body, re.DOTALL)
    body = b'<!doctype html><html><head>%b</head><body><div id="app"></div><script src="/app.js"></script></body></html>'
    return Reply(body=body % (title[0] if title else b""))


def _paywall(reply: Reply) -> Reply:
    """Keep the first of the paragraphs, in each of the three layouts."""
    return _edit(
        (
            rb'(?s)(<div class="story-body">.*?</p>).*?(</div>\s*<section|</div>\s*<aside|</article>)',
            rb"\1\2",
        ),
        (rb'(?s)(id="article_text">.*?)<br ?/?>.*?(</div>|</td>)', rb"\1\2"),
        (rb'(?s)(class="chapter">.*?</p>).*?(</section>|</div>)', rb"\1\2"),
    )(reply)


def _dead_feed(path: str, reply: Reply, before: Pages) -> Reply:
    return Reply(status=410, body=b"gone", content_type="text/plain") if path == "/atom.xml" else reply


def _frozen_feed(path: str, reply: Reply, before: Pages) -> Reply:
    return before.get(path) if path == "/atom.xml" else reply


def _empty_section(path: str, reply: Reply, before: Pages) -> Reply:
    section = before.newsroom.sections[0]
    if path != section.path:
        return reply
    return Reply(
        body=b'<!doctype html><html><body><div id="root"></div><script src="/list.js"></script></body></html>'
    )


def _wall_everywhere(path: str, reply: Reply, before: Pages) -> Reply:
    """Answer each page of the site, lists too, with one that looks like an article."""
    is_page = reply.status == 200 and "html" in reply.content_type
    return Reply(body=_EVERYWHERE.encode()) if is_page else reply


def _forbidden(path: str, reply: Reply, before: Pages) -> Reply:
    if path != "/robots.txt":
        return reply
    rules = "".join(f"Disallow: {section.path}*.html\n" for section in before.newsroom.sections)
    return attrs.evolve(reply, body=f"User-agent: *\n{rules}".encode())


BREAKAGES: dict[str, tuple[str, Break]] = {
    "redesign": (
        "redesign",
        _articles(_edit((rb'(class|id)="(?!logo)[^"]*"', rb'\1="css-1x2y3z"'))),
    ),
    "dates gone": (
        "field_lost",
        _articles(
            _edit(
                (rb"(?s)<script[^>]*ld\+json.*?</script>", b""),
                (rb"<meta [^>]*(?:time|date)[^>]*>", b""),
                (rb"(?s)<time.*?</time>", b""),
                (rb'(?s)<td class="date"[^>]*>.*?</td>', b"<td></td>"),
                (rb'(?s)<(\w+) class="[^"]*(?:date|when)[^"]*">.*?</\1>', b""),
            )
        ),
    ),
    "paywall": ("text_lost", _articles(_paywall)),
    "consent wall": ("consent_wall", _articles(lambda _: Reply(body=_CONSENT.encode()))),
    "wall everywhere": ("consent_wall", _wall_everywhere),
    "empty shells": ("no_articles", _articles(_shell)),
    "blocked": ("refused", _articles(lambda _: Reply(status=403, body=b"<h1>Forbidden</h1>"))),
    "dead feed": ("list_dead", _dead_feed),
    "frozen feed": ("list_stale", _frozen_feed),
    "empty section": ("list_dead", _empty_section),
    "robots.txt": ("forbidden", _forbidden),
}
"""Name → (code of the alarm that must be raised, what the server does)."""


class BrokenPages(Pages):
    """The newspaper after something went wrong. `before`: as it was at the run before."""

    def __init__(self, pages: Pages, name: str, before: Pages) -> None:
        super().__init__(pages.newsroom)
        self._break, self._before = BREAKAGES[name][1], before

    def get(self, target: str) -> Reply:
        return self._break(target.partition("?")[0], super().get(target), self._before)
