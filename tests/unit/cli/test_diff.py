"""diff: what an edit changed, as people and programs read it."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import attrs
import pytest

from hemeroteca.console import colour, coloured
from tests.stored_pages import PROFILE, START, STORIES, capture_of, make_collection, page_of, url_of, write

FRENCH = STORIES[0]
URL = url_of(FRENCH)
EDITED = attrs.evolve(
    FRENCH,
    paragraphs=(
        FRENCH.paragraphs[0].replace("samedi", "dimanche matin"),
        FRENCH.paragraphs[2],
        FRENCH.paragraphs[1],
        "Le Vietnam présidera la séance.",
    ),
)


def capture(settings, story, days, **changes):
    write(settings, [capture_of(url_of(story), page_of(story, **changes), START + timedelta(days=days))])


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    """Three versions of a French article; two of every other, of which one paragraph was edited."""
    press = make_collection(tmp_path_factory.mktemp("press") / "press", 1, profile=PROFILE)
    capture(press, FRENCH, 1, title="Hanoï prépare le sommet de l’ONU sur la cybercriminalité")
    capture(press, EDITED, 2, title="Hanoï prépare le sommet de l’ONU sur la cybercriminalité")
    for story, old, new in (
        (STORIES[1], "lịch sử", "quan trọng"),
        (STORIES[2], "历史性", "重要"),
        (STORIES[3], "تاريخية", "مهمة"),
        (STORIES[4], "ประวัติศาสตร์", "สำคัญ"),
    ):
        texts = tuple(text.replace(old, new) for text in story.paragraphs)
        capture(press, attrs.evolve(story, paragraphs=texts), 1)
    return press


def test_the_last_two_versions_by_default(run, press):
    result = run("diff", URL, settings=press)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].endswith("  Hanoï prépare le sommet de l’ONU sur la cybercriminalité")
    assert lines[1].startswith("--- version 2  first captured 2026-11-02T08:00:00 UTC  <urn:uuid:")
    assert lines[2].startswith("+++ version 3*  first captured 2026-11-03T08:00:00 UTC  <urn:uuid:")
    assert lines[4:9] == [
        "blocks",
        f"  ~   1  {FRENCH.paragraphs[0].replace('samedi', '[-samedi-]{+dimanche matin+}')}",
        f"      2  {FRENCH.paragraphs[2]}",
        f"  >   3  (moved from 2) {FRENCH.paragraphs[1]}",
        "  +   4  {+Le Vietnam présidera la séance.+}",
    ]
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def numbers(run, settings, *versions):
    found = json.loads(run("diff", URL, *versions, "--json", settings=settings).stdout)
    return tuple(found[side] and found[side]["version"] for side in ("before", "after")), list(
        found["fields"]
    )


@pytest.mark.parametrize(
    ("versions", "sides", "fields"),
    [
        ((), (2, 3), ["blocks"]),
        (("1..2",), (1, 2), ["title"]),
        (("1..3",), (1, 3), ["title", "blocks"]),
        (("3..1",), (3, 1), ["title", "blocks"]),
        (("1..",), (1, 3), ["title", "blocks"]),
        (("..2",), (1, 2), ["title"]),
        (("..",), (1, 3), ["title", "blocks"]),
        (("2",), (1, 2), ["title"]),
        (("3",), (2, 3), ["blocks"]),
        (("2..2",), (2, 2), []),
    ],
)
def test_two_versions_are_named_in_many_ways(versions, sides, fields, run, press):
    assert numbers(run, press, *versions) == (sides, fields)


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        ((URL, "4"), 4, "no version 4 (there are: 1, 2, 3)"),
        ((URL, "1..999999999999"), 4, "no version 999999999999"),
        ((URL, "1"), 4, "no version before version 1"),
        (("https://journal.example/none.html",), 4, "no such article"),
        (("zzzz", "1..2"), 4, "zzzz"),
        ((URL, "0"), 2, "'0' is no range of versions"),
        ((URL, "1...2"), 2, "no range"),
        ((URL, "1-2"), 2, "no range"),
        ((URL, "un..deux"), 2, "no range"),
        ((URL, "١..٢"), 2, "no range"),
        ((URL, ""), 2, "no range"),
        ((URL, "9" * 5000), 2, "no range"),
        ((URL, "1", "2"), 2, "unexpected extra argument"),
        ((URL, "-U", "-1"), 2, "--context"),
        ((), 2, "ID_OR_URL"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(arguments, code, what, run, press):
    result = run("diff", *arguments, settings=press)
    assert (result.exit_code, result.stdout) == (code, "")
    assert what in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("story", "words"),
    [
        (STORIES[1], "dấu mốc [-lịch sử-]{+quan trọng+} trong"),
        (STORIES[2], "国际合作的[-历史性-]{+重要+}一步"),
        (STORIES[3], "خطوة [-تاريخية-]{+مهمة+} في"),
        (STORIES[4], "ก้าว[-ประวัติศาสตร์-]{+สำคัญ+}ของ"),
    ],
)
def test_words_are_marked_in_every_script(story, words, run, press):
    assert words in run("diff", url_of(story), settings=press).stdout


def test_json_has_a_shape_to_rely_on(run, press):
    found = json.loads(run("diff", URL, "1..3", "--json", settings=press).stdout)
    assert list(found) == ["id", "url", "before", "after", "fields", "coarse"]
    assert list(found["before"]) == list(found["after"]) == [
        "version", "current", "captures", "first_captured_at", "last_captured_at", "content_digest", "url",
        "record_id", "captured_at", "extractor", "layout",
    ]  # fmt: skip
    shown = json.loads(run("show", URL, "--version", "1", "--json", settings=press).stdout)
    assert found["before"]["record_id"] == shown["warc"]["record_id"]
    assert found["before"]["captured_at"] == shown["captured_at"] == "2026-11-01T08:00:00+00:00"
    assert found["id"] == shown["id"]
    assert (found["before"]["current"], found["after"]["current"], found["coarse"]) == (False, True, False)
    (title,) = found["fields"]["title"]
    assert title == {
        "change": "changed",
        "before": {"position": 1, "text": FRENCH.title, "kind": None},
        "after": {"position": 1, "text": FRENCH.title.replace("accueille", "prépare"), "kind": None},
        "words": [
            {"op": "same", "text": "Hanoï "},
            {"op": "removed", "text": "accueille"},
            {"op": "added", "text": "prépare"},
            {"op": "same", "text": " le sommet de l’ONU sur la cybercriminalité"},
        ],
    }
    assert [it["change"] for it in found["fields"]["blocks"]] == ["changed", "moved", "added"]
    assert found["fields"]["blocks"][2]["before"] is None
    assert found["fields"]["blocks"][2]["after"]["kind"] == "paragraph"
    lines = [
        json.loads(line) for line in run("diff", URL, "1..3", "--jsonl", settings=press).stdout.splitlines()
    ]
    assert [line.pop("versions") for line in lines] == [[1, 3]] * 4
    assert {line.pop("id") for line in lines} == {found["id"]}
    assert lines == [
        {"field": name, **change} for name, changes in found["fields"].items() for change in changes
    ]


@pytest.mark.parametrize("form", ["--json", "--jsonl", None])
def test_no_difference_is_no_failure(form, run, press):
    result = run("diff", URL, "2..2", *filter(None, [form]), settings=press)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("\nno difference\n") == (form is None)
    assert (result.stdout == "") == (form == "--jsonl")


def test_an_article_with_one_version_has_nothing_to_compare(run, fresh):
    result = run("diff", URL, settings=fresh)
    assert result.exit_code == 0
    assert result.stdout.endswith("no difference\n")
    assert "has one version only" in result.stderr
    assert json.loads(run("diff", URL, "--json", settings=fresh).stdout)["before"] is None
    assert numbers(run, fresh, "1..1") == ((1, 1), [])


def test_context_is_shown_as_asked(run, press):
    def paragraphs(*options):
        shown = run("diff", url_of(STORIES[1]), *options, settings=press).stdout.splitlines()
        return [line[2:7].split() for line in shown if line.startswith("  ")]

    assert paragraphs("-U", "0") == [["~", "2"]]
    assert paragraphs() == paragraphs("-U9") == [["1"], ["~", "2"], ["3"]]


def test_a_version_that_came_back_is_the_older_one(run, tmp_path):
    """A → B → A is two versions: what B changed is the last edit that made one."""
    flapping = make_collection(tmp_path / "press", 1, profile=PROFILE)
    capture(flapping, FRENCH, 1, title="Un autre titre")
    capture(flapping, FRENCH, 2)
    assert numbers(run, flapping) == ((1, 2), ["title"])
    assert "version 1*  first" in run("diff", URL, settings=flapping).stdout


def test_readings_that_were_replaced_are_compared_where_they_are_named(run, fresh):
    capture(fresh, FRENCH, 1, title="Un autre titre")
    profile = fresh.sites_folder / "journal.toml"
    profile.write_text(PROFILE.replace("> p", "> p:first-child"), encoding="utf-8")
    assert run("reextract", settings=fresh).exit_code == 0
    assert numbers(run, fresh) == ((3, 4), ["title"])
    assert numbers(run, fresh, "..") == ((3, 4), ["title"])
    assert numbers(run, fresh, "4") == ((3, 4), ["title"])
    assert numbers(run, fresh, "2") == ((1, 2), ["title"])
    assert numbers(run, fresh, "3") == ((1, 3), ["blocks"])
    result = run("diff", URL, "1..3", settings=fresh)
    assert (
        "version 1  first captured 2026-11-01T08:00:00 UTC, replaced by a later reading  <urn"
        in result.stdout
    )
    assert "what differs may be the reading, and no edit" in result.stderr
    other = url_of(STORIES[1])
    found = json.loads(run("diff", other, "--json", settings=fresh).stdout)
    assert [found[side]["version"] for side in ("before", "after")] == [1, 2]
    assert "may be the reading" in run("diff", other, settings=fresh).stderr


def test_a_page_that_states_its_own_clock_was_not_changed_by_it(run, fresh):
    for days, title in ((1, "Un titre"), (2, "Un autre titre")):
        at = START + timedelta(days=days)
        page = page_of(FRENCH, title=title).replace(
            b"</head>", f'<meta property="article:modified_time" content="{at.isoformat()}"></head>'.encode()
        )
        write(fresh, [capture_of(URL, page, at)])
    assert numbers(run, fresh) == ((2, 3), ["title"])


def test_an_id_from_before_the_profile_compares_what_was_cited(run, tmp_path):
    press = make_collection(tmp_path / "press", 1)
    capture(press, FRENCH, 1, title="Un autre titre")
    old = json.loads(run("show", URL, "--json", settings=press).stdout)["id"]
    (press.sites_folder / "journal.toml").write_text(PROFILE, encoding="utf-8")
    assert run("reextract", settings=press).exit_code == 0
    followed = run("diff", old, "--json", settings=press)
    assert json.loads(followed.stdout)["id"] != old
    assert f"{old} is " in followed.stderr
    assert json.loads(run("diff", old, "1..2", "--json", settings=press).stdout)["id"] == old


def test_ids_come_from_stdin_and_versions_points_here(run, press):
    assert run("diff", "-", "1..2", settings=press, input=f"{URL}\n").exit_code == 0
    assert run("diff", "-", settings=press, input="").exit_code == 2
    listed = run("versions", URL, settings=press)
    ref = json.loads(run("show", URL, "--json", settings=press).stdout)["id"]
    assert listed.stderr == f"what changed: hemeroteca diff {ref} 2..3\n"
    assert run("versions", URL, "--json", settings=press).stderr == ""


def test_a_terminal_has_colours_unless_it_is_asked_not_to(run, press, monkeypatch):
    monkeypatch.setattr("hemeroteca.edits.coloured", lambda: True)
    shown = run("diff", URL, "1..2", settings=press, color=True).stdout
    assert "\x1b[31m\x1b[9maccueille\x1b[0m\x1b[32m\x1b[4mprépare\x1b[0m" in shown
    assert "[-" not in shown
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert (colour(), coloured()) == (None, True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert (colour(), coloured()) == (False, False)


def test_what_a_hostile_page_holds_stays_harmless(run, fresh):
    hostile = attrs.evolve(
        FRENCH, paragraphs=("Texte \x1b[2J&#x9b;31m &#x202e;caché \x1b]0;pris\x07", "[-faux-]")
    )
    capture(fresh, hostile, 1, title="T&#x202e;itre \x1b[31m")
    for form in ((), ("--json",), ("--jsonl",)):
        result = run("diff", URL, *form, settings=fresh)
        assert result.exit_code == 0
        assert not set("\x1b\x07\x9b\u202e") & set(result.stdout + result.stderr)


def test_a_re_extraction_shows_its_changes_the_same_way(run, fresh):
    (fresh.sites_folder / "journal.toml").write_text(
        PROFILE.replace("article.main h1", "title").replace("> p", "> p:not(:first-child)"), encoding="utf-8"
    )
    capture(fresh, FRENCH, 1, title=FRENCH.title.replace("accueille", "prépare"))
    (fresh.sites_folder / "journal.toml").write_text(PROFILE, encoding="utf-8")
    shown = run("reextract", "--dry-run", "--diff", "--jobs", "1", settings=fresh).stdout
    assert "  title\n    Hanoï [-accueille-]{+prépare+} le sommet de l’ONU sur la cybercriminalité\n" in shown
    assert f"  blocks\n    +   1  {{+{FRENCH.paragraphs[0]}+}}\n" in shown


def test_time_and_record_of_a_version_are_those_of_the_capture_that_is_cited(run, fresh):
    capture(fresh, FRENCH, 1, title="Hanoï prépare le sommet")
    unchanged = page_of(FRENCH, title="Hanoï prépare le sommet") + b"<!-- other bytes -->"
    write(fresh, [capture_of(URL, unchanged, START + timedelta(days=2))])
    lines = run("diff", URL, settings=fresh).stdout.splitlines()
    told = json.loads(run("diff", URL, "--json", settings=fresh).stdout)
    for line, side, number in ((lines[1], "before", 1), (lines[2], "after", 2)):
        (cited,) = json.loads(run("cite", URL, "--version", number, "--json", settings=fresh).stdout)
        assert line.endswith(f"first captured {cited['captured_at'][:19]} UTC  {cited['record_id']}")
        assert told[side]["record_id"] == cited["record_id"]
        assert told[side]["captured_at"] == cited["captured_at"]
