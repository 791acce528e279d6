"""`hemeroteca init`: a new collection."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from archive.errors import UsageError
from archive.settings import FILE_NAME, setting_fields
from hemeroteca.console import put, say
from hemeroteca.options import collection_folder, command, dry_run


def toml_value(value: Any) -> str:
    """Write a setting as TOML: text, number or truth value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value >= 10_000:
        return f"{value:_}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def settings_template(values: dict[str, Any] | None = None) -> str:
    """Return hemeroteca.toml with every setting, its meaning and its default; those given are set."""
    given = values or {}
    lines = [
        "# Settings of this collection. What stands here as a comment has the value shown.",
        "# An environment variable HEMEROTECA_NAME goes before this file, an option before both.",
    ]
    for name, attribute in setting_fields().items():
        lines += ["", f"# {attribute.metadata.get('doc', '')}"]
        value = given.get(name)
        mark = "" if value else "# "
        lines.append(f"{mark}{name} = {toml_value(value or attribute.default)}")
    return "\n".join(lines) + "\n"


@command("init")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--operator", metavar="NAME", help="Who runs this archive; goes into every WARC file.")
@click.option(
    "--contact", metavar="URL_OR_EMAIL", help="Where a webmaster can write to; goes into the User-Agent."
)
@dry_run
def init(folder: Path | None, operator: str | None, contact: str | None, dry_run: bool) -> None:
    """Make a new collection in DIR (default: the folder named by -C, else this one)."""
    if folder is None:
        ctx = click.get_current_context()
        named = ctx.meta.get("hemeroteca.collection") or os.environ.get("HEMEROTECA_COLLECTION")
        folder = collection_folder(None) if named else Path.cwd()
    for name in (FILE_NAME, "index.db"):
        if (folder / name).exists():
            raise UsageError(f"{folder / name}: there is a collection already; nothing was changed")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: not a folder; name another place")
    parts = [FILE_NAME, "sites/", "warc/", "log/", "index.db"]
    if not dry_run:
        _make(folder, settings_template({"operator": operator, "contact": contact}))
    put("\n".join(str(folder / part) + ("/" if part.endswith("/") else "") for part in parts))
    here = folder.absolute() == Path.cwd()
    say(f"{'Would make' if dry_run else 'Made'} a collection in {folder.absolute()}.")
    if not operator or not contact:
        say(f"Fill in operator and contact in {folder / FILE_NAME}, so that a webmaster can write to you.")
    say(f"Next: {'' if here else f'cd {folder} && '}hemeroteca crawl https://a-newspaper.example/ --limit 20")


def _make(folder: Path, text: str) -> None:
    from archive.files import whole_file
    from archive.index.store import Index

    for part in ("sites", "warc", "log"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    try:
        with whole_file(folder / FILE_NAME) as file:
            file.write(text.encode("utf-8"))
        Index.open(folder / "index.db", create=True).close()
    except Exception:  # half a collection would be taken for a whole one when this is tried again
        for name in (FILE_NAME, "index.db", "index.db-wal", "index.db-shm"):
            (folder / name).unlink(missing_ok=True)
        raise
