"""Dates as newspapers state them → ISO 8601. Depends on its arguments alone: no clock, locale or TZ of
the machine.

`fromisoformat` first (1 µs), then numeric forms, then month names by a kept `DateDataParser` a language
(0.65 ms; it fails on "Publié le 23/11/2026 à 08h15", so labels and the `h` go first; days whose month
`archive.months` names never come to it), then relative forms ("il y a 2 heures") against the capture
time. A day without a time stays a day; a time without a zone takes the profile's zone or none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from archive.calendars import day_of, gregorian
from archive.months import has_months, languages_of_script, named_day
from archive.text import squash

_ISO = re.compile(
    r"(?<!\d)(\d{4})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)"
    r"(?:(?:\s*T\s*|\s+|\s*[,|]\s*)(\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*((?:UTC"
    r"|GMT|Z)?\s*[+-]\d\d:?(?:\d\d)?|Z(?![a-z])|UTC|GMT)?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_RFC = re.compile(
    r"\d{1,2}[ -][A-Z][a-z]{2,8}[ -]\d{2,4},? \d{1,2}:\d\d(?::\d\d)? *(?:[+-]\d{4}|[A-Z]{1,5})?"
)
_YMD = re.compile(
    r"(?<!\d)((?:1[34]|19|20|24|25)\d\d)\s*(?:[./年-]|년)\s*(\d{1,2})\s*(?:[./月-]"
    r"|월)\s*(\d{1,2})(?!\d)\s*(?:[日号.]|일)?"
)
_DMY = re.compile(r"(?<![\d:])(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*((?:19|20|24|25)\d\d|\d\d)(?![\d:])")
_MD_CJK = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_TIME = re.compile(
    r"(?<![\d:./+-])([01]?\d|2[0-4])\s*(?:[:：]|[hH点時时]\s*|\.(?=\d\d(?:\s*(?:Uhr|klo?|h\b|น|WIB|WITA|WIT"
    r"|hod|[ap]\.?m|$"
    r"|\))))|시\s*|\s?(?:giờ|ساعت|uur)\s?)([0-5]\d)"
    r"(?:\s*[:：分m'h]\s*([0-5]\d)(?!\d))?(?:\.\d+)?[分분]?\s*([ap]\.?\s?m(?![^\W\d_])\.?)?",
    re.IGNORECASE,
)
_TIME_DOT = re.compile(
    r"(?:\b(?:kl|klo|klokken|pukul|jam|um|saat|ore|alle(?: ore)?|ob|at)\b\.?|เวลา)\s*([01]?\d"
    r"|2[0-4])\.([0-5]\d)(?![.\d])",
    re.IGNORECASE,
)
"""A point between hours and minutes is one where the word for "at" stands before."""
_HOUR_ONLY = re.compile(r"(?<![\d:./])(\d{1,2})\s*([ap]\.?m(?![^\W\d_])\.?|Uhr\b|h\b(?!\w))", re.IGNORECASE)
_ZONE = re.compile(
    r"(?:(?:UTC|GMT)\s*|(?<!\d)(?=.\d))([+\u2212-])\s*(\d{1,2})(?::?([0-5]\d))?(?!\d)(?:\s*\(?(?:UTC|GMT)\)?)?"
    r"|\b(UTC|GMT|Z|CEST|CET|MESZ|MEZ|BST|WEST|WET|EEST|EET|MSK|JST|KST|HKT|ICT|SGT|WIB|WITA|WIT|SAST"
    r"|EDT|EST|CDT|CST"
    r"|MDT|MST|PDT|PST|AEDT|AEST|NZDT|NZST|ET|PT)\b"
)
_FIXED = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "CET": 60, "MEZ": 60, "BST": 60, "WEST": 60, "CEST": 120,
    "MESZ": 120, "EET": 120, "SAST": 120, "EEST": 180, "MSK": 180, "ICT": 420, "WIB": 420, "WITA": 480,
    "HKT": 480, "SGT": 480, "JST": 540, "KST": 540, "WIT": 540, "AEST": 600, "AEDT": 660, "NZST": 720,
    "NZDT": 780, "EDT": -240, "EST": -300, "CDT": -300, "CST": -360, "MDT": -360, "MST": -420, "PDT": -420,
    "PST": -480,
}  # fmt: skip
_NAMED = {"ET": "America/New_York", "PT": "America/Los_Angeles"}
_LABEL = re.compile(
    r"^(?:\W*(?:publi[éeè]e?s?|posté|paru|mis à jour|modifié|actualisé|créé|đăng|cập nhật|ngày đăng"
    r"|published|posted"
    r"|updated|last (?:updated|modified)|first published|modified|created|veröffentlicht|aktualisiert"
    r"|erstellt|stand"
    r"|publicado|actualizado|atualizado|pubblicato|aggiornato|opublikowano|aktualizacja|gepubliceerd"
    r"|bijgewerkt"
    r"|publicerad|uppdaterad|publisert|oppdatert|publiceret|julkaistu|päivitetty|yayınlanma|güncelleme|giriş"
    r"|опубликовано|обновлено|дата|发布时间|发布于|发表于|更新时间|發布時間|時間|时间|更新|公開|配信|投稿"
    r"|입력|수정|등록|업데이트"
    r"|نشر|نُشر|تاريخ النشر|آخر تحديث|เผยแพร่|วันที่|ปรับปรุง|diterbitkan|tayang|date|datum|fecha|data"
    r"|tarih)\b\W*"
    r"(?:(?:le|lúc|am|on|at|el|em|il|den|op|the|dnia|tarihi?|saat|vào|في|đã|:"
    r"|：)(?=[\s:：\d])\s*)*)+[:：\s]*",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:Uhr|klo|kl\.?|à|às|a las|alle ore|ore|om|o godz\.?|saat|lúc|um|at)(?=\s*$|\s*[,|)]|\s+\d)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|°)\b", re.IGNORECASE)
_MERIDIEM = re.compile(
    r"(下午|晚上|傍晚|午後|오후|(?<!\w)م(?!\w)|مساءً?|بعد از ظهر|ب\.ظ|chiều|tối|(?<!\w)CH(?!\w)|μμ|μ\.μ"
    r"|अपराह्न|शाम|ÖS)"
    r"|(上午|早上|凌晨|午前|오전|(?<!\w)ص(?!\w)|صباحًا|صباحا|ق\.ظ|sáng|(?<!\w)SA(?!\w)|πμ|π\.μ|पूर्वाह्न|सुबह|ÖÖ)"
)
_DAY_AND_YEAR = re.compile(r"\d\D+\d")
_FALLBACK = ("en", "fr", "de", "es", "pt", "it", "vi", "nl", "pl", "ru")
_MONTH_FIRST = ("en", "en-us", "en-ph", "fil")
_EARLIEST = 1990


def _offset(sign: str, hours: str, minutes: str | None) -> timezone | None:
    amount = int(hours) * 60 + int(minutes or 0)
    if amount > 14 * 60:
        return None
    return timezone(timedelta(minutes=amount if sign == "+" else -amount))


def _zone_in(text: str) -> tuple[timezone | ZoneInfo | None, bool]:
    """Return the zone that stands in the rest of a date line, and whether there is one."""
    for found in _ZONE.finditer(text):
        if found[1]:
            zone = _offset(found[1], found[2], found[3])
            if zone is not None:
                return zone, True
        else:
            name = found[4].upper()
            if name in _NAMED:
                return ZoneInfo(_NAMED[name]), True
            return timezone(timedelta(minutes=_FIXED[name])), True
    return None, False


def _digits(text: str) -> str:
    """Return the text with Arabic, Persian, Thai, Devanagari … digits as 0-9 and full-width forms as narrow
    ones.
    """
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" and not char.isascii() else char
        for char in text
    )


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def _spell(day: date, clock: tuple[int, int, int] | None, zone: Any, fallback: str | None) -> str | None:
    if clock is None:
        return day.isoformat()
    hour, minute, second = clock
    moment = datetime(day.year, day.month, day.day, hour % 24, minute, min(second, 59))  # noqa: DTZ001
    if hour == 24:
        moment += timedelta(days=1)
    tz = zone if zone is not None else _zone(fallback) if fallback else None
    return moment.replace(tzinfo=tz).isoformat()


def _iso(text: str, fallback: str | None) -> str | None:
    found = _ISO.search(text)
    if not found:
        return None
    if "-" not in found[0][:8] and not (found[4] or len(text) == 8):
        return None  # eight digits inside other text are an id
    day = day_of(int(found[1]), int(found[2]), int(found[3]))
    if day is None:
        return None
    if found[4] is None or int(found[4]) > 24:
        clock, rest = _clock(text[: found.start()] + " " + text[found.end() :])
        return _spell(day, clock, _zone_in(rest)[0] if clock else None, fallback)
    raw = (found[8] or "").upper()
    zone: Any = _zone_in(raw.lstrip("Z") or raw or text[found.end() :])[0]
    return _spell(day, (int(found[4]), int(found[5]), int(found[6] or 0)), zone, fallback)


def _clock(text: str) -> tuple[tuple[int, int, int] | None, str]:
    """Take the time of day out of a date line: ((h, m, s) or None, the rest)."""
    half: str | None
    found = _TIME.search(text)
    dotted = None if found else _TIME_DOT.search(text)
    if dotted:
        found, hour, minute, second, half = dotted, int(dotted[1]), int(dotted[2]), 0, None
    elif not found:
        found = _HOUR_ONLY.search(text)
        if not found or int(found[1]) > 24:
            return None, text
        hour, minute, second, half = int(found[1]), 0, 0, found[2]
    else:
        hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), found[4]
    rest = text[: found.start()] + " " + text[found.end() :]
    mark = (half or "").lower()[:1]
    cjk = _MERIDIEM.search(rest)
    if cjk:
        rest = rest[: cjk.start()] + " " + rest[cjk.end() :]
    if (mark == "p" or (cjk and cjk[1])) and hour < 12:
        hour += 12
    elif (mark == "a" or (cjk and cjk[2])) and hour == 12:
        hour = 0
    return (hour, minute, second), rest


def _numeric(text: str, lang: str | None, timezone_name: str | None) -> date | None:
    """Read 26/12/2024, 12/26/2024, 26.12.24, 2024/12/26, 2024年12月26日, 2024. 12. 26."""
    found = _YMD.search(text)
    if found:
        return day_of(int(found[1]), int(found[2]), int(found[3]))
    found = _DMY.search(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    american = (lang or "").lower() in _MONTH_FIRST or (timezone_name or "").startswith("America/New_York")
    month_first = found[2] != "." and american
    if month_first or second > 12:
        first, second = second, first
    return day_of(year, second, first) or day_of(year, first, second)


@lru_cache(maxsize=32)
def _absolute_parser(languages: tuple[str, ...]) -> Any:
    """Return a kept parser of whole dates by month name. It is given nothing that depends on the clock."""
    from dateparser.date import DateDataParser

    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": "DMY",
    }
    return DateDataParser(languages=list(languages), settings=settings)


@lru_cache(maxsize=128)
def _known(lang: str) -> bool:
    if has_months(lang):
        return True
    from dateparser.data.languages_info import language_order

    return lang in language_order


@lru_cache(maxsize=128)
def _languages(lang: str | None) -> tuple[str, ...]:
    if not lang:
        return _FALLBACK
    primary = lang.lower().replace("_", "-").split("-")[0]
    primary = {"nb": "no", "nn": "no", "no": "nb"}.get(primary, primary) if not _known(primary) else primary
    if not _known(primary):
        return _FALLBACK
    return (primary,) if primary == "en" else (primary, "en")


def _western(named: tuple[int, int, int] | None) -> date | None:
    return day_of(named[0], named[1] % 100, named[2]) if named is not None else None


def _named(text: str, lang: str | None) -> date | None:
    """Read a day given with the month's name: 26 décembre 2024, Thứ Năm, 26 tháng 12 2024, 26 ธันวาคม 2567."""
    languages = _languages(lang)
    known = named_day(text, languages)
    if known is not None:
        return _western(known)
    if all(map(has_months, languages)):
        # a page says "en" of itself and gives its dates in Thai
        known = named_day(text, languages_of_script(text) or _FALLBACK)
        return _western(known)
    text = squash(_ORDINAL.sub("", _NOISE.sub(" ", text)).replace("|", " ").replace("·", " ")).strip(
        " ,-–—:()[]"
    )
    if len(text) > 60 or not _DAY_AND_YEAR.search(text):
        return None
    try:
        data = _absolute_parser(languages).get_date_data(text)
    except (ValueError, OverflowError, TypeError, AttributeError, KeyError, IndexError):
        return None  # dateparser on strings that are no dates
    found = data.date_obj
    return found.date() if found else None


def _relative(text: str, lang: str | None, timezone_name: str | None, now: datetime) -> str | None:
    """Read "il y a 2 heures", "hôm qua", "3 days ago" against the capture time; days and longer give a day
    only.
    """
    if len(text) > 60 or re.search(r"\d{3,}", text) or not any(map(str.isalpha, text)):
        return None
    from dateparser.date import DateDataParser

    zone = (_zone(timezone_name) if timezone_name else None) or UTC
    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "RELATIVE_BASE": now.astimezone(zone).replace(tzinfo=None),
        "PARSERS": ["relative-time"],
        "RETURN_TIME_AS_PERIOD": True,
    }
    try:
        parser = DateDataParser(languages=list(_languages(lang)), settings=settings)
        data = parser.get_date_data(text)
    except (ValueError, OverflowError, TypeError, AttributeError, KeyError, IndexError):
        return None
    if data.date_obj is None:
        return None
    if data.period == "time":
        return str(data.date_obj.replace(tzinfo=zone, microsecond=0).isoformat())
    return str(data.date_obj.date().isoformat())


def plausible(iso: str | None, now: datetime) -> bool:
    """Say whether a date lies between 1990 and two days after the capture."""
    if not iso:
        return False
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return False
    return day.year >= _EARLIEST and day <= (now + timedelta(days=2)).date()


def read_date(
    raw: str | None, *, lang: str | None = None, timezone: str | None = None, now: datetime
) -> str | None:
    """Return the ISO form of a date string, whatever its year; None where it cannot be read. Never raises."""
    text = gregorian(squash(_digits(squash(raw)[:300])))
    if not any(char.isdigit() for char in text) and len(text) > 40:
        return None
    if not text:
        return None
    try:
        return _read(text, lang, timezone, now)
    except (ValueError, OverflowError):
        return None


def tells_time(raw: str) -> bool:
    """Say whether an absolute date string may give a time of day with the day: asked before it is read."""
    text = _digits(raw)
    return any(pattern.search(text) for pattern in (_TIME, _TIME_DOT, _HOUR_ONLY, _ISO))


def _mail(text: str) -> str | None:
    """Read a date as mail and feeds write it (RFC 2822); a time without a zone is left to others."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.isoformat() if moment.tzinfo is not None else None


def _without_year(text: str, now: datetime) -> date | None:
    """Read 12月26日: the last such day before the capture."""
    found = _MD_CJK.search(text)
    if not found:
        return None
    day = day_of(now.year, int(found[1]), int(found[2]))
    if day and day > (now + timedelta(days=2)).date():
        day = day_of(now.year - 1, int(found[1]), int(found[2]))
    return day


def _read(text: str, lang: str | None, fallback: str | None, now: datetime) -> str | None:
    iso = _iso(text, fallback)
    if iso:
        return iso
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return (
            datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
            .replace(microsecond=0)
            .isoformat()
        )
    mail = _mail(text) if _RFC.search(text) else None
    if mail:
        return mail
    text = _LABEL.sub("", text) or text
    clock, rest = _clock(text)
    day = _numeric(rest, lang, fallback)
    day = (
        day
        or (_numeric(text, lang, fallback) if clock else None)
        or _named(_ZONE.sub(" ", rest) if clock else rest, lang)
        or _without_year(text, now)
    )
    if day is None:
        return _relative(text, lang, fallback, now)
    zone = _zone_in(_DMY.sub(" ", _YMD.sub(" ", rest)))[0] if clock else None
    return _spell(day, clock, zone, fallback)


def parse_date(
    raw: str | None, *, lang: str | None = None, timezone: str | None = None, now: datetime
) -> str | None:
    """Return a newspaper's date as ISO 8601, or None where it cannot be read or lies outside 1990 … now + 2
    days.

    Args:
        raw: as the page has it, label and all: "Publié le 26/12/2024 à 08h37", "Thứ Năm, 26/12/2024 08:37".
        lang: BCP 47; decides month names, and month before day in American English.
        timezone: IANA name, for a time without a zone; without it such a time stays naive.
        now: aware time of the capture.
    """
    found = read_date(raw, lang=lang, timezone=timezone, now=now)
    return found if plausible(found, now) else None
