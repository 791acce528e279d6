"""What was perhaps meant by a search that was understood otherwise: one line each, on stderr."""

from __future__ import annotations

import re
from difflib import get_close_matches

from archive.index.query import FIELDS, idle_stars, plain_operators, unknown_fields
from archive.index.search import Query, Search
from hemeroteca.console import say, visible

_OPTIONS = {"site": "--site", "lang": "--lang", "section": "--section", "author": "--author", "tag": "--tag",
            "since": "--since", "until": "--until", "date": "--since"}  # fmt: skip
"""What is asked for by an option, and might be looked for as a field."""
_OPERATORS = {
    "AND": "AND in capitals, or a space alone, asks for both",
    "OR": "OR in capitals takes either",
    "NOT": "NOT in capitals, or a dash before a word, leaves it out",
}
_CODE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)
_SHOWN = 20


def say_hints(index: Search, asked: Query, *, found: bool) -> None:
    """Tell them all."""
    hints = (
        field_hint(asked.text),
        *operator_hints(asked.text),
        *star_hints(asked.text),
        language_hint(index, asked, found=found),
    )
    for hint in hints:
        if hint:
            say(hint)


def field_hint(text: str) -> str | None:
    """Say in one line of `autor:Nguyen` that there is no such field, and which was perhaps meant."""
    names = unknown_fields(text)
    if not names:
        return None
    known = {**{name: f"{name}:" for name in FIELDS}, **_OPTIONS}
    meant = [near for name in names for near in get_close_matches(name.lower(), known, n=1)]
    hint = f"; perhaps {', '.join(dict.fromkeys(known[near] for near in meant))} was meant" if meant else ""
    return (
        f"no field is called {', '.join(visible(name) for name in names[:3])} "
        f"(there are title:, lead:, body:, caption:), so it was searched for as a word{hint}"
    )


def operator_hints(text: str) -> list[str]:
    """Say of `gaz or pétrole` that a word was searched for."""
    return [
        f"'{visible(word)}' was searched for as a word; {_OPERATORS[operator]}"
        for word, operator in plain_operators(text)
    ]


def star_hints(text: str) -> list[str]:
    """Say of `"renov*"` and `*vision` that the star did nothing, and where one does."""
    hints = []
    for written, phrase in idle_stars(text)[:3]:
        bare = written.replace("*", "")
        if not phrase:
            meant = f"a star stands at the end of a word: {visible(bare)}*"
        elif written.rstrip().endswith("*") and written.count("*") == 1:
            meant = f'a star stands behind the quotes: "{visible(bare.strip())}"*'
        else:
            meant = "of a phrase only the last word can be a beginning, with the star behind the quotes"
        shown = f'"{visible(written)}"' if phrase else visible(written)
        hints.append(f"the star in {shown} was not looked at; {meant}")
    return hints


def language_hint(index: Search, asked: Query, *, found: bool) -> str | None:
    """Say of `--lang français` that languages are asked for by their codes, and which there are here.

    A code that no article has is told where nothing was found: beside others it may be meant for later.
    """
    doubtful = [lang for lang in asked.lang if not found or not _CODE.fullmatch(lang)]
    none = [lang for lang in doubtful if not index.search(Query(lang=lang, limit=0)).total]
    if not none:
        return None
    there = [code for code, _ in index.search(Query(facet="lang", limit=0)).facets["lang"]]
    codes = ", ".join(there[:_SHOWN]) or "none"
    return f"no article is in {', '.join(visible(lang) for lang in none)}; the codes here are {codes}"
