"""Pages as a profile reads them, beside what the generic extractor gives: field → value → rule, and a count a
field over all pages.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs
from attrs import frozen

from archive.counting import count_of
from archive.extract import extract
from archive.model import Article, Page
from archive.sites.profile import Site
from archive.warc.blocks import extraction_to_json
from hemeroteca.console import faint, strong, visible
from hemeroteca.fields import field_lines, issue_line

Outcome = Literal["same", "profile_only", "generic_only", "differ", "neither"]
OUTCOMES: tuple[Outcome, ...] = ("same", "profile_only", "generic_only", "differ", "neither")
_NOT_READ = frozenset(("url", "site", "key"))
"""Fields that are not read off the page."""
FIELDS = tuple(one.name for one in attrs.fields(Article) if one.name not in _NOT_READ)


@frozen(kw_only=True)
class Compared:
    """One page, read twice. Extractions are their JSON."""

    url: str
    profile: Mapping[str, Any]
    generic: Mapping[str, Any]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """How the two readings of each field are to each other."""
        mine, other = self.profile["article"] or {}, self.generic["article"] or {}
        return {name: _outcome(mine.get(name), other.get(name)) for name in FIELDS}

    def as_json(self) -> dict[str, Any]:
        """Return what --json prints of the page."""
        return {
            "url": self.url,
            "outcomes": self.outcomes,
            "profile": dict(self.profile),
            "generic": dict(self.generic),
        }


def compare(page: Page, site: Site) -> Compared:
    """Read a page with a profile, and without."""
    mine, other = (json.loads(extraction_to_json(extract(page, one))) for one in (site, None))
    return Compared(url=page.url, profile=mine, generic=other)


def _outcome(mine: Any, other: Any) -> Outcome:
    if not mine:
        return "generic_only" if other else "neither"
    if not other:
        return "profile_only"
    return "same" if mine == other else "differ"


def summary(pages: Iterable[Compared]) -> dict[str, dict[str, Any]]:
    """Return of each field how often the two readings agree, and the rules that gave it in the profile's."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    rules: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    for page in pages:
        for name, outcome in page.outcomes.items():
            counts[name][outcome] += 1
            rule = page.profile["provenance"]["origins"].get(name)
            if rule and outcome not in ("neither", "generic_only"):
                rules[name][rule] += 1
    return {
        name: {
            **{outcome: counts[name][outcome] for outcome in OUTCOMES},
            "rules": dict(rules[name].most_common()),
        }
        for name in FIELDS
    }


def page_lines(page: Compared) -> Iterator[str]:
    """Yield one page's table: each field with its rule, below it what the generic extractor gives."""
    layout = page.profile["provenance"]["layout"]
    by = visible(layout) if layout else "none: generic extractor"
    yield f"{strong(page.profile['verdict'])} · layout {by} · {visible(page.url)}"
    mine, other = page.profile["article"] or {}, page.generic["article"] or {}
    for name, outcome in page.outcomes.items():
        if outcome == "neither":
            continue
        if mine.get(name):
            yield from field_lines({name: mine[name]}, page.profile["provenance"]["origins"])
        else:
            yield f"{strong(f'{name:<14}')}(nothing)"
        if outcome == "same":
            yield faint(f"{'':<6}generic: the same")
        elif outcome == "profile_only":
            yield faint(f"{'':<6}generic: {name:<14}(nothing)")
        else:
            for line in field_lines({name: other[name]}, page.generic["provenance"]["origins"]):
                yield faint(f"{'':<6}generic: {line}")
    if not mine and page.generic["verdict"] != page.profile["verdict"]:
        yield faint(f"{'':<6}generic: {page.generic['verdict']}")
    for issue in page.profile["issues"]:
        yield issue_line(issue)


def summary_lines(pages: Sequence[Compared]) -> Iterator[str]:
    """Yield the count of all pages: a line a field."""
    names = {outcome: outcome.replace("_", " ") for outcome in OUTCOMES}
    yield (
        strong(f"{count_of(len(pages), 'page'):<14}" + "".join(f"{name:>14}" for name in names.values()))
        + "   rules"
    )
    for name, row in summary(pages).items():
        if row["neither"] == len(pages):
            continue
        rules = ", ".join(f"{visible(rule)} ({count})" for rule, count in row["rules"].items())
        yield f"{name:<14}" + "".join(f"{row[outcome]:>14}" for outcome in OUTCOMES) + f"   {faint(rules)}"
