"""All profiles at hand: those that come with hemeroteca and the collection's own. Found by a folder scan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import ProfileError, UsageError
from archive.sites.profile import Family, load_family, load_profile
from archive.sites.readers import near
from archive.sites.schema import Site

BUILTIN = Path(__file__).resolve().parent
FAMILIES = "families"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Registry:
    """Profiles by name and by host. Where two profiles name one host, the user's own counts."""

    def __init__(self, sites: dict[str, Site], families: dict[str, Family]) -> None:
        self._sites = sites
        self.families = families
        self._by_host: dict[str, Site] = {}
        for site in sorted(sites.values(), key=lambda it: not it.builtin):  # own profiles write last, and win
            self._by_host.update(dict.fromkeys(site.domains, site))

    @classmethod
    def load(cls, *folders: Path, builtin: bool = True) -> Registry:
        """Read the built-in profiles and those of each folder (FOLDER/*.toml, FOLDER/families/*.toml).

        A later folder wins over an earlier one, and over the built-in profiles, where names are equal.
        Folders that do not exist are empty. Rules of built-in profiles are compiled when first used, those of
        folders at once. Raises `ProfileError` with every mistake of every file.
        """
        mistakes: list[str] = []
        families: dict[str, Family] = {}
        sites: dict[str, Site] = {}
        for folder in ([BUILTIN] if builtin else []) + list(folders):
            own = folder is not BUILTIN
            for path in _files(folder / FAMILIES):
                text = _read(path, mistakes)
                try:
                    families[path.stem] = load_family(text, path.stem, file=_shown(path, own=own), deep=own)
                except ProfileError as error:
                    mistakes += error.mistakes
        for folder in ([BUILTIN] if builtin else []) + list(folders):
            own = folder is not BUILTIN
            _load_folder(folder, sites, families, mistakes, own=own)
        _check_hosts(sites, mistakes)
        if mistakes:
            raise ProfileError(mistakes)
        return cls(sites, families)

    def for_url(self, url: str) -> Site | None:
        """Return the profile of an address's host, or None; host and port count before the host alone."""
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").rstrip(".")
            port = f":{parts.port}" if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme, "")
        except ValueError:
            return None
        shown = f"[{host}]" if ":" in host else host
        return self._by_host.get(shown + port) or self._by_host.get(shown) or self._by_host.get(host)

    def get(self, name: str) -> Site:
        """Return a profile by its name. Raises `UsageError` with the nearest names."""
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


def _load_folder(
    folder: Path, sites: dict[str, Site], families: dict[str, Family], mistakes: list[str], *, own: bool
) -> None:
    # Built-in profiles stand in a folder a country (vn/vietnamplus-fr.toml), a collection's own side by side.
    paths = (
        _files(folder) if own else [path for country in sorted(folder.glob("??")) for path in _files(country)]
    )
    for path in paths:
        text = _read(path, mistakes)
        try:
            sites[path.stem] = load_profile(
                text, path.stem, families, file=_shown(path, own=own), deep=own, builtin=not own
            )
        except ProfileError as error:
            mistakes += error.mistakes


def _check_hosts(sites: dict[str, Site], mistakes: list[str]) -> None:
    owners: dict[tuple[bool, str], Site] = {}
    for site in sites.values():
        for domain in site.domains:
            other = owners.setdefault((site.builtin, domain), site)
            if other is not site:
                mistakes.append(
                    f"{site.path}: domains: {domain!r} belongs to {other.name!r} too ({other.path})"
                )


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
