"""The extractor for sites that nobody wrote rules for: one walk of the page, one module a field.

Order matters: the headline fixes where the article begins, the region where its text stands; photos and
lead are taken out before the body is read, so that no text is in two fields.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from archive.extract import body as body_module
from archive.extract import sheet as sheet_module
from archive.extract.data_body import body_in_data
from archive.extract.dateline import agency_in_sign_off, dateline, sign_off
from archive.extract.flow import flow_of
from archive.extract.found import Found, key
from archive.extract.house_credits import with_house_credits
from archive.extract.language import language, normal
from archive.extract.lead import lead as find_lead
from archive.extract.page import ParsedPage, ld_text, plain
from archive.extract.people import agency as find_agency
from archive.extract.people import authors as find_authors
from archive.extract.photos import photos as find_photos
from archive.extract.region import region_of, worth
from archive.extract.related import related as find_related
from archive.extract.title import headline, kicker, site_names
from archive.extract.verdict import verdict as find_verdict
from archive.extract.when import When
from archive.extract.when import when as find_when
from archive.model import Block, Dateline, Issue, Photo, RelatedLink, Verdict
from archive.text import squash
from archive.text import weight as amount_of
from archive.urls import absolute, canonical, same_site

_HARDLY_ANY = 150
"""Weight of a body below which the page shows none."""


@frozen(kw_only=True)
class Generic:
    """What the generic extractor found. Field names are those of `archive.model.Article`."""

    verdict: Verdict
    canonical_url: str
    lang: str | None = None
    title: str | None = None
    kicker: str | None = None
    lead: str | None = None
    blocks: tuple[Block, ...] = ()
    photos: tuple[Photo, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    published: str | None = None
    published_raw: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    dateline: Dateline | None = None
    sign_off: str | None = None
    issues: tuple[Issue, ...] = ()
    origins: dict[str, str] = field(factory=dict)
    """Field → rule, for the fields that were found."""


def generic(parsed: ParsedPage, *, lang: str | None = None, timezone: str | None = None) -> Generic:
    """Return all fields of a page. `lang` and `timezone` are the profile's, where there is one. Never changes
    the tree.
    """
    sheet, title, at, region, worths = _opened(parsed)
    flow = flow_of(sheet, region, at, worths)
    photos, captions = find_photos(parsed, sheet, region, at)
    lead, lead_units = find_lead(parsed, flow, at, title.value, captions)
    taken = {unit.text for unit in lead_units} | {title.value or "", lead.value or ""}
    taken |= {photo.caption for photo in photos.value if photo.caption}
    credited = {photo.caption: photo.credit or "" for photo in photos.value if photo.caption}
    elsewhere = body_module.Elsewhere(taken, credited, frozenset(map(key, site_names(parsed))))
    units = body_module.body_units(flow, at, elsewhere, captions)
    body = Found(body_module.blocks(sheet, units), "generic:region")
    body = _fallback(parsed, body, title.value)
    text = " ".join([title.value or "", *(block.text for block in body.value[:12])])
    language_found = Found(normal(lang), "profile") if normal(lang) else language(parsed, text)
    times = find_when(
        parsed, sheet, at, region, lang=language_found.value, timezone=timezone, title=title.value
    )
    names, raw_names = find_authors(parsed, sheet, at, region, title.value)
    photos = Found(with_house_credits(photos.value, (*names.value, *site_names(parsed))), photos.rule)
    line = dateline(body.value[0].text) if body.value else None
    line = line or dateline(lead.value)
    off = _sign_off(body.value)
    agency = find_agency(raw_names, line.agency if line else agency_in_sign_off(off.value))
    related = find_related(parsed, sheet, at, region)
    texts = (lead.value or "", *(photo.caption or "" for photo in photos.value))
    weight = body_module.amount(body.value) + sum(map(amount_of, texts))
    result = find_verdict(parsed, sheet, title.value, units, weight)
    issues = [*parsed.issues, *_limits(sheet)]
    if times.problem and times.published is None:
        issues.append(Issue(code=times.problem, field="published", detail=(times.published_raw or "")[:200]))
    if result == "article" and not body.value:
        issues.append(Issue(code="body_empty", field="blocks"))
    if paywalled(parsed):
        issues.append(Issue(code="paywalled", severity="info"))
    fields: dict[str, Found[Any]] = {
        "title": title,
        "kicker": kicker(sheet, at, title.value),
        "lead": lead,
        "blocks": body,
        "photos": photos,
        "related": related,
        "authors": names,
        "agency": agency,
        "section": _section(parsed),
        "tags": _tags(parsed),
        "lang": language_found,
        "canonical_url": _canonical(parsed),
        "published": Found(times.published, times.published_rule),
        "modified": Found(times.modified, times.modified_rule),
        "dateline": Found(line, "generic:newswire" if line else ""),
        "sign_off": off,
    }
    return Generic(
        verdict=result,
        published_raw=raw_date(times),
        issues=tuple(issues),
        origins={name: found.rule for name, found in fields.items() if found.value and found.rule},
        **{name: found.value for name, found in fields.items()},
    )


def raw_date(times: When) -> str | None:
    """Return the string that a date was read from, as it is kept."""
    return squash(times.published_raw)[:300] or None


def dates(parsed: ParsedPage, *, lang: str, timezone: str | None = None) -> tuple[When, list[Issue]]:
    """Return the dates that `generic` finds, and the limits that it met, for less than all its fields cost.

    For a profile whose own rule for them gave nothing. `lang`: as `normal` gives it.
    """
    sheet, title, at, region, _ = _opened(parsed)
    times = find_when(parsed, sheet, at, region, lang=lang, timezone=timezone, title=title.value)
    return times, _limits(sheet)


def _opened(
    parsed: ParsedPage,
) -> tuple[sheet_module.Sheet, Found[str | None], int, int, list[tuple[float, float]]]:
    """Return the sheet of a page, its headline, the elements of the headline and of the text, and the worth
    of its lines.
    """
    sheet = sheet_module.build(parsed.tree)
    title, at = headline(parsed, sheet)
    sheet_module.release(sheet, at)
    worths = worth(sheet, at)
    return sheet, title, at, region_of(sheet, at, worths), worths


def _limits(sheet: sheet_module.Sheet) -> list[Issue]:
    if len(sheet.elements) < sheet_module.MAX_ELEMENTS:
        return []
    return [Issue(code="too_large", detail=f"more than {sheet_module.MAX_ELEMENTS} elements")]


def _fallback(
    parsed: ParsedPage, body: Found[tuple[Block, ...]], title: str | None
) -> Found[tuple[Block, ...]]:
    """Take JSON-LD's articleBody where the page shows much less than it states, and what the data of its
    scripts hold where it shows nothing.
    """
    shown = body_module.amount(body.value)
    for node in parsed.articles[:2]:
        text = node.get("articleBody")
        if isinstance(text, list):
            text = "\n".join(part for part in text if isinstance(part, str))
        if isinstance(text, str) and len(text) > 200 and shown < 0.35 * len(text):
            blocks = body_module.from_article_body(plain_lines(text))
            if body_module.amount(blocks) > 2 * shown:
                return Found(blocks, "generic:ld:articleBody")
    if shown < _HARDLY_ANY and (blocks := body_in_data(parsed, title)):
        return Found(blocks, "generic:data")
    return body if body.value else Found(())


def plain_lines(text: str) -> str:
    """Return the text with entities decoded, line ends kept."""
    return "\n".join(
        plain(line) for line in text.replace("</p>", "</p>\n").replace("<br", "\n<br").split("\n")
    )


def _sign_off(blocks: tuple[Block, ...]) -> Found[str | None]:
    found = sign_off(blocks[-1].text) if blocks else None
    return Found(found, "generic:newswire" if found else "")


def _section(parsed: ParsedPage) -> Found[str | None]:
    for node in parsed.articles[:2]:
        text = ld_text(node.get("articleSection"))
        if 1 < len(text) < 80:
            return Found(text, "generic:ld:articleSection")
    text = parsed.first_meta("article:section", "section", "parsely-section", "cxenseparse:category") or ""
    return Found(text, "generic:meta:article:section") if 1 < len(text) < 80 else Found(None)


def _tags(parsed: ParsedPage) -> Found[tuple[str, ...]]:
    values: list[str] = list(parsed.meta.get("article:tag", ()))
    rule = "generic:meta:article:tag"
    if not values:
        rule = "generic:ld:keywords"
        for node in parsed.articles[:1]:
            keywords = node.get("keywords")
            values = (
                [plain(k) for k in keywords if isinstance(k, str)]
                if isinstance(keywords, list)
                else plain(keywords).split(",")
                if isinstance(keywords, str)
                else []
            )
    if not values:
        rule = "generic:meta:keywords"
        values = (parsed.first_meta("keywords", "news_keywords") or "").split(",")
    if len(values) == 1:
        values = values[0].split(",")
    tags = tuple(dict.fromkeys(tag for tag in map(squash, values) if 1 < len(tag) <= 80))
    return Found(tags[:40], rule if tags else "")


def _canonical(parsed: ParsedPage) -> Found[str]:
    """Return the canonical URL: link rel=canonical, og:url, else the page's own. Another site's is not
    believed.
    """
    own = canonical(parsed.page.url)
    for rule, href in (
        ("generic:link:canonical", parsed.canonical_href),
        ("generic:meta:og:url", parsed.first_meta("og:url") or ""),
    ):
        url = absolute(parsed.base_url, href.strip()) if href else None
        if url and same_site(url, own):
            path = canonical(url)
            if path.count("/") > 3 or own.count("/") <= 3:
                return Found(path, rule)
    return Found(own, "generic:url")


def paywalled(parsed: ParsedPage) -> bool:
    """Say whether the page states that it shows a part only (schema.org isAccessibleForFree, or its meta
    forms).
    """
    for node in parsed.articles[:2]:
        if str(node.get("isAccessibleForFree", "")).lower() in {"false", "no", "0"}:
            return True
    return (parsed.first_meta("article:content_tier") or "").lower() in {"locked", "metered"}
