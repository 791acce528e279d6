"""XML from strangers, read without trust: no entities of its own, no DTD, no network, bounded sizes, broken
parts skipped.

Feeds and sitemaps need few elements of few formats, and we read files that feedparser (a pure Python SAX
pipeline that sanitises every description, 20-50 times slower) would spend its time on the parts we do not
use; lxml is with us already.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from archive.codings import remove_coding

MAX_XML = 64 << 20
"""Bytes of one feed or sitemap that are read, after decompression (sitemaps.org: 50 MB)."""

_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{0,31});")
_OWN = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _number(match: re.Match[bytes]) -> bytes:
    if match[1] in _OWN:
        return match[0]
    char = html.entities.html5.get(f"{match[1].decode('ascii')};")
    return "".join(f"&#{ord(one)};" for one in char).encode("ascii") if char else b""


def prepare(data: bytes) -> bytes:
    """Return what is safe to parse: unpacked if it is gzip, without DOCTYPE, HTML's named entities as
    numbers.
    """
    if data[:2] == b"\x1f\x8b":
        data, _ = remove_coding("gzip", data, MAX_XML)
    data = data[:MAX_XML]
    if data[:2] in _UTF16:
        # Entities and DOCTYPE are looked for in bytes.
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode("utf-16", "replace")).encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    head = data[: 1 << 16]
    if b"<!" in head and _DOCTYPE.search(head):
        data = _DOCTYPE.sub(b"", head, count=1) + data[1 << 16 :]
    return _NAMED.sub(_number, data)


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
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def child_text(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first child that has one of these local names, in the order of the names."""
    for name in names:
        for child in element:
            if local(child) == name:
                text = "".join(child.itertext()).strip()
                if text:
                    return text
    return None
