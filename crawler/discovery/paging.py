"""Where a list goes on: its next page, by rel=next, by number, by offset, by the word.

The address decides, the words only confirm: a link to the same list with the next number in its address leads
on, whether it says "2", "Seite 2", "第2页", "Suivant" or, where older stories are "before" the newer ones,
"« Précédent".
"""

from __future__ import annotations

import re

from lxml import etree

from archive.extract.page import ParsedPage
from archive.text import squash, text_of
from archive.urls import absolute, canonical
from crawler.discovery.links import Scope

_NEXT_WORDS = re.compile(
    r"^(?:\W*(?:next(?: page)?|older|suivante?s?|page suivante|articles plus anciens|plus d'articles"
    r"|siguientes?|(?:página )?siguiente|próxim[ao]s?(?: página)?|weiter|nächste(?: seite)?"
    r"|volgende(?: pagina)?|(?:pagina )?successiv[aoi]|avanti|następn[ae](?: strona)?|nästa(?: sida)?"
    r"|neste(?: side)?|næste(?: side)?|seuraava(?: sivu)?|sonraki(?: sayfa)?"
    r"|další|ďalšia|következő|următoarea|επόμενη"
    r"|selanjutnya|berikutnya|अगला|পরবর্তী|tiếp(?: theo)?|sau|trang (?:sau|tiếp(?: theo)?)|下一[页頁]|下[页頁]"
    r"|次へ|次の?ページへ?|다음(?: 페이지)?|التالي|الصفحة التالية|(?:صفحه )?بعدی|ถัดไป|หน้าถัดไป"
    r"|след(?:ующая|\.)?|следующая страница|далее|наступна|הבאה?)|[»›>→]{1,2})\W*$",
    re.IGNORECASE,
)
_OLDER = re.compile(
    r"\W*(?:older|next page|previous (?:posts|entries|articles)"
    r"|articles (?:plus anciens|précédents)|page suivante|plus anciens"
    r"|entradas (?:más )?antiguas|más antigu[ao]s|ältere|vorherige|più vecchi"
    r"|mais antig[ao]s|cũ hơn|tin cũ|上一页|更早|旧闻|الأقدم|أقدم"
    r"|เก่ากว่า|ก่อนหน้า|ранее|старые)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\W*(?:prev(?:ious)?(?: page)?|précédente?s?|page précédente|anterior(?:es)?|(?:página )?anterior"
    r"|zurück|vorige(?: pagina)?|precedenti?|poprzedni[ae]?|föregående|forrige|edellinen|önceki"
    r"|предыдущ(?:ая|ие)|назад|(?:trang )?trước|上一頁|上页|前へ|前の?ページ|이전|السابق|sebelumnya)\W*$",
    re.IGNORECASE,
)
"""What leads back in time; only a number tells whether it also leads on."""
_NEXT_NAMES = re.compile(r"(?:^|[\s_-])(?:next|suivante?|siguiente|weiter|older)(?:$|[\s_-])", re.IGNORECASE)
_CURSOR = re.compile(
    r"(?<=[?&])(?:before|until|max_id|cursor|after|older|from|to|date|start|offset|skip|limitstart|updated-max|max-results|by-date)=[^&]*&?",
    re.IGNORECASE,
)
_PAGE_WORD = r"page|pagina|p[aá]gina|trang|seite|sayfa|strona|sida|sivu|halaman"
_PAGE_NUMBER = re.compile(
    rf"(?:[?&](?:{_PAGE_WORD}|p|pg|paged|pn)=|/(?:{_PAGE_WORD}|p)[/-]?|-p|_)(\d{{1,4}})(?=[/.&]|$)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"[?&](?:offset|start|from|skip|limitstart)=(\d{1,5})(?=&|$)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.[a-z]{3,5}$", re.IGNORECASE)
"""Last part of an address that says nothing: /politics/index.html is /politics/."""
_NUMBER = re.compile(r"\d+")
"""In the digits of any script."""
_LONGEST_LABEL = 40


def next_pages(parsed: ParsedPage, scope: Scope) -> list[str]:
    """Return the address of a list's next page; nothing where none is linked."""
    here = parsed.page.url
    own = canonical(here)
    for element in parsed.tree.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            url = absolute(parsed.base_url, element.get("href"))
            if url and scope.contains(url) and canonical(url) != own:
                return [url]
    current, at = _number_of(here), _offset_of(here)
    older: str | None = None
    further: tuple[int, str] | None = None
    for anchor in parsed.tree.iter("a"):
        url = absolute(parsed.base_url, anchor.get("href"))
        if url is None or not scope.contains(url) or not _same_list(url, here):
            continue
        label = text_of(anchor) or squash(anchor.get("title") or anchor.get("aria-label"))
        number, offset = _number_of(url), _offset_of(url)
        if number == current + 1 and (_names_number(label, number) or _leads_on(label) or _is_next(anchor)):
            return [url]
        if offset > at and number == current and (label.isdecimal() or _leads_on(label) or _is_next(anchor)):
            further = min(further or (offset, url), (offset, url))
        words = _OLDER.match(label) or (label[:1].isalpha() and _NEXT_WORDS.match(label))
        if older is None and number == 1 == current and words and canonical(url) != own:
            older = url  # by a date, a cursor, or counted from nought: ?before=2024-01-01, ?page=1
    if further is not None:
        return [further[1]]
    return [older] if older is not None else []


def _names_number(label: str, number: int) -> bool:
    """Tell whether a label gives a page's number first: "2", "Seite 2", "第2页", "2 / 10", "الصفحة ٢"."""
    found = _NUMBER.search(label) if len(label) <= _LONGEST_LABEL else None
    return found is not None and int(found[0]) == number


def _leads_on(label: str) -> bool:
    return any(words.match(label) for words in (_NEXT_WORDS, _OLDER, _BEFORE))


def _is_next(anchor: etree._Element) -> bool:
    """Tell by its names whether a link without words (an arrow, an icon) is that to the next page."""
    return bool(_NEXT_NAMES.search(f"{anchor.get('class') or ''} {anchor.get('id') or ''}"))


def _number_of(url: str) -> int:
    match = _PAGE_NUMBER.search(url)
    return int(match[1]) if match else 1


def _offset_of(url: str) -> int:
    match = _OFFSET.search(url)
    return int(match[1]) if match else 0


def _same_list(url: str, page: str) -> bool:
    """Tell whether two addresses differ only in the page number."""
    first, second = (
        _INDEX.sub("", _CURSOR.sub("", _PAGE_NUMBER.sub("", canonical(one))).rstrip("/?&"))
        for one in (url, page)
    )
    return first == second or first.removesuffix(".html") == second.removesuffix(".html")
