"""Citations as BibTeX, RIS, CSL-JSON and text. Each format has one function that writes one citation.

A further one is one more function here, and its name in `FORMATS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import IO, Any

import orjson

from archive.cite import Citation, day
from archive.cite.names import Name

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BABEL = {
    "ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "ngerman",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "fa": "persian", "fi": "finnish",
    "fr": "french", "he": "hebrew", "hi": "hindi", "hr": "croatian", "hu": "magyar", "it": "italian",
    "ja": "japanese", "ko": "korean", "lt": "lithuanian", "lv": "latvian", "nb": "norsk", "nl": "dutch",
    "nn": "nynorsk", "no": "norsk", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sk": "slovak", "sl": "slovenian", "sr": "serbian", "sv": "swedish", "th": "thai", "tr": "turkish",
    "uk": "ukrainian", "vi": "vietnamese",
}  # fmt: skip
"""What babel and polyglossia call a language."""
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # \{ would still count as an open brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
_SPECIAL = re.compile("[" + re.escape("".join(_TEX)) + "]")


def bibtex(citation: Citation) -> str:
    r"""Return an entry for BibTeX and biblatex, in UTF-8: `@article` with `entrysubtype = newspaper`.

    The title stands in a second pair of braces, so that no style changes its capitals; so does a name that
    must not be parted. `url` is taken verbatim by biblatex and by \url: nothing in it is escaped for TeX.
    """
    fields: list[tuple[str, str]] = []
    if citation.creators:
        fields.append(("author", f"{{{' and '.join(map(_tex_name, citation.creators))}}}"))
    else:
        fields.append(("key", f"{{{_tex(citation.newspaper)}}}"))  # what styles sort by
    fields += [
        ("title", f"{{{{{_tex(citation.headline)}}}}}"),
        ("journal", f"{{{_tex(citation.newspaper)}}}"),
    ]
    if citation.publisher:
        fields.append(("publisher", f"{{{_tex(citation.publisher)}}}"))
    stated = day(citation.published)
    if stated:
        fields.append(("date", f"{{{_iso(stated)}}}"))
        fields.append(("year", f"{{{stated[0]:04d}}}"))
    if len(stated) > 1:
        fields.append(("month", _MONTHS[stated[1] - 1]))
    fields.append(("url", f"{{{citation.address}}}"))
    if citation.captured:
        fields.append(("urldate", f"{{{citation.captured[:10]}}}"))
    if citation.lang:
        fields.append(("language", f"{{{_tex(citation.lang)}}}"))
        if babel := _BABEL.get(citation.lang.partition("-")[0].lower()):
            fields.append(("langid", f"{{{babel}}}"))
    fields += [("entrysubtype", "{newspaper}"), ("note", f"{{{_tex(citation.note)}}}")]
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields)
    return f"@article{{{citation.key},\n{lines}\n}}\n"


def _iso(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:0{width}d}" for part, width in zip(parts, (4, 2, 2), strict=False))


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda match: _TEX[match[0]], text)


def _tex_name(name: Name) -> str:
    return f"{_tex(name.family)}, {_tex(name.given)}" if name.family else f"{{{_tex(name.whole)}}}"


def ris(citation: Citation) -> str:
    """Return a record of Reference Manager's format: a tag and its value a line, which ends with CR LF."""
    stated = day(citation.published)
    pairs: list[tuple[str, str | None]] = [
        ("TY", "NEWS"),
        ("ID", citation.key),
        *(("AU", _ris_name(name)) for name in citation.creators),
        ("TI", citation.headline),
        ("T2", citation.newspaper),
        ("PB", citation.publisher),
        ("PY", f"{stated[0]:04d}" if stated else None),
        ("DA", _slashes(stated) if stated else None),
        ("SE", citation.section),
        ("LA", citation.lang),
        ("UR", citation.address),
        ("Y2", _slashes(day(citation.captured_at)) if citation.captured_at else None),
        ("DB", citation.archive),
        ("AN", citation.record_id),
        ("N1", citation.note),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in pairs if value) + "ER  - \r\n\r\n"


def _slashes(parts: tuple[int, ...]) -> str:
    """Return YYYY/MM/DD/: all three slashes stand, whatever is not known."""
    return "/".join(["/".join(f"{part:02d}" for part in parts), *[""] * (4 - len(parts))])


def _ris_name(name: Name) -> str:
    """Return "family, given"; a comma would part a name that stays whole, and is left out of it."""
    return f"{name.family}, {name.given}" if name.family else " ".join(name.whole.replace(",", " ").split())


def csl(citation: Citation) -> dict[str, Any]:
    """Return an item of CSL-JSON (schema 1.0.2), as pandoc, Zotero and citeproc read it."""
    stated, seen = day(citation.published), day(citation.captured_at)
    item: dict[str, Any] = {
        "id": citation.key,
        "type": "article-newspaper",
        "author": [_csl_name(name) for name in citation.creators],
        "title": citation.headline,
        "container-title": citation.newspaper,
        "publisher": citation.publisher,
        "section": citation.section,
        "language": citation.lang,
        "issued": {"date-parts": [list(stated)]} if stated else None,
        "URL": citation.address,
        "accessed": {"date-parts": [list(seen)]} if seen else None,
        "archive": citation.archive,
        "archive_location": citation.record_id,
        "version": str(citation.version),
        "note": citation.note,
        "custom": {
            "id": citation.ref,
            "captured_at": citation.captured_at,
            "warc": place(citation),
            "payload_digest": citation.payload_digest,
            "published": citation.published,
            "modified": citation.modified,
        },
    }
    return {name: value for name, value in item.items() if value not in (None, [], "")}


def _csl_name(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.family else {"literal": name.whole}


def place(citation: Citation) -> dict[str, Any] | None:
    """Return where the record stands, as `export --format jsonl` writes it."""
    if citation.file is None:
        return None
    return {
        "file": citation.file,
        "offset": citation.offset,
        "length": citation.length,
        "record_id": citation.record_id,
    }


def text(citation: Citation) -> str:
    """Return a citation for a footnote, in one line."""
    authors = ", ".join(name.whole for name in citation.creators)
    shown = day(citation.published)
    told = _iso(shown) if shown else "[no date]"
    return (
        f"{f'{authors}. ' if authors else ''}“{citation.headline}”. {citation.newspaper}, {told}. "
        f"{citation.url}. Archived: {citation.copy}."
    )


FORMATS: dict[str, Callable[[Citation], Any]] = {"bibtex": bibtex, "ris": ris, "csl": csl, "text": text}
"""Name → function that writes one citation; CSL's is an object, the others are texts."""
FILES = ("bibtex", "ris", "csl")
"""Those that other programs read."""


def write(form: str, citations: Iterable[Citation], out: IO[bytes]) -> int:
    """Write citations; return how many. Of CSL an array, of the others one after the other."""
    count = 0
    for count, citation in enumerate(citations, 1):
        if form == "csl":
            out.write(b",\n" if count > 1 else b"[\n")
            out.write(orjson.dumps(csl(citation), option=orjson.OPT_INDENT_2))
        elif form == "bibtex":
            out.write(("\n" if count > 1 else "").encode() + bibtex(citation).encode())
        else:
            ending = "\n" if form == "text" else ""
            out.write(f"{FORMATS[form](citation)}{ending}".encode())
    if form == "csl":
        out.write(b"\n]\n" if count else b"[]\n")
    return count
