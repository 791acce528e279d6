"""A draft as the text of a profile. All that comes from pages is quoted, or a comment of one short line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from archive.counting import count_of
from archive.text import squash
from hemeroteca.drafting.layouts import DraftedLayout
from hemeroteca.drafting.proving import KEYS, Judgement

if TYPE_CHECKING:
    from hemeroteca.drafting.draft import Draft

_LONGEST_COMMENT = 160
_BRACES = str.maketrans({"{": "%7B", "}": "%7D"})


def toml_of(draft: Draft) -> str:
    """Return the draft as the text of a profile."""
    lines = [
        f"name = {_text(draft.title)}",
        f"domains = [{', '.join(map(_text, draft.domains))}]",
        *_language(draft),
        *_zone(draft),
        *_article_id(draft),
        "",
        "[discover]",
        *_list("sections", [(url.translate(_BRACES), name) for url, name in draft.sections]),
        *_list("feeds", [(url.translate(_BRACES), "") for url in draft.feeds]),
        *_list("sitemaps", _sitemaps(draft)),
        *(_comment(f"Of former months: {pattern}") for pattern in draft.past_sitemaps[:5]),
        *(_comment(f"{url} goes on at {following}; no rule is needed") for url, following in draft.turning),
        *_politeness(draft),
        *_expect(draft),
        *_layouts(draft),
    ]
    return "\n".join(lines) + "\n"


def _sitemaps(draft: Draft) -> list[tuple[str, str]]:
    """Patterns have braces of ours, and no others."""
    return [(url if note else url.translate(_BRACES), note) for url, note in draft.sitemaps]


def _language(draft: Draft) -> list[str]:
    if draft.lang is not None:
        lines = [f"lang = {_text(draft.lang)}" + _aside(f"{draft.lang_note}; overrides what pages say")]
    else:
        lines = [f"# lang = {_text('fr')}" + _aside("only where pages do not say it: it overrides them")]
        lines += [_comment(draft.lang_note)] if draft.lang_note else []
    return lines + [_comment(f"Edition in {lang}: {url}") for lang, url in draft.editions]


def _zone(draft: Draft) -> list[str]:
    if draft.zone.name is not None:
        return [f"timezone = {_text(draft.zone.name)}" + _aside(draft.zone.reason)]
    return [
        _comment(f"No time zone is certain: {draft.zone.reason}"),
        f"# timezone = {_text(draft.zone.example)}",
    ]


def _article_id(draft: Draft) -> list[str]:
    found = draft.article_id
    if found is None:
        return ["# article_id = '-(\\d+)\\.html$'      # finds the article's id in an address"]
    of = "all" if found.covered == found.stories else f"{found.covered} of"
    stories = count_of(found.stories, "story", "stories")
    return [
        f"# Finds the article's id in an address: in {of} {stories} of the lists.",
        "# Pages in whose address it finds none are taken for lists.",
        f"article_id = {_pattern(found.pattern)}",
    ]


def _politeness(draft: Draft) -> list[str]:
    if not draft.private and draft.crawl_delay is None:
        return []
    lines = ["", "[politeness]"]
    if draft.crawl_delay is not None:
        lines.append(f"delay = {draft.crawl_delay!r}" + _aside("Crawl-delay of robots.txt"))
    if draft.private:
        lines += _list("private_hosts", [(draft.domains[0], "its address is a private one")])
    return lines


def _expect(draft: Draft) -> list[str]:
    if not draft.floors and draft.least_listed is None:
        return []
    lines = [
        "",
        "[expect]" + _aside(f"floors for a run, well below what {count_of(draft.samples, 'sample')} gave"),
    ]
    if draft.least_listed is not None:
        lines.append(f"articles = {draft.least_listed}")
    if draft.floors:
        lines.append(f"fill = {{ {', '.join(f'{name} = {share}' for name, share in draft.floors)} }}")
    return lines


def _layouts(draft: Draft) -> list[str]:
    lines = ["", *(_comment(line) for line in _report(draft))]
    if not draft.layouts:
        return [
            *lines,
            "# Fields that are not declared are found by themselves. To declare some:",
            "# [[layout]]",
            '# id = "first"',
            '# probe = "css:article h1"',
            '# title = "css:article h1"',
            '# paragraphs = "css:article p"',
        ]
    for layout in draft.layouts:
        lines += ["", *_layout(layout)]
    return lines


def _report(draft: Draft) -> Iterable[str]:
    """Yield how well the generic extractor does, a line a field."""
    if draft.asked:
        asked = count_of(draft.asked, "article that was looked at", "articles that were looked at")
        yield f"{draft.samples} of {asked} could be read as articles."
    if draft.shortage is not None:
        yield draft.shortage
    for one in draft.judged if draft.samples else ():
        name = f"{one.field}: "
        if one.is_chrome:
            name += "the generic extractor gives the same text for every sample; "
        if not one.known:
            yield f"{name}nothing beside the page tells what it is; left to the generic extractor"
        elif one.source is not None:
            lack = _lacking_zone(one, draft)
            yield f"{name}the generic extractor agrees with {_of(one.generic, one.known)}: a rule below{lack}"
        else:
            why = "" if one.is_enough else "; no rule was found that does better"
            why += _lacking_zone(one, draft)
            yield f"{name}the generic extractor agrees with {_of(one.generic, one.known)}{why}"


def _lacking_zone(one: Judgement, draft: Draft) -> str:
    if one.field != "published" or not draft.unzoned:
        return ""
    return f"; in {draft.unzoned} without the time zone that lists tell: set timezone"


def _of(some: frozenset[int], all_: frozenset[int]) -> str:
    return f"{len(some)} of {count_of(len(all_), 'sample')}"


def _layout(layout: DraftedLayout) -> list[str]:
    lines = ["[[layout]]", f"id = {_text(layout.id)}"]
    if layout.probe is not None:
        lines.append(
            f"probe = {_text(f'css:{layout.probe}')}"
            + _aside(f"on {count_of(len(layout.samples), 'sample')}")
        )
    if not layout.rules:
        lines.append(_comment("Pages of this template need no rule."))
    return lines + [_rule(one, layout) for one in layout.rules]


def _rule(one: Judgement, layout: DraftedLayout) -> str:
    here = one.known & layout.samples
    agree = "agrees" if len(here) == 1 else "agree"
    note = f"{_of(one.right & here, here)} {agree}; generic: {len(one.generic & here)}"
    return f"{KEYS[one.field]} = {_text(one.source)}" + _aside(note)


def _list(key: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    rows = [f"  {_text(url)}," + (_aside(note) if note else "") for url, note in entries]
    return [f"{key} = [", *rows, "]"] if rows else [f"# {key} = []"]


def _text(value: str | None) -> str:
    """Return a basic string of TOML: what JSON escapes, TOML escapes alike, but for DEL."""
    return json.dumps(squash(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _pattern(pattern: str) -> str:
    return f"'{pattern}'" if "'" not in pattern and pattern.isprintable() else _text(pattern)


def _aside(text: str) -> str:
    return f"  {_comment(text)}" if text else ""


def _comment(text: str) -> str:
    """Return a comment: one line, whatever stands in it, no character that could end it or move a cursor."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return f"# {line[:_LONGEST_COMMENT]}"
