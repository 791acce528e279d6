from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.urls import absolute, bare_host, canonical, host_of, same_site, strip_tracking


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("HTTPS://FR.VietnamPlus.VN:443/a-post1.vnp#top", "https://fr.vietnamplus.vn/a-post1.vnp"),
        ("http://example.org", "http://example.org/"),
        ("https://x.org/a?utm_source=fb&id=7&fbclid=1&xtor=RSS-1&at_medium=mail", "https://x.org/a?id=7"),
        ("https://x.org/%7euser/%e9t%C3%A9/é", "https://x.org/~user/%E9t%C3%A9/%C3%A9"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://x.org/a/./b/../c", "https://x.org/a/c"),
        ("https://user:pw@x.org:8080/", "https://x.org:8080/"),
        ("https://x.org/100%", "https://x.org/100%25"),
        ("https://[::1]:80/a", "https://[::1]:80/a"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_canonical(url, spelled):
    assert canonical(url) == spelled


def test_ambiguous_parameters_stay():
    assert strip_tracking("ref=7&source=ab&p=1&gclid=z") == "ref=7&source=ab&p=1"


@given(st.one_of(st.text(), st.from_regex(r"https?://[^\s]{0,60}", fullmatch=True)))
@settings(deadline=None, max_examples=400)
def test_canonical_is_idempotent_and_nothing_raises(url):
    once = canonical(url)
    assert canonical(once) == once
    host_of(url)
    same_site(url, "https://example.org/")
    found = absolute("https://example.org/a/", url)
    assert found is None or found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "href",
    ["javascript:void(0)", "mailto:x@y.z", "data:image/png;base64,AA", "tel:1", "http://[bad", "", None],
)
def test_links_that_lead_nowhere(href):
    assert absolute("https://n.com/", href) is None


def test_links_that_lead_somewhere():
    base = "https://n.com/a/c.html"
    assert absolute(base, "../b c.html#x") == "https://n.com/b%20c.html"
    assert absolute(base, "//cdn.n.com/i.jpg") == "https://cdn.n.com/i.jpg"
    assert absolute(base, " /tin-tức?q=hà\n") == "https://n.com/tin-t%E1%BB%A9c?q=h%C3%A0"
    assert absolute(base, "?q=%7E") == "https://n.com/a/c.html?q=%7E"


def test_one_publisher():
    assert same_site("https://www.bbc.co.uk/a", "https://news.bbc.co.uk/b")
    assert not same_site("https://a.co.uk/", "https://b.co.uk/")
    assert same_site("https://fr.vietnamplus.vn/", "https://vietnamplus.vn/x")
    assert not same_site("https://baochinhphu.com.vn/", "https://vnexpress.com.vn/")
    assert bare_host("www.lemonde.fr") == "lemonde.fr"
    assert bare_host("m.vn") == "m.vn"
