"""Authors as names, and the agency.

Evidence (207 pages): JSON-LD and meta name the author on four pages of five, but also the paper, the
desk or an agency; bylines carry "By", roles, places and dates. A name is two to five words that begin
with a capital (or a short run of letters in a script without capitals); the paper's own name, an
agency's and a desk's are no author.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from archive.extract.found import Found, key
from archive.extract.newswire import agency_of
from archive.extract.page import ParsedPage, plain
from archive.extract.sheet import Sheet
from archive.extract.title import site_names
from archive.extract.words import word_test
from archive.text import squash, text_of

_BY = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|story|reporting|words|article|text|texte|interview"
    r"|ein kommentar|ein gastbeitrag|kommentar|analyse|opinion|propos recueillis|recueilli|redigé|rédigé"
    r"|geschrieben|verfasst|veröffentlicht)\s+)?"
    r"(?:by|par|von|vom|por|de la|di|da|door|av|af|přidal|autor(?:in|en|es|a|ka)?|autrice|auteurs?"
    r"|author|authors|redaktion|text|texte|foto(?:s)?|tekst|yazar|texto|oleh|tác giả|theo|автор|текст|作者"
    r"|记者|記者|编辑|編輯|文|撰文|责任编辑|글|기자|كتب|بقلم|الكاتب|โดย|ผู้เขียน|por:|ngu[ồo]n)\b\s*[:：\-–]?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·、]|\s(?:and|und|et|y|e|i|en|og|och|ve|và|dan|a|и|with|mit|avec|con|&|\+)\s|\sby\s"
    r"|\s[-–—]\s|\bin\b|\n)\s*"
)
_NOT_NAME = re.compile(
    r"\d|@|https?:|www\.|\.(?:com|org|net|de|fr|co|uk)\b|^(?:the|la|le|die|der|das|el|los|il)\s|staff"
    r"|editor|redaktion|redacci[oó]n|r[ée]daction|redactie|redazione|reporter|correspond|korrespond|desk"
    r"|team|news|online|agenc|agentur|nachrichten|press|media|magazin|journal|zeitung|newspaper|guest"
    r"|admin|administrator|contributor|author|autor|wire|service|report|published|updated|min read"
    r"|minute|comment|share|follow|twitter|facebook|subscribe|producer|writer|director|columnist"
    r"|journalist|presenter|politics|sport|business|health|editorial|chief|senior|junior|posted|gmt"
    r"|\bet\b|\bpm\b|\bam\b|uhr|read|view|profile|bio|^von$|^by$|photo|foto|image|getty|copyright|©|user"
    r"|unknown|anonym|freelance|special to|university|professor|\bdr\.? med|lesezeit|januar|februar|märz"
    r"|april|juni|juli|august|september|oktober|november|dezember|january|february|march|june|july"
    r"|october|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tổng hợp|biên tập"
    r"|phóng viên|编辑|编辑部|本报|本网|新闻|網|网$|社$|部$|局$|통신|뉴스"
    r"|newsroom|communit|email|e-mail|print|premium|plus"
    r"|abonn|reuters|afp|\bdpa\b|\bapa\b|\bsid\b|\bkna\b|\bepd\b|\bots\b",
    re.IGNORECASE,
)
_find_rel = etree.XPath(
    "//a[contains(concat(' ', @rel, ' '), ' author ')] "
    "| //*[contains(concat(' ', @itemprop, ' '), ' author ')]"
)
_names_byline = word_test(
    r"(?:^|[^a-z])(?:byline|by-line|author|authors|autor|autoren|auteur|article-?author|author-?names?"
    r"|byline-?names?|writer|reporter|journalist|firma|contributor|verfasser|forfatter|skribent|creator"
    r"|signature|redakteur)(?:$|[^a-z])",
)
_NAME = re.compile(r"(?:^|[^a-z])(?:name|fullname|link)(?:$|[^a-z])", re.IGNORECASE)


def _names(value: Any, depth: int = 0) -> list[str]:
    """Return the names that a JSON-LD author value holds."""
    if isinstance(value, str):
        return [plain(value)]
    if isinstance(value, dict):
        kind = value.get("@type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "Organization" in kinds or "NewsMediaOrganization" in kinds:
            name = plain(value["name"]) if isinstance(value.get("name"), str) else ""
            return ["\0" + name] if name else []
        return _names(value.get("name"), depth + 1) if depth < 3 else []
    if isinstance(value, list) and depth < 3:
        return [name for item in value[:30] for name in _names(item, depth + 1)]
    return []


def is_name(text: str, sites: set[str]) -> bool:
    """Say whether a text is a person's name: few words, capitals, no desk, place, agency or site."""
    if not 2 < len(text) <= 50 or _NOT_NAME.search(text) or key(text) in sites:
        return False
    if agency_of(text) and text.isupper():
        return False
    words = text.split()
    if len(words) > 6:
        return False
    if any(char.isupper() for char in text):
        return len(words) >= 2 and sum(word[0].isupper() for word in words) * 2 >= len(words)
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all(not char.isascii() for char in letters) and len(letters) <= 24


def clean_names(raw: str, sites: set[str]) -> list[str]:
    """Return the names in a byline: label, roles and places cut away."""
    text = squash(re.sub(r"\([^)]*\)|（[^）]*）|\[[^\]]*\]", " ", raw))
    for _ in range(2):
        text = _BY.sub("", text, count=1)
    out = []
    for part in _SPLIT.split(text):
        name = re.sub(
            r"^(?:dr|prof|mr|mrs|ms|sir)\.?\s+(?=\S+\s+\S)",
            "",
            _BY.sub("", part).strip(" .:*·|-–—\"'“”"),
            flags=re.IGNORECASE,
        )
        if name.isupper() and " " in name:
            name = name.title()
        if is_name(name, sites):
            out.append(name)
    return out


def authors(
    parsed: ParsedPage, sheet: Sheet, headline: int, region: int
) -> tuple[Found[tuple[str, ...]], list[str]]:
    """Return the authors' names, and every raw string that stood in an author's place (for the agency)."""
    sites = {key(name) for name in site_names(parsed)}
    raw: list[str] = []
    for node in parsed.articles[:3]:
        found = _names(node.get("author")) or _names(node.get("creator"))
        raw += [name.lstrip("\0") for name in found]
        names = _unique([n for name in found if not name.startswith("\0") for n in clean_names(name, sites)])
        if names:
            return Found(names, "generic:ld:author"), raw
    shown = _bylines(parsed, sheet, headline, region)
    raw += shown
    values = [
        v
        for m in (
            "author",
            "article:author",
            "dc.creator",
            "parsely-author",
            "sailthru.author",
            "byl",
            "cxenseparse:author",
            "dcterms.creator",
        )
        for v in parsed.meta.get(m, ())
    ]
    values = [value for value in values if not value.startswith("http")]
    raw += values
    names = _unique([n for value in values for n in clean_names(value, sites)])
    if names:
        return Found(names, "generic:meta:author"), raw
    names = _unique([n for value in shown for n in clean_names(value, sites)])
    if names:
        return Found(names[:6], "generic:byline"), raw
    return Found(()), raw


def _unique(names: list[str]) -> tuple[str, ...]:
    out: dict[str, str] = {}
    for name in names:
        out.setdefault(key(name), name)
    return tuple(out.values())


def _bylines(parsed: ParsedPage, sheet: Sheet, headline: int, region: int) -> list[str]:
    """Return the texts of the elements near headline and body that are named a byline, the innermost name
    first.
    """
    low = max(0, (headline if headline >= 0 else region) - 60)
    high = min(len(sheet.elements), sheet.end[region] + 40)
    out: list[str] = []
    for node in range(low, high):
        words = sheet.words[node]
        if len(words) < 4 or not _names_byline(words):
            continue
        if any(
            sheet.role[n] in {"comment", "related", "nav", "footer", "caption", "figure", "teaser", "credit"}
            for n in sheet.ancestors(node)
        ):
            continue
        if headline >= 0 and node > headline + 400 and out:
            break
        element = sheet.elements[node]
        text = text_of(element)
        if not 1 < len(text) < 160:
            continue
        links = [text_of(a) for a in element.iter("a")]
        inner = [t for t in links if 1 < len(t) < 50]
        out.extend(inner or [text])
        if len(out) > 6:
            break
    if not out:
        out = [text for e in _find_rel(parsed.tree)[:6] if 3 < len(text := text_of(e)) < 80]
    return out


def agency(raw: list[str], dateline_agency: str | None) -> Found[str | None]:
    """Return the agency: from the dateline, from an author's place, from nothing else (a photo's agency is
    the photo's).
    """
    if dateline_agency:
        return Found(dateline_agency, "generic:dateline")
    for text in raw:
        found = agency_of(text) or agency_of(_BY.sub("", text))
        if found:
            return Found(found, "generic:byline")
    return Found(None)
