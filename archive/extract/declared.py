"""Read the fields that a layout declares. What it does not declare is left to the generic extractor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from attrs import field, frozen
from lxml import etree

from archive.dates import read_date
from archive.extract.cards import Story, photos, related, stories
from archive.extract.page import ParsedPage
from archive.extract.rules import DateValue, Rules, Value
from archive.model import Block, BlockKind, Issue, Severity
from archive.sites.schema import Layout, Site
from archive.sites.sources import Rule
from archive.text import break_paragraphs, text_of
from archive.urls import absolute, canonical

_SINGLE = ("title", "kicker", "lead", "agency", "section")
_MULTIPLE = ("authors", "tags")
_ESSENTIAL = ("title", "published", "blocks")
_EXPECTED = ("lead", "section")
"""Fields that most articles have; others are absent so often that an issue would say nothing."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARTS = _HEADINGS | {"blockquote", "li"}
_NOT_TEXT = frozenset({"figure", "aside", "iframe", "video", "audio", "table", "form", "nav"})

__all__ = ["Declared", "Story", "declared", "stories"]


@attrs.define
class Declared:
    """What a layout gave. `values` holds declared fields only, with None or () where one gave nothing."""

    layout: Layout
    values: dict[str, Any] = field(factory=dict)
    """By field of `Article`."""
    origins: dict[str, str] = field(factory=dict)
    """Field → source that gave it."""
    issues: list[Issue] = field(factory=list)

    def is_absent(self, name: str) -> bool:
        """Say whether the profile states that pages of this layout have no such field (`kicker = []`)."""
        rules = ("paragraphs", "break_paragraphs") if name == "blocks" else (name,)
        written = [rule for one in rules if (rule := getattr(self.layout, one)) is not None]
        return bool(written) and not any(rule.sources for rule in written)


@frozen
class _Dropped:
    """Tells elements that `drop` names, and what lies in them."""

    elements: frozenset[etree._Element]

    def __call__(self, node: etree._Element) -> bool:
        return node in self.elements

    def within(self, node: etree._Element) -> bool:
        """Say whether the node or an element around it is dropped."""
        return node in self.elements or any(outer in self.elements for outer in node.iterancestors())


def declared(parsed: ParsedPage, site: Site, layout: Layout) -> Declared:
    """Read every field that the layout declares, and say in issues which of them gave nothing."""
    result = Declared(layout)
    rules = Rules(parsed, lang=site.lang, timezone=site.timezone)
    _read_lang(rules, layout, site, result)
    for name in _SINGLE:
        _keep(result, name, rules.first(getattr(layout, name)), declared=getattr(layout, name) is not None)
    for name in _MULTIPLE:
        values = rules.every(getattr(layout, name))
        if getattr(layout, name) is not None:
            result.values[name] = tuple(value.text for value in values)
            if values:
                result.origins[name] = values[0].source.text
    _read_canonical(rules, layout, result)
    for name in ("published", "modified"):
        _read_date(rules, getattr(layout, name), name, result)
    if layout.declares_body:
        result.values["blocks"], origin = _body(rules, layout)
        if result.values["blocks"]:
            result.origins["blocks"] = origin
    title = result.values.get("title")
    if layout.photos is not None:
        result.values["photos"] = photos(rules, layout.photos, title)
        _cite(result, "photos", layout.photos.each)
    if layout.related is not None:
        result.values["related"] = related(rules, layout.related, site)
        _cite(result, "related", layout.related.each)
    result.issues += [*rules.issues, *_missing(result)]
    return result


def _keep(result: Declared, name: str, value: Value | None, *, declared: bool) -> None:
    if not declared:
        return
    result.values[name] = value.text if value else None
    if value:
        result.origins[name] = value.source.text


def _cite(result: Declared, name: str, rule: Rule | None) -> None:
    if result.values[name] and rule:
        result.origins[name] = " | ".join(source.text for source in rule.sources)


def _read_lang(rules: Rules, layout: Layout, site: Site, result: Declared) -> None:
    found = rules.first(layout.lang)
    if found:
        result.values["lang"] = rules.lang = found.text.replace("_", "-").lower()
        result.origins["lang"] = found.source.text
    elif site.lang:
        result.values["lang"] = site.lang.lower()
        result.origins["lang"] = "profile:lang"


def _read_canonical(rules: Rules, layout: Layout, result: Declared) -> None:
    for value in rules.values(layout.canonical):
        url = absolute(rules.parsed.base_url, value.text)
        if url:
            result.values["canonical_url"] = canonical(url)
            result.origins["canonical_url"] = value.source.text
            return


def _read_date(rules: Rules, rule: Rule | None, name: str, result: Declared) -> None:
    if rule is None:
        return
    found = rules.date(rule)
    result.values[name] = found.iso if isinstance(found, DateValue) else None
    if name == "published":
        result.values["published_raw"] = None
        if found:
            result.values["published_raw"] = found.raw if isinstance(found, DateValue) else found.text
    if isinstance(found, DateValue):
        result.origins[name] = found.source.text
    elif found is not None:
        detail = f"{found.text[:200]} ({found.source.text})"
        page = rules.parsed.page
        date = read_date(found.text, lang=rules.lang, timezone=rules.timezone, now=page.fetched_at)
        code = "date_implausible" if date else "date_unparsed"
        result.issues.append(Issue(code=code, field=name, detail=detail))


def _missing(result: Declared) -> Iterator[Issue]:
    for name in (*_ESSENTIAL, *_EXPECTED):
        if name in result.values and not result.values[name] and not result.is_absent(name):
            severity: Severity = "warning" if name in _ESSENTIAL else "info"
            detail = f"layout {result.layout.id}"
            yield Issue(code="field_missing", field=name, detail=detail, severity=severity)


def _body(rules: Rules, layout: Layout) -> tuple[tuple[Block, ...], str]:
    dropped = _Dropped(frozenset(rules.all_nodes(layout.drop)))
    if layout.break_paragraphs is not None:
        for box in rules.nodes(layout.break_paragraphs):
            blocks = tuple(_split(box, dropped)) if not dropped.within(box) else ()
            if blocks:
                return blocks, " | ".join(source.text for source in layout.break_paragraphs.sources)
    if layout.paragraphs is None:
        return (), ""
    blocks = tuple(_blocks(rules, layout, dropped))
    return blocks, " | ".join(source.text for source in layout.paragraphs.sources)


def _blocks(rules: Rules, layout: Layout, dropped: _Dropped) -> Iterator[Block]:
    """Yield the declared blocks in document order; what lies in another block is part of that one."""
    kinds: dict[etree._Element, BlockKind] = {}
    lists = 0
    kind: BlockKind
    for kind, rule in (
        ("paragraph", layout.paragraphs),
        ("item", layout.items),
        ("quote", layout.quotes),
        ("subhead", layout.subheads),
    ):
        found = rules.nodes(rule)
        lists += bool(found)
        kinds.update(dict.fromkeys(found, kind))
    if not kinds:
        return
    inner: dict[etree._Element | None, bool] = {None: False}
    # One list comes in the page's order already.
    for node in rules.ordered(kinds) if lists > 1 else list(kinds):
        if node in dropped.elements:
            continue
        if _is_inner(node.getparent(), kinds, dropped, inner):
            continue
        text = text_of(node, dropped)
        if text:
            yield Block(kind=kinds[node], text=text)


def _is_inner(
    node: etree._Element | None,
    kinds: dict[etree._Element, BlockKind],
    dropped: _Dropped,
    known: dict[etree._Element | None, bool],
) -> bool:
    """Say whether an element is a block or dropped, or lies in one that is.

    `known`: the answers so far, since the paragraphs of a page share what they stand in.
    """
    passed: list[etree._Element] = []
    while node is not None and node not in known:
        passed.append(node)
        if node in kinds or node in dropped.elements:
            break
        node = node.getparent()
    answer = known.get(node, True)
    known.update(dict.fromkeys(passed, answer))
    return answer


def _split(box: etree._Element, dropped: _Dropped) -> Iterator[Block]:
    """Yield the lines of a box whose text is parted by `<br>`; headings, quotes, items keep their kind."""

    def elsewhere(node: etree._Element) -> bool:
        return dropped(node) or node.tag in _NOT_TEXT

    parts = [node for node in box.iter(*_PARTS) if node is not box and not dropped.within(node)]
    if not parts:
        for line in break_paragraphs(box, elsewhere):
            yield Block(kind="paragraph", text=line)
        return
    kinds: dict[str, BlockKind] = {}
    for node in parts:
        kind: BlockKind = (
            "subhead" if node.tag in _HEADINGS else "quote" if node.tag == "blockquote" else "item"
        )
        for line in break_paragraphs(node, elsewhere):
            kinds.setdefault(line, kind)
    for line in break_paragraphs(box, elsewhere):
        yield Block(kind=kinds.get(line, "paragraph"), text=line)
