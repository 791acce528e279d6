"""Read a site profile, strictly: every mistake of the file at once, one line each. No file is opened here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import attrs
from attrs import frozen

from archive.errors import ProfileError
from archive.sites.readers import Mistakes, near, read_table
from archive.sites.schema import Discover, Layout, Site, digest_in

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_CHAIN = 8  # layouts that extend one another


@frozen(kw_only=True)
class Family:
    """What several papers on one publishing system share: layouts and discovery, as raw tables."""

    name: str
    layouts: Mapping[str, Mapping[str, Any]]
    discover: Mapping[str, Any]


def load_family(text: str, name: str, *, file: str | None = None, deep: bool = True) -> Family:
    """Read a family file: [[layout]] and [discover] only. Raises `ProfileError` with all mistakes."""
    mistakes = Mistakes(file or f"{name}.toml", deep=deep)
    data = _toml(text, mistakes)
    for unknown in data.keys() - {"layout", "discover"}:
        mistakes.add(
            unknown, f"unknown key{near(unknown, ('layout', 'discover'))}: a family has layout and discover"
        )
    discover = data.get("discover", {})
    _check_without(("discover.load_more: endpoint is missing",), Discover, discover, "discover", mistakes)
    raw = _raw_layouts(data, mistakes)
    for position, layout in enumerate(raw):
        _check_layout(layout, f"layout[{position}]", mistakes)
    layouts = {str(layout.get("id", "")): layout for layout in raw}
    _raise(mistakes)
    family = Family(name=name, layouts=layouts, discover=discover)
    merged = {
        layout_id: _merged(layout, layouts, {name: family}, f"layout {layout_id}", mistakes)
        for layout_id, layout in layouts.items()
    }
    _raise(mistakes)
    return attrs.evolve(family, layouts=merged)


def load_profile(
    text: str,
    name: str,
    families: Mapping[str, Family],
    *,
    file: str | None = None,
    deep: bool = True,
    builtin: bool = False,
) -> Site:
    """Read the profile `name` from the text of its TOML file.

    `deep` compiles every rule, to find bad selectors now instead of at the first page. `file` names the file
    in messages. Raises `ProfileError` with every mistake.
    """
    mistakes = Mistakes(file or f"{name}.toml", deep=deep)
    if not _NAME.fullmatch(name):
        mistakes.add("", f"{name!r} is not a profile name: lower-case letters, digits, - _ . only")
    data = dict(_toml(text, mistakes))
    raw = _raw_layouts(data, mistakes)
    data["layout"] = [
        _checked(layout, raw, families, position, mistakes) for position, layout in enumerate(raw)
    ]
    _inherit_discover(data, families, mistakes)
    values = read_table(Site, data, "", mistakes) if data else {}
    if "domains" in data and not values.get("domains"):
        mistakes.add("domains", "at least one is needed")
    _check_overlaps(values.get("layouts", ()), [layout.get("id") for layout in raw], mistakes)
    _raise(mistakes)
    site = Site(name=name, path=file, builtin=builtin, **values)
    layouts = tuple(attrs.evolve(layout, digest=digest_in(site, layout)) for layout in site.layouts)
    return attrs.evolve(site, layouts=layouts)


def reference_markdown() -> str:
    """Return docs/reference/profile.md, made of the schema's own words."""
    from archive.sites.reference import markdown

    return markdown()


def _raise(mistakes: Mistakes) -> None:
    if mistakes.lines:
        raise ProfileError(list(dict.fromkeys(mistakes.lines)))


def _toml(text: str, mistakes: Mistakes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        mistakes.add("", f"not TOML: {error}")
    raise ProfileError(mistakes.lines)


def _raw_layouts(data: Mapping[str, Any], mistakes: Mistakes) -> list[Mapping[str, Any]]:
    raw = data.get("layout", [])
    if isinstance(raw, Mapping):
        mistakes.add("layout", "write [[layout]] with two brackets")
        return []
    if not isinstance(raw, list) or not all(isinstance(layout, Mapping) for layout in raw):
        mistakes.add("layout", "must be tables: [[layout]]")
        return []
    seen: set[Any] = set()
    for position, layout in enumerate(raw):
        layout_id = layout.get("id")
        if isinstance(layout_id, str) and layout_id in seen:
            mistakes.add(
                f"layout[{position}].id", f"{layout_id!r} is the id of another layout; an id is never reused"
            )
        seen.add(layout_id if isinstance(layout_id, str) else None)
    return raw


def _check_without(inherited: tuple[str, ...], cls: type, data: Any, path: str, mistakes: Mistakes) -> None:
    """Check what is written here; keys that may be `inherited` are not missed yet."""
    found = Mistakes(mistakes.file, deep=mistakes.deep)
    read_table(cls, data, path, found)
    expected = {f"{mistakes.file}: {line}" for line in inherited}
    mistakes.lines += [line for line in found.lines if line not in expected]


def _check_layout(layout: Mapping[str, Any], path: str, mistakes: Mistakes) -> None:
    parts = (f"{path}.photos: each is missing", f"{path}.related: each is missing")
    _check_without(parts if "extends" in layout else (), Layout, layout, path, mistakes)


def _checked(
    layout: Mapping[str, Any],
    own: list[Mapping[str, Any]],
    families: Mapping[str, Family],
    position: int,
    mistakes: Mistakes,
) -> Mapping[str, Any]:
    path = f"layout[{position}]"
    if not layout.get("extends"):
        return layout
    before = len(mistakes.lines)
    _check_layout(layout, path, mistakes)
    by_id = {str(other.get("id", "")): other for other in own}
    merged = _merged(layout, by_id, families, f"{path}.extends", mistakes)
    # After a mistake of its own only what is written here is read again; the line is then a repeat.
    return layout if len(mistakes.lines) > before else merged


def _merged(
    layout: Mapping[str, Any],
    own: Mapping[str, Mapping[str, Any]],
    families: Mapping[str, Family],
    path: str,
    mistakes: Mistakes,
) -> Mapping[str, Any]:
    """Merge a layout with what it extends, key by key; its own keys win."""
    merged: Mapping[str, Any] = layout
    parent: Any = layout.get("extends")
    own_layouts = own
    for _ in range(_CHAIN):
        if not isinstance(parent, str):
            return merged
        family_name, slash, layout_id = parent.rpartition("/")
        if slash:
            family = families.get(family_name)
            if family is None:
                mistakes.add(
                    path, f"{parent!r}: there is no family {family_name!r}{near(family_name, families)}"
                )
                return layout
            own_layouts = family.layouts
        found = own_layouts.get(layout_id)
        if found is None:
            mistakes.add(path, f"{parent!r}: there is no such layout{near(layout_id, own_layouts)}")
            return layout
        merged = _overlay(found, merged)
        parent = found.get("extends")
    mistakes.add(path, f"{layout.get('extends')!r} leads in a circle or through more than {_CHAIN} layouts")
    return layout


def _overlay(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge at the leaf: [layout.photos] of both are one table. A rule written as a table is a leaf."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        leaf = (
            not isinstance(value, Mapping) or not isinstance(old, Mapping) or "from" in value or "from" in old
        )
        merged[name] = value if leaf else _overlay(old, value)  # type: ignore[arg-type]  # a Mapping: not a leaf
    return merged


def _inherit_discover(data: dict[str, Any], families: Mapping[str, Family], mistakes: Mistakes) -> None:
    discover = data.get("discover")
    if not isinstance(discover, Mapping) or not isinstance(discover.get("extends"), str):
        return
    name = discover["extends"]
    if name not in families:
        mistakes.add("discover.extends", f"there is no family {name!r}{near(name, families)}")
        return
    inherited = families[name].discover
    more, own = inherited.get("load_more"), discover.get("load_more")
    merged = _overlay(inherited, discover)
    if isinstance(more, Mapping) and isinstance(own, list):
        merged["load_more"] = [
            _overlay(more, entry) if isinstance(entry, Mapping) else entry for entry in own
        ]
    elif own is None:
        merged.pop("load_more", None)  # a family knows the form of an endpoint, only a site its address
    data["discover"] = merged


def _check_overlaps(layouts: tuple[Layout, ...], ids: list[Any], mistakes: Mistakes) -> None:
    """Find layouts that can never be chosen. `ids`: of all layouts of the file, broken ones too."""
    if any(".extends: " in line for line in mistakes.lines):
        return  # a probe may be missing only because its family is
    for number, later in enumerate(layouts):
        where = f"layout[{ids.index(later.id)}]"
        if later.from_ and later.until and later.from_ > later.until:
            mistakes.add(where, f"from {later.from_} is after until {later.until}")
        for earlier in layouts[:number]:
            apart = (earlier.until and later.from_ and earlier.until < later.from_) or (
                later.until and earlier.from_ and later.until < earlier.from_
            )
            if apart or (earlier.probe and set(earlier.probe) != set(later.probe)):
                continue
            why = "has the same probe" if earlier.probe else "covers the same days and has no probe"
            mistakes.add(
                where, f"is never reached: {earlier.id!r} {why}; give each a probe, or from and until"
            )
            break


__all__ = ["Family", "Layout", "Site", "load_family", "load_profile", "reference_markdown"]
