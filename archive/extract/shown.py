"""Dates as the page shows them: time elements and short lines around the headline, parted into when the
story was published and when it was updated.

Evidence (263 pages): a `time` element or a line with a date's class word stands within 60 elements of the
headline on 85 of 100 pages; one line in six holds both dates ("Published … | Updated …"); one page in 30
gives its date at the text's end. Dates in boxes of other stories, comments, captions and the site's own
head are not the story's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from attrs import frozen
from lxml import etree

from archive.extract.sheet import Sheet, Unit
from archive.extract.words import word_test
from archive.text import squash, text_of

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
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_has_digit = re.compile(r"[\d年]").search
COUNTED = re.compile(
    r"\bago\b|(?<!午)前|\btrước|\bvor\b|\bil y a\b|\bhace\b|\bhá\b|\bfa\b|geleden|sedan\b|siden\b|sitten"
    r"|назад|тому|(?<!오)전|\btemu\b|\blalu\b|\bönce\b|قبل|منذ|पहले|ที่แล้ว|today|heute|hier\b|hoy\b|oggi|今天|昨天|hôm",
    re.IGNORECASE,
)
"""Counts back from the capture."""
_STAMP = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})"
    r"(?:,? (?:um |at |à |kl\.? )?|, | [-–|·•] )"
    r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?!\d)(?: ?[ap]\.?m\b\.?)?"
)
"""Day and time of day in figures: what a system prints, not what a sentence says."""
_OPENING = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?=\s*[-–—:|]\s+[^\W\d])")
"""A day that opens the text ("06.11.23 - …")."""
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
_CLOSE_ABOVE = 20
"""What stands further above the headline is as likely the site's."""
_TOOLBAR = 40
_FIGURE = 25
"""Elements of a box with a picture and what is said of it."""
_PICTURES = ("img", "picture", "figure", "video", "amp-img")
_CARDS = 60
"""Below this, lines that look alike are those of a list of stories."""
_ABOVE, _BELOW, _AT_END = 60, 150, 12
"""Elements above and below the headline, and around the text's end, among which lines are read."""


@frozen
class Shown:
    """(rule, text) of the dates that a page shows, the likeliest first."""

    published: list[tuple[str, str]]
    updated: list[tuple[str, str]]


def shown_dates(sheet: Sheet, headline: int, region: int) -> Shown:
    """Return the shown dates of the story: time elements, lines, and last what stands far above the headline
    (the site's head shows a day too, its own).
    """
    anchor = headline
    if headline < 0 or (region >= 0 and headline >= sheet.end[region]):
        anchor = region
    times, above, updated_times = _times(sheet, anchor)
    published, updated = [], [("generic:time", raw) for raw in updated_times]
    for rule, text in _lines(sheet, anchor, region):
        first, second = part_labels(text)
        if first:
            published.append((rule, first))
        if second:
            updated.append((rule, second))
    near, far = ([("generic:time", raw) for raw in raws] for raws in (times, above))
    return Shown([*near, *published, *far], updated)


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


def _times(sheet: Sheet, anchor: int) -> tuple[list[str], list[str], list[str]]:
    """Return time elements: (published, published and far above the headline, updated), each with the one
    nearest to the headline first; those in cards and comments left out.
    """
    scored: list[tuple[int, int, str, bool]] = []
    for node in islice(_named_nodes(sheet, anchor), _MAX_TIMES):
        element = sheet.elements[node]
        prop = element.get("itemprop") or ""
        if sheet.tag[node] != "time" and not prop.startswith("date"):
            continue
        if _is_others_time(sheet, node, node - anchor):
            continue
        raw = element.get("datetime") or element.get("content") or _titled(element) or text_of(element)
        if not raw or not any(char.isdigit() for char in raw):
            continue
        stated = "datePublished" in prop or element.get("pubdate") is not None
        update = not stated and ("odif" in prop or _is_update(sheet, node))
        scored.append((abs(node - anchor) + (0 if stated else 5), node, raw, update))
    scored.sort()
    published = [(node, raw) for _, node, raw, update in scored if not update][:3]
    return (
        [raw for node, raw in published if node - anchor >= -_CLOSE_ABOVE],
        [raw for node, raw in published if node - anchor < -_CLOSE_ABOVE],
        [raw for _, _, raw, update in scored if update][:2],
    )


def _titled(element: etree._Element) -> str | None:
    """Return the moment that an element states in its title, as microformats do: <abbr title="2026-…Z">."""
    title = element.get("title") or ""
    return title if _MOMENT.match(title) else None


def _named_nodes(sheet: Sheet, anchor: int) -> Iterator[int]:
    """Yield the elements around the headline that are dates by tag or name."""
    low, high = max(0, anchor - _ABOVE), min(len(sheet.tag), anchor + _FAR_TIME)
    for at, (tag, words) in enumerate(zip(sheet.tag[low:high], sheet.words[low:high], strict=True)):
        if tag == "time" or "date" in words:
            yield low + at


def _is_others_time(sheet: Sheet, node: int, far: int) -> bool:
    """Say whether a time element is a card's, a comment's, a caption's or the site's."""
    roles = {role for n in sheet.ancestors(node)[1:] if (role := sheet.role[n])}
    if roles & {"teaser", "aside"} or ("footer" in roles and not 0 <= far < 60):
        return True
    return bool(roles & (_OUTSIDE - _doubtful(sheet, node, far)))


def _is_update(sheet: Sheet, node: int) -> bool:
    above = sheet.words[sheet.parent[node]] if sheet.parent[node] >= 0 else ""
    return (
        bool(_names_update(sheet.words[node]))
        or (sheet.tag[node] == "time" and bool(_names_update(above)) and "publi" not in above)
        or _is_labelled_update(sheet, node)
    )


def _doubtful(sheet: Sheet, node: int, far: int) -> set[str]:
    """Return the roles around a date that say nothing against it: a toolbar below the headline (`nav`), small
    print that is named like a caption where no picture is.
    """
    doubtful = set()
    if 0 <= far <= _TOOLBAR:
        doubtful.add("nav")
    boxes = [n for n in sheet.ancestors(node) if sheet.role[n] == "caption"]
    if boxes and not any(_has_picture(sheet, sheet.parent[n]) for n in boxes):
        doubtful.add("caption")
    return doubtful


def _has_picture(sheet: Sheet, box: int) -> bool:
    """Say whether a box that is not the story's own holds a picture."""
    return (
        box >= 0
        and sheet.end[box] - box < _FIGURE
        and next(sheet.elements[box].iter(*_PICTURES), None) is not None
    )


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
    """Return what short visible lines say of a day: near the headline, those with a date's class first; then
    at the text's end.
    """
    named: list[tuple[int, str]] = list(_inline_dates(sheet, anchor))
    plain_lines: list[tuple[int, str]] = []
    at_end: list[tuple[int, str]] = []
    end = sheet.end[region] if region >= 0 else len(sheet.elements)
    cards = _names_of_cards(sheet, anchor)
    for unit in _units_around(sheet, anchor, end):
        far = unit.node - anchor
        if not _may_say_when(unit.text) or _is_outside(sheet, unit, far) or _UNTIL.search(unit.text):
            continue
        text = _part_that_says(unit.text)
        is_named = any(_names_date(sheet.words[n]) for n in sheet.ancestors(unit.node)[:3])
        is_labelled = _PUBLISHED.match(text) is not None
        place = abs(far) + (40 if far < 0 else 0)
        if not (is_named or is_labelled or _HAS_DATE.search(text)):
            continue
        if far >= _BELOW:
            if unit.node > end - _AT_END and (is_named or (len(text) <= 60 and _PUBLISHED.search(text))):
                at_end.append((abs(unit.node - end), text))
        elif far > _CARDS and (sheet.tag[unit.node], sheet.words[unit.node]) in cards:
            continue
        elif is_named or is_labelled:
            named.append((place, text))
        elif len(text) <= 60 and not _is_quoted(sheet, unit):
            plain_lines.append((place, text))
    named.sort()
    plain_lines.sort()
    at_end.sort()
    return (
        [("generic:class:date", text) for _, text in named[:3]]
        + [("generic:line", text) for _, text in plain_lines[:3]]
        + [("generic:line", text) for _, text in at_end[:2]]
    )


def _is_quoted(sheet: Sheet, unit: Unit) -> bool:
    """Say whether a line stands in a quotation: a post of a network ends with its own day."""
    return any(sheet.tag[node] == "blockquote" for node in sheet.ancestors(unit.node))


def _may_say_when(text: str) -> bool:
    """Say whether a line may hold the date: short, or opened by it; with a day, or how long ago it was."""
    if len(text) < 6 or not _has_digit(text):
        return False
    if len(text) > _LONGEST:
        return _OPENING.match(text) is not None
    return _HAS_DATE.search(text) is not None or (len(text) <= 40 and COUNTED.search(text) is not None)


def _part_that_says(text: str) -> str:
    """Return the part of a line that is its date, where more stands in it: the day that opens the text, what
    follows "published", the one day with a time of day.
    """
    opening = _OPENING.match(text)
    if opening is not None and len(text) > 60:
        return opening[0]
    label = _PUBLISHED.search(text)
    if label is not None and label.start() and _UPDATED.search(text) is None:
        rest = text[label.start() :]
        if len(rest) <= 60 and _HAS_DATE.search(rest):
            return rest
    stamps = list(_STAMP.finditer(text)) if len(text) > 60 else []
    return stamps[0][0] if len(stamps) == 1 else text


def _inline_dates(sheet: Sheet, anchor: int) -> Iterator[tuple[int, str]]:
    """Yield (distance, text) of dates that share their line with other words: `<span class="date">`."""
    for node in islice(_named_nodes(sheet, anchor), _MAX_TIMES):
        far = node - anchor
        if sheet.tag[node] == "time" or far >= _BELOW or sheet.unit_start[node] < sheet.unit_end[node]:
            continue
        if not _names_date(sheet.words[node]) or _is_others_time(sheet, node, far):
            continue
        text = squash(text_of(sheet.elements[node]))
        if 6 <= len(text) <= 60 and _HAS_DATE.search(text) and not _is_update(sheet, node):
            yield abs(far) + (40 if far < 0 else 0), text


def tells_moment(text: str) -> bool:
    """Say whether a line is about when: short, with a day and a time of day in figures, and no sentence."""
    return len(text) <= 120 and text[-1:] not in ".!?…。" and _STAMP.search(text) is not None


def _names_of_cards(sheet: Sheet, anchor: int) -> set[tuple[str, str]]:
    """Return (tag, class words) of dated lines that come three times or more: those of a list of stories."""
    names = Counter(
        (sheet.tag[unit.node], sheet.words[unit.node])
        for unit in sheet.units[sheet.unit_start[anchor] if anchor >= 0 else 0 :]
        if len(unit.text) <= 40 and _HAS_DATE.search(unit.text)
    )
    return {name for name, count in names.items() if count >= 3 and len(name[1]) > 1}


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
    if roles & (_OUTSIDE - _doubtful(sheet, unit.node, far) - _if_short(sheet, unit)):
        return True
    if "teaser" in roles and "byline" not in roles:
        return True
    # a header's own footer holds date and author; so does one that says "published"
    return (
        "footer" in roles and not 0 <= far < 60 and not ("byline" in roles and _PUBLISHED.search(unit.text))
    )


def _if_short(sheet: Sheet, unit: Unit) -> set[str]:
    """Return what a line that is a date and nothing else may stand in: a box named `registration`."""
    if len(unit.text) <= 40 and any(_names_date(sheet.words[n]) for n in sheet.ancestors(unit.node)[:3]):
        return {"newsletter"}
    return set()
