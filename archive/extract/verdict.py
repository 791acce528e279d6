"""What a page is: article, listing, error page or empty. A few facts, each worth something; no model.

The facts, from what weighs most: how much text the page has of its own, beside how much stands under
headlines that are links (the teasers of a list: a section front is made of them, whatever its address or
metadata say); what it states of itself (JSON-LD, og:type); its address, which counts least, since many papers
number sections like articles. An answer in the place of the page (not found, robot check, consent wall,
log-in form) is an error page, whatever its status: its heading says so, and it has little text of its own.
Measured on the labelled set of tests/kinds.py and on the kit's pages (`python -m bench.quality`).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from attrs import frozen
from lxml import etree

from archive.extract.page import ParsedPage, ld_text, types_of
from archive.extract.sheet import Sheet, Unit
from archive.extract.title import similarity
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
_CONSENT = re.compile(
    r"cookie|consent|personal data|your privacy|privacy policy|données personnelles|vie privée"
    r"|personenbezogen"
    r"|datenschutz|datos personales|privacidad|dados pessoais|dati personali|dane osobowe|persoonsgegevens"
    r"|personuppgifter|quyền riêng tư|dữ liệu cá nhân|персональн\w+ данн|конфиденциальн|kişisel ver|个人数据"
    r"|隐私"
    r"|個人資料|隱私|個人情報|プライバシー|개인정보|بيانات\w* الشخصية|خصوصي|ملفات تعريف الارتباط|คุกกี้"
    r"|ข้อมูลส่วนบุคคล"
    r"|ความเป็นส่วนตัว",
    re.IGNORECASE,
)
_SLUG = re.compile(r"(?:-[^/-]+){3}[^/]*$|\d{5,}|/20\d\d/\d\d?/")
"""A path as articles have it: words of a headline, a number, a day."""
_LIST_PATH = re.compile(
    r"/(?:tags?|topics?|themen?|temas?|sujets?|dossiers?|autore?s?|autor(?:en)?|auteurs?|authors?|profile?"
    r"|people"
    r"|category|categor(?:ie|y|ia)s?|kategorie|rubriques?|archiv(?:es?)?|arquivo|search|suche|recherche"
    r"|buscar?"
    r"|hledani|szukaj|tim-kiem|page)(?:/|$)|[?&](?:q|query|s|search|page|cat|keyword)="
    r"|/20\d\d/\d\d?(?:/\d\d?)?/?$",
    re.IGNORECASE,
)
_FRONT = re.compile(r"^/?(?:[a-z]{2}/?)?(?:index\.\w+|home|default\.\w+)?$", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]{4,}")
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})
_LONGEST_TEASER = 500
"""Characters."""
_find_password = etree.XPath("//input[@type='password']")


@frozen
class _Amounts:
    """How much text there is of each kind, in weighted characters."""

    own: int
    """Running text that is no teaser."""
    teasers: int
    cards: int
    """Number of teasers."""
    headlines: int
    """Number of lines that are links, as long as headlines."""
    text: int
    linked: int


def verdict(
    parsed: ParsedPage, sheet: Sheet, title: str | None, body: list[Unit], body_weight: int
) -> Verdict:
    """Return what the page is.

    Args:
        parsed: the page.
        sheet: from `sheet.build`.
        title: its headline.
        body: the units that were taken for its body.
        body_weight: their amount, or that of a text found elsewhere (JSON-LD), with lead and captions.
    """
    amounts = _amounts(sheet, body, body_weight)
    if amounts.text < 20 and not title:
        return "empty"
    typed = _typed(parsed, title)
    claims = " ".join([title or "", parsed.first_meta("og:title") or "", parsed.title])
    if _is_answer(parsed, sheet, claims, amounts, typed=typed >= 2.0):
        return "error_page"
    score = typed + _stated(parsed) + _weighed(amounts) + _addressed(parsed, title)
    if score >= 1.0 and (title or amounts.own):
        return "article"
    if amounts.text < 200 and body_weight < 100:
        return "empty"
    return "listing"


def _amounts(sheet: Sheet, body: list[Unit], body_weight: int) -> _Amounts:
    teasers = _teasers(sheet)
    headlines = sum(1 for unit in sheet.units if _is_headline(unit))
    in_body = sum(unit.weight for unit in body if id(unit) in teasers)
    return _Amounts(
        own=max(0, body_weight - in_body),
        teasers=sum(teasers.values()),
        cards=len(teasers),
        headlines=headlines,
        text=sum(len(unit.text) for unit in sheet.units),
        linked=sum(unit.linked for unit in sheet.units),
    )


def _is_headline(unit: Unit) -> bool:
    return unit.link_share > 0.8 and (unit.weight >= 25 or (unit.weight >= 15 and unit.tag[0] == "h"))


def _teasers(sheet: Sheet) -> dict[int, int]:
    """Return the texts that stand alone below a headline which is a link: id of the unit → weight."""
    found: dict[int, int] = {}
    headline: Unit | None = None
    below: list[Unit] = []
    for unit in [*sheet.units, None]:
        if unit is None or _is_headline(unit):
            if headline is not None and len(below) == 1 and len(below[0].text) <= _LONGEST_TEASER:
                found[id(below[0])] = below[0].weight
            headline, below = unit, []
        elif unit.weight >= 20 and unit.tag not in {"h1", "h2"}:
            below.append(unit)
    return found


def _is_answer(parsed: ParsedPage, sheet: Sheet, claims: str, amounts: _Amounts, *, typed: bool) -> bool:
    """Say whether the page stands in the place of the one that was asked for."""
    if amounts.own >= 700 or (typed and amounts.own > 300):
        return False
    if _ERROR.search(claims):
        return True
    free = [unit for unit in sheet.units if unit.weight >= 40 and unit.link_share < 0.5]
    asking = sum(unit.weight for unit in free if _CONSENT.search(unit.text))
    if asking > 0.6 * sum(unit.weight for unit in free) and _CONSENT.search(claims):
        return True
    return amounts.own < 200 and amounts.headlines < 5 and bool(_find_password(parsed.tree))


def _typed(parsed: ParsedPage, title: str | None) -> float:
    """Weigh JSON-LD of an article: that of this page names its headline, those of a list name others."""
    if not parsed.articles:
        kinds = {kind for node in parsed.ld for kind in types_of(node)}
        return -2.0 if kinds & _LISTING_TYPES else 0.0
    names = [ld_text(node.get("headline") or node.get("name")) for node in parsed.articles[:20]]
    if len(names) <= 3 or any(similarity(name, title or "") > 0.6 for name in names if name):
        return 3.0
    return -1.0


def _stated(parsed: ParsedPage) -> float:
    og_type = (parsed.first_meta("og:type") or "").lower()
    score = 1.0 if "article:published_time" in parsed.meta else 0.0
    if og_type.startswith(("article", "news")):
        return score + 1.0
    return score - (1.0 if og_type in {"website", "blog", "profile"} else 0.0)


def _weighed(amounts: _Amounts) -> float:
    """Weigh the page's own text against its teasers and links."""
    own = amounts.own
    score = 3.0 if own > 1200 else 2.0 if own > 500 else 1.0 if own > 180 else -1.0
    is_list = amounts.headlines >= 5 and amounts.cards >= max(3, amounts.headlines // 3)
    if is_list and amounts.teasers > max(own, 150):
        score -= 3.0 if own < 400 or amounts.teasers > 3 * own else 1.5
    elif amounts.headlines >= 10 and own < 500:
        score -= 2.0 if amounts.linked > 0.6 * amounts.text and own < 150 else 1.0
    return score


def _addressed(parsed: ParsedPage, title: str | None) -> float:
    try:
        parts = urlsplit(canonical(parsed.page.url))
    except ValueError:  # "http://[": no address, which says nothing
        return 0.0
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if _FRONT.match(parts.path) and not parts.query:
        return -3.0
    if _LIST_PATH.search(path):
        return -1.0
    words = set(_WORD.findall(_plain_letters(title or "")))
    if sum(word in path.lower() for word in words) >= 3:
        return 1.5  # the address is made of the headline's words
    return 0.5 if _SLUG.search(path) else 0.0


def _plain_letters(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
