"""`extract(page, site)`: the only entrance. Pure: the same page, profile and capture time give the same.

A field that the layout of the site declares comes from its rules, any other from the generic extractor. The
body is wholly the one's or wholly the other's. The generic extractor runs only where something is left to it:
that is half the time of a page.
"""

from __future__ import annotations

import traceback
from functools import cached_property
from typing import Any

import attrs

from archive.errors import MachineError
from archive.extract.agencies import agency_of
from archive.extract.dateline import agency_in_sign_off, dateline, sign_off
from archive.extract.declared import Declared, declared
from archive.extract.generic import Generic, dates, generic, paywalled, raw_date
from archive.extract.language import normal
from archive.extract.page import ParsedPage, parse, without_markup
from archive.extract.people import agency
from archive.model import Article, Extraction, Issue, Page, Provenance, Verdict
from archive.sites.schema import Layout, Site
from archive.urls import canonical, host_of

EXTRACTOR = "hemeroteca/4"
"""Name and number of this extractor. The number rises when the same page gives another result."""

_FIELDS = ("title", "kicker", "lead", "blocks", "photos", "related", "modified", "authors", "section", "tags")
_AS_DISPLAYED = frozenset({"blocks", "canonical_url"})
"""All other fields are free of tags, wherever they were read: a headline or a caption that shows one shows a
slip of the content system, and no reader quotes it. The text itself stays as displayed: it may be about tags.
"""
_NEVER_EMPTY = ("title", "blocks", "published")
"""Declared or not, an article without these is worth asking the generic extractor."""


def extract(page: Page, site: Site | None = None) -> Extraction:
    """Return what a reader saw on a page: always a result, whatever the page holds; never raises for it.

    Raises MachineError where this machine has no room to work: that is nothing to record of a page.

    Args:
        page: payload (content coding removed), URL, content type and capture time.
        site: the profile of the page's host, or None: then the generic extractor reads all fields.
    """
    try:
        return _extract(page, site)
    except MachineError:
        raise
    except Exception:  # noqa: BLE001 -- the one place: a fault of ours must not lose the page's record
        name = site.name if site else _host_name(page.url)
        return Extraction(
            verdict="bug",
            article=None,
            issues=(Issue(code="extractor_bug", severity="error", detail=traceback.format_exc()),),
            provenance=Provenance(site=name, extractor=EXTRACTOR),
        )


def _extract(page: Page, site: Site | None) -> Extraction:
    name = site.name if site else _host_name(page.url)
    parsed = parse(page)
    if parsed is None:
        empty = not page.payload.strip()
        return Extraction(
            verdict="empty" if empty else "undecodable",
            article=None,
            issues=() if empty else (Issue(code="undecodable", severity="error"),),
            provenance=Provenance(
                site=name,
                layout_digest=site.choice_digest(None, page.fetched_at) if site else None,
                extractor=EXTRACTOR,
            ),
        )
    return _Reading(parsed, site, name).result()


@attrs.define(slots=False, eq=False)
class _Reading:
    """One page between parsing and its result."""

    parsed: ParsedPage
    site: Site | None
    name: str
    limits: list[Issue] = attrs.field(factory=list)
    """What the generic extractor met where it was asked for the dates alone."""

    @cached_property
    def generic(self) -> Generic:
        """What the generic extractor gives; not run before it is asked."""
        site = self.site
        return generic(
            self.parsed, lang=site.lang if site else None, timezone=site.timezone if site else None
        )

    @cached_property
    def layout(self) -> Layout | None:
        return self.site.layout_for(self.parsed.tree, self.parsed.page.fetched_at) if self.site else None

    @cached_property
    def declared(self) -> Declared | None:
        return declared(self.parsed, self.site, self.layout) if self.site and self.layout else None

    def result(self) -> Extraction:
        verdict = self._verdict()
        origins: dict[str, str] = {}
        article = self._article(origins) if verdict == "article" else None
        fetched_at = self.parsed.page.fetched_at
        provenance = Provenance(
            site=self.name,
            layout=self.layout.id if self.layout else None,
            layout_digest=self.site.choice_digest(self.layout, fetched_at) if self.site else None,
            extractor=EXTRACTOR,
            origins=origins,
        )
        issues = tuple(dict.fromkeys(self._issues(article)))
        return Extraction(verdict=verdict, article=article, issues=issues, provenance=provenance)

    def _verdict(self) -> Verdict:
        if self._is_declared_article():
            return "article"
        verdict = self.generic.verdict
        knows_addresses = self.site is not None and self.site.article_id is not None
        if verdict == "article" and knows_addresses and not self._article_id() and not self.parsed.articles:
            return (
                "listing"  # the profile knows what articles' addresses look like; this is none, and says so
            )
        return verdict

    def _is_declared_article(self) -> bool:
        """Say whether the layout alone settles it: title and text, on a page that is one article's."""
        if self.declared is None or self.layout is None or self.site is None:
            return False
        values = self.declared.values
        whole = bool(values.get("title")) and bool(values.get("blocks") or values.get("photos"))
        # A layout without a probe fits section pages too: there, only an address with an article id will do.
        return whole and bool(self.layout.probe or self._article_id())

    def _article_id(self) -> str | None:
        site, found = self.site, self.declared
        if site is None:
            return None
        own = found.values.get("canonical_url") if found else None
        return site.key_for(self.parsed.page.url) or (site.key_for(own) if own else None)

    def _article(self, origins: dict[str, str]) -> Article:
        fields = {name: self._field(name, origins) for name in _FIELDS}
        fields["canonical_url"] = self._canonical(origins)
        fields["lang"] = self._lang(origins)
        self._dates(fields, origins)
        self._newswire(fields, origins)
        fields |= {name: without_markup(value) for name, value in fields.items() if name not in _AS_DISPLAYED}
        return Article(
            url=self.parsed.page.url,
            site=self.name,
            key=self._article_id() or self._key_of(fields["canonical_url"]),
            **fields,
        )

    def _field(self, name: str, origins: dict[str, str]) -> Any:
        found = self.declared
        if found is not None and name in found.values and (found.values[name] or not self._is_asked(name)):
            if name in found.origins:
                origins[name] = found.origins[name]
            return found.values[name]
        if name in self.generic.origins:
            origins[name] = self.generic.origins[name]
        return getattr(self.generic, name)

    def _is_asked(self, name: str) -> bool:
        """Say whether a declared field that gave nothing is asked of the generic extractor."""
        return name in _NEVER_EMPTY and self.declared is not None and not self.declared.is_absent(name)

    def _canonical(self, origins: dict[str, str]) -> str:
        found = self.declared
        if found is not None and self.layout is not None and self.layout.canonical is not None:
            own = found.values.get("canonical_url")
            origins["canonical_url"] = found.origins.get("canonical_url", "page:url")
            page = self.parsed.page.url
            return own or canonical(self.site.plain_url(page) if self.site else page)
        return str(self._field("canonical_url", origins))

    def _lang(self, origins: dict[str, str]) -> str | None:
        if self.declared is not None and self.declared.values.get("lang"):
            origins["lang"] = self.declared.origins["lang"]
            return str(self.declared.values["lang"])
        if self.site is not None and self.site.lang:
            origins["lang"] = "profile:lang"
            return self.site.lang.lower()
        found: str | None = self._field("lang", origins)
        return found

    def _dates(self, fields: dict[str, Any], origins: dict[str, str]) -> None:
        """Take the date of publication and the string that it was read from out of one hand."""
        found = self.declared
        own = found.values if found is not None else {}
        if "published" in own and (own["published"] or not self._is_asked("published")):
            if found is not None and "published" in found.origins:
                origins["published"] = found.origins["published"]
            fields |= {"published": own["published"], "published_raw": own["published_raw"]}
            return
        published, generic_raw, rule = self._generic_date()
        if published:
            origins["published"] = rule
        raw = generic_raw if published else own.get("published_raw")
        fields |= {"published": published, "published_raw": raw or generic_raw}

    def _generic_date(self) -> tuple[str | None, str | None, str]:
        """Return date, raw string and rule of the generic extractor; of it no more is run than that takes."""
        lang = normal(self.site.lang) if self.site is not None else None
        if "generic" in self.__dict__ or lang is None or self.site is None:
            found = self.generic
            return found.published, found.published_raw, found.origins.get("published", "")
        times, self.limits = dates(self.parsed, lang=lang, timezone=self.site.timezone)
        return times.published, raw_date(times), times.published_rule

    def _newswire(self, fields: dict[str, Any], origins: dict[str, str]) -> None:
        """Read dateline, sign-off and agency: they follow from the texts, whoever found these."""
        blocks = fields["blocks"]
        line = (dateline(blocks[0].text) if blocks else None) or dateline(fields["lead"])
        off = sign_off(blocks[-1].text) if blocks else None
        fields |= {"dateline": line, "sign_off": off}
        origins |= {name: "newswire" for name in ("dateline", "sign_off") if fields[name]}
        found = self.declared
        if found is None:
            fields["agency"] = self._field("agency", origins)
            return
        # A paper's agency often stands in the author's place.
        stated = [found.values.get("agency") or "", *fields["authors"]]
        fields["authors"] = tuple(name for name in fields["authors"] if not agency_of(name))
        if not fields["authors"]:
            origins.pop("authors", None)
        if found.values.get("agency"):
            fields["agency"], origins["agency"] = stated[0], found.origins["agency"]
            return
        by_text = agency(stated, line.agency if line else None)
        fields["agency"] = by_text.value or agency_in_sign_off(off)
        if fields["agency"]:
            origins["agency"] = by_text.rule.removeprefix("generic:") or "newswire"

    def _key_of(self, canonical_url: str) -> str:
        return (self.site.key_for(canonical_url) if self.site else None) or canonical_url

    def _issues(self, article: Article | None) -> list[Issue]:
        found = self.declared
        issues = list(self.parsed.issues)
        if found is not None:
            issues += found.issues if article is not None else ()
        if article is not None and self.site is not None and self.site.layouts and self.layout is None:
            known = ", ".join(layout.id for layout in self.site.layouts)
            issues.append(Issue(code="layout_unknown", detail=f"none of {known} matches"))
        if article is not None and not article.blocks:
            issues.append(Issue(code="body_empty", field="blocks"))
        if "generic" in self.__dict__:
            dates_declared = found is not None and "published" in found.values
            issues += [
                issue
                for issue in self.generic.issues
                if issue.code != "body_empty" and not (issue.field == "published" and dates_declared)
            ]
        else:
            issues += self.limits
            if paywalled(self.parsed):
                issues.append(Issue(code="paywalled", severity="info"))
        return issues


def _host_name(url: str) -> str:
    return host_of(url).removeprefix("www.") or "unknown"


__all__ = ["EXTRACTOR", "extract"]
