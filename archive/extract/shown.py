"""Dates as the page shows them: time elements and short lines around the headline, parted into when the
story was published and when it was updated.

Evidence (263 pages): a `time` element or a line with a date's class word stands within 60 elements of the
headline on 85 of 100 pages; one line in six holds both dates ("Published … | Updated …"); one page in 30
gives its date at the text's end. Dates in boxes of other stories, comments, captions and the site's own
head are not the story's.
"""

from __future__ import annotations

import re
from itertools import islice

from attrs import frozen

from archive.extract.sheet import Sheet, Unit
from archive.extract.words import word_test
from archive.text import text_of

_names_date = word_test(
    r"(?:^|[^a-z])(?:date|dates|time|datum|fecha|publish|published|publication|pubdate|posted|timestamp"
    r"|datetime|meta|dateline|created|zeit|data|ngay|tarih|tanggal|shijian|heure|horodatage|hora|update"
    r"|updated|byline|info|post-?info|article-?info|details|single-?post-?meta|singlepostmeta)|date(?:$"
    r"|[^a-z])|-time(?:$|[^a-z])|published"
)
_names_update = word_test(r"modif|updat|aktualis|lastmod|revis")
_HAS_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|(?<!\d)(?:1[34]|19|20|2[45])\d\d(?!\d)"
    r"|\d+\s*(?:年|月|년)|年\S{1,3}月|[٠-٩۰-۹]{4}|[๐-๙]{4}|[०-९]{4}|[০-৯]{4}"
)
_has_digit = re.compile(r"[\d年]").search
_UPDATED = re.compile(
    r"(?<![^\W\d_])(?:last\s+)?(?:updated?|modified|edited|mis(?:e)? à jour|màj|maj|modifié|actualisé"
    r"|aktualisiert|aktualisierung|akt\.|geändert|editiert|update vom|actualizad[oa]|actualización"
    r"|modificad[oa]|atualizad[oa]|atualização|modificad[oa] em|aggiornat[oa]|aggiornamento|modificat[oa]"
    r"|ultima modifica|aktualizacja|zaktualizowan[oa]|bijgewerkt|gewijzigd|laatste update|uppdaterad"
    r"|senast ändrad|oppdatert|opdateret|päivitetty|muokattu|(?:son )?güncelle(?:me|ndi)|обновлен[оа]?"
    r"|изменен[оа]|оновлено|cập nhật|aktualizov[aá]n[oé]?|aktualizácia|actualitzat|frissítve|módosítva"
    r"|actualizat|ενημέρωση|diperbarui|diupdate|pembaruan|अपडेटेड|अपडेट|עודכן)|最終更新|更新日?|更新时间"
    r"|更新時間|수정|업데이트|آخر تحديث|تحديث|به‌?روزرسانی|อัปเดต|อัพเดท|ปรับปรุง",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?<![^\W\d_])(?:first\s+)?(?:published|posted|created|publié|créé|paru|veröffentlicht|erstellt"
    r"|erschienen|publicad[oa]|creado|pubblicat[oa]|creat[oa]|opublikowan[oa]|utworzon[oa]|gepubliceerd"
    r"|publicerad|publisert|publiceret|udgivet|julkaistu|yayınlan|giriş|oluşturulma|опубликован|создан"
    r"|дата публикации|опубліковано|đăng|ngày đăng|xuất bản|publikován|vydán|diterbitkan|tayang|प्रकाशित"
    r"|पब्लिश|פורסם)|发布|發布|发表|發表|公開|配信|投稿|掲載|입력|등록|نُ?شر|انتشار|เผยแพร่",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"comment", "related", "nav", "caption", "figure", "consent", "form", "newsletter"})
_MAX_TIMES = 80
_LONGEST = 200
_FAR_TIME = 300
_ABOVE, _BELOW, _AT_END = 60, 150, 12
"""Elements above and below the headline, and around the text's end, among which lines are read."""


@frozen
class Shown:
    """(rule, text) of the dates that a page shows, the likeliest first."""

    published: list[tuple[str, str]]
    updated: list[tuple[str, str]]


def shown_dates(sheet: Sheet, headline: int, region: int) -> Shown:
    """Return the shown dates of the story."""
    anchor = headline
    if headline < 0 or (region >= 0 and headline >= sheet.end[region]):
        anchor = region
    times, updated_times = _times(sheet, anchor)
    published, updated = [], [("generic:time", raw) for raw in updated_times]
    for rule, text in _lines(sheet, anchor, region):
        first, second = part_labels(text)
        if first:
            published.append((rule, first))
        if second:
            updated.append((rule, second))
    return Shown([("generic:time", raw) for raw in times] + published, updated)


_UNTIL = re.compile(
    r"verfügbar bis|available until|expires|disponible (?:jusqu|hasta)|jusqu['’]au|hasta el|gültig bis"
    r"|fino al|©|copyright",
    re.IGNORECASE,
)
"""Days that are an end, not a beginning; and the years of rights."""


def part_labels(text: str) -> tuple[str, str]:
    """Part "Published … | Updated …" into (published, updated); either may be ""."""
    label = _UPDATED.search(text)
    if label is None:
        return text, ""
    before, after = text[: label.start()], text[label.start() :]
    if _HAS_DATE.search(before):
        return before.rstrip(" |(–—-·•/,;"), after
    other = _PUBLISHED.search(after)
    if other is not None and _HAS_DATE.search(after[other.start() :]):
        return after[other.start() :], after[: other.start()]
    return "", after


def _times(sheet: Sheet, anchor: int) -> tuple[list[str], list[str]]:
    """Return (published, updated) of time elements, the one nearest to the headline first; those in cards
    and comments left out.
    """
    scored: list[tuple[int, int, str, bool]] = []
    low, high = max(0, anchor - _ABOVE), min(len(sheet.tag), anchor + _FAR_TIME)
    named = (
        low + at
        for at, (tag, words) in enumerate(zip(sheet.tag[low:high], sheet.words[low:high], strict=True))
        if tag == "time" or "date" in words
    )
    for node in islice(named, _MAX_TIMES):
        tag, words = sheet.tag[node], sheet.words[node]
        if tag != "time" and not sheet.elements[node].get("itemprop", "").startswith("date"):
            continue
        element = sheet.elements[node]
        far = abs(node - anchor)
        roles = {role for n in sheet.ancestors(node)[1:] if (role := sheet.role[n])}
        if (
            roles & _OUTSIDE
            or roles & {"teaser", "aside"}
            or ("footer" in roles and not 0 <= node - anchor < 60)
        ):
            continue
        raw = element.get("datetime") or element.get("content") or text_of(element)
        if not raw or not any(char.isdigit() for char in raw):
            continue
        prop = element.get("itemprop") or ""
        above = sheet.words[sheet.parent[node]] if sheet.parent[node] >= 0 else ""
        update = (
            "odif" in prop
            or _names_update(words)
            or (tag == "time" and _names_update(above) and "publi" not in above)
            or _is_labelled_update(sheet, node)
        )
        stated = "datePublished" in prop or element.get("pubdate") is not None
        scored.append((far + (0 if stated else 5), node, raw, bool(update and not stated)))
    scored.sort()
    published = [raw for _, _, raw, update in scored if not update][:3]
    return published, [raw for _, _, raw, update in scored if update][:2]


def _is_labelled_update(sheet: Sheet, node: int) -> bool:
    """Say whether a word for "updated" stands right before a time element in its line."""
    element = sheet.elements[node]
    previous, parent = element.getprevious(), element.getparent()
    if previous is None:
        before = (parent.text or "") if parent is not None else ""
    else:
        before = f"{previous.text or ''} {previous.tail or ''}"
    label = _UPDATED.search(before[-60:])
    return label is not None and _PUBLISHED.search(before[-60:][label.end() :]) is None


def _lines(sheet: Sheet, anchor: int, region: int) -> list[tuple[str, str]]:
    """Return short visible lines with a date: near the headline, those with a date's class first; then at
    the text's end.
    """
    named: list[tuple[int, str]] = []
    plain_lines: list[tuple[int, str]] = []
    at_end: list[tuple[int, str]] = []
    end = sheet.end[region] if region >= 0 else len(sheet.elements)
    for unit in _units_around(sheet, anchor, end):
        far = unit.node - anchor
        length = len(unit.text)
        if not (6 <= length <= _LONGEST and _has_digit(unit.text) and _HAS_DATE.search(unit.text)):
            continue
        if _UNTIL.search(unit.text) or _is_outside(sheet, unit, far):
            continue
        is_named = any(_names_date(sheet.words[n]) for n in sheet.ancestors(unit.node)[:3])
        if far >= _BELOW:
            if unit.node > end - _AT_END and (is_named or (length <= 60 and _PUBLISHED.search(unit.text))):
                at_end.append((abs(unit.node - end), unit.text))
        elif is_named or _PUBLISHED.match(unit.text):
            named.append((abs(far) + (40 if far < 0 else 0), unit.text))
        elif length <= 60:
            plain_lines.append((abs(far) + (40 if far < 0 else 0), unit.text))
    named.sort()
    plain_lines.sort()
    at_end.sort()
    return (
        [("generic:class:date", text) for _, text in named[:3]]
        + [("generic:line", text) for _, text in plain_lines[:3]]
        + [("generic:line", text) for _, text in at_end[:2]]
    )


def _units_around(sheet: Sheet, anchor: int, end: int) -> list[Unit]:
    """Return the units near the headline, and those at the text's end."""
    count = len(sheet.elements)
    if not count:
        return []

    def first_of(node: int) -> int:
        return sheet.unit_start[node] if node < count else len(sheet.units)

    low, high = first_of(max(0, anchor - _ABOVE)), first_of(max(0, anchor + _BELOW))
    tail_low, tail_high = first_of(max(0, end - _AT_END)), first_of(end + _AT_END)
    return sheet.units[low:high] + sheet.units[max(high, tail_low) : tail_high]


def _is_outside(sheet: Sheet, unit: Unit, far: int) -> bool:
    roles = sheet.roles(unit.node)
    if roles & _OUTSIDE or ("teaser" in roles and "byline" not in roles):
        return True
    return "footer" in roles and not 0 <= far < 60  # a header's own footer holds date and author
