"""What is left of a profile that has a mistake: enough to say whose it is, and when it would have run.

A site whose profile is broken is not crawled, and its pages are taken for nobody else's. For that its hosts
must be known, though the file as a whole cannot be read; its lists and its schedule, so that slots which come
due are accounted for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from archive.sites.readers import Mistakes, read_table
from archive.sites.schema import Discover, Schedule, Site

_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*[A-Za-z0-9_-]+[ \t]*=", re.MULTILINE)
_LONGEST = 1_000_000
"""Characters of a file that is no TOML which are looked through."""


@frozen(kw_only=True)
class BrokenProfile:
    """A profile that cannot be used."""

    name: str
    mistakes: tuple[str, ...]
    """One line each, with file and path inside it."""
    remains: Site
    """What could be read of it: hosts, lists, zone, schedule."""

    @property
    def reason(self) -> str:
        """Why nothing is crawled, in one line."""
        more = len(self.mistakes) - 1
        return f"its profile is wrong: {self.mistakes[0]}" + (f" (and {more} more)" if more > 0 else "")


def broken_profile(
    text: str, name: str, mistakes: list[str], *, file: str, builtin: bool = False
) -> BrokenProfile:
    """Return what is left of the profile with this text."""
    data = _tables_of(text)
    values = _read(Site, {key: data[key] for key in ("name", "lang", "timezone", "publisher") if key in data})
    domains = data.get("domains")
    known: list[str] = []
    for domain in domains if isinstance(domains, list) else [domains]:
        known += _read(Site, {"domains": [domain]}).get("domains") or ()
    sections = _read(Discover, {"sections": _under(data, "discover").get("sections", [])})
    values |= {
        "domains": tuple(dict.fromkeys(known)),
        "discover": Discover(**sections),
        "schedule": Schedule(**_read(Schedule, _under(data, "schedule"))),
    }
    remains = Site(name=name, path=file, builtin=builtin, **values)
    return BrokenProfile(name=name, mistakes=tuple(mistakes), remains=remains)


def _under(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def _read(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that can be read; what is wrong with the others has been said."""
    return read_table(cls, data, "", Mistakes("", deep=False))


def _tables_of(text: str) -> dict[str, Any]:
    """Return the tables of a TOML file; of one that does not parse, the tables and keys that do alone."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    found: dict[str, Any] = {}
    for part in _parts(text.removeprefix("\ufeff")[:_LONGEST], _TABLE):
        for piece in (part, *_parts(part, _KEY)) if not part.lstrip().startswith("[") else (part,):
            try:
                found = tomllib.loads(piece) | found
            except (tomllib.TOMLDecodeError, RecursionError):
                continue
            if piece is part:
                break
    return found


def _parts(text: str, beginning: re.Pattern[str]) -> Iterator[str]:
    """Cut a text before each of its beginnings."""
    starts = [match.start() for match in beginning.finditer(text)]
    for start, end in zip([0, *starts], [*starts, len(text)], strict=True):
        if text[start:end].strip():
            yield text[start:end]
