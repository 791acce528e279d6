"""The rule language of site profiles, checked and compiled. Evaluation is in `archive.extract.rules`.

A *source* is one string: `css:SELECTOR` (with `::text` and `::attr(name)`), `xpath:EXPRESSION`, `meta:NAME`,
`ld:PATH.TO.KEY`. A *rule* is an ordered list of sources with modifiers; the first source that gives
something wins. Sources are compiled when they are first used: a registry of hundreds of sites loads without
compiling any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any, Literal

from attrs import field, frozen
from lxml import etree

SourceKind = Literal["css", "xpath", "meta", "ld"]
KINDS: tuple[SourceKind, ...] = ("css", "xpath", "meta", "ld")
_FORMAT_DIRECTIVE = re.compile(r"%[-#]?(.)")
_NUMERIC_DIRECTIVES = frozenset("dmYyHIMSfzj%")
_PROBE_TREE = etree.fromstring("<html><body/></html>")


class SourceError(ValueError):
    """A source that cannot be compiled; the message quotes it and says why."""


@frozen
class Alternative:
    """One selector of a list `a, b`. Classes tell where to look, or that there is nothing to look for."""

    classes: frozenset[str]
    """Without all of these in the page it cannot match."""
    start: str | None = None
    """A class of its leftmost element: `local`, evaluated on each element of that class, finds the same."""
    alone: bool = False
    """It has no combinator: each match is itself an element of the class `start`."""
    plain: bool = False
    """It is that class and nothing more: its matches are the elements of the class."""
    local: etree.XPath | None = field(default=None, eq=False)


@frozen
class Source:
    """One place to read a value from. Equal texts are one object (see `source`)."""

    text: str
    """As written, with its scheme."""
    kind: SourceKind = field(eq=False)
    expression: str = field(eq=False)

    @cached_property
    def xpath(self) -> etree.XPath:
        """The compiled expression of a `css:` or `xpath:` source. Raises `SourceError`."""
        return _compile(self.text, self.kind, self.expression)

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The parts of a `css:` list, each with the classes that it needs: most cannot match a given page."""
        if self.kind != "css":
            return (Alternative(frozenset()),)
        return tuple(
            _alternative(self.text, xpath, tree)
            for xpath, tree in _translate(self.text, self.expression, "self::")
        )

    @cached_property
    def path(self) -> tuple[str, ...]:
        """Keys of an `ld:` source; a first key in capitals is a type: `ld:NewsArticle.author.name`."""
        return tuple(part for part in self.expression.split(".") if part)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as text: a compiled XPath cannot."""
        return source, (self.text,)

    def check(self) -> None:
        """Compile, and try on an empty page: XPath finds unknown functions and prefixes only when it runs."""
        if self.kind in ("css", "xpath"):
            compiled = self.xpath
            try:
                compiled(_PROBE_TREE)
            except etree.XPathError as error:
                raise SourceError(f"{self.text!r} is not an XPath: {error}") from error
        elif not self.path or not self.expression.strip():
            raise SourceError(f"{self.text!r} names nothing")


@frozen
class Rule:
    """Ordered sources, and what is done to each value before it may win."""

    sources: tuple[Source, ...]
    strip: tuple[re.Pattern[str], ...] = ()
    """Each is cut out of the value wherever it matches."""
    pattern: re.Pattern[str] | None = None
    """Searched in the value: its first group that matched (or the whole match) becomes the value."""
    timezone: str | None = None
    """Dates only: the zone of values that name none; else the profile's."""
    formats: tuple[str, ...] = ()
    """Dates only: strptime formats of numbers, tried before anything else."""

    def canonical(self) -> dict[str, Any]:
        """Return what the digest of a layout is made of: equal rules written differently give the same."""
        parts: dict[str, Any] = {"from": [source.text for source in self.sources]}
        if self.strip:
            parts["strip"] = [pattern.pattern for pattern in self.strip]
        if self.pattern:
            parts["pattern"] = self.pattern.pattern
        if self.timezone:
            parts["timezone"] = self.timezone
        if self.formats:
            parts["formats"] = list(self.formats)
        return parts


@cache
def source(text: str, default: str = "") -> Source:
    """Return the source that `text` says; `default`: scheme of a text without one. Raises `SourceError`."""
    kind, colon, expression = text.partition(":")
    if colon and kind in KINDS:
        found: SourceKind = kind
    elif default:
        found, expression = default, text  # type: ignore[assignment]  # our own callers give a kind
    else:
        raise SourceError(f"{text!r} has no scheme: write css:, xpath:, meta: or ld: before it")
    if not expression.strip():
        raise SourceError(f"{text!r} is empty")
    return Source(text if colon and kind in KINDS else f"{found}:{expression}", found, expression.strip())


def format_problem(text: str) -> str | None:
    """Say why a strptime format cannot be used: names of months and days would depend on the locale."""
    unknown = sorted(set(_FORMAT_DIRECTIVE.findall(text)) - _NUMERIC_DIRECTIVES)
    if unknown:
        return f"{text!r} uses %{unknown[0]}: only numbers can be read (%d %m %Y %H %M %S %z …)"
    if not {"Y", "y"} & set(_FORMAT_DIRECTIVE.findall(text)):
        return f"{text!r} has no year"
    return None


def _compile(text: str, kind: SourceKind, expression: str) -> etree.XPath:
    if kind == "css":
        expression = " | ".join(xpath for xpath, _ in _translate(text, expression))
    return _expression(text, kind, expression)


def _expression(text: str, kind: SourceKind, expression: str) -> etree.XPath:
    try:
        # Smart strings would keep the whole tree alive with every attribute value.
        return etree.XPath(expression, smart_strings=False, regexp=False)
    except (etree.XPathError, ValueError) as error:
        name = "a selector" if kind == "css" else "an XPath"
        raise SourceError(f"{text!r} is not {name}: {error}") from error


def _translate(text: str, selectors: str, prefix: str = "descendant-or-self::") -> list[tuple[str, Any]]:
    """Return each selector of a list as XPath and as cssselect's tree."""
    from cssselect import SelectorError, parse
    from parsel.csstranslator import HTMLTranslator  # 40 ms to import: only where a rule is used

    translator = HTMLTranslator()
    try:
        return [
            (translator.selector_to_xpath(one, prefix, translate_pseudo_elements=True), one.parsed_tree)
            for one in parse(selectors)
        ]
    except (SelectorError, ValueError, RecursionError) as error:
        raise SourceError(f"{text!r} is not a selector: {error}") from error


def _alternative(text: str, xpath: str, tree: Any) -> Alternative:
    from cssselect.parser import CombinedSelector

    leftmost = tree
    while isinstance(leftmost, CombinedSelector):
        leftmost = leftmost.selector
    start = next(_classes(leftmost), None)
    return Alternative(
        classes=frozenset(_classes(tree)),
        start=start,
        alone=leftmost is tree,
        plain=_is_plain(tree) and "/@" not in xpath and "/text()" not in xpath,
        local=_expression(text, "css", xpath) if start else None,
    )


def _is_plain(tree: Any) -> bool:
    """Say whether a selector is one class, as in `.story`."""
    from cssselect.parser import Class, Element

    return isinstance(tree, Class) and isinstance(tree.selector, Element) and not tree.selector.element


def _classes(tree: Any) -> Iterator[str]:
    """Yield the classes without which a selector cannot match; not those inside :not(), :is() and :has()."""
    from cssselect.parser import Class, CombinedSelector

    stack = [tree]
    while stack:
        part = stack.pop()
        if isinstance(part, Class):
            yield part.class_name
        if isinstance(part, CombinedSelector):
            stack.append(part.subselector)
        inner = getattr(part, "selector", None)
        if inner is not None:
            stack.append(inner)
