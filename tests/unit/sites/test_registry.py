"""The registry: profiles found by a folder scan, chosen by host; the user's own win."""

from __future__ import annotations

import pickle
import time

import pytest

from archive.errors import ProfileError, UsageError
from archive.sites.registry import BUILTIN, Registry, check

PROFILE = 'name = "{name}"\ndomains = [{domains}]\n{rest}'


def write(folder, name, domains, rest=""):
    folder.mkdir(parents=True, exist_ok=True)
    quoted = ", ".join(f'"{domain}"' for domain in domains)
    (folder / f"{name}.toml").write_text(
        PROFILE.format(name=name, domains=quoted, rest=rest), encoding="utf-8"
    )


def test_builtin_profiles_are_found_by_host():
    registry = Registry.load()
    for url, name in (
        ("https://fr.vietnamplus.vn/a-post237365.vnp", "vietnamplus-fr"),
        ("https://www.vietnamplus.vn/chinhtri/", "vietnamplus-vi"),
        ("http://EN.VietnamPlus.vn:80/x", "vietnamplus-en"),
        ("https://es.vietnamplus.vn", "vietnamplus-es"),
        ("https://zh.vietnamplus.vn/", "vietnamplus-zh"),
        ("https://ru.vietnamplus.vn/", "vietnamplus-ru"),
        ("https://nhandan.vn/a-post1.html", "nhandan-vi"),
        ("https://tienphong.vn/a-post1407640.tpo", "tienphong"),
        ("https://plo.vn/a-post741566.html", "plo"),
        ("https://baogialai.com.vn/a-post596298.html", "baogialai"),
    ):
        site = registry.for_url(url)
        assert site is not None, url
        assert site.name == name
    for url in (
        "https://de.vietnamplus.vn/",
        "https://vietnamplus.vn.evil.example/",
        "not a url",
        "",
        "http://[::1",
    ):
        assert registry.for_url(url) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://fr.vietnamplus.vn/le-titre-post237365.vnp", "237365"),
        ("https://fr.vietnamplus.vn/le-titre-post237365.amp", "237365"),
        ("https://fr.vietnamplus.vn/le-titre/37353.vnp", "37353"),
        ("https://www.vietnamplus.vn/post-163610.vnp", "163610"),
        ("https://fr.vietnamplus.vn/Utilities/Print.aspx?contentid=237365", "237365"),
        ("https://fr.vietnamplus.vn/politique/", None),
        ("https://www.vietnamplus.vn/tag/ngan-hang-tag3047.vnp", None),
        ("https://en.vietnamplus.vn/topic/hanoi-convention-169.vnp", None),
        ("https://tienphong.vn/tieu-de-post1407640.tpo", "1407640"),
        ("https://plo.vn/tieu-de-post741566.html", "741566"),
    ],
)
def test_article_ids_of_the_builtin_profiles(url, key):
    assert Registry.load().for_url(url).key_for(url) == key


def test_every_builtin_profile_passes_the_deep_check_and_is_complete():
    registry = Registry.load()
    files = sorted(path for path in BUILTIN.glob("??/*.toml"))
    assert len(files) == len(registry) >= 10
    for path in files:
        site = check(path, registry.families)
        assert site.lang, path
        assert site.timezone, path
        assert site.article_id, path
        assert site.layouts, path
        assert site.discover.sections or site.discover.feeds or site.discover.sitemaps, path
        assert site.politeness.delay >= 1, path


def test_loading_compiles_nothing_and_is_quick():
    Registry.load()
    best = min(_seconds(Registry.load) for _ in range(5))
    assert best < 0.2  # 0.02 s of CPU; the rest is room for a busy machine


def _seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def test_own_profiles_win_by_name_and_by_host(tmp_path):
    write(tmp_path, "vietnamplus-fr", ["fr.vietnamplus.vn"])
    write(tmp_path, "mon-plo", ["plo.vn"])
    registry = Registry.load(tmp_path)
    assert registry.get("vietnamplus-fr").builtin is False
    assert registry.for_url("https://fr.vietnamplus.vn/").path == str(tmp_path / "vietnamplus-fr.toml")
    assert registry.for_url("https://plo.vn/").name == "mon-plo"
    assert registry.for_url("https://www.plo.vn/").name == "plo"
    assert len(registry) == len(Registry.load()) + 1


def test_hosts_with_a_port_come_first(tmp_path):
    write(tmp_path, "a", ["127.0.0.1:8001", "localhost"])
    write(tmp_path, "b", ["127.0.0.1:8002", "[::1]:8003"])
    registry = Registry.load(tmp_path, builtin=False)
    assert registry.for_url("http://127.0.0.1:8001/x").name == "a"
    assert registry.for_url("http://127.0.0.1:8002/x").name == "b"
    assert registry.for_url("http://localhost:9999/x").name == "a"
    assert registry.for_url("http://[::1]:8003/x").name == "b"
    assert registry.for_url("http://127.0.0.1/x") is None
    assert [site.name for site in registry] == ["a", "b"]
    assert "a" in registry


def test_own_families(tmp_path):
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "wp.toml").write_text('[[layout]]\nid = "x"\ntitle = "css:h1"\n')
    write(tmp_path, "blog", ["blog.example"], '[[layout]]\nid = "x"\nextends = "wp/x"\n')
    site = Registry.load(tmp_path).get("blog")
    assert site.layouts[0].title.sources[0].text == "css:h1"


def test_all_mistakes_of_all_files_come_at_once(tmp_path):
    write(tmp_path, "one", ["one.example"], 'lng = "fr"\n')
    write(tmp_path, "two", ["two.example"], '[[layout]]\nid = "a"\ntitle = "css:["\n')
    (tmp_path / "three.toml").write_bytes(b"name = '\xff'")
    write(tmp_path, "four", ["same.example"])
    write(tmp_path, "five", ["same.example"])
    with pytest.raises(ProfileError) as caught:
        Registry.load(tmp_path)
    lines = caught.value.mistakes
    assert any(line.startswith(f"{tmp_path / 'one.toml'}: lng: unknown key") for line in lines)
    assert any("layout[0].title: 'css:[' is not a selector" in line for line in lines)
    assert any("three.toml: cannot be read" in line for line in lines)
    assert any("'same.example' belongs to" in line for line in lines)
    assert caught.value.exit_code == 2


def test_a_site_travels_to_another_process():
    site = Registry.load().get("vietnamplus-fr")
    assert site.layouts[0].title.sources[0].xpath is not None  # compiled: that part does not travel
    copy = pickle.loads(pickle.dumps(site))
    assert copy.layouts[0].title == site.layouts[0].title
    assert copy.digest_of("amp") == site.digest_of("amp")
    assert copy.key_for("https://fr.vietnamplus.vn/a-post1.vnp") == "1"


def test_unknown_names_get_a_hint():
    with pytest.raises(UsageError, match=r"'vietnamplus-fra'.*did you mean vietnamplus-fr\?"):
        Registry.load().get("vietnamplus-fra")


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert len(Registry.load(tmp_path / "nothing", builtin=False)) == 0


# one broken profile is set apart


def test_a_broken_profile_takes_nothing_from_the_others(tmp_path):
    write(tmp_path, "sain", ["sain.example"])
    write(tmp_path, "báo", ["bao.example"])  # no name of a profile
    write(
        tmp_path, "hong", ["hong.example", "not a host"], 'lng = "vi"\n[schedule]\nevery = "1h"\nevry = 1\n'
    )
    registry = Registry.load(tmp_path, builtin=False, strict=False)
    assert [site.name for site in registry] == ["sain"]
    assert set(registry.broken) == {"báo", "hong"}
    broken = registry.broken_for("https://hong.example/a")
    assert broken is registry.broken["hong"]
    assert any("lng: unknown key" in line for line in broken.mistakes)
    assert broken.remains.schedule.every == "1h"
    assert broken.reason.startswith(f"its profile is wrong: {tmp_path / 'hong.toml'}: ")
    assert registry.for_url("https://hong.example/a") is None
    assert registry.broken_for("https://sain.example/a") is None
    with pytest.raises(ProfileError, match="lng: unknown key"):
        registry.get("hong")


@pytest.mark.parametrize(
    "text",
    [
        'name = "Torn\ndomains = ["hong.example"]\n[schedule]\nevery = "2h"\n',
        'name = "T"\ndomains = [\n  "hong.example",\n]\n[schedule]\nevery = "2h"\n[expect\narticles = 1\n',
        'name = = "T"\ndomains = ["hong.example"]\n[discover]\nsections = [\n[schedule]\nevery = "2h"\n',
    ],
)
def test_of_a_file_that_is_no_toml_hosts_and_schedule_are_known(tmp_path, text):
    (tmp_path / "hong.toml").write_text(text, encoding="utf-8")
    registry = Registry.load(tmp_path, builtin=False, strict=False)
    broken = registry.broken_for("https://hong.example/")
    assert broken is not None
    assert "not TOML" in broken.reason
    assert broken.remains.schedule.every == "2h"


def test_a_broken_profile_does_not_give_way_to_the_built_in_one(tmp_path):
    write(tmp_path, "vietnamplus-fr", ["fr.vietnamplus.vn"], "x = 1\n")
    write(tmp_path, "mon-plo", ["plo.vn"], "x = 1\n")
    registry = Registry.load(tmp_path, strict=False)
    assert "vietnamplus-fr" not in registry
    assert registry.for_url("https://fr.vietnamplus.vn/") is None
    assert registry.broken_for("https://plo.vn/").name == "mon-plo"


def test_a_family_with_a_mistake_breaks_those_that_extend_it(tmp_path):
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "wp.toml").write_text('[[layout]]\nid = "x"\ntitel = "css:h1"\n')
    write(tmp_path, "blog", ["blog.example"], '[[layout]]\nid = "x"\nextends = "wp/x"\n')
    write(tmp_path, "paper", ["paper.example"])
    registry = Registry.load(tmp_path, builtin=False, strict=False)
    assert [site.name for site in registry] == ["paper"]
    assert "titel: unknown key" in registry.broken["blog"].mistakes[0]


def test_two_profiles_of_one_host_are_both_set_apart(tmp_path):
    write(tmp_path, "four", ["same.example"])
    write(tmp_path, "five", ["same.example", "five.example"])
    write(tmp_path, "six", ["six.example"])
    registry = Registry.load(tmp_path, builtin=False, strict=False)
    assert [site.name for site in registry] == ["six"]
    assert set(registry.broken) == {"four", "five"}
    assert registry.broken_for("http://same.example/") is not None
