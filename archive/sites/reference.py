# ruff: noqa: E501 -- lines of a Markdown table
"""The reference page of site profiles, made of the schema: it cannot say other than the loader does."""

from __future__ import annotations

from archive.sites import readers
from archive.sites.render import Render
from archive.sites.schema import (
    Discover,
    Expect,
    Layout,
    LoadMore,
    PhotoRules,
    Politeness,
    RelatedRules,
    Revisit,
    Schedule,
    Site,
    StoryRules,
)

_TABLES: tuple[tuple[str, type], ...] = (
    ("", Site),
    ("[discover]", Discover),
    ("[discover.stories]", StoryRules),
    ("[[discover.load_more]]", LoadMore),
    ("[politeness]", Politeness),
    ("[revisit]", Revisit),
    ("[schedule]", Schedule),
    ("[render]", Render),
    ("[expect]", Expect),
    ("[[layout]]", Layout),
    ("[layout.photos]", PhotoRules),
    ("[layout.related]", RelatedRules),
)
_HEAD = """# Site profiles: every key

<!-- Made by archive.sites.profile.reference_markdown() from archive/sites/schema.py. Do not edit. -->

A profile is a TOML file: `archive/sites/COUNTRY/NAME.toml` for those that come with hemeroteca, `sites/NAME.toml` in a
collection for its own. A collection's own profile counts before a built-in one of the same name or host. Unknown keys are
errors. What publishing systems share stands in a family, `families/NAME.toml`: it has `[[layout]]` and `[discover]` only.

## Rules

A rule is a source, a list of sources, or a table:

    title = "css:h1.article__title"
    lead = ["css:.article__sapo", "meta:description"]
    published = { from = ["css:.date"], pattern = '(\\d+/\\d+/\\d+)', formats = ["%d/%m/%Y"], timezone = "Asia/Tokyo" }

An empty list (`kicker = []`) says that pages of this layout have no such field: nothing is guessed then.

The first source that gives a value that is not empty wins. For text that has one value the first one counts, for authors,
tags and blocks all of that source.

| source | gives |
|---|---|
| `css:SELECTOR` | text of the elements; `::attr(NAME)` an attribute, `::text` text pieces. Inside `each`: relative to it |
| `xpath:EXPRESSION` | XPath 1.0; inside `each` write `.//` |
| `meta:NAME` | content of `<meta>` by its name, property or itemprop |
| `ld:PATH` | JSON-LD: keys joined by dots, through lists; a first key in capitals is a type: `ld:NewsArticle.author.name` |

| modifier | does |
|---|---|
| `strip` | regular expressions cut out of the value |
| `pattern` | regular expression searched in the value; its first group that matched, else all of the match, is the value; a value without a match does not count |
| `timezone` | dates: zone of values that name none (else the profile's) |
| `formats` | dates: strptime formats of numbers, tried first |

Regular expressions see the first 10,000 characters of a value.

A body is read wholly by the layout (`paragraphs` or `break_paragraphs`) or wholly by the generic extractor. Other fields that
a layout does not declare come from the generic extractor, one by one. A declared field that gives nothing stays empty, but
title, published and the body are then asked of the generic extractor; an issue `field_missing` says so.

A layout is chosen by the day of the capture (`from`, `until`), then by `probe`: the first in the file that matches. Its digest is
kept with every extraction, and changes with whatever can change the result, but not with `from`, `until` or comments.
"""


def markdown() -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for heading, cls in _TABLES:
        parts.append(f"\n## {f'`{heading}`' if heading else 'Top level'}\n\n{(cls.__doc__ or '').strip()}\n")
        parts.append("\n| key | value | meaning |\n|---|---|---|\n")
        for name, attribute in readers.keys_of(cls).items():
            metadata = attribute.metadata
            notes = [metadata["doc"]]
            if metadata["required"]:
                notes.append("**Required.**")
            default = attribute.default
            if default not in (None, (), "") and isinstance(default, (int, float, str)):
                notes.append(f"Default: `{default}`.")
            if metadata["example"]:
                notes.append(f"Example: `{metadata['example']}`.")
            parts.append(f"| `{name}` | {metadata['reader'].label} | {' '.join(notes)} |\n")
    return "".join(parts)
