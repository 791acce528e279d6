"""All profiles at hand: those that come with hemeroteca and the collection's own. Found by a folder scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from attrs import frozen

from archive.errors import ProfileError, UsageError
from archive.sites.broken import BrokenProfile, broken_profile
from archive.sites.profile import Family, load_family, load_profile
from archive.sites.readers import near
from archive.sites.schema import Site

BUILTIN = Path(__file__).resolve().parent
FAMILIES = "families"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Registry:
    """Profiles by name and by host. Where two profiles name one host, the user's own counts."""

    def __init__(
        self,
        sites: dict[str, Site],
        families: dict[str, Family],
        broken: Mapping[str, BrokenProfile] | None = None,
    ) -> None:
        self._sites = sites
        self.families = families
        self.broken: Mapping[str, BrokenProfile] = broken or {}
        """Profiles with a mistake, by name; none where the registry was loaded strictly."""
        self._by_host: dict[str, Site] = {}
        remains = [one.remains for one in self.broken.values()]
        # Own profiles write last, and win; of one level a broken one: its pages are nobody else's.
        for site in sorted(
            [*sites.values(), *remains], key=lambda it: (not it.builtin, it.name in self.broken)
        ):
            self._by_host.update(dict.fromkeys(site.domains, site))

    @classmethod
    def load(cls, *folders: Path, builtin: bool = True, strict: bool = True) -> Registry:
        """Read the built-in profiles and those of each folder (FOLDER/*.toml, FOLDER/families/*.toml).

        A later folder wins over an earlier one, and over the built-in profiles, where names are equal.
        Folders that do not exist are empty. Rules of built-in profiles are compiled when first used, those of
        folders at once. Raises `ProfileError` with every mistake of every file; without `strict` the profiles
        that have one are set apart, as `broken`, and the others can be used.
        """
        mistakes: list[str] = []
        families: dict[str, Family] = {}
        wrong_families: dict[str, list[str]] = {}
        found = _Found({}, {})
        for folder in ([BUILTIN] if builtin else []) + list(folders):
            own = folder is not BUILTIN
            for path in _files(folder / FAMILIES):
                text = _read(path, mistakes)
                try:
                    families[path.stem] = load_family(text, path.stem, file=_shown(path, own=own), deep=own)
                except ProfileError as error:
                    mistakes += error.mistakes
                    wrong_families[path.stem] = error.mistakes
                    families.pop(path.stem, None)  # what stood there before is not what was meant
        for folder in ([BUILTIN] if builtin else []) + list(folders):
            _load_folder(folder, found, families, wrong_families, own=folder is not BUILTIN)
        for name, profile in found.broken.items():
            mistakes += (line for line in profile.mistakes if line not in mistakes)
            found.sites.pop(name, None)
        mistakes += _set_apart_shared_hosts(found)
        if mistakes and strict:
            raise ProfileError(mistakes)
        return cls(found.sites, families, found.broken)

    def for_url(self, url: str) -> Site | None:
        """Return the profile of an address's host, or None; host and port count before the host alone.

        None, too, where the profile that has the host is broken: see `broken_for`.
        """
        site = self._holder(url)
        return site if site is not None and site.name not in self.broken else None

    def broken_for(self, url: str) -> BrokenProfile | None:
        """Return the broken profile that an address belongs to, if there is one."""
        site = self._holder(url)
        return self.broken.get(site.name) if site is not None else None

    def _holder(self, url: str) -> Site | None:
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").rstrip(".")
            port = f":{parts.port}" if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme, "")
        except ValueError:
            return None
        shown = f"[{host}]" if ":" in host else host
        return self._by_host.get(shown + port) or self._by_host.get(shown) or self._by_host.get(host)

    def get(self, name: str) -> Site:
        """Return a profile by its name.

        Raises `UsageError` with the nearest names, `ProfileError` for one that is broken.
        """
        if name in self.broken:
            raise ProfileError(list(self.broken[name].mistakes))
        site = self._sites.get(name)
        if site is None:
            holder = self.for_url(f"http://{name}/") if "." in name or ":" in name else None
            hint = f" ({holder.name} has this host)" if holder else near(name, self._sites)
            raise UsageError(f"there is no site {name!r}{hint}: see hemeroteca sites list")
        return site

    def __iter__(self) -> Iterator[Site]:
        return iter(sorted(self._sites.values(), key=lambda site: site.name))

    def __len__(self) -> int:
        return len(self._sites)

    def __contains__(self, name: object) -> bool:
        return name in self._sites


def check(path: Path, families: dict[str, Family]) -> Site:
    """Read one profile with every rule compiled. Raises `ProfileError` with all mistakes."""
    mistakes: list[str] = []
    text = _read(path, mistakes)
    if mistakes:
        raise ProfileError(mistakes)
    return load_profile(text, path.stem, families, file=str(path))


@frozen
class _Found:
    """Profiles by name; one name is in both only until the scan is over."""

    sites: dict[str, Site]
    broken: dict[str, BrokenProfile]


def _load_folder(
    folder: Path,
    found: _Found,
    families: dict[str, Family],
    wrong_families: Mapping[str, list[str]],
    *,
    own: bool,
) -> None:
    # Built-in profiles stand in a folder a country (vn/vietnamplus-fr.toml), a collection's own side by side.
    paths = (
        _files(folder) if own else [path for country in sorted(folder.glob("??")) for path in _files(country)]
    )
    for path in paths:
        unread: list[str] = []
        text, name, shown = _read(path, unread), path.stem, _shown(path, own=own)
        found.broken.pop(name, None)  # of another folder
        try:
            if unread:
                raise ProfileError(unread)
            found.sites[name] = load_profile(text, name, families, file=shown, deep=own, builtin=not own)
        except ProfileError as error:
            why = [
                line
                for family, lines in wrong_families.items()
                if any(f"there is no family {family!r}" in mistake for mistake in error.mistakes)
                for line in lines
            ]
            found.broken[name] = broken_profile(
                text, name, [*why, *error.mistakes], file=shown, builtin=not own
            )


def _set_apart_shared_hosts(found: _Found) -> list[str]:
    """Return the mistakes of profiles that name one host; nobody knows which of them is meant."""
    owners: dict[tuple[bool, str], Site] = {}
    lines: list[str] = []
    for site in list(found.sites.values()):
        for domain in site.domains:
            other = owners.setdefault((site.builtin, domain), site)
            if other is site:
                continue
            line = f"{site.path}: domains: {domain!r} belongs to {other.name!r} too ({other.path})"
            lines.append(line)
            for one in (site, other):
                before = found.broken[one.name].mistakes if one.name in found.broken else ()
                found.sites.pop(one.name, None)
                found.broken[one.name] = BrokenProfile(name=one.name, mistakes=(*before, line), remains=one)
    return lines


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))


def _read(path: Path, mistakes: list[str]) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path}: cannot be read: {error}")
        return ""


def _shown(path: Path, *, own: bool) -> str:
    return str(path) if own else path.relative_to(BUILTIN).as_posix()
