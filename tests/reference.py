"""Write the generated reference pages anew: `python -m tests.reference` (make docs). Tests fail where one is stale."""

from __future__ import annotations

from pathlib import Path

from archive.index.schema import reference_markdown as schema_markdown
from archive.sites.profile import reference_markdown as profile_markdown
from hemeroteca.reference import alarms_markdown, cli_markdown, issues_markdown, settings_markdown

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
PAGES = {
    "alarms.md": alarms_markdown,
    "cli.md": cli_markdown,
    "issues.md": issues_markdown,
    "profile.md": profile_markdown,
    "schema.md": schema_markdown,
    "settings.md": settings_markdown,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        print(FOLDER / name)
