"""Bytes → text: which encoding a page is in.

Encoding (WHATWG Encoding Standard for labels, HTML §13.2.3 for the order, with one difference): BOM,
then valid UTF-8 wins whatever the label says (text of another encoding is hardly ever valid UTF-8 by
chance), then the label of the header, of `<meta>` and of the XML declaration if the bytes bear it out,
then detection.
"""

from __future__ import annotations

import codecs
import re

from archive.model import Page

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_HTML_LANG = re.compile(rb"<html[^>]{0,1000}?\slang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_LABELS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "shift_jis": "cp932",
    "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "x-euc-jp": "euc_jp", "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "unicode": "utf-8",
    "utf8": "utf-8", "utf-8": "utf-8", "x-user-defined": "cp1252", "macintosh": "mac-roman",
}  # fmt: skip
_BY_LANG = {
    "zh": ("gb18030", "big5hkscs"), "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "ru": ("cp1251", "koi8-r"),
    "uk": ("cp1251", "koi8-u"), "bg": ("cp1251",), "sr": ("cp1250", "cp1251"), "vi": ("cp1258",),
    "ar": ("cp1256",),
    "fa": ("cp1256",), "th": ("cp874",), "tr": ("cp1254",), "el": ("cp1253",), "he": ("cp1255",),
    "pl": ("cp1250",),
    "cs": ("cp1250",), "sk": ("cp1250",), "hu": ("cp1250",), "ro": ("cp1250",), "hr": ("cp1250",),
    "sl": ("cp1250",),
    "lt": ("cp1257",), "lv": ("cp1257",), "et": ("cp1257",),
}  # fmt: skip
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_jp", "hz"})
_CANDIDATES = [
    "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1252", "cp1250", "cp1253",
    "cp1254",
    "cp1255", "cp1256", "cp874",
]  # fmt: skip
_TAG = re.compile(rb"<[^<>]{0,5000}>")
_HIGH = bytes(range(0x80, 0x100))
_LEADING = bytes(range(0xC2, 0x100))
"""Bytes that may begin a character of UTF-8 beyond ASCII."""


# ----------------------------------------------------------------------------------------------------


def codec_of(label: str | bytes | None) -> str | None:
    """Return the codec that browsers take for a label; None for one that is unknown, or none of text."""
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
    found = [codec for codec in map(codec_of, labels) if codec]
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


def _count(data: bytes, kind: bytes) -> int:
    """Return how many bytes are of a kind; some hundred times faster than asking one by one."""
    return len(data) - len(data.translate(None, kind))


def _bears_out(data: bytes, codec: str) -> str | None:
    """Return the text if the bytes bear the label out, else None."""
    if codec == "utf-8":
        text = data.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        right = _count(data[:200_000], _LEADING)
        return text if wrong <= max(3, 0.02 * right) and right > wrong * 2 else None
    strict = _decodes(data, codec)
    if codec in _MULTIBYTE:
        if strict is None:
            text = data.decode(codec, "replace")
            return text if text.count("\ufffd") <= max(3, len(text) // 2000) else None
        return strict
    if strict is None and codec in {"cp1252", "cp1254"}:
        strict = data.decode(codec, "replace")
    plain_bytes = _TAG.sub(b"", data[:300_000])
    high = _count(plain_bytes, _HIGH)
    if codec in {"cp1252", "cp1250", "cp1254"} and high > 0.25 * max(1, len(plain_bytes)):
        return None  # no Latin script has a quarter of its letters accented: the label is wrong
    return strict


def _detect(data: bytes) -> tuple[str, str]:
    """Return (text, codec) by the page's language, by charset-normalizer."""
    lang = _HTML_LANG.search(data[:4096])
    by_lang = _BY_LANG.get(lang[1].decode("ascii").lower(), ()) if lang else ()
    for by_language in by_lang:
        found = _decodes(data, by_language)
        if found is not None:
            return found, by_language
    runs = _TAG.sub(b"<", data[:400_000]).split(b"<")
    sample = b"".join(run for run in runs if not run.isascii())[:32_000]
    high = _count(sample, _HIGH)
    if high <= 0.3 * len(sample) or not sample:
        return data.decode("cp1252", "replace"), "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, steps=4, chunk_size=1024, cp_isolation=_CANDIDATES).best()
    detected = (codec_of(best.encoding) if best else None) or "cp1252"
    return data.decode(detected, "replace"), detected


def decode(page: Page, limit: int) -> tuple[bytes, str, bool]:
    """Return (first `limit` bytes of the payload as UTF-8, codec they were decoded by, guessed?)."""
    data = page.payload[:limit]
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
