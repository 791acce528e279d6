"""A page, parsed once: tree, meta, JSON-LD, base URL. Everything that extraction reads stands here.

Encoding (WHATWG Encoding Standard for labels, HTML §13.2.3 for the order, with one difference): BOM, then valid
UTF-8 wins whatever the label says (text of another encoding is hardly ever valid UTF-8 by chance), then the label
of the header, of `<meta>` and of the XML declaration if the bytes bear it out, then detection. libxml2 gives up
below 2,048 nested elements; such pages are flattened and parsed again, so that what stands below is not lost.
"""

from __future__ import annotations

import codecs
import html
import json
import re
from functools import cached_property
from typing import Any

import attrs
from lxml import etree

from archive.model import Issue, Page
from archive.text import squash
from archive.urls import absolute

MAX_BYTES = 16_000_000
"""Bytes of a page that are read. The largest honest news page seen has 3 MB."""
MAX_DEPTH = 1_000
_MAX_LD_CHARS = 2_000_000
_MAX_LD_OBJECTS = 1_000

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_HTML_LANG = re.compile(rb"<html[^>]{0,1000}?\slang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_LABELS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "shift_jis": "cp932",
    "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "x-euc-jp": "euc_jp", "big5": "big5hkscs", "x-x-big5": "big5hkscs", "unicode": "utf-8",
    "utf8": "utf-8", "utf-8": "utf-8", "x-user-defined": "cp1252", "macintosh": "mac-roman",
}  # fmt: skip
_BY_LANG = {
    "zh": ("gb18030", "big5hkscs"), "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "ru": ("cp1251", "koi8-r"),
    "uk": ("cp1251", "koi8-u"), "bg": ("cp1251",), "sr": ("cp1250", "cp1251"), "vi": ("cp1258",), "ar": ("cp1256",),
    "fa": ("cp1256",), "th": ("cp874",), "tr": ("cp1254",), "el": ("cp1253",), "he": ("cp1255",), "pl": ("cp1250",),
    "cs": ("cp1250",), "sk": ("cp1250",), "hu": ("cp1250",), "ro": ("cp1250",), "hr": ("cp1250",), "sl": ("cp1250",),
    "lt": ("cp1257",), "lv": ("cp1257",), "et": ("cp1257",),
}  # fmt: skip
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_jp", "hz"})
_CANDIDATES = [
    "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1252", "cp1250", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp874",
]  # fmt: skip
_TAG = re.compile(rb"<[^>]{0,5000}>")
_SELF_CLOSED = re.compile(
    r"<(script|style|title|textarea|iframe|noscript|a|div|span|p|i|b|em|td|li|ul|section|article)\b([^<>]*)/>",
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

_find_meta = etree.XPath("//meta[@content]")
_find_ld = etree.XPath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]")
_find_base = etree.XPath("string(//base[@href][1]/@href)")


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
    """`property`, `name`, `itemprop` or `http-equiv` in lower case → contents in order, entities decoded, squashed."""
    ld: list[dict[str, Any]]
    """Every JSON-LD object that has an @type, outermost first, @graph flattened; strings as written."""
    issues: list[Issue]

    def first_meta(self, *names: str) -> str | None:
        """Return the first non-empty content of the first of these names that has one."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None

    @cached_property
    def declared_lang(self) -> str | None:
        """The `lang` of `<html>`, as written."""
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            value = squash(self.tree.get(name))
            if value:
                return value
        return None


def ld_text(value: object) -> str:
    """Return a JSON-LD string as displayed: entities decoded, markup out, spaces squashed; "" for anything else."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return ""
    return plain(value)


_MARKUP = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--|![^<>]*)>", re.DOTALL)


def plain(value: str) -> str:
    """Return text that came in an attribute or in JSON: entities decoded (also twice encoded), tags out, squashed."""
    if "&" in value:
        value = html.unescape(value)
        if "&" in value and re.search(r"&(?:#\d+|#x[\da-f]+|[a-z]{2,8});", value, re.IGNORECASE):
            value = html.unescape(value)
    if "<" in value:
        value = _MARKUP.sub(" ", value)
    return squash(value)


def types_of(node: dict[str, Any]) -> list[str]:
    """Return the @type names of a JSON-LD object, without a schema.org prefix."""
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [str(k).rpartition("/")[2] for k in kinds if isinstance(k, str)]


# -- encoding ----------------------------------------------------------------------------------------------------


def _codec(label: str | bytes | None) -> str | None:
    if not label:
        return None
    name = (label.decode("ascii", "ignore") if isinstance(label, bytes) else label).strip().lower()
    name = _LABELS.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return name if getattr(found, "_is_text_encoding", True) else None


def _declared(page: Page) -> list[str]:
    """Return the codecs that header and markup name, in order of precedence."""
    head = page.payload[:4096]
    in_header = _CHARSET.search(page.content_type or "")
    in_meta = _META_CHARSET.search(head) or _META_CHARSET.search(page.payload[4096:65536])
    in_xml = _XML_CHARSET.search(head)
    labels = [
        in_header[1] if in_header else None,
        in_meta[1] if in_meta else None,
        in_xml[1] if in_xml else None,
    ]
    found = [codec for codec in map(_codec, labels) if codec]
    return list(dict.fromkeys(found))


def _valid_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3 and "unexpected end" in error.reason
    return True


def _decodes(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, ValueError, LookupError):
        return None


def _bears_out(data: bytes, codec: str) -> str | None:
    """Return the text if the bytes bear the label out, else None."""
    if codec == "utf-8":
        text = data.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        right = sum(byte >= 0xC2 for byte in data[:200_000])
        return text if wrong <= max(3, 0.02 * right) and right > wrong * 2 else None
    text = _decodes(data, codec)
    if codec in _MULTIBYTE:
        if text is None:
            text = data.decode(codec, "replace")
            return text if text.count("\ufffd") <= max(3, len(text) // 2000) else None
        return text
    if text is None:
        text = data.decode(codec, "replace") if codec in {"cp1252", "cp1254"} else None
    plain_bytes = _TAG.sub(b"", data[:300_000])
    high = sum(byte >= 0x80 for byte in plain_bytes)
    if codec in {"cp1252", "cp1250", "cp1254"} and high > 0.25 * max(1, len(plain_bytes)):
        return None  # no Latin script has a quarter of its letters accented: a multi-byte text under a wrong label
    return text


def _detect(data: bytes) -> tuple[str, str]:
    """Return (text, codec) by the page's language, by trial of the multi-byte codecs, by charset-normalizer."""
    lang = _HTML_LANG.search(data[:4096])
    by_lang = _BY_LANG.get(lang[1].decode("ascii").lower(), ()) if lang else ()
    for by_language in by_lang:
        text = _decodes(data, by_language)
        if text is not None:
            return text, by_language
    sample = b"".join(re.findall(rb"[^<>]*[\x80-\xff][^<>]*", _TAG.sub(b"\n", data[:400_000])))[:32_000]
    high = sum(byte >= 0x80 for byte in sample)
    if high <= 0.3 * len(sample) or not sample:
        return data.decode("cp1252", "replace"), "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, steps=4, chunk_size=1024, cp_isolation=_CANDIDATES).best()
    codec = (_codec(best.encoding) if best else None) or "cp1252"
    return data.decode(codec, "replace"), codec


def decode(page: Page) -> tuple[bytes, str, bool]:
    """Return (payload as UTF-8, codec it was decoded by, guessed?)."""
    data = page.payload[:MAX_BYTES]
    for bom, codec in _BOMS:
        if data.startswith(bom):
            if codec == "utf-8":
                return data[3:], codec, False
            return data[2:].decode(codec, "replace").encode("utf-8", "replace"), codec, False
    declared = _declared(page)
    if declared and declared[0] in {
        "iso2022_jp",
        "iso-2022-jp",
        "hz",
        "hz-gb-2312",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
    }:
        text = _decodes(data, declared[0])
        if text is not None and (not declared[0].startswith("utf-16") or data.count(0) > len(data) // 4):
            return text.encode("utf-8", "replace"), declared[0], False
    if _valid_utf8(data):
        return data, "utf-8", not data.isascii() and "utf-8" not in declared
    for codec in declared:
        text = _bears_out(data, codec)
        if text is not None:
            return text.encode("utf-8", "replace"), codec, codec != declared[0]
    detected, codec = _detect(data)
    return detected.encode("utf-8", "replace"), codec, True


# -- tree --------------------------------------------------------------------------------------------------------


def _flatten(data: bytes) -> bytes:
    """Drop the tags below MAX_DEPTH, text kept. Ends are paired by count: enough for runs of unclosed elements."""
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
    """Return (root, too deep?). No network, no DTD; the HTML parser expands no entities but the named ones."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
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
    data, encoding, guessed = decode(page)
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
    return ParsedPage(
        page=page,
        tree=root,
        encoding=encoding,
        base_url=absolute(page.url, str(_find_base(root)).strip()) or page.url,
        meta=_read_meta(root),
        ld=_read_ld(root),
        issues=issues,
    )


def _binary(data: bytes) -> bool:
    """Say whether the bytes are no text: an image or archive sent as HTML."""
    head = data[:2048]
    if head[:4] in {b"\x89PNG", b"GIF8", b"%PDF", b"PK\x03\x04"} or head[:3] in {
        b"\xff\xd8\xff",
        b"\x1f\x8b\x08",
    }:
        return True
    control = len(head) - len(head.translate(None, _CONTROL_BYTES))
    return control > 0.1 * len(head)


def _read_meta(root: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in _find_meta(root):
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
    """Parse JSON as publishers write it: comments, CDATA, trailing commas, raw newlines, entities, several objects."""
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


def _read_ld(root: etree._Element) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for script in _find_ld(root):
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
