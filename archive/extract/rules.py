"""Evaluate the rules of a site profile on a parsed page. Whatever the page holds, nothing is raised.

A rule that cannot be applied to a page (XPath finds some faults only when it runs) gives nothing and leaves
an issue `rule_failed`, once a rule.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen
from lxml import etree

from archive.dates import parse_date, plausible
from archive.extract.page import ParsedPage, plain, types_of
from archive.model import Issue
from archive.sites.schema import LONGEST_MATCHED
from archive.sites.sources import Alternative, Rule, Source, SourceError
from archive.text import squash, text_of

_MOST_VALUES = 5_000
"""Values of one source that are looked at: a broken selector may match every node of a page."""
_LONGEST_LD = 200_000
_CLASSED = etree.XPath("descendant-or-self::*[@class]")
_EPOCH = re.compile(r"\d{9,13}(?:\.\d+)?")


@frozen
class Value:
    """A text and the source that gave it."""

    text: str
    source: Source


@frozen
class DateValue:
    """A date as ISO 8601, the string it was read from, and the source of that."""

    iso: str
    raw: str
    source: Source


@attrs.define(eq=False, slots=False)
class Rules:
    """Rules at work on one page; `issues` collects what failed."""

    parsed: ParsedPage
    lang: str | None = None
    timezone: str | None = None
    """Zone of dates that name none."""
    issues: list[Issue] = attrs.field(factory=list)
    _failed: set[str] = attrs.field(factory=set)
    _chosen: dict[str, list[Alternative]] = attrs.field(factory=dict)

    def nodes(self, rule: Rule | None, node: etree._Element | None = None) -> list[etree._Element]:
        """Return the elements of the first source that finds any."""
        for source in rule.sources if rule else ():
            found = [item for item in self._select(source, node) if etree.iselement(item)]
            if found:
                return found
        return []

    def all_nodes(self, rule: Rule | None) -> list[etree._Element]:
        """Return the elements that any source finds."""
        return [
            item
            for source in (rule.sources if rule else ())
            for alternative in self._possible(source)
            for item in self._look(source, alternative)
            if etree.iselement(item)
        ]

    def values(self, rule: Rule | None, node: etree._Element | None = None) -> Iterator[Value]:
        """Yield the non-empty values of every source, in order, after the rule's modifiers."""
        for source in rule.sources if rule else ():
            for raw in self._raw(source, node):
                text = polish(rule, raw) if rule else ""
                if text:
                    yield Value(text, source)

    def first(self, rule: Rule | None, node: etree._Element | None = None) -> Value | None:
        """Return the first non-empty value."""
        return next(self.values(rule, node), None)

    def every(self, rule: Rule | None, node: etree._Element | None = None) -> list[Value]:
        """Return all non-empty values of the first source that has any, without repeats."""
        found: dict[str, Value] = {}
        for value in self.values(rule, node):
            if found and value.source is not next(iter(found.values())).source:
                break
            found.setdefault(value.text, value)
        return list(found.values())

    def date(self, rule: Rule | None, node: etree._Element | None = None) -> DateValue | Value | None:
        """Return the first value that is a date; else the first that is none, so that it can be reported."""
        unread: Value | None = None
        for value in self.values(rule, node):
            iso = self.read_date(value.text, rule)
            if iso:
                return DateValue(iso, value.text, value.source)
            unread = unread or value
        return unread

    def read_date(self, raw: str, rule: Rule | None = None) -> str | None:
        """Read a date by the rule's formats, then as newspapers write dates."""
        zone = (rule.timezone if rule else None) or self.timezone
        now = self.parsed.page.fetched_at
        for pattern in rule.formats if rule else ():
            iso = _by_format(raw, pattern, zone)
            if iso and plausible(iso, now):
                return iso
        iso = parse_date(raw, lang=self.lang, timezone=zone, now=now)
        if iso and zone and _EPOCH.fullmatch(raw):  # seconds know no zone; the paper's own is shown
            return datetime.fromisoformat(iso).astimezone(ZoneInfo(zone)).isoformat()
        return iso

    def _raw(self, source: Source, node: etree._Element | None) -> Iterator[str]:
        if source.kind == "meta":
            yield from self.parsed.meta.get(source.expression.lower(), ())
        elif source.kind == "ld":
            yield from _ld_values(self.parsed.ld, source.path)
        else:
            for item in self._select(source, node):
                yield text_of(item) if etree.iselement(item) else squash(str(item))

    def _select(self, source: Source, node: etree._Element | None) -> list[Any]:
        possible = self._possible(source)
        if not possible:
            return []
        if node is not None:
            return self._evaluate(source, source.xpath, node)
        if len(possible) == 1:
            return self._look(source, possible[0])
        if not all(self._is_near(one) for one in possible):
            return self._evaluate(source, source.xpath, None)
        parts = [part for one in possible if (part := self._look(source, one))]
        if len(parts) <= 1:
            return parts[0] if parts else []
        if not all(etree.iselement(item) for part in parts for item in part):
            return self._evaluate(source, source.xpath, None)  # XPath gives the page's order of texts too
        return self.ordered({item for part in parts for item in part})

    def _possible(self, source: Source) -> list[Alternative]:
        """Return the selectors of a source that can match: looking a class up is cheaper than a walk."""
        known = self._chosen.get(source.text)
        if known is None:
            known = self._chosen[source.text] = self._choose(source)
        return known

    def _choose(self, source: Source) -> list[Alternative]:
        if source.kind not in ("css", "xpath"):
            return []
        try:
            source.xpath  # noqa: B018 -- compiles: says what is wrong
            return [
                one for one in source.alternatives if not one.classes or self._numbers.keys() >= one.classes
            ]
        except SourceError as error:
            self._fail(source, error)
            return []

    def _is_near(self, selector: Alternative) -> bool:
        """Say whether a class leads to the one place where the selector is to be evaluated."""
        return selector.local is not None and (selector.alone or len(self._starts(selector)) == 1)

    def _look(self, source: Source, selector: Alternative) -> list[Any]:
        """Evaluate one selector of a list on the page, from its class if that leads to one place."""
        if selector.local is None or not self._is_near(selector):
            return self._evaluate(source, source.xpath, None)
        starts = self._starts(selector)
        if selector.plain:
            return starts[:_MOST_VALUES]
        return [item for start in starts for item in self._evaluate(source, selector.local, start)]

    def _starts(self, selector: Alternative) -> list[etree._Element]:
        """Return the elements of a selector's first class, in page order."""
        return [self._classed[number] for number in sorted(self._numbers.get(selector.start or "", ()))]

    def ordered(self, elements: Collection[etree._Element]) -> list[etree._Element]:
        """Return elements in the order of the page.

        Found by a walk over their kinds alone: each element that Python sees costs as much again when the
        tree is freed.
        """
        kinds = {str(element.tag) for element in elements}
        return [element for element in self.parsed.tree.iter(*kinds) if element in elements]

    @cached_property
    def _classed(self) -> list[etree._Element]:
        """The elements of the page that have a class, in its order; no others are looked up."""
        found: Any = _CLASSED(self.parsed.tree)  # lxml cannot know what an expression gives
        return list(found)

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        """Class → numbers of its elements, not in order: most elements share their classes with others."""
        spelled: dict[str, list[int]] = {}
        for number, element in enumerate(self._classed):
            spelled.setdefault(element.get("class", ""), []).append(number)
        found: dict[str, list[int]] = {}
        for classes, numbers in spelled.items():
            for name in set(classes.split()):
                found.setdefault(name, []).extend(numbers)
        return found

    def _fail(self, source: Source, error: Exception) -> None:
        if source.text not in self._failed:
            self._failed.add(source.text)
            self.issues.append(Issue(code="rule_failed", detail=f"{source.text}: {error}"))

    def _evaluate(self, source: Source, xpath: etree.XPath, node: etree._Element | None) -> list[Any]:
        try:
            found: Any = xpath(self.parsed.tree if node is None else node)
        except etree.XPathError as error:
            self._fail(source, error)
            return []
        if isinstance(found, list):
            return found[:_MOST_VALUES]
        if isinstance(found, bool):
            return []
        return [f"{found:g}"] if isinstance(found, float) else [found]


def polish(rule: Rule, value: str) -> str:
    """Apply `strip` and `pattern`; "" where the pattern does not match."""
    if not rule.strip and rule.pattern is None:
        return value
    text = value[:LONGEST_MATCHED]
    for pattern in rule.strip:
        text = pattern.sub("", text)
    if rule.pattern is not None:
        match = rule.pattern.search(text)
        if match is None:
            return ""
        text = next((group for group in match.groups() if group), "") if match.re.groups else match[0]
    return squash(text)


def _by_format(raw: str, pattern: str, zone: str | None) -> str | None:
    try:
        moment = datetime.strptime(raw[:LONGEST_MATCHED], pattern)  # noqa: DTZ007 -- its zone comes below
        if "%H" not in pattern and "%I" not in pattern:
            return moment.date().isoformat()
        if moment.tzinfo is None and zone:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.isoformat()
    except (ValueError, OverflowError):
        return None


def _ld_values(objects: list[dict[str, Any]], path: tuple[str, ...]) -> Iterator[str]:
    """Follow keys through objects and lists. A first key in capitals chooses objects by @type."""
    wanted = path[0] if path and path[0][:1].isupper() else None
    keys = path[1:] if wanted else path
    for node in objects:
        if wanted and wanted not in types_of(node):
            continue
        found: list[Any] = [node]
        for name in keys:
            found = [value[name] for value in _flat(found) if isinstance(value, dict) and name in value]
        for value in _flat(found):
            text = _ld_text(value)
            if text:
                yield text


def _flat(values: list[Any]) -> Iterator[Any]:
    stack = list(reversed(values))
    for _ in range(_MOST_VALUES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        else:
            yield value


def _ld_text(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[name] for name in ("@value", "name", "url", "@id") if value.get(name)), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return plain(str(value)[:_LONGEST_LD])
