"""What is typed after `crawl` → where it begins."""

from datetime import UTC, datetime

import pytest

from archive.errors import UsageError
from archive.sites.registry import Registry
from crawler.plan import plan_capture, plan_crawl

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return Registry.load(tmp_path_factory.mktemp("sites"))


@pytest.mark.parametrize(
    ("typed", "front"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ("localhost:5000", "http://localhost:5000/"),
        ("[::1]:8080", "http://[::1]:8080/"),
        ("báo.example:8000", "http://xn--bo-mia.example:8000/"),
        ("journal.example:443", "https://journal.example:443/"),
        ("journal.example", "https://journal.example/"),
        ("http://journal.example", "http://journal.example/"),
        ("https://journal.example:8443", "https://journal.example:8443/"),
    ],
)
def test_an_address_without_a_scheme(registry, typed, front):
    (target,) = plan_crawl(registry, [typed], None, NOW)
    assert target.seeds == ((front, "front"), (f"{front}robots.txt", "robots"))


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("journal.example/politique/", "https://journal.example/politique/"),
        ("journal.example/2026/11/24/un-titre-assez-long-12345.html", None),
        ("journal.example:8080/经济", "http://journal.example:8080/%E7%BB%8F%E6%B5%8E"),
    ],
)
def test_a_page_without_a_scheme_is_asked_for_as_typed(registry, typed, url):
    (target,) = plan_crawl(registry, [typed], None, NOW)
    assert target.seeds[0][0] == (url or f"https://{typed}")


@pytest.mark.parametrize("typed", ["journal.example:port", "ftp://journal.example/", "journal.example:99999"])
def test_what_is_no_address(registry, typed):
    with pytest.raises(UsageError):
        plan_crawl(registry, [typed], None, NOW)


def test_a_broken_profile_has_a_target_that_begins_nowhere(tmp_path):
    (tmp_path / "hong.toml").write_text('name = "H"\ndomains = ["hong.example"]\nx = 1\n', encoding="utf-8")
    (tmp_path / "sain.toml").write_text('name = "S"\ndomains = ["sain.example"]\n', encoding="utf-8")
    registry = Registry.load(tmp_path, strict=False)
    for asked in (
        [],
        ["hong", "sain"],
        ["hong.example", "sain"],
        ["https://hong.example/chinh-tri/", "sain"],
    ):
        hong, sain = plan_crawl(registry, asked, None, NOW)
        assert (hong.name, hong.seeds) == ("hong", ())
        assert "x: unknown key" in hong.broken.reason
        assert (sain.name, sain.broken) == ("sain", None)
    (hong,) = plan_capture(registry, ["https://hong.example/a.html"])
    assert (hong.seeds, hong.mode, hong.broken.name) == ((), "capture", "hong")
