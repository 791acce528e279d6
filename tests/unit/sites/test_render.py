"""[render] of a profile: what it may say, and what is a mistake."""

import pytest

from archive.errors import ProfileError
from archive.sites.profile import load_profile
from archive.sites.render import Render

HEAD = 'name = "Báo"\ndomains = ["bao.example"]\n'


def read(text):
    return load_profile(HEAD + text, "bao", {})


def test_without_it_nothing_is_rendered():
    assert read("").render == Render()
    assert not read("").render.wanted


def test_every_key():
    render = read(
        '[render]\nsections = true\narticles = true\nwait_for = "main:has(p), .card"\ntimeout = 12\n'
        'requests = 9\nhosts = ["api.bao.example"]\nload = ["images", "fonts"]\n'
    ).render
    assert render == Render(
        sections=True, articles=True, wait_for="main:has(p), .card", timeout=12, requests=9,
        hosts=("api.bao.example",), load=("images", "fonts"),
    )  # fmt: skip
    assert render.wanted


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("section = true", "did you mean sections"),
        ('articles = "yes"', "render.articles"),
        ('wait_for = "p::"', "is no CSS selector"),
        ('load = ["video"]', "'video' is none of images, fonts, media"),
        ("requests = 0", "render.requests"),
        ('hosts = ["https://x/"]', "render.hosts"),
    ],
)
def test_mistakes_are_named(line, words):
    with pytest.raises(ProfileError, match=words):
        read(f"[render]\n{line}\n")


def test_it_makes_no_reading_stale():
    layout = '[[layout]]\nid = "a"\ntitle = "css:h1"\n'
    one, other = read(layout), read("[render]\narticles = true\n" + layout)
    assert one.layouts[0].digest == other.layouts[0].digest
