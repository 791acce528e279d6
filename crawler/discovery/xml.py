"""XML from strangers, read without trust: no entities of its own, no DTD, no network, bounded sizes, time in
proportion to length, broken parts mended or skipped.

Why not feedparser: docs/decisions/0011-feeds-are-read-by-lxml.md.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from archive.codings import remove_coding
from archive.extract.decoding import codec_of

MAX_XML = 64 << 20
"""Bytes of one feed or sitemap that are read, after decompression (sitemaps.org: 50 MB)."""

_HEAD = 1 << 16
"""Bytes in which declaration, DOCTYPE and root are looked for."""
_ROOT = re.compile(rb"<(?:\?xml\s|!DOCTYPE|rss|feed|rdf:RDF|urlset|sitemapindex)", re.IGNORECASE)
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,400}>", re.IGNORECASE)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]{2,40})["']""", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?:(#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6}))|([A-Za-z][A-Za-z0-9]{0,31}))?(;?)")
_OWN = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_SEVEN_BITS = frozenset(("iso-2022-jp", "hz-gb-2312", "hz", "iso-2022-kr", "utf-7"))
"""Encodings whose texts are valid ASCII."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NOT_XML = bytes(code for code in range(32) if code not in (9, 10, 13)) + b"\x7f"
"""Control characters that XML 1.0 has no place for (§2.2)."""


def prepare(data: bytes) -> bytes:
    """Return what is safe to parse, in UTF-8: unpacked if it is gzip, what stands before the XML taken away
    (warnings of PHP), without declaration and DOCTYPE, every "&" a reference that XML knows. JSON and plain
    text are only unpacked and decoded.
    """
    for _ in range(2):  # some servers pack what is packed
        if data[:2] == b"\x1f\x8b":
            data, _fault = remove_coding("gzip", data, MAX_XML)
    data = as_utf8(data[:MAX_XML]).translate(None, _NOT_XML).lstrip()
    if data[:1] in (b"{", b"["):
        return data
    root = None if data[:1] == b"<" and _ROOT.match(data) else _ROOT.search(data, 0, _HEAD)
    if root is not None:
        data = data[root.start() :]
    if data[:1] != b"<":
        return data
    data = _without_doctype(_DECLARATION.sub(b"", data, count=1) if _DECLARATION.match(data) else data)
    return _mended(data).lstrip()


def as_utf8(data: bytes) -> bytes:
    """Return the text in UTF-8: by its byte order mark, as UTF-8 where it is, by what it declares, else as
    Windows-1252, which is what pages that wrongly say UTF-8 are.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace").encode("utf-8", "replace")
    if data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        name = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
        return data.decode(name, "replace").encode("utf-8", "replace")
    declared = _ENCODING.search(data[:400])
    name = codec_of(declared[1] if declared else None) or "utf-8"
    if name in _SEVEN_BITS:
        names: tuple[str, ...] = (name,)
    elif name.startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
        names = ("utf-8",)  # "<" in one byte is in neither
    else:
        names = ("utf-8", name)
    for one in (*names, "cp1252"):
        try:
            return data.decode(one).encode("utf-8", "replace")
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace").encode("utf-8")


def _without_doctype(data: bytes) -> bytes:
    """Cut the DOCTYPE out, with the entities that it declares."""
    found = _DOCTYPE.search(data, 0, _HEAD)
    if found is None or b"<" in data[: found.start()].replace(b"<!--", b"").replace(b"<?", b""):
        return data
    subset, end = data.find(b"[", found.start()), data.find(b">", found.start())
    if 0 <= subset < end:
        closing = re.compile(rb"\]\s{0,100}>").search(data, subset)
        end = closing.end() - 1 if closing else len(data)
    return data[: found.start()] + (data[end + 1 :] if end >= 0 else b"")


def _mended(data: bytes) -> bytes:
    """Return the text with HTML's named entities as numbers and every lone "&" escaped, but in CDATA, where
    an "&" is an "&".
    """
    if b"&" not in data:
        return data
    parts: list[bytes] = []
    at = 0
    while (start := data.find(b"<![CDATA[", at)) >= 0 and (end := data.find(b"]]>", start)) >= 0:
        parts += (_AMPERSAND.sub(_reference, data[at:start]), data[start : end + 3])
        at = end + 3
    parts.append(_AMPERSAND.sub(_reference, data[at:]))
    return b"".join(parts)


def _reference(match: re.Match[bytes]) -> bytes:
    number, name, end = match.groups()
    if not end:
        return b"&amp;" + match[0][1:]
    if number or name in _OWN:
        return match[0]
    char = html.entities.html5.get(f"{name.decode('ascii')};") if name else None
    # An entity that neither XML nor HTML knows is the document's own, and is not expanded.
    return "".join(f"&#{ord(one)};" for one in char).encode("ascii") if char else b""


def elements(data: bytes, names: frozenset[str]) -> Iterator[etree._Element]:
    """Yield the elements with these local names as they end, each forgotten after its turn: memory stays
    flat.

    `data` comes from `prepare`. What cannot be parsed is skipped (libxml2's recovery); never raises.
    """
    parser = etree.iterparse(
        BytesIO(data),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in parser:
            if local(element) in names:
                yield element
                element.clear(keep_tail=False)
                previous = element.getprevious()
                parent = element.getparent()
                if previous is not None and parent is not None and local(previous) in names:
                    parent.remove(previous)
    except (etree.XMLSyntaxError, ValueError, AssertionError, LookupError):
        return


def local(element: etree._Element) -> str:
    """Return the element's name without namespace, in lower case; "" for comments and the like."""
    return _split(element)[1]


def _split(element: etree._Element) -> tuple[str, str]:
    """Return an element's namespace, or the prefix that the document declares nowhere, and its local name."""
    tag = element.tag
    if not isinstance(tag, str):
        return "", ""
    space, _, name = tag.rpartition("}")
    prefix, _, name = name.rpartition(":")
    return space.lstrip("{") or prefix, name.lower()


def child_text(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first child that has one of these local names, in the order of the names.

    Those of the element's own vocabulary first: <media:title> is a photo's.
    """
    own = _split(element)[0]
    for name in names:
        found = [child for child in element if local(child) == name]
        for child in sorted(found, key=lambda child: _split(child)[0] != own):
            text = "".join(child.itertext()).strip()
            if text:
                return text
    return None
