"""The shape of the code is a test: directions of import, quick start, nothing done at import."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def copy_of_the_packages(folder: Path) -> Path:
    for name in ("archive", "crawler", "hemeroteca"):
        for source in (ROOT / name).rglob("*.py"):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return folder


@pytest.mark.parametrize(
    ("module", "sin", "contract"),
    [
        ("archive/text.py", "import socket", "Extraction is a pure function"),
        ("archive/process.py", "import scrapy", "The archive knows nothing of crawling"),
        ("archive/model.py", "import archive.process", "The straight line inside the archive"),
        ("archive/settings.py", "import crawler", "The front door over the crawler"),
    ],
)
def test_import_contracts_break_when_broken_on_purpose(tmp_path, module, sin, contract):
    folder = copy_of_the_packages(tmp_path)
    path = folder / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{sin}\n", encoding="utf-8")
    result = lint_imports(folder)
    assert result.returncode != 0
    broken = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert any(contract in line for line in broken), result.stdout


def test_import_contracts_are_kept(tmp_path):
    result = lint_imports(copy_of_the_packages(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr


def modules() -> list[str]:
    names = []
    for package in ("archive", "crawler", "hemeroteca"):
        found = pkgutil.walk_packages([str(ROOT / package)], prefix=f"{package}.")
        names += [package, *(module.name for module in found if not module.name.endswith("__main__"))]
    return names


PROBE = """
import sys, builtins, socket, importlib
name = sys.argv[1]
importlib.import_module(name.split(".")[0])
opened = []
sys.addaudithook(lambda event, arguments: opened.append((event, arguments))
    if event in {"socket.connect", "sqlite3.connect", "subprocess.Popen"}
    or (event == "open" and isinstance(arguments[1], str) and any(c in arguments[1] for c in "wax+")) else None)
importlib.import_module(name)
# pyc files are Python's own doing
opened = [o for o in opened if not (o[0] == "open" and "__pycache__" in str(o[1][0]))]
print(opened)
"""


@pytest.mark.parametrize("name", modules())
def test_importing_a_module_writes_and_connects_nothing(name, tmp_path):
    result = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", PROBE, name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "[]"


def test_every_module_says_what_it_is_for():
    silent = [name for name in modules() if not (importlib.import_module(name).__doc__ or "").strip()]
    assert silent == []


def test_no_module_is_named_for_nothing_in_particular():
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    assert [name for name in modules() if vague & set(name.split("."))] == []


def test_modules_stay_readable():
    long = {}
    for package in ("archive", "crawler", "hemeroteca"):
        for path in (ROOT / package).rglob("*.py"):
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > 450:
                long[str(path.relative_to(ROOT))] = count
    assert long == {}
