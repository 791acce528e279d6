"""Feeds, sitemaps and section pages as some newspaper somewhere serves them: each case is one of their oddities."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from archive.extract.page import parse
from archive.model import Page
from crawler.discovery.feeds import looks_like_feed, read_feed
from crawler.discovery.links import Scope
from crawler.discovery.paging import next_pages
from crawler.discovery.sections import feed_links, feeds_of
from crawler.discovery.sitemaps import read_sitemap, sitemaps_of_robots

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOME = "https://journal.example"
FEED = f"{HOME}/rss/home.xml"
XML = '<?xml version="1.0" encoding="utf-8"?>'
ATOM = "http://www.w3.org/2005/Atom"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def rss(items: str, *, head: str = XML, root: str = '<rss version="2.0">') -> str:
    return f"{head}{root}<channel><title>Journal</title><link>{HOME}/</link>{items}</channel></rss>"


def item(number: int = 1, title: str = "Titre", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{HOME}/a-{number}.html</link>{more}</item>"


ONE = f"{HOME}/a-1.html"

FEEDS: dict[str, tuple[bytes, list[tuple[str, str | None]]]] = {
    "RSS 0.91 with Netscape's DTD": (
        rss(
            item(title="Café &amp; thé"),
            head=XML
            + '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">',
            root='<rss version="0.91">',
        ).encode(),
        [(ONE, "Café & thé")],
    ),
    "RSS 0.92 whose titles are HTML": (
        rss(item(title="&lt;b&gt;Kein&lt;/b&gt; Ende")).encode(),
        [(ONE, "Kein Ende")],
    ),
    "RSS 1.0: a table of contents, then items beside the channel": (
        (
            f'{XML}<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="{HOME}/"><items><rdf:Seq>'
            f'<rdf:li rdf:resource="{ONE}"/></rdf:Seq></items></channel><item rdf:about="{ONE}"><title>新聞一</title>'
            f"<link>{ONE}</link></item></rdf:RDF>"
        ).encode(),
        [(ONE, "新聞一")],
    ),
    "RSS 2.0 in a namespace that nobody asked for": (
        rss(item(title="Tin"), root='<rss version="2.0" xmlns="http://backend.userland.com/rss2">').encode(),
        [(ONE, "Tin")],
    ),
    "RSS in capital letters": (
        f"<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>Titel</TITLE><LINK>{ONE}</LINK></ITEM></CHANNEL></RSS>".encode(),
        [(ONE, "Titel")],
    ),
    "Atom with a base address of its own": (
        (
            f'<feed xmlns="{ATOM}" xml:base="{HOME}/vi/"><entry xml:base="kinh-te/"><title>Giá cà phê</title>'
            '<link href="gia-1.html"/></entry></feed>'
        ).encode(),
        [(f"{HOME}/vi/kinh-te/gia-1.html", "Giá cà phê")],
    ),
    "Atom with a prefix": (
        f'<a:feed xmlns:a="{ATOM}"><a:entry><a:title>خبر</a:title><a:link rel="alternate" href="{ONE}"/></a:entry></a:feed>'.encode(),
        [(ONE, "خبر")],
    ),
    "Atom whose first alternate is data": (
        (
            f'<feed xmlns="{ATOM}"><entry><title>t</title><link rel="alternate" type="application/json" href="{HOME}/wp-json/1"/>'
            f'<link rel="alternate" type="text/html" href="{ONE}"/></entry></feed>'
        ).encode(),
        [(ONE, "t")],
    ),
    "Atom with an XHTML title": (
        (
            f'<feed xmlns="{ATOM}"><entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Un <i>très</i> grand'
            f' pas</div></title><link href="{ONE}"/></entry></feed>'
        ).encode(),
        [(ONE, "Un très grand pas")],
    ),
    "Atom 0.3": (
        f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Alt</title><link rel="alternate" type="text/html" href="{ONE}"/><issued>2026-11-22T10:00:00Z</issued></entry></feed>'.encode(),
        [(ONE, "Alt")],
    ),
    "an entry that tells where it was taken from": (
        (
            f'<feed xmlns="{ATOM}"><entry><source><link href="https://other.example/"/><title>Other</title></source>'
            f'<title>Eigen</title><link href="{ONE}"/></entry></feed>'
        ).encode(),
        [(ONE, "Eigen")],
    ),
    "JSON Feed with a byte order mark, by PHP": (
        rb"""%s{"version":"https:\/\/jsonfeed.org\/version\/1","items":[{"url":"https:\/\/journal.example\/a-1.html","title":"\u9ad8\u94c1"}]}"""
        % b"\xef\xbb\xbf",
        [(ONE, "高铁")],
    ),
    "JSON Feed whose ids are the addresses": (
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "{ONE}", "content_text": "…", "date_published": 7}}, null]}}'.encode(),
        [(ONE, None)],
    ),
    "JSON Feed cut off": (b'{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/a-1.html"}', []),
    "a byte order mark before the declaration": (
        b"\xef\xbb\xbf" + rss(item(title="Ngày")).encode(),
        [(ONE, "Ngày")],
    ),
    "UTF-8 that says Latin-1": (
        rss(item(title="Été à Hanoï"), head='<?xml version="1.0" encoding="ISO-8859-1"?>').encode(),
        [(ONE, "Été à Hanoï")],
    ),
    "Windows-1252 that says UTF-8": (
        rss(item(title="L’été – déjà")).encode("cp1252"),
        [(ONE, "L’été – déjà")],
    ),
    "Windows-1251": (
        rss(item(title="Новости дня"), head='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251"),
        [(ONE, "Новости дня")],
    ),
    "Thai in TIS-620": (
        rss(item(title="ข่าวด่วน"), head='<?xml version="1.0" encoding="TIS-620"?>').encode("cp874"),
        [(ONE, "ข่าวด่วน")],
    ),
    "GB2312 with a character of GBK": (
        rss(item(title="镕基"), head="<?xml version='1.0' encoding='gb2312'?>").encode("gb18030"),
        [(ONE, "镕基")],
    ),
    "Shift_JIS": (
        rss(item(title="速報・首相"), head='<?xml version="1.0" encoding="Shift_JIS"?>').encode("shift_jis"),
        [(ONE, "速報・首相")],
    ),
    "Arabic in Windows-1256": (
        rss(item(title="عاجل"), head='<?xml version="1.0" encoding="windows-1256"?>').encode("cp1256"),
        [(ONE, "عاجل")],
    ),
    "UTF-16 with the mark, and with a declaration of UTF-8": (
        b"\xfe\xff" + rss(item(title="下午")).encode("utf-16-be"),
        [(ONE, "下午")],
    ),
    "escaped twice": (
        rss(item(title="L&amp;#039;heure &amp;amp; demie")).encode(),
        [(ONE, "L'heure & demie")],
    ),
    "entities of HTML": (rss(item(title="&laquo;&nbsp;Non&nbsp;&raquo;")).encode(), [(ONE, "« Non »")]),
    "a link in CDATA, on lines of its own": (
        rss(f"<item><title>t</title><link>\n<![CDATA[\n{ONE}\n]]>\n</link></item>").encode(),
        [(ONE, "t")],
    ),
    "a query with bare ampersands": (
        rss(f"<item><title>t</title><link>{HOME}/read.php?id=77&lang=th&copy=1</link></item>").encode(),
        [(f"{HOME}/read.php?id=77&lang=th&copy=1", "t")],
    ),
    "relative links": (
        rss(
            "<item><title>a</title><link>../2026/a.html</link></item><item><title>b</title><link>//m.journal.example/b</link></item>"
            "<item><title>c</title><link>?id=3</link></item>"
        ).encode(),
        [
            (f"{HOME}/2026/a.html", "a"),
            ("https://m.journal.example/b", "b"),
            (f"{HOME}/rss/home.xml?id=3", "c"),
        ],
    ),
    "an address in its own script": (
        rss(f"<item><title>t</title><link>{HOME}/tin/đường-sắt</link></item>").encode(),
        [(f"{HOME}/tin/%C4%91%C6%B0%E1%BB%9Dng-s%E1%BA%AFt", "t")],
    ),
    "links that lead nowhere": (
        rss(
            "<item><title>a</title><link>javascript:void(0)</link></item><item><title>b</title><link>mailto:a@b.example</link></item>"
        ).encode(),
        [],
    ),
    "an empty link, and a guid that is one": (
        rss(
            f'<item><title>t</title><link/><guid isPermaLink="true">{ONE}</guid></item>'
            f'<item><title>u</title><guid isPermaLink="False">{HOME}/?p=12</guid></item>'
        ).encode(),
        [(ONE, "t")],
    ),
    "a link to itself before the link": (
        rss(
            f'<item><atom:link xmlns:atom="{ATOM}" rel="self" href="{FEED}"/><title>t</title><link>{ONE}</link></item>'
        ).encode(),
        [(ONE, "t")],
    ),
    "prefixes that nothing declares": (
        rss(
            f"<item><title>t</title><media:title>Foto</media:title><link>https://proxy.example/1</link><feedburner:origLink>{ONE}</feedburner:origLink></item>"
        ).encode(),
        [(ONE, "t")],
    ),
    "the photo's title before the story's": (
        rss(
            f'<item xmlns:media="http://search.yahoo.com/mrss/"><media:title>Foto</media:title><title>Fähre</title><link>{ONE}</link></item>'
        ).encode(),
        [(ONE, "Fähre")],
    ),
    "a story whose HTML is in the feed": (
        rss(item(more="<description><![CDATA[<html><body><p>…</p></body></html>]]></description>")).encode(),
        [(ONE, "Titre")],
    ),
    "the warning of a broken plug-in first": (
        b"<br />\n<b>Notice</b>: Undefined index in <b>/var/www/feed.php</b><br />\n" + rss(item()).encode(),
        [(ONE, "Titre")],
    ),
    "comments and instructions between": (
        rss(
            "<!-- cache 7 --><?php-x y?>" + item(), head=XML + '<?xml-stylesheet href="/feed.xsl"?><!-- é -->'
        ).encode(),
        [(ONE, "Titre")],
    ),
    "control characters": (rss(item(title="Ti\x02tre\x1f")).encode(), [(ONE, "Titre")]),
    "packed": (gzip.compress(rss(item()).encode()), [(ONE, "Titre")]),
    "packed, and cut off": (
        gzip.compress(rss("".join(item(n, f"Bài {n * 7919}") for n in range(1, 400))).encode(), 0)[:300],
        [(ONE, "Bài 7919")],
    ),
    "cut off in an item": (rss(item(1) + item(2)).encode()[:-60], [(ONE, "Titre")]),
    "a channel without items": (rss("").encode(), []),
    "nothing at all": (b"", []),
    "a page of HTML": (b"<!doctype html><html><body><a href=/a>404</a></body></html>", []),
}


@pytest.mark.parametrize("name", FEEDS)
def test_odd_feeds(name):
    data, expected = FEEDS[name]
    found = read_feed(data, FEED, NOW)
    if name == "cut off in an item" or name.startswith("packed, and"):
        found = found[:1]  # what is half there may or may not be read
    assert [(one.url, one.title) for one in found] == expected
    assert [one.position for one in found] == list(range(1, len(found) + 1))


NOT_FEEDS = {"nothing at all", "a page of HTML"}
WRAPPED = {"UTF-16 with the mark, and with a declaration of UTF-8", "packed", "packed, and cut off"}


@pytest.mark.parametrize("name", [name for name in FEEDS if name not in WRAPPED])
def test_feeds_are_told_by_their_first_bytes(name):
    assert looks_like_feed(FEEDS[name][0]) is (name not in NOT_FEEDS)


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("Mon, 23 Nov 26 08:15:00 +0700", "2026-11-23T08:15:00+07:00"),
        ("Mon, 23 Nov 2026 08:15 GMT", "2026-11-23T08:15:00+00:00"),
        ("2026-11-23T08:15:00.123+07:00", "2026-11-23T08:15:00+07:00"),
        ("2026-11-23 08:15:00", "2026-11-23T08:15:00"),
        ("2026/11/23", "2026-11-23"),
        ("", None),
        ("0000-00-00T00:00:00Z", None),
        ("demnächst", None),
    ],
)
def test_odd_dates_of_feeds(raw, date):
    (found,) = read_feed(rss(item(more=f"<pubDate>{raw}</pubDate>")).encode(), FEED, NOW)
    assert found.date == date


MAP = f"{HOME}/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
STORY = (
    "<news:news><news:publication><news:name>J</news:name><news:language>vi</news:language></news:publication>"
    "<news:publication_date>2026-11-20T08:00+07:00</news:publication_date><news:title>Giá cà phê</news:title></news:news>"
)


def urls(text: str, attributes: str = NS, head: str = XML) -> bytes:
    return f"{head}<urlset {attributes}>{text}</urlset>".encode()


SITEMAPS: dict[str, tuple[bytes, list[str], list[str]]] = {
    "news": (urls(f"<url><loc>{ONE}</loc>{STORY}</url>", f"{NS} {NEWS}"), [ONE], []),
    "news whose prefix nothing declares": (urls(f"<url><loc>{ONE}</loc>{STORY}</url>"), [ONE], []),
    "no namespace": (urls(f"<url><loc>{ONE}</loc></url>", ""), [ONE], []),
    "a prefix for everything": (
        f'<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>{ONE}</s:loc></s:url></s:urlset>'.encode(),
        [ONE],
        [],
    ),
    "an index": (
        f"{XML}<sitemapindex {NS}><sitemap><loc>{HOME}/s1.xml</loc></sitemap></sitemapindex>".encode(),
        [],
        [f"{HOME}/s1.xml"],
    ),
    "an index of indexes, of which one is packed": (
        b"<sitemapindex><sitemap><loc>/index-2.xml</loc></sitemap><sitemap><loc>s2.xml.gz</loc></sitemap></sitemapindex>",
        [],
        [f"{HOME}/index-2.xml", f"{HOME}/s2.xml.gz"],
    ),
    "an index cut off": (
        f"<sitemapindex><sitemap><loc>{HOME}/s1.xml</loc></sitemap><sitemap><lo".encode(),
        [],
        [f"{HOME}/s1.xml"],
    ),
    "pages and maps in one": (
        urls(f"<url><loc>{ONE}</loc></url><sitemap><loc>{HOME}/s1.xml</loc></sitemap>"),
        [ONE],
        [f"{HOME}/s1.xml"],
    ),
    "photos and translations beside the address": (
        urls(
            f'<url><image:image><image:loc>{HOME}/x.jpg</image:loc></image:image><xhtml:link rel="alternate" hreflang="en" href="{HOME}/en"/><loc>{ONE}</loc></url>',
            f'{NS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"',
        ),
        [ONE],
        [],
    ),
    "a video with an address of its own": (
        urls(
            f"<url><loc>{ONE}</loc><video:video><video:url>{HOME}/v</video:url></video:video></url><url><loc>{HOME}/a-2.html</loc></url>"
        ),
        [ONE, f"{HOME}/a-2.html"],
        [],
    ),
    "CDATA and white space": (urls(f"<url><loc>\n\t<![CDATA[ {ONE} ]]>\n</loc></url>"), [ONE], []),
    "bare ampersands": (
        urls(f"<url><loc>{HOME}/r?id=7&cat=2</loc></url>"),
        [f"{HOME}/r?id=7&cat=2"],
        [],
    ),
    "addresses in their own script": (
        urls("<url><loc>https://報.example/新聞/一</loc></url>"),
        ["https://xn--ols.example/%E6%96%B0%E8%81%9E/%E4%B8%80"],
        [],
    ),
    "capital letters": (f"<URLSET><URL><LOC>{ONE}</LOC></URL></URLSET>".encode(), [ONE], []),
    "a style sheet and a comment before": (
        urls(
            f"<url><loc>{ONE}</loc></url>",
            head=XML + '\n<?xml-stylesheet type="text/xsl" href="/s.xsl"?>\n<!-- Yoast -->',
        ),
        [ONE],
        [],
    ),
    "blank lines before the declaration": (b"\n\n\n" + urls(f"<url><loc>{ONE}</loc></url>"), [ONE], []),
    "UTF-16": (urls(f"<url><loc>{ONE}</loc></url>").decode().encode("utf-16"), [ONE], []),
    "packed twice": (gzip.compress(gzip.compress(urls(f"<url><loc>{ONE}</loc></url>"))), [ONE], []),
    "packed, with something after it": (
        gzip.compress(urls(f"<url><loc>{ONE}</loc></url>")) + b"\0" * 64,
        [ONE],
        [],
    ),
    "text": (f"{ONE}\r\n{HOME}/a-2.html\r\n\r\n".encode(), [ONE, f"{HOME}/a-2.html"], []),
    "text in UTF-16": (f"{ONE}\n".encode("utf-16"), [ONE], []),
    "text in the line ends of old Macs": (
        f"{ONE}\r{HOME}/a-2.html\r".encode(),
        [ONE, f"{HOME}/a-2.html"],
        [],
    ),
    "a page of HTML that says that nothing is there": (
        f"<!doctype html><html><body><url>x</url><a href={ONE}>a</a></body></html>".encode(),
        [],
        [],
    ),
    "nothing at all": (b"", [], []),
}


@pytest.mark.parametrize("name", SITEMAPS)
def test_odd_sitemaps(name):
    data, pages, shards = SITEMAPS[name]
    found = read_sitemap(data, MAP, NOW)
    assert [one.url for one in found.pages] == pages
    assert [one.url for one in found.shards] == shards
    if name.startswith("news"):
        (story,) = found.pages
        assert (story.title, story.date) == ("Giá cà phê", "2026-11-20T08:00:00+07:00")


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00+07:00", "2026-11-22T10:00:00+07:00"),
        ("2026-11-22 10:00:00", "2026-11-22T10:00:00"),
        ("2026-11-22T10:00:00+0700", "2026-11-22T10:00:00+07:00"),
        ("2026-11", None),
        ("Sun, 22 Nov 2026 10:00:00 GMT", "2026-11-22T10:00:00+00:00"),
        ("\n 2026-11-22 \n", "2026-11-22"),
        ("", None),
        ("0000-00-00", None),
        ("unbekannt", None),
    ],
)
def test_odd_lastmods(raw, date):
    (page,) = read_sitemap(urls(f"<url><loc>{ONE}</loc><lastmod>{raw}</lastmod></url>"), MAP, NOW).pages
    assert page.date == date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"Sitemap: /sitemap.xml", ["/sitemap.xml"]),
        (b"\xef\xbb\xbfSitemap: https://journal.example/s.xml", ["/s.xml"]),
        (b"User-agent: *\rDisallow:\rsitemap : s.xml\r", ["/s.xml"]),
        (b"SITEMAP:/a.xml\r\nSitemap:/b.xml.gz\r\nSitemap:/a.xml", ["/a.xml", "/b.xml.gz"]),
        ("# Sơ đồ\nSitemap: /tin-tức.xml # mỗi giờ".encode(), ["/tin-t%E1%BB%A9c.xml"]),
        ("\ufeffSitemap: /s.xml\n".encode("utf-16-le"), ["/s.xml"]),
        (b"Sitemap: /s.xml?a=1&b=2", ["/s.xml?a=1&b=2"]),
        (b"Sitemaps: /no.xml\nSitemap\nSitemap: javascript:x", []),
    ],
)
def test_odd_robots(text, expected):
    assert sitemaps_of_robots(text, f"{HOME}/robots.txt") == [HOME + path for path in expected]


LIST = f"{HOME}/politics/"
PAGERS: list[tuple[str, str, str, str | None]] = [
    ("de", f"{HOME}/politik/", '<a href="/politik/seite/2">Weiter »</a>', "/politik/seite/2"),
    ("es", f"{HOME}/politica/", '<a href="/politica/pagina/2/">Siguiente ›</a>', "/politica/pagina/2/"),
    ("pt", f"{HOME}/politica", '<a href="/politica?pagina=2">Próxima página</a>', "/politica?pagina=2"),
    ("it", f"{HOME}/politica/", '<a href="?page=2">Pagina successiva</a>', "/politica/?page=2"),
    ("fr", f"{HOME}/politique/2", '<a href="/politique/?p=2">Page suivante</a>', None),
    ("nl", f"{HOME}/politiek", '<a href="/politiek/p/2">Volgende pagina</a>', "/politiek/p/2"),
    ("pl", f"{HOME}/polityka", '<a href="/polityka?page=2">Następna</a>', "/polityka?page=2"),
    ("ru", f"{HOME}/politika/", '<a href="/politika/?page=2">Следующая страница</a>', "/politika/?page=2"),
    ("uk", f"{HOME}/polityka/", '<a href="/polityka/page2">Наступна</a>', "/polityka/page2"),
    ("el", f"{HOME}/politiki/", '<a href="?page=2">Επόμενη</a>', "/politiki/?page=2"),
    ("tr", f"{HOME}/siyaset", '<a href="/siyaset?sayfa=2">Sonraki</a>', "/siyaset?sayfa=2"),
    ("id", f"{HOME}/politik", '<a href="/politik?page=2">Selanjutnya</a>', "/politik?page=2"),
    ("vi", f"{HOME}/kinh-te.html", '<a href="/kinh-te-p2.html">Trang sau</a>', "/kinh-te-p2.html"),
    ("vi", f"{HOME}/kinh-te/trang-2.html", '<a href="/kinh-te/trang-3.html">3</a>', "/kinh-te/trang-3.html"),
    ("zh", f"{HOME}/politics/", '<a href="index_2.html">下一页</a>', "/politics/index_2.html"),
    ("zh", f"{HOME}/politics/index.html", '<a href="index_1.html">下一页</a>', "/politics/index_1.html"),
    ("zh", f"{HOME}/news?cat=7", '<a href="/news?cat=7&amp;page=2">下頁</a>', "/news?cat=7&page=2"),
    ("ja", f"{HOME}/news/", '<a href="/news/page/2/">次のページへ</a>', "/news/page/2/"),
    ("ko", f"{HOME}/list?code=10", '<a href="/list?code=10&page=2">다음 페이지</a>', "/list?code=10&page=2"),
    ("th", f"{HOME}/politics", '<a href="/politics?page=2" aria-label="ถัดไป"><svg/></a>', "/politics?page=2"),
    ("ar", f"{HOME}/siyasa", '<a href="/siyasa?page=2">التالي ›</a>', "/siyasa?page=2"),
    ("fa", f"{HOME}/siasi", '<a href="/siasi?page=2">بعدی</a>', "/siasi?page=2"),
    ("he", f"{HOME}/news", '<a href="/news?page=2">הבא »</a>', "/news?page=2"),
    ("hi", f"{HOME}/rajniti", '<a href="/rajniti?page=2">अगला</a>', "/rajniti?page=2"),
    # counted from nought, by rows, by the last story shown
    ("es", LIST, '<a href="?page=0">1</a><a href="?page=1">2</a><a href="?page=1">Siguiente</a>', "?page=1"),
    ("fr", LIST, '<a href="?start=20">Suivant</a><a href="?start=980">»</a>', "?start=20"),
    ("fr", f"{LIST}?start=20", '<a href="?start=0">Précédent</a><a href="?start=40">Suivant</a>', "?start=40"),
    ("en", LIST, '<a href="?before=2026-11-20">Older posts</a>', "?before=2026-11-20"),
    # what is no next page
    ("en", LIST, '<a href="/politics/next-election-12345.html">Next</a>', None),
    ("en", LIST, '<a href="#">Next</a><a href="javascript:next()">Next</a>', None),
    ("en", f"{LIST}?page=3", '<a href="?page=2">‹ Previous</a><a href="?page=1">1</a>', None),
    ("en", LIST, '<a href="?page=48">Last »</a><a href="?page=48">»</a>', None),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "url", "markup", "expected"), PAGERS)
def test_odd_pagers(lang, url, markup, expected):
    parsed = parsed_page(url, f"<div class=pager>{markup}</div>", lang)
    wanted = [] if expected is None else [LIST + expected if expected.startswith("?") else HOME + expected]
    assert next_pages(parsed, Scope.of(None, HOME)) == wanted


def parsed_page(url: str, body: str, lang: str = "fr", head: str = ""):
    text = f"<!doctype html><html lang={lang}><head><meta charset=utf-8>{head}</head><body><h1>J</h1>{body}</body></html>"
    parsed = parse(
        Page(url=url, payload=text.encode(), content_type="text/html; charset=utf-8", fetched_at=NOW)
    )
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("head", "body", "announced", "linked"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', "", ["/rss"], []),
        ('<LINK REL="ALTERNATE" TYPE="application/atom+xml; charset=utf-8" HREF="atom.xml">', "", ["/vi/atom.xml"], []),
        ('<base href="/en/"><link rel="feed alternate" type="application/feed+json" href="feed.json">', "", ["/en/feed.json"], []),
        ('<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">', "", [], []),
        ('<link rel="alternate" type="text/xml" title="RSS" href="/feed.xml">', "", ["/feed.xml"], []),
        ('<link rel="alternate" type="application/rss+xml" title="Bình luận" href="/comments/feed/">', "", [], []),
        ("", "<a href=/rss/kinh-te.rss>RSS</a><a href=/rss-news-123>Tin</a>", [], ["/rss/kinh-te.rss"]),
        ("", "<a href='/?feed=rss2'>RSS</a><a href='/feed/'>Feed</a>", [], ["/?feed=rss2", "/feed/"]),
    ],
)  # fmt: skip
def test_odd_ways_to_name_a_feed(head, body, announced, linked):
    parsed = parsed_page(f"{HOME}/vi/", body, head=head)
    assert feeds_of(parsed) == [HOME + path for path in announced]
    assert feed_links(parsed, Scope.of(None, HOME)) == [HOME + path for path in linked]
