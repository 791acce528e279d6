"""docs/reference/profile.md is what the schema says."""

from __future__ import annotations

from pathlib import Path

from archive.sites.profile import reference_markdown
from archive.sites.readers import keys_of
from archive.sites.schema import Layout

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "profile.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == reference_markdown(), (
        "write it again: python -c 'from archive.sites.profile import reference_markdown as r; "
        'open("docs/reference/profile.md", "w", encoding="utf-8").write(r())\''
    )


def test_the_page_names_every_key():
    page = reference_markdown()
    for name in keys_of(Layout):
        assert f"| `{name}` |" in page
