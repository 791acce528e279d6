"""The Python of the documentation runs, as it stands there."""

from __future__ import annotations

import re
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest

import hemeroteca
from tests.stored_pages import PROFILE, STORIES, make_collection, page_of

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGE = ROOT / "docs/how-to/read-with-python.md"
"""Has all of it; its blocks share their names, as the cells of a notebook do."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    make_collection(tmp_path / "press", 2, profile=PROFILE)
    (tmp_path / "page.html").write_bytes(page_of(STORIES[0]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks():
    return FENCED.findall(PAGE.read_text(encoding="utf-8"))


def run(code, names):
    exec(compile(code, str(PAGE), "exec"), names)


def test_examples_are_nowhere_else():
    """Or they would not be run."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if "```python" in page.read_text(encoding="utf-8")] == [PAGE]


def test_every_block_runs(folder, capsys):
    names: dict[str, object] = {}
    for code in blocks():
        if "pandas" not in code:
            run(code, names)
    shown = capsys.readouterr().out
    assert shown.startswith("4 articles\n")
    for text in (
        STORIES[0].title,
        STORIES[0].lead,
        STORIES[2].title,
        "css:article.main h1",
        "warc/",
        "article Hanoï",
    ):
        assert text in shown
    assert len(names["rows"]) == 4


@pytest.mark.skipif(find_spec("pandas") is None, reason="pandas is not installed")
@pytest.mark.filterwarnings("default")
def test_every_block_runs_with_pandas(folder, capsys):
    names: dict[str, object] = {}
    for code in blocks():
        run(code, names)
    shown = capsys.readouterr().out
    assert re.search(r"2026-10 +fr +2\n", shown)
    assert "zh    2" in shown


def test_the_packages_own_example(folder, capsys):
    indented = [line for line in hemeroteca.__doc__.splitlines() if line.startswith("    ")]
    run(textwrap.dedent("\n".join(indented)), {})
    assert STORIES[0].title in capsys.readouterr().out
