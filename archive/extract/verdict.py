"""What a page is: article, listing, error page or empty. A few facts, each worth something; no model.

A page with an article's JSON-LD or og:type and running text is one; a page whose text is mostly links
is a listing; a page with little text that says "not found" where the headline stands is an error page,
whatever its status.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.extract.page import ParsedPage, types_of
from archive.extract.sheet import Sheet, is_running
from archive.model import Verdict
from archive.urls import canonical

_ERROR = re.compile(
    r"\b(?:404|403|410|500|502|503)\b|not found|page (?:introuvable|non trouvée|n['’]existe)|introuvable"
    r"|nicht gefunden|no (?:se )?encontrad[ao]|não encontrad[ao]"
    r"|non trovat[ao]|nie znaleziono|niet gevonden|ikke funnet|hittades inte|не найден|không tìm thấy"
    r"|không tồn tại|页面不存在|找不到|見つかりません|찾을 수 없|غير موجود|ไม่พบ|sayfa bulunamadı"
    r"|access denied|forbidden|service unavailable|temporarily unavailable|too many requests"
    r"|just a moment|attention required|verify you are human|are you a robot|captcha|bad gateway"
    r"|internal server error|error occurred|accès refusé|zugriff verweigert",
    re.IGNORECASE,
)
_SLUG = re.compile(r"(?:-[^/-]+){3}[^/]*$|\d{5,}|/20\d\d/\d\d?/")
"""A path as articles have it: words of a headline, a number, a day."""
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage"})


def verdict(parsed: ParsedPage, sheet: Sheet, title: str | None, body_weight: int) -> Verdict:
    """Return what the page is."""
    text = sum(len(unit.text) for unit in sheet.units)
    if text < 20 and not title:
        return "empty"
    claims = " ".join([title or "", *(parsed.first_meta("og:title") or "",)]) + " " + parsed.title
    typed = bool(parsed.articles)
    og_type = (parsed.first_meta("og:type") or "").lower()
    if body_weight < 700 and _ERROR.search(claims) and not (typed and body_weight > 300):
        return "error_page"
    linked = sum(unit.linked for unit in sheet.units)
    running = sum(unit.weight for unit in sheet.units if is_running(unit) and not sheet.boxed[unit.node])
    listing_type = any(kind in _LISTING_TYPES for node in parsed.ld for kind in types_of(node))
    parts = urlsplit(canonical(parsed.page.url))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    front = len(path) <= 12 and not any(char.isdigit() for char in path)
    stated = typed or og_type.startswith("article")
    score = 0.0
    score += 2.0 if typed else 0.0
    score += 1.5 if og_type.startswith("article") else -1.0 if og_type in {"website", "blog"} else 0.0
    score += 1.0 if "article:published_time" in parsed.meta else 0.0
    score += 2.0 if body_weight > 1200 else 1.0 if body_weight > 500 else 0.0 if body_weight > 180 else -1.0
    score -= 1.0 if linked > 0.6 * max(1, text) and body_weight < 1200 and not stated else 0.0
    score -= 1.5 if listing_type and not typed else 0.0
    score += 1.0 if _SLUG.search(path) else 0.0
    score -= 2.0 if front else 0.0
    score -= 2.0 if _cards(sheet) > 8 and body_weight < 1500 and not typed else 0.0
    if score >= 1.0 and (title or running):
        return "article"
    if text < 200 and body_weight < 100:
        return "empty"
    return "listing"


def _cards(sheet: Sheet) -> int:
    """Count headings that are links: a front page is made of them."""
    return sum(1 for unit in sheet.units if unit.tag in {"h2", "h3", "h4"} and unit.link_share > 0.8)
