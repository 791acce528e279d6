"""search, show, versions, related, stats, runs, sites: what researchers read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from archive.http import split_message
from archive.index.store import Index
from archive.model import StoredRun, WarcLocation
from archive.summary import RunSummary
from archive.warc.reader import read_record, stored, warc_files
from tests.stored_pages import HOST, PROFILE, STORIES, capture_of, make_collection, page_of, url_of, write


def ref_of(run, settings, url):
    return json.loads(run("show", url, "--json", settings=settings).stdout)["id"]


@pytest.mark.parametrize(
    ("query", "lang"),
    [
        ("cybercriminalite", "fr"),
        ("ha noi", "vi"),
        ("网络犯罪", "zh"),
        ("الامم المتحدة", "ar"),
        ("อาชญากรรม", "th"),
    ],
)
def test_search_finds_in_every_script(query, lang, run, press):
    result = run("search", query, "--json", "--lang", lang, settings=press)
    found = json.loads(result.stdout)
    assert found["total"] == 2
    assert {hit["lang"] for hit in found["hits"]} == {lang}


def test_search_prints_for_people(run, press):
    result = run(
        "search", "sommet", "--facet", "lang,month", "--per", "month", "--limit", "9", settings=press
    )
    assert result.exit_code == 0
    assert "Hanoï accueille le sommet" in result.stdout
    assert "2026-10" in result.stdout
    assert "2 articles" in result.stderr
    assert "\x1b" not in result.stdout


def test_search_forms(run, press):
    assert run("search", "sommet", "--count", settings=press).stdout == "2\n"
    refs = run("search", "sommet", "--ids", settings=press).stdout.split()
    assert len(refs) == 2
    assert run("search", "sommet", "--ids", "--limit", "1", settings=press).stdout.split() == refs[:1]
    lines = run("search", "--jsonl", "--limit", "100", settings=press).stdout.splitlines()
    assert len(lines) == 10
    assert all(json.loads(line)["ref"] for line in lines)
    assert run("search", "--explain", "l’ONU", settings=press).stdout.strip()


@pytest.mark.parametrize(
    ("options", "total"),
    [
        (["--since", "2026-10-02"], 5),
        (["--until", "2026-10-01"], 5),
        (["--since", "2026-10", "--until", "octobre 2026"], 10),
        (["--since", "tháng 11 năm 2026"], 0),
        (["--site", "journal", "--lang", "fr,vi"], 4),
        (["--captured-since", "2027"], 0),
    ],
)
def test_search_filters(options, total, run, press):
    result = run("search", "--count", *options, settings=press)
    assert result.stdout == f"{total}\n"
    assert result.exit_code == (0 if total else 4)


def test_nothing_found_is_exit_code_4(run, press):
    result = run("search", "zebra", settings=press)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "zebra" in result.stderr
    assert json.loads(run("search", "zebra", "--json", settings=press).stdout)["total"] == 0


@pytest.mark.parametrize("query", ["(", '"open', "a OR"])
def test_a_query_that_does_not_parse_or_does_is_never_a_traceback(query, run, press):
    result = run("search", query, settings=press)
    assert result.exit_code in (0, 2, 4)
    assert "Traceback" not in result.stderr
    assert "unexpected" not in result.stderr


@pytest.mark.parametrize("since", ["gibberish", "2026-13", "2026-02-31T99:00"])
@pytest.mark.parametrize("option", ["--since", "--until", "--captured-since", "--captured-until"])
def test_a_bad_date_is_told(since, option, run, press):
    result = run("search", option, since, settings=press)
    assert result.exit_code == 2
    assert f"{option}: " in result.stderr
    assert since in result.stderr


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2026-10-03", "2026-10-02", 2),
        ("2027", "2026-10", 2),
        ("hôm nay", "2024", 2),
        ("2026-10", "2026-10-01", 0),
        ("2026-10-01", "2026", 0),
        ("2026-10-01T00:00:00+07:00", "2026-09-30T18:00:00+00:00", 4),
    ],
)
def test_a_span_that_ends_before_it_begins_is_told(since, until, code, run, press):
    for command in (["search"], ["export", "-o", "-"]):
        result = run(*command, "--since", since, "--until", until, settings=press)
        assert result.exit_code == code, result.stderr
        assert ("no day is both" in result.stderr) == (code == 2)


def test_show_prints_every_field_and_its_origin(run, press):
    story = STORIES[0]
    result = run("show", url_of(story), "--rules", settings=press)
    flat = " ".join(result.stdout.split())
    for text in (story.title, story.lead, *story.paragraphs):
        assert text in flat
    for text in ("css:article.main h1", "layout first", "warc/", "<urn:uuid:", "sha1:", "run-of-the-test"):
        assert text in flat


def test_show_json_is_the_contract(run, press):
    found = json.loads(run("show", url_of(STORIES[1]), "--json", settings=press).stdout)
    keys = (
        "url canonical_url site key lang title kicker lead blocks photos related published published_raw modified authors "
        "agency section tags dateline sign_off id version captured_at warc"
    )
    assert set(keys.split()) <= set(found)
    assert found["key"] == "vi-1"
    assert found["warc"].keys() == {"file", "offset", "length", "record_id"}
    assert found["provenance"]["origins"]["title"] == "css:article.main h1"
    assert (press.collection / found["warc"]["file"]).is_file()


def test_show_gives_stored_bytes_unchanged(run, press):
    story = STORIES[0]  # archived gzipped
    page = run("show", url_of(story), "--html", settings=press).stdout_bytes
    assert page == page_of(story)
    head = run("show", url_of(story), "--headers", settings=press).stdout_bytes
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\n\r\n")
    record = run("show", url_of(story), "--warc", settings=press).stdout_bytes
    place = next(it.location for it in stored(warc_files(press.collection)[0], collection=press.collection))
    _, block = read_record(press.collection, place)
    assert record.startswith(b"WARC/1.1\r\n")
    assert record.endswith(block + b"\r\n\r\n")
    assert split_message(block)[0] == head


def test_show_text_and_ids_from_stdin(run, press):
    refs = run("search", "sommet", "--ids", settings=press).stdout
    result = run("show", "-", "--text", settings=press, input=refs)
    assert result.stdout.count(STORIES[0].lead) == 2
    assert "css:" not in result.stdout


def test_show_takes_the_beginning_of_an_id(run, press):
    ref = ref_of(run, press, url_of(STORIES[2]))
    assert json.loads(run("show", ref[:8], "--json", settings=press).stdout)["id"] == ref
    others = [one for one in run("search", "--ids", settings=press).stdout.split() if one != ref]
    enough = next(n for n in range(1, 13) if not any(one.startswith(ref[:n]) for one in others))
    for command in ("show", "versions", "diff", "related"):
        assert run(command, ref[:enough].upper(), settings=press).exit_code in (0, 4)
    exported = run("export", "--ids", "-", "-o", "-", settings=press, input=ref[:enough])
    assert json.loads(exported.stdout)["id"] == ref
    result = run("show", "zzzz", settings=press)
    assert result.exit_code == 4
    assert "zzzz" in result.stderr


def test_the_beginning_of_several_ids_names_them(run, tmp_path):
    press = make_collection(tmp_path / "press", 7, profile=PROFILE)  # 35 ids begin with 32 letters
    refs = sorted(run("search", "--ids", "--limit", "99", settings=press).stdout.split())
    shared = next(one[0] for one, other in pairwise(refs) if one[0] == other[0])
    for words, given in (
        (("show", shared), ""),
        (("versions", shared), ""),
        (("diff", shared), ""),
        (("export", "--ids", "-", "-o", "-"), shared),
    ):
        result = run(*words, settings=press, input=given)
        assert (result.exit_code, result.stdout) == (2, "")
        assert all(ref in result.stderr for ref in refs if ref[0] == shared)
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("query", "hints"),
    [
        ("autor:Nguyen", ("no field is called autor", "title:, lead:, body:, caption:", "--author")),
        ("auteur:Dupont sommet", ("--author",)),
        ("titre:sommet OR sommet", ("perhaps title:",)),
        ("site:journal", ("perhaps --site",)),
        ("zzz:sommet", ("no field is called zzz",)),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_field_that_there_is_not_is_told_in_one_line(query, hints, form, run, press):
    result = run("search", query, *form, settings=press)
    assert result.exit_code in (0, 4)
    for hint in hints:
        assert hint in result.stderr
    assert sum("no field" in line for line in result.stderr.splitlines()) == 1
    assert "no field" not in run("search", "Hanoï: le sommet", settings=press).stderr


def test_control_characters_of_a_hostile_page_stay_harmless(run, fresh):
    url = f"{HOST}/fr/article-fr-99.html"
    hostile = page_of(STORIES[0], 9, title="Titre &#27;[2J&#x9b;31m &#x202e;caché \u200f")
    raw = hostile.replace(b"</h1>", b"\x1b]0;owned\x07</h1>")
    write(fresh, [capture_of(url, raw, __import__("tests.stored_pages").stored_pages.START)])
    for arguments in (
        ["show", url],
        ["show", url, "--text"],
        ["show", url, "--rules"],
        ["search", "titre"],
        ["versions", url],
        ["diff", url],
    ):
        result = run(*arguments, settings=fresh)
        assert result.exit_code == 0
        for char in ("\x1b", "\x07", "\x9b", "\u202e"):
            assert char not in result.stdout


def test_versions_and_related(run, fresh):
    story = STORIES[0]
    from tests.stored_pages import START

    later = START.replace(month=12)
    write(fresh, [capture_of(url_of(story), page_of(story, title="Un autre titre"), later)])
    rows = json.loads(run("versions", url_of(story), "--json", settings=fresh).stdout)
    assert [(row["number"], row["current"], row["title"]) for row in rows] == [
        (1, False, story.title),
        (2, True, "Un autre titre"),
    ]
    first = json.loads(run("show", url_of(story), "--version", "1", "--json", settings=fresh).stdout)
    assert (first["version"], first["title"]) == (1, story.title)
    assert first["captured_at"].startswith("2026-11-01")
    assert run("show", url_of(story), "--version", "9", settings=fresh).exit_code == 4
    links = json.loads(run("related", url_of(story), "--json", settings=fresh).stdout)
    assert {link["url"] for link in links["out"]} == {url_of(STORIES[1]), url_of(STORIES[2])}
    assert {link["ref"] for link in links["out"]} == {
        ref_of(run, fresh, url_of(other)) for other in STORIES[1:3]
    }
    assert set(json.loads(run("related", url_of(story), "--in", "--json", settings=fresh).stdout)) == {"in"}
    into = run("related", url_of(STORIES[1]), "--in", settings=fresh)
    assert url_of(story) in into.stdout
    assert url_of(STORIES[1]) not in into.stdout


def test_an_id_from_before_the_profile_leads_to_the_new_one(run, tmp_path):
    """The site's name and the article's key make its id: a profile that comes later changes both."""
    press = make_collection(tmp_path / "press", 1)
    story = STORIES[1]
    old = ref_of(run, press, url_of(story))
    before = run("search", "--ids", settings=press).stdout.split()
    (press.sites_folder / "journal.toml").write_text(PROFILE, encoding="utf-8")
    assert run("reextract", settings=press).exit_code == 0
    new = ref_of(run, press, url_of(story))
    assert new != old
    shown = run("show", old.upper(), "--json", settings=press)
    document = json.loads(shown.stdout)
    assert (document["id"], document["formerly"], document["site"]) == (new, old, "journal")
    assert f"{old} is {new} now" in shown.stderr
    assert "formerly" not in json.loads(run("show", new, "--json", settings=press).stdout)
    cited = json.loads(run("show", old, "--version", "1", "--json", settings=press).stdout)
    assert (cited["id"], cited["site"], cited["title"]) == (old, "journal.example", story.title)
    every = {*before, *run("search", "--ids", settings=press).stdout.split()} - {old}
    enough = next(n for n in range(1, 13) if not any(one.startswith(old[:n]) for one in every))
    for command in ("versions", "related"):
        for named in (old, old[:enough]):
            assert f"{old} is {new} now" in run(command, named, settings=press).stderr
    exported = run("export", "--ids", "-", "-o", "-", settings=press, input=f"{old}\n")
    assert json.loads(exported.stdout)["id"] == new


def test_one_of_a_thing_is_no_more_than_one(run, press):
    url = url_of(STORIES[0])
    assert run("show", url, settings=press).stdout.endswith("; 1 capture\n")
    assert "  1 capture  " in run("versions", url, settings=press).stdout


def test_stats_and_runs(run, press):
    found = json.loads(run("stats", "--json", settings=press).stdout)
    assert (found["articles"], found["captures"], found["files"]) == (10, 10, 1)
    assert "10" in run("stats", settings=press).stdout
    result = run("runs", settings=press)
    assert result.exit_code == 4
    assert json.loads(run("index", "status", "--json", settings=press).stdout)["ok"] is True


def test_a_run_that_found_no_change_tells_of_nothing_new(run, fresh):
    for number, counts in enumerate(
        (
            {"articles": 2, "fetched": 3, "unchanged": 2},
            {"articles": 1, "fetched": 1, "new_articles": 1, "failures": 1},
        )
    ):
        at = datetime(2026, 11, 20 + number, tzinfo=UTC)
        summary = RunSummary(
            run_id=f"r{number}",
            kind="capture",
            site="journal",
            started_at=at,
            finished_at=at,
            status="done",
            counts=counts,
        )
        place = WarcLocation(file="warc/x.warc.gz", offset=number, length=1, record_id=f"<urn:uuid:{number}>")
        with Index.open(fresh.index_path) as index:
            index.put(StoredRun(location=place, run=summary))
    later, earlier = run("runs", settings=fresh).stdout.splitlines()
    assert later.endswith("1 fetched, 1 new, 1 error")
    assert earlier.endswith("3 fetched, 2 unchanged")


def test_index_rebuild_gives_the_same_articles(run, fresh):
    before = run("show", url_of(STORIES[3]), "--json", settings=fresh).stdout
    fresh.index_path.unlink()
    lost = run("search", "onu", settings=fresh)
    assert lost.exit_code == 1
    assert "index rebuild" in lost.stderr
    assert run("index", "rebuild", settings=fresh).exit_code == 0
    assert run("show", url_of(STORIES[3]), "--json", settings=fresh).stdout == before
    assert run("index", "optimize", settings=fresh).exit_code == 0


def test_sites_list_show_check(run, fresh):
    names = {row["name"]: row for row in json.loads(run("sites", "list", "--json", settings=fresh).stdout)}
    assert not names["journal"]["builtin"]
    assert names["vietnamplus-fr"]["builtin"]
    assert "journal.example" in run("sites", "show", "journal", settings=fresh).stdout
    assert run("sites", "check", settings=fresh).exit_code == 0
    near = run("sites", "show", "jurnal", settings=fresh)
    assert near.exit_code == 2
    assert "journal" in near.stderr
    result = run("sites", "check", url_of(STORIES[0]), settings=fresh)
    assert "css:article.main h1" in result.stdout
    unknown = run("sites", "check", f"{HOST}/nothing", settings=fresh)
    assert unknown.exit_code == 4


def test_sites_check_compares_several_pages(run, fresh, tmp_path):
    """Stored ones, saved ones that say their address, and a list on stdin; and counts each field over all."""
    saved = tmp_path / "saved.html"
    page = page_of(STORIES[2]).replace(
        b"<head>", f'<head><link rel="canonical" href="{HOST}/zh/x-9.html">'.encode(), 1
    )
    saved.write_bytes(page)
    stored = [url_of(story) for story in STORIES[:2]]
    shown = run("sites", "check", "journal", *stored, saved, settings=fresh)
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.count("article · layout first · ") == 3
    last = shown.stdout.rpartition("3 pages")[2]
    (title,) = [line for line in last.splitlines() if line.startswith("title ")]
    assert title.split()[1:4] == ["3", "0", "0"]
    assert "css:article.main h1 (3)" in title

    document = json.loads(run("sites", "check", "journal", *stored, saved, "--json", settings=fresh).stdout)
    assert [one["url"] for one in document["pages"]] == [*stored, f"{HOST}/zh/x-9.html"]
    counts = document["summary"]["title"]
    assert counts == {
        "same": 3, "profile_only": 0, "generic_only": 0, "differ": 0, "neither": 0, "rules": {"css:article.main h1": 3},
    }  # fmt: skip
    for one in document["pages"]:
        mine, other = one["profile"]["article"], one["generic"]["article"]
        for name, outcome in one["outcomes"].items():
            assert (outcome == "same") == (bool(mine[name]) and mine[name] == other[name])
            assert (outcome == "neither") == (not mine[name] and not other[name])

    listed = "\n".join(stored)
    lines = run("sites", "check", "-", "--jsonl", settings=fresh, input=listed).stdout.splitlines()
    assert [json.loads(line)["url"] for line in lines] == stored


def test_sites_check_says_which_pages_are_missing(run, fresh, tmp_path):
    partly = run("sites", "check", "journal", url_of(STORIES[0]), f"{HOST}/nothing", settings=fresh)
    assert partly.exit_code == 3
    assert f"{HOST}/nothing" in partly.stderr
    none = run("sites", "check", "journal", f"{HOST}/nothing", f"{HOST}/neither", settings=fresh)
    assert none.exit_code == 4
    silent = tmp_path / "silent.html"
    silent.write_bytes(page_of(STORIES[0]))
    unsaid = run("sites", "check", "journal", silent, settings=fresh)
    assert unsaid.exit_code == 2  # a page that names no address of its own
    assert "--url" in unsaid.stderr
    several = run("sites", "check", "journal", silent, silent, "--url", HOST, settings=fresh)
    assert several.exit_code == 2
    stranger = run("sites", "check", silent, "--url", "https://stranger.example/a", settings=fresh)
    assert stranger.exit_code == 2
    assert "name the SITE" in stranger.stderr


def test_sites_check_tells_every_mistake(run, fresh):
    (fresh.sites_folder / "bad.toml").write_text(
        'name = "Bad"\ndomains = ["bad.example"]\ncolour = "red"\n[[layout]]\nid = "a"\ntitle = "css:h1["\n',
        encoding="utf-8",
    )
    for arguments in (["sites", "check"], ["sites", "check", "bad"]):
        result = run(*arguments, settings=fresh)
        assert result.exit_code == 2
        assert "colour" in result.stderr
        assert "title" in result.stderr
        told = run(*arguments, "--json", settings=fresh)
        assert told.exit_code == 2
        assert json.loads(told.stdout)["mistakes"] == [
            line[len("hemeroteca: ") :] for line in told.stderr.splitlines()
        ]
    assert run("sites", "check", "vietnamplus-fr", settings=fresh).exit_code in (0, 2)


@pytest.mark.parametrize(
    "forms", [("--json", "--text"), ("--text", "--html"), ("--jsonl", "--json"), ("--warc", "--html")]
)
def test_show_takes_one_form_only(forms, run, press):
    result = run("show", url_of(STORIES[0]), *forms, settings=press)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "only one of " in result.stderr
    assert all(form in result.stderr for form in forms)
