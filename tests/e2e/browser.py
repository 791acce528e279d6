"""What tests with a browser need: whether there is one, and a collection whose profile asks for it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from archive.errors import BrowserError
from archive.settings import load_settings
from crawler.chromium import find_browser


def _why_none() -> str:
    if find_spec("playwright") is None:
        return "the browser extra is not installed: make browser"
    try:
        find_browser(load_settings(Path(), {}))
    except BrowserError as error:
        return f"{error}: make browser"
    return ""


needs_browser = [pytest.mark.browser, pytest.mark.skipif(bool(_why_none()), reason=_why_none())]
SETTINGS = {"browser_sandbox": os.geteuid() != 0}
"""Of crawls in tests: as root there is no sandbox."""


def with_profile(folder: Path, toml: str, name: str = "newsroom") -> Path:
    """Make a collection with one profile."""
    (folder / "sites").mkdir(parents=True)
    (folder / "sites" / f"{name}.toml").write_text(toml, encoding="utf-8")
    return folder
