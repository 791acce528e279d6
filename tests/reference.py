"""Write the generated reference pages anew: `make docs`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.index import schema
from archive.sites import profile
from hemeroteca.reference import cli_markdown, issues_markdown, settings_markdown

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_markdown,
    "settings.md": settings_markdown,
    "issues.md": issues_markdown,
    "profile.md": profile.reference_markdown,
    "schema.md": schema.reference_markdown,
}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
        print(FOLDER / name)
