"""What `crawl` and `capture` are asked for → targets: one a site, each with the URLs where it begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from archive.errors import UsageError
from archive.sites.broken import BrokenProfile
from archive.sites.profile import Site
from archive.sites.registry import Registry
from archive.urls import bare_host, host_of, typed
from crawler.discovery.links import Scope, url_likeness
from crawler.discovery.sitemaps import fill_pattern
from crawler.session import Mode, Role, Target, front_page


def plan_crawl(
    registry: Registry, names: Iterable[str], since: datetime | None, now: datetime
) -> list[Target]:
    """Return the targets of a crawl: profile names and URLs; none named: the collection's own profiles.

    A site whose profile is broken has its target, too, which says so and has nowhere to begin. Raises
    UsageError: an unknown name, something that is neither name nor http(s) URL, nothing to crawl.
    """
    targets: dict[str, Target] = {}
    for name in names or _own(registry):
        target = _target(registry, name, since, now)
        known = targets.get(target.name)
        if known is not None:
            target = _joined(known, target)
        targets[target.name] = target
    if not targets:
        raise UsageError(
            "nothing to crawl: name a site (hemeroteca sites list) or a URL,"
            " or put profiles into the collection's sites/"
        )
    return list(targets.values())


def plan_capture(registry: Registry, urls: Iterable[str]) -> list[Target]:
    """Return the targets of a capture, the URLs grouped by site in their order.

    Raises UsageError for what is no URL.
    """
    grouped: dict[str, tuple[Site | None, dict[str, None]]] = {}
    broken: dict[str, Target] = {}
    for text in urls:
        url = _url(text)
        profile = registry.broken_for(url)
        if profile is not None:
            broken[profile.name] = _unusable(profile, "capture")
            continue
        site = registry.for_url(url)
        name = site.name if site is not None else _host_name(url)
        grouped.setdefault(name, (site, {}))[1][url] = None
    if not grouped and not broken:
        raise UsageError("no URL to capture")
    return [
        Target(name=name, site=site, mode="capture", seeds=tuple((url, "capture") for url in found))
        for name, (site, found) in grouped.items()
    ] + list(broken.values())


def _own(registry: Registry) -> list[str]:
    """Return the names of the collection's own profiles."""
    remains = [one.remains for one in registry.broken.values()]
    return sorted(site.name for site in [*registry, *remains] if not site.builtin)


def _unusable(profile: BrokenProfile, mode: Mode) -> Target:
    return Target(name=profile.name, site=None, mode=mode, seeds=(), broken=profile)


def _joined(first: Target, second: Target) -> Target:
    seeds = dict.fromkeys((*first.seeds, *second.seeds))
    return attrs.evolve(first, seeds=tuple(seeds), patterns={**first.patterns, **second.patterns})


def _target(registry: Registry, text: str, since: datetime | None, now: datetime) -> Target:
    if text in registry.broken:
        return _unusable(registry.broken[text], "crawl")
    if text in registry:
        return _of_profile(registry.get(text), since, now)
    if "://" not in text and "." not in text and ":" not in text:
        return _of_profile(registry.get(text), since, now)  # raises, with the nearest names
    url = _url(text)
    profile = registry.broken_for(url)
    if profile is not None:
        return _unusable(profile, "crawl")
    site = registry.for_url(url)
    if url == front_page(url):
        return _of_profile(site, since, now) if site is not None else _of_stranger(url)
    role: Role = "article" if url_likeness(url, Scope.of(site, url)) >= 2 else "section"
    name = site.name if site is not None else _host_name(url)
    return Target(name=name, site=site, mode="crawl", seeds=((url, role),))


def _of_profile(site: Site, since: datetime | None, now: datetime) -> Target:
    discover = site.discover
    seeds: list[tuple[str, Role]] = [(url, "section") for url in discover.sections]
    seeds += [(url, "feed") for url in discover.feeds]
    patterns: dict[str, str] = {}
    first = since.date() if since is not None else None
    for pattern in discover.sitemaps:
        seeds += _filled(pattern, "sitemap", first, now, patterns)
    # A site's archive pages are its sections of long ago: asked for when somebody looks back.
    for pattern in discover.archives if since is not None else ():
        seeds += _filled(pattern, "section", first, now, patterns)
    if not seeds:
        front = f"https://{site.domains[0]}/"
        seeds = [(front, "front"), (f"{front}robots.txt", "robots")]
    return Target(
        name=site.name, site=site, mode="crawl", seeds=tuple(dict.fromkeys(seeds)), patterns=patterns
    )


def _filled(
    pattern: str, role: Role, since: date | None, now: datetime, patterns: dict[str, str]
) -> list[tuple[str, Role]]:
    urls = fill_pattern(pattern, since, now)
    if urls != [pattern]:
        patterns |= dict.fromkeys(urls, pattern)
    return [(url, role) for url in urls]


def _of_stranger(front: str) -> Target:
    seeds: tuple[tuple[str, Role], ...] = ((front, "front"), (f"{front}robots.txt", "robots"))
    return Target(name=_host_name(front), site=None, mode="crawl", seeds=seeds)


def _host_name(url: str) -> str:
    return bare_host(host_of(url))


def _url(text: str) -> str:
    url = typed(text)
    if url is None:
        raise UsageError(no_url(text))
    return url


def no_url(text: str) -> str:
    """Return what there is to say of a text that is no address."""
    return f"'{text}' is not an http or https URL"
