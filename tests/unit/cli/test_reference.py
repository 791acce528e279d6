"""The generated reference pages are what the code says."""

from __future__ import annotations

import pytest

from archive.model import ISSUE_CODES
from archive.settings import setting_fields
from hemeroteca.cli import COMMANDS
from tests.reference import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "write it anew: make docs"


def test_the_pages_leave_nothing_out():
    for name in COMMANDS:
        assert f"### hemeroteca {name}\n" in PAGES["cli.md"]()
    for key in setting_fields():
        assert f"| `{key}` |" in PAGES["settings.md"]()
    for code in ISSUE_CODES:
        assert f"| `{code}` |" in PAGES["issues.md"]()
