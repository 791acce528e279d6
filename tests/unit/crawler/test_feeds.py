"""Feeds in every form newspapers send, and in forms that attackers and broken systems send."""

import gzip
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from io import BytesIO

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.page import plain
from crawler.discovery.feeds import looks_like_feed, read_feed
from tests.kit import SHARED, needs_shared

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://journal.example/rss/home.rss"


def rss(items, head=""):
    return f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel><title>J</title>{items}</channel></rss>'.encode()


def test_rss_gives_link_title_and_date():
    (found,) = read_feed(
        rss(
            "<item><title><![CDATA[Cà phê : l&#8217;envolée &amp; 高铁]]></title><link> /a-1.html </link>"
            "<pubDate>Mon, 23 Nov 2026 08:15:00 +0700</pubDate></item>"
        ),
        URL,
        NOW,
    )
    assert (found.url, found.title) == ("https://journal.example/a-1.html", "Cà phê : l’envolée & 高铁")
    assert found.date == "2026-11-23T08:15:00+07:00"
    assert found.position == 1


def test_named_entities_of_html_are_read_although_xml_has_none():
    (found,) = read_feed(
        rss("<item><title>&Eacute;t&eacute;&nbsp;2026</title><link>https://a.example/1</link></item>"),
        URL,
        NOW,
    )
    assert found.title == "Été 2026"


def test_atom_takes_the_alternate_link_and_the_time_of_publication():
    data = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">ข่าว
    &lt;b&gt;ด่วน&lt;/b&gt;</title>
      <link rel="enclosure" href="https://a.example/x.mp3"/><link href="/news/1"/><link rel="self"
      href="/self"/>
      <updated>2026-11-22T10:00:00Z</updated><published>2026-11-21T10:00:00Z</published></entry></feed>""".encode()
    (found,) = read_feed(data, URL, NOW)
    assert (found.url, found.title, found.date) == (
        "https://journal.example/news/1",
        "ข่าว ด่วน",
        "2026-11-21T10:00:00+00:00",
    )


def test_rdf_dublin_core_and_feedburner():
    data = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"> <item
      rdf:about="https://a.example/1"><title>قطار سريع</title><dc:date>2026-11-20</dc:date></item>
      <item><title>x</title><link>https://proxy.example/2</link><feedburner:origLink>https://a.example/2</feedburner:origLink></item>
      </rdf:RDF>""".encode()
    first, second = read_feed(data, URL, NOW)
    assert (first.url, first.title, first.date) == ("https://a.example/1", "قطار سريع", "2026-11-20")
    assert second.url == "https://a.example/2"


def test_json_feed():
    data = '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/1","title":"高铁","date_published":"2026-11-20T08:00:00+08:00"},{"id":7},"x"]}'
    found = read_feed(data.encode(), URL, NOW)
    assert [(one.url, one.title, one.date) for one in found] == [
        ("https://journal.example/1", "高铁", "2026-11-20T08:00:00+08:00")
    ]


def test_a_json_feed_is_told_by_its_version_however_it_is_escaped():
    for version in (b"https://jsonfeed.org/version/1", rb"https:\/\/jsonfeed.org\/version\/1.1"):
        assert looks_like_feed(b'{"version": "' + version + b'", "items": []}')
    assert not looks_like_feed(b'{"version": "1.1", "items": []}')


def test_a_guid_counts_where_it_is_a_permalink_only():
    found = read_feed(
        rss(
            "<item><guid>https://a.example/1</guid></item><item><guid isPermaLink='false'>https://a.example/2</guid></item>"
            "<item><guid>tag:3</guid></item>"
        ),
        URL,
        NOW,
    )
    assert [one.url for one in found] == ["https://a.example/1"]


def test_a_broken_feed_gives_what_can_be_had():
    whole = rss(
        "".join(
            f"<item><title>Nr {n} & co</title><link>https://a.example/{n}</link></item>" for n in range(50)
        )
    )
    assert len(read_feed(whole, URL, NOW)) == 50
    assert 20 <= len(read_feed(whole[: len(whole) // 2], URL, NOW)) < 50


def test_utf16_and_gzip_and_latin1():
    text = rss("<item><title>Đường sắt</title><link>https://a.example/1</link></item>").decode()
    assert read_feed(text.encode("utf-16"), URL, NOW)[0].title == "Đường sắt"
    assert read_feed(gzip.compress(text.encode()), URL, NOW)[0].title == "Đường sắt"
    latin = text.replace("Đường sắt", "Été").replace("utf-8", "iso-8859-1").encode("latin-1")
    assert read_feed(latin, URL, NOW)[0].title == "Été"


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("password")
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    doctype = f'<!DOCTYPE rss [<!ENTITY a0 "lol">{bomb}<!ENTITY x SYSTEM "file://{secret}">]>'
    began = time.process_time()
    found = read_feed(
        rss("<item><title>&a29;&x;Titre</title><link>https://a.example/1</link></item>", doctype), URL, NOW
    )
    assert time.process_time() - began < 1
    assert [(one.url, one.title) for one in found] == [("https://a.example/1", "Titre")]


def test_decompression_stops_at_a_bound():
    bomb = gzip.compress(b"<rss><channel>" + b" " * (200 << 20))
    assert read_feed(bomb, URL, NOW) == []


def test_ten_thousand_items_are_cut():
    assert len(read_feed(rss("<item><link>https://a.example/1</link></item>" * 10_000), URL, NOW)) == 5_000


ITEM = "<item><title>{}</title><link>https://a.example/1</link></item>"


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (
            b"<br />\n<b>Warning</b>: x in /var/www/x.php on line 3<br />\n" + rss(ITEM.format("Été 2026")),
            "Été 2026",
        ),
        (b"\n\n  " + rss(ITEM.format("Été 2026")), "Été 2026"),
        (rss(ITEM.format("É\x00té\x0b 2026")), "Été 2026"),
        (rss(ITEM.format("Nr 7 & co <b>&</b> A&P")), "Nr 7 & co & A&P"),
        (rss(ITEM.format("<![CDATA[A & B &amp; C]]>")), "A & B & C"),
        (rss(ITEM.format("Le « café » d’hiver")).decode().encode("cp1252"), "Le « café » d’hiver"),
        (rss(ITEM.format("Đường sắt 高铁")).replace(b"utf-8", b"utf-16", 1), "Đường sắt 高铁"),
        (
            rss(ITEM.format("河内高速铁路镕")).decode().replace("utf-8", "gb2312").encode("gbk"),
            "河内高速铁路镕",
        ),
        (
            rss(ITEM.format("รถไฟความเร็วสูง")).decode().replace("utf-8", "tis-620").encode("cp874"),
            "รถไฟความเร็วสูง",
        ),
        (
            rss(ITEM.format("قطار سريع")).decode().replace("utf-8", "windows-1256").encode("cp1256"),
            "قطار سريع",
        ),
        (b"<RSS><CHANNEL><ITEM><TITLE>T</TITLE><LINK>https://a.example/1</LINK></ITEM></CHANNEL></RSS>", "T"),
        (b'<?xml version="1.1"?>' + rss(ITEM.format("T")).partition(b"?>")[2], "T"),
        (b"<!DOCTYPE" * 30_000 + rss(ITEM.format("T")).partition(b"?>")[2], "T"),
    ],
)
def test_odd_feeds_that_papers_send(data, title):
    (found,) = read_feed(data, URL, NOW)
    assert (found.url, found.title) == ("https://a.example/1", title)


def test_an_ampersand_in_cdata_is_one_and_a_bare_one_in_a_link_too():
    for link in (
        "<![CDATA[https://a.example/1?a=1&b=2]]>",
        "https://a.example/1?a=1&b=2",
        "https://a.example/1?a=1&amp;b=2",
    ):
        (found,) = read_feed(rss(f"<item><link>{link}</link></item>"), URL, NOW)
        assert found.url == "https://a.example/1?a=1&b=2"


def test_xml_base_of_any_element_counts():
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/"><entry><link href="1.html"/></entry><entry xml:base="y/"><link href="2.html"/></entry></feed>'
    assert [one.url for one in read_feed(atom, URL, NOW)] == [
        "https://b.example/x/1.html",
        "https://b.example/x/y/2.html",
    ]


HOSTILE = {
    "entities": '<!DOCTYPE rss [<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30)) + "]>",
    "doctypes": "<!DOCTYPE" * 100_000,
    "brackets": "<!DOCTYPE x [" + "]" * 300_000,
    "entity declarations": "<!DOCTYPE x [" + "<!ENTITY" * 100_000,
    "cdata": "<rss><channel><item><title>" + "<![CDATA[" * 100_000,
    "ampersands": "<rss><channel><item><title>" + "&" * 300_000,
    "less than": "<" * 1_000_000,
    "attributes": "<rss><channel><item " + " ".join(f'a{n}="x"' for n in range(100_000)) + ">",
    "depth": "<rss><channel>" + "<item>" * 200_000,
    "namespaces": "<rss " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(20_000)) + "><channel><item>",
    "comment": "<rss><!--" + "-" * 1_000_000,
    "json": '{"items":' + "[" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_malice_costs_less_than_seconds(name):
    began = time.process_time()
    read_feed(HOSTILE[name].encode(), URL, NOW)
    assert time.process_time() - began < 3


words = st.text(alphabet="abé Đườ高铁قطรถ&<>'\"", min_size=1, max_size=40).filter(str.strip)
moments = st.integers(1_000_000_000, int(NOW.timestamp())).map(lambda it: datetime.fromtimestamp(it, UTC))


@given(st.lists(st.tuples(st.integers(1, 99_999), words, moments), min_size=1, max_size=6), st.booleans())
def test_feedparser_reads_the_same_in_feeds_that_are_well_made(entries, atom):
    items = []
    for number, title, moment in entries:
        text, link = escape(escape(title)), f"https://a.example/{number}?a=1&amp;b=2"
        items.append(
            f'<entry><title type="html">{text}</title><link href="{link}"/><published>{moment.isoformat()}</published></entry>'
            if atom
            else f"<item><title>{text}</title><link>{link}</link><pubDate>{format_datetime(moment)}</pubDate></item>"
        )
    body = "".join(items)
    data = f'<feed xmlns="http://www.w3.org/2005/Atom">{body}</feed>'.encode() if atom else rss(body)
    judged = feedparser.parse(BytesIO(data), resolve_relative_uris=False)
    assert [(one.url, datetime.fromisoformat(one.date or "")) for one in read_feed(data, URL, NOW)] == [
        (one.link, datetime(*one.published_parsed[:6], tzinfo=UTC)) for one in judged.entries
    ]
    assert [(one.title or "").split() for one in read_feed(data, URL, NOW)] == [
        plain(one.title).split() for one in judged.entries
    ]


@given(
    st.binary(max_size=400)
    | st.text(alphabet="<>/&;!?[]rsitemlnkaogu\"'= é漢\x00\ud800", max_size=300).map(
        lambda t: t.encode("utf-8", "surrogatepass")
    )
)
def test_nothing_raises(data):
    read_feed(data, URL, NOW)
    read_feed(b"<rss><channel><item>" + data, URL, NOW)
    looks_like_feed(data)


@pytest.mark.parametrize(
    "data", [b"", b"<html><body>404</body></html>", b"{}", b"[1]", b"\x1f\x8b\x00", b"null"]
)
def test_what_is_no_feed_gives_nothing(data):
    assert read_feed(data, URL, NOW) == []


@needs_shared
def test_the_seed_replica_feed():
    import json

    replica = SHARED / "seed" / "replica"
    expected = {
        one["url"]: one for one in json.loads((replica / "expected_section.json").read_text())["stories"]
    }
    found = read_feed((replica / "rss.xml").read_bytes(), "https://fr.vietnamplus.vn/rss/home.rss", NOW)
    assert len(found) == 10
    assert all(
        (one.title, one.date) == (expected[one.url]["title"], expected[one.url]["date"]) for one in found
    )
