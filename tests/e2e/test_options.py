"""What every command has in common: -C in any place, --json and --jsonl that parse, only data on stdout."""

from __future__ import annotations

import json

import click
import pytest

from hemeroteca.cli import COMMANDS, cli
from tests.e2e.pages import hemerotecas
from tests.stored_pages import PROFILE, STORIES, make_collection, page_of

URL = "https://journal.example/fr/article-fr-1.html"
WORDS = {
    "init": (),
    "crawl": ("journal", "--dry-run"),
    "capture": (URL, "--dry-run"),
    "import": ("OTHER.warc.gz", "--dry-run"),
    "search": ("sommet", "--facet", "lang", "--per", "month"),
    "show": (URL,),
    "versions": (URL,),
    "diff": (URL,),
    "related": (URL,),
    "cite": (URL,),
    "export": ("sommet", "-o", "OUT", "--force"),
    "extract": ("PAGE", "--url", URL, "--fetched-at", "2026-11-01"),
    "reextract": ("--dry-run", "--diff", "--jobs", "1"),
    "verify": (),
    "stats": (),
    "runs": (),
    "index status": (),
    "index rebuild": (),
    "index optimize": (),
    "sites list": (),
    "sites show": ("journal",),
    "sites check": ("journal",),
    "sites drift": (),
    "schedule list": (),
    "schedule set": ("journal", "1h", "--dry-run"),
    "schedule pause": ("journal", "--dry-run"),
    "schedule resume": ("journal", "--dry-run"),
    "schedule next": (),
    "schedule run-due": (),
    "schedule history": (),
    "schedule install": ("--systemd",),
}
SILENT = {
    "init", "index optimize", "sites new", "schedule set", "schedule pause", "schedule resume", "schedule daemon",
    "schedule install",
}  # fmt: skip
"""Neither list nor report."""
NETWORK = {"sites new", "schedule daemon"}
NO_COLLECTION_NEEDED = {"init", "extract", "sites list", "sites show", "sites check"}


def leaves():
    """Return every command by its words."""
    found = {}
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": it for sub, it in command.commands.items()}
        else:
            found[name] = command
    return found


def options_of(command):
    return {option for parameter in command.params for option in parameter.opts}


def test_the_table_is_complete():
    assert set(WORDS) | NETWORK == set(leaves())
    assert {name for name, it in leaves().items() if "--json" not in options_of(it)} == SILENT
    assert {name for name, it in leaves().items() if "--jsonl" not in options_of(it)} == SILENT
    assert [name for name, it in leaves().items() if not {"-C", "--collection"} <= options_of(it)] == []


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run every command with -C in every place and with every form, from a folder that is no collection."""
    root = tmp_path_factory.mktemp("options")
    press = make_collection(root / "press", 1, profile=PROFILE).collection
    (press / "schedule.toml").write_text('[journal]\nevery = "1d"\n', encoding="utf-8")
    (root / "elsewhere").mkdir()
    (root / "page.html").write_bytes(page_of(STORIES[0]))
    (root / "other.warc.gz").write_bytes(next((press / "warc").rglob("*.gz")).read_bytes())
    names = {"PAGE": root / "page.html", "OTHER.warc.gz": root / "other.warc.gz", "OUT": root / "out.jsonl"}
    commands, keys = [], []

    def add(key, *words):
        keys.append(key)
        commands.append(tuple(names.get(word, word) for word in words))

    for name, words in WORDS.items():
        first, *rest = name.split()
        folder = {
            place: root / f"new-{place}" if name == "init" else press
            for place in ("before", "after", "between")
        }
        add((name, "before"), "-C", folder["before"], first, *rest, *words)
        add((name, "after"), first, *rest, *words, "--collection", folder["after"])
        if rest:
            add((name, "between"), first, "-C", folder["between"], *rest, *words)
        if name not in SILENT:
            add((name, "--json"), "-C", press, first, *rest, *words, "--json")
            add((name, "--jsonl"), "-C", press, first, *rest, *words, "--jsonl")
    results = hemerotecas(commands, at=root / "elsewhere", streams=tmp_path_factory.mktemp("streams"))
    assert list((root / "elsewhere").iterdir()) == []
    return root, dict(zip(keys, results, strict=True))


@pytest.mark.parametrize("name", WORDS)
def test_the_collection_is_named_before_or_after(ran, name):
    root, results = ran
    before, after = results[name, "before"], results[name, "after"]
    none = name in ("runs", "related", "sites drift", "schedule history")
    good = (0, 4) if none else (0,)  # 4: there are none in this collection
    assert before.returncode in good, before
    assert after.returncode == before.returncode, after
    if name == "init":
        assert (root / "new-before" / "hemeroteca.toml").is_file()
        assert (root / "new-after" / "hemeroteca.toml").is_file()
        return
    if name != "reextract":  # tells its speed
        assert after.stdout == before.stdout
    if (name, "between") in results:
        assert results[name, "between"].stdout == before.stdout
        assert results[name, "between"].returncode == before.returncode


@pytest.mark.parametrize("name", sorted(set(WORDS) - SILENT))
def test_json_and_json_lines(ran, name):
    document, lines = ran[1][name, "--json"], ran[1][name, "--jsonl"]
    assert document.returncode == lines.returncode == ran[1][name, "before"].returncode, document
    json.loads(document.stdout)
    for line in lines.stdout.splitlines():
        assert isinstance(json.loads(line), dict | str)
    for result in (document, lines):
        assert "Traceback" not in result.stderr
