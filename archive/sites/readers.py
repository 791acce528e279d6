"""Readers of profile values: each checks one kind of TOML value and says every mistake in one line."""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
from attrs import field, frozen

from archive.sites.backtracking import is_exponential
from archive.sites.sources import Rule, Source, SourceError, format_problem, source

_MODIFIERS = ("from", "strip", "pattern", "timezone", "formats")


class Mistakes:
    """What is wrong with one file, in the order found. `deep`: compile every source to check it."""

    def __init__(self, file: str, *, deep: bool = True) -> None:
        self.file = file
        self.deep = deep
        self.lines: list[str] = []

    def add(self, path: str, text: str) -> None:
        """Record one line."""
        where = f"{self.file}: {path}: " if path else f"{self.file}: "
        self.lines.append(where + " ".join(text.split()))


@frozen
class Reader:
    """How one kind of value is read. `read` returns None (or what can be had) after recording a mistake."""

    label: str
    """As the reference page names the kind."""
    read: Callable[[Any, str, Mistakes], Any]
    table: type | None = None
    """The class of a (repeated) table, for the reference page."""


def key(
    reader: Reader,
    doc: str,
    *,
    default: Any = None,
    name: str = "",
    required: bool = False,
    example: str = "",
) -> Any:
    """Declare a key of a profile table as an attrs field; `name` where Python reserves the word."""
    metadata = {"reader": reader, "doc": doc, "name": name, "required": required, "example": example}
    return field(default=default, metadata=metadata)


def keys_of(cls: type) -> dict[str, attrs.Attribute[Any]]:
    """Return the keys that a table of this class may have, in order of the reference page."""
    return {
        attribute.metadata.get("name") or attribute.name: attribute
        for attribute in attrs.fields(cls)
        if "reader" in attribute.metadata
    }


def read_table(cls: type, data: Any, path: str, mistakes: Mistakes) -> dict[str, Any]:
    """Read a TOML table into constructor arguments of `cls`; unknown, missing and wrong keys are mistakes."""
    if not isinstance(data, Mapping):
        mistakes.add(path, f"must be a table, not {kind_of(data)}")
        return {}
    known = keys_of(cls)
    values: dict[str, Any] = {}
    for name, value in data.items():
        where = f"{path}.{name}" if path else name
        if name not in known:
            mistakes.add(where, f"unknown key{near(name, known)}")
            continue
        reader: Reader = known[name].metadata["reader"]
        found = reader.read(value, where, mistakes)
        if found is not None:
            values[known[name].name] = found
    for name, attribute in known.items():
        if attribute.metadata["required"] and name not in data:
            mistakes.add(path, f"{name} is missing")
    return values


def near(name: str, known: Any) -> str:
    """Return a hint at the known name that was probably meant, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def table(cls: type) -> Reader:
    """A sub-table."""

    def read(value: Any, path: str, mistakes: Mistakes) -> Any:
        before = len(mistakes.lines)
        values = read_table(cls, value, path, mistakes)
        return cls(**values) if len(mistakes.lines) == before else None

    return Reader("table", read, cls)


def tables(cls: type) -> Reader:
    """A repeated table; one table alone counts as one."""

    def read(value: Any, path: str, mistakes: Mistakes) -> Any:
        entries = value if isinstance(value, list) else [value]
        one = table(cls)
        many = isinstance(value, list)
        return tuple(
            found
            for position, entry in enumerate(entries)
            if (found := one.read(entry, f"{path}[{position}]" if many else path, mistakes)) is not None
        )

    return Reader("tables", read, cls)


def kind_of(value: Any) -> str:
    """Say what kind of TOML value it is."""
    names = {
        str: "text",
        bool: "true/false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), type(value).__name__)


def text_of(value: Any, path: str, mistakes: Mistakes) -> str | None:
    """Read text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    mistakes.add(
        path, "must not be empty" if isinstance(value, str) else f"must be text, not {kind_of(value)}"
    )
    return None


def _each(read: Callable[[Any, str, Mistakes], Any]) -> Callable[[Any, str, Mistakes], Any]:
    """A list of what `read` reads; one alone counts as a list of one."""

    def read_list(value: Any, path: str, mistakes: Mistakes) -> Any:
        if not isinstance(value, list):
            found = read(value, path, mistakes)
            return None if found is None else (found,)
        found = [read(entry, f"{path}[{position}]", mistakes) for position, entry in enumerate(value)]
        return tuple(entry for entry in found if entry is not None)

    return read_list


def _pattern(value: Any, path: str, mistakes: Mistakes) -> re.Pattern[str] | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    try:
        pattern = re.compile(value)
        exponential = mistakes.deep and is_exponential(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        mistakes.add(path, f"{value!r} is not a regular expression: {error}")
        return None
    if exponential:
        mistakes.add(
            path,
            f"{value!r} can take exponential time: a repeated part can match one text in two ways, as in"
            " (a+)+ or (\\w+\\s?)*; let each repetition begin or end with a sign of its own",
        )
        return None
    return pattern


def _zone(value: Any, path: str, mistakes: Mistakes) -> str | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mistakes.add(path, f"{text!r} is not a time zone (write it as Asia/Ho_Chi_Minh)")
        return None
    return text


def _source(value: Any, path: str, mistakes: Mistakes, default: str = "") -> Source | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    try:
        found = source(text, default)
        if mistakes.deep:
            found.check()
    except SourceError as error:
        mistakes.add(path, str(error))
        return None
    return found


def _format(value: Any, path: str, mistakes: Mistakes) -> str | None:
    text = text_of(value, path, mistakes)
    if text is not None and (problem := format_problem(text)):
        mistakes.add(path, problem)
        return None
    return text


def _rule(value: Any, path: str, mistakes: Mistakes) -> Rule | None:
    if not isinstance(value, Mapping):
        sources = _each(_source)(value, path, mistakes)
        return Rule(sources) if sources or value == [] else None
    for name in value:
        if name not in _MODIFIERS:
            mistakes.add(f"{path}.{name}", f"unknown key{near(name, _MODIFIERS)}")
    if not value.get("from"):
        mistakes.add(path, "from is missing")
        return None
    before = len(mistakes.lines)
    modifiers: dict[str, Any] = {}
    for name, read in (
        ("strip", _each(_pattern)),
        ("pattern", _pattern),
        ("timezone", _zone),
        ("formats", _each(_format)),
    ):
        if name in value:
            modifiers[name] = read(value[name], f"{path}.{name}", mistakes)
    sources = _each(_source)(value["from"], f"{path}.from", mistakes)
    return Rule(sources, **modifiers) if len(mistakes.lines) == before else None


def _number(least: float, *, whole: bool = False) -> Callable[[Any, str, Mistakes], Any]:
    def read(value: Any, path: str, mistakes: Mistakes) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int,) if whole else (int, float)):
            mistakes.add(path, f"must be a {'whole ' if whole else ''}number, not {kind_of(value)}")
        elif value < least:
            mistakes.add(path, f"must be at least {least:g}, not {value}")
        else:
            return value if whole else float(value)
        return None

    return read


def _day(value: Any, path: str, mistakes: Mistakes) -> date | None:
    if isinstance(value, datetime):
        mistakes.add(path, "must be a day without a time: 2024-01-31")
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            mistakes.add(path, f"{value!r} is not a day: write it as 2024-01-31")
            return None
    if not isinstance(value, date):
        mistakes.add(path, f"must be a day (2024-01-31), not {kind_of(value)}")
        return None
    return value


def _domain(value: Any, path: str, mistakes: Mistakes) -> str | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    if "/" in text or "@" in text or any(character.isspace() for character in text):
        mistakes.add(
            path, f"{text!r} is not a host: write www.example.org (a port may follow: localhost:8000)"
        )
        return None
    host, colon, port = text.rpartition(":")
    if colon and not text.endswith("]") and (not port.isdigit() or not host):
        mistakes.add(path, f"{text!r} has a bad port")
        return None
    return text.lower().rstrip(".")


def _template(*placeholders: str, relative: bool = False) -> Callable[[Any, str, Mistakes], str | None]:
    sample = dict.fromkeys(placeholders, 1)

    def read(value: Any, path: str, mistakes: Mistakes) -> str | None:
        text = text_of(value, path, mistakes)
        if text is None:
            return None
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            unknown = sorted(names - set(placeholders))
            filled = "" if unknown else text.format(**sample)
        except (ValueError, IndexError, KeyError) as error:
            mistakes.add(path, f"{text!r} has a bad placeholder: {error}")
            return None
        if unknown:
            allowed = ", ".join(f"{{{name}}}" for name in placeholders) or "none"
            mistakes.add(path, f"unknown placeholder {{{unknown[0]}}} (known here: {allowed})")
            return None
        parts = urlsplit(filled)
        if not (relative and filled.startswith("/")) and (
            parts.scheme not in ("http", "https") or not parts.netloc
        ):
            mistakes.add(path, f"{text!r} is not an http or https address")
            return None
        return text

    return read


def _shares(value: Any, path: str, mistakes: Mistakes) -> dict[str, float] | None:
    if not isinstance(value, Mapping):
        mistakes.add(path, f"must be a table of shares, not {kind_of(value)}")
        return None
    shares: dict[str, float] = {}
    for name, share in value.items():
        if name not in FILLABLE:
            mistakes.add(f"{path}.{name}", f"unknown field{near(name, FILLABLE)}")
        elif isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
            mistakes.add(f"{path}.{name}", f"must be a share from 0 to 1, not {share!r}")
        else:
            shares[name] = float(share)
    return shares


def _rewrite(value: Any, path: str, mistakes: Mistakes) -> tuple[re.Pattern[str], str] | None:
    if not isinstance(value, Mapping) or set(value) != {"from", "to"}:
        mistakes.add(path, "must be a table with from (a regular expression) and to")
        return None
    pattern = _pattern(value["from"], f"{path}.from", mistakes)
    if pattern is None or not isinstance(value["to"], str):
        if not isinstance(value["to"], str):
            mistakes.add(f"{path}.to", f"must be text, not {kind_of(value['to'])}")
        return None
    try:
        pattern.sub(value["to"], "")
        re.compile(f"(?:{pattern.pattern})|").sub(value["to"], "", count=1)
    except (re.error, IndexError) as error:
        mistakes.add(f"{path}.to", f"{value['to']!r} does not fit its regular expression: {error}")
        return None
    return pattern, value["to"]


_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)")


def _span_of_day(value: Any, path: str, mistakes: Mistakes) -> tuple[int, int] | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    match = _HOURS.fullmatch(text)
    if match:
        first, second, third, fourth = map(int, match.groups())
        start, end = first * 60 + second, third * 60 + fourth
        if start != end and max(start, end) <= 24 * 60:
            return start, end
    mistakes.add(path, f'{text!r} is no span of a day: write it as "22:00-06:00"')
    return None


FILLABLE = (
    "title", "kicker", "lead", "body", "photos", "related", "published", "modified",
    "authors", "agency", "section", "tags", "lang", "dateline", "sign_off",
)  # fmt: skip

TEXT = Reader("text", text_of)
TEXTS = Reader("list of texts", _each(text_of))
PATTERN = Reader("regular expression", _pattern)
ZONE = Reader("time zone", _zone)
RULE = Reader("rule", _rule)
PROBE = Reader("selector or list", _each(lambda value, path, mistakes: _source(value, path, mistakes, "css")))
NUMBER = Reader("number", _number(0))
DELAY = Reader("seconds", _number(0))
COUNT = Reader("whole number", _number(0, whole=True))
POSITIVE = Reader("whole number from 1", _number(1, whole=True))
DAY = Reader("day", _day)
HOURS = Reader('span of a day ("22:00-06:00") or list', _each(_span_of_day))
DOMAINS = Reader("list of hosts", _each(_domain))
ADDRESSES = Reader("list of addresses", _each(_template()))
SITEMAPS = Reader("list of addresses with {year} {month} {day}", _each(_template("year", "month", "day")))
ENDPOINT = Reader("address with {zone} {page}", _template("zone", "page", relative=True))
SHARES = Reader("table of field = share", _shares)
REWRITES = Reader("list of {from, to}", _each(_rewrite))
