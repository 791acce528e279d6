"""What holds for every command: names, options, exit codes, one clear line."""

from __future__ import annotations

import json

import pytest

from archive.errors import IntegrityError, LockedError
from hemeroteca.cli import COMMANDS, cli
from hemeroteca.console import visible
from hemeroteca.options import Group


def commands(group=cli, path=()):
    import click

    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, Group):
            yield from commands(command, (*path, name))


def test_every_command_of_the_contract_is_there():
    assert list(COMMANDS) == [
        "init", "sites", "crawl", "capture", "schedule", "import", "search", "show", "versions", "diff", "related",
        "cite", "export", "extract", "reextract", "index", "verify", "stats", "runs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda it: " ".join(it) if isinstance(it, tuple) else ""
)
def test_every_command_takes_a_collection_and_explains_itself(path, command, run):
    options = {name for parameter in command.params for name in parameter.opts}
    assert {"-C", "--collection"} <= options
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert (command.help or "").splitlines()[0].split(";")[0][:30] in result.stdout


def test_the_help_page_says_what_the_commands_say():
    """The short texts stand in cli.py, so that --help imports no command."""
    import click

    for name, (_, text) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command.name == name
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["serch", "x"], "did you mean 'search'?"),
        (["search", "--limit", "many"], "--limit"),
        (["search", "--sort", "beauty"], "--sort"),
        (["show"], "ID_OR_URL"),
        (["extract"], "name a FILE"),
        (["extract", "page.html"], "--url"),
        (["extract", "--manifest", "-", "page.html"], "--manifest"),
        (["reextract", "--fields", "colour"], "colour"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, what, run, press):
    result = run(*arguments, settings=press)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert what in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "command", ["search x", "show x", "stats", "runs", "verify", "export -o x", "index status"]
)
def test_no_collection_is_nothing_found(command, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*command.split())
    assert result.exit_code == 4
    assert "hemeroteca init" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_collection_is_found_by_option_environment_and_from_below(run, press, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = str(press.collection)
    answers = [
        run("-C", folder, "search", "onu", "--count"),
        run("search", "onu", "--count", "--collection", folder),
        run("search", "onu", "--count", env={"HEMEROTECA_COLLECTION": folder}),
    ]
    monkeypatch.chdir(press.collection / "sites")
    answers.append(run("search", "onu", "--count"))
    assert [answer.stdout for answer in answers] == ["2\n"] * 4


def test_errors_become_their_exit_codes(run, press, monkeypatch):
    from archive.index.search import Search

    for error, code in ((LockedError("held"), 6), (IntegrityError("torn"), 5), (KeyboardInterrupt(), 130)):

        def fail(*_, error=error, **__):
            raise error

        monkeypatch.setattr(Search, "open", fail)
        result = run("stats", settings=press)
        assert result.exit_code == code
        assert len(result.stderr.strip().splitlines()) == 1


def test_a_surprise_is_one_line_and_its_traceback_is_kept(run, fresh, monkeypatch):
    from archive.index.search import Search

    def fail(*_, **__):
        raise ZeroDivisionError("of all things\x1b[2J")

    monkeypatch.setattr(Search, "open", fail)
    result = run("stats", settings=fresh)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.stderr
    log = fresh.log_folder / "errors.log"
    assert str(log) in result.stderr
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert "Traceback" in run("stats", "--debug", settings=fresh).stderr


def test_broken_settings_are_told_with_their_place(run, fresh):
    (fresh.collection / "hemeroteca.toml").write_text("dealy = 3\n", encoding="utf-8")
    result = run("stats", settings=fresh)
    assert result.exit_code == 2
    assert "dealy" in result.stderr
    assert "hemeroteca.toml" in result.stderr


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("bell\x07 del\x7f csi\x9b", "bell\\x07 del\\x7f csi\\x9b"),
        ("right\u202eto left", "right\\u202eto left"),
        ("two\nlines\u2028and more", "two\\x0alines\\u2028and more"),
        ("lone \ud800", "lone \\ud800"),
        ("Hà Nội 河内 هانوي ฮานอย l’été", "Hà Nội 河内 هانوي ฮานอย l’été"),
    ],
)
def test_visible_lets_no_control_character_through(text, shown):
    assert visible(text) == shown


def test_visible_keeps_line_ends_where_asked():
    assert visible("a\n\tb\x1b", lines=True) == "a\n\tb\\x1b"


@pytest.mark.parametrize(
    "words",
    [
        ["runs", "vietnamplus-ff"],
        ["sites", "drift", "vietnamplus-ff"],
        ["schedule", "next", "vietnamplus-ff"],
        ["schedule", "history", "vietnamplus-ff"],
        ["search", "x", "--site", "vietnamplus-ff"],
    ],
)
def test_a_site_that_nobody_knows_is_a_mistake_and_no_empty_answer(words, run, press):
    result = run(*words, settings=press)
    assert result.exit_code == 2
    assert "vietnamplus-fr" in result.stderr  # did you mean
    known = [word.replace("vietnamplus-ff", "vietnamplus-fr") for word in words]
    assert run(*known, settings=press).exit_code == 4


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["stats", "-C", "/không/có"], "no such folder"),
        (["extract", "/dev/null", "--url", "notaurl"], "--url notaurl"),
        (["extract", "/dev/null", "--url", "http://[::1"], "--url http://[::1"),
    ],
)
def test_what_is_mistyped_is_told(words, told, run):
    result = run(*words)
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr
    assert result.stderr.count("\n") == 1


def test_an_index_that_is_none_has_to_be_rebuilt(run, fresh):
    fresh.index_path.write_bytes(b"this is no database at all" * 100)
    assert run("index", "status", settings=fresh).exit_code == 5
    assert run("index", "rebuild", settings=fresh).exit_code == 0
    assert run("index", "status", settings=fresh).exit_code == 0


def test_a_format_that_is_not_written_is_refused(run, press, tmp_path):
    target = tmp_path / "cyber.wacz"
    result = run("export", "-o", target, settings=press)
    assert (result.exit_code, target.exists()) == (2, False)
    assert "jsonl" in result.stderr
    assert run("export", "-o", target, "--format", "csv", settings=press).exit_code == 0


def test_counts_stand_before_the_hits(run, press):
    shown = run(
        "search", "--facet", "lang", "--per", "month", "--limit", "9", settings=press
    ).stdout.splitlines()
    assert shown[0] == "lang"
    assert shown.index("month") < shown.index("")


def test_importing_for_nothing_tells_of_damage(run, press, fresh, tmp_path):
    (source, *_) = (press.collection / "warc").rglob("*.warc.gz")
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(source.read_bytes()[:-20])
    before = sorted((fresh.collection / "warc").rglob("*"))
    result = run("import", cut, "--dry-run", settings=fresh)
    assert result.exit_code == 3
    assert "cut.warc.gz" in result.stderr
    assert sorted((fresh.collection / "warc").rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [
        ["search", "x", "--site", "fr.vietnamplus.vn"],
        ["runs", "fr.vietnamplus.vn"],
        ["sites", "show", "fr.vietnamplus.vn"],
        ["sites", "drift", "fr.vietnamplus.vn"],
    ],
)
def test_a_host_is_no_name_of_a_site_and_leads_to_it(words, run, press):
    result = run(*words, settings=press)
    assert result.exit_code == 2
    assert "vietnamplus-fr has this host" in result.stderr


def test_reextract_takes_the_host_of_a_profile(run, press):
    for site in ("journal", "journal.example"):
        result = run("reextract", "--site", site, "--dry-run", "--json", "--jobs", "1", settings=press)
        assert json.loads(result.stdout)["read"] == 10
    assert run("reextract", "--site", "nowhere.example", "--jobs", "1", settings=press).exit_code == 2


def test_an_empty_list_of_sites_is_not_all_of_them(run, fresh):
    result = run("crawl", "-", "--dry-run", settings=fresh, input="# none today\n\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no site or URL on stdin" in result.stderr


def everything_in(folder):
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal", ".lock", "schedule.db"))
    }


def test_a_dry_run_writes_nothing(run, fresh, tmp_path):
    assert run("schedule", "set", "journal", "1h", settings=fresh).exit_code == 0
    page = tmp_path / "in.jsonl"
    page.write_text('{"id": 1, "path": "none.html", "url": "https://a.example/"}\n' * 3, encoding="utf-8")
    before = everything_in(tmp_path)
    for words, told in (
        (["index", "rebuild"], "from 1 WARC file"),
        (["index", "optimize"], "would merge"),
        (["extract", "--manifest", page, "--output", tmp_path / "out.jsonl"], "would extract 3 pages to"),
        (["schedule", "set", "journal", "off"], "journal: off"),
        (["schedule", "set", "journal", "2h", "--window", "06:00-23:00"], 'every = "2h"'),
        (["schedule", "pause", "journal"], "would pause"),
        (["schedule", "run-due"], ""),
        (["export", "-o", tmp_path / "x.csv"], "would export 5 articles"),
        (["reextract", "--jobs", "1"], ""),
    ):
        result = run(*words, "--dry-run", settings=fresh)
        assert result.exit_code == 0, result.stderr
        assert told in result.stderr, words
    assert everything_in(tmp_path) == before
    assert json.loads(run("index", "rebuild", "--dry-run", "--json", settings=fresh).stdout)["files"] == 1
    off = run("schedule", "set", "journal", "off", settings=fresh)
    assert "not scheduled any more" in off.stderr


def test_what_is_due_is_told_before_it_is_run(run, fresh):
    """A site whose rhythm adapts is due at once."""
    assert run("schedule", "set", "journal", "adaptive", settings=fresh).exit_code == 0
    lines = run("schedule", "run-due", "--dry-run", "--jsonl", settings=fresh).stdout.splitlines()
    assert [json.loads(line)["site"] for line in lines] == ["journal"]
    assert run("schedule", "pause", "journal", settings=fresh).exit_code == 0
    assert run("schedule", "run-due", "--dry-run", settings=fresh).stdout == ""
    assert run("schedule", "list", settings=fresh).stdout.rstrip().endswith("adaptive  paused")
    assert run("schedule", "history", settings=fresh).exit_code == 4


@pytest.mark.parametrize(
    "words", [("crawl", "nosuch"), ("crawl", "ftp://x/"), ("crawl",), ("capture", "ftp://x/")]
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_what_cannot_be_crawled_makes_no_collection_and_promises_none(run, tmp_path, words, dry):
    (tmp_path / "报纸").mkdir()
    result = run(*words, *dry, "-C", tmp_path / "报纸")
    assert result.exit_code == 2
    assert "no collection" not in result.stderr
    assert list((tmp_path / "报纸").iterdir()) == []
