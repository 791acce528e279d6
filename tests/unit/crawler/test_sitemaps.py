"""Sitemaps as newspapers publish them."""

import gzip
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.sitemaps import Shard, fill_pattern, read_sitemap, sitemaps_of_robots, twin_of
from tests.kit import SHARED, needs_shared

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://báo.example/sitemap.xml"


def urlset(entries):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{entries}</urlset>'
    ).encode()


def test_a_news_sitemap_gives_title_and_day_of_publication():
    data = urlset(
        "<url><loc>\n  https://a.example/bai-1.html\n </loc><lastmod>2026-11-22T10:00:00Z</lastmod><n:news><n:publication_date>"
        "2026-11-20</n:publication_date><n:title><![CDATA[Đường sắt cao tốc &amp; 高铁]]></n:title></n:news></url>"
        "<url><loc>/tương-đối</loc><lastmod>2026-11-19</lastmod></url><url><lastmod>2026</lastmod></url>"
    )
    first, second = read_sitemap(data, URL, NOW).pages
    assert (first.url, first.title, first.date) == (
        "https://a.example/bai-1.html",
        "Đường sắt cao tốc & 高铁",
        "2026-11-20",
    )
    assert second.url == "https://xn--bo-mia.example/t%C6%B0%C6%A1ng-%C4%91%E1%BB%91i"
    assert second.date == "2026-11-19"


def test_an_index_and_a_gzip_shard_and_a_plain_list():
    index = b"<sitemapindex><sitemap><loc>https://a.example/s1.xml.gz</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>"
    assert read_sitemap(index, URL, NOW).shards == (
        Shard(url="https://a.example/s1.xml.gz", changed="2026-11-01"),
    )
    packed = gzip.compress(urlset("<url><loc>https://a.example/1</loc></url>"))
    assert [page.url for page in read_sitemap(packed, URL, NOW).pages] == ["https://a.example/1"]
    text = "\ufeff# kommentar\nhttps://a.example/1\nhttps://a.example/ข่าว\n".encode()
    assert len(read_sitemap(text, URL, NOW).pages) == 2
    assert read_sitemap(b"Not found\nhttps://a.example/1", URL, NOW).pages == ()


def test_shards_newest_first():
    names = ["news-2024-9", "news-2024-12", "categories", "google-news", "news-2023-1", "posts-2024-10"]
    shards = [Shard(url=f"https://a.example/{name}.xml", changed="2024-12-26") for name in names]
    ranked = [
        shard.url.rpartition("/")[2].removesuffix(".xml")
        for shard in sorted(shards, key=lambda s: s.rank, reverse=True)
    ]
    assert ranked[:4] == ["google-news", "news-2024-12", "categories", "posts-2024-10"]
    assert ranked[-1] == "news-2023-1"


@pytest.mark.parametrize(
    ("name", "changed", "before"),
    [
        ("news-2019-3.xml", None, True),
        ("news-2021-03.xml", None, False),
        ("news-2020-12.xml", None, True),
        ("2020.xml", None, True),
        ("2021.xml", None, False),
        ("sitemap-7.xml", None, False),
        ("sitemap-7.xml", "2020-01-01", True),
        ("sitemap-7.xml", "2021-02-02T10:00:00+07:00", False),
    ],
)
def test_since_leaves_out_old_shards(name, changed, before):
    assert (
        Shard(url=f"https://a.example/{name}", changed=changed).is_before(datetime(2021, 1, 15, tzinfo=UTC))
        is before
    )


def test_patterns():
    monthly = "https://a.example/news-{year}-{month}.xml"
    assert fill_pattern(monthly, None, NOW) == [
        "https://a.example/news-2026-11.xml",
        "https://a.example/news-2026-10.xml",
    ]
    back = fill_pattern(monthly, date(2025, 12, 31), NOW)
    assert back[0].endswith("2026-11.xml")
    assert back[-1].endswith("2025-12.xml")
    assert len(back) == 12
    assert (
        fill_pattern("https://a.example/{year}/{month:02}.xml", date(2026, 9, 1), NOW)[-1]
        == "https://a.example/2026/09.xml"
    )
    assert len(fill_pattern("https://a.example/{year}-{month}-{day}.xml", date(2026, 11, 1), NOW)) == 23
    assert fill_pattern("https://a.example/{year}.xml", date(2024, 2, 29), NOW) == [
        f"https://a.example/{y}.xml" for y in (2026, 2025, 2024)
    ]
    assert fill_pattern("https://a.example/s.xml", None, NOW) == ["https://a.example/s.xml"]
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    assert fill_pattern("https://a.example/{year}.xml", None, leap) == [
        "https://a.example/2028.xml",
        "https://a.example/2027.xml",
    ]


@pytest.mark.parametrize(
    ("url", "twin"),
    [
        ("https://a.example/news-2024-9.xml", "https://a.example/news-2024-09.xml"),
        ("https://a.example/news-2024-09.xml", "https://a.example/news-2024-9.xml"),
        ("https://a.example/2024/03/posts.xml", "https://a.example/2024/3/posts.xml"),
        ("https://a.example/news-2024-12.xml", None),
        ("https://a.example/sitemap.xml", None),
    ],
)
def test_months_are_spelled_two_ways(url, twin):
    assert twin_of(url) == twin


def test_robots_txt_names_sitemaps():
    data = b"\xef\xbb\xbfUser-agent: *\nDisallow: /\nSITEMAP : https://a.example/s.xml # all\nsitemap:/rel.xml\nSitemap:\nSitemap: ftp://x/\n\xff\xfe"
    assert sitemaps_of_robots(data, "https://a.example/robots.txt") == [
        "https://a.example/s.xml",
        "https://a.example/rel.xml",
    ]


def test_a_sitemap_is_read_to_the_limit_of_the_protocol():
    data = urlset("".join(f"<url><loc>https://a.example/bai-{n}.html</loc></url>" for n in range(50_100)))
    assert len(read_sitemap(data, URL, NOW).pages) == 50_000


@given(
    st.binary(max_size=400)
    | st.text(alphabet="<>/&;!?[]urlsetlocmap\"'= é漢\x00", max_size=300).map(str.encode)
)
def test_nothing_raises(data):
    read_sitemap(data, URL, NOW)
    read_sitemap(b"<urlset><url><loc>" + data, URL, NOW)
    sitemaps_of_robots(data, URL)


@needs_shared
def test_the_seed_replica_sitemaps():
    import json

    replica = SHARED / "seed" / "replica"
    expected = {
        one["url"]: one for one in json.loads((replica / "expected_section.json").read_text())["stories"]
    }
    index = read_sitemap((replica / "sitemap.xml").read_bytes(), "https://fr.vietnamplus.vn/sitemap.xml", NOW)
    assert len(index.shards) == 6
    assert sitemaps_of_robots(
        (replica / "robots.txt").read_bytes(), "https://fr.vietnamplus.vn/robots.txt"
    ) == ["https://fr.vietnamplus.vn/sitemap.xml"]
    for name in ("news-2024-12.xml", "google-news.xml"):
        pages = read_sitemap(
            (replica / "sitemaps" / name).read_bytes(), "https://fr.vietnamplus.vn/sitemap.xml", NOW
        ).pages
        assert pages
        assert all(
            (one.title, one.date) == (expected[one.url]["title"], expected[one.url]["date"]) for one in pages
        )
