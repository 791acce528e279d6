"""What `make demo` runs: it works, it works again, it spares folders that are not its own, it tells failures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import attrs
import orjson
import pytest

from archive.warc.records import article_to_dict
from tests.newsroom import Newsroom, demo, expected

ROOT = Path(__file__).resolve().parents[2]


def run_demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.newsroom.demo", "--folder", str(folder)],
        cwd=ROOT,
        env={**os.environ, "TZ": "America/Lima", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def test_the_demo_ends_well_and_replaces_its_own_folder(tmp_path: Path):
    folder = tmp_path / "demo"
    demo.make_collection(folder, demo.SETTINGS)
    (folder / "left-over").write_text("of an earlier run")
    done = run_demo(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    fields = 60 * len(attrs.fields(type(Newsroom().articles[0])))
    assert f"60 of 60 articles; {fields} of {fields} fields equal what was printed" in done.stdout
    for command in ("crawl newsroom", "stats", "reextract", "verify"):
        assert f"$ hemeroteca {command}\n" in done.stdout
    assert "0 changed, 0 new" in done.stdout
    assert "Traceback" not in done.stderr
    assert not (folder / "left-over").exists()
    assert list((folder / "warc").rglob("*.warc.gz"))


def test_a_folder_that_is_not_its_own_is_spared(tmp_path: Path):
    precious = tmp_path / "demo" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")
    done = run_demo(precious.parent)
    assert done.returncode == 1
    assert "was not made by a demo" in done.stderr
    assert precious.read_text() == "years of work"
    assert list(precious.parent.iterdir()) == [precious]


def test_a_failing_command_fails_the_demo_with_its_exit_code(tmp_path: Path):
    demo.make_collection(tmp_path / "demo", demo.SETTINGS_HERE, "name = 3\n")
    with pytest.raises(demo.DemoFailedError, match="exit code") as caught:
        demo.Shell(tmp_path / "demo").run("crawl", "newsroom", show=False)
    assert caught.value.code not in (0, 130)


def test_a_difference_from_the_known_articles_fails_the_demo(tmp_path: Path):
    export = tmp_path / "articles.jsonl"
    export.write_text('{"url": "http://127.0.0.1/x", "title": "x"}\n')
    newsroom = Newsroom()
    with pytest.raises(demo.DemoFailedError, match="1 of 60 articles; 0 of"):
        demo.compare(export, newsroom)
    rows = [article_to_dict(expected(newsroom, article.url)) for article in newsroom.articles]
    export.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    demo.compare(export, newsroom)
    rows[0]["title"] = "another"
    export.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    with pytest.raises(demo.DemoFailedError, match="60 of 60 articles; 1199 of 1200 fields"):
        demo.compare(export, newsroom)
