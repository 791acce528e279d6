"""What is scheduled: the collection's schedule.toml over the profiles' [schedule].

schedule.toml has a table a site, with the keys of a profile's [schedule]. It is written by `hemeroteca
schedule` and by hand; comments stay. A site is scheduled when it stands there, or when the collection's own
profile of it names a rhythm; profiles that come with hemeroteca are scheduled only when asked for.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import tomlkit
from tomlkit.exceptions import TOMLKitError

from archive.errors import ProfileError, UsageError
from archive.files import whole_file
from archive.settings import Settings
from archive.sites.readers import Mistakes, read_table
from archive.sites.registry import Registry
from archive.sites.schema import Schedule, Site
from crawler.schedule import Plan

FILE_NAME = "schedule.toml"
_HEAD = (
    "Schedules of this collection: one table a site. They go before the [schedule] of a profile.",
    "Written by `hemeroteca schedule`, and by hand; keys: docs/reference/profile.md.",
)


def schedule_path(settings: Settings) -> Path:
    """Return where the collection's schedules stand."""
    return settings.collection / FILE_NAME


def plans(settings: Settings, registry: Registry) -> list[Plan]:
    """Return every plan, by site and section. Raises ProfileError with all mistakes of schedule.toml.

    A site whose profile is broken keeps its plans, as far as they can be read: its slots come due, too.
    """
    path = schedule_path(settings)
    tables = _read(path)
    found: list[Plan] = []
    remains = {name: profile.remains for name, profile in registry.broken.items()}
    known = {site.name: site for site in registry} | remains
    names = [name for name, site in known.items() if name in tables or (not site.builtin and _declares(site))]
    for name in [*names, *(name for name in tables if name not in known)]:
        site = known.get(name)
        declared = _overlaid(site.schedule if site else Schedule(), tables.get(name, {}))
        origin = str(path) if name in tables else str(site.path if site else path)
        if name in remains:
            reason = registry.broken[name].reason
            declared = _readable(known[name], declared)
            found += [attrs.evolve(one, broken=reason) for one in _plans_of(name, site, declared, origin)]
        else:
            found += _plans_of(name, site, declared, origin)
    return sorted(found, key=lambda plan: (plan.site, plan.section))


def change(settings: Settings, name: str, keys: dict[str, Any], section: str = "") -> None:
    """Write keys of one site, or the rhythm of one section, into schedule.toml; None takes a key away.

    Raises ProfileError where the file as it stands is wrong, or would be.
    """
    path = schedule_path(settings)
    _read(path)
    document = _document(path)
    site_table = document.setdefault(name, tomlkit.table())
    place = site_table.setdefault("sections", tomlkit.table()) if section else site_table
    for key, value in ({section: keys.get("every")} if section else keys).items():
        if value is None:
            place.pop(key, None)
        else:
            place[key] = value
    if section and not place:
        site_table.pop("sections", None)
    if not site_table:
        document.pop(name, None)
    text = tomlkit.dumps(document)
    _tables(text, path)
    with whole_file(path) as file:
        file.write(text.encode("utf-8"))


def section_address(site: Site | None, text: str) -> str:
    """Return the address of a section named by it, or by the end of its path. Raises UsageError."""
    if "://" in text:
        return text
    if site is None:
        raise UsageError(f"section {text!r}: name it by its address, as the site has no profile")
    wanted = text.strip("/")
    ends = [one for one in site.discover.sections if f"{urlsplit(one).path.strip('/')}".endswith(wanted)]
    if len(ends) != 1:
        known = ", ".join(urlsplit(one).path for one in (ends or site.discover.sections)[:6]) or "none"
        what = "is the end of several sections" if ends else "is no section of the profile"
        raise UsageError(f"section {text!r} {what}: {known}; or name it by its address")
    return ends[0]


def _readable(site: Site, declared: Schedule) -> Schedule:
    """Leave out sections whose address a broken profile does not tell any more."""
    rhythms = dict[str, str]()
    for text, rhythm in declared.sections.items():
        with suppress(UsageError):
            rhythms[section_address(site, text)] = rhythm
    return attrs.evolve(declared, sections=rhythms)


def _declares(site: Site) -> bool:
    return bool(site.schedule.every or site.schedule.sections)


def _overlaid(below: Schedule, above: dict[str, Any]) -> Schedule:
    sections = {**below.sections, **above.get("sections", {})}
    return attrs.evolve(below, **{**above, "sections": sections})


def _plans_of(name: str, site: Site | None, declared: Schedule, origin: str) -> list[Plan]:
    common = {
        "timezone": declared.timezone or (site.timezone if site else None) or "UTC",
        "window": declared.window,
        "jitter": declared.jitter or 0.0,
        "catch_up": declared.catch_up,
        "max_run": declared.max_run,
        "paused": declared.paused,
        "origin": origin,
    }
    rhythms = [("", declared.every)] if declared.every else []
    rhythms += [(section_address(site, text), rhythm) for text, rhythm in declared.sections.items()]
    return [
        Plan(site=name, section=section, rhythm=str(rhythm), **common)  # type: ignore[arg-type]
        for section, rhythm in dict(rhythms).items()
    ]


def _document(path: Path) -> Any:
    if path.is_file():
        try:
            return tomlkit.parse(path.read_text(encoding="utf-8-sig"))
        except TOMLKitError as error:
            raise ProfileError([f"{path}: not TOML: {error}"]) from error
    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    return document


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        return _tables(path.read_text(encoding="utf-8-sig"), path)
    except UnicodeDecodeError as error:
        raise ProfileError([f"{path}: not UTF-8: {error}"]) from error


def _tables(text: str, path: Path) -> dict[str, dict[str, Any]]:
    mistakes = Mistakes(str(path))
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProfileError([f"{path}: not TOML: {error}"]) from error
    tables = {name: read_table(Schedule, table, name, mistakes) for name, table in data.items()}
    if mistakes.lines:
        raise ProfileError(mistakes.lines)
    return tables
