"""A page, parsed once: tree, meta, JSON-LD, base URL. Everything that extraction reads stands here.

libxml2 gives up below 2,048 nested elements; such pages are flattened and parsed again, so that what
stands below is not lost.
"""

from __future__ import annotations

import html
import json
import re
from contextlib import suppress
from functools import cached_property
from typing import Any

import attrs
import orjson
from lxml import etree

from archive.extract.decoding import decode
from archive.model import Dateline, Issue, Page, Photo, RelatedLink
from archive.text import squash
from archive.urls import absolute

MAX_BYTES = 8_000_000
"""Bytes of a page that are read. The largest honest news page seen has 3 MB."""
MAX_DEPTH = 1_000
_MAX_LD_CHARS = 2_000_000
_MAX_LD_OBJECTS = 1_000

_SELF_CLOSED = re.compile(
    r"<(script|style|title|textarea|iframe|noscript|a|div|span|p|i|b|em|td|li|ul|section"
    r"|article)\b([^<>]*)/>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(rb"<(/?)([A-Za-z][\w:-]*)[^<>]*>")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_CDATA = re.compile(
    r"^\s*(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|(?://|/\*)?\s*\]\]>\s*(?:\*/)?\s*$|^\s*<!--|-->\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_CONTROL = re.compile("[\x00-\x1f]+")
_CONTROL_BYTES = bytes([*range(9), *range(14, 32)])

_ARTICLE = re.compile(
    r"(?:News|Reportage|Analysis|Opinion|Background|Blog|Tech|Scholarly|Review|AskPublic|Satirical)?Article$"
    r"|BlogPosting$|LiveBlogPosting$|Report$|Review$",
    re.IGNORECASE,
)


@attrs.define(frozen=True, slots=False, kw_only=True, eq=False)
class ParsedPage:
    """One page as extraction sees it. The tree is shared by all field modules: read it, never change it."""

    page: Page
    tree: etree._Element
    """The `<html>` element; element names in lower case."""
    encoding: str
    """Python codec by which the payload was decoded."""
    base_url: str
    """For relative links: `<base href>` if there is one, else the page's URL."""
    meta: dict[str, list[str]]
    """`property`, `name`, `itemprop` or `http-equiv` in lower case → contents in order, entities decoded,
    squashed.
    """
    ld: list[dict[str, Any]]
    """Every JSON-LD object that has an @type, outermost first, @graph flattened; strings as written."""
    title: str = ""
    """Text of `<title>`, squashed."""
    canonical_href: str = ""
    """`<link rel=canonical>`, as written."""
    issues: list[Issue]

    def first_meta(self, *names: str) -> str | None:
        """Return the first non-empty content of the first of these names that has one."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        """JSON-LD objects of type Article and its kin, the one with most to say first."""
        nodes = [node for node in self.ld if any(_ARTICLE.search(kind) for kind in types_of(node))]
        nodes.sort(key=lambda n: (-("articleBody" in n), -("headline" in n), -("datePublished" in n)))
        return nodes

    @cached_property
    def declared_lang(self) -> str | None:
        """The `lang` of `<html>`, as written."""
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            value = squash(self.tree.get(name))
            if value:
                return value
        return None


def ld_text(value: object) -> str:
    """Return a JSON-LD string as displayed: entities decoded, markup out, spaces squashed; "" for anything
    else.
    """
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return ""
    return plain(value)


_HTML_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|div|em|embed|figure|figcaption|font"
    r"|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|li|link|main|mark|meta|nav|ol|p|path|picture"
    r"|s|script|section|small|source|span|strong|style|sub|sup|svg|table|tbody|td|th|time|tr|u|ul|video)"
    r"(?=[\s/>])[^<>]*>"
    r"|</?[a-z][a-z0-9]*-[\w-]*(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_MAX_NESTED = 5
_MARKUP = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--|![^<>]*)>", re.DOTALL)


def plain(value: str) -> str:
    """Return text that came in an attribute or in JSON: entities decoded (also twice encoded), tags out,
    squashed.
    """
    if "&" in value:
        value = html.unescape(value)
        if "&" in value and re.search(r"&(?:#\d+|#x[\da-f]+|[a-z]{2,8});", value, re.IGNORECASE):
            value = html.unescape(value)
    if "<" in value:
        value = _MARKUP.sub(" ", value)
    return squash(value)


def _untagged(text: str) -> str:
    """Return a text without tags; those that stand in an attribute of another are taken out first."""
    for _ in range(_MAX_NESTED):
        shorter = _HTML_TAG.sub(" ", text)
        if shorter == text:
            return text
        text = shorter
    return text.replace("<", " ")


_TEXTS = {
    kind: tuple(one.name for one in attrs.fields(kind) if one.name != "url")
    for kind in (Dateline, Photo, RelatedLink)
}
"""The parts of fields that are texts, not addresses."""


def without_markup(value: Any) -> Any:
    """Return a field, whatever its shape, with the tags of HTML taken out of its texts, not of addresses."""
    if isinstance(value, str):
        return squash(_untagged(value)) if "<" in value else value
    if isinstance(value, tuple):
        return tuple(without_markup(item) for item in value)
    texts = {
        name: without_markup(text)
        for name in _TEXTS.get(type(value), ())
        if isinstance(text := getattr(value, name), str) and "<" in text
    }
    return attrs.evolve(value, **texts) if texts else value


def types_of(node: dict[str, Any]) -> list[str]:
    """Return the @type names of a JSON-LD object, without a schema.org prefix."""
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [str(k).rpartition("/")[2] for k in kinds if isinstance(k, str)]


# --------------------------------------------------------------------------------------------------------


def _flatten(data: bytes) -> bytes:
    """Drop the tags below MAX_DEPTH, text kept. Ends are paired by count: enough for runs of unclosed
    elements.
    """
    depth = 0

    def one(match: re.Match[bytes]) -> bytes:
        nonlocal depth
        if match[2].lower() in _VOID or match[0].endswith(b"/>"):
            return match[0]
        if match[1]:
            dropped = depth > MAX_DEPTH
            depth = max(0, depth - 1)
        else:
            depth += 1
            dropped = depth > MAX_DEPTH
        return b" " if dropped else match[0]

    return _ANY_TAG.sub(one, data)


def _parse_tree(data: bytes) -> tuple[etree._Element | None, bool]:
    """Return (root, too deep?). No network, no DTD; no entities but HTML's own are expanded."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        return None, False
    deep = any("depth" in entry.message.lower() for entry in parser.error_log if entry.domain == 1)
    return root, deep


def _html_root(root: etree._Element) -> etree._Element:
    while root.tag != "html" and root.getparent() is not None:
        root = root.getparent()  # type: ignore[assignment]
    return root


def parse(page: Page) -> ParsedPage | None:
    """Parse a page; None where there is nothing that could be one (empty, or no text in any encoding)."""
    issues: list[Issue] = []
    if len(page.payload) > MAX_BYTES:
        issues.append(Issue(code="too_large", detail=f"{len(page.payload)} bytes, {MAX_BYTES} read"))
    data, encoding, guessed = decode(page, MAX_BYTES)
    if not data.strip() or _binary(data):
        return None
    if guessed:
        issues.append(Issue(code="charset_guessed", detail=encoding, severity="info"))
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if "xhtml" in (page.content_type or ""):
        data = _SELF_CLOSED.sub(r"<\1\2></\1>", data.decode("utf-8", "replace")).encode()
    root, deep = _parse_tree(data)
    if deep:
        issues.append(Issue(code="too_deep", detail=f"deeper than {MAX_DEPTH} elements"))
        root = _parse_tree(_flatten(data))[0]
    if root is None:
        return None
    root = _html_root(root)
    head = _Head.of(root)
    return ParsedPage(
        page=page,
        tree=root,
        encoding=encoding,
        base_url=absolute(page.url, head.base.strip()) or page.url,
        meta=_read_meta(head.metas),
        ld=_read_ld(head.scripts),
        title=head.title,
        canonical_href=head.canonical,
        issues=issues,
    )


@attrs.define
class _Head:
    """The elements by which a page describes itself, wherever they stand: found in one walk."""

    metas: list[etree._Element] = attrs.field(factory=list)
    scripts: list[etree._Element] = attrs.field(factory=list)
    """Those of JSON-LD."""
    base: str = ""
    title: str = ""
    canonical: str = ""

    @classmethod
    def of(cls, root: etree._Element) -> _Head:
        head = cls()
        for element in root.iter("meta", "script", "link", "title", "base"):
            tag = element.tag
            if tag == "meta":
                head.metas.append(element)
            elif tag == "script":
                if "ld+json" in element.get("type", "").lower():
                    head.scripts.append(element)
            elif tag == "link":
                if not head.canonical and "canonical" in element.get("rel", "").lower().split():
                    head.canonical = element.get("href", "")
            elif tag == "title":
                head.title = head.title or plain("".join(element.itertext())[:2_000])
            else:
                head.base = head.base or element.get("href", "")
        return head


def _binary(data: bytes) -> bool:
    """Say whether the bytes are no text: an image or archive sent as HTML."""
    head = data[:2048]
    if head[:4] in {b"\x89PNG", b"GIF8", b"%PDF", b"PK\x03\x04"} or head[:3] in {
        b"\xff\xd8\xff",
        b"\x1f\x8b\x08",
    }:
        return True
    control = len(head) - len(head.translate(None, _CONTROL_BYTES))
    return control > 0.02 * len(head)


def _read_meta(metas: list[etree._Element]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in metas:
        content = plain(element.get("content", "")[:20_000])
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if name:
                values = found.setdefault(name.strip().lower(), [])
                if content not in values:
                    values.append(content)
    return found


def _loads(text: str) -> object:
    """Parse JSON as publishers write it: comments, CDATA, trailing commas, raw newlines, entities, several
    objects.
    """
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(text)
    text = _CDATA.sub("", _CDATA.sub("", text)).strip().strip(";").strip()
    if not text:
        return None
    attempts = (text, _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", text)), html.unescape(text))
    for attempt in attempts:
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    decoder = json.JSONDecoder(strict=False)
    objects: list[object] = []
    position = 0
    while len(objects) < 50:
        brace = attempts[1].find("{", position)
        if brace < 0:
            break
        try:
            value, position = decoder.raw_decode(attempts[1], brace)
        except (ValueError, RecursionError):
            break
        objects.append(value)
    return objects


def _read_ld(scripts: list[etree._Element]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for script in scripts:
        text = script.text or ""
        if not text or len(text) > _MAX_LD_CHARS:
            continue
        stack: list[object] = [_loads(text)]
        while stack and len(found) < _MAX_LD_OBJECTS:
            value = stack.pop()
            if isinstance(value, list):
                stack.extend(reversed(value))
            elif isinstance(value, dict):
                if "@type" in value:
                    found.append(value)
                stack.extend(v for v in reversed(value.values()) if isinstance(v, dict | list))
    return found
