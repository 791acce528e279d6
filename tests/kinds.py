"""Pages of every kind that a news site serves, with what each is: the labelled set for the verdict.

Made from the generated newspaper's stories in six languages: articles of odd shapes (breaking news of two lines above
a wall of links, live blogs, galleries, behind a wall, on addresses that say nothing) and pages that are none (fronts,
tags, searches, authors, archives, with and without the metadata that would give them away; errors sent with status
200; consent walls, log-in forms, robot checks). Markup is plain and differs from kind to kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from attrs import frozen

from archive.model import Verdict
from tests.newsroom.articles import Story
from tests.newsroom.newsroom import Newsroom

HOST = "https://journal.example"
WORDS = {
    "fr": ("Rechercher", "Résultats pour", "Page introuvable", "La page que vous cherchez n’existe pas ou a été déplacée.",
           "Nous respectons votre vie privée", "Nous et nos partenaires utilisons des cookies et traitons vos données personnelles pour afficher des publicités. Vous pouvez accepter ou refuser.",
           "Tout accepter", "Connexion", "Mot de passe", "Abonnez-vous pour lire la suite"),
    "vi": ("Tìm kiếm", "Kết quả cho", "Không tìm thấy trang", "Trang bạn yêu cầu không tồn tại hoặc đã bị xóa.",
           "Chúng tôi tôn trọng quyền riêng tư", "Chúng tôi và đối tác sử dụng cookie và xử lý dữ liệu cá nhân của bạn để hiển thị quảng cáo. Bạn có thể đồng ý hoặc từ chối.",
           "Đồng ý tất cả", "Đăng nhập", "Mật khẩu", "Đăng ký để đọc tiếp"),
    "en": ("Search", "Results for", "Page not found", "The page you are looking for does not exist or has been moved.",
           "We value your privacy", "We and our partners use cookies and process your personal data to show advertising. You may accept or refuse this processing.",
           "Accept all", "Log in", "Password", "Subscribe to continue reading"),
    "zh": ("搜索", "搜索结果", "页面不存在", "您访问的页面不存在或已被删除。",
           "我们重视您的隐私", "我们和我们的合作伙伴使用 Cookie 并处理您的个人数据以显示广告。您可以接受或拒绝。",
           "全部接受", "登录", "密码", "订阅后继续阅读"),
    "ar": ("بحث", "نتائج البحث عن", "الصفحة غير موجودة", "الصفحة التي تبحث عنها غير موجودة أو تم نقلها.",
           "نحن نحترم خصوصيتك", "نستخدم نحن وشركاؤنا ملفات تعريف الارتباط ونعالج بياناتك الشخصية لعرض الإعلانات. يمكنك القبول أو الرفض.",
           "قبول الكل", "تسجيل الدخول", "كلمة المرور", "اشترك لمتابعة القراءة"),
    "th": ("ค้นหา", "ผลการค้นหา", "ไม่พบหน้านี้", "ไม่พบหน้าที่คุณต้องการ หรือหน้านี้ถูกย้ายแล้ว",
           "เราให้ความสำคัญกับความเป็นส่วนตัวของคุณ", "เราและพันธมิตรใช้คุกกี้และประมวลผลข้อมูลส่วนบุคคลของคุณเพื่อแสดงโฆษณา คุณสามารถยอมรับหรือปฏิเสธได้",
           "ยอมรับทั้งหมด", "เข้าสู่ระบบ", "รหัสผ่าน", "สมัครสมาชิกเพื่ออ่านต่อ"),
}  # fmt: skip


@frozen(kw_only=True)
class Kind:
    """One page and what it is."""

    name: str
    lang: str
    url: str
    html: str
    verdict: Verdict


class _Edition:
    """One language's stories, and the pieces that pages are made of."""

    def __init__(self, lang: str, stories: list[Story]) -> None:
        self.lang, self.stories = lang, stories
        (self.search, self.results, self.missing, self.missing_text, self.privacy, self.consent,
         self.accept, self.login, self.password, self.subscribe) = WORDS[lang]  # fmt: skip

    def page(self, title: str, body: str, head: str = "") -> str:
        menu = "".join(
            f"<li><a href='/{self.lang}/{s.section.slug}/'>{s.section.name}</a></li>"
            for s in self.stories[:6]
        )
        return (
            f"<!doctype html><html lang={self.lang}><head><meta charset=utf-8><title>{title} - Le Journal</title>"
            f'<meta property="og:site_name" content="Le Journal">{head}</head><body><header><nav><ul>{menu}</ul></nav>'
            f"</header>{body}<footer><p>© Le Journal</p></footer></body></html>"
        )

    def href(self, number: int) -> str:
        return f"/{self.lang}/news/{self.stories[number % len(self.stories)].number + 4_000_000}.html"

    def text(self, number: int, count: int = 40) -> str:
        blocks = self.stories[number % len(self.stories)].article.blocks
        return "".join(f"<p>{block.text}</p>" for block in blocks[:count])

    def title(self, number: int) -> str:
        return str(self.stories[number % len(self.stories)].article.title)

    def teaser(self, number: int) -> str:
        article = self.stories[number % len(self.stories)].article
        return str(article.lead or article.blocks[0].text)

    def cards(self, count: int, tag: str = "h2", *, teaser: bool = True) -> str:
        return "".join(
            f"<div class=item><a href='{self.href(n)}'><img src='/i/{n}.jpg' alt=''></a><{tag}><a href='{self.href(n)}'>{self.title(n)}</a></{tag}>"
            + (f"<p>{self.teaser(n)}</p>" if teaser else "")
            + "</div>"
            for n in range(count)
        )

    def links(self, count: int) -> str:
        return (
            "<ul>"
            + "".join(f"<li><a href='{self.href(n)}'>{self.title(n)}</a></li>" for n in range(count))
            + "</ul>"
        )


def _articles(e: _Edition) -> Iterator[tuple[str, str, str]]:
    title, text = e.title(0), e.text(0)
    ld = json.dumps({"@type": "NewsArticle", "headline": title}, ensure_ascii=False)
    yield (
        "plain",
        "/a/2024/12/26/un-deux-trois-quatre.html",
        e.page(title, f"<main><h1>{title}</h1>{text}</main>"),
    )
    yield "address that says nothing", "/n/123", e.page(title, f"<article><h1>{title}</h1>{text}</article>")
    yield (
        "query address",
        "/index.php?id=98765",
        e.page(title, f"<table><tr><td><h1>{title}</h1>{text}</td></tr></table>"),
    )
    yield (
        "breaking news above a wall of links",
        "/flash/12345-un-deux-trois.html",
        e.page(title, f"<div class=c><h1>{title}</h1>{e.text(0, 2)}</div><div class=more>{e.links(40)}</div>",
               f'<meta property="og:type" content="article"><script type="application/ld+json">{ld}</script>'),
    )  # fmt: skip
    entries = "".join(
        f"<div class=entry><time>{10 + n}:05</time><h3>{e.title(n)}</h3>{e.text(n, 2)}</div>"
        for n in range(8)
    )
    yield (
        "live blog",
        "/direct/un-deux-trois-quatre-cinq-991.html",
        e.page(title, f"<h1>{title}</h1><p>{e.teaser(0)}</p><div class=live>{entries}</div>"),
    )
    figures = "".join(
        f"<figure><img src='/i/{n}.jpg'><figcaption>{e.teaser(n)}</figcaption></figure>" for n in range(9)
    )
    yield (
        "gallery",
        "/photos/un-deux-trois-quatre-992.html",
        e.page(
            title,
            f"<h1>{title}</h1><p>{e.teaser(0)}</p>{figures}",
            '<meta property="og:type" content="article">',
        ),
    )
    wall = f"<div class=paywall><h2>{e.subscribe}</h2><p>{e.consent}</p><button>{e.login}</button></div>"
    yield (
        "behind a wall",
        "/politique/un-deux-trois-quatre-993.html",
        e.page(title, f"<article><h1>{title}</h1>{e.text(0, 2)}{wall}</article>{e.links(12)}",
               f'<script type="application/ld+json">{ld[:-1]}, "isAccessibleForFree": false}}</script>'),
    )  # fmt: skip
    yield (
        "with related cards below",
        "/eco/2024/un-deux-trois-994.html",
        e.page(title, f"<main><h1>{title}</h1>{text}<section>{e.cards(8)}</section></main>"),
    )
    yield (
        "with a consent box above",
        "/eco/un-deux-trois-995.html",
        e.page(
            title,
            f"<div class=cookie-banner><h2>{e.privacy}</h2><p>{e.consent}</p><button>{e.accept}</button></div><h1>{title}</h1>{text}",
        ),
    )


def _listings(e: _Edition) -> Iterator[tuple[str, str, str]]:
    name = e.stories[0].section.name
    website = '<meta property="og:type" content="website">'
    yield "front page", "/", e.page("Le Journal", f"<main>{e.cards(30)}</main>", website)
    yield (
        "front page without metadata",
        "/index.html",
        e.page("Le Journal", f"<h1>Le Journal</h1>{e.cards(24, 'h3')}"),
    )
    yield "section", "/politique/", e.page(name, f"<h1>{name}</h1>{e.cards(20)}", website)
    yield (
        "section on a slug with a number",
        "/rubriques/politique-et-societe-du-pays-12345/",
        e.page(name, f"<h1>{name}</h1>{e.cards(20)}"),
    )
    yield (
        "section of bare links",
        "/economie/toutes-les-nouvelles-du-jour",
        e.page(name, f"<h1>{name}</h1>{e.links(40)}"),
    )
    yield (
        "section that claims to be an article",
        "/culture/",
        e.page(name, f"<h1>{name}</h1>{e.cards(20)}", '<meta property="og:type" content="article">'),
    )
    yield (
        "section with an introduction",
        "/dossiers/le-grand-dossier-de-l-annee-2024",
        e.page(name, f"<h1>{name}</h1><p>{e.teaser(1)} {e.teaser(2)}</p>{e.cards(15)}"),
    )
    yield (
        "section in a table",
        "/list.php?cat=7",
        e.page(
            name,
            "<table>"
            + "".join(
                f"<tr><td><a href='{e.href(n)}'><b>{e.title(n)}</b></a><br>{e.teaser(n)}</td></tr>"
                for n in range(15)
            )
            + "</table>",
        ),
    )
    yield (
        "tag",
        "/tag/un-sujet-dont-on-parle-beaucoup",
        e.page(f"#{name}", f"<h1>{name}</h1>{e.cards(12, 'h3')}", website),
    )
    yield (
        "search",
        "/recherche?q=port&page=2",
        e.page(
            f"{e.results} port",
            f"<h1>{e.results} « port »</h1><form><input name=q><button>{e.search}</button></form>{e.cards(10, 'h4')}",
        ),
    )
    yield (
        "author",
        "/auteur/mireille-aubrac-de-la-tour",
        e.page(
            "Mireille Aubrac",
            f"<h1>Mireille Aubrac</h1><p>{e.teaser(3)}</p>{e.cards(12, 'h3')}",
            '<meta property="og:type" content="profile">',
        ),
    )
    yield (
        "archive of a day",
        "/archives/2024/12/26/",
        e.page("2024-12-26", f"<h1>26/12/2024</h1>{e.links(60)}"),
    )
    items = json.dumps({"@type": "CollectionPage", "name": name}, ensure_ascii=False)
    yield (
        "collection",
        "/sujets/un-deux-trois-quatre-cinq",
        e.page(name, f"<h1>{name}</h1>{e.cards(10)}", f'<script type="application/ld+json">{items}</script>'),
    )
    yield (
        "page two",
        "/monde/page/2/",
        e.page(name, f"<h1>{name}</h1>{e.cards(10)}<a rel=next href='/monde/page/3/'>3</a>"),
    )
    yield (
        "one long story above the others",
        "/regions/",
        e.page(
            name,
            f"<h1>{name}</h1><div class=lead><h2><a href='{e.href(0)}'>{e.title(0)}</a></h2>{e.text(0, 2)}</div>{e.cards(18)}",
            website,
        ),
    )


def _answers_in_its_place(e: _Edition) -> Iterator[tuple[str, str, str]]:
    url = "/politique/un-deux-trois-quatre-2024-996.html"
    yield "missing", url, e.page(e.missing, f"<h1>404</h1><p>{e.missing_text}</p>")
    yield (
        "missing, with the latest stories",
        url,
        e.page(e.missing, f"<h1>{e.missing}</h1><p>{e.missing_text}</p><h2>+</h2>{e.cards(12)}"),
    )
    yield (
        "robot check",
        url,
        e.page(
            "Just a moment...",
            "<h1>Checking your browser before accessing</h1><p>Please verify you are human.</p>",
        ),
    )
    yield (
        "no service",
        url,
        e.page(
            "503 Service Unavailable",
            "<h1>503</h1><p>The server is temporarily unable to service your request.</p>",
        ),
    )
    yield (
        "consent wall",
        url,
        e.page(
            e.privacy,
            f"<main><h1>{e.privacy}</h1><p>{e.consent}</p><p>{e.consent}</p><button>{e.accept}</button></main>",
        ),
    )
    yield (
        "log-in",
        "/login?return=%2Fa",
        e.page(
            e.login,
            f"<h1>{e.login}</h1><form action=/login method=post><label>E-mail<input name=mail></label><label>{e.password}<input type=password name=p></label><button>{e.login}</button></form>",
        ),
    )


def labelled() -> list[Kind]:
    """Return every page of the set, the same on every machine."""
    newsroom = Newsroom()
    kinds: list[Kind] = []
    for lang in WORDS:
        edition = _Edition(lang, [story for story in newsroom.stories if story.section.lang == lang])
        pages: tuple[tuple[Verdict, Iterator[tuple[str, str, str]]], ...] = (
            ("article", _articles(edition)), ("listing", _listings(edition)), ("error_page", _answers_in_its_place(edition)),
        )  # fmt: skip
        for verdict, made in pages:
            kinds += [
                Kind(name=name, lang=lang, url=HOST + path, html=html, verdict=verdict)
                for name, path, html in made
            ]
    return kinds
