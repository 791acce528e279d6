"""Expressions that can take exponential time are refused; others are not, however nested they look."""

from __future__ import annotations

import re
import signal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ProfileError
from archive.sites.backtracking import is_exponential
from archive.sites.profile import load_profile


@pytest.mark.parametrize(
    "text",
    [
        r"(\w+\s?)*$", r"(a|ab|b)*c", r"(.*)*x", r"(a*)*b", r"(a+)+b", r"(?:\d{1,3}\.?)+$", r"([^,]*\s*)*;",
        r"(x+x+)+y", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(?:\s*\w+\s*)*!", r"(?=(a+)+$)b", r"(.{1,500}){1,500}x",
        r"(?i)(?:ÉTÉ|été)*;", r"(?:(?i:a)|[A-Z]b?)*;", r"(?:[ab](?:c?)+)*d", r"(?:(?:b|b)?)+d", r"(?:[一-十]+|\w)*。", r"Photo : (?:\w+[ ,]*)+\)", r"(a?){30}a{30}",
    ],
)  # fmt: skip
def test_exponential(text):
    assert is_exponential(re.compile(text))


@pytest.mark.parametrize(
    "text",
    [
        r"-post(\d+)\.(?:vnp|amp)$|/(\d+)\.vnp$", r"(?:\d+,)*\d+", r"^(.*?)\s*\|\s*(.*)$", r"\d{4}-\d{2}-\d{2}",
        r"(?:\d{4}-)*x", r"(?:\d{4})*x", r"(a|b)*c", r"(?:[a-z]+ )+", r"\s+$", r"(?:\s*,\s*\w+)*;", r"(a++)+b",
        r"(?:ab|cd)*e", r"(?:(?:Photo|Ảnh)\s*:\s*)+", r".{1,500}x", r"(a?b){1,50}", r'(?:"[^"]*",)*',
        r"(?:(?:\d{1,2})/){2}\d{4}", r"(?i)^par\s+(.+?)(?:\s+avec\s+.+)?$", r"(?<!\d)(\d{5,})(?!\d)", r"^(?:[^/]*/){3}",
        r"(\w+)-\1", r"(?x) a+ (?# comment) \s* b", "",
    ],
)  # fmt: skip
def test_harmless(text):
    assert not is_exponential(re.compile(text))


def test_a_profile_with_one_is_refused_with_its_place():
    text = (
        'name = "x"\ndomains = ["x.example"]\narticle_id = \'(\\d+-?)*\\.html$\'\n[[layout]]\nid = "a"\n'
        "title = { from = \"css:h1\", strip = ['(\\w+\\s?)*$'] }\n"
    )
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "x", {})
    first, second = caught.value.mistakes
    assert first.startswith("x.toml: article_id: ")
    assert second.startswith("x.toml: layout[0].title.strip[0]: ")
    assert all("exponential time" in line for line in caught.value.mistakes)


_ATOMS = st.sampled_from(["a", "b", "[ab]", ".", "ab", "c"])


def _larger(inner):
    repeat = st.sampled_from(["*", "+", "?", "{2}"])
    group = st.builds("(?:{})".format, inner)
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("{}{}".format, group, repeat),
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(_ATOMS, _larger, max_leaves=5))
def test_what_is_let_through_ends(text):
    """Small expressions of every shape, on texts made to make them try everything."""
    pattern = re.compile(f"^(?:{text})d")
    if is_exponential(pattern):
        return
    outside = signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, 5)
    try:
        for unit in ("a", "b", "ab", "aab", "abb", "c", "abc"):
            pattern.search(unit * 24 + "!")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, outside)


def _too_long(*_):
    pytest.fail("this takes exponential time")
