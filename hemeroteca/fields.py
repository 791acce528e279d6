"""An article's fields as people read them: field, value, the rule that gave it."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from hemeroteca.console import faint, strong, visible

_NAME = 14
_MARKS = {"subhead": "## ", "quote": "> ", "item": "- "}


def width() -> int:
    """Return how wide a page may be: the terminal's columns, at most 110."""
    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def field_lines(article: Mapping[str, Any], origins: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the lines of a table of every field that is not empty. `article` is the article's JSON.

    Values are escaped for terminals; with `origins` the rule of each field stands below it.
    """
    rules = origins or {}
    for name, value in article.items():
        if value in (None, "", [], {}):
            continue
        yield from _row(name, list(_values(name, value)))
        rule = rules.get(name) or rules.get({"blocks": "body", "lang": "language"}.get(name, ""))
        if rule:
            yield f"{'':{_NAME}}{faint('← ' + visible(rule))}"


def _row(name: str, values: list[str]) -> Iterator[str]:
    head = strong(f"{name:{_NAME}}")
    for value in values:
        lines = textwrap.wrap(
            value, max(width() - _NAME, 20), break_long_words=False, break_on_hyphens=False
        ) or [""]
        for line in lines:
            yield head + line
            head = " " * _NAME


def _values(name: str, value: Any) -> Iterator[str]:
    if name == "blocks":
        for block in value:
            yield _MARKS.get(block["kind"], "") + visible(block["text"])
    elif name == "photos":
        for photo in value:
            credit = f" [{visible(photo['credit'])}]" if photo.get("credit") else ""
            caption = visible(photo.get("caption") or photo.get("alt") or "(no caption)")
            yield f"{caption}{credit} {visible(photo.get('url') or '')}"
    elif name == "related":
        for link in value:
            box = f"{visible(link['box'])}: " if link.get("box") else ""
            yield f"{box}{visible(link['title'])} {visible(link['url'])}"
    elif name == "dateline":
        yield visible(value["raw"])
    elif isinstance(value, list):
        yield visible(", ".join(str(item) for item in value))
    else:
        yield visible(value)


def issue_line(issue: Mapping[str, Any]) -> str:
    """Write one issue on a line."""
    about = f" {visible(issue['field'])}" if issue.get("field") else ""
    detail = f": {visible(issue['detail'])}" if issue.get("detail") else ""
    return f"{issue['severity']}: {issue['code']}{about}{detail}"


def extraction_lines(extraction: Mapping[str, Any]) -> Iterator[str]:
    """Yield what one extraction found: verdict, layout, fields, issues. `extraction` is its JSON."""
    provenance = extraction["provenance"]
    layout = f"layout {visible(provenance['layout'])}" if provenance.get("layout") else "generic extractor"
    yield (
        f"{strong(extraction['verdict'])} · site {visible(provenance['site'])} · {layout} · "
        f"{visible(provenance['extractor'])}"
    )
    if extraction["article"]:
        yield from field_lines(extraction["article"], provenance["origins"])
    for issue in extraction["issues"]:
        yield issue_line(issue)
